"""Lines that are done with, on the card: what became of each, and, where nothing else needs the room, its words."""

from collections.abc import Sequence

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

from sanctum_tui.ui.card.cards import Earlier
from sanctum_tui.ui.look.hanging import Hanging

_INDENT = Content("  ")


class Rows(Visual):
    """Visuals below each other."""

    def __init__(self, parts: Sequence[Visual]) -> None:
        self._parts = parts

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return max((part.get_optimal_width(rules, container_width) for part in self._parts), default=0)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return sum(part.get_height(rules, width) for part in self._parts)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        rows = [row for part in self._parts for row in part.render_strips(width, None, style, options)]
        return rows if height is None else rows[:height]


class Decided(Static):
    """The latest of them, the newest first."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self._shown: tuple[tuple[Earlier, ...], int] = ((), 0)

    def show(self, earlier: Sequence[Earlier], cells: int, rows: int) -> None:
        """Show these, each with its words, as many as so many rows have room for; in none, one sentence each."""
        fitting = self._fitting(earlier, cells, rows)
        shown = fitting or tuple(earlier), len(fitting)
        if shown == self._shown:
            return
        self._shown = shown
        self.set_class(not earlier, "-empty")
        self.update(Rows(_with_words(fitting) if fitting else [Content(line.told) for line in earlier]))

    def _fitting(self, earlier: Sequence[Earlier], cells: int, rows: int) -> tuple[Earlier, ...]:
        for many in range(len(earlier), 0, -1):
            if Rows(_with_words(earlier[:many])).get_height(self.styles.get_rules(), max(1, cells)) <= rows:
                return tuple(earlier[:many])
        return ()


def _with_words(earlier: Sequence[Earlier]) -> list[Visual]:
    parts: list[Visual] = []
    for line in earlier:
        parts += [Content(" ")] if parts else []
        parts += [Content(line.told), Hanging(_INDENT, Content(line.line))]
    return parts
