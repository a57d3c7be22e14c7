"""Plays a log as if it happened now: moves the replay clock, and hands out what was said when its time comes."""

import asyncio
import math
import time
from bisect import bisect_right
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Protocol

from sanctum_tui.chat import ChatEvent, Live, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import BadInputError

FULL_SPEED = math.inf
"""As fast as it goes."""

_LOOK_AGAIN_SECONDS = 0.5
"""The longest that a paced replay waits, in real time, before it looks whether the pace is still the same."""

_LEAP = timedelta(days=2)
"""The longest silence that is lived through; a longer one is a hole in the log, or a clock that was set."""

_AFTER_LEAP = timedelta(hours=1)
"""As much of a hole as is lived through, up to the line behind it."""

_at = attrgetter("at")


class Log(Protocol):
    """What the player needs of a log."""

    def batches(self) -> Iterator[list[ChatEvent]]: ...


class Player:
    """A `ChatSource` and a `LiveGate` over a log: "live" while it plays.

    At a moment when people write and a sleeper on the clock is due, people come first.
    """

    def __init__(
        self,
        log: Log,
        *,
        channel: str,
        name: str = "The log",
        start_at: timedelta = timedelta(0),
        skip: int = 0,
        resume_at: datetime | None = None,
        speed: float = FULL_SPEED,
        real_time: Callable[[], float] = time.monotonic,
        real_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Begin `start_at` after the log's first line; leave out the `skip` events from there that were stored
        before a restart, and go on at `resume_at`.

        `speed` is how many seconds of the log pass in one second. Raises BadInputError where the log holds
        nothing that could be played, in which it is called `name`.
        """
        self._channel = channel
        self._speed = speed
        self._real_time = real_time
        self._real_sleep = real_sleep
        self._paused = False
        self._slowed = False
        self._on_air = True
        self._ended = False
        self._batches = log.batches()
        first = next(filter(None, self._batches), None)
        if first is None:
            raise BadInputError(f"{name}: no line of chat could be read in it; check that it is the right file.")
        self.first_at: datetime = first[0].at
        """The log's first line, from which headless output counts its seconds."""
        begin = self.first_at + start_at
        self.left_out = 0
        """Events before `start_at`."""
        self.leaps = 0
        """Holes of days in the log, of which all but the end was left out."""
        rest = self._from(begin, first)
        if rest is None:
            raise BadInputError(f"{name} ends before {start_at} after its first line; choose an earlier --start-at.")
        self._pending: list[ChatEvent] | None = self._skipped(rest, skip)
        self.clock = ReplayClock(max(begin, resume_at or begin))
        self._anchor = (self._real_time(), self.clock.now())
        self._due = self.clock.now()
        self._changed = asyncio.Event()

    @property
    def channel(self) -> str:
        return self._channel

    @property
    def live(self) -> Live:
        return Live.NO if self._ended or not self._on_air else Live.YES

    @property
    def why(self) -> str:
        if self._ended:
            return "the replay has ended"
        return "the replay is playing" if self._on_air else "the stream is offline at this point of the log"

    def went(self, event: StreamWentOnline | StreamWentOffline) -> None:
        """The log says that the stream went online, or offline."""
        self._on_air = isinstance(event, StreamWentOnline)

    @property
    def speed(self) -> float:
        """How many seconds of the log pass in one, by the operator's choice."""
        return self._speed

    @property
    def pace(self) -> float:
        """How many pass at this moment: no more than one while it is slowed."""
        return min(self._speed, 1.0) if self._slowed else self._speed

    @property
    def paused(self) -> bool:
        return self._paused

    def set_speed(self, speed: float) -> None:
        """Play this many times as fast as it happened, from now on."""
        self._speed = speed
        self._re_anchor()

    def slow(self, slowed: bool) -> None:
        """Go no faster than it happened for a while: somebody has something to decide."""
        if slowed is not self._slowed:
            self._slowed = slowed
            self._re_anchor()

    def pause(self, paused: bool = True) -> None:
        """Stand still, clock and all, or go on."""
        self._paused = paused
        self._re_anchor()

    def catch_up(self) -> None:
        """Set a paced replay's clock to this very moment, short of the next thing that happens."""
        if not (self._paused or self._ended or self.pace == FULL_SPEED):
            self.clock.set(min(self._target(), self._due))

    def end(self) -> None:
        """Stop playing: the evening is over where it stands."""
        self._ended = True
        self._changed.set()

    async def batches(self) -> AsyncGenerator[Sequence[ChatEvent], None]:
        """What was said, in order, and between two lines the wake-ups that are due on the clock."""
        while (events := self._pending) is not None and not self._ended:
            start = 0
            while start < len(events) and not self._ended:
                self._leap(events[start].at)
                horizon = await self._horizon(events[start].at)
                deadline = self.clock.next_deadline
                stop = horizon if deadline is None or deadline > horizon else deadline
                end = bisect_right(events, stop, lo=start, key=_at)
                if end > start:
                    self.clock.set(events[start].at)
                    yield events[start:end]
                    self.clock.set(events[end - 1].at)
                    start = end
                    if self.pace == FULL_SPEED:
                        # A screen, if there is one, must get a turn.
                        await asyncio.sleep(0)
                else:
                    await self.clock.advance_to(stop)
            self._pending = next(self._batches, None)
        self._ended = True

    def _leap(self, next_at: datetime) -> None:
        """Over a hole of days nobody would sit; and its ticks, a million for two years, decide nothing new."""
        if next_at - self.clock.now() > _LEAP:
            self.leaps += 1
            self.clock.set(next_at - _AFTER_LEAP)
            self._re_anchor()

    async def _horizon(self, next_at: datetime) -> datetime:
        """How far the clock may go at this real moment; waits a little where the next thing is not due yet."""
        while not self._ended:
            if self._paused:
                self._changed.clear()
                await self._changed.wait()
                continue
            if self.pace == FULL_SPEED:
                return next_at if self.clock.next_deadline is None else max(next_at, self.clock.next_deadline)
            target = self._target()
            deadline = self.clock.next_deadline
            self._due = next_at if deadline is None else min(next_at, deadline)
            if target >= self._due:
                return target
            self.clock.set(target)
            await self._real_sleep(min(_LOOK_AGAIN_SECONDS, (self._due - target).total_seconds() / self.pace))
        return self.clock.now()

    def _target(self) -> datetime:
        """Where a paced replay's clock belongs at this real moment."""
        real, virtual = self._anchor
        return virtual + timedelta(seconds=(self._real_time() - real) * self.pace)

    def _re_anchor(self) -> None:
        self._anchor = (self._real_time(), self.clock.now())
        self._changed.set()

    def _from(self, begin: datetime, first: list[ChatEvent]) -> list[ChatEvent] | None:
        events: list[ChatEvent] | None = first
        while events is not None and (not events or events[-1].at < begin):
            self.left_out += len(events)
            events = next(self._batches, None)
        if events is None:
            return None
        kept = [event for event in events if event.at >= begin]
        self.left_out += len(events) - len(kept)
        return kept

    def _skipped(self, events: list[ChatEvent], skip: int) -> list[ChatEvent] | None:
        rest: list[ChatEvent] | None = events
        while rest is not None and skip > 0:
            if skip < len(rest):
                return rest[skip:]
            skip -= len(rest)
            rest = next(self._batches, None)
        return rest
