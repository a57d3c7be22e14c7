"""Words that change a little each second, and cost the terminal no more than the cells that are different."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def changed(before: Sequence[str], after: Sequence[str]) -> Region | None:
    """The cells of a block of text that look different now, as one region; None where it has another shape."""
    if [(len(row), cell_len(row)) for row in before] != [(len(row), cell_len(row)) for row in after]:
        return None
    region = Region()
    for y, (one, other) in enumerate(zip(before, after, strict=True)):
        if one == other:
            continue
        first = next(at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
        same = next(at for at, pair in enumerate(zip(one[::-1], other[::-1], strict=True)) if pair[0] != pair[1])
        left, right = cell_len(one[:first]), cell_len(one[: len(one) - same])
        cells = Region(left, y, max(1, right - left), 1)
        region = region.union(cells) if region else cells
    return region


class Steady(Widget):
    """Rows of words in one style. A change of a digit repaints that digit."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[str, ...] = ()

    def show(self, rows: Sequence[str]) -> None:
        """Show these rows; they are laid out anew only where they have another shape."""
        before, self._rows = self._rows, tuple(rows)
        if before == self._rows:
            return
        region = changed(before, self._rows)
        if region is None:
            self.refresh(layout=True)
        elif region.right > self.content_size.width:
            # A row that is wrapped, and what changed stands further down.
            self.refresh()
        else:
            self.refresh(region)

    def render(self) -> Content:
        return Content("\n".join(self._rows))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as they are, past all that Textual does to lay words out, where none is wrapped or framed."""
        width = self.size.width
        if self.gutter or any(cell_len(row) > width for row in self._rows):
            return super().render_lines(crop)
        style = self.visual_style.rich_style
        background = self.background_colors[1]
        strips = []
        for y in crop.line_range:
            row = self._rows[y] if y < len(self._rows) else ""
            strip = Strip([Segment(set_cell_size(row, width), style)], width)
            for each in self.get_line_filters():
                strip = strip.apply_filter(each, background)
            strips.append(strip if crop.width == width else strip.crop(*crop.column_span))
        return strips
