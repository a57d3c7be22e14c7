"""Moments somebody may want to cut out of the recording: the operator's marks first, then the room's liveliest."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sanctum_tui.chat import ChatMessage
from sanctum_tui.evening import Airing, Mark
from sanctum_tui.exports.story import PromptStory
from sanctum_tui.exports.talk import Quote, quote
from sanctum_tui.exports.wordlists import is_laughter

LOOKED_AT = 60
"""Lines of a window that are read for laughter and exclamations; of a crowd's, an even sample."""
KEPT = 128
LEAST_PEOPLE = 4
LEAST_LAUGHING = 2
LEAST_EXCLAIMING = 3
TOLD = 5
"""Moments of the room in one ledger, besides marks and answers."""
ANSWERS = 3
TOGETHER = timedelta(seconds=75)
"""Moments closer than this are one."""


class ClipKind(StrEnum):
    """Why a moment is proposed."""

    MARK = "mark"
    ANSWER = "answer"
    LAUGHTER = "laughter"
    EXCITEMENT = "excitement"
    BURST = "burst"


@dataclass(frozen=True, slots=True)
class Clip:
    """A moment, and why it is proposed."""

    at: datetime
    seconds: float
    """From the start of the stream."""
    kind: ClipKind
    note: str = ""
    """The operator's words on a mark, or the agent's line that was answered."""
    many: int = 0
    """How many people laughed, called out or wrote within half a minute (of a crowd, of those looked at)."""
    usual: int = 0
    """How many people half a minute of talk had that evening, as a median."""
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    at: datetime
    liveliness: int
    people: int
    laughing: tuple[ChatMessage, ...]
    exclaiming: tuple[ChatMessage, ...]
    sample: tuple[ChatMessage, ...]


class Moments:
    """Gathers windows of talk; keeps the liveliest, and how lively the others were as counts."""

    def __init__(self) -> None:
        self._people: Counter[int] = Counter()
        self._laughing: Counter[int] = Counter()
        self._exclaiming: Counter[int] = Counter()
        self._kept: list[_Window] = []
        self._floor = 0
        """A window no livelier than this would not be kept."""

    def fork(self) -> "Moments":
        """A copy to go on with, which leaves this one as it is."""
        other = Moments()
        other._people, other._laughing = self._people.copy(), self._laughing.copy()
        other._exclaiming, other._kept, other._floor = self._exclaiming.copy(), self._kept.copy(), self._floor
        return other

    def hear(self, window: Sequence[ChatMessage], people: int) -> None:
        """Take half a minute of people's lines, and how many people wrote them."""
        self._people[people] += 1
        if people < LEAST_LAUGHING:
            self._laughing[0] += 1
            self._exclaiming[0] += 1
            return
        read = window[:: len(window) // LOOKED_AT + 1]
        laughing: dict[str, ChatMessage] = {}
        if is_laughter(" ".join([message.text for message in read])):
            laughing = {message.login: message for message in reversed(read) if is_laughter(message.text)}
        exclaiming = {message.login: message for message in reversed(read) if "!" in message.text}
        self._laughing[len(laughing)] += 1
        self._exclaiming[len(exclaiming)] += 1
        if people < LEAST_PEOPLE and len(laughing) < LEAST_LAUGHING and len(exclaiming) < LEAST_EXCLAIMING:
            return
        liveliness = people + 2 * len(laughing) + len(exclaiming)
        if liveliness <= self._floor:
            return
        wrote = {message.login: message for message in reversed(read)}
        self._kept.append(
            _Window(window[0].at, liveliness, people, _in_order(laughing), _in_order(exclaiming), _in_order(wrote))
        )
        if len(self._kept) >= 2 * KEPT:
            self._kept = sorted(self._kept, key=lambda old: (-old.liveliness, old.at))[:KEPT]
            self._floor = self._kept[-1].liveliness

    def clips(self, started_at: datetime, may_quote: Callable[[ChatMessage], bool]) -> tuple[Clip, ...]:
        """The room's liveliest moments against its own pace, in order."""
        usual = median(self._people)
        laughing = max(LEAST_LAUGHING, 2 * median(self._laughing) + 1)
        exclaiming = max(LEAST_EXCLAIMING, 2 * median(self._exclaiming) + 1)
        crowd = max(LEAST_PEOPLE, 2 * usual)
        found: list[tuple[float, Clip]] = []
        for window in self._kept:
            reached = [
                (preference * many / least, kind, lines)
                for many, least, preference, kind, lines in (
                    (len(window.laughing), laughing, 1.5, ClipKind.LAUGHTER, window.laughing),
                    (len(window.exclaiming), exclaiming, 1.2, ClipKind.EXCITEMENT, window.exclaiming),
                    (window.people, crowd, 1.0, ClipKind.BURST, window.sample),
                )
                if many >= least
            ]
            if not reached:
                continue
            # Laughter says more about a moment than many lines do, so it is what the moment is called by.
            strength, kind, lines = max(reached, key=lambda measure: measure[0])
            many = window.people if kind is ClipKind.BURST else len(lines)
            quotes = tuple(quote(message) for message in lines if may_quote(message))[:2]
            found.append((strength, _clip(window.at, started_at, kind, many=many, usual=usual, quotes=quotes)))
        chosen: list[Clip] = []
        for _, clip in sorted(found, key=lambda pair: (-pair[0], pair[1].at)):
            if len(chosen) < TOLD and all(abs(clip.at - other.at) > TOGETHER for other in chosen):
                chosen.append(clip)
        return tuple(sorted(chosen, key=lambda clip: clip.at))


def in_its_stream(clip: Clip, airings: Sequence[Airing]) -> Clip:
    """With its time from the start of the stream that it happened in, as its recording counts."""
    starts = [airing.started_at for airing in airings if airing.started_at <= clip.at]
    return replace(clip, seconds=(clip.at - starts[-1]).total_seconds()) if starts else clip


def marked(marks: Iterable[Mark], started_at: datetime) -> tuple[Clip, ...]:
    """Every moment the operator marked."""
    return tuple(_clip(mark.at, started_at, ClipKind.MARK, note=mark.note) for mark in marks)


def answered(stories: Iterable[PromptStory], started_at: datetime) -> tuple[Clip, ...]:
    """Moments at which somebody answered a line of the agent's."""
    clips = [
        _clip(story.posted_at, started_at, ClipKind.ANSWER, note=story.posted_text, quotes=(story.answer,))
        for story in stories
        if story.posted_at is not None and story.answer is not None
    ]
    return tuple(clips[:ANSWERS])


def median(counts: Counter[int]) -> int:
    """The middle one of many small numbers that are given as how often each came; 0 where there are none."""
    half = (counts.total() + 1) // 2
    for number in sorted(counts):
        half -= counts[number]
        if half <= 0:
            return number
    return 0


def _clip(
    at: datetime,
    started_at: datetime,
    kind: ClipKind,
    *,
    note: str = "",
    many: int = 0,
    usual: int = 0,
    quotes: tuple[Quote, ...] = (),
) -> Clip:
    return Clip(at, max(0.0, (at - started_at).total_seconds()), kind, note, many, usual, quotes)


def _in_order(by_person: dict[str, ChatMessage]) -> tuple[ChatMessage, ...]:
    """A line a person, in order."""
    return tuple(sorted(by_person.values(), key=lambda message: message.at))
