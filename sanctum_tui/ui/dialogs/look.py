"""Lists to choose a look from, a theme or a layout, which the console puts on as one moves through them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.choices import ChoiceList
from sanctum_tui.ui.moods import Mood

_STATES = (Mood.ACTIVE, Mood.SETTLING, Mood.QUIET, Mood.MAY_SPEAK, Mood.MUTED)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose."""

    value: str
    name: str
    about: str
    """Said of it while the choice is on it."""
    sort: str = ""
    """A word beside its name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, and whether for good."""

    value: str
    keep: bool = False


class LookDialog(Dialog[Chosen]):
    """Stands at the side, so that what changes can be seen. `put_on` says why it cannot be had, or ""."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("k", "keep", "Keep it", show=False, id="look.keep")]
    foot = "Enter tonight · k for good · Esc back"

    def __init__(
        self, title: str, offers: Sequence[Offer], now: str, put_on: Callable[[str], str], *, colours: bool = False
    ) -> None:
        """`now` is the value that is on; with `colours` the states' colours are shown below the list."""
        super().__init__()
        self.title_words = title
        self._offers = tuple(offers)
        self._now = now
        self._put_on = put_on
        self._colours = colours

    def body(self) -> ComposeResult:
        width = max(len(offer.name) for offer in self._offers)
        yield ChoiceList(*(Option(self._row(offer, width)) for offer in self._offers), markup=False)
        yield Static(id="look-about", markup=False)
        if self._colours:
            yield Static(_colours(), id="look-colours")

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.focus()
        options.highlighted = next((at for at, offer in enumerate(self._offers) if offer.value == self._now), 0)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        offer = self._offers[event.option_index]
        why = self._put_on(offer.value)
        self.query_one("#look-about", Static).update(Content(f"✕ {why}" if why else offer.about))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(Chosen(self._offers[event.option_index].value))

    def action_keep(self) -> None:
        if (at := self.query_one(OptionList).highlighted) is not None:
            self.dismiss(Chosen(self._offers[at].value, keep=True))

    def _row(self, offer: Offer, width: int) -> Content:
        on = "✓" if offer.value == self._now else " "
        return Content(f"{on} {offer.name:<{width}}  {offer.sort}".rstrip())


def _colours() -> Content:
    """The states of the room, the agent and a flag, each by its sign and its word, in their colours."""
    states = [(f"{mood.sign} {mood.word}", f"bold $state{mood.style}") for mood in _STATES]
    others = [("▌ the agent's line", "$agent"), ("⚑ flagged", "bold $flag"), ("steps back", "$hearth-quiet")]
    return Content("\n").join(
        [Content("   ").join([Content.styled(*pair) for pair in row]) for row in (states[:3], states[3:], others)]
    )
