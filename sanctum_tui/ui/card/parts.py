"""Parts of the review card: the line, as large as it can be; what an edit comes to, and what it changed."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.card.cards import Check
from sanctum_tui.ui.card.worddiff import Fate, changes
from sanctum_tui.ui.look.bigtype import Cut, letters

_FATES = {Fate.KEPT: "$hearth-quiet", Fate.GONE: "strike $error", Fate.NEW: "bold underline $state-active"}
_EXPECTED = 100
"""Characters that a line which is being written is taken to come to, so that its letters keep their size."""
_FILLER = " stone"


class LineText(Static):
    """The waiting line: in large letters where there is room for them and they can draw all of it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._shown = ""

    def show(self, line: str, cells: int, rows: int, cuts: Sequence[Cut], *, grows: bool = False) -> bool:
        """Show this line; whether in letters, for which there are so many cells and rows."""
        if grows and line:
            expected = line + _FILLER * ((_EXPECTED - len(line)) // len(_FILLER))
            cuts = [cut for cut in cuts if letters(expected, cells, rows, (cut,))][:1]
        drawn = letters(line, cells, rows, cuts) if cuts and rows > 0 else []
        self.set_class(not line, "-empty")
        self.set_class(bool(drawn), "-lettered")
        shown = "\n".join(drawn) or line
        if shown != self._shown:
            self._shown = shown
            self.update(Content(shown))
        return bool(drawn)


class CheckText(Static):
    """What the words come to while they are edited: the verdict, a rule a row, what Enter does, their length."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)

    def show(self, check: Check | None) -> None:
        """Show this; nothing where nothing is edited."""
        self.set_class(check is None, "-empty")
        if check is None:
            return
        sign, style = ("✓", "$state-active") if check.passed else ("✕", "$error")
        rows = [Content.assemble((f"{sign} {check.verdict}", style))]
        rows += [Content.assemble((f"  · {rule}", style)) for rule in check.rules]
        if check.then:
            rows.append(Content.assemble((check.then, "bold $foreground" if check.insists else "")))
        self.update(Content("\n").join([*rows, Content(check.count)]))


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
