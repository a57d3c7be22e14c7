"""All lines of tonight, the newest first: what became of each; to search, to take back, to skip several at once."""

import math
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import ClassVar, Protocol

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from sanctum_tui.errors import SanctumError
from sanctum_tui.evening import Prompt
from sanctum_tui.ui.card.cards import SETTLE_SECONDS
from sanctum_tui.ui.card.linelist import Row, Sieve, listed, story_of
from sanctum_tui.ui.dialogs.base import Dialog, Paper, SearchInput
from sanctum_tui.ui.dialogs.choices import ChoiceList
from sanctum_tui.ui.look.hanging import Hanging

_FOOTS = (
    "Enter story · u take back · Space mark · s skip · f which · / search · Esc closes",
    "Enter story · u take back · Space mark · s skip · Esc closes",
    "Enter story · Space mark · s skip · Esc closes",
    "Space mark · s skip · Esc closes",
)
"""The keys, in as many words as there may be room for."""
_FOOTS_AFTER = ("Enter story · f which · / search · Esc closes", "Enter story · Esc closes")
"""Those that are left when the evening has ended."""
_KEYS_ABOVE = " · f which · / search"
"""Those that the foot has no room for, on the row over the list."""
_FRAME_CELLS = 6
"""Of the dialog's width, what the foot of the frame cannot have."""
NONE_YET = "No line was drafted yet tonight."
NOTHING_DONE = "Nothing was done; press the key again for the line chosen now, or those marked."
_FOOT_SEARCHING = "Enter, ↓ to the list · Esc ends the search"


class Lines(Protocol):
    """Where the lines are, and who changes them."""

    def read(self) -> Sequence[Prompt]:
        """All of tonight's."""

    @property
    def playing(self) -> bool:
        """Whether the evening goes on, so that something can be decided."""

    @property
    def private(self) -> bool:
        """Whether notes and reasons are hidden."""

    async def take_back(self, number: int) -> str:
        """Take back what was decided about a line, where that is possible; what came of it."""

    async def skip(self, numbers: Collection[int]) -> str:
        """Let these go, each for itself; what came of it."""


class StoryDialog(Paper[None]):
    """Tells one line's whole story."""

    def __init__(self, prompt: Prompt, *, private: bool) -> None:
        super().__init__()
        self.title_words = f"Line {prompt.number}"
        self._prompt = prompt
        self._private = private

    def parts(self) -> list[tuple[str, str]]:
        return story_of(self._prompt, private=self._private)

    def veil(self) -> None:
        self._private = self.private
        self.call_later(self.compose_again)


