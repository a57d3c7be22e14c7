"""A long markdown text to read with keys: drawn by the line API, a line read when it comes into sight.

Textual's own Markdown widget needs minutes for a long ledger. Nothing in the text is markup: links and HTML
are words.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.events import MouseEvent, Resize
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from sanctum_tui.ui.paper.lines import Kind, Look
from sanctum_tui.ui.paper.rows import Document
from sanctum_tui.ui.paper.strips import Mark, index_at, lead_of, segments

_WIDEST: Final = 92
"""Cells of a row at most: longer rows are hard to read back from."""
_WIDEST_BIG: Final = 60
"""Likewise for a monitor that is far away."""
_LINES_A_TURN: Final = 800
"""Lines counted into rows at a time behind the reader's back; a few milliseconds."""
_TURN_SECONDS: Final = 1 / 30
_LOOKS: Final = (
    (Look.BOLD, Style(bold=True)),
    (Look.ITALIC, Style(italic=True)),
    (Look.STRUCK, Style(strike=True)),
)
_BOLD: Final = Style(bold=True)


class Reader(ScrollView):
    """One document, which keeps its place when it grows or the window changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "reader--title",
        "reader--section",
        "reader--part",
        "reader--quote",
        "reader--code",
        "reader--sign",
    }
    ALLOW_SELECT = False
    EMPTY: ClassVar[str] = ""
    """Said where there is nothing to read."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document: Document | None = None
        self._text = ""
        self._row = 0
        """Where a document begins that there was no other version of before."""
        self._large = False
        self._counting: Timer | None = None
        self._styles: dict[tuple[Kind, Look], Style] = {}

    def read(self, text: str) -> None:
        """Show a newer version of the text, without moving what is read."""
        self._text = text
        self._lay_out()

    def read_other(self, text: str, row: int = 0) -> None:
        """Show another text, from this row on."""
        self.document, self._row = None, row
        self.read(text)

    # Keys

    def action_rows(self, rows: int) -> None:
        self.go(round(self.scroll_y) + rows)

    def action_pages(self, pages: int) -> None:
        self.action_rows(pages * max(1, self.scrollable_content_region.height - 1))

    def action_half(self, pages: int) -> None:
        self.action_rows(pages * max(1, self.scrollable_content_region.height // 2))

    def action_first(self) -> None:
        self.go(0)

    def action_last(self) -> None:
        if self.document is not None:
            self.go(self.document.start(len(self.document.lines)))

    def action_heading(self, step: int) -> None:
        """Go to the next heading, or to the one before what is on top."""
        document = self.document
        if document is None:
            return
        number, within = document.at(round(self.scroll_y))
        headings = list(document.headings())
        if step > 0:
            targets = [heading for heading in headings if heading > number][:1]
        else:
            targets = [heading for heading in headings if heading < number or (heading == number and within)][-1:]
        for target in targets:
            self.go(document.start(target))

    def go(self, row: int) -> None:
        """Put this row on top, or as near to it as the end lets it come."""
        if self.document is not None and not self.document.counted:
            self.document.count_to(row + self.scrollable_content_region.height)
            self._measure()
        self.scroll_to(y=max(0, row), animate=False)

    def show_words(self, line: int, start: int) -> None:
        """Bring the row of these words into sight, with some of what stands around it."""
        if self.document is None:
            return
        pieces = self.document.pieces(self.document.line(line))
        row = self.document.start(line) + next((at for at, (_, end) in enumerate(pieces) if start < end), 0)
        height, top = self.scrollable_content_region.height, round(self.scroll_y)
        if not top <= row < top + height:
            self.go(row - height // 3)

    def words_at(self, event: MouseEvent) -> tuple[int, int] | None:
        """The line that the mouse is on, and the place in its text; None where there are no words."""
        offset, document = event.get_content_offset(self), self.document
        if offset is None or document is None or not document.lines:
            return None
        number, within = document.at(offset.y + round(self.scroll_y))
        line = document.line(number)
        pieces = list(document.pieces(line))
        cells = offset.x - self.margin - cell_len(line.lead)
        if within >= len(pieces) or cells < 0:
            return None
        index = index_at(line.text, pieces[within], cells)
        return (number, index) if index < pieces[within][1] else None

    @property
    def top(self) -> int:
        """The number of the line on top."""
        return self.document.at(round(self.scroll_y))[0] if self.document is not None else 0

    # Drawing

    def on_mount(self) -> None:
        self._counting = self.set_interval(_TURN_SECONDS, self._count, pause=True)
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        if self.document is None or self.document.width != self._width():
            self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def write_large(self, large: bool) -> None:
        """Write for a monitor that is far away: everything in bold, in a narrower column."""
        self._large = large
        self._styles.clear()
        self._lay_out()

    def _width(self) -> int:
        return min(_WIDEST_BIG if self._large else _WIDEST, self._room)

    @property
    def margin(self) -> int:
        """Cells before the text, which stands in the middle of a wider pane."""
        return 0 if self.document is None else max(0, self._room - self.document.width) // 2

    @property
    def _room(self) -> int:
        return self.scrollable_content_region.width

    def _lay_out(self) -> None:
        """Make the document anew, and keep its place: the one in sight, or the one it was left at."""
        if not self.is_mounted or self._width() <= 0:
            return
        before = self.document
        document = self.document = Document(self._text, self._width(), before)
        row = self._row if before is None else before.same_place(round(self.scroll_y), document)
        document.count_to(row + self.size.height)
        self._measure()
        self.scroll_to(y=row, animate=False)
        self.laid_out(before)
        self.refresh()
        if self._counting is not None and not document.counted:
            self._counting.resume()

    def laid_out(self, before: Document | None) -> None:
        """Called when there is a document in place of the one before, where there was one."""

    def marks(self, number: int) -> Sequence[Mark]:
        """Words of a line that are marked."""
        return ()

    def _count(self) -> None:
        if self.document is not None:
            self.document.count(_LINES_A_TURN)
            self._measure()
        if self._counting is not None and (self.document is None or self.document.counted):
            self._counting.pause()

    def _measure(self) -> None:
        if self.document is not None:
            self.virtual_size = Size(self.document.width, self.document.rows)

    def render_line(self, y: int) -> Strip:
        """A row of the text, read from its line."""
        document = self.document
        if document is None or not document.lines:
            return self._strip(y, [Segment(self.EMPTY if y == 0 else "", self._style(Kind.TEXT, Look.ITALIC))])
        number, within = document.at(y + round(self.scroll_y))
        line = document.line(number)
        if line.kind is Kind.RULE and not within:
            return self._strip(y, [Segment("─" * document.width, self.sign)])
        piece = next((piece for index, piece in enumerate(document.pieces(line)) if index == within), None)
        if piece is None:
            return self._strip(y, [])
        lead = Segment(lead_of(line, within), self.sign)
        return self._strip(y, [lead, *segments(line, piece, self._style, self.marks(number))])

    def beside(self, y: int) -> list[Segment]:
        """What stands in the margin of a row of the pane."""
        return []

    def _strip(self, y: int, drawn: list[Segment]) -> Strip:
        style = self.visual_style.rich_style
        before = Strip(self.beside(y)).adjust_cell_length(self.margin, style)
        return Strip([*before, *drawn]).adjust_cell_length(self._room, style)

    @property
    def sign(self) -> Style:
        """The style of what is not the text's own words."""
        return self.visual_style.rich_style + self.get_component_rich_style("reader--sign", partial=True)

    def _style(self, kind: Kind, look: Look) -> Style:
        style = self._styles.get((kind, look))
        if style is None:
            name = "code" if Look.CODE in look else kind.value
            style = self.visual_style.rich_style
            if name not in (Kind.TEXT.value, Kind.RULE.value):
                style += self.get_component_rich_style(f"reader--{name}", partial=True)
            for part, added in _LOOKS:
                style += added if part in look else Style()
            self._styles[kind, look] = style + _BOLD if self._large else style
        return self._styles[kind, look]
