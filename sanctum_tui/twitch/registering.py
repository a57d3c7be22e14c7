"""How the operator registers an application with Twitch: the one source of the words, wherever they are shown."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Registering:
    """The way to a client id."""

    why: str
    steps: tuple[str, ...]
    """In order, each a sentence or two."""
    line: str
    """What is to stand in the settings file at the end."""


def registering(settings_file: Path) -> Registering:
    """What to do so that there is a client id, which goes into that file."""
    told = tomllib.loads((files("sanctum_tui.twitch") / "registering.toml").read_text("utf-8"))
    steps = tuple(str(step).format(file=settings_file) for step in told["steps"])
    return Registering(told["why"], steps, told["line"])