class LinesDialog(Dialog[None]):
    """The list is as it is by now; what happens to a line while it is open is seen in it."""

    CSS_PATH = ["dialogs.tcss", "lines.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", show=False, id="lines.search"),
        Binding("f", "sieve", "Which lines", show=False, id="lines.sieve"),
        Binding("space", "mark", "Mark", show=False, id="lines.mark"),
        Binding("s", "skip", "Skip", show=False, id="lines.skip"),
        Binding("u", "take_back", "Take back", show=False, id="lines.take_back"),
        Binding("m", "mute", "Mute", show=False, id="lines.mute"),
    ]
    title_words = "Tonight's lines"
    foot = _FOOTS[-1]

    options = getters.query_one("#lines", OptionList)
    field = getters.query_one("#search", SearchInput)

    def __init__(self, lines: Lines, monotonic: Callable[[], float] = time.monotonic) -> None:
        """`monotonic` is the operator's own time, in seconds."""
        super().__init__()
        self._lines = lines
        self._monotonic = monotonic
        self._sieve = Sieve.ALL
        self._marked: frozenset[int] = frozenset()
        self._rows: tuple[Row, ...] = ()
        self._shown: list[Hanging] = []
        self._unmarked: frozenset[int] = frozenset()
        """Lines whose marks went by themselves, which the operator was not told of yet."""
        self._moved_at = -math.inf
        """When the choice went to another line by itself, because its own is listed no longer."""

    def body(self) -> ComposeResult:
        yield Static(id="lines-which", markup=False)
        yield SearchInput(id="search", placeholder="words of the line, a state, a name")
        yield ChoiceList(id="lines", markup=False)
        yield Static(id="lines-told", markup=False)

    def on_mount(self) -> None:
        self.field.display = False
        self._to_the_list()
        self._show()
        self.set_interval(1.0, self._look_again)

    async def action_mute(self) -> None:
        await self.app.run_action("do('agent.mute')", self.app)

    def veil(self) -> None:
        self._say("")
        self._show()

    def action_close(self) -> None:
        """Leave the search first, then the list."""
        if not self.field.display:
            self.dismiss(None)
            return
        self.field.value = ""
        self.field.display = False
        self._to_the_list()

    def action_search(self) -> None:
        self.field.display = True
        self.field.focus()
        self._tell_keys()

    def action_sieve(self) -> None:
        self._sieve = self._sieve.next()
        self._show()

    def action_mark(self) -> None:
        """Mark the line to be skipped, or unmark it; and go on to the next one."""
        row = self._chosen()
        if row is None:
            return
        if not row.skippable:
            self._say(f"Line {row.number} cannot be skipped: it is decided, or on its way.")
            return
        self._marked ^= {row.number}
        self._show()
        self.options.action_cursor_down()

    async def action_skip(self) -> None:
        if self._meant_another():
            return
        row = self._chosen()
        chosen = self._marked or ({row.number} if row is not None else set())
        if chosen:
            self._marked = frozenset()
            await self._do(self._lines.skip(sorted(chosen)))

    async def action_take_back(self) -> None:
        if not self._meant_another() and (row := self._chosen()) is not None:
            await self._do(self._lines.take_back(row.number))

    def key_down(self) -> None:
        if self.field.has_focus:
            self._to_the_list()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._to_the_list()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row = self._rows[event.option_index]
        found = next((prompt for prompt in self._lines.read() if prompt.number == row.number), None)
        if found is not None:
            self.app.push_screen(StoryDialog(found, private=self._lines.private))

    async def _do(self, doing: Awaitable[str]) -> None:
        try:
            told = await doing
        except SanctumError as error:
            told = f"✕ {error.sentence}"
        self._say(told)
        self._look_again()

    def _meant_another(self) -> bool:
        """Whether the list changed under a key, which then only says so; pressed again, it acts."""
        unmarked, self._unmarked = sorted(self._unmarked), frozenset()
        if unmarked:
            which = " and ".join(f"line {number}" for number in unmarked)
            self._say(f"What was marked is so no longer: {which}. {NOTHING_DONE}")
        elif self._monotonic() - self.waited_seconds - self._moved_at < SETTLE_SECONDS:
            self._say(f"The list has changed just now. {NOTHING_DONE}")
        else:
            return False
        return True

    def _look_again(self) -> None:
        """Show what has become of the lines by themselves; where that moves the choice, note when."""
        before = self._chosen()
        self._tell_keys()
        self._show()
        after = self._chosen()
        if before is not None and after is not None and after.number != before.number:
            self._moved_at = self._monotonic()

    def _to_the_list(self) -> None:
        self.options.focus()
        self._tell_keys()

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """What is told of the keys depends on the room for it."""
        self._look_again()

    def _tell_keys(self) -> None:
        foot = _FOOT_SEARCHING if self.field.has_focus else self._foot()
        self.show_foot(foot)

    @property
    def _foots(self) -> tuple[str, ...]:
        return _FOOTS if self._lines.playing else _FOOTS_AFTER

    def _foot(self) -> str:
        room = self.query_one("#dialog").outer_size.width - _FRAME_CELLS
        return next((foot for foot in self._foots if len(foot) <= room), self._foots[-1])

    def _chosen(self) -> Row | None:
        place = self.options.highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    def _say(self, words: str) -> None:
        self.query_one("#lines-told", Static).update(Content(words))

    def _show(self) -> None:
        """The lines as they are by now; the choice stays on its line."""
        chosen, before = self._chosen(), self._rows
        rows = listed(self._lines.read(), self._sieve, self.field.value, private=self._lines.private)
        skippable = {row.number for row in rows if row.skippable}
        self._unmarked |= self._marked - skippable
        self._marked &= skippable
        contents = [_content(row, marked=row.number in self._marked) for row in rows]
        self._rows = rows
        options = self.options
        if [row.number for row in rows] != [row.number for row in before]:
            options.set_options([Option(content) for content in contents])
            numbers = [row.number for row in rows]
            if rows:
                options.highlighted = numbers.index(chosen.number) if chosen and chosen.number in numbers else 0
        else:
            for place, (content, shown) in enumerate(zip(contents, self._shown, strict=True)):
                if content != shown:
                    options.replace_option_prompt_at_index(place, content)
        self._shown = contents
        marked = f" · {len(self._marked)} marked, s skips them" if self._marked else ""
        none = "" if rows else " · no line is like that"
        keys = "" if self._foot() == self._foots[0] else _KEYS_ABOVE
        many = len(self._lines.read())
        told = f"Listed: {self._sieve.word}, {len(rows)} of {many}{marked}{none}{keys}" if many else NONE_YET
        self.query_one("#lines-which", Static).update(Content(told))


def _content(row: Row, *, marked: bool) -> Hanging:
    sign = ("■ ", "bold $accent") if marked else ("□ " if row.skippable else "  ", "$hearth-quiet")
    return Hanging(
        Content.assemble(sign, (f"{row.number:>3}  ", "$hearth-quiet")),
        Content.assemble((f"{row.state:<13}", "bold"), (row.told, "$hearth-quiet"), f"\n{row.line}"),
    )
