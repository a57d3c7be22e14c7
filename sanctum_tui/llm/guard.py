"""The style guard: whether a line, whoever wrote it, may stand, and if not, why.

Pure, and quick enough to be asked at every key press. The rules and their words are in ``guard_rules.toml``.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sanctum_tui.lookalikes import fold
from sanctum_tui.text import shorten

TOO_ALIKE = 80.0
"""Likeness in per cent (rapidfuzz) from which two lines count as the same one."""
SAME_WORDS = 90.0
"""Likeness from which two lines of the same words in another order count as the same one."""
_MOST_SHOWN = 40
"""Characters of a line that a finding quotes."""


@dataclass(frozen=True, slots=True)
class Style:
    """How long a line may be, without its signature."""

    max_characters: int = 200
    max_sentences: int = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a line breaks, and in one sentence for the operator, how."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The guard's word on a line: it stands where nothing was found."""

    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.findings


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as a help screen shows it."""

    name: str
    promise: str
    reason: str
    """What is said of a line that breaks it, with ``{found}`` for what was found."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in the three forms that rules look at."""

    raw: str
    plain: str
    """Compatibility forms undone (full width, styled letters), tonight's titles replaced by a calm word."""
    folded: str
    style: Style


_Check = Callable[[_Line], str | None]
"""Says what it found, or None."""


def _read_rules() -> dict[str, Any]:
    return tomllib.loads((files("sanctum_tui.llm") / "guard_rules.toml").read_text("utf-8"))


_DATA = _read_rules()
RULES: tuple[Rule, ...] = tuple(Rule(rule["name"], rule["promise"], rule["reason"]) for rule in _DATA["rule"])
"""Every rule, in the order in which findings are told."""


def inspect(
    line: str,
    style: Style = Style(),
    *,
    said: Sequence[str] = (),
    names: Collection[str] = (),
    titles: Collection[str] = (),
) -> Verdict:
    """Look at a line as it would be posted, without its signature, and tell every rule that it breaks.

    `said` are lines that must not come again; `names` are viewers' names. `titles` are names of works as
    tonight's dashboard writes them: what is in them ("DREDGE", "Okami!") is not the line's own loudness.
    """
    plain = unicodedata.normalize("NFKC", line)
    for title in titles:
        if title.strip():
            plain = plain.replace(unicodedata.normalize("NFKC", title), "it")
    seen = _Line(line, plain, " ".join(fold(plain).split()), style)
    findings = []
    for rule in RULES:
        if rule.name == "name":
            found = _viewer_named(line, names) if names else None
        elif rule.name == "repetition":
            found = _said_before(line, said) if said else None
        else:
            found = _checks()[rule.name](seen)
        if found is not None:
            reason = rule.reason.replace("{found}", shorten(found.strip(), _MOST_SHOWN))
            findings.append(Finding(rule.name, reason))
            if rule.name == "empty":
                break
    return Verdict(tuple(findings))


# --- rules that are word lists ------------------------------------------------------------------------


@cache
def _checks() -> dict[str, _Check]:
    """Every rule by name, compiled at the first line: start-up must not wait for it."""
    listed = {rule["name"]: _compile(rule) for rule in _DATA["rule"] if "bounded" in rule}
    return _OWN_CHECKS | {
        name: (_humanity if name == "humanity" else _words)(pattern) for name, pattern in listed.items()
    }


def _compile(rule: dict[str, Any]) -> re.Pattern[str]:
    bounded = "|".join(rule["bounded"]).replace("{clause}", _CLAUSE).replace("'", "'?")
    return re.compile("|".join((*rule.get("patterns", ()), rf"(?<!\w)(?:{bounded})(?!\w)")))


_CLAUSE = r"(?:^|(?<=[.?!,;:-] ))"
_QUOTED = re.compile(r'"[^"]*"')


def _words(pattern: re.Pattern[str]) -> _Check:
    def check(line: _Line) -> str | None:
        match = pattern.search(line.folded)
        return match[0] if match else None

    return check


def _humanity(pattern: re.Pattern[str]) -> _Check:
    """As `_words`, but what the line quotes is somebody else's, where enough of it is the steward's own."""

    def check(line: _Line) -> str | None:
        own = _QUOTED.sub('""', line.folded)
        match = pattern.search(own if len(own.split()) >= 4 else line.folded)
        return match[0] if match else None

    return check


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
_EMOTE = re.compile(rf"(?<!\w)(?:{'|'.join(_DATA['emotes'])})(?!\w)")


