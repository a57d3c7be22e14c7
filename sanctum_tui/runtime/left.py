"""Evenings on logs that were left before their end: which of the logs at hand goes on with one, or ends one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sanctum_tui.memory.engine import Memory
from sanctum_tui.paths import Paths
from sanctum_tui.runtime.archive import opened
from sanctum_tui.runtime.places import claim
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.runtime.replayed import Replayed
from sanctum_tui.runtime.restoring import stopped_at
from sanctum_tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Left:
    """An evening that was left before its end."""

    session: int
    title: str
    at: timedelta
    """How far into its log it had come."""
    log: Path | None
    """The one of the logs at hand that goes on with it; None for a log from elsewhere."""
    ends_with: frozenset[Path]
    """Those of the logs at hand that it does not survive: a channel has one evening at a time."""


async def left_unfinished(settings: Settings, paths: Paths, logs: Sequence[Path]) -> tuple[Left, ...]:
    """The evenings that were left on the channels of these logs, the one begun last first. Raises a SanctumError."""
    played = [await Replayed.open(Plan(log), "") for log in logs]
    found: list[Left] = []
    async with opened(settings, paths) as memory:
        for channel in dict.fromkeys(one.channel for one in played):
            async with claim(paths, channel, live=False) as free:
                # Where another console holds the channel its evening goes on, and nothing here ends it.
                if free:
                    here = {log: one for log, one in zip(logs, played, strict=True) if one.channel == channel}
                    found += await _left_on(memory, channel, here)
    return tuple(sorted(found, key=lambda one: one.session, reverse=True))


async def _left_on(memory: Memory, channel: str, here: dict[Path, Replayed]) -> list[Left]:
    found: list[Left] = []
    for session in await memory.evenings.unfinished(channel):
        if not session.source.startswith("replay:") or (session.position == 0 and session.clock_at is None):
            continue
        log = next((log for log, one in here.items() if one.session_source == session.source), None)
        began = session.started_at if log is None else here[log].player.first_at
        came = await stopped_at(memory, session) or began
        if log is None or all(one.log != log for one in found):
            # Of a log the newest one alone is gone on with; the others are what a crash left.
            at = max(timedelta(), came - began)
            found.append(Left(session.id, session.title, at, log, frozenset(here) - {log}))
    return found
