"""Asks before another evening puts an end to one that was left unfinished."""

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from sanctum_tui.agent.policies import minutes
from sanctum_tui.text import one_line
from sanctum_tui.ui.dialogs.base import Paper

if TYPE_CHECKING:
    from sanctum_tui.runtime.left import Left


class Instead(Enum):
    """What becomes of the evening that was left."""

    GO_ON = "go on"
    BEGIN = "begin"


class LeftDialog(Paper[Instead]):
    """Go on with it, begin the other one, or go back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "go_on", "Go on with it", show=False, id="left.go_on"),
        Binding("b", "begin", "Begin the other one", show=False, id="left.begin"),
    ]
    title_words = "An evening was left unfinished"
    foot = "Esc goes back"

    def __init__(self, left: "Left", wanted: str) -> None:
        """`wanted` is the evening that would begin instead."""
        super().__init__()
        self._left = left
        self._wanted = wanted

    def parts(self) -> list[tuple[str, str]]:
        left = self._left
        ways = [
            ("", f"“{one_line(left.title)}” stands at {minutes(left.at.total_seconds())}."),
            ("g  go on with it", "From that very moment, with its lines and its plan."),
            (
                f"b  begin {self._wanted}",
                f"The one that was left is over then; `sanctum-tui ledger {left.session}` tells it.",
            ),
        ]
        if left.log is None:
            ways[1] = ("", "It plays a log of your own: `sanctum-tui replay FILE` goes on with it.")
        return ways

    def action_go_on(self) -> None:
        if self._left.log is not None:
            self.dismiss(Instead.GO_ON)

    def action_begin(self) -> None:
        self.dismiss(Instead.BEGIN)
