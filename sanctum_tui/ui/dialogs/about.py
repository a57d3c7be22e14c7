"""What this is: version, licence, where its files are, what it stands on, and how to get help."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from re import match

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from sanctum_tui import __version__
from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.look.table import Table

PROMISE = "The agent tends the space. The humans give it life."
DOCTOR = ("sanctum-tui doctor", "looks over settings, storage, Twitch and models")
_PACKAGE = "sanctum-tui"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told."""

    help: Sequence[tuple[str, str]] = ()
    """Each key that helps, and how."""
    places: Sequence[tuple[str, Path | str]] = ()
    """Each kind of file, and where it is."""
    libraries: Sequence[tuple[str, str]] = ()
    """Each library, and its version."""
    licence: str = "MIT"


class AboutDialog(Paper[None]):
    """Told as it is; in private mode without places."""

    CSS = "AboutDialog #dialog { width: 96; max-width: 100%; max-height: 100%; }"
    title_words = "About"
    foot = "↑↓ scroll · Esc closes"

    def __init__(self, facts: Facts, *, private: bool) -> None:
        super().__init__()
        self._facts = facts
        self._private = private

    def on_mount(self) -> None:
        self.query_one("#dialog").focus()

    def body(self) -> ComposeResult:
        facts = self._facts
        python = f"Python {platform.python_version()} on {platform.system()}"
        for heading, told, id in (
            (f"Sanctum {__version__}", Content(f"{PROMISE}\nLicence {facts.licence} · {python}"), "about-what"),
            ("Help", Table([*facts.help, DOCTOR]), "about-help"),
            ("Files", self._places(), "about-files"),
            ("It stands on", Content(_columns(facts.libraries)), "about-libraries"),
        ):
            yield Static(Content(heading), classes="dialog-heading")
            yield Static(told, classes="dialog-text", id=id)

    def veil(self) -> None:
        self._private = self.private
        self.query_one("#about-files", Static).update(self._places())

    def _places(self) -> Table:
        return Table([(name, HIDDEN if self._private else str(place)) for name, place in self._facts.places])


def libraries() -> tuple[tuple[str, str], ...]:
    """What the package needs, each with the version that is here; reads files, so not on the screen's own time."""
    try:
        needed = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        return ()
    names = [found[0] for line in needed if "extra ==" not in line and (found := match(r"[\w.-]+", line))]
    versions: list[tuple[str, str]] = []
    for name in names:
        try:
            versions.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            versions.append((name, "not here"))
    return tuple(versions)


def _columns(rows: Sequence[tuple[str, str]]) -> str:
    """Two to a row, as they fit the narrowest screen."""
    words = [f"{name} {version}" for name, version in rows]
    widest = max(map(len, words), default=0)
    return "\n".join("   ".join(f"{word:<{widest}}" for word in words[at : at + 2]) for at in range(0, len(words), 2))
