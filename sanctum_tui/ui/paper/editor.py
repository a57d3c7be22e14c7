"""The editor of a markdown text: calm, coloured by the theme, and with nothing in it that a terminal would obey."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, TextAreaTheme

from sanctum_tui.text import clean

MOST_HIGHLIGHTED: Final = 32 * 1024
"""Characters up to which markdown is highlighted: the whole text is looked through at each key (some 5 ms)."""
_LANGUAGE: Final = "markdown"
_THEME: Final = "sanctum"
_GIVEN_UP: Final = frozenset({"ctrl+e", "f6"})
"""Keys of Textual's text area that the console has for itself; the end of a line has a key of its own."""
_PARTS: Final = {
    "heading": "editor--heading",
    "heading.marker": "editor--sign",
    "list.marker": "editor--sign",
    "punctuation.special": "editor--sign",
    "punctuation.delimiter": "editor--sign",
    "text.literal": "editor--code",
}
"""What tree-sitter finds, by the names of Textual's query for markdown, and the component class it is shown in."""


def _without(bindings: Iterable[BindingType], keys: frozenset[str]) -> Iterator[BindingType]:
    """The bindings, less these keys."""
    for binding in Binding.make_bindings(bindings):
        if binding.key not in keys:
            yield binding


class MarkdownEditor(TextArea, inherit_bindings=False):
    """A text area for markdown. Tab and Escape go on, as everywhere in the console."""

    BINDINGS: ClassVar[list[BindingType]] = list(_without(TextArea.BINDINGS, _GIVEN_UP))
    COMPONENT_CLASSES: ClassVar[set[str]] = {"editor--heading", "editor--sign", "editor--code"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus", id=id)
        self.cursor_blink = False
        self._parts: dict[str, Style] = {}
        self._parts_stale = True
        self.register_theme(TextAreaTheme(_THEME, syntax_styles=self._parts))
        self.theme = _THEME

    def load_text(self, text: str) -> None:
        """Show another text, from its top. It is highlighted where that is to be had, and not too slow."""
        text = clean(text)
        language = _LANGUAGE if len(text) <= MOST_HIGHLIGHTED else None
        if language != self.language:
            try:
                self.language = language
            except Exception:
                # Whatever is wrong with the highlighter (not installed, another version's query): words do without.
                self.log.warning("markdown is not highlighted")
        super().load_text(text)

    def put(self, text: str) -> None:
        """Change the text into this one, as an edit that can be undone; cursor and scroll stay with their lines."""
        old, new = self.text.split("\n"), clean(text).split("\n")
        same = 0
        while same < min(len(old), len(new)) and old[same] == new[same]:
            same += 1
        rest = 0
        while rest < min(len(old), len(new)) - same and old[-1 - rest] == new[-1 - rest]:
            rest += 1
        if same == len(old) == len(new):
            return
        # At least one line of each is replaced, so that line breaks come and go with their lines.
        if same + rest in (len(old), len(new)):
            same, rest = (same - 1, rest) if same else (same, rest - 1)
        row, column = self.cursor_location
        last = len(old) - rest - 1
        top = self.scroll_offset.y
        self.history.checkpoint()
        self.replace("\n".join(new[same : len(new) - rest]), (same, 0), (last, len(old[last])))
        self.history.checkpoint()
        places = [place for place, line in enumerate(new) if line == old[row]]
        if row > last:
            row += len(new) - len(old)
        elif places:
            row = min(places, key=lambda place: abs(place - row))
        self.move_cursor((min(row, len(new) - 1), column))
        if self.is_mounted:
            self.scroll_to(y=top, animate=False)

    def edit(self, edit: Edit) -> EditResult:
        """Make an edit, with its text cleaned: whatever is typed or pasted comes in here."""
        edit.text = clean(edit.text)
        return super().edit(edit)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._parts_stale = True

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._parts_stale:
            self._parts_stale = False
            self._parts.update(
                {part: self.get_component_rich_style(name, partial=True) for part, name in _PARTS.items()}
            )
        return super().render_lines(crop)

    def _build_highlight_map(self) -> None:
        super()._build_highlight_map()
        # Textual 8.2.8 takes an end at column 0 for the end of the line, and colours the line below a fence.
        for row, found in self._highlights.items():
            self._highlights[row] = [highlight for highlight in found if highlight[1] != 0]
