"""The evening's pauses: how long nobody wrote, and with which words somebody began again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sanctum_tui.chat import ChatGap, ChatMessage
from sanctum_tui.evening import Silence
from sanctum_tui.exports.talk import Quote, quote

WORTH_KEEPING = timedelta(seconds=60)
"""Shorter pauses are how people write."""
WORTH_TELLING = 180.0
"""Seconds; a shorter pause is no silence to anybody who reads of it next morning."""
TOLD = 5
KEPT = 256
ANSWER_WITHIN = timedelta(seconds=180)
"""Words that come later than this after a posted line are not taken for an answer to it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which no person wrote, and the line that ended it."""

    silence: Silence
    first: Quote | None
    """None where that line may not be quoted."""

    @property
    def end(self) -> datetime:
        return self.silence.start + timedelta(seconds=self.silence.seconds)


class Pauses:
    """Gathers pauses; keeps the longest, so that memory does not grow with the evening."""

    def __init__(self) -> None:
        self.first: ChatMessage | None = None
        self.last: datetime | None = None
        """When somebody was last heard."""
        self._kept: list[tuple[datetime, ChatMessage]] = []

    def fork(self) -> "Pauses":
        """A copy to go on with, which leaves this one as it is."""
        other = Pauses()
        other.first, other.last, other._kept = self.first, self.last, self._kept.copy()
        return other

    def broken(self, message: ChatMessage) -> None:
        """Take a line that somebody wrote after the last that was heard of."""
        if self.last is None:
            self.first = message
        elif message.at - self.last >= WORTH_KEEPING:
            self._kept.append((self.last, message))
            if len(self._kept) >= 2 * KEPT:
                self._kept = sorted(self._kept, key=_longest_first)[:KEPT]
        self.last = message.at

    def heard(self, at: datetime) -> None:
        """Somebody wrote, so short after the last line that there was no pause."""
        self.last = at if self.last is None else max(self.last, at)

    def all(
        self, started_at: datetime, may_quote: Callable[[ChatMessage], bool], gaps: Sequence[ChatGap] = ()
    ) -> tuple[Pause, ...]:
        """Every pause that was kept, in order; the one before the first line counts from the start.

        While chat was away, in `gaps`, nobody knows whether it was quiet: no pause reaches over one.
        """
        kept = sorted(self._kept, key=lambda pause: pause[0])
        if self.first is not None and self.first.at - started_at >= WORTH_KEEPING:
            kept.insert(0, (started_at, self.first))
        pauses = []
        for start, first in kept:
            *before, last = _heard(start, first.at, gaps)
            pauses += [Pause(silence, None) for silence in before]
            pauses.append(Pause(last, quote(first) if may_quote(first) else None))
        return tuple(pause for pause in pauses if pause.silence.seconds >= WORTH_KEEPING.total_seconds())


def _heard(start: datetime, end: datetime, gaps: Sequence[ChatGap]) -> list[Silence]:
    """What of a stretch was heard: its pieces between the gaps, the last one up to its end."""
    pieces = []
    for gap in gaps:
        went = max(start, gap.at - timedelta(seconds=gap.seconds))
        if start < gap.at and went < end:
            pieces.append(Silence(start, (went - start).total_seconds()))
            start = min(gap.at, end)
    return [*pieces, Silence(start, (end - start).total_seconds())]


def longest(pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    """Those worth telling, in the order they came."""
    long = [pause for pause in pauses if pause.silence.seconds >= WORTH_TELLING]
    best = sorted(long, key=lambda pause: (-pause.silence.seconds, pause.silence.start))[:TOLD]
    return tuple(sorted(best, key=lambda pause: pause.silence.start))


def answer_to(posted_at: datetime, pauses: Sequence[Pause]) -> Quote | None:
    """The words that broke the silence a line was posted into, where they came soon after it."""
    for pause in pauses:
        if pause.silence.start <= posted_at <= pause.end and pause.end - posted_at <= ANSWER_WITHIN:
            return pause.first
    return None


def _longest_first(pause: tuple[datetime, ChatMessage]) -> tuple[timedelta, datetime]:
    start, first = pause
    return start - first.at, start
