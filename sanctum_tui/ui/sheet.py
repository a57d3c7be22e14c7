"""A list of words in rows, of which one is chosen; any number of them, painted as they come into sight."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

Item = TypeVar("Item")

_SIGN = 2
"""Cells before a row, where the sign of the chosen one stands."""


class Sheet(ScrollView, Generic[Item], can_focus=True):
    """Draws by the line API. A row that cannot be chosen is a heading, which the arrows pass over."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"sheet--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The one before", show=False),
        Binding("down", "move(1)", "The next one", show=False),
        Binding("pageup", "pages(-1)", "A page back", show=False),
        Binding("pagedown", "pages(1)", "A page on", show=False),
        Binding("home", "end(-1)", "The first", show=False),
        Binding("end", "end(1)", "The last", show=False),
        Binding("enter", "press", "Take it", show=False),
    ]
    ALLOW_SELECT = False

    class Chosen(Message):
        """Another row is chosen, or the chosen one is another now."""

        def __init__(self, sheet: "Sheet[Any]") -> None:
            super().__init__()
            self.sheet = sheet

        @property
        def control(self) -> "Sheet[Any]":
            return self.sheet

    class Pressed(Chosen):
        """Enter, or a click on the chosen row."""

    class TopReached(Chosen):
        """Somebody wants to go on before the first row."""

    def __init__(
        self,
        paint: Callable[[Item, int], Content],
        *,
        heading: Callable[[Item], bool] = lambda item: False,
        id: str | None = None,
    ) -> None:
        """`paint` gives a row for an item in so many cells; what is longer is cut with an ellipsis."""
        super().__init__(id=id)
        self._paint = paint
        self._heading = heading
        self._items: Sequence[Item] = ()
        self._place = 0
        self._high = 1

    # What the owner calls

    def show(self, items: Sequence[Item], place: int | None = None) -> None:
        """Show these; `place` is chosen, or the one there was, or the nearest there is. It stays where it is seen."""
        self._items = items
        self.virtual_size = Size(0, len(items) * self._high)
        self._place = self._next_choosable(self._place if place is None else place, 1)
        self.refresh()
        self.post_message(self.Chosen(self))

    def added_before(self, items: Sequence[Item], count: int) -> None:
        """Show these, `count` of which are new at the top; what is in sight stays there."""
        top = round(self.scroll_y)
        self.show(items, self._place + count)
        self.scroll_to(y=top + count * self._high, animate=False, force=True)

    @property
    def high(self) -> int:
        """How many rows each item has."""
        return self._high

    @high.setter
    def high(self, rows: int) -> None:
        if rows != self._high:
            self._high = rows
            self.virtual_size = Size(0, len(self._items) * rows)
            self.refresh()
            self.call_after_refresh(self._bring)

    @property
    def place(self) -> int:
        return self._place

    @property
    def chosen(self) -> Item | None:
        """The chosen item; None where there is none to choose."""
        inside = self._place < len(self._items) and not self._heading(self._items[self._place])
        return self._items[self._place] if inside else None

    @property
    def at_end(self) -> bool:
        """The last row is chosen and in sight, so that whoever looks wants to see what comes after it."""
        return self._place >= len(self._items) - 1 and self.scroll_y >= self.max_scroll_y

    def choose(self, place: int, step: int = 1) -> None:
        """Choose this row, or where it is a heading the next one in the step's direction, and bring it into sight."""
        found = self._next_choosable(place, step)
        if found != self._place:
            self._place = found
            self.refresh()
            self.post_message(self.Chosen(self))
        self._bring()

    # Keys and mouse

    def action_move(self, step: int) -> None:
        if step < 0 and self._place <= self._next_choosable(0, 1):
            self.scroll_home(animate=False)
            self.post_message(self.TopReached(self))
            return
        self.choose(self._place + step, step)

    def action_pages(self, step: int) -> None:
        if step < 0 and self._place <= self._next_choosable(0, 1):
            self.post_message(self.TopReached(self))
            return
        self.choose(self._place + step * max(1, self.scrollable_content_region.height // self._high - 1), step)

    def action_end(self, step: int) -> None:
        self.choose(0 if step < 0 else len(self._items) - 1, -step)

    def action_press(self) -> None:
        if self.chosen is not None:
            self.post_message(self.Pressed(self))

    def on_click(self, event: Click) -> None:
        event.stop()
        offset = event.get_content_offset(self)
        if offset is None:
            return
        place = (offset.y + round(self.scroll_y)) // self._high
        if place >= len(self._items) or self._heading(self._items[place]):
            return
        if place == self._place:
            self.action_press()
        else:
            self.choose(place)

    def _next_choosable(self, place: int, step: int) -> int:
        """The nearest row from here that can be chosen, first in the step's direction."""
        if not self._items:
            return 0
        last = len(self._items) - 1
        place = max(0, min(place, last))
        onward = range(place, last + 1) if step > 0 else range(place, -1, -1)
        back = range(place, -1, -1) if step > 0 else range(place, last + 1)
        return next((at for at in (*onward, *back) if not self._heading(self._items[at])), 0)

    def _bring(self) -> None:
        """Move no further than it takes; a heading over the chosen row comes along."""
        height = self.scrollable_content_region.height
        if height <= 0:
            return
        top, place = round(self.scroll_y), self._place
        above = place - 1 if place and self._heading(self._items[place - 1]) else place
        if above * self._high < top:
            self.scroll_to(y=above * self._high, animate=False, force=True)
        elif (place + 1) * self._high > top + height:
            self.scroll_to(y=(place + 1) * self._high - height, animate=False, force=True)

    def on_resize(self) -> None:
        self.call_after_refresh(self._bring)

    # Drawing

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place, part = divmod(y + round(self.scroll_y), self._high)
        base = self.visual_style
        if place >= len(self._items) or width <= _SIGN:
            return Strip.blank(width, base.rich_style)
        item = self._items[place]
        chosen = place == self._place and not self._heading(item)
        style = base + self.get_visual_style("sheet--chosen", partial=True) if chosen else base
        rows = self._paint(item, width - _SIGN).split("\n", allow_blank=True)
        words = rows[part].truncate(width - _SIGN, ellipsis=True) if part < len(rows) else Content()
        row = Content.assemble(("▸ ", "bold $accent") if chosen and not part else "  ", words)
        strips = Visual.to_strips(self, row, width, 1, style, pad=True)
        strip = strips[0] if strips else Strip.blank(width, style.rich_style)
        return strip.adjust_cell_length(width, style.rich_style)
