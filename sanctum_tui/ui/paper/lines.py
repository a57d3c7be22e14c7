"""Markdown a line at a time: what stands on a line, without its signs, and where it is bold, quoted or struck.

A reader's view of documents such as a ledger, where each paragraph is one line: nothing is parsed but what is
looked at, and no link, image or HTML comes to life; they are shown as they are written.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntFlag
from typing import Final


class Kind(Enum):
    """What a line is."""

    TEXT = "text"
    TITLE = "title"
    """A heading of the first level."""
    SECTION = "section"
    """Of the second."""
    PART = "part"
    """Of any deeper one."""
    QUOTE = "quote"
    RULE = "rule"
    CODE = "code"


class Look(IntFlag):
    """How some words of a line stand out."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    STRUCK = 4
    CODE = 8


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is shown."""

    kind: Kind
    lead: str
    """What stands before the first row: a bullet, a quote's bar. Rows after it are moved in as far."""
    text: str
    runs: tuple[tuple[int, Look], ...]
    """Where in `text` each look ends, ascending; the last is the text's length."""


# CommonMark's signs for blocks, as far as a line tells by itself.
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_QUOTE = re.compile(r" {0,3}>[ ]?")
_ITEM = re.compile(r"( *)(?:[-*+]|([0-9]{1,9}[.)]))[ ]+(?=\S)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$")
# And within a line: a backslash before a sign, code, emphasis.
_TOKEN = re.compile(r"\\([!-/:-@\[-`{-~])|(`+)|(\*\*|__|~~|\*|_)")
_ANY_SIGN = re.compile(r"[\\`*_]|~~")
_PLAIN_START = re.compile(r"[^\s#>\-*+_0-9`~]")
_LOOKS: Final = {
    "**": Look.BOLD,
    "__": Look.BOLD,
    "*": Look.ITALIC,
    "_": Look.ITALIC,
    "~~": Look.STRUCK,
}
_DEEPEST: Final = 8
"""Quotes in quotes that are drawn; more are only moved in no further."""


def is_heading(line: str) -> bool:
    """Whether a line is a heading; one in a fence looks like one, too (`in_fences`)."""
    return line.startswith((" ", "#")) and _HEADING.match(line) is not None


def in_fences(lines: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines that are code, with the fences around it."""
    inside: set[int] = set()
    fence = ""
    for number, line in enumerate(lines):
        if "```" not in line and "~~~" not in line:
            if fence:
                inside.add(number)
            continue
        match = _FENCE.match(line)
        if not fence and match is not None:
            fence = match[1]
            inside.add(number)
        elif fence:
            inside.add(number)
            if match is not None and match[1].startswith(fence) and not match[2].strip():
                fence = ""
    return frozenset(inside)


def plain(line: str) -> bool:
    """Whether a line is shown exactly as it is written: `read` would find no sign in it."""
    return (not line or _PLAIN_START.match(line) is not None) and _ANY_SIGN.search(line) is None


def read(line: str, *, code: bool = False) -> Line:
    """A line of cleaned text as it is shown; `code` where it is in a fence. Linear in its length."""
    if code:
        return Line(Kind.CODE, "  ", line, ((len(line), Look.CODE),))
    if (match := _HEADING.match(line)) is not None:
        kind = (Kind.TITLE, Kind.SECTION, Kind.PART)[min(len(match[1]), 3) - 1]
        return Line(kind, "", *_inline(match[2] or ""))
    if _RULE.match(line):
        return Line(Kind.RULE, "", "", ((0, Look.PLAIN),))
    kind, lead, at = Kind.TEXT, "", 0
    depth = 0
    while (match := _QUOTE.match(line, at)) is not None:
        kind, at, depth = Kind.QUOTE, match.end(), depth + 1
    lead = "▎ " * min(depth, _DEEPEST)
    if (match := _ITEM.match(line, at)) is not None:
        at = match.end()
        lead += f"{match[1][: 4 * _DEEPEST]}{match[2] or '•'} "
    return Line(kind, lead, *_inline(line[at:].strip()))


def _inline(text: str) -> tuple[str, tuple[tuple[int, Look], ...]]:
    """A text without its signs, and the looks they give it. A sign without its partner is a sign and no more."""
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return text, ((len(text), Look.PLAIN),)
    partner = _partners(text, tokens)
    pieces: list[str] = []
    runs: list[tuple[int, Look]] = []
    look = Look.PLAIN
    written = at = number = 0

    def write(words: str, how: Look) -> None:
        nonlocal written
        if not words:
            return
        pieces.append(words)
        written += len(words)
        if runs and runs[-1][1] == how:
            runs.pop()
        runs.append((written, how))

    while number < len(tokens):
        token = tokens[number]
        write(text[at : token.start()], look)
        at = token.end()
        other = partner.get(number)
        if token[1]:
            write(token[1], look)
        elif other is None:
            write(token[0], look)
        elif token[2]:
            write(_code(text[at : tokens[other].start()]), look | Look.CODE)
            number, at = other, tokens[other].end()
        elif other > number:
            look |= _LOOKS[token[0]]
        else:
            look &= ~_LOOKS[token[0]]
        number += 1
    write(text[at:], look)
    return "".join(pieces), tuple(runs) or ((0, Look.PLAIN),)


def _code(inner: str) -> str:
    """What a code span shows: one space inside each end belongs to the signs (CommonMark 6.1)."""
    return inner[1:-1] if inner.strip() and inner[0] == inner[-1] == " " else inner


def _partners(text: str, tokens: Sequence[re.Match[str]]) -> dict[int, int]:
    """For each sign that has one, by its number, the sign at the other end."""
    closing: dict[int, int] = {}
    latest: dict[str, int] = {}
    # A run of backticks ends at the next one as long. A backslash before it escapes none of a closing run, but
    # then its first sign is another token, which only makes fewer spans.
    for number in range(len(tokens) - 1, -1, -1):
        if ticks := tokens[number][2]:
            if ticks in latest:
                closing[number] = latest[ticks]
            latest[ticks] = number
    partner: dict[int, int] = {}
    opened: dict[str, int] = {}
    number = 0
    while number < len(tokens):
        token = tokens[number]
        if token[2] and number in closing:
            partner[number] = closing[number]
            number = closing[number]
        elif sign := token[3]:
            start = opened.get(sign)
            if start is not None and _closes(text, token):
                if tokens[start].end() < token.start():
                    partner[start], partner[number] = number, start
                del opened[sign]
            elif _opens(text, token):
                opened[sign] = number
        number += 1
    return partner


def _opens(text: str, token: re.Match[str]) -> bool:
    after = text[token.end() : token.end() + 1]
    inside_word = token[0][0] == "_" and text[max(0, token.start() - 1) : token.start()].isalnum()
    return bool(after.strip()) and not inside_word


def _closes(text: str, token: re.Match[str]) -> bool:
    before = text[max(0, token.start() - 1) : token.start()]
    inside_word = token[0][0] == "_" and text[token.end() : token.end() + 1].isalnum()
    return bool(before.strip()) and not inside_word
