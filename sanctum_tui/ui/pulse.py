"""The last half hour of the room as a value: how much people wrote in each minute, and what else happened. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.evening import Prompt, PromptState, Silence

MINUTES = 30
HALF_HOUR = timedelta(minutes=MINUTES)
_PEOPLE = (Voice.PERSON, Voice.COMMAND)
_BARS = "▁▂▃▄▅▆▇█"


class Beat(Enum):
    """What a minute is remembered for: a word and a sign. Of two in one minute the first in this order is shown."""

    POSTED = ("posted", "✓")
    SKIPPED = ("skipped", "–")
    MARK = ("mark", "*")
    DRAFTED = ("drafted", "◆")
    SILENCE = ("silence", "·")

    def __init__(self, word: str, sign: str) -> None:
        self.word = word
        self.sign = sign


_ORDER = tuple(Beat)
_STEPS = {
    PromptState.POSTED: Beat.POSTED,
    PromptState.SKIPPED: Beat.SKIPPED,
    PromptState.PENDING: Beat.DRAFTED,
}


@dataclass(frozen=True, slots=True)
class Trace:
    """What is drawn of it: one column a minute, the oldest first."""

    counts: tuple[int, ...] = (0,) * MINUTES
    beats: tuple[Beat | None, ...] = (None,) * MINUTES

    @property
    def most(self) -> int:
        return max(self.counts)

    def bars(self) -> str:
        """A bar a minute, by the busiest of them; nothing where nobody wrote."""
        most = self.most
        return "".join(_BARS[-(-count * len(_BARS) // most) - 1] if count else " " for count in self.counts)

    def signs(self) -> str:
        """The sign of what happened, a minute each."""
        return "".join(beat.sign if beat is not None else " " for beat in self.beats)

    def legend(self) -> tuple[Beat, ...]:
        """The signs that there are, each once."""
        return tuple(beat for beat in _ORDER if beat in self.beats)


@dataclass(frozen=True, slots=True)
class Pulse:
    """What was heard and done, by the minute; as much of it as half an hour's picture needs."""

    counts: Mapping[int, int] = field(default_factory=dict)
    """People's lines, by the number of their minute."""
    beats: frozenset[tuple[int, Beat]] = frozenset()

    def heard(self, lines: Iterable[ChatLine]) -> "Pulse":
        """With these lines; only people's count."""
        counts = dict(self.counts)
        newest = 0
        for line in lines:
            if line.voice in _PEOPLE:
                minute = _minute(line.message.at)
                counts[minute] = counts.get(minute, 0) + 1
                newest = max(newest, minute)
        return replace(self, counts={minute: count for minute, count in counts.items() if minute > newest - MINUTES})

    def stepped(self, prompt: Prompt) -> "Pulse":
        """With all that a line went through so far."""
        steps = {(_minute(step.at), _STEPS[step.state]) for step in prompt.steps if step.state in _STEPS}
        return replace(self, beats=self.beats | steps)

    def marked(self, at: datetime) -> "Pulse":
        """With a moment that the operator wanted to keep."""
        return replace(self, beats=self.beats | {(_minute(at), Beat.MARK)})

    def trace(self, now: datetime, silences: Iterable[Silence] = ()) -> Trace:
        """The half hour up to now; a minute that lies wholly in one of these silences is called so."""
        last = _minute(now)
        first = last - MINUTES + 1
        found = {(minute, beat) for minute, beat in self.beats if first <= minute <= last}
        for silence in silences:
            end = silence.start + timedelta(seconds=silence.seconds)
            inside = range(max(first, _minute(silence.start) + 1), min(last + 1, _minute(end)))
            found |= {(minute, Beat.SILENCE) for minute in inside}
        beats = {
            minute: beat for beat in reversed(_ORDER) for minute in range(first, last + 1) if (minute, beat) in found
        }
        minutes = range(first, last + 1)
        return Trace(
            tuple(self.counts.get(minute, 0) for minute in minutes), tuple(beats.get(minute) for minute in minutes)
        )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE = timedelta(minutes=1)


def _minute(moment: datetime) -> int:
    return (moment - _EPOCH) // _ONE
