"""What stands in the lower edge of the chat's frame: words that help on, each of which the mouse can press."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from textual.content import Content
from textual.style import Style

from sanctum_tui.ui.actions import ACTIONS, Group

Part: TypeAlias = tuple[str, str]
"""Words, and the action of the pane or of the app that a click on them does; empty: none."""

SIFTED: Final[Sequence[Part]] = (("f next", "filter"), ("/ search", "search"), ("Esc all", "leave"))
"""Where lines are left out."""
_CHOSEN: Final[Sequence[Part]] = (("v more", "select"), ("d copy", "copy"), ("Enter who", "person"))
_ENDS: Final[Part] = ("Esc ends", "leave")
_TO_IT: Final[Sequence[Part]] = (("Esc to it in the chat", "leave"), ("Esc to it", "leave"))
"""Where lines are left out: the chosen one is gone to among all; the shorter words for less room."""
_SPACES: Final = 2
"""Cells beside the words in the edge."""
_BETWEEN: Final = " · "
_PLACES: Final = {action.label: action.id for action in ACTIONS if action.group is Group.SCREEN}


def behind(unseen: int, below: int) -> str:
    """How much there is after what is in sight: what nobody has seen yet, or else what is only further down."""
    return f"{unseen:,} new" if unseen else f"{below:,} below" if below else ""


def chosen(unseen: int, below: int, *, sifted: bool = False, room: int) -> Sequence[Part]:
    """Where lines are chosen: what is behind them, and the keys, in an edge of so many cells."""
    words = f"{unseen:,} new below" if unseen else behind(0, below)
    parts = [(words, "newest"), *_CHOSEN] if words else [*_CHOSEN]
    if not sifted:
        return [*parts, _ENDS]
    full, short = ([*parts, way] for way in _TO_IT)
    return full if len(foot_of(full)) + _SPACES <= room else short


def ways(beyond: str) -> Sequence[Part]:
    """Keys and the panes that they go to, as the app names them."""
    named = ((part, _PLACES.get(part.partition(" ")[2], "")) for part in beyond.split(_BETWEEN))
    return [(part, f"app.do('{id}')" if id else "") for part, id in named]


def foot_of(parts: Sequence[Part]) -> Content:
    """The words as they stand in the frame."""
    pieces = [
        Content.styled(words, Style.from_meta({"@click": action})) if action else Content(words)
        for words, action in parts
    ]
    return Content(_BETWEEN).join(pieces)
