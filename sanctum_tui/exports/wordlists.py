"""The word lists that come with this room, and how a line is taken apart into words."""

import re
from functools import cache, lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
# Scripts written without spaces: a run of them is a sentence, not a word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_NOT_WORDS = re.compile(r"(?:https?://|www\.|@)\S+", re.IGNORECASE)
_CACHED = 16_384


def words(text: str) -> list[str]:
    """The words of a line as they were written, without links, mentions, numbers and signs."""
    return _WORD.findall(_NOT_WORDS.sub(" ", text))


def length_in_words(found: list[str]) -> int:
    """How long a thought is, in words; two signs of a script without spaces are about one word."""
    return sum(max(1, len(word) // 2) if _UNSPACED.search(word) else 1 for word in found)


@lru_cache(_CACHED)
def topic(word: str) -> str:
    """The word as it is counted when asking what a talk was about, or empty where it says nothing of that.

    Capitals inside a word are an emote (``PogChamp``) or shouting. A plural counts with its singular.
    """
    folded = word.casefold().replace("’", "'")
    if not 4 <= len(folded) <= 24 or folded in common() or _UNSPACED.search(word):
        return ""
    if any(sign.isupper() for sign in word[1:]) or is_laughter(word):
        return ""
    folded = folded.removesuffix("'s")
    stem = folded[:-1] if folded.endswith("s") and not folded.endswith("ss") and len(folded) > 4 else folded
    return "" if stem in common() else stem


def is_laughter(text: str) -> bool:
    """Whether somebody laughs in it."""
    return any(map(_laughs, text.split()))


@cache
def common() -> frozenset[str]:
    """Words that say nothing about what a talk is about."""
    return frozenset(word for line in _lines("common.txt") for word in line.split())


@lru_cache(_CACHED)
def _laughs(word: str) -> bool:
    # The pattern is slow and an evening's words are few, so each is looked at once.
    return _laughter().search(word) is not None


@cache
def _laughter() -> re.Pattern[str]:
    return re.compile("|".join(_lines("laughter.txt")), re.IGNORECASE)


def _lines(name: str) -> list[str]:
    text = (files("sanctum_tui.exports") / "words" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
