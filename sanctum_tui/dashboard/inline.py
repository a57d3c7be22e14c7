"""The words of a line of markdown, without its markup."""

import re
from functools import cache
from typing import TYPE_CHECKING

from sanctum_tui.text import clean, one_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_CHARACTERS = 4_000
"""The longest text that is taken for a field; the longest field a dashboard needs is a tweet."""

_EMBED = re.compile(r"!\[\[[^\[\]\n]*\]\]")
_WIKILINK = re.compile(r"\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]*)\]\]")
_HIGHLIGHT = re.compile(r"==([^=\n]+)==")
_BLOCK_ID = re.compile(r"[ \t]\^[\w-]+$", re.MULTILINE)
_BULLET = re.compile(r"(?:[-*+•‣◦–—]|\d{1,3}[.)])[ \t]+")
_CHECKBOX = re.compile(r"\[[ xX/<>!?-]\](?:[ \t]+|$)")
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’", "'": "'", "「": "」"}


def plain(markdown: str) -> str:
    """The text as a reader would see it: many lines, cleaned, and bounded."""
    markdown = markdown[:MOST_CHARACTERS]
    words = "".join(_words(token) for token in _parser().parseInline(markdown)[0].children or ())
    return clean(_BLOCK_ID.sub("", words))


def unquoted(text: str) -> str:
    """The text without one pair of quotation marks around the whole of it."""
    if len(text) > 2 and _QUOTES.get(text[0]) == text[-1] and not {text[0], text[-1]} & set(text[1:-1]):
        return text[1:-1].strip()
    return text


def without_bullet(line: str) -> str:
    """A list's line without its bullet, number or check box, on one line."""
    line = line.lstrip()
    bullet = _BULLET.match(line)
    return one_line(without_checkbox(line[bullet.end() :] if bullet else line))


def without_checkbox(line: str) -> str:
    """A list item's text without the ``[ ]`` or ``[x]`` of a task."""
    box = _CHECKBOX.match(line)
    return line[box.end() :] if box else line


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark")


def _words(token: "Token") -> str:
    match token.type:
        case "text":
            return _HIGHLIGHT.sub(r"\1", _WIKILINK.sub(r"\1", _EMBED.sub("", token.content)))
        case "code_inline" | "image":
            return token.content
        case "softbreak" | "hardbreak":
            return "\n"
        case _:
            return ""
