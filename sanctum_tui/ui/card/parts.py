"""Parts of the review card: the line, as large as it can be; what an edit comes to, and what it changed."""

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.card.cards import Check
from sanctum_tui.ui.card.worddiff import Change, Fate, changes, shortened
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
    """What the words come to while they are edited: what Enter does, their length, the verdict, a rule a row."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self._check: Check | None = None
        self._told = 1

    def show(self, check: Check | None) -> None:
        """Show this; nothing where nothing is edited."""
        self._check = check
        self.set_class(check is None, "-empty")
        self.update(self._laid(self._told))

    def tell(self, rules: int) -> None:
        """Tell no more rules than so many, and how many others there are."""
        if rules != self._told:
            self._told = rules
            self.update(self._laid(rules))

    @property
    def rules(self) -> int:
        """How many rules are broken."""
        return len(self._check.rules) if self._check is not None else 0

    def rows_in(self, cells: int, rules: int) -> int:
        """The rows that it needs with so many rules told."""
        return self._laid(rules).get_height(self.styles.get_rules(), max(1, cells)) if self._check else 0

    def _laid(self, told: int) -> Content:
        check = self._check
        if check is None:
            return Content("")
        sign, style = ("✓", "$state-active") if check.passed else ("✕", "$error")
        verdict = Content.assemble((f"{sign} {check.verdict}", style))
        rules = [Content.assemble((f"  · {rule}", style)) for rule in check.rules[:told]]
        if rules and (more := len(check.rules) - told) > 0:
            rules[-1] = Content.assemble(rules[-1], (f" And {more} more.", style))
        # First what must not be missed, and what stays in its place while rules come and go.
        then = [Content.assemble((check.then, "bold $foreground" if check.insists else ""))] if check.then else []
        count = Content(check.count)
        return Content("\n").join([*then, count, verdict, *rules] if then else [verdict, count])


class Changes(Static):
    """What became of the words while they were edited: by signs and strokes, so that it is seen without colours."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self.before = ""
        """The words as they were."""
        self._found: tuple[Change, ...] = ()
        self._undoable = False
        self._brief = False

    def show(self, text: str, *, undoable: bool = False) -> None:
        """Show what makes this of them, and the key that takes it back; nothing where they are the same."""
        self._found = changes(self.before, text)
        self._undoable = undoable
        self.set_class(not self.differs, "-empty")
        self.update(self._laid(self._brief))

    def shorten(self, brief: bool) -> None:
        """Tell it in short, or in full."""
        if brief != self._brief:
            self._brief = brief
            self.update(self._laid(brief))

    @property
    def differs(self) -> bool:
        """Whether there is anything to show."""
        return any(change.fate is not Fate.KEPT for change in self._found)

    def rows_in(self, cells: int, *, brief: bool = False) -> int:
        """The rows that it needs."""
        return self._laid(brief).get_height(self.styles.get_rules(), max(1, cells))

    def _laid(self, brief: bool) -> Content:
        found = shortened(self._found) if brief else self._found
        words = [Content.assemble((f"{change.fate.value}{change.words}", _FATES[change.fate])) for change in found]
        # Before anything is changed it says how many rows it will take then.
        key = "   Ctrl+Z takes back" if not brief and (self._undoable or not self.differs) else ""
        return Content.assemble(("Changed   ", "$hearth-quiet"), Content(" ").join(words), (key, "$hearth-quiet"))


def end_of(text: str, room: int) -> str:
    """As much of a text's end as fits so many cells, for it is the end that grows."""
    if cell_len(text) <= room:
        return text
    end = text[-max(1, room) :]
    while cell_len(end) > room - 1 and len(end) > 1:
        end = end[1:]
    return f"…{end}"
