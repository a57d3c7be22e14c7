"""Text logs: lines with a time and a nick, as chat clients and simple loggers write them, or with no time at all.

A time may be a date and time, a time of day, or seconds or milliseconds since 1970; where a log names no zone it
is taken as UTC. Times of day begin on 2000-01-01, or on the day that a client's own header names (Chatterino's
``# Start logging at``, irssi's ``--- Log opened`` and ``--- Day changed``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sanctum_tui.chat import ChatEvent
from sanctum_tui.replay.formats.log import BASE, EARLIEST, Intake, LogNotes, later
from sanctum_tui.replay.formats.source import Source

TIMED = "text log with timestamps"
CHATTERINO = "Chatterino log"
PLAIN = "text log without timestamps"

_CLOCK = re.compile(
    r"\s*(\[)?"
    r"(?:(?P<year>\d{4})[-/.](?P<month>\d\d)[-/.](?P<day>\d\d)(?:T|,?\s+))?"
    r"(?P<hour>\d{1,3}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r"(?:\s*(?P<zone>UTC|GMT|Z|[+-]\d\d:?\d\d))?"
    r"(?(1)\]|(?=\s))",
    re.ASCII,
)
_EPOCH = re.compile(r"\s*(\[)?(?P<epoch>\d{13}|\d{10}(?:\.\d{1,6})?)(?(1)\]|(?=[\s,]))", re.ASCII)
_HEADER = re.compile(r"(# (?:Start|Stop) logging at|--- (?:Log (?:opened|closed)|Day changed))\s+(.*)")
_IRSSI_DAY = re.compile(r"\w{3} (?P<month>\w{3}) (?P<day>\d\d) (?:\d\d:\d\d:\d\d )?(?P<year>\d{4})")
_ISO_DAY = re.compile(r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)")
_TIME = re.compile(r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?", re.ASCII)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_ANGLED = re.compile(r"<[ @%+~&]?(?P<name>[^<>\t]{1,60})>(?:\s(?P<text>.*)|$)")
_STARRED = re.compile(r"\* ?(?P<name>[^\s:]{1,60}) (?P<text>.*)")
# A name may hold spaces ("Mira of Ash: hello"), but a sentence that happens to hold a colon is not one.
_COLON = re.compile(
    r"(?:\#(?P<channel>\w+) )?(?:\[[^\[\]\s]{1,20}\] ?)*"
    r"(?P<name>[^\s:<>\[\]{}\x22*#=-][^\s:<>]{0,59}(?: [^\s:<>]{1,30}){0,3}):(?:\s(?P<text>.*)|$)"
)
_LOCALISED = re.compile(r"(?P<name>.*\S) ?\((?P<login>\w+)\)", re.ASCII)

_HALF_A_DAY = timedelta(hours=12)
_DAY = timedelta(days=1)
_STRAGGLER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody said, as a line of text has it."""

    name: str
    text: str
    action: bool = False
    channel: str = ""


def stamped(line: str) -> tuple[re.Match[str], str] | None:
    """The time at a line's start, and what follows it; None where it starts with none."""
    found = _CLOCK.match(line) or _EPOCH.match(line)
    return (found, line[found.end() :]) if found else None


def is_header(line: str) -> bool:
    """Whether a client wrote this line about its log, not about the room."""
    return _HEADER.match(line) is not None


def spoken(rest: str) -> Spoken | None:
    """Who said what, in what stands behind the time; None where nobody does (somebody joined, say)."""
    rest = rest.rstrip()
    if rest[:1] in ("\t", ",") and (tabbed := _tabbed(rest[1:])) is not None:
        return tabbed if tabbed.name else None
    rest = rest.lstrip(" \t,")
    if found := _ANGLED.match(rest) or _COLON.match(rest):
        channel = found.groupdict().get("channel") or ""
        return Spoken(found["name"], found["text"] or "", channel=channel)
    found = _STARRED.match(rest)
    return Spoken(found["name"], found["text"], action=True) if found else None


