"""When an event may be shown, and which ones never are: no effects, no words, only time and counts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sanctum_tui.clock import Clock
from sanctum_tui.status.events import StatusEvent

MOST_WAITING = 64
"""Events that wait at a time; far more than a console's few turns leave waiting, one for each source of each."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How seldom and how little is shown."""

    delay_seconds: float = 1.0
    """A turn shows nothing before it has lasted this long: what is over in a moment needs no words."""
    interval_seconds: float = 2.0
    """A line stays at least this long before the next of its source: a short line takes a second to read."""
    most_per_turn: int = 24
    """Two minutes of a line every five seconds; twice what the slowest model is given for an answer."""


class Offer(StrEnum):
    """What becomes of an event."""

    WAITS = "waits"
    """It is shown when its time has come, unless a newer one takes its place first."""
    DUPLICATE = "duplicate"
    """It would say what is shown, or is about to be."""
    TURN_OVER = "turn over"
    """Its turn has ended, or never began."""
    CAPPED = "capped"
    """Its turn has shown as much as a turn may."""
    CROWDED = "crowded"
    """Too many wait already."""


@dataclass(slots=True)
class _Turn:
    began: datetime
    counted: int = 0
    """Events of it that were shown or wait, but for errors."""
    shown: dict[str, StatusEvent] = field(default_factory=dict)
    """The last one shown, by source."""


@dataclass(slots=True)
class _Source:
    shown: datetime | None = None
    """When it last showed anything."""
    erred: datetime | None = None
    """When it last showed an error."""


class Policy:
    """Takes events in, and gives out those that are to be shown, when they are.

    Of a source only the newest event of a turn waits: a status tells what is going on, not what went on
    before. Errors are another matter. None gives way to a newer event or is lost to the cap; they do not wait
    for the delay, and take the place of a line at once, but one error leaves another its time to be read.
    """

    def __init__(self, clock: Clock, limits: Callable[[], Limits] = Limits) -> None:
        self._clock = clock
        self._limits = limits
        self._turns: dict[int, _Turn] = {}
        self._sources: dict[str, _Source] = {}
        self._waiting: list[StatusEvent] = []
        """In the order in which they came."""

    def begin(self, turn: int) -> None:
        """A turn begins: its delay runs from now on."""
        self._turns.setdefault(turn, _Turn(self._clock.now()))

    def over(self, turn: int) -> bool:
        """The turn is over, and shows nothing more. Whether it had shown anything."""
        ended = self._turns.pop(turn, None)
        self._waiting = [event for event in self._waiting if event.turn != turn]
        return ended is not None and bool(ended.shown)

    def is_open(self, turn: int) -> bool:
        return turn in self._turns

    def offer(self, event: StatusEvent) -> Offer:
        """Take an event in, or say why not."""
        turn = self._turns.get(event.turn)
        if turn is None:
            return Offer.TURN_OVER
        if any(event.same_as(waiting) for waiting in self._waiting):
            return Offer.DUPLICATE
        if not event.is_error:
            self._give_way(event, turn)
        if event.same_as(self._latest(event, turn)):
            return Offer.DUPLICATE
        if not event.is_error and turn.counted >= self._limits().most_per_turn:
            return Offer.CAPPED
        if len(self._waiting) >= MOST_WAITING and not (event.is_error and self._make_room()):
            return Offer.CROWDED
        turn.counted += not event.is_error
        self._waiting.append(event)
        return Offer.WAITS

    def take(self) -> StatusEvent | None:
        """The event to show now, which counts as shown from here on; None where none is due."""
        for event in sorted(self._waiting, key=lambda event: not event.is_error):
            if self._wait_of(event) > 0:
                continue
            self._waiting.remove(event)
            if self._shows(event):
                return event
        return None

    def drain(self) -> tuple[StatusEvent, ...]:
        """All that waits, in the order in which it came and without regard to time; nothing waits after it."""
        waiting, self._waiting = self._waiting, []
        return tuple(event for event in waiting if self._shows(event))

    def wait_seconds(self) -> float | None:
        """How long until `take` may have something, or None while nothing waits."""
        return min(map(self._wait_of, self._waiting), default=None)

    def _give_way(self, event: StatusEvent, turn: _Turn) -> None:
        """What waits of the same turn and source is overtaken by this event."""
        for waiting in self._waiting:
            if (waiting.turn, waiting.source, waiting.is_error) == (event.turn, event.source, False):
                self._waiting.remove(waiting)
                turn.counted -= 1
                return

    def _latest(self, event: StatusEvent, turn: _Turn) -> StatusEvent | None:
        """What its source will have said last by the time this event could be shown."""
        of_source = (one for one in reversed(self._waiting) if (one.turn, one.source) == (event.turn, event.source))
        return next(of_source, turn.shown.get(event.source))

    def _make_room(self) -> bool:
        """Let the oldest event go that is no error."""
        for waiting in self._waiting:
            if not waiting.is_error:
                self._waiting.remove(waiting)
                self._turns[waiting.turn].counted -= 1
                return True
        return False

    def _shows(self, event: StatusEvent) -> bool:
        """Note that an event is shown, unless it would repeat what its source shows already."""
        turn = self._turns[event.turn]
        if event.same_as(turn.shown.get(event.source)):
            return False
        now = self._clock.now()
        source = self._sources.setdefault(event.source, _Source())
        turn.shown[event.source] = event
        source.shown = now
        if event.is_error:
            source.erred = now
        return True

    def _wait_of(self, event: StatusEvent) -> float:
        limits, source = self._limits(), self._sources.setdefault(event.source, _Source())
        if event.is_error:
            return self._left(source.erred, limits.interval_seconds)
        delay = self._left(self._turns[event.turn].began, limits.delay_seconds)
        return max(delay, self._left(source.shown, limits.interval_seconds))

    def _left(self, since: datetime | None, seconds: float) -> float:
        """What is left of a time that began then; nothing where the clock was set back in the meantime."""
        if since is None:
            return 0.0
        passed = (self._clock.now() - since).total_seconds()
        return max(0.0, seconds - passed) if passed >= 0 else 0.0
