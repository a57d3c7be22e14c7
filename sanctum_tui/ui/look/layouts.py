"""How the five panes stand: which layout a screen asks for, and the columns and rows that each pane gets. Pure.

Sizes are counted in the cells between the line at the top and the line with the keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from sanctum_tui.ui.look.bigtype import clock

AUTO = "auto"
"""The layout that the screen's size asks for."""
PANES = ("chat", "silence", "review", "dashboard", "ledger")
"""Ids of the panes, in the order of their number keys."""
LOW_ROWS = 28
"""Below it, dashboard and ledger come to the front by their keys, where a column would have to share with them."""
_LEAST_COLUMNS = 24
_LEAST_ROWS = {"silence": 4, "review": 8, "chat": 5, "dashboard": 5, "ledger": 5}
_TIMER_SHARE, _TIMER_LOW_SHARE = 0.36, 0.25
"""The most of a column, and of a low one, that the silence timer takes by itself."""
_TIMER_FRAME_CELLS = 6
"""Of the timer's width, what its digits cannot have."""
_TIMER_OTHER_ROWS = 9
"""Of its height, what is for its frame and for what it tells besides."""
_PORTRAIT_ROWS, _PORTRAIT_COLUMNS = 56, 120
_STANDARD_COLUMNS, _WIDE_COLUMNS = 100, 180


class Layout(StrEnum):
    """How the panes stand."""

    NARROW = "narrow"
    STANDARD = "standard"
    WIDE = "wide"
    PORTRAIT = "portrait"


ABOUT = {
    AUTO: "as the terminal's size asks for",
    Layout.NARROW: "timer, card and chat below each other; dashboard and ledger by their keys",
    Layout.STANDARD: "two columns: chat and dashboard, then timer, card and ledger",
    Layout.WIDE: "three columns: chat, then timer and card, then dashboard and ledger",
    Layout.PORTRAIT: "all five below each other, the chat at the bottom",
}
"""Each choice in words."""

Shape = tuple[tuple[str, ...], ...]
"""Columns from left to right, each with its panes from top to bottom."""

_SHAPES: dict[Layout, Shape] = {
    Layout.NARROW: (("silence", "review", "chat"),),
    Layout.STANDARD: (("chat", "dashboard"), ("silence", "review", "ledger")),
    Layout.WIDE: (("chat",), ("silence", "review"), ("dashboard", "ledger")),
    Layout.PORTRAIT: (("silence", "review", "dashboard", "ledger", "chat"),),
}
_LOW_STANDARD: Shape = (("chat",), ("silence", "review"))
_WIDTHS: dict[Layout, tuple[float, ...]] = {
    Layout.NARROW: (1,),
    Layout.STANDARD: (54, 46),
    Layout.WIDE: (36, 36, 28),
    Layout.PORTRAIT: (1,),
}
_HEIGHTS: dict[Layout, dict[str, float]] = {
    Layout.NARROW: {"review": 5, "chat": 4},
    Layout.STANDARD: {"chat": 2, "dashboard": 1, "review": 3, "ledger": 1},
    Layout.WIDE: {"chat": 1, "review": 1, "dashboard": 4, "ledger": 5},
    Layout.PORTRAIT: {"review": 27, "dashboard": 18, "ledger": 20, "chat": 44},
}
_WIDTHS_AFTER: dict[Layout, tuple[float, ...]] = _WIDTHS | {Layout.STANDARD: (44, 56), Layout.WIDE: (30, 26, 44)}
_HEIGHTS_AFTER: dict[Layout, dict[str, float]] = {
    Layout.NARROW: _HEIGHTS[Layout.NARROW],
    Layout.STANDARD: {"chat": 2, "dashboard": 1, "review": 1, "ledger": 3},
    Layout.WIDE: {"chat": 1, "review": 1, "dashboard": 1, "ledger": 3},
    Layout.PORTRAIT: {"review": 14, "dashboard": 15, "ledger": 50, "chat": 30},
}
"""After the evening the ledger is what there is to read."""
_NEEDS: dict[Layout, tuple[int, int]] = {
    Layout.NARROW: (0, 0),
    Layout.STANDARD: (72, 0),
    Layout.WIDE: (108, 0),
    Layout.PORTRAIT: (0, 36),
}
"""The columns and rows below which a layout could not be used."""


