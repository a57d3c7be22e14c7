"""Choosing lines of the chat by mouse: from the one where the button goes down to the one where it goes up."""

from collections.abc import Callable
from typing import Final

from textual.events import MouseDown, MouseMove
from textual.geometry import Offset
from textual.timer import Timer

from sanctum_tui.ui.chat.canvas import ChatCanvas
from sanctum_tui.ui.chat.choosing import Choosing
from sanctum_tui.ui.chat.scrollback import Key

_SIDEWAYS: Final = 3
"""Cells that the pointer must move within a row until that is more than the unsteady hand of a click."""
_BEYOND_SECONDS: Final = 0.08
"""How often the chat goes on by lines while the pointer is held above or below it."""
_MOST_LINES: Final = 5
"""By how many lines it goes on then at the most; further away is faster."""


class Pointing:
    """What the mouse does to the choice between a button's going down and its going up."""

    def __init__(self, pane: ChatCanvas, choosing: Choosing, shown: Callable[[], None]) -> None:
        """`shown` is called where the choice changed."""
        self._pane = pane
        self._choosing = choosing
        self._shown = shown
        self._from: Key | None = None
        self._at = Offset()
        self._beyond = 0
        self._timer: Timer | None = None
        self.drew = False
        """Whether lines were chosen since the button last went down; then the click that ends it is none."""

    def press(self, event: MouseDown) -> None:
        """The button went down. The line under it is kept, wherever the room moves it until something is chosen."""
        self.drew = False
        if event.button != 1 or event.shift or event.get_content_offset(self._pane) is None:
            return
        self._from, self._at = self._pane.key_at(event.y), event.offset
        if self._from is not None:
            self._pane.capture_mouse()

    def draw(self, event: MouseMove) -> None:
        """The pointer moves."""
        if self._from is None:
            return
        if not event.button:
            # It went up where the terminal could not see it.
            self.let_go()
            return
        if not self.drew:
            moved = event.offset - self._at
            if not moved.y and abs(moved.x) < _SIDEWAYS:
                return
            self.drew = self._choosing.begin(self._from)
        if self.drew:
            self._beyond = self._pane.rows_beyond(event.y)
            if self._beyond and self._timer is None:
                self._timer = self._pane.set_interval(_BEYOND_SECONDS, self._go_on)
            elif not self._beyond:
                self._rest()
                if (key := self._pane.key_at(event.y)) is not None:
                    self._choosing.extend_to(key)
            self._shown()

    def let_go(self) -> None:
        """The button went up, or something came between."""
        self._rest()
        if self._from is not None:
            self._from = None
            self._pane.release_mouse()

    async def _go_on(self) -> None:
        await self._choosing.move(max(-_MOST_LINES, min(_MOST_LINES, self._beyond)), extend=True)
        self._shown()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
