"""Text from outside is made safe here, once, where it comes in; after that it is shown verbatim."""

import re
import unicodedata
from datetime import timedelta

# What a terminal or a text layout would obey instead of show. Textual and Rich pass most of it on, so it
# goes here: C0 but newline, DEL, C1; bidi embeddings, overrides and isolates (they reorder what follows);
# line and paragraph separators; lone surrogates (no UTF-8 form); the tag block U+E0000 (zero width in some
# terminals, two cells in others, and a place to hide words). Other format characters stay: emoji need ZWJ.
_UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SPACED = {"\t": "    ", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}

_UNSEEN = frozenset({"Cf", "Cc", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Kinds of characters that take no room, or none but their own: joiners, marks, blanks."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that look like a blank."""


def clean(text: str) -> str:
    """Many-line text without anything a terminal would obey: newlines stay, tabs become four spaces."""
    if text.isprintable():
        return text
    return _UNSAFE.sub(lambda match: _SPACED.get(match[0], ""), text.replace("\r\n", "\n"))


def clean_line(text: str) -> str:
    """One line of text without anything a terminal would obey: line breaks become spaces."""
    if text.isprintable():
        return text
    return clean(text).replace("\n", " ")


def one_line(text: str) -> str:
    """The text on one line, every run of white space a single space, as chat services normalise it."""
    return single_spaced(clean(text))


def single_spaced(text: str) -> str:
    """The text with every run of white space a single space, and none at its ends; all else stays."""
    return " ".join(text.split())


def first_seen(text: str) -> str:
    """The first character that a reader sees, or "" where nothing of the text is seen."""
    return next((char for char in text if char not in _FILLERS and unicodedata.category(char) not in _UNSEEN), "")


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, cut at a word where there is one, with an ellipsis where anything was cut."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    space = head.rfind(" ")
    return (head[:space] if space > most // 2 else head).rstrip() + "…"


def in_minutes(length: timedelta) -> str:
    """A length of time by the whole minute: ``2 h 05 min``, ``48 min``, ``0 min``."""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"
