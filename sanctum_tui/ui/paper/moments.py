"""The times that a ledger tells, as moments of its evening, so that the chat can be looked at there. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Final

from sanctum_tui.ui.paper.rows import Document

_HEAD_LINES: Final = 12
"""A ledger says when it was within so many lines; what somebody wrote stands further down."""
_DAY = re.compile(r"# Sanctum Ledger — (\d{4}-\d\d-\d\d)$")
_HOURS = re.compile(
    r"\*\*Time:\*\* (\d\d:\d\d) to (\d\d:\d\d)(?: on (\d{4}-\d\d-\d\d))? \(.*hours are UTC(?:([+-])(\d\d):(\d\d))?\)$"
)
_TIME = re.compile(r"(?<![\d:.,])([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?(?!:?\d)")
_CLIPS: Final = "## Clip Candidates"
"""The section whose lines begin with a time of the stream, as a recording counts."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When an evening was, to the minute, by its own clock."""

    start: datetime
    end: datetime

    def at(self, hour: int, minute: int, second: int) -> datetime | None:
        """The moment at which the clock showed this; None where the evening was over, or had not begun."""
        moment = self.start.replace(hour=hour, minute=minute, second=second)
        if moment < self.start:
            moment += timedelta(days=1)
        return moment if moment < self.end + _MINUTE else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that is written somewhere: the line, its place in the text as it is shown, and what it means."""

    line: int
    start: int
    end: int
    at: datetime


class Moments:
    """The times of one document; there are none where it does not say when it was."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._span = span_of(document.lines)
        lines = document.lines
        begin = lines.index(_CLIPS) if _CLIPS in lines else len(lines)
        end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("## ")), len(lines))
        self._clips = range(begin + 1, end)

    def on(self, line: int) -> tuple[Moment, ...]:
        """Those on one line."""
        if self._span is None or ":" not in self._document.lines[line]:
            return ()
        return tuple(self._read(line, self._span))

    def beside(self, moment: Moment, step: int) -> Moment | None:
        """The next one behind a moment for 1, the one before it for -1; None where it is the last."""
        rest = [other for other in self.on(moment.line) if (other.start - moment.start) * step > 0]
        if rest:
            return rest[0] if step > 0 else rest[-1]
        if step > 0:
            return self.first(moment.line + 1)
        lines = range(moment.line - 1, -1, -1)
        return next((found[-1] for number in lines if (found := self.on(number))), None)

    def first(self, line: int) -> Moment | None:
        """The first one on this line or below it."""
        lines = range(line, len(self._document.lines))
        return next((found[0] for number in lines if (found := self.on(number))), None)

    def same(self, moment: Moment, line: int) -> Moment | None:
        """The one that a moment of another version of the document is now, on this line."""
        return next((it for it in self.on(line) if (it.start, it.at) == (moment.start, moment.at)), None)

    def _read(self, line: int, span: Span) -> list[Moment]:
        text = self._document.line(line).text
        moments = []
        clip = line in self._clips and bool(text)
        for match in islice(_TIME.finditer(text), 100):
            hour, minute, second = (int(part or 0) for part in match.groups())
            if clip and match.start() == 0:
                at: datetime | None = span.start + timedelta(hours=hour, minutes=minute, seconds=second)
            else:
                at = span.at(hour, minute, second)
            if at is not None:
                moments.append(Moment(line, *match.span(), at))
        return moments


def span_of(lines: Sequence[str]) -> Span | None:
    """When the evening of a ledger was, by its first lines; None where they do not say."""
    head = list(islice(lines, _HEAD_LINES))
    day = next((match[1] for line in head if (match := _DAY.match(line))), None)
    hours = next((match for line in head if (match := _HOURS.match(line))), None)
    if day is None or hours is None:
        return None
    start, end, last, sign, ahead, minutes = hours.groups()
    offset = timedelta(hours=int(ahead or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        zone = timezone(offset)
        return Span(
            datetime.fromisoformat(f"{day}T{start}").replace(tzinfo=zone),
            datetime.fromisoformat(f"{last or day}T{end}").replace(tzinfo=zone),
        )
    except ValueError:
        return None
