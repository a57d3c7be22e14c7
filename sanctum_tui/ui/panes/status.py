"""The line at the top that says where the evening stands, and the line at the bottom with the keys that fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget

from sanctum_tui.ui.look.steady import changed

STRONG, WARNING = "line--strong", "line--warning"
"""Component classes of pieces that stand out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing the status line tells; what does not fit is left out, the least urgent first."""

    text: str
    urgency: int = 0
    style: str = ""
    """`STRONG`, `WARNING`, or empty."""


class Line(Widget):
    """One row of pieces with room between them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"line--warning", "line--strong", "line--quiet"}
    between = "   "

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pieces: tuple[Piece, ...] = ()

    def show(self, pieces: Sequence[Piece]) -> None:
        """Show these; repaints only where they changed."""
        if (told := tuple(pieces)) == self._pieces:
            return
        before, self._pieces = self._that_fit(), told
        after = self._that_fit()
        region = changed([self._words(before)], [self._words(after)])
        if region is None or [piece.style for piece in before] != [piece.style for piece in after]:
            self.refresh()
        elif region:
            self.refresh(region)

    def on_resize(self, _: Resize) -> None:
        self.refresh()

    def render(self) -> Content:
        return Content(self.between).join([self.draw(piece) for piece in self._that_fit()])

    def _words(self, pieces: Sequence[Piece]) -> str:
        return self.between.join(piece.text for piece in pieces)

    def draw(self, piece: Piece) -> Content:
        """One piece with its colours."""
        style = self.get_visual_style(piece.style) if piece.style else ""
        return Content.assemble((piece.text, style))

    def _that_fit(self) -> list[Piece]:
        kept: list[Piece] = []
        # The most urgent first; one that is too long for what is left does not push out those behind it.
        for piece in sorted(self._pieces, key=lambda piece: -piece.urgency):
            if not kept or self._width([*kept, piece]) <= self.content_size.width:
                kept.append(piece)
        return [piece for piece in self._pieces if piece in kept]

    def _width(self, pieces: Sequence[Piece]) -> int:
        return sum(cell_len(piece.text) for piece in pieces) + len(self.between) * (len(pieces) - 1)


class StatusLine(Line):
    """Channel, time, replay, gate, messages, and what is wrong."""

    between = "  ·  "


class KeyLine(Line):
    """The keys that fit the moment: each piece is a key, a space, and what it does."""

    def draw(self, piece: Piece) -> Content:
        key, _, label = piece.text.partition(" ")
        return Content.assemble(
            (key, self.get_visual_style("line--strong")), " ", (label, self.get_visual_style("line--quiet"))
        )
