"""Which words of a line are emotes: Twitch's own by their names, a channel's by how its names are made. Pure."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

_WORD: Final = re.compile(r"\S+")
_OF_A_CHANNEL: Final = re.compile(r"[a-z][a-z0-9]{2,9}[A-Z][A-Za-z0-9]*")
"""A channel's prefix in lower case, and a name that begins with a capital: ``quietharLantern``."""
_CHEER: Final = re.compile(r"[A-Za-z]+[1-9][0-9]*")


@cache
def _everywhere() -> frozenset[str]:
    """Names of Twitch's global emotes."""
    return frozenset((files("sanctum_tui.ui.chat") / "emotes.txt").read_text("utf-8").split())


def emotes_in(text: str, *, cheers: bool) -> Iterator[tuple[int, int]]:
    """Where each emote of a text begins and ends; with `cheers`, words like ``Cheer100`` are some."""
    for match in _WORD.finditer(text):
        word = match[0]
        if word in _everywhere() or _OF_A_CHANNEL.fullmatch(word) or (cheers and _CHEER.fullmatch(word)):
            yield match.span()
