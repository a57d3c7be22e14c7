"""Changes one field in the dashboard's markdown and leaves every other byte of it as it is."""

import re
from collections.abc import Iterator

from sanctum_tui.dashboard.blocks import Kind, split_lines
from sanctum_tui.dashboard.names import KEYS, SHORT_KEYS, template_heading
from sanctum_tui.dashboard.reading import Place, Reading, Words, read, settle
from sanctum_tui.dashboard.sections import LABEL_LEVEL

_QUOTE_SIGNS = re.compile(r"[ ]{0,3}(?:>[ ]?)+")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_MARKUP = re.compile(r"[\\`*_\[\]<>&=^|~]|^[#+-](?!#*\w)")
_NUMBER = re.compile(r"^(\d+)([.)])")
_BACKTICKS = re.compile("`+")


def replace_field(markdown: str, field: str, value: str) -> str:
    """The markdown with another value for one field, named as in `Dashboard`; goals are one a line.

    The new words go where the old ones stand, and where there are none, into the section or into a new one at
    the end. They are written plainly, or as code where markdown would read something else in them: so
    `parse` gives the value back, and the other fields as they were. An empty value takes the words out.

    Raises KeyError for a field there is not.
    """
    if field not in KEYS:
        raise KeyError(field)
    before = read(markdown)
    wanted = settle(field, value)
    # A game that was only guessed from the other fields may go when one of them does.
    others = [key for key in KEYS if key != field and not (key == "game" and before.guessed)]
    candidate = markdown
    for candidate in _candidates(markdown, before, field, wanted):
        after = read(candidate).dashboard
        kept = all(getattr(after, key) == getattr(before.dashboard, key) for key in others)
        if getattr(after, field) == wanted and kept:
            return candidate
    return candidate


def _candidates(markdown: str, before: Reading, field: str, words: Words) -> Iterator[str]:
    """Ways to write it, the plainest first."""
    newline = match[0] if (match := _LINE_BREAK.search(markdown)) else "\n"
    lines = split_lines(markdown)
    body = _body(words)
    place = before.places.get(field)
    if place is not None and (place.on_line or _is_bare_label(lines, place)):
        text = "; ".join(words) if isinstance(words, tuple) else " ".join(words.split())
        yield from (_on_line(lines, place, form) for form in (text, f'"{text}"', _code_span(text)) if words)
        # Words that need more than a line cannot stay behind their label: they get a section.
        named, last = _lines_of(place)
        markdown = "".join((*lines[:named], *lines[last:]))
        if not words:
            yield _on_line(lines, place, "")
            yield markdown
    elif place is not None and place.section is not None:
        if place.code:
            yield _in_fence(lines, place, body, newline)
        elif not words:
            yield _below(lines, place, [], newline)
        else:
            for form in (body, _escaped(words), _fence(body)):
                yield _below(lines, place, form, newline)
    if words:
        heading = f"### {template_heading(field)}"
        for form in (body, _escaped(words), _fence(body)):
            yield _appended(markdown, [heading, "", *form], newline)
        # Where the end of the file is no place for a heading (in a fence that never ends) its beginning is.
        yield _at_the_top(before, lines, [heading, "", *_fence(body), "", "---", ""], newline)


def _is_bare_label(lines: list[str], place: Place) -> bool:
    """Whether a label waits for its words: ``**Game:**`` with nothing behind or below it."""
    section = place.section
    if section is None or section.level < LABEL_LEVEL or place.first != place.last or section.key not in SHORT_KEYS:
        return False
    return lines[section.line].rstrip("*_ \t\r\n").endswith((":", "："))


def _body(words: Words) -> list[str]:
    """The words as lines of markdown, plainly."""
    return [f"- {goal}" for goal in words] if isinstance(words, tuple) else words.split("\n")


def _escaped(words: Words) -> list[str]:
    """Likewise, with a backslash before each sign that markdown might read as its own."""
    if isinstance(words, tuple):
        return [f"- {_escape(goal)}" for goal in words]
    return [_escape(line) for line in words.split("\n")]


def _escape(line: str) -> str:
    return _NUMBER.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", line))


def _fence(body: list[str]) -> list[str]:
    ticks = "`" * max(3, 1 + max((len(run) for line in body for run in _BACKTICKS.findall(line)), default=0))
    return [ticks, *body, ticks]


def _code_span(text: str) -> str:
    ticks = "`" * (1 + max(map(len, _BACKTICKS.findall(text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{space}{text}{space}{ticks}"


def _on_line(lines: list[str], place: Place, text: str) -> str:
    """The words behind a label or a heading's name, and those of its paragraph that follow."""
    named, last = _lines_of(place)
    content, _ = _split_ending(lines[named])
    if place.section is not None:
        old = place.section.tail
        at = content.rfind(old) if old else -1
        head, rest = (content[:at], content[at + len(old) :]) if at >= 0 else (content.rstrip() + " ", "")
    else:
        head, rest = content[: content.index(":") + 1] + " ", ""
    return "".join((*lines[:named], head, text, rest, _split_ending(lines[last - 1])[1], *lines[last:]))


def _lines_of(place: Place) -> tuple[int, int]:
    """The line of a label, and the one behind the last line of its paragraph's words."""
    if place.section is None:
        return place.first, place.last
    ends = [block.last for block in place.section.blocks] if not place.section.real else []
    return place.section.line, max((place.section.body, *ends))


def _split_ending(line: str) -> tuple[str, str]:
    content = line.rstrip("\r\n")
    return content, line[len(content) :]


def _in_fence(lines: list[str], place: Place, body: list[str], newline: str) -> str:
    """The lines between a fence's two marks."""
    first, last = place.first + 1, place.last - 1
    signs = _signs(lines[place.first])
    return "".join((*lines[:first], *(f"{signs}{line}{newline}" for line in body), *lines[last:]))


def _below(lines: list[str], place: Place, body: list[str], newline: str) -> str:
    """The lines under a heading: in place of the old words, or right under the heading where there are none."""
    assert place.section is not None
    signs = _signs(lines[place.section.line]) if place.section.quotes else ""
    written = [f"{signs}{line}".rstrip() + newline for line in body]
    head, rest = list(lines[: place.first]), lines[place.last :]
    if place.first == place.last and body:
        written = [signs.rstrip() + newline, *written]
        if rest and rest[0].strip():
            written.append(newline)
    if head and not head[-1].endswith(("\n", "\r")):
        head[-1] += newline
    if written and not rest and lines and not lines[-1].endswith(("\n", "\r")):
        written[-1] = written[-1].removesuffix(newline)
    return "".join((*head, *written, *rest))


def _signs(line: str) -> str:
    match = _QUOTE_SIGNS.match(line)
    return match[0] if match else ""


def _appended(markdown: str, section: list[str], newline: str) -> str:
    if not markdown.strip("\ufeff"):
        gap = ""
    elif markdown.endswith(("\n", "\r")):
        gap = newline
    else:
        gap = newline * 2
    return markdown + gap + newline.join(section) + newline


def _at_the_top(before: Reading, lines: list[str], section: list[str], newline: str) -> str:
    top = next((block.last for block in before.page.blocks if block.kind is Kind.FRONT_MATTER), 0)
    mark = "\ufeff" if top == 0 and lines and lines[0].startswith("\ufeff") else ""
    rest = "".join(lines[top:]).removeprefix(mark)
    head = "".join(lines[:top])
    if head and not head.endswith(("\n", "\r")):
        head += newline
    return "".join((mark, head, *(f"{line}{newline}" for line in section), rest))
