"""Why Twitch did not take a message, in words, and what to do; the words are in ``drops.toml``."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from sanctum_tui.chat import Dropped, Unknown
from sanctum_tui.twitch.errors import RefusedError
from sanctum_tui.twitch.values import Said


@dataclass(frozen=True, slots=True)
class _Drop:
    why: str
    held: bool
    """Moderators have it, and may still let it into the room."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    words: tuple[str, ...]
    """Of which one must be in what Twitch says; none: any answer of that status."""
    why: str


class Drops:
    """Twitch's codes and answers, read once."""

    def __init__(self) -> None:
        table = tomllib.loads((files("sanctum_tui.twitch") / "drops.toml").read_text("utf-8"))
        self._drops: Mapping[str, _Drop] = {
            code: _Drop(drop["why"], drop.get("held", False)) for drop in table["drop"] for code in drop["codes"]
        }
        self._refusals: Sequence[_Refusal] = [
            _Refusal(one["status"], tuple(one.get("words", ())), one["why"]) for one in table["refusal"]
        ]

    def dropped(self, said: Said) -> Dropped | Unknown:
        """What became of a message that was not sent: it is not in the room, or its moderators decide."""
        drop = self._drops.get(said.dropped_code)
        if drop is None:
            words = clause(said.dropped_why) or f"no reason, but the code “{said.dropped_code}”"
            return Dropped(f"Twitch did not post it, and says: {words}; edit the line, or look at the room's modes")
        return Unknown(drop.why) if drop.held else Dropped(drop.why)

    def refused(self, error: RefusedError) -> Dropped:
        """Why the call itself was refused."""
        words = error.words.lower()
        for one in self._refusals:
            if one.status == error.status and (not one.words or any(word in words for word in one.words)):
                return Dropped(one.why)
        said = f"and says: {clause(error.words)}" if error.words else f"with the status {error.status}"
        return Dropped(f"Twitch refused it, {said}; edit the line, or run `sanctum-tui doctor`")


def clause(sentence: str) -> str:
    """A sentence as it goes on inside another one."""
    bare = sentence.strip().rstrip(".")
    return bare if bare.startswith("Twitch") else bare[:1].lower() + bare[1:]