class Place(NamedTuple):
    """Where a pane stands."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """What an operator made of one layout: shares of the width and, in a column, of the height."""

    columns: tuple[float, ...] = ()
    rows: Mapping[str, float] = field(default_factory=dict)
    """By pane. A column of which any pane is missing here stands as it does by default."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where two panes, or two columns, meet."""

    before: str
    after: str
    upright: bool
    """It parts columns, not rows."""


def layout_for(width: int, height: int, chosen: str = AUTO) -> tuple[Layout, str]:
    """The layout for a screen, and why it is not the one that was chosen, or ""."""
    layout = next((layout for layout in Layout if layout == chosen), None)
    if layout is not None:
        columns, rows = _NEEDS[layout]
        if width >= columns and height >= rows:
            return layout, ""
        needed = f"{columns} columns" if width < columns else f"{rows + 2} rows"
        return _by_size(width, height), f"The {layout} layout needs {needed}; until then the size decides."
    return _by_size(width, height), ""


def _by_size(width: int, height: int) -> Layout:
    if height >= _PORTRAIT_ROWS and width < min(_PORTRAIT_COLUMNS, height * 1.6):
        return Layout.PORTRAIT
    if width < _STANDARD_COLUMNS:
        return Layout.NARROW
    return Layout.WIDE if width >= _WIDE_COLUMNS else Layout.STANDARD


def shape_of(layout: Layout, height: int, *, editing: bool = False) -> Shape:
    """The panes that have a place; while a line is edited, a low and narrow screen is the card's alone."""
    if height < LOW_ROWS and layout is Layout.STANDARD:
        return _LOW_STANDARD
    if height < LOW_ROWS and layout is Layout.NARROW and editing:
        return (("silence", "review"),)
    return _SHAPES[layout]


def arrange(
    layout: Layout,
    width: int,
    height: int,
    sizes: Sizes = Sizes(),
    *,
    silence_rows: int = 8,
    editing: bool = False,
    after: bool = False,
) -> dict[str, Place]:
    """Where each pane stands that has a place; `silence_rows` is what the silence timer would like to have.

    `after` the evening its ledger has the room, where the operator did not give it to another pane.
    """
    shape = shape_of(layout, height, editing=editing)
    own = sizes.columns
    shares = (
        own if len(own) == len(shape) and all(map(_usable, own)) else (_WIDTHS_AFTER if after else _WIDTHS)[layout]
    )
    widths = _split(width, shares, [_LEAST_COLUMNS] * len(shape))
    places: dict[str, Place] = {}
    x = y = 0
    for column, cells in zip(shape, widths, strict=True):
        timer = min(silence_rows, _timer_most(cells))
        for pane, rows in zip(column, _rows(layout, column, height, sizes, timer, after=after), strict=True):
            places[pane] = Place(x, y, cells, rows)
            y += rows
        x, y = x + cells, 0
    return places


def _rows(
    layout: Layout, column: Sequence[str], height: int, sizes: Sizes, silence_rows: int, *, after: bool
) -> list[int]:
    least = [_LEAST_ROWS[pane] for pane in column]
    own = [sizes.rows.get(pane, 0.0) for pane in column]
    if all(map(_usable, own)):
        return _split(height, own, least)
    heights = (_HEIGHTS_AFTER if after else _HEIGHTS)[layout]
    shares = [heights.get(pane, 0.0) for pane in column]
    if column[0] != "silence":
        return _split(height, shares, least)
    share = _TIMER_LOW_SHARE if after or height < LOW_ROWS else _TIMER_SHARE
    timer = min(height, max(_LEAST_ROWS["silence"], min(silence_rows, int(height * share))))
    return [timer, *_split(height - timer, shares[1:], least[1:])]


