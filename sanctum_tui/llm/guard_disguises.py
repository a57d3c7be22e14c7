"""What a text may say to somebody who knows the trick: words hidden in base64, hex, rot13, spaces or reverse.

For comparing, never for showing. Everything here is bounded: chat chooses the texts.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from urllib.parse import unquote

from sanctum_tui.llm.guard_checks import read_data
from sanctum_tui.lookalikes import fold

MOST_READ = 600
"""Characters of a text that are looked at; a line of chat has 500."""
_LONGEST_HIDDEN = 8
"""The fewest characters in which a word is hidden."""

_BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{_LONGEST_HIDDEN},}}={{0,2}}")
_BASE32 = re.compile(r"(?<![A-Za-z2-7])[A-Z2-7]{8,}={0,6}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[ :,-]?){4,}")
_BITS = re.compile(r"(?:[01]{7,8}[ ,]?){3,}")
_NUMBERS = re.compile(r"(?:\d{2,3}[ ,.-]+){3,}\d{2,3}")
_ESCAPES = re.compile(r"\\u([0-9a-fA-F]{4})|\\u\{([0-9a-fA-F]{1,5})\}|\\x([0-9a-fA-F]{2})")
_APART = re.compile(r"(?<!\w)(?:\w[ ._·*|-]{1,3}){3,}\w(?!\w)")
_MIXED = re.compile(r"(?<!\w)(?=\w*[a-z])(?=\w*\d)\w+", re.IGNORECASE)
_JOINTS = re.compile(r"(?<=\w)[._·*|-](?=\w)")
_MORSE = re.compile(r"(?:[.·−–-]{1,5}[ /]+){3,}[.·−–-]{1,5}")
_ENGLISH = frozenset(read_data("guard_words.toml")["english"])
_WORD = re.compile(r"\w+")
_LEET = str.maketrans("01345789", "oieastbg")
_LETTERS = {
    ".-": "a", "-...": "b", "-.-.": "c", "-..": "d", ".": "e", "..-.": "f", "--.": "g", "....": "h", "..": "i",
    ".---": "j", "-.-": "k", ".-..": "l", "--": "m", "-.": "n", "---": "o", ".--.": "p", "--.-": "q", ".-.": "r",
    "...": "s", "-": "t", "..-": "u", "...-": "v", ".--": "w", "-..-": "x", "-.--": "y", "--..": "z",
}  # fmt: skip


@lru_cache(maxsize=1024)
def readings(text: str, *, every: bool = False) -> tuple[str, ...]:
    """The text, and all that can be read out of it, each once; the text as it is comes first.

    With `every`, it is read backwards and in rot13 also where it makes sense as it is: part of it may not.
    """
    text = text[:MOST_READ]
    found = dict.fromkeys((text, *_hidden(text), *(_turned(text) if every else ())))
    # What was hidden may hide something in turn: once more is enough for those who want to be clever.
    for inner in tuple(found)[1:]:
        found |= dict.fromkeys(_hidden(inner[:MOST_READ]))
    return tuple(found)[:24]


def _hidden(text: str) -> Iterator[str]:
    if "%" in text and (plain := unquote(text)) != text:
        yield plain
    if "&" in text and (plain := unescape(text)) != text:
        yield plain
    if "\\" in text and (plain := _ESCAPES.sub(_escaped, text)) != text:
        yield plain
    for pattern, read in _TRICKS:
        for match in pattern.finditer(text):
            if (hidden := read(match[0])) is not None:
                yield hidden
    if _APART.search(text):
        yield re.sub(r"\s{2,}|[^\w\s]+\s+", " ", _APART.sub(lambda match: _together(match[0]), text))
    if len(_MIXED.findall(text)) > 1:
        yield _MIXED.sub(_unmix, text)
    if _JOINTS.search(text):
        yield _JOINTS.sub("", text)
    if not _is_english(text):
        yield from filter(_is_english, _turned(text))


def _turned(text: str) -> Iterator[str]:
    yield codecs.decode(text, "rot13")
    yield text[::-1]
    yield " ".join(word[::-1] for word in text.split())


def _is_english(text: str) -> bool:
    """Whether words stand in it that hold a sentence together, or ask for something."""
    words = _WORD.findall(fold(text))
    return sum(word in _ENGLISH or word in _ASKING for word in words) * 4 >= len(words) > 1


_ASKING = frozenset(
    {"say", "write", "repeat", "post", "print", "type", "reply", "ignore", "reveal", "prompt", "line"}
)


def _readable(data: bytes) -> str | None:
    """Text out of bytes where they are text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if len(text) > 2 and text.isprintable() and any(map(str.isalpha, text)) else None


def _from_base64(text: str) -> str | None:
    bare = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(bare + "=" * (-len(bare) % 4)))
    except (binascii.Error, ValueError):
        return None


def _from_base32(text: str) -> str | None:
    bare = text.rstrip("=")
    try:
        return _readable(base64.b32decode(bare + "=" * (-len(bare) % 8)))
    except (binascii.Error, ValueError):
        return None


def _from_hex(text: str) -> str | None:
    digits = re.sub(r"0x|\\x|[ :,-]", "", text)
    return _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))


def _from_bits(text: str) -> str | None:
    return _readable(bytes(int(bits, 2) for bits in re.findall(r"[01]{7,8}", text)))


def _from_numbers(text: str) -> str | None:
    codes = [int(number) for number in re.findall(r"\d+", text)]
    return "".join(map(chr, codes)) if all(31 < code < 127 for code in codes) else None


def _from_morse(text: str) -> str | None:
    words = text.replace("·", ".").replace("−", "-").replace("–", "-").split("/")
    return " ".join("".join(_LETTERS.get(sign, "") for sign in word.split()) for word in words)


def _together(text: str) -> str:
    return " ".join(re.sub(r"[\W_]", "", word) for word in re.split(r"\s{2,}", text)) + " "


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1] or match[2] or match[3], 16)
    return "" if 0xD800 <= code < 0xE000 or code > 0x10FFFF else chr(code)


def _unmix(match: re.Match[str]) -> str:
    return match[0].translate(_LEET)


_TRICKS = (
    (_BASE64, _from_base64),
    (_BASE32, _from_base32),
    (_HEX, _from_hex),
    (_BITS, _from_bits),
    (_NUMBERS, _from_numbers),
    (_MORSE, _from_morse),
)
