"""How many messages may be sent within a while: one budget, shared by all that sends."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from sanctum_tui.clock import Clock

WINDOW_SECONDS = 30.0
"""Twitch counts an account's chat messages within 30 seconds."""


class Limiter:
    """A sliding window: never more than `most()` are let through within `seconds`, wherever one begins to count."""

    def __init__(self, clock: Clock, most: Callable[[], int], seconds: float = WINDOW_SECONDS) -> None:
        """`most` is asked each time, so that the setting may change while we run."""
        self._clock = clock
        self._most = most
        self._window = timedelta(seconds=seconds)
        self._taken: deque[datetime] = deque()

    def wait_seconds(self) -> float:
        """How long until one more is let through; 0 where it is now, the whole window where none ever is."""
        now = self._tidy()
        most = self._most()
        if most <= 0:
            return self._window.total_seconds()
        if len(self._taken) < most:
            return 0.0
        return (self._taken[len(self._taken) - most] + self._window - now).total_seconds()

    def take(self) -> bool:
        """Whether one may be sent now; it counts from this moment on if so, whatever becomes of it."""
        now = self._tidy()
        if len(self._taken) >= self._most():
            return False
        self._taken.append(now)
        return True

    def _tidy(self) -> datetime:
        """The moment, with all that has left the window forgotten."""
        now = self._clock.now()
        if self._taken and self._taken[-1] > now:
            # The clock was set back: what was just sent would otherwise keep us waiting until it catches up.
            self._taken = deque(min(taken, now) for taken in self._taken)
        while self._taken and self._taken[0] + self._window <= now:
            self._taken.popleft()
        return now