def _empty(line: _Line) -> str | None:
    return None if any(map(str.isalnum, line.folded)) else ""


def _command(line: _Line) -> str | None:
    first = line.folded[:1]
    return f"“{first}”" if first and first in "/.!\\" else None


def _control(line: _Line) -> str | None:
    for character in line.raw:
        if character in "\n\r\x0b\x0c\x85\u2028\u2029":
            return "a line break"
        if (not character.isprintable() and unicodedata.category(character) != "Zs") or character in _BLANKS:
            return f"an invisible character (U+{ord(character):04X})"
    return None


def _length(line: _Line) -> str | None:
    count, most = len(line.raw), line.style.max_characters
    return f"{count} characters long; {most} is the most" if count > most else None


def _sentences(line: _Line) -> str | None:
    count, most = 1 + sum(map(_ends_sentence, _SENTENCE_END.finditer(line.plain.strip()))), line.style.max_sentences
    return f"{count} sentences; {most} is the most" if count > most else None


def _ends_sentence(match: re.Match[str]) -> bool:
    """A full stop does not after an abbreviation or an initial, nor an ellipsis before a small letter."""
    stops = match[1]
    if stops == ".":
        before = match.string[: match.start()].split()
        word = before[-1].strip("\"'“‘([") if before else ""
        initial = len(word) == 1 and word.isupper() and word != "I"
        return not initial and word.lower() not in _DATA["abbreviations"]
    follower = match.string[match.end()]
    return not (stops in ("…", "...") and follower.islower())


def _shouting(line: _Line) -> str | None:
    loud = [word for word in _CAPITALS.findall(line.plain) if _is_loud(word)]
    if len(loud) > 1 or any(len(word) > 3 for word in loud):
        return " ".join(loud)
    spaced = _SPACED_CAPITALS.search(line.plain)
    return spaced[0] if spaced else None


def _is_loud(word: str) -> bool:
    singular = word.removesuffix("s")
    if len(singular) < 2 or singular in _DATA["known_capitals"] or _ROMAN.fullmatch(singular):
        return False
    return word.isupper() or (len(word) > 3 and sum(map(str.isupper, word)) * 2 > len(word))


def _exclamation(line: _Line) -> str | None:
    return "!" if "!" in line.plain or "¡" in line.plain else None


def _mention(line: _Line) -> str | None:
    return "@" if "@" in line.plain else None


def _emoji(line: _Line) -> str | None:
    # On the line as it came: folding makes a picture a space, and full-width colons are no faces.
    match = _PICTURE.search(line.raw) or _EMOTE.search(line.raw)
    return match[0] if match else None


def _found_in_plain(pattern: re.Pattern[str]) -> _Check:
    def check(line: _Line) -> str | None:
        match = pattern.search(line.plain)
        return match[0] if match else None

    return check


_OWN_CHECKS: dict[str, _Check] = {
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

# --- rules about others -------------------------------------------------------------------------------


def _tokens(folded: str) -> str:
    return f" {' '.join(_WORD.findall(folded))} "


_WORD = re.compile(r"\w+")
_EVERYDAY = frozenset(_DATA["everyday_words"])
_fold_known = lru_cache(maxsize=4096)(fold)


def _viewer_named(line: str, names: Collection[str]) -> str | None:
    """A name as whole words, in any disguise. Shorter than three letters, or an everyday word, it is no name."""
    tokens = _tokens(fold(line))
    for name in names:
        folded = _tokens(_fold_known(name))
        if (len(folded.strip()) > 2 and folded.strip() not in _EVERYDAY and folded in tokens) or (
            # Scripts written without spaces have no whole words.
            len(name) > 1 and not name.isascii() and name in line
        ):
            return name
    return None


def _said_before(line: str, said: Sequence[str]) -> str | None:
    # Only here: most lines are looked at with nothing said yet.
    from rapidfuzz import fuzz, process

    folded = fold(line)
    earlier = [_fold_known(other) for other in said]
    for likeness, least in ((fuzz.ratio, TOO_ALIKE), (fuzz.token_sort_ratio, SAME_WORDS)):
        if match := process.extractOne(folded, earlier, scorer=likeness, score_cutoff=least):
            return said[match[2]]
    return None
