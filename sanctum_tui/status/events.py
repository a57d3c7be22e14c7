"""What can be told of a piece of work while it goes on, as values."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is going on; the first part of a template's file name."""

    READY = "ready"
    """At rest, and able to begin."""
    THINKING = "thinking"
    TOOL_START = "tool_start"
    TOOL_PROGRESS = "tool_progress"
    TOOL_END = "tool_end"
    """The tool is through, whatever it brought."""
    TOOL_ERROR = "tool_error"
    FINALIZING = "finalizing"
    """The words are there, and are looked at once more."""


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """One thing that happened in a turn: one draft, one answer, one dashboard being written."""

    turn: int
    """Given out by the emitter, and never twice."""
    kind: Kind
    source: str
    """Who is at work: ``hearthkeeper``, ``steward``, ``dashboard``, ``librarian``."""
    stage: str = ""
    """Of thinking and finalizing the phase, ``information`` or ``message``; of a tool its name."""
    tool: str = ""
    """The tool's name as the model calls it: ``search_earlier_streams``."""
    seconds: float | None = None
    """How long it has been going on, where that is to be told."""

    @property
    def is_error(self) -> bool:
        return self.kind is Kind.TOOL_ERROR

    @property
    def whole_seconds(self) -> int | None:
        """The seconds as they are shown, or None where there is less than one to show."""
        if self.seconds is None or not math.isfinite(self.seconds) or self.seconds < 1:
            return None
        return round(self.seconds)

    def same_as(self, other: "StatusEvent | None") -> bool:
        """Whether both would say the same."""
        return other is not None and self._said == other._said

    @property
    def _said(self) -> tuple[object, ...]:
        return self.turn, self.kind, self.source, self.stage, self.tool, self.whole_seconds


@dataclass(frozen=True, slots=True)
class Status:
    """An event with the line that tells it."""

    text: str
    event: StatusEvent
