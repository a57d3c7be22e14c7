"""Parts of the review card: the line, as large as it can be; exactly what is posted; what an edit changed of it."""

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import Static

from sanctum_tui.ui.card.worddiff import Fate, changes
from sanctum_tui.ui.look.bigtype import letters

_ROOMY = ((100, 30), (72, 40))
"""Cells of the line and rows of the card from which on large letters are set unasked."""
_OTHER_ROWS = 11
"""Rows of the card that are not its line: heading, what is posted, keys, how long."""
_FATES = {Fate.KEPT: "$hearth-quiet", Fate.GONE: "strike $error", Fate.NEW: "bold underline $state-active"}


class LineText(Static):
    """The waiting line: in large letters where that is wanted or there is room, and they can draw all of it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._line = ""
        self._big = False
        self._shown = ""

    def show(self, line: str, *, big: bool) -> None:
        """Show this line."""
        self._line, self._big = line, big
        self.set_class(not line, "-empty")
        self._set()

    def on_resize(self, event: Resize) -> None:
        """The room is another one."""
        self._set()

    def _set(self) -> None:
        card = self.parent
        width, height = self.content_size.width, card.size.height if isinstance(card, Widget) else 0
        wanted = self._big or any(width >= cells and height >= rows for cells, rows in _ROOMY)
        rows = letters(self._line, width, height - _OTHER_ROWS) if wanted else []
        self.set_class(bool(rows), "-lettered")
        shown = "\n".join(rows) or self._line
        if shown != self._shown:
            self._shown = shown
            self.update(Content(shown))


class ExactText(Static):
    """What would be posted, or was: the signature is set apart from the line."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, markup=False)

    def show(self, exact: str, line: str = "") -> None:
        """Show this text, which begins with the line where that is known."""
        apart = bool(line) and exact.startswith(line)
        signature = (exact[len(line) :], "$hearth-quiet not bold")
        self.update(Content.assemble(line, signature) if apart else Content(exact))
        self.set_class(not exact, "-empty")

    def rows_in(self, cells: int) -> int:
        """The rows that it needs where it has so many cells."""
        return self.get_content_height(self.app.size, self.app.size, max(1, cells - self.gutter.width))


class Changes(Static):
    """What became of the words while they were edited: by signs and strokes, so that it is seen without colours."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self.before = ""
        """The words as they were."""

    def show(self, text: str) -> None:
        """Show what makes this of them; nothing where they are the same."""
        changed = changes(self.before, text)
        same = all(change.fate is Fate.KEPT for change in changed)
        self.set_class(same, "-empty")
        words = [Content.assemble((f"{change.fate.value}{change.words}", _FATES[change.fate])) for change in changed]
        told = Content.assemble(
            ("Changed   ", "$hearth-quiet"), Content(" ").join(words), ("   Ctrl+Z takes back", "$hearth-quiet")
        )
        self.update(Content("") if same else told)


def end_of(text: str, room: int) -> str:
    """As much of a text's end as fits so many cells, for it is the end that grows."""
    if cell_len(text) <= room:
        return text
    end = text[-max(1, room) :]
    while cell_len(end) > room - 1 and len(end) > 1:
        end = end[1:]
    return f"…{end}"
