"""The few shapes of YAML that people write before a note: plain values, lists, and folded text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_ENTRY = re.compile(r"([A-Za-z][\w -]{0,40}?)[ \t]*:(?:[ \t]+(.*)|)$")
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)$")
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?[ \t]*$")


@dataclass(slots=True)
class Entry:
    """One ``name: value``, with what is indented below it."""

    name: str
    line: int
    """The line it begins on, counted from 0."""
    values: list[str]
    """One, or those of a list; none where it is empty."""
    on_line: bool
    """Its value is behind the name, on the same line."""
    joint: str = ""
    """What its further lines are joined with, where they are one text."""


def read_entries(lines: Sequence[str]) -> list[Entry]:
    """The entries in order. What is no entry is passed over; nothing is an error."""
    entries: list[Entry] = []
    for number, line in enumerate(lines):
        if found := _ENTRY.match(line):
            value = (found[2] or "").strip()
            scalar = _BLOCK_SCALAR.match(value)
            joint = {"|": "\n", ">": " "}[value[0]] if scalar else ""
            values = [] if scalar else _flow(value)
            entries.append(Entry(found[1], number, values, bool(values), joint))
        elif entries and not entries[-1].on_line and line.strip() and line.startswith((" ", "\t", "- ")):
            entry = entries[-1]
            item = _ITEM.match(line)
            if not entry.joint:
                entry.values.append(_scalar(item[1] if item else line))
            elif entry.values:
                entry.values[0] += entry.joint + line.strip()
            else:
                entry.values.append(line.strip())
    return entries


def _flow(value: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and not value.startswith("[["):
        return [part for part in map(_scalar, value.strip("[]").split(",")) if part]
    scalar = _scalar(value)
    return [scalar] if scalar else []


def _scalar(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        quote = value[0]
        return value[1:-1].replace(quote * 2, quote) if quote == "'" else value[1:-1].replace('\\"', '"')
    value = _COMMENT.sub("", value).strip()
    return "" if value in {"~", "null"} else value
