"""Ways to hide words from a careless reader, for tests: each gives the words in another form."""

import base64
import codecs
from collections.abc import Callable
from urllib.parse import quote

_CODE = ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
_MORSE = dict(zip("abcdefghijklmnopqrstuvwxyz", _CODE.split(" "), strict=True))
_LOOKS = str.maketrans("aceopxyisABCEHKMOPT", "асеорхуіѕАВСЕНКМОРТ")
_LEET = str.maketrans("aeiots", "431075")


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _morse(text: str) -> str:
    words = ("".join(filter(str.isalpha, word)) for word in text.lower().split())
    return " / ".join(" ".join(_MORSE.get(letter, "") for letter in word) for word in words if word)


def _full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


HIDE: dict[str, Callable[[str], str]] = {
    "base64": base64_of,
    "base64 twice": lambda text: base64_of(base64_of(text)),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "hex": lambda text: text.encode().hex(),
    "hex with spaces": lambda text: text.encode().hex(" "),
    "url": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()) if len(text) < 60 else quote(text),
    "html entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "unicode escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text),
    "bits": lambda text: " ".join(f"{byte:08b}" for byte in text.encode()),
    "decimal": lambda text: " ".join(str(byte) for byte in text.encode()),
    "morse": _morse,
    "reversed": lambda text: text[::-1],
    "words reversed": lambda text: " ".join(word[::-1] for word in text.split()),
    "letters apart": lambda text: "   ".join(" ".join(word) for word in text.split()),
    "dots between": lambda text: " ".join(".".join(word) for word in text.split()),
    "full width": _full_width,
    "look-alikes": lambda text: text.translate(_LOOKS),
    "zero width": lambda text: "\u200b".join(text),
    "leet": lambda text: text.translate(_LEET),
    "capitals": str.upper,
    "piled accents": lambda text: "".join(f"{sign}\u0335\u0301" if sign.isalpha() else sign for sign in text),
    "soft hyphens": lambda text: "\u00ad".join(text),
}
