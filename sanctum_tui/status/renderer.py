"""An event as one short line, out of templates: a file for each thing to say, a folder for each language.

A file is named ``{kind}.{source}.{stage}.txt``; where there is none, ``{kind}.{source}.txt`` is used, and where
there is none either, ``{kind}.txt``. Each of its lines is one way to say it. ``{tool}`` and ``{seconds}`` stand for
what the event tells; ``tools.txt`` has the tools' names as people call them.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate

from sanctum_tui.status.events import StatusEvent
from sanctum_tui.text import one_line

LANGUAGES = ("en", "zh")
MOST_CELLS = 60
"""Width of the longest line: it has to fit beside the rest of a status line on a screen of 120 cells."""

_TOOLS = "tools"
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PLACEHOLDERS = {"tool", "seconds"}


@dataclass(frozen=True, slots=True)
class Template:
    """One way to say it."""

    text: str
    slots: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Templates:
    """All that can be said in one language."""

    lines: Mapping[str, tuple[Template, ...]]
    """By file, without its ending."""
    tools: Mapping[str, str]
    """What people call a tool, by the name that a model calls it by."""


def read_templates(folder: Traversable) -> Templates:
    """The templates of a folder. Raises ValueError, which names the file, for a line that cannot be used."""
    lines: dict[str, tuple[Template, ...]] = {}
    tools: dict[str, str] = {}
    for file in folder.iterdir():
        name = file.name.removesuffix(".txt")
        if name == file.name:
            continue
        texts = [text for line in file.read_text(encoding="utf-8").splitlines() if (text := line.strip())]
        if name == _TOOLS:
            pairs = (text.partition("=") for text in texts)
            tools = {tool.strip(): called.strip() for tool, _, called in pairs}
        else:
            lines[name] = tuple(_template(text, file.name) for text in texts)
    return Templates(lines, tools)


@cache
def templates_of(language: str) -> Templates:
    """The templates that come with the console; those in English where there are none in a language."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    return read_templates(files("sanctum_tui.status") / "templates" / known)


def cells(text: str) -> int:
    """How many cells of a terminal a text takes at the most."""
    return sum(map(_cells_of, text))


class Renderer:
    """Chooses among the lines that fit an event; never one twice in a row where there is another."""

    def __init__(
        self,
        language: Callable[[], str],
        *,
        chance: random.Random,
        templates: Callable[[str], Templates] = templates_of,
    ) -> None:
        """`language` is asked for each line, so that it can change while the console runs."""
        self._language = language
        self._chance = chance
        self._templates = templates
        self._last: dict[str, Template] = {}
        """The one used last, by file; in whichever language."""

    def render(self, event: StatusEvent) -> str:
        """One line of at most `MOST_CELLS`. Raises LookupError where no template fits."""
        templates = self._templates(self._language())
        slots = _slots(event, templates)
        for name in _names(event):
            if fitting := _fitting(templates.lines.get(name, ()), slots):
                return _filled(self._pick(name, fitting), slots)
        raise LookupError(f"no status template for {event.kind.value}")

    def _pick(self, name: str, fitting: list[Template]) -> Template:
        others = [template for template in fitting if template != self._last.get(name)]
        picked = self._chance.choice(others or fitting)
        self._last[name] = picked
        return picked


def _template(text: str, file: str) -> Template:
    slots = frozenset(_PLACEHOLDER.findall(text))
    rest = _PLACEHOLDER.sub("", text)
    if not slots <= _PLACEHOLDERS or "{" in rest or "}" in rest:
        known = " and ".join(f"{{{name}}}" for name in sorted(_PLACEHOLDERS))
        raise ValueError(f"{file} has the line {text!r}, in which only {known} may stand in braces.")
    return Template(text, slots)


def _names(event: StatusEvent) -> tuple[str, str, str]:
    kind = event.kind.value
    return f"{kind}.{event.source}.{event.stage}", f"{kind}.{event.source}", kind


def _slots(event: StatusEvent, templates: Templates) -> dict[str, str]:
    """What can be filled in. A tool that has no name among people is quoted as it is."""
    slots: dict[str, str] = {}
    if event.whole_seconds is not None:
        slots["seconds"] = str(event.whole_seconds)
    if called := templates.tools.get(event.tool):
        slots["tool"] = called
    elif spoken := one_line(event.tool.replace("_", " ")):
        slots["tool"] = f"“{spoken}”"
    return slots


def _fitting(templates: tuple[Template, ...], slots: Mapping[str, str]) -> list[Template]:
    """Those that can be filled; of these, those that tell the most."""
    possible = [template for template in templates if template.slots <= slots.keys()]
    most = max((len(template.slots) for template in possible), default=0)
    return [template for template in possible if len(template.slots) == most]


def _filled(template: Template, slots: Mapping[str, str]) -> str:
    """The line with its slots filled. What is too long is cut in the tool's name, which is not ours."""
    room = MOST_CELLS - cells(
        _PLACEHOLDER.sub(lambda slot: "" if slot[1] == "tool" else slots[slot[1]], template.text)
    )
    cut = {**slots, "tool": _cut(slots.get("tool", ""), max(1, room))}
    # In one pass: braces in a tool's name are not looked at again.
    return _cut(_PLACEHOLDER.sub(lambda slot: cut[slot[1]], template.text), MOST_CELLS)


def _cut(text: str, most: int) -> str:
    if cells(text) <= most:
        return text
    wide = accumulate(map(_cells_of, text))
    return text[: sum(width < most for width in wide)].rstrip() + "…"


def _cells_of(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in "WF":
        return 2
    # Nothing is taken off for what joins emoji or makes them wide: a line too short does no harm.
    return 0 if unicodedata.category(sign) in ("Mn", "Me") else 1
