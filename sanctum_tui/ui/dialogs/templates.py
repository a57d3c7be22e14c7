"""Dashboards to start from: templates, or those of earlier evenings. What is chosen becomes a draft."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from sanctum_tui.text import clean, clean_line
from sanctum_tui.ui.dialogs.picking import PickDialog, Row
from sanctum_tui.ui.paper.lines import Kind, in_fences, read

_MOST_VIEWED = 200
"""Lines of a dashboard that are shown before it is chosen."""
_HEADINGS = (Kind.TITLE, Kind.SECTION, Kind.PART)


@dataclass(frozen=True, slots=True)
class Start:
    """A dashboard to start from."""

    name: str
    note: str
    """Where it is from: "your own", a day and a channel."""
    markdown: str


class StartDialog(PickDialog[Start]):
    """Shows each with its text; nothing is changed by choosing but what stands in the editor."""

    views = True

    def __init__(self, title: str, starts: Sequence[Start]) -> None:
        super().__init__([_row(start) for start in starts])
        self.title_words = title
        self.foot = "Enter drafts · ↑↓ choose · PgUp PgDn · Esc closes"
        self._starts = starts

    def answer_at(self, number: int) -> Start:
        return self._starts[number]

    def view_at(self, number: int) -> Content:
        return text_of(self._starts[number].markdown)


def text_of(markdown: str) -> Content:
    """The beginning of a dashboard to read, with its headings apart."""
    lines = clean(markdown).split("\n")
    shown = lines[:_MOST_VIEWED]
    code = in_fences(shown)
    rows = []
    for number, written in enumerate(shown):
        line = read(written, code=number in code)
        style = "bold $accent" if line.kind in _HEADINGS else "$hearth-quiet" if line.kind is Kind.RULE else ""
        rows.append(Content.assemble(line.lead, (line.text or ("───" if line.kind is Kind.RULE else ""), style)))
    if len(lines) > _MOST_VIEWED:
        rows.append(Content.styled(f"… and {len(lines) - _MOST_VIEWED:,} more lines", "$hearth-quiet"))
    return Content("\n").join(rows)


def _row(start: Start) -> Row:
    name, note = clean_line(start.name), clean_line(start.note)
    # One row each; the whole name is in the text that is shown.
    looks = Content.assemble(name, (f"  {note}", "$hearth-quiet") if note else "")
    return Row(looks, f"{name} {note}")
