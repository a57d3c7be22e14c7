"""What a dashboard's page says that its fields do not: so that a look at the plan tells nothing twice. Pure."""

import re
from typing import Final

from sanctum_tui.dashboard.names import field_called
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean
from sanctum_tui.ui.paper.fields import values
from sanctum_tui.ui.paper.lines import is_heading, read

_FRONT_MATTER = re.compile(r"\ufeff?(-{3,}).*\n(?:.*\n)*?\1-*[ \t]*(?:\n|$)")
_GAPS = re.compile(r"\n{3,}")
_EMPTY_FENCE = re.compile(r"(?m)^ {0,3}(`{3,}|~{3,}).*\n\s*\1[ \t]*$\n?")
_TELLING: Final = 4
"""Words of a line from which on it is no chance that a field has them, too."""


def front_matter_end(text: str) -> int:
    """Where a page's front matter ends, which is for programs; 0 where it has none."""
    found = _FRONT_MATTER.match(text)
    return 0 if found is None else found.end()


def rest_of(text: str, dashboard: Dashboard) -> str:
    """The page without front matter, without the lines that a field has, and without their headings.

    A line that a field has only nearly so stays: better twice than not at all.
    """
    fields = [_squeezed(words) for _, field in values(dashboard) for words in (field, *field.split("\n"))]
    kept: list[str] = []
    below = ""
    """The nearest line below that stays and is not empty."""
    for line in reversed(clean(text[front_matter_end(text) :]).split("\n")):
        shown = read(line).text
        if is_heading(line):
            if field_called(shown) and (not below or is_heading(below)):
                continue
        elif shown and _is_told(shown, fields):
            continue
        kept.append(line)
        below = line if line.strip() else below
    if all(is_heading(line) for line in kept if line.strip()):
        return ""
    return _GAPS.sub("\n\n", _EMPTY_FENCE.sub("", "\n".join(reversed(kept)))).strip("\n")


def _is_told(shown: str, fields: list[str]) -> bool:
    label, _, value = shown.partition(":")
    for words in map(_squeezed, (shown, value if field_called(label) else shown)):
        inside = f" {words} " if len(words.split()) >= _TELLING else None
        for field in fields:
            # The page breaks a paragraph into lines, where the first and the last may be short.
            if field == words or field.startswith(f"{words} ") or field.endswith(f" {words}"):
                return True
            if inside is not None and inside in f" {field} ":
                return True
    return False


def _squeezed(words: str) -> str:
    return " ".join(words.casefold().removeprefix("• ").split())
