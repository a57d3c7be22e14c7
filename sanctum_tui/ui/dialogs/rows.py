"""A list of short texts of which one is chosen, marked by a sign before it."""

from collections.abc import Sequence

from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from sanctum_tui.ui.dialogs.choices import NO_SIGN, SIGN
from sanctum_tui.ui.look.hanging import Hanging


class Rows(Vertical):
    """Shows as many rows as it is given; only what looks different is painted anew. Takes no focus."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: list[Content] = []
        self._place = 0

    @property
    def place(self) -> int:
        """Which row is chosen, from 0."""
        return self._place

    def show(self, rows: Sequence[Content]) -> None:
        """Show these; the choice stays where it is, or goes to the last row."""
        widgets = list(self.query_children(Static))
        for widget, row, before in zip(widgets, rows, self._rows, strict=False):
            if row != before:
                widget.update(self._drawn(row, chosen=widget.has_class("-chosen")))
        for widget in widgets[len(rows) :]:
            widget.remove()
        if more := rows[len(widgets) :]:
            self.mount_all(Static(self._drawn(row), classes="row") for row in more)
        self._rows = list(rows)
        self.choose(self._place)

    def move(self, step: int) -> None:
        """Choose another row; it stops at the ends."""
        self.choose(self._place + step)

    def on_click(self, event: Click) -> None:
        """Choose the row that was clicked."""
        rows = list(self.query_children(Static))
        if event.widget in rows:
            event.stop()
            self.choose(rows.index(event.widget))

    def choose(self, place: int) -> None:
        """Choose this row, and bring it into sight."""
        self._place = max(0, min(place, len(self._rows) - 1))
        self.call_after_refresh(self._mark)

    @staticmethod
    def _drawn(row: Content, *, chosen: bool = False) -> Hanging:
        return Hanging(SIGN if chosen else NO_SIGN, row)

    def _mark(self) -> None:
        for place, widget in enumerate(self.query_children(Static)):
            chosen = place == self._place
            if chosen != widget.has_class("-chosen"):
                widget.set_class(chosen, "-chosen")
                widget.update(self._drawn(self._rows[place], chosen=chosen))
                if chosen:
                    widget.scroll_visible(animate=False)
