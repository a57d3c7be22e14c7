"""Where text breaks into rows of the screen, counted in cells as Textual composes by."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

LEAST_CELLS: Final = 8
"""Text wraps no narrower than this."""

# What must stay together at a break: a pair of regional indicators (a flag), or any character with what
# joins on to it (variation selector, skin tone, ZWJ and the next one). Combining marks have no width, so
# they always fit the row of the character before them.
_CLUSTER = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|(?s:.)(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d(?s:.))*",
)
_TONES: Final = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAGS: Final = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Letters of which two make a flag; like a skin tone, one that joins nothing is as wide as any picture."""
_FOLLOWING: Final = frozenset({"Mn", "Mc", "Me", "Cf"})


def clusters(text: str) -> Iterator[tuple[int, int]]:
    """Where each piece of a text begins and ends that is drawn as one: a sign with its marks, a joined emoji."""
    start = end = 0
    for match in _CLUSTER.finditer(text):
        if match.start() > start and not _follows(match[0][0]):
            yield start, end
            start = match.start()
        end = match.end()
    if end > start:
        yield start, end


@lru_cache(maxsize=1024)
def _follows(char: str) -> bool:
    """Whether a character has no place of its own, and is drawn on the one before."""
    return not char.isascii() and unicodedata.category(char) in _FOLLOWING


@lru_cache(maxsize=4096)
def _widest(cluster: str) -> int:
    """The most cells that a terminal may need for a cluster: one that joins nothing draws its parts side by side.

    A row that has room for that never pushes its frame away, nor runs on into the row below.
    """
    return max(cell_len(cluster), sum(2 if char in _TONES or char in _FLAGS else cell_len(char) for char in cluster))


def wrap(text: str, first: int, rest: int) -> Iterator[tuple[int, int]]:
    """Where each row of a text begins and ends.

    The first row has room for `first` cells, the others for `rest`, at least LEAST_CELLS each. A break is at
    a space, which is not drawn; a word longer than a row begins where it stands, and is broken where it must.
    Empty text is one empty row.
    """
    fit = _ascii_fit if text.isascii() else _cells_fit
    start, room = 0, first
    while True:
        end = fit(text, start, room)
        if end == len(text):
            yield start, end
            return
        if text[end] == " ":
            yield start, end
            start = end + 1
            if start == len(text):
                return
        else:
            space = text.rfind(" ", start, end)
            if space <= start or fit(text, space + 1, rest) < _word_end(text, end, rest):
                yield start, end
                start = end
            else:
                yield start, space
                start = space + 1
        room = rest


def _word_end(text: str, at: int, most: int) -> int:
    """Where the word ends that goes on at `at`; somewhere in it where it is longer than `most` characters."""
    end = text.find(" ", at, at + most)
    return end if end >= 0 else min(len(text), at + most)


def _ascii_fit(text: str, start: int, room: int) -> int:
    return min(len(text), start + room)


def _cells_fit(text: str, start: int, room: int) -> int:
    """How far a row goes that begins at `start`."""
    end, cells = start, 0
    for match in _CLUSTER.finditer(text, start):
        if cells + _widest(match[0]) > room:
            break
        cells += cell_len(match[0])
        end = match.end()
    # Odd sequences (a variation selector behind a combining mark) measure more as a whole than in parts, and
    # the whole is what the screen is composed by.
    while end > start + 1 and cell_len(text[start:end]) > room:
        end -= 1
    # One cluster wider than the row (skin tones piled up): its first character at least.
    return max(end, start + 1)
