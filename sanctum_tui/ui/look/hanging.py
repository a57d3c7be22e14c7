"""Words beside a number or a sign: however often they wrap, they stay beside it."""

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual


class Hanging(Visual):
    """A row of a list: what it begins with, and the words that hang from there, in as many lines as they take."""

    def __init__(self, lead: Content, words: Content) -> None:
        self.lead = lead
        self.words = words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hanging) and self._both == other._both

    def __hash__(self) -> int:
        return hash(self._both)

    @property
    def plain(self) -> str:
        """The words as they are, without colours."""
        return f"{self.lead.plain}{self.words.plain}"

    def led_by(self, lead: Content) -> "Hanging":
        """The same row with another sign before all of it."""
        return Hanging(lead + self.lead, self.words)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return self.lead.cell_length + self.words.get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self.words.get_height(rules, self._room(width))

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        beside = width - self._room(width)
        rows = self.words.render_strips(width - beside, height, style, options)
        blank = Strip.blank(beside, style.rich_style)
        heads = self.lead.render_strips(beside, 1, style, options) if beside else []
        lead = heads[0].adjust_cell_length(beside, style.rich_style) if heads else blank
        return [Strip.join([blank if place else lead, row]) for place, row in enumerate(rows)]

    def _room(self, width: int) -> int:
        """Cells for the words; where there is no room for both, they take all of it."""
        room = width - self.lead.cell_length
        return room if room > 0 else width

    @property
    def _both(self) -> tuple[Content, Content]:
        return self.lead, self.words
