"""When a replay that runs faster than life keeps to real time instead: while a person would be left behind."""

from collections.abc import Callable

LINGER_SECONDS = 15.0
"""How long after a line was decided, or went stale, an operator can still see what happened, and take it back."""


class RealTime:
    """Tells `keep` whether to keep to real time: while a line waits, the operator is busy, or one was just decided.

    Without a console, which says once a second what the operator does, only a line that waits counts.
    """

    def __init__(self, keep: Callable[[bool], None]) -> None:
        self._keep = keep
        self._waiting = False
        self._busy = False
        self._stepped = False
        """A line took a step since the operator's time was told last."""
        self._lingers_until: float | None = None
        """In the operator's own time."""

    def waits(self, waiting: bool) -> None:
        """Whether a line waits, as a new evening begins."""
        self._waiting = waiting
        self._tell()

    def stepped(self, *, waiting: bool) -> None:
        """A line took a step, and now one waits, or none does."""
        self._waiting = waiting
        self._stepped = True
        self._tell()

    def attend(self, *, busy: bool, now: float) -> None:
        """What the operator does at this moment, which is `now` in seconds of their own time."""
        self._busy = busy
        if self._stepped:
            self._stepped = False
            self._lingers_until = now + LINGER_SECONDS
        elif self._lingers_until is not None and now >= self._lingers_until:
            self._lingers_until = None
        self._tell()

    def _tell(self) -> None:
        self._keep(self._waiting or self._busy or self._lingers_until is not None)
