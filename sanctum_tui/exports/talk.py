"""Where people really talked: stretches of lines close together, weighed by what was in them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from math import log

from sanctum_tui.chat import ChatMessage
from sanctum_tui.exports.wordlists import is_laughter, length_in_words, topic, words

APART = timedelta(seconds=210)
"""A pause longer than this ends a stretch of talk."""
RIPE = timedelta(minutes=12)
"""A stretch this old ends at a shorter pause, so that a busy evening is not told as one talk."""
BREATH = timedelta(seconds=45)
"""That shorter pause."""
LONGEST = timedelta(minutes=25)
"""No stretch is longer, pause or not."""
KEPT_STRETCHES = 12
KEPT_LINES = 80
LINES_A_WINDOW = 10
TOLD = 5
"""Discussions in one ledger."""
NAMES = 6
ABOUT = 4
QUOTES = 4
THOUGHTFUL = 2.2
"""A line worth at least this much is a thought: about nine words, or a question of five."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A line of the room as it was written, untrusted."""

    at: datetime
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Discussion:
    """A stretch in which people talked with each other about something."""

    start: datetime
    end: datetime
    lines: int
    people: int
    names: tuple[str, ...]
    """Those who wrote most, first."""
    questions: int
    """Questions among the lines that were long enough to be looked at."""
    about: tuple[str, ...]
    """Words that the talk came back to, strongest first; may be empty."""
    quotes: tuple[Quote, ...]
    """Two to four of its best lines, in the order they were written."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: datetime
    end: datetime
    lines: int
    people: int
    names: tuple[str, ...]
    kept: tuple[ChatMessage, ...]
    weight: float
    """A rough measure from lengths alone, which is cheap enough for every stretch of the evening."""


@dataclass(slots=True)
class _Open:
    """The stretch that still goes on."""

    start: datetime
    end: datetime
    lines: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    kept: list[ChatMessage] = field(default_factory=list)

    def fork(self) -> "_Open":
        return _Open(self.start, self.end, self.lines, self.counts.copy(), self.names.copy(), self.kept.copy())


class Talk:
    """Gathers stretches window by window; keeps the best few, so that memory does not grow with the evening."""

    def __init__(self) -> None:
        self._open: _Open | None = None
        self._closed: list[_Stretch] = []

    def fork(self) -> "Talk":
        """A copy to go on with, which leaves this one as it is."""
        other = Talk()
        other._open = self._open.fork() if self._open else None
        other._closed = self._closed.copy()
        return other

    def hear(self, window: Sequence[ChatMessage], names: dict[str, str]) -> None:
        """Take a window of people's lines in order, and who wrote them (login to shown name)."""
        if self._open is not None and _parts(self._open, window[0].at):
            self.close()
        if self._open is None:
            self._open = _Open(window[0].at, window[0].at)
        stretch = self._open
        stretch.end = window[-1].at
        stretch.lines += len(window)
        stretch.counts.update([message.login for message in window])
        stretch.names.update(names)
        stretch.kept += window if len(window) <= LINES_A_WINDOW else _heaviest(window, LINES_A_WINDOW)

    def close(self) -> None:
        """End the stretch that goes on, if one does."""
        stretch, self._open = self._open, None
        if stretch is None or len(stretch.counts) < 2 or stretch.lines < 4:
            return
        kept = _heaviest(stretch.kept, KEPT_LINES)
        heaviest = sorted((_heft(message) for message in kept), reverse=True)[:8]
        self._closed.append(
            _Stretch(
                start=stretch.start,
                end=stretch.end,
                lines=stretch.lines,
                people=len(stretch.counts),
                names=tuple(stretch.names[login] for login, _ in stretch.counts.most_common(NAMES)),
                kept=tuple(kept),
                weight=sum(heaviest) + 40 * min(len(stretch.counts), 8),
            )
        )
        if len(self._closed) >= 2 * KEPT_STRETCHES:
            self._closed = sorted(self._closed, key=lambda old: (-old.weight, old.start))[:KEPT_STRETCHES]

    def discussions(self, may_quote: Callable[[ChatMessage], bool]) -> tuple[Discussion, ...]:
        """The evening's real talk, in order; lines that may not be quoted are left out of it."""
        best = sorted(self._closed, key=lambda old: (-old.weight, old.start))[:KEPT_STRETCHES]
        read = [_read(stretch, may_quote) for stretch in best]
        spread = Counter(stem for reading in read for stem in reading.topics)
        ranked = sorted(read, key=lambda reading: (-reading.score, reading.stretch.start))
        told = [_tell(reading, spread, len(read)) for reading in ranked if reading.is_talk][:TOLD]
        return tuple(sorted(told, key=lambda discussion: discussion.start))


def thought(message: ChatMessage) -> float:
    """How much of a thought a line is: its length in words, what is rare in it, a question, an answer."""
    found = words(message.text)
    if not found:
        return 0.0
    different = len({word.casefold() for word in found})
    length = min(length_in_words(found), 30) * min(1.0, 1.4 * different / len(found))
    value = length / 5 + 0.3 * min(sum(1 for word in set(found) if topic(word)), 6)
    if is_question(message.text) and length >= 4:
        value += 1.2
    if message.reply_to:
        value += 0.6
    shouted = message.text.isupper() and len(message.text) > 6
    return value * (0.3 if shouted else 0.6 if is_laughter(message.text) or "://" in message.text else 1.0)