def read_timed(source: Source, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Events of a log whose lines have times."""
    intake = Intake(notes)
    calendar = _Calendar(notes)
    for lines in source.lines(notes):
        for line in lines:
            if is_header(line):
                calendar.begin(line)
            elif (stamp := stamped(line)) is None:
                intake.skip("broken line")
            elif (said := spoken(stamp[1])) is None:
                intake.skip("not chat")
            else:
                _take(said, calendar.moment(stamp[0]), intake)
        if events := intake.take():
            yield events


def read_plain(source: Source, pace: float, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Events of a log without times, ``pace`` seconds apart."""
    intake = Intake(notes)
    number = 0
    for lines in source.lines(notes):
        for line in lines:
            if (said := spoken(line)) is None:
                intake.skip("not chat")
                continue
            _take(said, BASE + timedelta(seconds=pace * number), intake)
            number += 1
        if events := intake.take():
            yield events


def _take(said: Spoken, at: datetime | None, intake: Intake) -> None:
    both = _LOCALISED.fullmatch(said.name)
    name, login = (both["name"], both["login"]) if both else (said.name, "")
    intake.message(at, name, said.text, login=login, action=said.action)


def _tabbed(rest: str) -> Spoken | None:
    """``nick TAB text`` (or a comma), with weechat's marks: no name for a join, a star for an action."""
    name, tab, text = rest.partition("\t")
    if not tab:
        return None
    name = name.strip().lstrip("@%+~&")
    if name == "*":
        name, _, text = text.partition(" ")
        return Spoken(name, text, action=True)
    if not name.strip("-<>=!"):
        return Spoken("", "")
    return Spoken(name.removeprefix("<").removesuffix(">").removesuffix(":"), text)


class _Calendar:
    """Turns the times of a log into moments: adds the day where they have none."""

    def __init__(self, notes: LogNotes) -> None:
        self._notes = notes
        self._midnight = BASE
        self._before: datetime | None = None
        self._rolled = False

    def begin(self, header: str) -> None:
        """A client's header names the day from here on, and perhaps the time of day that it is."""
        words = header.partition(" at ")[2] or header
        midnight = _midnight(_ISO_DAY.search(words) or _IRSSI_DAY.search(words))
        if midnight is not None:
            now = _TIME.search(words)
            self._midnight = midnight
            self._before = midnight + _since_midnight(now) if now else None
            self._rolled = False

    def moment(self, stamp: re.Match[str]) -> datetime | None:
        """The moment of a line, or None where its time is impossible."""
        parts = stamp.groupdict()
        if epoch := parts.get("epoch"):
            return later(EARLIEST, Decimal(epoch) / (1000 if len(epoch) == 13 else 1))
        since = _since_midnight(stamp)
        if parts["year"]:
            midnight = _midnight(stamp)
            if midnight is None or since >= _DAY:
                return None
            try:
                return midnight + since - _offset(parts["zone"])
            except OverflowError:
                return None
        at = self._midnight + since
        if self._before is None:
            self._before = at
            return at
        # A line of 23:59:59 that was written just behind midnight belongs to the day before.
        if self._rolled and at - self._before > _DAY - _STRAGGLER:
            return at - _DAY
        if self._before - at > _HALF_A_DAY:
            self._notes.notes["day rolled over"] += 1
            self._midnight += _DAY
            self._rolled = True
            at += _DAY
        self._before = at
        return at


def _midnight(day: re.Match[str] | None) -> datetime | None:
    if day is None:
        return None
    month = day["month"]
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month) + 1
        return datetime(int(day["year"]), number, int(day["day"]), tzinfo=UTC)
    except ValueError:
        return None


def _since_midnight(clock: re.Match[str]) -> timedelta:
    # Nine digits are nanoseconds; a moment has microseconds.
    part = (clock["part"] or "")[:6].ljust(6, "0")
    return timedelta(
        hours=int(clock["hour"]),
        minutes=int(clock["minute"]),
        seconds=int(clock["second"] or 0),
        microseconds=int(part),
    )


def _offset(zone: str | None) -> timedelta:
    if not zone or zone in ("UTC", "GMT", "Z"):
        return timedelta()
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return offset if zone[0] == "+" else -offset
