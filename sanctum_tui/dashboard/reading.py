"""Reads a dashboard from its markdown, and remembers where each field was found."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from sanctum_tui.dashboard.blocks import MOST_CHARACTERS, Block, Kind, Page, take_apart
from sanctum_tui.dashboard.front_matter import read_entries
from sanctum_tui.dashboard.inline import MOST_CHARACTERS as LONGEST_FIELD
from sanctum_tui.dashboard.inline import plain, unquoted, without_bullet, without_checkbox
from sanctum_tui.dashboard.names import KEYS, SHORT_KEYS, field_called, human_name
from sanctum_tui.dashboard.rules import broken_rules
from sanctum_tui.dashboard.sections import LABEL_LEVEL, Section, find_sections
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean, one_line

_MOST_GOALS = 50
_TAG_LINE = re.compile(r"(?:#[^\s#]+[ \t]*)+$")
_TAG_FIELD = re.compile(r"#?(game|mood)/([\w/-]+)$")
_PLAYING = re.compile(
    r"\b[Pp]laying\s+(?P<game>[A-Z0-9][\w'’&-]*(?::?\s+(?:(?:of|the|and|in|to|at|on|from)\s+){0,2}[A-Z0-9][\w'’&-]*){0,7})"
)

Words = str | tuple[str, ...]
"""A field's value: goals are many, the others are one text."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field's words stand, so that they can be replaced there."""

    section: Section | None = None
    """Its section, or None where it stands in the front matter (or nowhere)."""
    first: int = 0
    last: int = 0
    """The lines of its words, from `first` up to but not with `last`; equal where there are none."""
    code: bool = False
    """The words stand in a fence, whose lines `first` and `last` are not."""
    on_line: bool = False
    """They stand behind the name, on the line `first`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A dashboard, and what the writer has to know about where it came from."""

    dashboard: Dashboard
    places: dict[str, Place]
    """For each field that the markdown names, the place that counts."""
    page: Page
    guessed: bool
    """Nothing names the game; it was taken from what the other fields say."""


def read(markdown: str) -> Reading:
    """Read any text as a dashboard. Never fails: what is not there is missing, what is odd is a warning."""
    page = take_apart(markdown)
    values: dict[str, Words] = {}
    places: dict[str, Place] = {}
    warnings: list[str] = []
    named: Counter[str] = Counter()
    for section in find_sections(page):
        words, place = _take(section)
        named[section.key] += bool(words) or section.level < LABEL_LEVEL
        if section.key not in places or (words and not values[section.key]):
            values[section.key] = words
            places[section.key] = place
    _fall_back(page, values, places)
    guess = "" if values.get("game") else _game_played(values)
    if guess:
        values["game"] = guess
        warnings.append(f"No line names the game; “{guess}” was taken from the text.")
    warnings += [
        f"The {human_name(key)} is there {named[key]} times; the first one with words counts."
        for key in KEYS
        if named[key] > 1
    ]
    if page.cut:
        warnings.append(f"The file is very long; only its first {MOST_CHARACTERS // 1024} KiB or so were read.")
    if page.lines and page.lines[0].lstrip("\ufeff").rstrip() == "---" and not _front_matter(page):
        warnings.append("The front matter never ends: the closing line --- is missing.")
    goals = values.get("goals", ())
    dashboard = Dashboard(
        markdown=markdown,
        title=_text(values.get("title")),
        game=_text(values.get("game")),
        mood=_text(values.get("mood")),
        notification=_text(values.get("notification")),
        social_post=_text(values.get("social_post")),
        goals=goals if isinstance(goals, tuple) else (),
        angle=_text(values.get("angle")),
        missing=tuple(human_name(key) for key in KEYS if not values.get(key)),
    )
    dashboard = replace(dashboard, warnings=(*warnings, *broken_rules(dashboard)))
    return Reading(dashboard, places, page, bool(guess))


def settle(key: str, text: str) -> Words:
    """A plain text as the value of a field: cleaned, on one line where the field is one, goals one a line."""
    text = clean(text[:LONGEST_FIELD])
    if key == "goals":
        goals = (without_bullet(line) for line in text.split("\n"))
        return tuple(goal for goal in goals if goal)[:_MOST_GOALS]
    if key == "social_post":
        return unquoted("\n".join(line.rstrip() for line in text.split("\n")).strip())
    return unquoted(one_line(text))


def _take(section: Section) -> tuple[Words, Place]:
    """The words of a section, and the lines they stand on."""
    key = section.key
    on_line = Place(section, section.line, section.body, on_line=True)
    below, place = _take_below(section)
    if section.tail:
        tail = _markdown_words(key, section.tail)
        if not section.real and key not in SHORT_KEYS and key != "goals":
            return _markdown_words(key, _joined(section.tail, section.blocks)), on_line
        if tail and (key in SHORT_KEYS or not below):
            return tail, on_line
    return below, place


def _joined(tail: str, blocks: tuple[Block, ...]) -> str:
    return "\n".join((tail, *(line for block in blocks for line in block.lines)))


def _take_below(section: Section) -> tuple[Words, Place]:
    key = section.key
    blocks = [block for block in section.blocks if not block.callout or section.quotes] or list(section.blocks)
    blocks = [block for number, block in enumerate(blocks) if not _leads_in(block, blocks[number + 1 :])]
    for block in blocks:
        if block.kind is Kind.CODE and (words := settle(key, "\n".join(block.lines))):
            return words, Place(section, block.first, block.last, code=True)
    told = [(block, words) for block in blocks if (words := _block_words(key, block))]
    items = [(block, words) for block, words in told if block.kind is Kind.ITEM]
    if key == "goals" and items:
        told = _topmost(items)
    elif key in ("title", "game"):
        told = told[:1]
    elif key == "mood":
        told = items or told[:1]
    if not told:
        return settle(key, ""), Place(section, section.body, section.body)
    place = Place(section, told[0][0].first, _end_of_words(key, told, blocks))
    between = {"mood": ", ", "goals": "\n", "social_post": "\n\n"}.get(key, " ")
    if key == "social_post" and items:
        between = "\n"
    if key == "goals" and not items and len(told) == 1 and "\n" not in told[0][1]:
        return settle(key, told[0][1].replace(";", "\n")), place
    return settle(key, between.join(words for _, words in told)), place


def _end_of_words(key: str, told: list[tuple[Block, str]], blocks: list[Block]) -> int:
    """The line behind the last words; behind a goal's own sub-points, too, which go with it."""
    last = told[-1][0]
    if key == "goals" and last.kind is Kind.ITEM:
        return max(block.last for block in blocks if block.level >= last.level)
    return last.last


