"""A screen over the console that gives one answer, and takes nothing but itself away."""

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from sanctum_tui.ui.sparing import Straight

Answer = TypeVar("Answer")


class Once(ModalScreen[Answer | None]):
    """Answers once: of keys that come in one read, the second finds it answered already.

    Textual takes away whatever is in front each time, in the end the console itself.
    """

    _answered = False
    _answer: Answer | None = None
    _leaves_later = False
    """It was answered while something else was in front of it."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = Straight()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with this answer, as soon as nothing else is in front; nothing where it was answered before."""
        if self._answered:
            return AwaitComplete()
        self._answered = True
        if self.app.screen is self:
            return super().dismiss(result)
        self._answer, self._leaves_later = result, True
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._leaves_later:
            self._leaves_later = False
            super().dismiss(self._answer)
