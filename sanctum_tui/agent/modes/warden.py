"""The Warden, in its first form: it flags scams and spam for the operator, and never acts on them.

Every line of every evening passes by it. So lines are glanced at many at a time (`suspects`), which costs less
than half a microsecond each; the few that are left are inspected, and few of those folded and read with care.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sanctum_tui.chat import ChatMessage
from sanctum_tui.lookalikes import fold

TRUSTED_BADGES = frozenset({"broadcaster", "moderator", "vip"})
"""Who is never flagged: they were chosen by the streamer, and may quote a scam to warn of it."""

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
_SQUEEZED = bytes.maketrans(_ALPHABET.upper() + b"013457$|l", _ALPHABET.replace(b"l", b"i") + b"oieastsii")
_SQUEEZED_OUT = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in "$|")
_BONES = b"cdfgmnprtvw"
"""The letters a glance goes by. None of them has a look-alike in ASCII but t, and without the others a line is
short to search.
"""
_BONED = bytes.maketrans(_BONES.upper() + b"7", _BONES + b"t")
_BONED_OUT = bytes(set(range(256)) - set(_BONES + _BONES.upper() + b"7\n"))
_ASCII_OUT = bytes(set(range(128)) - set(b".:\n"))


@dataclass(frozen=True, slots=True)
class WardenHit:
    """Why a message was flagged."""

    rule: str
    why: str
    """One sentence for the operator."""


@dataclass(frozen=True, slots=True)
class _Rule:
    hit: WardenHit
    stems: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]
    """Regular expressions, compiled when the rule is first asked: most evenings meet few of them."""


class Warden:
    """Knows the scams in ``warden.toml``, and remembers nothing: the same message always gets the same answer."""

    def __init__(self) -> None:
        data = _scams()
        self._shortest: int = data["shortest"]
        self._asks = tuple(map(_squeeze, data["asks"]))
        known = "|".join(map(re.escape, data["known_sites"]))
        # With a sub-domain before the name, and a path behind it.
        self._known = re.compile(rf"(?<![\w.-])((?:[\w-]+\.)*(?:{known}))(?![\w.-]*\w)\S*")
        ending = "|".join(data["endings"])
        self._address = re.compile(rf"\.\s?(?:{ending})\b")
        site = data["site"].replace("{ending}", ending)
        self._rules = tuple(_rule(rule, site, ending) for rule in data["rule"])
        self._lookalike = next(rule.hit for rule in self._rules if rule.hit.rule == "look-alike address")

    def inspect(self, message: ChatMessage) -> WardenHit | None:
        """The first rule that the message fits, or None."""
        text = message.text
        if len(text) < self._shortest:
            return None
        if not text.isascii():
            text = fold(text)
        squeezed = _squeeze(text)
        # Most chat ends here. A plain loop: it beats any() and one regular expression.
        for ask in self._asks:
            if ask in squeezed:
                break
        else:
            if ("." not in text or not self._address.search(text.lower())) and "://" not in text:
                return None
        rules = [rule for rule in self._rules if any(stem in squeezed for stem in rule.stems)]
        return self._look_closely(message, rules) if rules else None

    def _look_closely(self, message: ChatMessage, rules: list[_Rule]) -> WardenHit | None:
        if any(badge.partition("/")[0] in TRUSTED_BADGES for badge in message.badges):
            return None
        folded = fold(message.text)
        if self._is_disguised(message.text, folded):
            return self._lookalike
        folded = self._known.sub(" ", folded)
        for rule in rules:
            if any(all(_compiled(pattern).search(folded) for pattern in way) for way in rule.ways):
                return rule.hit
        return None

    def _is_disguised(self, text: str, folded: str) -> bool:
        """Whether a well-known address is there to the eye and not to a browser."""
        plain = text.lower()
        return any(match[1] not in plain for match in self._known.finditer(folded))


def suspects(texts: Sequence[str]) -> Collection[int]:
    """Positions of the texts that are worth `Warden.inspect`: all that it would flag, and few besides."""
    data = "\n".join(texts).encode("utf-8", "surrogatepass")
    if data.count(b"\n") >= len(texts):
        # A text of more than one line: positions cannot be told by counting lines.
        return range(len(texts))
    asks, address = _glance()
    found = set[int]()
    if not data.isascii():
        # What ASCII alone says is found below; here it matters only what the other characters look like.
        strange = data.translate(None, _ASCII_OUT).decode("utf-8", "surrogatepass").split("\n")
        found.update([at for at, others in enumerate(strange) if not others.isascii() and _hides(others)])
    boned = data.translate(_BONED, _BONED_OUT)
    for ask in asks:
        if ask in boned:
            found.update(_lines_with(ask, boned))
    if b"://" in data:
        found.update(_lines_with(b"://", data))
    found.update(data.count(b"\n", 0, match.start()) for match in address.finditer(data.lower()))
    return found


@lru_cache(maxsize=8192)
def _hides(others: str) -> bool:
    """Whether a text may say more to the eye than its ASCII does, by its other characters, dots and colons.

    It may where one of them looks like a letter a glance goes by, or where a dot or a colon could make an address
    with them.
    """
    looks = fold(others)
    return "." in looks or ":" in looks or looks.encode().translate(_BONED, _BONED_OUT) != b""


def _lines_with(part: bytes, data: bytes) -> Iterator[int]:
    line = counted = 0
    at = data.find(part)
    while at >= 0:
        line += data.count(b"\n", counted, at)
        counted = at
        yield line
        end = data.find(b"\n", at)
        at = data.find(part, end) if end >= 0 else -1


@cache
def _glance() -> tuple[tuple[bytes, ...], re.Pattern[bytes]]:
    """The bones of each of the ``asks``, and how an address looks."""
    data = _scams()
    address = re.compile(rf"\.\s?(?:{'|'.join(data['endings'])})\b".encode())
    return tuple(ask.encode().translate(_BONED, _BONED_OUT) for ask in data["asks"]), address


@cache
def _scams() -> dict[str, Any]:
    return tomllib.loads((files("sanctum_tui.agent.modes") / "warden.toml").read_text("utf-8"))


def _squeeze(text: str) -> str:
    """The letters and digits alone, as they look, with i and l as one: what stems are searched in."""
    return text.encode().translate(_SQUEEZED, _SQUEEZED_OUT).decode()


def _rule(rule: dict[str, Any], site: str, ending: str) -> _Rule:
    return _Rule(
        WardenHit(rule["name"], rule["why"]),
        tuple(map(_squeeze, rule["stems"])),
        tuple(
            tuple(pattern.replace("{site}", site).replace("{ending}", ending) for pattern in way)
            for way in rule["ways"]
        ),
    )


_compiled = cache(re.compile)
