"""Where the five panes stand: side by side, one below the other, or one of them in front of all."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from sanctum_tui.ui.panes.review import ReviewPane

PANES = ("chat", "silence", "review", "dashboard", "ledger")
"""Ids of the panes, in the order of their number keys."""
_TUCKED = frozenset({"dashboard", "ledger"})
"""Panes that a small screen shows only in front of all others."""


class Frame(Horizontal):
    """Two columns of panes."""

    def __init__(self, main: Iterable[Widget], side: Iterable[Widget]) -> None:
        super().__init__(id="panes")
        self._main = tuple(main)
        self._side = tuple(side)
        self._front: str | None = None

    def compose(self) -> ComposeResult:
        yield Vertical(*self._main, id="main")
        yield Vertical(*self._side, id="side")

    @property
    def front(self) -> str | None:
        """The pane that has the whole screen."""
        return self._front

    @property
    def focused(self) -> str:
        """The pane that the operator is in; the review where none has the focus."""
        inside = self.screen.focused
        ids = () if inside is None else (node.id for node in inside.ancestors_with_self)
        return next((id for id in ids if id in PANES), "review")

    @property
    def typing(self) -> bool:
        """Whether letters go into an editor."""
        inside = self.screen.focused
        return inside is not None and inside.check_consume_key("a", "a")

    def on_review_pane_editing_changed(self, message: ReviewPane.EditingChanged) -> None:
        """A low screen gives the card all its room while a line is edited."""
        self.set_class(message.editing, "-editing-line")

    def bring(self, pane: str | None) -> None:
        """Give one pane the whole screen, or give it back."""
        self._front = pane
        self.set_class(pane is not None, "-zoomed")
        for column in self.query_children(Vertical):
            own = [child for child in column.children if child.id in PANES]
            column.set_class(pane is not None and all(child.id != pane for child in own), "-behind")
            for child in own:
                child.set_class(pane is not None and child.id != pane, "-behind")

    def go_to(self, pane: str) -> None:
        """Put the focus on a pane; one that the screen is too small for comes to the front."""
        found = next(iter(self.query(f"#{pane}")), None)
        if found is None:
            return
        if self._tucked(pane):
            self.bring(pane)
        elif self._front is not None and self._front != pane:
            self.bring(None if self._tucked(self._front) else pane)
        self.call_after_refresh(_focus, found)

    def _tucked(self, pane: str) -> bool:
        screen = self.screen
        small = screen.has_class("-low") or (screen.has_class("-narrow") and not screen.has_class("-high"))
        return pane in _TUCKED and small


def _focus(pane: Widget) -> None:
    # A pane that only frames an editor passes the focus on to it.
    target = pane if pane.focusable else next((child for child in pane.query("*") if child.focusable), pane)
    target.focus()
