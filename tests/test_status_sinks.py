"""Where status lines go: the screen and the log."""

import logging

import pytest

from sanctum_tui.status.events import Kind, Status, StatusEvent
from sanctum_tui.status.sinks import CallbackSink, LogSink


async def test_the_screen_is_cleared_only_by_the_turn_it_shows() -> None:
    shown: list[str | None] = []
    sink = CallbackSink(lambda status: shown.append(status.text if status else None))
    first, second = (Status(f"line {turn}", StatusEvent(turn, Kind.THINKING, "steward")) for turn in (1, 2))
    await sink.show(first)
    await sink.show(second)
    await sink.over(1)
    await sink.over(2)
    await sink.over(2)
    assert shown == ["line 1", "line 2", None]


async def test_the_log_warns_of_errors_and_keeps_progress_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="sanctum_tui.status.sinks")
    sink = LogSink()
    for kind in (Kind.THINKING, Kind.TOOL_PROGRESS, Kind.TOOL_ERROR):
        await sink.show(Status(f"about {kind}", StatusEvent(7, kind, "steward")))
    await sink.over(7)
    assert [record.levelname for record in caplog.records] == ["INFO", "DEBUG", "WARNING", "DEBUG"]
    assert caplog.messages[0] == "steward, turn 7: about thinking"
