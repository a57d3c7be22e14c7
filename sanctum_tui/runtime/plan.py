"""What to play an evening on, and how."""

import math
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, TypeAlias

Review: TypeAlias = Literal["operator", "hold", "approve", "skip"]


@dataclass(frozen=True, slots=True)
class Plan:
    """An evening on a log, as it was asked for."""

    log: Path
    dashboard: Path | None = None
    """None: a ``dashboard.md`` beside the log, where there is one."""
    speed: float = math.inf
    """How many seconds of the log pass in one; infinity is as fast as it goes."""
    start_at: timedelta = field(default_factory=timedelta)
    pace: float | None = None
    """Seconds between two lines, for a log without timestamps."""
    fresh: bool = False
    """Begin anew, also where an unfinished session of this log could be restored."""
    review: Review = "operator"
    """Who decides on drafts: somebody at the console, or a standing order for a run without one."""
    keep: bool = True
    """Store the chat lines; without, the run leaves nothing behind."""


@dataclass(frozen=True, slots=True)
class LivePlan:
    """An evening on a Twitch channel. Somebody is at the console, and everything is kept."""

    dashboard: Path | None = None
    """None: ``DASHBOARD_PATH``, or the channel's own in the data folder."""
    fresh: bool = False
    """Begin a new session, also where the last one could be gone on with."""

    @property
    def review(self) -> Review:
        return "operator"

    @property
    def keep(self) -> bool:
        return True


AnyPlan: TypeAlias = Plan | LivePlan
