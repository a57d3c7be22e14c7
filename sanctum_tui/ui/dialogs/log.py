"""The log file on the screen: its newest lines and those that come, by level, searchable, to copy."""

import logging
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from sanctum_tui.logs import Entry, LogReader
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.text import clean, one_line
from sanctum_tui.ui.clipboard import copy
from sanctum_tui.ui.dialogs.listing import Listing
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.sheet import Sheet

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
"""From which level on lines are shown, in the order of the key."""
NOTHING: Final = "Nothing like that is in the log."
EMPTY: Final = "No trouble so far. The log holds troubles and what the console did about them, from level {} on"
"""What an empty log means; the level is LOG_LEVEL's."""
DIARY: Final = "What happened in the evening is in the ledger."
_SIGNS: Final = {"DEBUG": " ", "INFO": "·", "WARNING": "!", "ERROR": "✕", "CRITICAL": "✕"}
_STYLES: Final = {
    "DEBUG": "$hearth-quiet",
    "INFO": "$hearth-quiet",
    "WARNING": "bold $warning",
    "ERROR": "bold $error",
    "CRITICAL": "bold $error",
}
_SEVERITY: Final = {**{level: number for number, level in enumerate(LEVELS)}, "CRITICAL": len(LEVELS)}
_LEVEL_CELLS: Final = 8
_MOST_COPIED: Final = 60_000
"""Bytes that go to the clipboard at once: many terminals take no more than 74,994 of its letters."""
_PIECES: Final = 8
"""Pieces of the file that one key looks through for an earlier line that fits."""
_OURS: Final = "sanctum_tui."


