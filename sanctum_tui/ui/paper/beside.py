"""The fields beside the dashboard's editor: what was read from the text so far, as full as there is room for it."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.ui.paper.fields import in_full, in_rows, in_short


class DashboardFields(VerticalScroll):
    """The fields; a stop for the keyboard only where they do not fit."""

    def __init__(self, fit: Callable[[], None]) -> None:
        """`fit` is called where there is another width for them."""
        super().__init__()
        self._fit = fit
        self._width = 0
        self._words = Static()

    def compose(self) -> ComposeResult:
        yield self._words

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self._fit()

    def allow_focus(self) -> bool:
        return super().allow_focus() and self.max_scroll_y > 0

    def show(self, dashboard: Dashboard, *, beside: bool, high: bool) -> None:
        """Show them: all their words beside the text; below it a row each where it is `high`, else a summary."""
        # A cell stays free beside the scrollbar.
        width = self.scrollable_content_region.width - 1
        if width > 0:
            full = in_full if beside else in_rows
            self._words.update(full(dashboard, width) if beside or high else in_short(dashboard))
