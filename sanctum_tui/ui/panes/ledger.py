"""The ledger to read: tonight's as it stands now, and those of earlier evenings."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message

from sanctum_tui.text import clean, clean_line, shorten
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.look.veiled import Veiled
from sanctum_tui.ui.paper.discretion import discreet
from sanctum_tui.ui.paper.moments import Moment, Moments
from sanctum_tui.ui.paper.outline import Heading, outline, place_of, window
from sanctum_tui.ui.paper.rows import Document
from sanctum_tui.ui.paper.searching import HERE, SearchedReader
from sanctum_tui.ui.paper.strips import Mark

_OUTLINE_CELLS: Final = 28
"""A margin at least this wide has the outline in it."""
_GAP_CELLS: Final = 3
"""Between the outline and the text."""
_CHOSEN: Final = Style(bold=True)
EMPTY: Final = "It is written while the evening goes on."


class LedgerPane(Veiled, SearchedReader):
    """A ledger, with a search, an outline, the way to the chat at its times, and that to earlier ledgers."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("ledger")
    EMPTY = EMPTY

    class Wanted(Message):
        """The reader wants another ledger: this file's, or tonight's where there is no path."""

        def __init__(self, pane: "LedgerPane", path: Path | None) -> None:
            super().__init__()
            self.pane = pane
            self.path = path

        @property
        def control(self) -> "LedgerPane":
            return self.pane

    class ChatWanted(Message):
        """The reader wants to see the chat as it was at this moment."""

        def __init__(self, pane: "LedgerPane", at: datetime) -> None:
            super().__init__()
            self.pane = pane
            self.at = at

        @property
        def control(self) -> "LedgerPane":
            return self.pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._markdown = ""
        self._title = "Ledger"
        self._places: dict[Path | None, int] = {}
        """Where ledgers that were in sight before were left, by their paths."""
        self._earlier: tuple[tuple[str, Path], ...] = ()
        self._wanted: Path | None = None
        self._shown: Path | None = None
        """The ledger in sight, by its path; None is tonight's."""
        self._headings: tuple[Heading, ...] | None = None
        self._moments: Moments | None = None
        self._moment: Moment | None = None
        """The time that is chosen."""
        self.border_title = Content(self._title)

    # What the owner calls

    def show(self, markdown: str, title: str) -> None:
        """Show the ledger that is `wanted`, or a newer version of the one in sight, without moving what is read."""
        title = clean_line(title)
        markdown = clean(markdown.removeprefix("\ufeff"))
        if (markdown, title) == (self._markdown, self._title):
            return
        # Right after a wish, the ledger in sight may come once more; its title tells.
        another = self._wanted != self._shown and title != self._title
        self._markdown, self._title = markdown, title
        self.border_title = Content(title)
        if another:
            self._places[self._shown] = round(self.scroll_y)
            self._shown, self._moment = self._wanted, None
            self.end_search()
            self.read_other(self._words, self._places.pop(self._shown, 0))
        else:
            self.read(self._words)
        self.tell_where()

    def offer(self, earlier: Sequence[tuple[str, Path]]) -> None:
        """Earlier ledgers, each with its label, the newest first."""
        self._earlier = tuple(earlier)
        self.tell_where()

    def want_tonight(self) -> None:
        """The ledger that was asked for cannot be had."""
        self._wanted = None
        self.tell_where()

    @property
    def wanted(self) -> Path | None:
        """The ledger that the reader asked for last; None is tonight's."""
        return self._wanted

    def veil(self) -> None:
        """Flags and the operator's notes are hidden."""
        self.read(self._words)

    @property
    def big(self) -> bool:
        """Whether it is written for a monitor that is far away."""
        return self._large

    @big.setter
    def big(self, big: bool) -> None:
        if big != self._large:
            self.write_large(big)

    @property
    def _words(self) -> str:
        return discreet(self._markdown) if self._private else self._markdown

    # The way to other ledgers

    def action_turn(self, step: int) -> None:
        """Ask for the ledger before this one, or after it; tonight's comes after the newest."""
        index = self._index() + step
        if not -1 <= index < len(self._earlier):
            return
        self._wanted = self._earlier[index][1] if index >= 0 else None
        self.tell_where()
        self.post_message(self.Wanted(self, self._wanted))

    def _index(self) -> int:
        """Which of the earlier ledgers was asked for; -1 is tonight's."""
        paths = [path for _, path in self._earlier]
        return paths.index(self._wanted) if self._wanted in paths else -1

    def tell_where(self) -> None:
        """Say in the frame what was found, or which time is chosen, or which ledger this is."""
        if self.searching:
            told = f"{self.found_in_words} · f F · Esc ends"
        elif self._moment is not None:
            told = f"{self._moment.at:%H:%M:%S} · Enter shows the chat · v V · Esc ends"
        else:
            index, many = self._index(), len(self._earlier)
            where = ["tonight" if index < 0 else f"{index + 1} of {many} earlier"] if many else []
            ways = ["← earlier"] * (index + 1 < many) + ["→ later"] * (index >= 0)
            told = " · ".join(where + ways)
        self.border_subtitle = Content(told)

    # Outline

    def action_outline(self) -> None:
        """List the headings, to go to one."""
        from sanctum_tui.ui.dialogs.outline import OutlineDialog

        if headings := self.headings:
            self.app.push_screen(OutlineDialog(headings, place_of(headings, self.top)), self._go_to_line)

    def _go_to_line(self, line: int | None) -> None:
        # The ledger may have grown meanwhile, which only moves a heading that others came before.
        if line is not None and self.document is not None:
            self.go(self.document.start(min(line, len(self.document.lines) - 1)))

    @property
    def headings(self) -> tuple[Heading, ...]:
        """Those of the document in sight."""
        if self._headings is None:
            self._headings = () if self.document is None else outline(self.document)
        return self._headings

    def beside(self, y: int) -> list[Segment]:
        """The outline, in a margin that has room for it."""
        heading, width = self._beside(y), self.margin - _GAP_CELLS
        if heading is None:
            return []
        here = heading == self.headings[place_of(self.headings, self.top)]
        words = ("▸ " if here else "  ") + "  " * (heading.level - 1) + heading.text
        return [Segment(set_cell_size(shorten(words, width), width), self.sign + _CHOSEN if here else self.sign)]

    def _beside(self, y: int) -> Heading | None:
        """The heading that stands in the margin of a row."""
        if self.margin < _OUTLINE_CELLS or not self.headings:
            return None
        shown = window(self.headings, place_of(self.headings, self.top), self.size.height)
        return shown[y] if y < len(shown) else None

    def action_leave(self) -> None:
        """End the search, or choose no time any more."""
        self._moment = None
        self.end_search()
        self.tell_where()
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Otherwise Escape leaves the pane, as everywhere.
        return self.searching or self._moment is not None if action == "leave" else True

    # Times, and the chat at them

    def action_moment(self, step: int) -> None:
        """Choose the next time that the ledger tells, or the one before."""
        times, now = self._times, self._moment
        if times is None:
            return
        chosen = times.first(self.top) if now is None else times.beside(now, step)
        if chosen is not None:
            self._choose(chosen)

    def action_chat(self) -> None:
        """Ask for the chat at the time that is chosen, or at the first one in sight."""
        if self._moment is None:
            self.action_moment(1)
        if self._moment is not None:
            self.post_message(self.ChatWanted(self, self._moment.at))

    def on_click(self, event: Click) -> None:
        """A time was clicked: that is the one whose chat is wanted. Or a heading in the margin: it is gone to."""
        place, times, offset = self.words_at(event), self._times, event.get_content_offset(self)
        if offset is not None and offset.x < self.margin and (heading := self._beside(offset.y)) is not None:
            self._go_to_line(heading.line)
        if place is None or times is None:
            return
        line, index = place
        for moment in times.on(line):
            if moment.start <= index < moment.end:
                self._choose(moment)
                self.action_chat()

    @property
    def _times(self) -> Moments | None:
        """The times of the document in sight, looked for no sooner than they are wanted."""
        if self._moments is None and self.document is not None:
            self._moments = Moments(self.document)
        return self._moments

    def _choose(self, moment: Moment) -> None:
        self._moment = moment
        self.end_search()
        self.show_words(moment.line, moment.start)
        self.tell_where()
        self.refresh()

    # Drawing

    def laid_out(self, before: Document | None) -> None:
        """Find anew what was looked for, and drop what was chosen where its line is not there any more."""
        super().laid_out(before)
        document = self.document
        if document is None:
            return
        self._moments = self._headings = None
        if self._moment is not None and before is not None and (times := self._times) is not None:
            row = before.same_place(before.start(self._moment.line), document)
            self._moment = times.same(self._moment, document.at(row)[0])
        self.tell_where()

    def marks(self, number: int) -> list[Mark]:
        """What was found on a line, or the time that is chosen there."""
        found = super().marks(number)
        if self._moment is not None and self._moment.line == number:
            found.append(Mark(self._moment.start, self._moment.end, HERE))
        return found
