"""Large type for a screen that is far away: a clock that fills its room, and a line set in letters. Knows no Textual.

Letters are drawn two dots to a cell, by half blocks, or narrow, four to a cell, by quarters; larger ones, and a large
clock, have dots of whole cells, of which two beside each other are about square.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sanctum_tui.ui.look.blocks import halves

_Glyph = tuple[tuple[bool, ...], ...]

LETTER_DOTS = 8
"""How high a letter is; the last row is for what hangs below the line."""
_SPACE_DOTS = 3
LEADING = 1
"""Rows of cells between two rows of letters."""
LETTER_ROWS = LETTER_DOTS // 2 + LEADING
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the dots that are on: the upper left counts 1, the upper right 2, the lower left 4, the lower right 8."""
_LARGEST_DOT = 10
"""A clock's dots are at most so many rows high; a whole screen of one digit tells nothing more."""


def clock(time: str, width: int, height: int) -> list[str]:
    """A time in the largest digits that the room has place for; nothing where it has none for the smallest."""
    faces = _side_by_side([_tall(sign) for sign in time]), _side_by_side([_face()[sign] for sign in time])
    for dot in range(_LARGEST_DOT, 0, -1):
        for dots in faces:
            if len(dots) * dot <= height and len(dots[0]) * dot * 2 <= width:
                return _square(dots, dot)
    smallest = halves(faces[1])
    return smallest if len(smallest) <= height and len(smallest[0]) <= width else []


@dataclass(frozen=True, slots=True)
class Cut:
    """How the dots of letters are drawn."""

    dots: float
    """Dots beside each other in a cell."""
    rows: int
    """Rows of cells that a letter is high."""
    draw: Callable[[Sequence[Sequence[bool]]], list[str]]


def letters(text: str, width: int, height: int, cuts: "Sequence[Cut] | None" = None) -> list[str]:
    """A text in the first of these cuts in which it fits, its words wrapped; by default, half blocks.

    Nothing where it fits in none, or a sign of it is not drawn.
    """
    return next((rows for cut in cuts or (WIDE,) if (rows := _set(text, width, height, cut))), [])


def _set(text: str, width: int, height: int, cut: Cut) -> list[str]:
    font = _alphabet()
    lines: list[list[_Glyph]] = []
    across = int(width * cut.dots)
    room = 0
    for word in text.split():
        if any(sign not in font for sign in word):
            return []
        glyphs = [font[sign] for sign in word]
        wide = sum(len(glyph[0]) + 1 for glyph in glyphs) - 1
        if wide > across:
            return []
        if lines and wide + 2 + _SPACE_DOTS <= room:
            lines[-1] += [_blank(_SPACE_DOTS), *glyphs]
            room -= wide + 2 + _SPACE_DOTS
        else:
            lines.append(glyphs)
            room = across - wide
    if not lines or len(lines) * (cut.rows + LEADING) - LEADING > height:
        return []
    rows: list[str] = []
    for line in lines:
        rows += ([""] * LEADING if rows else []) + cut.draw(_side_by_side(line))
    return rows


def _square(dots: Sequence[Sequence[bool]], dot: int) -> list[str]:
    rows = ["".join(("█" if on else " ") * (2 * dot) for on in row) for row in dots]
    return [row for row in rows for _ in range(dot)]


def _quarters(dots: Sequence[Sequence[bool]]) -> list[str]:
    odd = len(dots[0]) % 2
    padded = [(*row, *[False] * odd) for row in dots]
    return [
        "".join(
            _QUARTERS[above[x] + 2 * above[x + 1] + 4 * below[x] + 8 * below[x + 1]] for x in range(0, len(above), 2)
        )
        for above, below in zip(padded[::2], padded[1::2], strict=True)
    ]


def _upright(dots: Sequence[Sequence[bool]]) -> list[str]:
    return ["".join("█" if on else " " for on in row) for row in dots]


def _tall(sign: str) -> _Glyph:
    if sign == ":":
        return tuple((row in (2, 4),) for row in range(LETTER_DOTS - 1))
    return _alphabet()[sign][: LETTER_DOTS - 1]


def _side_by_side(glyphs: Sequence[_Glyph]) -> list[tuple[bool, ...]]:
    rows = []
    for parts in zip(*glyphs, strict=True):
        row: tuple[bool, ...] = parts[0]
        for part in parts[1:]:
            row += (False, *part)
        rows.append(row)
    return rows


def _blank(dots: int) -> _Glyph:
    return ((False,) * dots,) * LETTER_DOTS


NARROW = Cut(2, LETTER_DOTS // 2, _quarters)
WIDE = Cut(1, LETTER_DOTS // 2, halves)
TALL = Cut(1, LETTER_DOTS, _upright)
HUGE = Cut(0.5, LETTER_DOTS, lambda dots: _square(dots, 1))


@cache
def _alphabet() -> dict[str, _Glyph]:
    """Capitals and digits, which login codes are drawn in too, and what belongs to them in a sentence."""
    capitals = {sign: (*rows, (False,) * len(rows[0])) for sign, rows in _read("letters.txt").items()}
    return capitals | _read("typeface.txt")


@cache
def _face() -> dict[str, _Glyph]:
    return _read("clockface.txt")


def _read(name: str) -> dict[str, _Glyph]:
    drawn = {}
    for line in (files("sanctum_tui.ui.look") / name).read_text("utf-8").splitlines():
        sign, *rows = line.split()
        drawn[sign] = tuple(tuple(dot == "#" for dot in row) for row in rows)
    return drawn
