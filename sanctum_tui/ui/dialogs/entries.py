"""The words of the evenings that the welcome offers."""

from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content

from sanctum_tui.agent.policies import minutes
from sanctum_tui.text import one_line
from sanctum_tui.ui.look.hanging import Hanging

if TYPE_CHECKING:
    from sanctum_tui.runtime.left import Left


def title(folder: Path) -> str:
    """A sample's name, from its folder's."""
    return (folder.name.partition("-")[2] or folder.name).replace("-", " ").capitalize()


def described(folder: Path) -> str:
    """Game and mood, from the evening's dashboard, or nothing where it cannot be read."""
    from sanctum_tui.dashboard.markdown import parse

    try:
        dashboard = parse((folder / "dashboard.md").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return " · ".join(filter(None, (dashboard.game, dashboard.mood)))


def go_on(left: "Left", folder: Path, *, low: bool) -> Hanging:
    """An evening that was left, to be gone on with; under a letter, so that all numbers stay as they are."""
    what = f"Go on with {title(folder)}, at {minutes(left.at.total_seconds())}"
    about = "" if low else f"\n{one_line(left.title)}\n"
    return Hanging(Content.styled("g  ", "bold $accent"), Content.assemble((what, "bold"), (about, "$hearth-quiet")))
