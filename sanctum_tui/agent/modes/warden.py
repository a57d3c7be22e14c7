"""The Warden, in its first form: it flags scams and spam for the operator, and never acts on them.

It is asked about every line of every evening, so a message that holds none of the rules' stems, which is
nearly every one, costs well under a microsecond; only the others are folded and looked at with care.
"""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sanctum_tui.chat import ChatMessage
from sanctum_tui.lookalikes import fold

TRUSTED_BADGES = frozenset({"broadcaster", "moderator", "vip"})
"""Who is never flagged: they were chosen by the streamer, and may quote a scam to warn of it."""

_ALPHABET = b"abcdefghijklmnopqrstuvwxyz"
_SQUEEZED = bytes.maketrans(_ALPHABET.upper() + b"013457$|l", _ALPHABET.replace(b"l", b"i") + b"oieastsii")
_SQUEEZED_OUT = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in "$|")


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
    ways: tuple[tuple[re.Pattern[str], ...], ...]


class Warden:
    """Knows the scams in ``warden.toml``, and remembers nothing: the same message always gets the same answer."""

    def __init__(self) -> None:
        data = tomllib.loads((files("sanctum_tui.agent.modes") / "warden.toml").read_text("utf-8"))
        self._shortest: int = data["shortest"]
        self._asks = tuple(map(_squeeze, data["asks"]))
        known = "|".join(map(re.escape, data["known_sites"]))
        # With a sub-domain before the name, and a path behind it.
        self._known = re.compile(rf"(?<![\w.-])((?:[\w-]+\.)*(?:{known}))(?![\w.-]*\w)\S*")
        ending = "|".join(data["endings"])
        self._address = re.compile(rf"\.\s?(?:{ending})\b")
        site = data["site"].replace("{ending}", ending)
        self._rules = tuple(_compile(rule, site, ending) for rule in data["rule"])
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
            if any(all(pattern.search(folded) for pattern in way) for way in rule.ways):
                return rule.hit
        return None

    def _is_disguised(self, text: str, folded: str) -> bool:
        """Whether a well-known address is there to the eye and not to a browser."""
        plain = text.lower()
        return any(match[1] not in plain for match in self._known.finditer(folded))


def _squeeze(text: str) -> str:
    """The letters and digits alone, as they look, with i and l as one: what stems are searched in."""
    return text.encode().translate(_SQUEEZED, _SQUEEZED_OUT).decode()


def _compile(rule: dict[str, Any], site: str, ending: str) -> _Rule:
    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern.replace("{site}", site).replace("{ending}", ending))

    return _Rule(
        WardenHit(rule["name"], rule["why"]),
        tuple(map(_squeeze, rule["stems"])),
        tuple(tuple(map(compiled, way)) for way in rule["ways"]),
    )