@cache
def _timer_most(width: int) -> int:
    """The rows that a silence timer of this width can use: its digits are no higher than the width allows."""
    return len(clock("00:00", width - _TIMER_FRAME_CELLS, width)) + _TIMER_OTHER_ROWS


def _usable(share: float) -> bool:
    # A file may hold anything.
    return 0 < share <= 1


def _split(cells: int, shares: Sequence[float], least: Sequence[int]) -> list[int]:
    """So many cells by these shares, each part as large as it must be as far as that goes; they add up to `cells`."""
    whole = sum(shares)
    ends = [round(cells * sum(shares[: place + 1]) / whole) for place in range(len(shares))]
    parts = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    for place in range(len(parts)):
        while parts[place] < least[place]:
            spare = max(range(len(parts)), key=lambda other: parts[other] - least[other])
            if parts[spare] <= least[spare]:
                break
            parts[spare] -= 1
            parts[place] += 1
    return parts


def seam_beside(layout: Layout, height: int, pane: str, *, upright: bool) -> tuple[Seam | None, int]:
    """The seam that makes a pane larger, and the direction in which it does; None where there is none."""
    shape = shape_of(layout, height)
    at = next((place for place, column in enumerate(shape) if pane in column), None)
    if at is None:
        return None, 0
    heads = [column[0] for column in shape] if upright else list(shape[at])
    place = at if upright else heads.index(pane)
    if place + 1 < len(heads):
        return Seam(heads[place], heads[place + 1], upright), 1
    if place:
        return Seam(heads[place - 1], heads[place], upright), -1
    return None, 0


def seam_at(places: Mapping[str, Place], shape: Shape, x: int, y: int) -> Seam | None:
    """The seam under a pointer: the frames of two panes that touch."""
    for left, right in pairwise(shape):
        if places[right[0]].x - 1 <= x <= places[right[0]].x:
            return Seam(left[0], right[0], upright=True)
    for column in shape:
        for upper, lower in pairwise(column):
            inside = places[lower].x <= x < places[lower].x + places[lower].width
            if inside and places[lower].y - 1 <= y <= places[lower].y:
                return Seam(upper, lower, upright=False)
    return None


def shifted(places: Mapping[str, Place], shape: Shape, seam: Seam, cells: int, sizes: Sizes) -> tuple[Sizes, str]:
    """The sizes with a seam moved right or down by so many cells, and why it did not move, or ""."""
    if seam.upright:
        heads = [column[0] for column in shape]
        widths, moved = _moved(
            [places[head].width for head in heads], [_LEAST_COLUMNS] * len(heads), heads, seam, cells
        )
        if not moved:
            return sizes, f"Narrower than {_LEAST_COLUMNS} columns, a pane could not be read."
        return replace(sizes, columns=_shares(widths)), ""
    column = next(column for column in shape if seam.before in column)
    least = [_LEAST_ROWS[pane] for pane in column]
    heights, moved = _moved([places[pane].height for pane in column], least, column, seam, cells)
    if not moved:
        return sizes, "Lower than it is, a pane there could not be read."
    return replace(sizes, rows={**sizes.rows, **dict(zip(column, _shares(heights), strict=True))}), ""


def _moved(
    parts: list[int], least: Sequence[int], names: Sequence[str], seam: Seam, cells: int
) -> tuple[list[int], bool]:
    one, other = names.index(seam.before), names.index(seam.after)
    room = (parts[one] - least[one], parts[other] - least[other])
    by = max(-max(0, room[0]), min(cells, max(0, room[1])))
    parts[one] += by
    parts[other] -= by
    return parts, by != 0


def _shares(parts: Sequence[int]) -> tuple[float, ...]:
    whole = sum(parts) or 1
    return tuple(round(part / whole, 4) for part in parts)
