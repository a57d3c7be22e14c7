"""What the fields of a dashboard are called: by the code, by a person, by a heading, and by streamers."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

KEYS = ("title", "game", "mood", "notification", "social_post", "goals", "angle")
"""The fields of `Dashboard` that are read from markdown, in the template's order."""

SHORT_KEYS = ("title", "game", "mood")
"""Those that are one short line."""

_LONGEST_NAME = 80  # a longer heading is a sentence, not a name
_BRACKETS = re.compile(r"\([^()]*\)|#\w+")
_APOSTROPHES = re.compile("['’‘]")
_NOT_LETTERS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class Names:
    """The packaged word list, ready for looking up."""

    human: dict[str, str]
    heading: dict[str, str]
    by_name: dict[str, str]
    noise: frozenset[str]


@cache
def _names() -> Names:
    table = tomllib.loads((files(__package__) / "names.toml").read_text("utf-8"))
    fields = table["field"]
    return Names(
        human={field["key"]: field["human"] for field in fields},
        heading={field["key"]: field["heading"] for field in fields},
        by_name={name: field["key"] for field in fields for name in field["names"]},
        noise=frozenset(table["noise"]),
    )


def human_name(key: str) -> str:
    """What a person calls the field: "go-live notification"."""
    return _names().human[key]


def template_heading(key: str) -> str:
    """The heading it has in the template, without the signs before it: "4. Session Goals"."""
    return _names().heading[key]


def field_called(text: str) -> str:
    """The key of the field that a heading or a label names, or nothing where it names none."""
    if len(text) > _LONGEST_NAME:
        return ""
    letters = _NOT_LETTERS.sub(" ", _APOSTROPHES.sub("", _BRACKETS.sub(" ", text.casefold())))
    names = _names()
    return names.by_name.get(" ".join(word for word in letters.split() if word not in names.noise), "")
