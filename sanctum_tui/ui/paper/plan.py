"""Tonight's plan to look at: its fields as a small table, then what else the page says; the editor's other side."""

from collections.abc import Callable, Iterator
from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import Static

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.ui.paper.fields import in_table
from sanctum_tui.ui.paper.lines import Kind, Line, Look
from sanctum_tui.ui.paper.rest import rest_of
from sanctum_tui.ui.paper.rows import Document
from sanctum_tui.ui.paper.strips import lead_of

MOST_SHOWN: Final = 32 * 1024
"""Characters of the page that are shown below the fields; a plan is a page or two, and the editor has it all."""
WIDEST: Final = 92
"""Cells of a row at most: longer rows are hard to read back from."""
_QUIET: Final = "$hearth-quiet"
_KINDS: Final = {
    Kind.TITLE: "bold $accent",
    Kind.SECTION: "bold $accent",
    Kind.PART: "bold $accent",
    Kind.QUOTE: "italic",
    Kind.CODE: "$name-dim",
}
_LOOKS: Final = ((Look.BOLD, "bold"), (Look.ITALIC, "italic"), (Look.STRUCK, "strike"), (Look.CODE, "$name-dim"))


class PlanPage(VerticalScroll):
    """A plan to read. Double-clicking it asks to write."""

    class WriteWanted(Message):
        """The plan was double-clicked."""

        def __init__(self, page: "PlanPage") -> None:
            super().__init__()
            self.page = page

        @property
        def control(self) -> "PlanPage":
            return self.page

    def __init__(self, fit: Callable[[], None]) -> None:
        """`fit` is called where there is another width for it."""
        super().__init__()
        self._fit = fit
        self._width = 0
        self._words = Static()
        self._shown: tuple[Dashboard, str, int] | None = None

    def compose(self) -> ComposeResult:
        yield self._words

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self._fit()

    def on_show(self) -> None:
        # What changed while the editor stood here was not laid out.
        self._fit()

    def on_click(self, event: Click) -> None:
        if event.chain == 2:
            event.stop()
            self.post_message(self.WriteWanted(self))

    def show(self, dashboard: Dashboard, text: str) -> None:
        """Show what was read, and the text it stands in; nothing is drawn that is there already."""
        # A cell stays free beside the scrollbar.
        width = min(WIDEST, self.scrollable_content_region.width - 1)
        if width > 0 and self._shown != (dashboard, text, width):
            self._shown = dashboard, text, width
            self._words.styles.width = width
            self._words.update(plan_in_full(dashboard, text, width))


def plan_in_full(dashboard: Dashboard, text: str, width: int) -> Content:
    """The fields, then what the page says besides, in rows of so many cells."""
    rows = [in_table(dashboard, width)]
    if page := rest_of(text, dashboard):
        label = "── Also on the page "
        rows += [Content(""), Content.styled(label + "─" * max(0, width - len(label)), _QUIET), *_page(page, width)]
    return Content("\n").join(rows)


def _page(text: str, width: int) -> Iterator[Content]:
    document = Document(text[:MOST_SHOWN], width)
    for number in range(len(document.lines)):
        line = document.line(number)
        if line.kind is Kind.RULE:
            yield Content.styled("─" * width, _QUIET)
            continue
        for within, (start, end) in enumerate(document.pieces(line)):
            yield Content.styled(lead_of(line, within), _QUIET) + _words(line, start, end)
    if len(text) > MOST_SHOWN:
        yield Content.styled("… The editor has the rest.", _QUIET)


def _words(line: Line, start: int, end: int) -> Content:
    """Some words of a line, each in its look."""
    words, at = Content(), 0
    for stop, look in line.runs:
        style = " ".join([_KINDS.get(line.kind, ""), *(name for part, name in _LOOKS if part in look)]).strip()
        if max(at, start) < min(stop, end):
            words += Content.styled(line.text[max(at, start) : min(stop, end)], style)
        at = stop
    return words
