"""The dashboard in an editor of the operator's own, while the console runs on; it watches the file."""

import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePath

from sanctum_tui.errors import SanctumError

_LAUNCH = '"$@" </dev/null >/dev/null 2>&1 &'
"""Starts a program that goes on without us, and whose end nobody has to wait for."""
_PATIENCE_SECONDS = 5.0


class EditorError(SanctumError):
    """The operator's editor could not be started."""


@dataclass(frozen=True, slots=True)
class Outside:
    """How the file is opened, and what is said of it."""

    command: tuple[str, ...]
    """Nothing: the operator opens it, and the path is copied."""
    said: str


def plan(path: Path, environment: Mapping[str, str], which: Callable[[str], str | None] = shutil.which) -> Outside:
    """What is to be done on this machine: a windowed editor, a pane of tmux, or the path to copy."""
    chosen = next((name for key in ("VISUAL", "EDITOR") if (name := environment.get(key, "").strip())), "")
    try:
        words = shlex.split(chosen)
    except ValueError:
        words = []
    there = bool(words) and which(words[0]) is not None
    name = PurePath(words[0]).name if words else ""
    if there and name.removesuffix(".exe").casefold() in _windowed() and which("sh") is not None:
        return Outside(
            ("sh", "-c", _LAUNCH, "sh", *words, str(path)),
            f"{name} opens the dashboard; what is saved there is read here at once.",
        )
    if there and environment.get("TMUX") and which("tmux") is not None:
        return Outside(
            ("tmux", "split-window", "-v", "-c", str(path.parent), shlex.join([*words, str(path)])),
            f"{name} opens the dashboard in a tmux pane below; what is saved there is read here at once.",
        )
    return Outside((), f"Open {path} in any editor; what is saved there is read here at once. The path is copied.")


@cache
def _windowed() -> frozenset[str]:
    """Editors that open a window of their own. Any other may be one for a terminal, and this terminal is taken."""
    return frozenset((files("sanctum_tui.ui.paper") / "editors.txt").read_text("utf-8").split())


def start(outside: Outside) -> None:
    """Start the editor; waits no longer than for its start. Raises EditorError."""
    try:
        subprocess.run(
            outside.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=_PATIENCE_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        raise EditorError("The editor could not be started; open the dashboard's file in it yourself.") from None
