"""How far this machine's clock is from Twitch's, by when Twitch says that it sent what is here now."""

from collections import deque
from datetime import datetime

_ALARM_SECONDS = 60.0
"""Nobody minds a smaller difference: times are shown in minutes."""
_STRETCH_SECONDS = 10.0
_STRETCHES = 12
"""Stretches of time in which something came that are kept: two minutes where no more than keepalives come."""
_MOST_SECONDS = 86_400.0
"""No clock is so wrong that a connection could be made with it; the moment was not meant."""
_HOURS_FROM = 7_200.0


class Skew:
    """The difference between the clocks: the least over the last minutes.

    What comes late makes it look larger, never smaller: a slow network, or a machine that slept.
    """

    def __init__(self) -> None:
        self.note = ""
        """What the operator should know of it, as one sentence, or empty."""
        self._least: deque[tuple[int, float]] = deque(maxlen=_STRETCHES)
        self._noted = 0.0

    @property
    def seconds(self) -> float | None:
        """How far our clock is ahead of Twitch's, or, below zero, behind it; None before anything came."""
        return min(least for _, least in self._least) if self._least else None

    def compare(self, sent_at: datetime, now: datetime) -> bool:
        """Something came now that Twitch sent at this moment; whether the note has become another one."""
        ahead = (now - sent_at).total_seconds()
        if abs(ahead) > _MOST_SECONDS:
            return False
        stretch = int(now.timestamp() // _STRETCH_SECONDS)
        if not self._least or self._least[-1][0] != stretch:
            self._least.append((stretch, ahead))
        elif ahead < self._least[-1][1]:
            self._least[-1] = (stretch, ahead)
        else:
            return False
        return self._note()

    def _note(self) -> bool:
        seconds = self.seconds or 0.0
        before, words = self.note, wrong(seconds)
        # It says minutes: what moves by seconds, about the middle of one, is no news.
        if not (before and words and abs(seconds - self._noted) < _ALARM_SECONDS):
            self.note, self._noted = words, seconds
        return self.note != before


def wrong(seconds: float) -> str:
    """What to say of a clock that is so far ahead of Twitch's, as one sentence; empty where it is right enough."""
    if abs(seconds) <= _ALARM_SECONDS:
        return ""
    much = f"{abs(seconds) / 60:.0f} min" if abs(seconds) < _HOURS_FROM else f"{abs(seconds) / 3600:.0f} h"
    way = "ahead of" if seconds > 0 else "behind"
    return (
        f"This machine's clock is {much} {way} Twitch's; set it: the ledger's times count from Twitch's start of "
        "the stream."
    )
