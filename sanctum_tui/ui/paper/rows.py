"""A markdown document as rows of the screen: how many each line takes, found out no sooner than it is needed."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from rich.cells import cell_len

from sanctum_tui.ui.chat.wrapping import LEAST_CELLS, wrap
from sanctum_tui.ui.paper.lines import Line, in_fences, is_heading, plain, read

# Letters and typographic signs of one cell, which need no measuring; soft hyphens and combining marks do.
_NARROW = re.compile(f"[{re.escape(''.join(sign for sign in map(chr, range(0xA0, 0x2060)) if cell_len(sign) == 1))}]")


class Document:
    """Lines of cleaned markdown at a width, from the top as far as anybody has looked.

    A million characters are there at once; their lines are counted into rows by `count_to` and `count`.
    """

    def __init__(self, markdown: str, width: int, before: "Document | None" = None) -> None:
        """`before` is the version that this one takes the place of: what they share is not worked out again."""
        self.width = max(LEAST_CELLS, width)
        self.lines = markdown.split("\n")
        if self.lines and not self.lines[-1]:
            self.lines.pop()
        self._code = in_fences(self.lines)
        self._starts = [0]
        known: dict[str, int] = before._known if before is not None and before.width == self.width else {}
        self._known: dict[str, int] = {line: known[line] for line in self.lines if line in known}

    @property
    def rows(self) -> int:
        """How many rows there are; at least, while not all lines are counted."""
        return self._starts[-1] + len(self.lines) - self._counted

    @property
    def counted(self) -> bool:
        """Whether `rows` is final."""
        return self._counted == len(self.lines)

    @property
    def _counted(self) -> int:
        return len(self._starts) - 1

    def count(self, lines: int) -> None:
        """Count so many more lines into rows."""
        starts, known = self._starts, self._known
        for number in range(self._counted, min(self._counted + lines, len(self.lines))):
            line = self.lines[number]
            if number in self._code:
                rows = sum(1 for _ in self.pieces(self.line(number)))
            elif (rows := known.get(line, 0)) == 0:
                rows = known[line] = self._rows_of(line)
            starts.append(starts[-1] + rows)

    def count_to(self, row: int) -> None:
        """Count as far as this row."""
        while self._starts[-1] <= row and not self.counted:
            self.count(64)

    def start(self, number: int) -> int:
        """The first row of a line, which is counted for it."""
        self.count(number - self._counted)
        return self._starts[min(number, self._counted)]

    def at(self, row: int) -> tuple[int, int]:
        """The number of the line that a row is of, and which of its rows; the last line's where there is none."""
        self.count_to(row)
        number = min(bisect_right(self._starts, row) - 1, len(self.lines) - 1)
        return max(0, number), max(0, row - self._starts[max(0, number)])

    def line(self, number: int) -> Line:
        """A line as it is shown."""
        return read(self.lines[number], code=number in self._code)

    def pieces(self, line: Line) -> Iterator[tuple[int, int]]:
        """Where each row of a line's text begins and ends."""
        room = max(LEAST_CELLS, self.width - cell_len(line.lead))
        return _wrap(line.text, room)

    def headings(self) -> Iterator[int]:
        """The numbers of the lines that are headings."""
        return (number for number, line in enumerate(self.lines) if is_heading(line) and number not in self._code)

    def same_place(self, row: int, other: "Document") -> int:
        """The row of another version of the document that this one's row stands on: as far below its heading."""
        number, within = self.at(row)
        headings = [heading for heading in self.headings() if heading <= number]
        if not headings:
            return min(other.start(number) + within, max(0, other.rows - 1))
        words = self.lines[headings[-1]]
        nth = sum(self.lines[heading] == words for heading in headings)
        same = [heading for heading in other.headings() if other.lines[heading] == words]
        if not same:
            return row
        below = other.start(same[min(nth, len(same)) - 1] + number - headings[-1])
        return below + within

    def _rows_of(self, line: str) -> int:
        # What is shown is never wider than what is written, but for the bar of a quote.
        if len(line) + line.count(">") <= self.width and _NARROW.sub("x", line).isascii():
            return 1
        if plain(line):
            return sum(1 for _ in _wrap(line.strip(), self.width))
        return sum(1 for _ in self.pieces(read(line)))


def _wrap(text: str, room: int) -> Iterator[tuple[int, int]]:
    """`wrap`, told by an ASCII letter for each narrow one, which it need not measure."""
    if not text.isascii() and (easy := _NARROW.sub("x", text)).isascii():
        text = easy
    return wrap(text, room, room)
