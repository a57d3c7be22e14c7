"""How many rows parts of the card take."""

from collections.abc import Iterable

from textual.widgets import Static


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
