"""Which keys the bottom line of the screen shows at a moment."""

from sanctum_tui.ui.actions import Action, Moment, fitting
from sanctum_tui.ui.panes.status import Piece

_ALWAYS = frozenset({"screen.help", "screen.quit", "agent.mute"})
"""Actions that stay where there is no room for all."""


def footer_pieces(moment: Moment, *, editing: bool) -> list[Piece]:
    """The keys that fit; `editing` is whether the letters typed go into the waiting line."""
    if moment.typing and editing:
        return [Piece("Enter asks to post exactly these words", 1), Piece("Esc leaves")]
    if moment.typing:
        return [Piece("Esc leaves the editor; then the keys work again")]
    return [
        Piece(f"{action.shown_key} {action.label_at(moment)}", urgency=_urgency(action, moment))
        for action in fitting(moment)
    ]


def _urgency(action: Action, moment: Moment) -> int:
    # The way back from a pane that has the whole screen is shown before all else.
    return 2 if action.id in _ALWAYS or (action.id == "screen.zoom" and moment.zoomed) else 1
