"""What the screens with a long list share: a search, the list, and below it what the chosen row is about."""

from typing import ClassVar, Generic, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.ui.dialogs.base import Paper, SearchInput
from sanctum_tui.ui.sheet import Sheet

Item = TypeVar("Item")

FOOT_SEARCHING = "type to search · Enter to the list · Esc ends it"
_FRAME_CELLS = 8
"""Of the screen's width, what the foot of the frame cannot have."""


class Listing(Paper[None], Generic[Item]):
    """Letters are keys while the list has the focus; ``/`` goes to the search, where they are typed."""

    CSS_PATH = ["dialogs.tcss", "listing.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", show=False, id="listing.search"),
        Binding("up", "list('move', -1)", "The one before", show=False, id="listing.up"),
        Binding("down", "list('move', 1)", "The next one", show=False, id="listing.down"),
        Binding("pageup", "list('pages', -1)", "A page back", show=False, id="listing.pageup"),
        Binding("pagedown", "list('pages', 1)", "A page on", show=False, id="listing.pagedown"),
        Binding("shift+up", "detail(-1)", "Scroll the words below back", show=False, id="listing.detail_up"),
        Binding("shift+down", "detail(1)", "Scroll the words below on", show=False, id="listing.detail_down"),
    ]

    brief_foot = ""
    """The keys where there is little room."""

    field = getters.query_one("#listing-search", SearchInput)
    told = getters.query_one("#listing-told", Static)
    detail = getters.query_one("#listing-detail", VerticalScroll)
    about = getters.query_one("#listing-about", Static)

    def body(self) -> ComposeResult:
        yield SearchInput(placeholder="/ to search", id="listing-search")
        yield Sheet[Item](self.row, heading=self.is_heading, id="listing")
        with VerticalScroll(id="listing-detail", can_focus=False):
            yield Static(id="listing-about", markup=False)
        yield Static(id="listing-told", markup=False)

    def on_mount(self) -> None:
        self.query_one("#dialog").can_focus = False
        self.field.select_on_focus = False
        self.sheet.focus()

    # What a screen of this kind says

    def row(self, item: Item, width: int) -> Content:
        """A row of the list."""
        raise NotImplementedError

    def is_heading(self, item: Item) -> bool:
        return False

    def tell(self, item: Item | None) -> Content:
        """What is said of the chosen row."""
        raise NotImplementedError

    def searched(self) -> None:
        """The search has changed: show what fits."""
        raise NotImplementedError

    # What it may ask

    @property
    def sheet(self) -> Sheet[Item]:
        return self.query_one("#listing", Sheet)

    @property
    def query_words(self) -> list[str]:
        """What is searched for, in small letters."""
        return self.field.value.lower().split()

    def say(self, words: str, *, trouble: bool = False) -> None:
        """One line under the list, until the next choice."""
        self.told.update(
            Content.styled(f"✕ {words}", "bold $warning") if trouble else Content.styled(words, "bold $accent")
        )

    def say_count(self, shown: int, of: int, what: str) -> None:
        """How many rows fit the search, at the frame's corner."""
        count = f"{of:,}" if shown == of else f"{shown:,} of {of:,}"
        self.query_one("#dialog").border_title = Content(f"{self.title_words} · {count} {what}")

    # Keys

    def action_close(self) -> None:
        """End the search first, then the screen."""
        if self.field.has_focus:
            self.field.value = ""
            self.sheet.focus()
        else:
            self.dismiss(None)

    def action_search(self) -> None:
        self.field.focus()

    def action_list(self, what: str, step: int) -> None:
        """Arrows choose while somebody types, too."""
        if what == "move":
            self.sheet.action_move(step)
        else:
            self.sheet.action_pages(step)

    def action_detail(self, step: int) -> None:
        self.detail.scroll_relative(y=step, animate=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.searched()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.sheet.focus()

    def on_descendant_focus(self) -> None:
        self._tell_keys()

    def on_resize(self) -> None:
        self._tell_keys()

    def _tell_keys(self) -> None:
        foot = self.foot if len(self.foot) <= self.size.width - _FRAME_CELLS else self.brief_foot
        self.show_foot(FOOT_SEARCHING if self.field.has_focus else foot)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        event.stop()
        self.show_detail()

    def show_detail(self) -> None:
        """Say anew what the chosen row is about."""
        self.about.update(self.tell(self.sheet.chosen))
        self.detail.scroll_home(animate=False)
