"""The headings of a ledger, of which one is gone to."""

from collections.abc import Sequence

from textual.content import Content

from sanctum_tui.ui.dialogs.picking import PickDialog, Row
from sanctum_tui.ui.paper.outline import Heading

_STYLES = ("bold $accent", "bold", "")


class OutlineDialog(PickDialog[int]):
    """Answers with the number of the line that the chosen heading stands on."""

    title_words = "Outline"

    def __init__(self, headings: Sequence[Heading], here: int) -> None:
        """`here` is the heading that is being read under."""
        super().__init__([_row(heading) for heading in headings], here)
        self._headings = headings

    def answer_at(self, number: int) -> int:
        return self._headings[number].line


def _row(heading: Heading) -> Row:
    words = heading.text or "(no words)"
    indent = "  " * (heading.level - 1)
    return Row(Content.assemble(indent, (words, _STYLES[heading.level - 1])), heading.text)
