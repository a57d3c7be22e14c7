"""Finds where on a page each field of the dashboard stands: under a heading, or behind a label."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sanctum_tui.dashboard.blocks import Block, Kind, Page
from sanctum_tui.dashboard.names import SHORT_KEYS, field_called

_BOLD_LINE = re.compile(r"(\*\*|__)(?P<name>[^*_\n]{1,80})\1[ \t]*[:：]?[ \t]*$")
_LABEL = re.compile(
    r"(?P<marks>[*_]{0,3})(?P<name>[^:：\n]{1,60}?)(?P<closed>[*_]{0,3})[ \t]*[:：]{1,2}(?P<value>.*)$"
)
_HEADING_TAIL = re.compile(r"(?P<name>[^:：–—\n]{1,80}?)(?:[ \t]*[:：]|[ \t]+[-–—][ \t])[ \t]*(?P<value>.+)$")
_CLOSING_MARKS = re.compile(r"[*_]{1,3}(?=[ \t]|$)")
_BULLETS = re.compile(r"[ \t>]*(?:(?:[-*+•]|\d{1,3}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")


LABEL_LEVEL = 7
"""Below any heading's: what a bold line, a label or a callout opens, any heading closes."""


@dataclass(frozen=True, slots=True)
class Section:
    """One place that names a field, and what stands there."""

    key: str
    line: int
    """The line that names it."""
    body: int
    """The line behind the one that names it."""
    level: int = LABEL_LEVEL
    real: bool = True
    """It is a heading, a bold line or a callout, and not a mere ``Label:``."""
    blocks: tuple[Block, ...] = ()
    tail: str = ""
    """What stands behind the name on its own line, as markdown."""
    quotes: int = 0
    in_list: bool = False


@dataclass(slots=True)
class _Walk:
    """The walk down the page: the section that is open, and those that are complete."""

    done: list[Section] = field(default_factory=list)
    open: Section | None = None
    blocks: list[Block] = field(default_factory=list)

    def begin(self, section: Section) -> None:
        self.close()
        self.open = section

    def close(self) -> None:
        if self.open is not None:
            self.done.append(replace(self.open, blocks=tuple(self.blocks)))
        self.open = None
        self.blocks = []

    def take(self, block: Block) -> None:
        if self.open is not None:
            self.blocks.append(block)


def find_sections(page: Page) -> list[Section]:
    """Every place that names a field, in the order in which they are named."""
    walk = _Walk()
    for block in page.blocks:
        match block.kind:
            case Kind.HEADING:
                _heading(walk, block)
            case Kind.CALLOUT:
                _callout(walk, block)
            case Kind.END_OF_QUOTE if walk.open is not None and walk.open.quotes >= block.quotes:
                walk.close()
            case Kind.END_OF_LIST if walk.open is not None and walk.open.in_list and walk.open.key in SHORT_KEYS:
                walk.close()
            case Kind.RULE if walk.blocks:
                walk.close()
            case Kind.TEXT | Kind.ITEM:
                _text(walk, block)
            case Kind.CODE:
                walk.take(block)
    walk.close()
    return sorted(walk.done, key=lambda section: section.line)


def _heading(walk: _Walk, block: Block) -> None:
    text = " ".join(block.lines)
    named = _named(text)
    if named is not None:
        key, tail = named
        walk.begin(Section(key, block.first, block.last, block.level, tail=tail, quotes=block.quotes))
    elif block.setext and any(_label(line) is not None for line in block.lines):
        # Labels with a rule right below them make a heading by CommonMark's rules; nobody meant that.
        _text(walk, replace(block, kind=Kind.TEXT, last=block.last - 1))
        walk.close()
    elif block.setext == "---" and walk.open is not None and not walk.blocks:
        # Likewise the only line under a heading, with a rule right below it.
        walk.take(replace(block, kind=Kind.TEXT, last=block.last - 1))
        walk.close()
    elif walk.open is None or block.level <= walk.open.level:
        walk.close()


