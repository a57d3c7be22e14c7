"""When to draw what changed: often in a flood, seldom in a calm room, and never where nothing did."""

from typing import Final

FRAME_SECONDS: Final = 1 / 15
_CALM_FRAME_SECONDS = 0.22
_FLOOD_LINES_PER_SECOND = 20


class Pace:
    """Counts what waits to be drawn."""

    def __init__(self) -> None:
        self.waits = False
        """Whether anything has changed since it was drawn."""
        self._lines = 0
        self._drawn_at = 0.0

    def changed(self, lines: int) -> None:
        """Something has changed, or so many lines came."""
        self._lines += lines
        self.waits = True

    def due(self, now: float) -> bool:
        """Whether it is time to draw; then nothing waits any more."""
        elapsed = now - self._drawn_at
        if elapsed < _CALM_FRAME_SECONDS and self._lines < _FLOOD_LINES_PER_SECOND * elapsed:
            return False
        self.waits, self._lines = False, 0
        return True

    def drawn(self, now: float) -> None:
        """It was drawn."""
        self._drawn_at = now
