"""How many rows parts of the card take."""

from collections.abc import Iterable

from textual.widget import Widget
from textual.widgets import Static

SIDES = 4
"""Cells beside a line on the card, in its editor, and beside what would be posted."""


def cells_of(card: Widget) -> int:
    """Cells of the card's text; its scrollbar has one of its own, whether it is there or not."""
    return card.size.width - card.styles.scrollbar_size_vertical


def needed(parts: Iterable[Static], cells: int) -> int:
    """The rows that these take below each other; of two margins that meet, the larger one counts."""
    rows = below = 0
    for part in parts:
        styles = part.styles
        inner = max(1, cells - styles.gutter.width)
        rows += (
            max(below, styles.margin.top) + part.visual.get_height(styles.get_rules(), inner) + styles.gutter.height
        )
        below = styles.margin.bottom
    return rows + below