def is_question(text: str) -> bool:
    """Whether it asks something."""
    return "?" in text or "？" in text


def quote(message: ChatMessage) -> Quote:
    """The line as the ledger quotes it."""
    return Quote(message.at, message.name or message.login, message.text)


@dataclass(frozen=True, slots=True)
class _Reading:
    stretch: _Stretch
    lines: tuple[tuple[float, ChatMessage], ...]
    topics: dict[str, tuple[float, str]]
    """A word's stem, how strongly the talk came back to it, and how it was mostly written."""
    score: float

    @property
    def is_talk(self) -> bool:
        thoughtful = [message for value, message in self.lines if value >= THOUGHTFUL]
        return len(thoughtful) >= 3 and len({message.login for message in thoughtful}) >= 2


def _read(stretch: _Stretch, may_quote: Callable[[ChatMessage], bool]) -> _Reading:
    messages = [message for message in stretch.kept if may_quote(message)]
    lines = tuple((thought(message), message) for message in messages)
    best = sorted((value for value, _ in lines), reverse=True)[:8]
    questions = sum(1 for value, message in lines if value >= THOUGHTFUL and is_question(message.text))
    replies = sum(1 for message in messages if message.reply_to)
    score = sum(best) + 1.5 * min(stretch.people, 8) + min(questions, 6) + min(replies, 6)
    return _Reading(stretch, lines, _topics(messages), score)


def _topics(messages: Sequence[ChatMessage]) -> dict[str, tuple[float, str]]:
    names = frozenset(word.casefold() for message in messages for word in (message.login, *words(message.name)))
    heard: defaultdict[str, Counter[str]] = defaultdict(Counter)
    speakers: defaultdict[str, set[str]] = defaultdict(set)
    for message in messages:
        for word in dict.fromkeys(words(message.text)):
            stem = topic(word)
            if stem and not _names_somebody(stem, names):
                heard[stem][word.casefold()] += 1
                speakers[stem].add(message.login)
    return {
        stem: (forms.total() * (1.0 + len(speakers[stem])), forms.most_common(1)[0][0])
        for stem, forms in heard.items()
        if len(speakers[stem]) >= 2 or forms.total() >= 3
    }


@lru_cache(4096)
def _names_somebody(stem: str, names: frozenset[str]) -> bool:
    """Whether it is a name, or what a name is called for short: ``moss`` for ``mossgate``."""
    return any(name.startswith(stem) for name in names)


def _tell(reading: _Reading, spread: Counter[str], stretches: int) -> Discussion:
    # A word that every stretch of the evening comes back to does not tell this one from the others.
    strength = {
        stem: value * (0.5 + log((1 + stretches) / spread[stem])) for stem, (value, _) in reading.topics.items()
    }
    strongest = sorted(strength, key=lambda stem: (-strength[stem], stem))[:ABOUT]
    return Discussion(
        start=reading.stretch.start,
        end=reading.stretch.end,
        lines=reading.stretch.lines,
        people=reading.stretch.people,
        names=reading.stretch.names,
        questions=sum(1 for _, message in reading.lines if is_question(message.text)),
        about=tuple(reading.topics[stem][1] for stem in strongest),
        quotes=_choose(reading.lines, frozenset(strongest)),
    )


def _choose(lines: Sequence[tuple[float, ChatMessage]], strongest: frozenset[str]) -> tuple[Quote, ...]:
    """The best lines, from as many people as there are, none of them said twice."""
    left = {
        message: value + 0.8 * len(strongest & {topic(word) for word in words(message.text)})
        for value, message in lines
        if value >= THOUGHTFUL
    }
    chosen: list[ChatMessage] = []
    while left and len(chosen) < QUOTES:
        spoken = Counter(message.login for message in chosen)
        best = max(left, key=lambda message: (left[message] / (1 + spoken[message.login]), -message.at.timestamp()))
        said = set(words(best.text.casefold()))
        chosen.append(best)
        left = {
            message: value
            for message, value in left.items()
            if len(said & set(words(message.text.casefold()))) < 0.7 * len(said)
        }
        left.pop(best, None)
    return tuple(quote(message) for message in sorted(chosen, key=lambda message: message.at))


def _parts(stretch: _Open, at: datetime) -> bool:
    pause = at - stretch.end
    age = stretch.end - stretch.start
    return pause > APART or age > LONGEST or (age > RIPE and pause > BREATH)


def _heft(message: ChatMessage) -> int:
    text = message.text
    return min(len(text), 200) + (40 if "?" in text else 0) + (40 if message.reply_to else 0)


def _heaviest(messages: Sequence[ChatMessage], most: int) -> list[ChatMessage]:
    """The heaviest of some lines, in their order."""
    if len(messages) <= most:
        return list(messages)
    # A crowd's window may hold thousands of lines; an even sample of them is looked at.
    sample = messages[:: len(messages) // (8 * most) + 1]
    order = sorted(range(len(sample)), key=[-_heft(message) for message in sample].__getitem__)[:most]
    return [sample[index] for index in sorted(order)]
