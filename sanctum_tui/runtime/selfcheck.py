"""The self-check: an evening of silence in virtual time, through the real parts, with the operator's settings."""

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from sanctum_tui.chat import ChatMessage
from sanctum_tui.evening import PromptState
from sanctum_tui.events import Broadcast, Event, PromptStepped
from sanctum_tui.paths import Paths
from sanctum_tui.replay.recorder import record_line
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.settings import Secret, Settings

_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    passed: bool
    seen: str


async def quiet_loop(settings: Settings) -> tuple[Check, ...]:
    """Run the quiet loop: silent, one prompt, none at once after, one more after the interval.

    A person writes once and is silent from then on; every draft is approved into the replay's room. It takes
    well under a second, touches no file of the operator's, and posts nowhere.
    """
    settings = msgspec.structs.replace(
        settings,
        models=(),
        llm_provider="",
        database_url=Secret(),
        hearthkeeper_session_budget=max(2, settings.hearthkeeper_session_budget),
    )
    tick = settings.agent_loop_interval_seconds
    quiet = settings.hearthkeeper_inactivity_minutes * 60
    interval = settings.hearthkeeper_prompt_interval_minutes * 60
    # The clock asks at ticks only, so each thing may come one tick late; two more to see that nothing follows.
    until = _START + timedelta(seconds=quiet + interval + 3 * tick)
    with tempfile.TemporaryDirectory(prefix="sanctum-check-") as folder:
        drafted = await _live_through(settings, Path(folder), until)
    first = drafted[0] if drafted else None
    second = drafted[1] if len(drafted) > 1 else None
    after = None if first is None or second is None else second - first
    return (
        Check(
            "silent until the room is quiet",
            first is None or first >= quiet,
            f"the room counts as quiet after {quiet:g} s; first line after {_seconds(first)}",
        ),
        Check(
            "one prompt when it is",
            first is not None and first <= quiet + tick,
            f"first line after {_seconds(first)}, looked at every {tick:g} s",
        ),
        Check(
            "none at once after it",
            after is None or after >= interval,
            f"the interval is {interval:g} s; the next line came {_seconds(after)} later",
        ),
        Check(
            "one more after the interval",
            after is not None and after <= interval + tick,
            f"{len(drafted)} lines in {(until - _START).total_seconds():g} s",
        ),
    )


async def _live_through(settings: Settings, folder: Path, until: datetime) -> list[float]:
    """Seconds from the start at which a line was drafted."""
    log = folder / "quiet.jsonl"
    person = ChatMessage(_START, "somebody", "Somebody", "good evening")
    bot = ChatMessage(until, settings.known_bots[0] if settings.known_bots else "chronicler", "Bot", "a timer")
    log.write_bytes(record_line(person) + record_line(bot))
    paths = Paths(folder / "config", folder / "data", folder / "state", folder / "ledgers")
    drafted: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, PromptStepped) and event.step.state is PromptState.PENDING:
            drafted.append((event.step.at - _START).total_seconds())

    broadcast = Broadcast()
    broadcast.subscribe(listen)
    evening = await Evening.open(Plan(log, review="approve", keep=False), settings, paths, broadcast)
    try:
        await evening.run()
    finally:
        await evening.close()
    return drafted


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:g} s"
