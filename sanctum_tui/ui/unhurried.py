"""An app that waits for no terminal: while one does not read, pictures are left out, and then it is shown what is.

Textual (8.2.8) hands what it draws to a thread that writes it, thirty pieces at the most, and then waits; with the
event loop everything would wait, chat and storage too. All of that is private to Textual, which is why it is pinned.
"""

from queue import Queue

from rich.console import RenderableType
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.screen import Screen
from textual.timer import Timer

_MOST_UNREAD = 8
"""Pieces on their way to the terminal; a picture is one, or three where the terminal takes it at once."""
_LOOK_AGAIN_SECONDS = 1 / 15


class Unhurried(App[ReturnType]):
    """Draws for a terminal that reads."""

    _catching_up: Timer | None = None
    """Runs while the terminal has yet to be shown something that was left out."""

    @property
    def behind(self) -> bool:
        """Whether the terminal shows what was, and not what is."""
        return self._catching_up is not None

    def get_driver_class(self) -> type[Driver]:
        usual = super().get_driver_class()
        if usual.__name__ != "LinuxDriver":
            return usual
        from sanctum_tui.ui.patient import PatientDriver

        return PatientDriver

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        if self._catching_up is None and _unread(self._driver) > _MOST_UNREAD:
            self._catching_up = self.set_interval(_LOOK_AGAIN_SECONDS, self._catch_up)
        if self._catching_up is None:
            super()._display(screen, renderable)

    def _catch_up(self) -> None:
        """Draw the whole screen once all that was drawn before has been read: a part would fit nothing there."""
        if self._catching_up is not None and not _unread(self._driver):
            self._catching_up.stop()
            self._catching_up = None
            self.refresh()


def _unread(driver: object) -> int:
    """How many pieces wait to be written; 0 where no thread writes, as in a test."""
    queue: Queue[str | None] | None = getattr(getattr(driver, "_writer_thread", None), "_queue", None)
    if queue is None:
        return 0
    # A bell or a title is written whoever reads; over an evening they would fill any queue that has an end.
    queue.maxsize = 0
    return queue.qsize()
