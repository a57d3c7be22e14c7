"""The keys at the bottom of the screen: which of them stand there at a moment, and pressing them by mouse."""

from collections.abc import Collection
from dataclasses import dataclass

from rich.cells import cell_len
from textual.events import Click
from textual.message import Message

from sanctum_tui.ui.actions import Action, Moment
from sanctum_tui.ui.keyboard import Keyboard
from sanctum_tui.ui.look.layouts import PANES
from sanctum_tui.ui.panes.status import KeyLine, Piece

_ALWAYS = frozenset({"screen.help", "screen.quit", "agent.mute"})
"""Actions that stay where there is no room for all."""


@dataclass(frozen=True, slots=True)
class KeyPiece(Piece):
    """A key, and what a click on it does."""

    action: str = ""
    """Id of the action; empty: nothing."""


class Footer(KeyLine):
    """The keys that fit, each of which the mouse can press."""

    class Pressed(Message):
        """A key was clicked."""

        def __init__(self, footer: "Footer", action: str) -> None:
            super().__init__()
            self.footer = footer
            self.action = action

        @property
        def control(self) -> "Footer":
            return self.footer

    def on_click(self, event: Click) -> None:
        event.stop()
        at = self.gutter.left
        for piece in self._that_fit():
            end = at + cell_len(piece.text)
            if at <= event.x < end and isinstance(piece, KeyPiece) and piece.action:
                self.post_message(self.Pressed(self, piece.action))
            at = end + len(self.between)


def footer_pieces(keyboard: Keyboard, moment: Moment, *, editing: bool) -> list[Piece]:
    """The keys that fit, those of the pane in focus first; `editing`: letters go into the waiting line."""
    back = keyboard.by_id["screen.back"].shown_key
    if moment.typing and editing:
        return [Piece("Enter asks to post exactly these words", 1), Piece("Esc leaves")]
    if moment.typing:
        return [
            *(_piece(action, moment) for action in keyboard.fitting(moment) if action.pane),
            KeyPiece(f"{back} leaves the editor", urgency=2, action="screen.back"),
            Piece("then the keys work again"),
        ]
    return [_piece(action, moment) for action in keyboard.fitting(moment)]


def beyond(keyboard: Keyboard, moment: Moment, shown: Collection[str]) -> str:
    """The panes that the layout has no place for, each with the key that brings it to the front."""
    panes = [keyboard.by_id[f"screen.{pane}"] for pane in PANES if pane not in shown]
    return " · ".join(f"{action.shown_key} {action.label}" for action in panes if action.when(moment))


def _piece(action: Action, moment: Moment) -> KeyPiece:
    return KeyPiece(
        f"{action.shown_key} {action.label_at(moment)}", urgency=_urgency(action, moment), action=action.id
    )


def _urgency(action: Action, moment: Moment) -> int:
    # The way back from a pane that has the whole screen is shown before all else.
    if action.id in _ALWAYS or (action.id == "screen.zoom" and moment.zoomed):
        return 2
    return 1
