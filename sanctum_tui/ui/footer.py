"""The keys at the bottom of the screen: which of them stand there at a moment, and pressing them by mouse."""

from collections.abc import Collection
from dataclasses import dataclass

from rich.cells import cell_len
from textual.events import Click
from textual.message import Message

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions import Action, Group, Moment, has_ended
from sanctum_tui.ui.keyboard import Keyboard
from sanctum_tui.ui.look.layouts import PANES
from sanctum_tui.ui.panes.status import KeyLine, Piece

_DECIDE = frozenset({"review.approve", "review.edit", "review.skip"})
"""What a line waits for: the last to go from the footer."""
_NEXT = frozenset({"screen.help", "dashboard.write"})
"""What leads to all else, and into what can be written."""
_ALWAYS = frozenset({"screen.quit", "agent.mute"})
"""Actions that stay beside those as long as there is room."""
_CARD = {
    PromptState.APPROVED: "a line goes out",
    PromptState.SENDING: "a line goes out",
    PromptState.HELD: "a line is held",
    PromptState.UNKNOWN: "a line may be lost",
}
"""How the line stands, in the footer of a pane that covers its card."""


@dataclass(frozen=True, slots=True)
class KeyPiece(Piece):
    """A key, and what a click on it does."""

    action: str = ""
    """Id of the action; empty: none."""
    key: str = ""
    """The key that a click presses, where that is none of an action's; empty: none."""


class Footer(KeyLine):
    """The keys that fit, each of which the mouse can press."""

    class Pressed(Message):
        """A key was clicked."""

        def __init__(self, footer: "Footer", piece: KeyPiece) -> None:
            super().__init__()
            self.footer = footer
            self.action = piece.action
            self.key = piece.key

        @property
        def control(self) -> "Footer":
            return self.footer

    def on_click(self, event: Click) -> None:
        event.stop()
        at = self.gutter.left
        for piece in self._that_fit():
            end = at + cell_len(piece.text)
            if at <= event.x < end and isinstance(piece, KeyPiece):
                self.post_message(self.Pressed(self, piece))
            at = end + len(self.between)


def footer_pieces(keyboard: Keyboard, moment: Moment, *, editing: bool, unseen: bool = False) -> list[Piece]:
    """The keys that fit, those of the pane in focus first; `editing`: letters go into the waiting line.

    `unseen`: the card is not on the screen; then the key that brings it there stands for those of its line.
    """
    back = keyboard.by_id["screen.back"].shown_key
    if moment.typing and editing:
        return [
            KeyPiece("Enter approves exactly these words", 1, key="enter"),
            KeyPiece("Esc leaves", key="escape"),
        ]
    if moment.typing:
        return [
            *(_piece(action, moment) for action in keyboard.fitting(moment) if action.pane),
            KeyPiece(f"{back} leaves the editor", urgency=2, key="escape"),
            Piece("then the keys work again"),
        ]
    fitting = keyboard.fitting(moment)
    if unseen and moment.card is not None:
        card = keyboard.by_id["screen.review"]
        told = KeyPiece(f"{card.shown_key} ◆ {_CARD.get(moment.card, 'a line waits')}", 5, action=card.id)
        return [told, *(_piece(action, moment) for action in fitting if action.group is not Group.LINE)]
    return [_piece(action, moment) for action in fitting]


def beyond(keyboard: Keyboard, moment: Moment, shown: Collection[str]) -> str:
    """The panes that the layout has no place for, each with the key that brings it to the front."""
    panes = [keyboard.by_id[f"screen.{pane}"] for pane in PANES if pane not in shown]
    return " · ".join(f"{action.shown_key} {action.label}" for action in panes if action.when(moment))


def _piece(action: Action, moment: Moment) -> KeyPiece:
    return KeyPiece(
        f"{action.shown_key} {action.label_at(moment)}", urgency=_urgency(action, moment), action=action.id
    )


def _urgency(action: Action, moment: Moment) -> int:
    """From 1, which goes first where there is no room for all, to 4; the card that is not seen is above them."""
    if action.id in _DECIDE:
        return 4
    if action.group is Group.LINE or action.id in _NEXT or (action.at_the_end and has_ended(moment)):
        return 3
    # The way back from a pane that has the whole screen is shown as long as can be, too.
    if action.id in _ALWAYS or (action.id == "screen.zoom" and moment.zoomed):
        return 2
    return 1
