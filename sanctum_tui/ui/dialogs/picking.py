"""A list of which one row is chosen: typing narrows it, arrows go through it, and what it stands for is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.widgets import Input, OptionList, Static

from sanctum_tui.ui.dialogs.base import Dialog, SearchInput
from sanctum_tui.ui.dialogs.choices import NO_SIGN, SIGN
from sanctum_tui.ui.dialogs.once import Answer
from sanctum_tui.ui.look.hanging import Hanging

MOST_SHOWN: Final = 300
"""Rows in the list; whoever wants one behind them types some of its words."""
_BESIDE_CELLS: Final = 110
"""On a screen at least this wide, what a row stands for is beside the list, else below it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how it looks, and the words by which it is found."""

    looks: Content
    words: str


class PickDialog(Dialog[Answer]):
    """What its rows stand for is known to the one who inherits: `answer_at`, and `view_at` where there is more."""

    CSS_PATH = ["dialogs.tcss", "picking.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False, id="pick.down"),
        Binding("up", "move(-1)", "Before", show=False, id="pick.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="pick.pagedown"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="pick.pageup"),
    ]
    foot = "type to search · ↑↓ choose · Enter goes · Esc closes"
    views = False
    """Whether what a row stands for is shown."""

    field = getters.query_one("#pick-search", SearchInput)
    list = getters.query_one("#pick-list", OptionList)
    told = getters.query_one("#pick-told", Static)

    def __init__(self, rows: Sequence[Row], begin: int = 0) -> None:
        """`begin` is the row that is chosen at first."""
        super().__init__()
        self._rows = tuple(rows)
        self._begin = begin
        self._listed: tuple[int, ...] = ()
        """The rows in the list, by their numbers."""
        self._marked: int | None = None
        """The place in the list that has the sign of the chosen row."""

    def answer_at(self, number: int) -> Answer:
        """What choosing this row answers."""
        raise NotImplementedError

    def view_at(self, number: int) -> Content:
        """What this row stands for."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        yield SearchInput(placeholder="type to search", id="pick-search")
        with Container(id="pick-both"):
            choices = OptionList(id="pick-list", markup=False)
            choices.can_focus = False
            yield choices
            with VerticalScroll(id="pick-view") as view:
                view.can_focus = False
                view.display = self.views
                yield Static(id="pick-words", markup=False)
        yield Static(id="pick-told", classes="dialog-quiet", markup=False)

    def on_mount(self) -> None:
        self.field.focus()
        self._list("", self._begin)

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width >= _BESIDE_CELLS, "-beside")

    def action_move(self, step: int) -> None:
        if self._listed:
            place = (self.list.highlighted or 0) + step
            self.list.highlighted = max(0, min(place, len(self._listed) - 1))

    def action_page(self, step: int) -> None:
        """A page of what the row stands for, or of the list where nothing else is shown."""
        if not self.views:
            self.action_move(step * max(1, self.list.size.height - 1))
        elif step > 0:
            self.query_one("#pick-view").scroll_page_down(animate=False)
        else:
            self.query_one("#pick-view").scroll_page_up(animate=False)

    @on(Input.Changed, "#pick-search")
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._list(event.value, self._listed[self.list.highlighted or 0] if self._listed else self._begin)

    @on(Input.Submitted, "#pick-search")
    def _choose(self, event: Input.Submitted) -> None:
        event.stop()
        if self._listed:
            self.dismiss(self.answer_at(self._listed[self.list.highlighted or 0]))

    @on(OptionList.OptionSelected, "#pick-list")
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self.answer_at(self._listed[event.option_index]))

    @on(OptionList.OptionHighlighted, "#pick-list")
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._mark(event.option_index)
        if self.views and event.option_index < len(self._listed):
            self.query_one("#pick-words", Static).update(self.view_at(self._listed[event.option_index]))
            self.query_one("#pick-view").scroll_home(animate=False)

    def _mark(self, place: int) -> None:
        """Put the sign of the chosen row before it, and take it from the one before."""
        for at, sign in ((self._marked, NO_SIGN), (place, SIGN)):
            if at is not None and at < len(self._listed):
                self.list.replace_option_prompt_at_index(at, Hanging(sign, self._rows[self._listed[at]].looks))
        self._marked = place

    def _list(self, query: str, chosen: int) -> None:
        """List the rows that have every word of a query, with the same one chosen where it is among them."""
        found = matching(self._rows, query)
        # Where not all are shown, they are those around the chosen one.
        place = found.index(chosen) if chosen in found else 0
        first = max(0, min(place - MOST_SHOWN // 2, len(found) - MOST_SHOWN))
        self._listed = found[first : first + MOST_SHOWN]
        self._marked = None
        self.list.clear_options()
        self.list.add_options([Hanging(NO_SIGN, self._rows[number].looks) for number in self._listed])
        self.list.highlighted = place - first if self._listed else None
        self.list.scroll_to_highlight()
        if not found:
            self.told.update(Content("✕ Nothing is called like that."))
        elif len(found) > len(self._listed):
            self.told.update(Content(f"{len(self._listed)} of {len(found):,} are shown; type some words of others."))
        else:
            self.told.update(Content(f"{len(found)} of {len(self._rows)}" if query else ""))
        if self.views and not found:
            self.query_one("#pick-words", Static).update(Content())


def matching(rows: Sequence[Row], query: str) -> tuple[int, ...]:
    """The numbers of the rows that have every word of a query, in capitals or not."""
    wanted = query.casefold().split()
    return tuple(number for number, row in enumerate(rows) if all(word in row.words.casefold() for word in wanted))
