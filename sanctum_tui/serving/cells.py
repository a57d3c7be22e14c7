"""The cells of a terminal's rows, and the runs of them that pages are sent."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from wcwidth import wcwidth, width

from sanctum_tui.serving.ink import Ink

_JOINED = re.compile("[\ufe0f\U0001f1e6-\U0001f1ff]")


class Cell(NamedTuple):
    """One column of one row; the second half of a wide sign is empty."""

    text: str
    ink: Ink
    like: str
    """Neighbours that are alike in this, and in ink, are sent together; "" for a sign that keeps its own place."""


class Run(NamedTuple):
    """Neighbouring cells that look alike, as a page is sent them."""

    column: int
    cells: int
    text: str
    front: str
    back: str
    emphasis: int


@lru_cache(maxsize=8192)
def cells_of(sign: str) -> int:
    """How many columns the console counts for what a reader sees as one sign."""
    if _JOINED.search(sign):
        return max(1, min(2, width(sign)))
    return max(0, min(2, max(map(wcwidth, sign))))


@lru_cache(maxsize=8192)
def cell(text: str, ink: Ink) -> Cell:
    """The cell of a sign in an ink; "" is the second half of the wide one before it."""
    # A typeface of the page's may draw other signs in another width; blocks are painted, each kind by itself.
    block = "\u2580" <= text <= "\u259f"
    plain = len(text) == 1 and (text < "\u0500" or "\u2500" <= text < "\u2580")
    return Cell(text, ink, text if block else "plain" if plain else "")


@lru_cache(maxsize=256)
def plain_cells(ink: Ink) -> tuple[Cell, ...]:
    """The cell of each ASCII sign in this ink: most of what is written."""
    return tuple(cell(chr(code), ink) for code in range(128))


def runs(line: list[Cell]) -> Iterator[Run]:
    """A row as a page is sent it."""
    start, ink, like = 0, line[0].ink, line[0].like
    for x, (_, its_ink, its_like) in enumerate(line):
        if like and its_like == like and its_ink is ink:
            continue
        if x > start:
            yield from _run(start, line[start:x])
        start, ink, like = x, its_ink, its_like
    yield from _run(start, line[start:])


def _run(column: int, cells: list[Cell]) -> Iterator[Run]:
    text, ink = "".join(one.text for one in cells), cells[0].ink
    back, emphasis = ink.shown_back, ink.emphasis
    if text and (back or text.strip() or emphasis & 0b11000):
        yield Run(column, cells_of(text) if not cells[0].like else len(cells), text, ink.shown_front, back, emphasis)
