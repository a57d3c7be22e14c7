"""A chat log as the rest of the program sees it, and the intake that every event of the slower readers passes."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from sanctum_tui.chat import QUOTED, ChatEvent, ChatMessage
from sanctum_tui.text import clean_line, shorten

BASE = datetime(2000, 1, 1, tzinfo=UTC)
"""Where a log begins that has only times of day, or seconds from its start: fixed, so that replays repeat."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""A time stamp outside these is damage; one of them in the year 9999 would hold back all that follows."""
LONGEST_LINE = 64 * 1024
"""Bytes of the longest record that is read; Twitch allows 500 characters, and tags add some thousand."""
_MOST_BITS = 2**31 - 1


@dataclass(slots=True)
class LogNotes:
    """What a reader met on its way that gave no event, or that the operator may want to know."""

    skipped: Counter[str] = field(default_factory=Counter)
    """Reason, and how many records gave no event for it."""
    notes: Counter[str] = field(default_factory=Counter)
    """Oddity, and how often; nothing was lost by it."""


class ChatLog:
    """A log that was recognised, and can be read from its start as often as one likes."""

    def __init__(
        self,
        format: str,
        read: Callable[[LogNotes], Iterator[list[ChatEvent]]],
        *,
        channel: str = "",
        title: str = "",
        fingerprint: str = "",
    ) -> None:
        self.format = format
        """Its name as it is shown: ``TwitchDownloader JSON``."""
        self.channel = channel
        """Login of the channel, or empty where the log does not say."""
        self.title = title
        self.fingerprint = fingerprint
        """Sixteen hexadecimal digits that stay the same while the content does, whatever the file is called."""
        self.notes = LogNotes()
        """Filled by the newest reading, as it goes."""
        self._read = read

    def batches(self) -> Iterator[list[ChatEvent]]:
        """All events in order, some hundred at a time; each call begins anew, with fresh notes.

        A damaged record never raises. Raises BadInputError when the file itself can no longer be read.
        """
        self.notes = LogNotes()
        return self._read(self.notes)


class Intake:
    """Takes what a reader found: cleans it, keeps time from running backward, and collects the events."""

    def __init__(self, notes: LogNotes) -> None:
        self.notes = notes
        self.last = EARLIEST
        """The moment of the newest event."""
        self._events: list[ChatEvent] = []

    def take(self) -> list[ChatEvent]:
        """The events since the last call."""
        events, self._events = self._events, []
        return events

    def skip(self, reason: str) -> None:
        self.notes.skipped[reason] += 1

    def moment(self, at: datetime | None) -> datetime | None:
        """The time as it may stand in an event: UTC, and not before the last; None (counted) where it cannot be."""
        if at is None or not EARLIEST <= at <= LATEST:
            self.skip("broken line")
            return None
        if at < self.last:
            self.notes.notes["clock stepped back"] += 1
            return self.last
        self.last = at
        return at

    def add(self, event: ChatEvent) -> None:
        """Collect an event that is not a message; its time went through `moment`."""
        self._events.append(event)

    def message(
        self,
        at: datetime | None,
        name: str,
        text: str,
        *,
        login: str = "",
        id: str = "",
        colour: str = "",
        badges: tuple[str, ...] = (),
        action: bool = False,
        bits: int = 0,
        reply_to: str = "",
        shared_from: str = "",
        reply_words: str = "",
    ) -> None:
        """Collect a line somebody wrote. Without a login the shown name gives one."""
        name = clean_line(name).strip()
        # Chat clients end a repeated line on an invisible character; cleaned, it leaves a space behind.
        text = clean_line(text).rstrip()
        if not text:
            self.skip("empty")
            return
        if not name or len(text) > LONGEST_LINE:
            self.skip("too long" if name else "broken line")
            return
        moment = self.moment(at)
        if moment is None:
            return
        self._events.append(
            ChatMessage(
                at=moment,
                login=clean_line(login).strip().lower() or name.lower().replace(" ", "_"),
                name=name,
                text=text,
                id=clean_line(id),
                colour=hex_colour(colour),
                badges=clean_badges(badges),
                action=action,
                bits=sane_bits(bits),
                reply_to=clean_line(reply_to),
                shared_from=clean_line(shared_from),
                reply_words=shorten(clean_line(reply_words), QUOTED),
            )
        )


@lru_cache(maxsize=8192)
def hex_colour(colour: str) -> str:
    """A colour as ``#rrggbb``, or empty where it is anything else."""
    return colour if re.fullmatch("#[0-9a-fA-F]{6}", colour) else ""


@lru_cache(maxsize=8192)
def clean_badges(badges: tuple[str, ...]) -> tuple[str, ...]:
    """Badges without anything a terminal would obey."""
    return tuple(clean_line(badge) for badge in badges)


def sane_bits(bits: int) -> int:
    """How many bits were cheered; 0 for a number that cannot be one."""
    return bits if 0 <= bits <= _MOST_BITS else 0


def later(base: datetime, seconds: Decimal) -> datetime | None:
    """A moment so many seconds after another, exact to the microsecond, or None where there is none."""
    if not seconds.is_finite() or abs(seconds) > 10**11:
        return None
    try:
        return base + timedelta(microseconds=int((seconds * 1_000_000).to_integral_value()))
    except OverflowError:
        return None


def moment_of(text: object) -> datetime | None:
    """The moment an RFC 3339 text names, in UTC (which it is where it names no zone), or None."""
    if not isinstance(text, str):
        return None
    try:
        return in_utc(datetime.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        return None


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; one without a zone is taken as UTC. Raises OverflowError at the ends of time."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
