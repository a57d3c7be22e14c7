"""Folds text to plain lower-case ASCII as it *looks*, so that one word list meets every disguise of a word.

For comparing, never for showing: honest Russian or Greek becomes nonsense here. The order matters. Letters
that look like Latin ones are mapped first, since transliteration goes by sound and would make the Cyrillic
"Н" an "n" where the eye reads "H"; only what is left is transliterated.
"""

import re
import unicodedata

_SKELETON = dict(
    pair
    for looks, letters in {
        # Cyrillic, capitals only where they look unlike their small letters.
        "abeghijklmnopqrstuvwxyz": "аьеԍһіјкӏмпорԛгѕтцѵшхуз",
        "bhcdn": "внсԁл",
        "ef": "єғ",
        "w": "ԝ",
        # Greek: the capitals that look like another letter than their small ones do.
        "hmnyz": "ΗΜΝΥΖ",
        "abydeikuvonpocxtwznxu": "αβγδεικμνοπρσςχτωζηξυ",
        # Armenian and Cherokee letters that pass for Latin.
        "onuhgq": "օոսհցզ",
        "aehijmrtvwsgkcbldpz": "ᎪᎬᎻᎥᎫᎷᎡᎢᏙᎳᏚᏀᏦᏟᏴᏞᎠᏢᏃ",
    }.items()
    for pair in zip(letters, looks, strict=True)
)
"""What a letter looks like, by Unicode's confusables and by eye; marks are gone by the time it is asked."""

_DROPPED = frozenset({"Cf", "Mn", "Me"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Hangul fillers: letters by category, nothing to the eye."""

_LEET = str.maketrans("013457$", "oieasts")
_LEET_WORD = re.compile(r"(?<![a-z0-9$])(?=[a-z]*[0-9$])(?=[0-9$]*[a-z])[a-z0-9$]+")
_MEASURE = re.compile(r"\d+(?:st|nd|rd|th|s|k|p|h|m|d|x|am|pm|fps|hz|ms|min|kb|mb|gb|bit)")
_MOST_REMEMBERED = 20_000


class _Looks(dict[int, str]):
    """What each character folds to, worked out at its first sight. Bounded: chat chooses the characters."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _MOST_REMEMBERED:
            self[code] = folded
        return folded


_looks = _Looks()


def fold(text: str) -> str:
    """The text as it looks, in lower-case ASCII: no accents, no invisible characters, no borrowed letters.

    Pictographs become a space. Digits become the letters they stand for inside words only ("f0ll0w", "l1ke"),
    where there are at least as many letters as digits, and never in a measure or an ordinal ("2nd", "1080p").
    """
    folded = text.lower() if text.isascii() else text.translate(_looks)
    return _LEET_WORD.sub(_read_digits, folded)


def _fold_character(character: str) -> str:
    return "".join(map(_fold_decomposed, unicodedata.normalize("NFKD", character)))


def _fold_decomposed(character: str) -> str:
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) in _DROPPED or character in _BLANK_LETTERS:
        return ""
    if looks := _SKELETON.get(character) or _SKELETON.get(character.casefold()):
        return looks
    # Only here, so that an evening in plain ASCII never loads its tables.
    from anyascii import anyascii

    ascii_form: str = anyascii(character)
    return " " if ascii_form.startswith(":") and len(ascii_form) > 1 else ascii_form.lower()


def _read_digits(match: re.Match[str]) -> str:
    word = match[0]
    letters = sum(map(str.isalpha, word))
    if letters * 2 < len(word) or _MEASURE.fullmatch(word):
        return word
    # One stands for i or l; twice in a row it can only be ll ("fo11ow").
    return word.replace("11", "ll").translate(_LEET)
