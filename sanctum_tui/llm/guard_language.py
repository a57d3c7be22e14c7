"""Whether a line is in the language that is set: by its letters, and by the small words of a sentence."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, TypeAlias

from sanctum_tui.llm.guard_checks import DATA, read_data

Language: TypeAlias = Literal["en", "zh", "any"]

_DATA = read_data("guard_words.toml")
ENGLISH = frozenset(_DATA["english"])
_FOREIGN = frozenset(_DATA["foreign"])
_EVERYDAY = frozenset(DATA["everyday_words"]) - _FOREIGN
_WORD = re.compile(r"[^\W\d_]+")
_LOANED = frozenset("abcdefghijklmnopqrstuvwxyzáàâäãåæçéèêëíìîïñóòôöøœúùûü")
"""Letters that stand in words which English has taken in; any other speaks for another language."""
_FEW = 3
"""From so many words on, one of another language and none of English is enough."""
_SHORT = 4
"""So many words may do without any word that holds a sentence together."""


def other_language(plain: str, language: Language) -> str | None:
    """What shows that the line is in another language than the one that is set, or None."""
    if language == "any":
        return None
    letters = [character for character in plain if character.isalpha()]
    if language == "zh":
        return _not_chinese(letters)
    if not plain.isascii():
        for letter in letters:
            if not letter.isascii() and _script(letter) != "LATIN":
                return f"“{letter}” is no letter of English"
    words = _WORD.findall(plain.casefold())
    small = sum(word in ENGLISH for word in words)
    foreign = [word for word in words if word in _FOREIGN]
    if not small and (strange := next((letter for letter in letters if letter.lower() not in _LOANED), None)):
        return f"“{strange}” is no letter of English"
    if len(foreign) > max(1, small) or (foreign and not small and len(words) >= _FEW):
        return f"“{foreign[0]}” is no English word"
    if len(words) > _SHORT and not small and _EVERYDAY.isdisjoint(words):
        return "no word in it holds an English sentence together"
    return None


def _not_chinese(letters: list[str]) -> str | None:
    scripts = [_script(letter) for letter in letters]
    if "HIRAGANA" in scripts or "KATAKANA" in scripts or "HANGUL" in scripts:
        return "it has letters that Chinese does not"
    if scripts.count("CJK") * 2 < len(scripts):
        return "most of its letters are not Chinese"
    return None


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]
