"""Pictures out of half blocks, two dots to a cell: large letters, and the dots of a QR code. Knows no Textual."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

Dots = Sequence[Sequence[bool]]
"""Rows of dots, all of one length; what is True is dark, or drawn."""

QUIET_DOTS = 4
"""The light margin of a QR code, by its standard (ISO/IEC 18004); readers lose their way without it."""
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def letters(code: str, scale: int = 1) -> list[str]:
    """A code in letters seven dots high, as rows of cells; nothing for a code with signs that are not drawn."""
    font = _font()
    glyphs = [font.get(sign) for sign in code.upper()]
    if not glyphs or None in glyphs:
        return []
    between = (False,) * scale
    rows: list[tuple[bool, ...]] = []
    for dots in zip(*(glyph for glyph in glyphs if glyph is not None), strict=True):
        row: tuple[bool, ...] = ()
        for number, part in enumerate(dots):
            row += (between if number else ()) + tuple(dot for dot in part for _ in range(scale))
        rows += [row] * scale
    return halves(rows)


def qr_dots(text: str) -> Dots:
    """The dots of a text's QR code with its light margin."""
    import segno

    code = segno.make_qr(text, error="l")
    return [[bool(dot) for dot in row] for row in code.matrix_iter(border=QUIET_DOTS)]


def halves(dots: Dots) -> list[str]:
    """Rows of cells, each of two dots, the upper and the lower; below an odd last row nothing is drawn."""
    if not dots:
        return []
    padded = [*dots, [False] * len(dots[0])] if len(dots) % 2 else dots
    return [
        "".join(_HALVES[bool(upper), bool(lower)] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(padded[::2], padded[1::2], strict=True)
    ]


@cache
def _font() -> dict[str, tuple[tuple[bool, ...], ...]]:
    font = {}
    for line in (files("sanctum_tui.ui.look") / "letters.txt").read_text("ascii").splitlines():
        sign, *rows = line.split()
        font[sign] = tuple(tuple(dot == "#" for dot in row) for row in rows)
    return font
