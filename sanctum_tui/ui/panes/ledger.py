"""The ledger to read: tonight's as it stands now, and those of earlier evenings.

It draws by the line API, since Textual's own Markdown widget needs minutes for a long ledger; a line is read
when it comes into sight. Nothing in it is markup: links and HTML are words.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.content import Content
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.timer import Timer

from sanctum_tui.text import clean, clean_line
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.mdlines import Kind, Look
from sanctum_tui.ui.mdrows import Document

EMPTY: Final = "There is no ledger yet. It is written while the evening goes on."
_WIDEST: Final = 92
"""Cells of a row at most: longer rows are hard to read back from."""
_LINES_A_TURN: Final = 800
"""Lines counted into rows at a time behind the reader's back; a few milliseconds."""
_TURN_SECONDS: Final = 1 / 30
_LOOKS: Final = (
    (Look.BOLD, Style(bold=True)),
    (Look.ITALIC, Style(italic=True)),
    (Look.STRUCK, Style(strike=True)),
)


class LedgerPane(ScrollView):
    """A ledger, and the way to earlier ones with the arrow keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "ledger--title",
        "ledger--section",
        "ledger--part",
        "ledger--quote",
        "ledger--code",
        "ledger--sign",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("ledger")
    ALLOW_SELECT = False

    class Wanted(Message):
        """The reader wants another ledger: this file's, or tonight's where there is no path."""

        def __init__(self, pane: "LedgerPane", path: Path | None) -> None:
            super().__init__()
            self.pane = pane
            self.path = path

        @property
        def control(self) -> "LedgerPane":
            return self.pane

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._markdown = ""
        self._title = "Ledger"
        self._document: Document | None = None
        self._places: dict[Path | None, int] = {}
        """Where ledgers that were in sight before were left, by their paths."""
        self._earlier: tuple[tuple[str, Path], ...] = ()
        self._wanted: Path | None = None
        self._shown: Path | None = None
        """The ledger in sight, by its path; None is tonight's."""
        self._counting: Timer | None = None
        self._styles: dict[tuple[Kind, Look], Style] = {}
        self.border_title = Content(self._title)

    # What the owner calls

    def show(self, markdown: str, title: str) -> None:
        """Show the ledger that is `wanted`, or a newer version of the one in sight, without moving what is read."""
        title = clean_line(title)
        markdown = clean(markdown.removeprefix("\ufeff"))
        if (markdown, title) == (self._markdown, self._title):
            return
        # Right after a wish, the ledger in sight may come once more; its title tells.
        if self._wanted != self._shown and title != self._title:
            self._places[self._shown] = round(self.scroll_y)
            self._shown, self._document = self._wanted, None
        self._markdown, self._title = markdown, title
        self.border_title = Content(title)
        self._lay_out()

    def offer(self, earlier: Sequence[tuple[str, Path]]) -> None:
        """Earlier ledgers, each with its label, the newest first."""
        self._earlier = tuple(earlier)
        self._tell_where()

    @property
    def wanted(self) -> Path | None:
        """The ledger that the reader asked for last; None is tonight's."""
        return self._wanted

    # Keys

    def action_rows(self, rows: int) -> None:
        self._go(round(self.scroll_y) + rows)

    def action_pages(self, pages: int) -> None:
        self.action_rows(pages * max(1, self.scrollable_content_region.height - 1))

    def action_first(self) -> None:
        self._go(0)

    def action_last(self) -> None:
        if self._document is not None:
            self._go(self._document.start(len(self._document.lines)))

    def action_heading(self, step: int) -> None:
        """Go to the next heading, or to the one before what is on top."""
        document = self._document
        if document is None:
            return
        top = round(self.scroll_y)
        number, within = document.at(top)
        headings = list(document.headings())
        if step > 0:
            targets = [heading for heading in headings if heading > number][:1]
        else:
            targets = [heading for heading in headings if heading < number or (heading == number and within)][-1:]
        for target in targets:
            self._go(document.start(target))

    def action_turn(self, step: int) -> None:
        """Ask for the ledger before this one, or after it; tonight's comes after the newest."""
        index = self._index() + step
        if not -1 <= index < len(self._earlier):
            return
        self._wanted = self._earlier[index][1] if index >= 0 else None
        self._tell_where()
        self.post_message(self.Wanted(self, self._wanted))

    def _go(self, row: int) -> None:
        if self._document is not None and self._document.counted is False:
            self._document.count_to(row + self.scrollable_content_region.height)
            self._measure()
        self.scroll_to(y=max(0, row), animate=False)

    def _index(self) -> int:
        """Which of the earlier ledgers was asked for; -1 is tonight's."""
        paths = [path for _, path in self._earlier]
        return paths.index(self._wanted) if self._wanted in paths else -1

    def _tell_where(self) -> None:
        index, many = self._index(), len(self._earlier)
        where = ["tonight" if index < 0 else f"{index + 1} of {many} earlier"] if many else []
        ways = ["← earlier"] * (index + 1 < many) + ["→ later"] * (index >= 0)
        self.border_subtitle = Content(" · ".join(where + ways))

    # Drawing

    def on_mount(self) -> None:
        self._counting = self.set_interval(_TURN_SECONDS, self._count, pause=True)
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        if self._document is None or self._document.width != self._width():
            self._lay_out()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()

    def _width(self) -> int:
        return min(_WIDEST, self.scrollable_content_region.width)

    def _lay_out(self) -> None:
        """Make the document anew, and keep its place: the one in sight, or the one it was left at."""
        if not self.is_mounted or self._width() <= 0:
            return
        before = self._document
        document = self._document = Document(self._markdown, self._width(), before)
        if before is None:
            row = self._places.pop(self._shown, 0)
        else:
            row = before.same_place(round(self.scroll_y), document)
        document.count_to(row + self.size.height)
        self._measure()
        self.scroll_to(y=row, animate=False)
        self.refresh()
        if self._counting is not None and not document.counted:
            self._counting.resume()

    def _count(self) -> None:
        if self._document is not None:
            self._document.count(_LINES_A_TURN)
            self._measure()
        if self._counting is not None and (self._document is None or self._document.counted):
            self._counting.pause()

    def _measure(self) -> None:
        if self._document is not None:
            self.virtual_size = Size(self._document.width, self._document.rows)

    def render_line(self, y: int) -> Strip:
        """A row of the ledger, read from its line."""
        width = self.scrollable_content_region.width
        document = self._document
        text = self.visual_style.rich_style
        if document is None or not document.lines:
            return self._strip([Segment(EMPTY if y == 0 else "", self._style(Kind.TEXT, Look.ITALIC))], width, text)
        row = y + round(self.scroll_y)
        number, within = document.at(row)
        line = document.line(number)
        if line.kind is Kind.RULE and not within:
            return self._strip([Segment("─" * document.width, self._sign())], width, text)
        piece = next((piece for index, piece in enumerate(document.pieces(line)) if index == within), None)
        if piece is None:
            return Strip.blank(width, text)
        bar = line.lead if not within or line.kind is Kind.QUOTE else ""
        if within and bar:
            bar = "".join(sign if sign in "▎ " else " " for sign in bar)
        segments = [Segment(bar + " " * (cell_len(line.lead) - cell_len(bar)), self._sign())]
        at, end = piece
        for stop, look in line.runs:
            if at < min(stop, end):
                segments.append(Segment(line.text[at : min(stop, end)], self._style(line.kind, look)))
                at = min(stop, end)
        return self._strip(segments, width, text)

    def _strip(self, segments: list[Segment], width: int, text: Style) -> Strip:
        return Strip(segments).adjust_cell_length(width, text)

    def _sign(self) -> Style:
        return self.visual_style.rich_style + self.get_component_rich_style("ledger--sign", partial=True)

    def _style(self, kind: Kind, look: Look) -> Style:
        style = self._styles.get((kind, look))
        if style is None:
            name = "code" if Look.CODE in look else kind.value
            style = self.visual_style.rich_style
            if name not in (Kind.TEXT.value, Kind.RULE.value):
                style += self.get_component_rich_style(f"ledger--{name}", partial=True)
            for part, added in _LOOKS:
                style += added if part in look else Style()
            self._styles[kind, look] = style
        return style
