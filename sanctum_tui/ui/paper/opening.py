"""How a page opens: what was meant for front matter and is not read as such. Pure."""

import re
from typing import Final

from sanctum_tui.text import clean, clean_line, shorten

_FENCE: Final = "---"
_MOST_LINES: Final = 60
"""Front matter is short; a rule further down than that closes none."""
_LONGEST_QUOTE: Final = 20
_DASHES = re.compile(r"-{3,}")
_ENTRY = re.compile(r"[A-Za-z][\w -]{0,40}[ \t]*:(?:\s|$)")
_INSIDE = re.compile(rf"{_ENTRY.pattern}|\s|-\s|#|$")


def misread(markdown: str) -> str:
    """Why front matter is not read as such, in one sentence; empty where it is, or where none was meant."""
    lines = clean(markdown.removeprefix("\ufeff")).split("\n")[:_MOST_LINES]
    at = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    rest = lines[at + 1 :]
    if not rest or not _ENTRY.match(rest[0]):
        return ""
    first, closed = lines[at], _closed(rest)
    if first.rstrip() == _FENCE:
        return "The front matter is not read: it must begin on the very first line." if at and closed else ""
    if dashes := _DASHES.match(first):
        # Words behind the dashes do no harm, where as many close it.
        stray = not any(line.startswith(dashes[0]) and not line.strip("- \t") for line in rest)
    else:
        stray = closed and (_FENCE in first or first.strip() == "--")
    if stray:
        quote = shorten(clean_line(first), _LONGEST_QUOTE)
        return f"The front matter is not read: its first line is “{quote}”, and must be {_FENCE} alone."
    return ""


def _closed(lines: list[str]) -> bool:
    """Whether entries follow each other up to a line that closes them."""
    end = next((number for number, line in enumerate(lines) if line.rstrip() == _FENCE), None)
    return end is not None and all(_INSIDE.match(line) for line in lines[:end])
