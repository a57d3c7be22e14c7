"""Rows of a pane as Textual composes them: freed at once, framed, and standing straight in any terminal."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.strip import Strip
from textual.widget import Widget

from sanctum_tui.ui.chat.wrapping import clusters

_UNDISPUTED: Final = frozenset({"Ll", "Lu", "Lt", "Lo", "Lm", "Nd", "Nl", "No", "Zs", "Sc", "Sm"})
"""Kinds of characters that take the same room in every terminal, as does all punctuation."""
_ATTACHED: Final = frozenset("\u0e33\u0eb3")
"""Vowels of Thai and Lao that some terminals draw into the sign before them, and others beside it."""


class _NoCache:
    """What `Strip` may use as a cache, and finds always empty."""

    __slots__ = ()

    def get(self, key: object, default: Any = None) -> Any:
        return default

    def __setitem__(self, key: object, value: object) -> None:
        pass


_NOTHING = _NoCache()


class Row(Strip):
    """A strip that can be freed at once, and whose end is where it should be whatever the terminal makes of its text.

    Textual's Strip keeps ``[self]`` in its own cache when the screen is composed, so that each row drawn would
    be a cycle for the garbage collector to find (Textual 8.2.8, ``Strip.divide``; pauses of 70 to 160 ms).

    Terminals disagree about how wide a joined emoji, a sign with a variation selector or a piled-up letter is. The
    text stays as it is; but the row is painted blank first, and after each thing they disagree about the cursor is
    put where our own measure has it: by going back to the row's beginning and forward, so it does not matter where
    on the screen the row stands.
    """

    __slots__ = ()

    def __init__(self, segments: Iterable[Segment], cell_length: int) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NOTHING  # type: ignore[assignment]
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING  # type: ignore[assignment]
        self._render_cache = None
        self._link_ids = None
        self._cell_count = None

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The row in pieces, where something stands in front of it; each of them stands straight too."""
        return [
            piece if piece is self else Row(piece, piece.cell_length)
            for piece in super().divide(cuts)
        ]  # fmt: skip

    def crop(self, start: int, end: int | None = None) -> Strip:
        piece = super().crop(start, end)
        return piece if piece is self else Row(piece, piece.cell_length)

    def render(self, console: Console) -> str:
        if self._render_cache is None and any(map(_is_disputed, self._segments)):
            system = console._color_system or ColorSystem.TRUECOLOR
            self._render_cache = "".join(_steady(self._segments, self._cell_length or 0, system))
        return super().render(console)


def straight(strip: Strip) -> Strip:
    """The strip so that it stands straight in any terminal; itself where no terminal disagrees about its text."""
    if isinstance(strip, Row) or not any(map(_is_disputed, strip)):
        return strip
    return Row(strip, strip.cell_length)


_SAVE, _BACK = "\x1b7", "\x1b8"


def _to(column: int) -> str:
    """Go to a column, counted from where the row begins; that is kept anew, for some forget it when they go back."""
    return f"{_BACK}{_SAVE}\x1b[{column}C" if column else f"{_BACK}{_SAVE}"


def _steady(segments: Sequence[Segment], cells: int, system: ColorSystem) -> Iterator[str]:
    """What to write for a row, so that each of its segments begins where the segments before it measure to."""
    yield _SAVE
    for segment in segments:
        # What the terminal makes narrower than we do would leave a hole with something old in it.
        yield _written(" " * segment.cell_length, segment.style, system)
    yield _to(0)
    column = 0
    for segment in segments:
        if not _is_disputed(segment):
            yield _written(segment.text, segment.style, system)
        else:
            for piece, end in _pieces(segment.text):
                yield _written(piece, segment.style, system)
                yield _to(column + end)
        column += segment.cell_length
        if _is_disputed(segment):
            yield _to(column)
    yield _to(cells)


def _written(text: str, style: Style | None, system: ColorSystem) -> str:
    return text if style is None else Strip.render_style(style, text, color_system=system)


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """A text cut behind each disputed cluster; with each piece the cells from the text's beginning to its end."""
    start = 0
    for begin, end in clusters(text):
        if _disputed(text[begin:end]) or end == len(text):
            yield text[start:end], Segment(text[:end]).cell_length
            start = end


def _is_disputed(segment: Segment) -> bool:
    return not segment.text.isascii() and _holds_disputed(segment.text)


@lru_cache(maxsize=1024)
def _holds_disputed(text: str) -> bool:
    return any(_disputed(text[begin:end]) for begin, end in clusters(text))


@lru_cache(maxsize=4096)
def _disputed(cluster: str) -> bool:
    """Whether terminals may disagree about its width: marks, joiners, pictures, and what Unicode has no name for."""
    return not cluster.isascii() and any(map(_is_odd, cluster))


def _is_odd(char: str) -> bool:
    kind = unicodedata.category(char)
    # A letter without a width is a part of a syllable, which some terminals put together and others do not.
    if cell_len(char) == 0 or char in _ATTACHED:
        return True
    return not (kind in _UNDISPUTED or kind[0] == "P" or _is_line(char))


def _is_line(char: str) -> bool:
    """Lines and blocks, of which frames are made: one cell everywhere."""
    return "\u2500" <= char <= "\u259f"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the words of a row, and makes it a row of the pane."""

    width: int
    """Cells between the sides."""
    blank: Style
    left: tuple[Segment, ...]
    right: tuple[Segment, ...]
    sides: int
    """Cells of both sides together."""
    filters: tuple[LineFilter, ...]
    """Textual's filters (``NO_COLOR``, the terminal's own colours), which go over finished segments."""
    background: Color

    def row(self, segments: list[Segment], used: int, blank: Style | None = None) -> Row:
        """Segments of so many cells, made exactly as wide as the pane; `blank` is what the rest is filled with."""
        if used < self.width:
            segments.append(Segment(" " * (self.width - used), blank or self.blank))
        elif used > self.width:
            segments = Segment.adjust_line_length(segments, self.width)
        for line_filter in self.filters:
            segments = line_filter.apply(segments, self.background)
        return Row([*self.left, *segments, *self.right], self.width + self.sides)

    def words(self, words: str, style: Style, *, centred: bool = False) -> Row:
        """A row of our own words, one cell a character."""
        before = max(0, self.width - len(words)) // 2 if centred else 0
        return self.row([Segment(" " * before, self.blank), Segment(words, style)], before + len(words))

    def ruled(self, words: str, style: Style, inset: int) -> Row:
        """A row of our own words in the middle of a line; it leaves so many cells free on either side."""
        told = f" {words} "
        room = max(0, self.width - 2 * inset - len(told))
        line = "─" * (room // 2) + told + "─" * (room - room // 2)
        return self.row([Segment(" " * inset, self.blank), Segment(line, style)], inset + len(line))


def frame_of(pane: Widget, bare_row: Strip) -> Frame:
    """The pane's frame: its sides are those of a row that Textual drew, as wide as the whole pane."""
    gutter, width = pane.styles.gutter, pane.outer_size.width
    return Frame(
        width=width - gutter.width,
        blank=pane.visual_style.rich_style,
        left=tuple(bare_row.crop(0, gutter.left)),
        right=tuple(bare_row.crop(width - gutter.right, width)),
        sides=gutter.width,
        filters=tuple(pane.get_line_filters()),
        background=pane.background_colors[1],
    )
