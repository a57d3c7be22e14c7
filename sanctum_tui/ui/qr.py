"""A QR code for the screen: always dark on light, whatever the theme, because many readers know nothing else."""

from functools import lru_cache

from textual.content import Content

from sanctum_tui.ui.look.blocks import halves, qr_dots

DARK = "#000000"
LIGHT = "#ffffff"


@lru_cache(maxsize=1)
def qr_rows(text: str) -> tuple[str, ...]:
    """The code as rows of cells, with its light margin. The last one is kept: it is looked at every second."""
    return tuple(halves(qr_dots(text)))


def qr_content(text: str) -> Content:
    """The code in its own colours.

    A last row of which only the upper half is margin shows light below it too; more margin does no harm.
    """
    return Content("\n").join(Content.styled(row, f"{DARK} on {LIGHT}") for row in qr_rows(text))
