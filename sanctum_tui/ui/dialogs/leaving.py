"""Asks once, before the console closes, what is to become of the evening."""

from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType

from sanctum_tui.ui.dialogs.base import Paper


class Leaving(Enum):
    """What becomes of the evening."""

    END = "end"
    LEAVE = "leave"


class LeavingDialog(Paper[Leaving]):
    """End it, leave it to be gone on with, or stay."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "end", "End the evening", show=False, id="leaving.end"),
        Binding("l,q", "leave", "Leave it", show=False, id="leaving.leave"),
    ]
    title_words = "Leave the evening?"
    foot = "Esc stays"

    def parts(self) -> list[tuple[str, str]]:
        return [
            ("e  end it here", "What waits expires, and the ledger is written."),
            ("l  leave it as it stands", "The next start can go on from this moment. q again does this too."),
            ("", "Nothing that was said or decided is lost either way."),
        ]

    def action_end(self) -> None:
        self.dismiss(Leaving.END)

    def action_leave(self) -> None:
        self.dismiss(Leaving.LEAVE)