def _callout(walk: _Walk, block: Block) -> None:
    named = _named(block.lines[0])
    if named is not None:
        key, tail = named
        walk.begin(Section(key, block.first, block.last, tail=tail, quotes=block.quotes))


def _named(text: str) -> tuple[str, str] | None:
    """The field a heading names, and what it says behind the name."""
    if key := field_called(text):
        return key, ""
    if (split := _HEADING_TAIL.match(text.strip())) and (key := field_called(split["name"])):
        return key, split["value"].strip(" \t*_")
    return None


def _text(walk: _Walk, block: Block) -> None:
    """A paragraph or a list item: its labels begin fields, its other lines belong to the open section."""
    start = 0
    for number, line in enumerate(block.lines):
        found = _opening(walk, block, line)
        if found is None:
            continue
        if number > start:
            walk.take(_part(block, start, number))
        start = number + 1
        if not found.tail or found.key == "goals":
            walk.begin(replace(found, line=block.first + number, body=block.first + number + 1))
        elif found.key in SHORT_KEYS:
            walk.done.append(replace(found, line=block.first + number, body=block.first + number + 1))
        else:
            end = next(_labels_behind(block, number), len(block.lines))
            rest = (_part(block, number + 1, end),) if end > number + 1 else ()
            walk.close()
            walk.done.append(replace(found, line=block.first + number, body=block.first + number + 1, blocks=rest))
            start = end
    if start < len(block.lines):
        walk.take(_part(block, start, len(block.lines)))


def _labels_behind(block: Block, number: int) -> Iterator[int]:
    for later in range(number + 1, len(block.lines)):
        if _label(block.lines[later]) is not None:
            yield later


def _part(block: Block, start: int, end: int) -> Block:
    if start == 0 and end == len(block.lines):
        return block
    kind = block.kind if start == 0 else Kind.TEXT
    return replace(block, kind=kind, first=block.first + start, last=block.first + end, lines=block.lines[start:end])


def _opening(walk: _Walk, block: Block, line: str) -> Section | None:
    """The field that a line begins, if it does so here: in the middle of a section not every label counts."""
    bold = _BOLD_LINE.match(_BULLETS.sub("", line, count=1).rstrip())
    item = block.kind is Kind.ITEM
    key = field_called(bold["name"]) if bold else ""
    tail = ""
    strong = bool(key)
    if not key:
        label = _label(line)
        if label is None:
            return None
        key, tail, strong = label
    if not _may_begin(walk.open, key, strong, item):
        return None
    return Section(key, 0, 0, real=bool(bold), tail=tail, quotes=block.quotes, in_list=block.level > 0)


def _may_begin(inside: Section | None, key: str, strong: bool, item: bool) -> bool:
    if inside is None:
        return True
    if item and inside.key == "goals" and not inside.in_list:
        return False
    if not inside.real or strong:
        return True
    return key in ("game", "mood") and inside.key not in ("notification", "social_post")


def _label(line: str) -> tuple[str, str, bool] | None:
    """The key, the value and the weight of a line such as ``**Game:** Windrose``."""
    if ":" not in line and "：" not in line:
        return None
    label = _LABEL.match(_BULLETS.sub("", line, count=1))
    if label is None or not (key := field_called(label["name"])):
        return None
    marks, value = label["marks"], label["value"].strip()
    if marks and not label["closed"]:
        value = _without_closing(marks, value)
    return key, value, len(marks) >= 2


def _without_closing(marks: str, value: str) -> str:
    """A label's value without the marks that close its bold or italics: right behind the colon, or at the end.

    Where no space follows them, as in ``**Game:**Windrose``, they are none to markdown.
    """
    if value.startswith(marks):
        return value.removeprefix(marks).strip()
    if _CLOSING_MARKS.match(value):
        return _CLOSING_MARKS.sub("", value, count=1).strip()
    return value.removesuffix(marks).strip() if value.count(marks) == 1 else value
