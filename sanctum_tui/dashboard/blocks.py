"""Markdown as a flat row of blocks, each with the lines of the file it stands on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_CHARACTERS = 256 * 1024
"""A dashboard is a page or two; what is behind this is not read, so that a wrong file does not stop the console."""

MOST_LINES = 4_000
"""Likewise: the reader's cost goes with the lines (a quarter of a second for this many)."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MOST_COMMENTS = 200
_FENCE = re.compile(r"[ >]{0,8}(?:[-*+] +)?(`{3,}|~{3,})")
_CALLOUT = re.compile(r"\[!\w[\w -]{0,30}\][+-]?[ \t]*")
_NOT_PROSE = frozenset({"dataview", "dataviewjs", "mermaid", "query", "tasks", "button", "css"})


class Kind(Enum):
    """What a block is; the ends of quotes and lists are told too, since sections may end there."""

    HEADING = auto()
    CALLOUT = auto()
    """The title line of an Obsidian callout (``> [!note] Stream Title``)."""
    TEXT = auto()
    ITEM = auto()
    CODE = auto()
    """A fence or an indented block: its text is taken as it stands."""
    RULE = auto()
    FRONT_MATTER = auto()
    END_OF_QUOTE = auto()
    END_OF_LIST = auto()


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or the like."""

    kind: Kind
    first: int
    """Its first line, counted from 0."""
    last: int
    """The line behind its last one."""
    lines: tuple[str, ...] = ()
    """Its text, without the signs of quotes and lists around it."""
    level: int = 0
    """A heading's level, or how deep a list item stands (from 1)."""
    setext: str = ""
    """The sign a heading is underlined with, or nothing."""
    quotes: int = 0
    """How many block quotes it stands in."""
    callout: bool = False
    """It stands in a callout: a remark beside the text."""


@dataclass(frozen=True, slots=True)
class Page:
    """A markdown file taken apart."""

    lines: tuple[str, ...]
    """The file's lines with their endings, and the byte order mark if there is one."""
    blocks: tuple[Block, ...]
    cut: bool
    """It was too long, and only its beginning was read."""


def split_lines(markdown: str) -> list[str]:
    """The lines with their endings, told apart as CommonMark does: nothing else than CR and LF ends one."""
    return _LINE.findall(markdown)


def take_apart(markdown: str) -> Page:
    """The page's blocks in order. Takes any text; markup nested deeper than 20 is passed over."""
    lines = split_lines(markdown[:MOST_CHARACTERS])
    cut = len(markdown) > MOST_CHARACTERS or len(lines) > MOST_LINES
    lines = lines[:MOST_LINES]
    plain = [line.rstrip("\r\n") for line in lines]
    if plain:
        plain[0] = plain[0].removeprefix("\ufeff")
    source = "\n".join(_without_comments(plain))
    tokens = _parser().parse(source)
    return Page(tuple(lines), tuple(_blocks(tokens, source.split("\n"))), cut)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    # Inline markup is read later, and only in the few lines that matter: it is the costly half. Link
    # definitions are not used on a dashboard, and would swallow lines such as "[Game]: Windrose".
    return MarkdownIt("commonmark").use(front_matter_plugin).disable(["inline", "reference"])


def _without_comments(lines: list[str]) -> list[str]:
    """Obsidian's ``%%comments%%`` blanked out, outside fences and front matter; one that never ends is text."""
    if not any("%%" in line for line in lines):
        return lines
    kept = list(lines)
    body = _behind_front_matter(lines)
    fence = ""
    began: tuple[int, int] | None = None
    blanked = 0
    for number, line in enumerate(lines[body:], body):
        if began is None and (mark := _FENCE.match(line)):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence):
                fence = ""
            continue
        if fence:
            continue
        at = line.find("%%")
        while at >= 0:
            if began is None:
                began = (number, at)
            else:
                _blank(kept, began, (number, at + 2))
                began = None
                blanked += 1
                if blanked == _MOST_COMMENTS:
                    return kept
            at = line.find("%%", at + 2)
    return kept


def _behind_front_matter(lines: list[str]) -> int:
    """The line that the body begins on; a percent sign before it is YAML's, and opens no comment."""
    if lines[0].rstrip() != "---":
        return 0
    return next((number + 1 for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)


def _blank(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> None:
    for number in range(start[0], end[0] + 1):
        line = lines[number]
        left = start[1] if number == start[0] else 0
        right = end[1] if number == end[0] else len(line)
        lines[number] = line[:left] + " " * (right - left) + line[right:]


def _blocks(tokens: "Sequence[Token]", source: Sequence[str]) -> Iterator[Block]:
    quotes: list[bool] = []  # for each open block quote, whether it is a callout
    items: list[bool] = []  # for each open list item, whether its first paragraph is still to come
    heading: Token | None = None
    for token in tokens:
        first, last = token.map or (0, 0)
        depth = len(quotes)
        remark = any(quotes)
        match token.type:
            case "blockquote_open":
                quotes.append(False)
            case "blockquote_close":
                quotes.pop()
                yield Block(Kind.END_OF_QUOTE, first, last, quotes=depth)
            case "list_item_open":
                items.append(True)
            case "list_item_close":
                items.pop()
            case "bullet_list_close" | "ordered_list_close" if not items:
                yield Block(Kind.END_OF_LIST, first, last, quotes=depth)
            case "heading_open":
                heading = token
            case "hr":
                yield Block(Kind.RULE, first, last, quotes=depth)
            case "front_matter":
                yield Block(Kind.FRONT_MATTER, first, last, tuple(source[first:last]))
            case "fence" | "code_block":
                language = token.info.split(maxsplit=1)
                if not language or language[0].lower() not in _NOT_PROSE:
                    body = tuple(token.content.removesuffix("\n").split("\n"))
                    yield Block(Kind.CODE, first, last, body, quotes=depth, callout=remark)
            case "inline":
                lines = tuple(token.content.split("\n"))
                block = Block(Kind.TEXT, first, first + len(lines), lines, quotes=depth, callout=remark)
                if heading is not None and heading.map is not None and not items:
                    level, sign = int(heading.tag[1:]), heading.markup.strip("#")
                    under = source[heading.map[1] - 1].strip(" >") if sign else ""
                    yield replace(block, kind=Kind.HEADING, last=heading.map[1], level=level, setext=under)
                elif items:
                    kind = Kind.ITEM if items[-1] else Kind.TEXT
                    items[-1] = False
                    yield replace(block, kind=kind, level=len(items))
                elif depth and not remark and (mark := _CALLOUT.match(lines[0])):
                    quotes[-1] = True
                    yield replace(block, kind=Kind.CALLOUT, last=first + 1, lines=(lines[0][mark.end() :],))
                    if lines[1:]:
                        yield replace(block, first=first + 1, lines=lines[1:], callout=True)
                else:
                    yield block
                heading = None
