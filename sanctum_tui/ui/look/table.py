"""A table of two columns: names, and beside them what they stand for; whatever wraps stays in its own column."""

from collections.abc import Sequence
from itertools import zip_longest

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

_GAP = 2
"""Cells between the columns."""


class Table(Visual):
    """The names get as much as they need, unless values that would fit beside shorter ones would have to wrap."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self.rows = [(Content(name), Content(value)) for name, value in rows]

    @property
    def plain(self) -> str:
        """The words as they are, each row in one line."""
        widest = self._widest(0)
        return "\n".join(f"{name.plain:<{widest}}{' ' * _GAP}{value.plain}" for name, value in self.rows)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return self._widest(0) + _GAP + self._widest(1)

    def get_height(self, rules: RulesMap, width: int) -> int:
        names, values = self._columns(width)
        return sum(max(name.get_height(rules, names), value.get_height(rules, values)) for name, value in self.rows)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        names, values = self._columns(width)
        strips: list[Strip] = []
        for name, value in self.rows:
            left = name.render_strips(names, None, style, options)
            right = value.render_strips(values, None, style, options)
            for one, other in zip_longest(left, right, fillvalue=Strip([])):
                beside = one.adjust_cell_length(names + _GAP, style.rich_style)
                strips.append(Strip.join([beside, other]).adjust_cell_length(width, style.rich_style))
        return strips if height is None else strips[:height]

    def _columns(self, width: int) -> tuple[int, int]:
        """How wide both are."""
        most = max(width // 2 - _GAP, width - _GAP - self._widest(1), 1)
        names = min(self._widest(0), most)
        return names, max(1, width - names - _GAP)

    def _widest(self, column: int) -> int:
        return max((row[column].cell_length for row in self.rows), default=0)