class LogDialog(Listing[Entry]):
    """Follows the log's end while the last line is chosen; whoever goes up stays there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "level(1)", "Fewer lines: from the next level on", show=False, id="log.level"),
        Binding("L", "level(-1)", "More lines", show=False, id="log.level_back"),
        Binding("c", "copy", "Copy the line", show=False, id="log.copy"),
        Binding("C", "copy_all", "Copy all that is shown", show=False, id="log.copy_all"),
    ]
    title_words = "Log"
    foot = "l level · / search · c copy line · C copy all · End follows · Esc closes"
    brief_foot = "l level · / search · c C copy · Esc closes"

    def __init__(self, reader: LogReader) -> None:
        super().__init__()
        self._reader = reader
        self._entries: list[Entry] = []
        self._shown: list[Entry] = []
        self._level = 0
        self._missed = 0
        """Lines that came while somebody was reading further up."""

    def on_mount(self) -> None:
        super().on_mount()
        self._entries = list(self._reader.earlier())
        self.call_after_refresh(self._from_end)
        self.set_interval(1.0, self._look)

    def row(self, item: Entry, width: int) -> Content:
        if not item.level:
            return Content(self._told(one_line(item.what)))
        level = item.level[:_LEVEL_CELLS]
        return Content.assemble(
            (f"{clean(item.at)[11:19]} ", "$hearth-quiet"),
            (f"{_SIGNS.get(level, '·')} {level:<{_LEVEL_CELLS}} ", _STYLES.get(level, "$hearth-quiet")),
            self._told(one_line(item.what)),
            (f"  {_origin(item)}", "$hearth-quiet"),
        )

    def tell(self, item: Entry | None) -> Content:
        if item is None:
            return Content.styled(NOTHING if self._entries else _empty(), "$hearth-quiet")
        head = " · ".join(filter(None, (item.level or "not a record of ours", clean(item.at), _origin(item))))
        trace = f"\n{item.trace}" if item.trace else ""
        return Content.assemble(
            (f"{head}\n", _STYLES.get(item.level, "$hearth-quiet")), self._told(item.what + trace)
        )

    def searched(self) -> None:
        self._list(follow=self.sheet.at_end)

    def veil(self) -> None:
        self._list(follow=self.sheet.at_end)
        self.show_detail()

    def action_level(self, step: int) -> None:
        self._level = (self._level + step) % len(LEVELS)
        self._list(follow=self.sheet.at_end)

    def action_copy(self) -> None:
        if (chosen := self.sheet.chosen) is not None:
            self._copy([chosen])

    def action_copy_all(self) -> None:
        if self._shown:
            self._copy(self._shown)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        super().on_sheet_chosen(event)
        if self._missed and self.sheet.place == len(self._shown) - 1:
            self._missed = 0
            self.say("")

    def on_sheet_top_reached(self, event: Sheet.TopReached) -> None:
        """Read on backward, until something fits."""
        event.stop()
        for _ in range(_PIECES):
            before = self._reader.earlier()
            if not before:
                self.say("That is the first line that is kept.")
                return
            self._entries[:0] = before
            if fitting := self._fitting(before):
                self._shown[:0] = fitting
                self.sheet.added_before(self._shown, len(fitting))
                break
        self._count()

    def _look(self) -> None:
        """Once a second: take in what was written meanwhile."""
        new = self._reader.later()
        if not new:
            return
        following = self.sheet.at_end
        self._entries += new
        fitting = self._fitting(new)
        self._shown += fitting
        self._count()
        if not fitting:
            return
        self.sheet.show(self._shown, len(self._shown) - 1 if following else None)
        if following:
            self.call_after_refresh(self.sheet.action_end, 1)
        else:
            self._missed += len(fitting)
            self.say(f"{self._missed:,} new · End follows")

    def _from_end(self) -> None:
        self._list(follow=True)

    def _list(self, *, follow: bool) -> None:
        """Show what fits; the chosen line stays chosen where it is still there."""
        chosen = self.sheet.chosen
        self._shown = self._fitting(self._entries)
        last = max(0, len(self._shown) - 1)
        place = last if follow else next((at for at, entry in enumerate(self._shown) if entry is chosen), last)
        self._missed = 0
        self.say("")
        self._count()
        self.sheet.show(self._shown, place)
        self.call_after_refresh(self.sheet.choose, place, -1)

    def _fitting(self, entries: Sequence[Entry]) -> list[Entry]:
        words, least = self.query_words, self._level
        return [
            entry
            for entry in entries
            if _SEVERITY.get(entry.level, len(LEVELS)) >= least
            and (
                not words
                or all(word in f"{entry.level} {entry.origin} {entry.what} {entry.trace}".lower() for word in words)
            )
        ]

    def _count(self) -> None:
        level = LEVELS[self._level]
        self.say_count(
            len(self._shown),
            len(self._entries),
            f"lines · {'every level' if not self._level else f'{level} and above'}",
        )

    def _copy(self, entries: Sequence[Entry]) -> None:
        """The newest of these, as many as a terminal takes."""
        told: list[str] = []
        size = 0
        for entry in reversed(entries):
            text = self._told("  ".join(filter(None, (entry.at, entry.level, entry.origin, entry.what))))
            text += f"\n{self._told(entry.trace)}" if entry.trace else ""
            size += len(text.encode()) + 1
            if told and size > _MOST_COPIED:
                break
            told.append(text)
        many = f"The newest {len(told):,} of {len(entries):,} lines"
        if len(told) == len(entries):
            many = "The line" if len(entries) == 1 else f"{len(told):,} lines"
        copying = self._hand_over("\n".join(reversed(told)), many)
        self.run_worker(copying, name="copying", group="copying", exclusive=True, exit_on_error=False)

    async def _hand_over(self, text: str, many: str) -> None:
        told = await copy(self.app, text)
        self.say(f"{many}: {told[:1].lower()}{told[1:]}")

    def _told(self, words: str) -> str:
        """As it may be shown: another program's text may hold anything."""
        safe = REDACTOR.redact(clean(words))
        return conceal(safe) if self.private else safe


def _empty() -> str:
    level = logging.getLevelName(logging.getLogger("sanctum_tui").getEffectiveLevel())
    return f"{EMPTY.format(level)} (LOG_LEVEL). {DIARY}"


def _origin(entry: Entry) -> str:
    return one_line(entry.origin).removeprefix(_OURS)
