"""The headings of a document, to go to one by its words, in a list or beside the text. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sanctum_tui.ui.paper.lines import Kind
from sanctum_tui.ui.paper.rows import Document

_LEVELS: Final = {Kind.TITLE: 1, Kind.SECTION: 2, Kind.PART: 3}


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading, and the line it stands on."""

    line: int
    level: int
    """1 is the document's own, 3 the deepest that is told apart."""
    text: str


def outline(document: Document) -> tuple[Heading, ...]:
    """All headings, from the top."""
    lines = ((number, document.line(number)) for number in document.headings())
    return tuple(Heading(number, _LEVELS[line.kind], line.text) for number, line in lines)


def place_of(headings: Sequence[Heading], line: int) -> int:
    """Which heading a line stands under; the first one for a line above them all."""
    return max(0, sum(heading.line <= line for heading in headings) - 1)


def window(headings: Sequence[Heading], place: int, rows: int) -> Sequence[Heading]:
    """As many headings as there are rows for, among them the one at `place`."""
    first = max(0, min(place - rows // 2, len(headings) - rows))
    return headings[first : first + rows]
