"""A short list to choose from; the chosen row has a sign before it, as in every list."""

from typing import Final

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widgets import OptionList

SIGN: Final = Content.styled("▸ ", "bold $accent")
"""Before the row that is chosen."""
NO_SIGN: Final = Content("  ")
"""Before the others."""


class ChoiceList(OptionList):
    """Draws the sign where each row has two cells to the left."""

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        at = self.scroll_offset.y + y
        if self.highlighted is None or at >= len(self._lines) or self._lines[at] != (self.highlighted, 0):
            return strip
        style = self.get_visual_style("option-list--option-highlighted").rich_style
        return Strip([Segment(SIGN.plain, style), *strip.crop(SIGN.cell_length)])
