"""Which keys the bottom line of the screen shows at a moment."""

from sanctum_tui.ui.actions import Moment, fitting
from sanctum_tui.ui.panes.status import Piece

_ALWAYS = frozenset({"screen.help", "screen.quit", "agent.mute"})
"""Actions that stay where there is no room for all."""


def footer_pieces(moment: Moment, *, editing: bool) -> list[Piece]:
    """The keys that fit; `editing` is whether the letters typed go into the waiting line."""
    if moment.typing and editing:
        return [Piece("Enter approves exactly these words", 1), Piece("Esc leaves; your words are kept")]
    if moment.typing:
        return [Piece("Esc leaves the editor; then the keys work again")]
    return [
        Piece(f"{action.shown_key} {action.label_at(moment)}", urgency=2 if action.id in _ALWAYS else 1)
        for action in fitting(moment)
    ]
