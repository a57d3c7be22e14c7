"""A row of a markdown document as segments: the line's own looks, and marks laid over some of its words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from sanctum_tui.ui.paper.lines import Kind, Line, Look


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of a line that are marked, and how."""

    start: int
    end: int
    style: Style


def lead_of(line: Line, within: int) -> str:
    """What stands before a row's words: the bar of a quote before each of them, a bullet before the first."""
    lead = line.lead if not within or line.kind is Kind.QUOTE else ""
    if within and lead:
        lead = "".join(sign if sign in "▎ " else " " for sign in lead)
    return lead + " " * (cell_len(line.lead) - cell_len(lead))


def segments(
    line: Line, piece: tuple[int, int], style_of: Callable[[Kind, Look], Style], marks: Sequence[Mark]
) -> list[Segment]:
    """The words of one row. Of marks on the same words the later one is seen."""
    start, end = piece
    cuts = {start, end}
    for stop, _ in line.runs:
        cuts.add(stop)
    for mark in marks:
        cuts.update((mark.start, mark.end))
    places = sorted(cut for cut in cuts if start <= cut <= end)
    drawn = []
    runs = iter(line.runs)
    stop, look = next(runs)
    for at, until in pairwise(places):
        while stop <= at:
            stop, look = next(runs)
        style = style_of(line.kind, look)
        for mark in marks:
            if mark.start <= at and until <= mark.end:
                style += mark.style
        drawn.append(Segment(line.text[at:until], style))
    return drawn


def index_at(text: str, piece: tuple[int, int], cells: int) -> int:
    """Which sign of a row's text is drawn so many cells behind the row's beginning."""
    width = 0
    for index in range(*piece):
        width += cell_len(text[index])
        if cells < width:
            return index
    return piece[1]
