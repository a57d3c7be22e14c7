"""Exactly what is posted, on the card: to the letter, the signature set apart from the line and kept together."""

from textual.content import Content
from textual.css.styles import RulesMap
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import Static

UNREAD = (
    "The card does not show all of the line, so nothing was approved. 3 brings the card to the front, "
    "z gives it all the room there is; else make the terminal larger."
)
UNREAD_EDIT = (
    "The card did not show all of what would be posted, so nothing was approved. Press Enter once it "
    "does; else Esc keeps your words, z gives the card all the room there is, and e goes on."
)


class Signed(Visual):
    """A text whose signature begins a row of its own where it would be torn; its rows may stand apart."""

    def __init__(self, text: str, line: str = "", *, spaced: bool = False) -> None:
        self.text = text
        self._spaced = spaced
        # A line that the text does not begin with leaves no telling which of it is the signature.
        self._signed_at = len(line) if line and text.startswith(line) else len(text)

    @property
    def signature(self) -> str:
        """What follows the line."""
        return self.text[self._signed_at :]

    def laid(self, width: int) -> Content:
        """The text as it is drawn: of as many characters, one of which may be a line break for a space."""
        line, signature = self.text[: self._signed_at], self.signature
        if signature[:1] == " " and width > 0:
            last = Content(self.text).wrap(width)[-1].plain
            if len(last.strip()) < len(signature.strip()):
                signature = f"\n{signature[1:]}"
        return Content.assemble(line, (signature, "$hearth-quiet not bold"))

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return Content(self.text).get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        rows = self.laid(width).get_height(rules, width)
        return 2 * rows - 1 if self._spaced and rows else rows

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        rows = self.laid(width).render_strips(width, None, style, options)
        if self._spaced:
            blank = Strip.blank(width, style.rich_style)
            rows = [row for number, drawn in enumerate(rows) for row in ([blank] if number else []) + [drawn]]
        return rows if height is None else rows[:height]


class ExactText(Static):
    """What would be posted, or was."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self._shown = ("", "", False)
        self.signed = Signed("")
        """The text as it is drawn."""

    @property
    def text(self) -> str:
        """What it shows, character for character."""
        return self.signed.text

    def show(self, exact: str, line: str = "") -> None:
        """Show this text, which begins with the line where that is known."""
        self._set(exact, line, self._shown[2])
        self.set_class(not exact, "-empty")

    def space(self, spaced: bool) -> None:
        """Draw a blank row between its rows, or none."""
        self._set(*self._shown[:2], spaced)

    def rows_in(self, cells: int, *, spaced: bool = False) -> int:
        """The rows that it needs where its text has so many cells."""
        return Signed(*self._shown[:2], spaced=spaced).get_height(self.styles.get_rules(), max(1, cells))

    @property
    def whole(self) -> bool:
        """Whether all of it is on the screen, none of it behind the card's edge."""
        if not self.is_on_screen:
            return False
        place = self.screen.find_widget(self)
        drawn = place.region.shrink(self.styles.gutter)
        tall = drawn.height >= self.signed.get_height(self.styles.get_rules(), drawn.width)
        return drawn.width > 0 and tall and place.clip.contains_region(drawn)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What was selected, as it is posted."""
        return selection.extract(self.signed.laid(self.content_size.width).plain).replace("\n", " "), "\n"

    def _set(self, exact: str, line: str, spaced: bool) -> None:
        if (exact, line, spaced) != self._shown:
            self._shown = exact, line, spaced
            self.signed = Signed(exact, line, spaced=spaced)
            self.update(self.signed)
