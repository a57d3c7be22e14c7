"""Screens whose columns stand straight, and one that draws no more than what changed.

Textual (8.2.8) renders every row of each widget that meets the rectangle round all that changed: a digit of the clock
and a word in the top line bring half the chat with them. Its compositor is private, which is why Textual is pinned.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip

from sanctum_tui.ui.chat.rows import straight


class Straight(Compositor):
    """Has all that is drawn begin where it should: in a dialog, and on the screen that is seen behind it."""

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        chops = super()._render_chops(crop, is_rendered_line)
        # What is not drawn this time is None.
        return [{x: strip and straight(strip) for x, strip in line.items()} for line in chops]


class Sparing(Straight):
    """Renders the rows that changed, of the widgets that are in front there."""

    def __init__(self) -> None:
        super().__init__()
        self._changed: tuple[Region, ...] = ()

    def render_partial_update(self) -> ChopsUpdate | None:
        whole = self.size.region
        self._changed = tuple(filter(None, (region.intersection(whole) for region in self._dirty_regions)))
        try:
            return super().render_partial_update()
        finally:
            self._changed = ()

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if not self._changed:
            yield from super()._get_renders(crop)
            return
        left: tuple[Region, ...] = self._changed
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for top, bottom in _stretches(shown.intersection(change) for change in left):
                rows = Region(shown.x, top, shown.width, bottom - top)
                yield region, rows, widget.render_lines(rows.translate(-region.offset))
            # What lies behind it there is not seen.
            left = tuple(change for change in left if not shown.contains_region(change))
            if not left:
                return


class SparingScreen(Screen[None]):
    """The console's own screen: keys go to the card first."""

    AUTO_FOCUS = "#review"

    class InFront(Message):
        """No dialog covers it any more."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._compositor = Sparing()

    def on_screen_resume(self) -> None:
        self.post_message(self.InFront())


def _stretches(regions: Iterable[Region]) -> Iterator[tuple[int, int]]:
    """The rows that these regions have, as stretches that do not touch: each row is rendered once."""
    top = bottom = None
    for first, end in sorted((region.y, region.bottom) for region in regions if region):
        if top is None or bottom is None:
            top, bottom = first, end
        elif first <= bottom:
            bottom = max(bottom, end)
        else:
            yield top, bottom
            top, bottom = first, end
    if top is not None and bottom is not None:
        yield top, bottom
