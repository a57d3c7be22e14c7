"""Asks what becomes of the evening while the console stays open."""

from enum import Enum
from typing import ClassVar

from textual.binding import Binding, BindingType

from sanctum_tui.ui.dialogs.base import Paper


class Ending(Enum):
    """What becomes of the evening."""

    END = "end"
    GO_ON = "go on"


class EveningDialog(Paper[Ending]):
    """End it here, or, on Twitch, go on with it whatever the stream does."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "end", "End the evening", show=False, id="evening.end"),
        Binding("g", "go_on", "Go on with it", show=False, id="evening.go_on"),
    ]
    title_words = "This evening"
    foot = "Esc leaves everything as it is"

    def __init__(self, question: str = "", *, live: bool) -> None:
        """`question` is what the console asks at this moment, if anything; `live` is false in a replay."""
        super().__init__()
        self._question = question
        self._live = live

    def parts(self) -> list[tuple[str, str]]:
        expires = "What waits expires, and the ledger is written."
        if not self._live:
            return [
                ("e  end it here", f"{expires} The rest of the log is not played; the console stays, to be read.")
            ]
        asked = [("", self._question)] if self._question else []
        return [
            *asked,
            ("e  end it here", f"{expires} A new evening begins, with whatever comes next."),
            (
                "g  go on with it",
                "Whatever the stream does, until you end it; a stream that begins becomes part of it.",
            ),
        ]

    def action_end(self) -> None:
        self.dismiss(Ending.END)

    def action_go_on(self) -> None:
        if self._live:
            self.dismiss(Ending.GO_ON)
