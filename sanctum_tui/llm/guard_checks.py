"""The guard's rules that need nothing but the line itself: word lists, and a few small functions."""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the forms that rules look at, and how long it may be."""

    raw: str
    plain: str
    """Compatibility forms undone (full width, styled letters), tonight's titles replaced by a calm word."""
    folded: str
    """As it looks, in lower-case ASCII (`lookalikes.fold`)."""
    most_characters: int
    most_sentences: int


Check = Callable[[Line], str | None]
"""Says what it found, or None."""


def read_data(name: str) -> dict[str, Any]:
    """One of the guard's own data files."""
    return tomllib.loads((files("sanctum_tui.llm") / name).read_text("utf-8"))


DATA = read_data("guard_rules.toml")

# --- rules that are word lists ------------------------------------------------------------------------


@cache
def checks() -> dict[str, Check]:
    """Every rule that looks at the line alone, by name, compiled at the first line: start-up must not wait for it."""
    return _OWN_CHECKS | {rule["name"]: _listed(rule) for rule in DATA["rule"] if _LISTS & rule.keys()}


_LISTS = {"bounded", "patterns", "written", "keys"}
_CLAUSE = r"(?:^|(?<=[.?!,;:-] ))"
_QUOTED = re.compile(r'"[^"]*"')


def _listed(rule: dict[str, Any]) -> Check:
    """A rule's word lists: over the folded line, and those that look at it as it is written."""
    folded = _compile(rule) if rule.keys() & {"bounded", "patterns"} else None
    written = re.compile("|".join(rule.get("written", ())) or "(?!)", re.IGNORECASE)
    keys = re.compile("|".join(rule.get("keys", ())) or "(?!)", re.IGNORECASE)
    quotes = rule["name"] == "humanity"

    def check(line: Line) -> str | None:
        match = folded.search(_own_words(line.folded) if quotes else line.folded) if folded else None
        if match is None and keys.search(line.plain):
            return "what looks like a key"
        match = match or written.search(line.plain)
        return match[0] if match else None

    return check


def _own_words(folded: str) -> str:
    """What the line quotes is somebody else's claim, where enough of the line is the steward's own."""
    own = _QUOTED.sub('""', folded)
    return own if len(own.split()) >= 4 else folded


def _compile(rule: dict[str, Any]) -> re.Pattern[str]:
    ways = list(rule.get("patterns", ()))
    if "bounded" in rule:
        bounded = "|".join(rule["bounded"]).replace("{clause}", _CLAUSE).replace("'", "'?")
        ways.append(rf"(?<!\w)(?:{bounded})(?!\w)")
    return re.compile("|".join(ways))


# --- rules of their own -------------------------------------------------------------------------------

_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Shown as nothing, though Unicode calls them letters or symbols."""
_SENTENCE_END = re.compile(r"""([.?!…。]+)["'”’)\]]*(?:\s+|(?<=。))(?=\S)""")
_CAPITALS = re.compile(r"[^\W\d_]+")
_SPACED_CAPITALS = re.compile(r"\b(?:[A-Z][ .-]){3,}[A-Z]\b")
_ROMAN = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_PILED = re.compile(r"[?!](?:\s*[?!])+|(?<!\.)\.\.(?!\.)|\.{4,}|\.\s+\.|([,;:~*_—])\1+|-{3,}")
_HASHTAG = re.compile(r"(?<!\w)#\s?[^\W\d]\w*")
_PICTURE = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b55\u2300-\u23ff\u20e3\ufe0f\u3030\u303d\u3297\u3299]"
    r"|(?<![\w(])(?:[:;=]'?[-o^]?[)(\]\[DPpO/\\|3*]|<3|[xX]D|\^_*\^|[TQ]_+[TQ]|[oO]_+[oO])(?!\w)"
    r"|¯\\_|:[a-z_]{2,}:"
)
_EMOTE = re.compile(rf"(?<!\w)(?:{'|'.join(DATA['emotes'])})(?!\w)")


def _empty(line: Line) -> str | None:
    return None if any(map(str.isalnum, line.folded)) else ""


def _command(line: Line) -> str | None:
    first = line.folded[:1]
    return f"“{first}”" if first and first in "/.!\\" else None


def _control(line: Line) -> str | None:
    for character in line.raw:
        if character in "\n\r\x0b\x0c\x85\u2028\u2029":
            return "a line break"
        if (not character.isprintable() and unicodedata.category(character) != "Zs") or character in _BLANKS:
            return f"an invisible character (U+{ord(character):04X})"
    return None


def _length(line: Line) -> str | None:
    count, most = len(line.raw), line.most_characters
    return f"{count} characters long; {most} is the most" if count > most else None


def _sentences(line: Line) -> str | None:
    count, most = 1 + sum(map(_ends_sentence, _SENTENCE_END.finditer(line.plain.strip()))), line.most_sentences
    return f"{count} sentences; {most} is the most" if count > most else None


def _ends_sentence(match: re.Match[str]) -> bool:
    """A full stop does not after an abbreviation or an initial, nor an ellipsis before a small letter."""
    stops = match[1]
    if stops == ".":
        before = match.string[: match.start()].split()
        word = before[-1].strip("\"'“‘([") if before else ""
        initial = len(word) == 1 and word.isupper() and word != "I"
        return not initial and word.lower() not in DATA["abbreviations"]
    follower = match.string[match.end()]
    return not (stops in ("…", "...") and follower.islower())


def _shouting(line: Line) -> str | None:
    loud = [word for word in _CAPITALS.findall(line.plain) if _is_loud(word)]
    if len(loud) > 1 or any(len(word) > 3 for word in loud):
        return " ".join(loud)
    spaced = _SPACED_CAPITALS.search(line.plain)
    return spaced[0] if spaced else None


def _is_loud(word: str) -> bool:
    singular = word.removesuffix("s")
    if len(singular) < 2 or singular in DATA["known_capitals"] or _ROMAN.fullmatch(singular):
        return False
    return word.isupper() or (len(word) > 3 and sum(map(str.isupper, word)) * 2 > len(word))


def _exclamation(line: Line) -> str | None:
    return "!" if "!" in line.plain or "¡" in line.plain else None


def _mention(line: Line) -> str | None:
    return "@" if "@" in line.plain else None


def _emoji(line: Line) -> str | None:
    # On the line as it came: folding makes a picture a space, and full-width colons are no faces.
    match = _PICTURE.search(line.raw) or _EMOTE.search(line.raw)
    return match[0] if match else None


def _found_in_plain(pattern: re.Pattern[str]) -> Check:
    def check(line: Line) -> str | None:
        match = pattern.search(line.plain)
        return match[0] if match else None

    return check


_OWN_CHECKS: dict[str, Check] = {
    "empty": _empty,
    "command": _command,
    "control": _control,
    "length": _length,
    "sentences": _sentences,
    "shouting": _shouting,
    "exclamation": _exclamation,
    "punctuation": _found_in_plain(_PILED),
    "mention": _mention,
    "hashtag": _found_in_plain(_HASHTAG),
    "emoji": _emoji,
}
