"""When a live evening begins and ends with its stream, and when that is the operator's to say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from sanctum_tui.chat import Live
from sanctum_tui.evening import Airing

_AWAY = timedelta(minutes=30)
"""A stream that is back so soon after the console last ran is the same evening's: a crash, a restart."""

_FORESHOW = timedelta(hours=12)
"""A session of which nobody knows that it had a stream of its own is another day's after this."""


_BEGUN = "A stream has begun. Shall this go on as its evening, or a new one begin?"
_ANOTHER = "Another stream has begun. Shall this evening go on with it, or a new one begin?"
_ENDED = "The stream has ended. Shall the evening end too, or go on?"
_OPEN = "The stream has ended, and something here is still open. Shall the evening end all the same?"


class Turn(Enum):
    """What becomes of the session."""

    NONE = "none"
    BEGIN = "begin"
    """The stream is this session's; where it is the first, times count from its start."""
    LEFT = "left"
    """The stream is over. It may come back."""
    END = "end"
    """So is the session."""


@dataclass(frozen=True, slots=True)
class Look:
    """What to do, and what to ask the operator meanwhile."""

    turn: Turn = Turn.NONE
    question: str = ""
    """One sentence, or empty."""
    brief: str = ""
    """The same in two or three words, for a line at the top of the screen."""
    ends_in: timedelta | None = None
    """How long until the session ends by itself, where it will."""


@dataclass(frozen=True, slots=True)
class OnAirNow:
    """The stream at a moment."""

    live: Live
    stream: str = ""
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Airings:
    """The session's side of it: its latest stream, and what the operator said of going on."""

    last: Airing | None = None
    goes_on: bool = False
    """The operator wants this session to go on, whatever the stream does."""

    def look(self, air: OnAirNow, now: datetime, *, grace: timedelta, used: bool, busy: bool) -> Look:
        """What becomes of the session now.

        `used`: something was drafted, decided or marked in it. `busy`: something in it is open at this moment.
        What is not known changes nothing.
        """
        if air.live is Live.YES and air.stream:
            return self._on(air, now, grace, used)
        if air.live is Live.NO and self.last is not None:
            return self._off(self.last, now, grace, busy)
        return Look()

    def begun(self, airing: Airing) -> "Airings":
        return replace(self, last=airing)

    def left(self, at: datetime) -> "Airings":
        return replace(self, last=None if self.last is None else replace(self.last, ended_at=at))

    def _on(self, air: OnAirNow, now: datetime, grace: timedelta, used: bool) -> Look:
        last = self.last
        if last is None:
            if used and not self.goes_on:
                return Look(question=_BEGUN, brief="a stream began")
            return Look(Turn.BEGIN)
        if last.stream == air.stream:
            return Look() if last.ended_at is None else Look(Turn.BEGIN)
        if self.goes_on or last.ended_at is None or now - last.ended_at <= max(grace, _AWAY):
            return Look(Turn.BEGIN)
        return Look(question=_ANOTHER, brief="another stream began")

    def _off(self, last: Airing, now: datetime, grace: timedelta, busy: bool) -> Look:
        if last.ended_at is None:
            return Look(Turn.LEFT)
        if self.goes_on:
            return Look()
        if busy:
            return Look(question=_OPEN, brief="the stream ended")
        left = last.ended_at + grace - now
        if left > timedelta(0):
            return Look(question=_ENDED, brief="the stream ended", ends_in=left)
        return Look(Turn.END)


def is_this_evening(airings: Sequence[Airing], air: OnAirNow, stopped_at: datetime, now: datetime) -> bool:
    """Whether an unfinished session, which stopped at that moment, is the one to go on with.

    Where it is not known whether the stream is live, it goes on: the operator is asked when it is known.
    """
    if not airings or air.live is Live.UNKNOWN:
        return now - stopped_at <= _FORESHOW
    if air.live is Live.YES and any(airing.stream == air.stream for airing in airings):
        return True
    return now - stopped_at <= _AWAY
