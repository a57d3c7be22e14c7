"""Finds words in a long document as it is shown, without reading more of its lines than have them. Pure."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from sanctum_tui.ui.paper.rows import Document

MOST: Final = 2_000
"""Matches that are told apart; of more, only that there are more."""
# Markdown's signs, which are not shown, and spaces, some of which belong to them.
_SIGNS: Final = "\\*_~` "


@dataclass(frozen=True, slots=True)
class Match:
    """Where some words stand: the line, and from where to where in its text as it is shown."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, in order."""

    query: str = ""
    matches: tuple[Match, ...] = ()
    more: bool = False
    """There are more than MOST."""

    def counted(self, place: int) -> str:
        """Which of how many the match at `place` is, in words."""
        if not self.matches:
            return "not found"
        return f"{place + 1} of {f'{MOST:,}+' if self.more else len(self.matches)}"

    def on(self, line: int) -> tuple[Match, ...]:
        """Those on one line."""
        first = bisect_right(self.matches, line - 1, key=lambda match: match.line)
        return self.matches[first : bisect_right(self.matches, line, key=lambda match: match.line)]

    def after(self, line: int) -> int:
        """Which match is the first on this line or below it; behind the last comes the first again."""
        place = bisect_right(self.matches, line - 1, key=lambda match: match.line)
        return place if place < len(self.matches) else 0

    def again(self, before: "Found", place: int, line: int) -> int:
        """Which match is the one that was at `place` before the document changed, when it is now on `line`."""
        start = before.matches[place].start if place < len(before.matches) else 0
        same = (number for number, match in enumerate(self.matches) if (match.line, match.start) == (line, start))
        return next(same, self.after(line))


class Finder:
    """Looks through one document as often as it is asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._squeezed = _squeezed("\n".join(document.lines))
        self._starts = [0, *accumulate(len(line) + 1 for line in self._squeezed.split("\n"))]

    def find(self, query: str) -> Found:
        """Every place with these words, in capitals or not; none for no words."""
        if not query.strip():
            return Found(query)
        wanted = re.compile(re.escape(query), re.IGNORECASE)
        matches: list[Match] = []
        for number in self._lines_with(_squeezed(query)):
            text = self._document.line(number).text
            matches += (Match(number, *match.span()) for match in wanted.finditer(text))
            if len(matches) > MOST:
                return Found(query, tuple(matches[:MOST]), more=True)
        return Found(query, tuple(matches))

    def _lines_with(self, squeezed: str) -> list[int] | range:
        """The lines that may have the words: those that have them without all signs and spaces."""
        if not squeezed:
            return range(len(self._document.lines))
        found = re.finditer(re.escape(squeezed), self._squeezed, re.IGNORECASE)
        return list(dict.fromkeys(bisect_right(self._starts, match.start()) - 1 for match in found))


def _squeezed(text: str) -> str:
    # Six times as quick as `str.translate`.
    for sign in _SIGNS:
        text = text.replace(sign, "")
    return text