def _topmost(items: list[tuple[Block, str]]) -> list[tuple[Block, str]]:
    """The goals themselves, without the points below a goal; a goal is one line."""
    level = min(block.level for block, _ in items)
    return [(block, one_line(words)) for block, words in items if block.level == level]


def _leads_in(block: Block, behind: list[Block]) -> bool:
    """Whether a paragraph only announces what follows it ("Copy this:")."""
    if block.kind is not Kind.TEXT or not behind or not block.lines[-1].rstrip("*_ ").endswith((":", "：")):
        return False
    return behind[0].kind is Kind.CODE or behind[0].quotes > block.quotes


def _block_words(key: str, block: Block) -> str:
    """The words of a paragraph or an item; none where it is only Obsidian tags."""
    if block.kind is Kind.CODE:
        return ""
    lines = list(block.lines)
    if block.kind is Kind.ITEM:
        lines[0] = without_checkbox(lines[0])
    if key != "social_post":
        lines = [line for line in lines if not _TAG_LINE.match(line.strip())]
    return plain("\n".join(lines)).strip()


def _markdown_words(key: str, markdown: str) -> Words:
    words = plain(markdown)
    return settle(key, words.replace(";", "\n") if key == "goals" else words)


def _front_matter(page: Page) -> Block | None:
    return next((block for block in page.blocks if block.kind is Kind.FRONT_MATTER), None)


def _fall_back(page: Page, values: dict[str, Words], places: dict[str, Place]) -> None:
    """Fill what the text does not have from the front matter: its entries, then tags such as ``game/windrose``."""
    block = _front_matter(page)
    if block is None:
        return
    tags: list[str] = []
    for entry in read_entries(block.lines):
        if entry.name.casefold() in ("tags", "tag"):
            tags += entry.values
        key = field_called(entry.name)
        if not key or values.get(key):
            continue
        words = _markdown_words(key, ("\n" if key in ("goals", "social_post") else ", ").join(entry.values))
        if words:
            values[key] = words
            places[key] = Place(None, entry.line, entry.line + 1, on_line=entry.on_line and len(entry.values) == 1)
    for tag in tags:
        if (match := _TAG_FIELD.match(tag)) and not values.get(match[1]):
            words = re.sub(r"[/_-]+", " ", match[2]).strip()
            values[match[1]] = words.title() if match[1] == "game" else words
            places.pop(match[1], None)


def _game_played(values: dict[str, Words]) -> str:
    for key in ("notification", "title", "social_post", "angle"):
        if match := _PLAYING.search(_text(values.get(key))):
            return one_line(match["game"])
    return ""


def _text(words: Words | None) -> str:
    return words if isinstance(words, str) else ""
