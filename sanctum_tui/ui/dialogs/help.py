"""Every key, in groups, with a search; one that does not fit now stands in brackets, the mouse presses the others."""

from dataclasses import dataclass
from textwrap import wrap

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click
from textual.widgets import Input, Static

from sanctum_tui.ui.actions import Action, Group, Moment
from sanctum_tui.ui.dialogs.base import Dialog, SearchInput
from sanctum_tui.ui.keyboard import Keyboard

_ID_CELLS = 24
_ROOMY_CELLS = 100
"""From this width on there is a column for the ids."""
_LEAST_WORDS = 20
"""With less room beside a key's name, what it does stands below it."""
_FRAME_CELLS = 6
"""Of the dialog's width, what the foot of the frame cannot have."""


class HelpDialog(Dialog[str]):
    """Typing narrows the list; arrows scroll it. Answers with the id of a key that was clicked."""

    CSS = "HelpDialog #dialog { width: 124; }"
    title_words = "Keys"
    foot = "type to search · Esc closes · ↑↓ scroll · (in brackets): not now"
    brief_foot = "type to search · Esc closes · (key): not now"

    def __init__(self, keyboard: Keyboard, moment: Moment) -> None:
        super().__init__()
        self._keyboard = keyboard
        self._moment = moment
        self._rows: tuple[Row, ...] = ()

    def body(self) -> ComposeResult:
        yield SearchInput(placeholder="type to search", id="search")
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(SearchInput).focus()
        self.call_after_refresh(self._list)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list()
        self.query_one("#dialog").scroll_home(animate=False)

    def key_down(self) -> None:
        self.query_one("#dialog").scroll_down(animate=False)

    def key_up(self) -> None:
        self.query_one("#dialog").scroll_up(animate=False)

    def key_pagedown(self) -> None:
        self.query_one("#dialog").scroll_page_down(animate=False)

    def key_pageup(self) -> None:
        self.query_one("#dialog").scroll_page_up(animate=False)

    @on(Click, "#keys")
    def _press(self, event: Click) -> None:
        """A key that fits was clicked."""
        event.stop()
        id = self._rows[event.y].id if event.y < len(self._rows) else ""
        if id and self._keyboard.by_id[id].when(self._moment):
            self.dismiss(id)

    def _fit(self) -> None:
        """How the list is wrapped, and what its foot tells, depends on the room."""
        frame = self.query_one("#dialog")
        long = len(self.foot) > frame.outer_size.width - _FRAME_CELLS
        self.show_foot(self.brief_foot if long else self.foot)
        self._list()

    def _list(self) -> None:
        place = self.query_one("#keys", Static)
        self._rows = rows_of(self._keyboard, self._moment, self.query_one(SearchInput).value, place.size.width)
        place.update(Content("\n").join([row.words for row in self._rows]))


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list, and the id of the action it is about."""

    words: Content
    id: str = ""


@dataclass(frozen=True, slots=True)
class Cells:
    """How wide the columns are."""

    key: int
    label: int
    whole: int

    @property
    def below(self) -> bool:
        """Whether what a key does stands in rows of its own, below its name."""
        return self.whole - (self.key + self.label + 4) < _LEAST_WORDS

    @property
    def hang(self) -> int:
        """Where what a key does begins; below its name, a little further in than the name."""
        if not self.below:
            return self.key + self.label + 4
        inside = self.key + 4
        return inside if self.whole - inside >= _LEAST_WORDS else 2

    @property
    def roomy(self) -> bool:
        """Whether there is a column for the ids."""
        return self.whole >= _ROOMY_CELLS

    @property
    def words(self) -> int:
        """Room for what a key does."""
        return max(_LEAST_WORDS, self.whole - self.hang - (_ID_CELLS + 2 if self.roomy else 0))


def rows_of(keyboard: Keyboard, moment: Moment, query: str, width: int) -> tuple[Row, ...]:
    """The keys that a search finds, in groups, wrapped to a width in cells with the words hanging.

    Their ids are there where there is room for a column of them, or where somebody searches.
    """
    found = keyboard.matching(query)
    if not found:
        return (Row(Content("No key is called like that.")),)
    cells = Cells(
        max(len(action.shown_key) for action in keyboard.actions) + 2,
        max(len(action.label) for action in keyboard.actions),
        width,
    )
    rows: list[Row] = []
    for group in Group:
        own = [action for action in found if action.group is group]
        if own:
            rows += [Row(Content("")), Row(Content.assemble((group.value, "bold $accent")))]
            rows += [
                Row(words, action.id)
                for action in own
                for words in _told(action, moment, cells, searched=bool(query))
            ]
    return tuple(rows[1:])


def _told(action: Action, moment: Moment, cells: Cells, *, searched: bool) -> list[Content]:
    """One key: its face, its name, what it does, and its id."""
    fits = action.when(moment)
    face = f"{action.shown_key} " if fits else f"({action.shown_key})"
    more = wrap(action.help, cells.words)
    label = action.label if cells.below else f"{action.label:<{cells.label}}  "
    first = "" if cells.below else more.pop(0)
    rows = [
        Content.assemble(
            (f"{face:>{cells.key}}  ", "bold $footer-key-foreground" if fits else "$hearth-quiet"),
            (label, "bold" if fits else "$hearth-quiet"),
            (f"{first:<{cells.words}}  {action.id}" if cells.roomy else first, "$hearth-quiet"),
        )
    ]
    rows += [Content.assemble((" " * cells.hang + line, "$hearth-quiet")) for line in more]
    if searched and not cells.roomy:
        rows.append(Content.assemble((" " * cells.hang + action.id, "italic $hearth-quiet")))
    return rows
