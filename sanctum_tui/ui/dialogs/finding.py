"""One line at the foot of a pane, in which words to look for are typed; what is found is told as they are."""

from collections.abc import Callable

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Region
from textual.widgets import Input, Static

from sanctum_tui.ui.dialogs.base import Dialog, LineInput


class FindBar(Dialog[bool]):
    """Answers True where the search is to stay, None where the operator left with Escape."""

    CSS_PATH = "finding.tcss"
    told_keys = (("enter", "Enter", "keeps the search"), ("escape", "Esc", "ends it"))
    """It has no foot of its own: key, its face and what it does, for the foot of the console."""

    field = getters.query_one("#find-words", LineInput)
    told = getters.query_one("#find-told", Static)

    def __init__(self, place: Callable[[], Region], look: Callable[[str], str], words: str = "") -> None:
        """`look` is told the words at each change, and says what came of them; `words` are there at first."""
        super().__init__()
        self._place = place
        self._look = look
        self._begin_with = words

    def compose(self) -> ComposeResult:
        with Horizontal(id="find"):
            yield Static(Content("/"), id="find-sign")
            yield LineInput(self._begin_with, id="find-words")
            yield Static(id="find-told", markup=False)

    def on_mount(self) -> None:
        self.field.focus()
        self._stand()

    def on_resize(self) -> None:
        self.call_after_refresh(self._stand)

    @on(Input.Changed, "#find-words")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.told.update(Content(self._look(event.value)))

    @on(Input.Submitted, "#find-words")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(bool(event.value.strip()) or None)

    def _stand(self) -> None:
        place, bar = self._place(), self.query_one("#find")
        bar.styles.offset = place.offset
        bar.styles.width = place.width
