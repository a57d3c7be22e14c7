"""Status lines on their way: from who works to every sink, never in the way of the work."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.status.emitter import Emitter
from sanctum_tui.status.events import Kind, Status, StatusEvent
from sanctum_tui.status.policy import MOST_WAITING, Limits, Offer
from sanctum_tui.status.renderer import Renderer, Templates
from sanctum_tui.status.sinks import CallbackSink, Sink
from sanctum_tui.status.turns import PROGRESS_SECONDS
from tests.builders import START, at

AT_ONCE = Limits(delay_seconds=0, interval_seconds=0)


@dataclass
class Screen:
    """Keeps what it is shown, as words that are easy to compare."""

    told: list[str] = field(default_factory=list)

    async def show(self, status: Status) -> None:
        assert status.text
        event = status.event
        parts = [event.kind.value, event.stage, f"{event.whole_seconds}" if event.seconds else ""]
        self.told.append(f"{event.turn} {' '.join(filter(None, parts))}")

    async def over(self, turn: int) -> None:
        self.told.append(f"{turn} over")


class Broken(Screen):
    """Fails as long as it is told to."""

    works = False

    async def show(self, status: Status) -> None:
        if not self.works:
            raise OSError("no such screen")
        await super().show(status)


class Hanging(Screen):
    """Never comes back from the first line."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.cancelled = False

    async def show(self, status: Status) -> None:
        if not self.reached.is_set():
            self.reached.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled = True
        await super().show(status)


@dataclass
class Stage:
    emitter: Emitter
    clock: ReplayClock

    async def at(self, seconds: float) -> None:
        """Let time pass up to this second, from one moment at which something is due to the next."""
        await settle()
        while (due := self.clock.next_deadline) is not None and due <= at(seconds):
            await self.clock.advance_to(due)
            await settle()
        await self.clock.advance_to(at(seconds))


async def settle() -> None:
    """Give every task its turns: none of them waits for anything but this clock."""
    for _ in range(30):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a time limit runs out, which sets no event
            await asyncio.sleep(0.001)


@asynccontextmanager
async def stage_of(*sinks: Sink, limits: Limits = AT_ONCE, sink_seconds: float = 5.0) -> AsyncIterator[Stage]:
    clock = ReplayClock(START)
    words = Renderer(lambda: "en", chance=random.Random(1))
    emitter = Emitter(words, sinks, clock=clock, limits=lambda: limits, sink_seconds=sink_seconds)
    try:
        yield Stage(emitter, clock)
    finally:
        await emitter.close()


async def test_a_turn_shows_its_phases_and_tools_and_for_how_long() -> None:
    screen = Screen()
    async with stage_of(screen, limits=Limits(delay_seconds=1, interval_seconds=2)) as stage:
        with stage.emitter.turn("hearthkeeper") as turn:
            async with turn.phase("information"):
                await stage.at(2)
                async with turn.tool("recent_chat"):
                    await stage.at(14)
            await stage.at(17)
            async with turn.phase("message"):
                await stage.at(24)
            turn.tell(Kind.FINALIZING)
            await stage.at(26)
        await settle()
    assert PROGRESS_SECONDS == 5
    assert screen.told == [
        "1 thinking information",
        "1 tool_start recent_chat",
        "1 tool_progress recent_chat 5",
        "1 tool_progress recent_chat 10",
        "1 tool_end recent_chat",
        "1 thinking message",
        "1 thinking message 5",
        "1 finalizing",
        "1 over",
    ]


async def test_a_tool_that_raises_is_told_of_and_the_error_goes_on_to_its_owner() -> None:
    screen = Screen()
    async with stage_of(screen) as stage:
        turn = stage.emitter.turn("steward")
        with pytest.raises(OSError, match="no disk"):
            async with turn.tool("knowledge_notes"):
                raise OSError("no disk")
        await settle()
        async with turn.tool("recent_chat"):
            await settle()
        await settle()
    assert screen.told == [
        "1 tool_start knowledge_notes",
        "1 tool_error knowledge_notes",
        "1 tool_start recent_chat",
        "1 tool_end recent_chat",
    ]


async def test_a_cancelled_turn_shows_nothing_more_and_leaves_no_task_behind() -> None:
    screen = Screen()
    async with stage_of(screen) as stage:

        async def work() -> None:
            with stage.emitter.turn("hearthkeeper") as turn:
                async with turn.phase("information"), turn.tool("recent_chat"):
                    await asyncio.Event().wait()

        worker = asyncio.create_task(work())
        await settle()
        tasks = len(asyncio.all_tasks())
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await stage.at(60)
        # The worker itself, and the two that told how long it took.
        assert len(asyncio.all_tasks()) == tasks - 3
    assert screen.told == ["1 tool_start recent_chat", "1 over"]


async def test_a_tool_that_is_cancelled_has_neither_ended_nor_failed() -> None:
    screen = Screen()
    async with stage_of(screen) as stage:
        turn = stage.emitter.turn("hearthkeeper")

        async def work() -> None:
            async with turn.tool("recent_chat"):
                await asyncio.Event().wait()

        worker = asyncio.create_task(work())
        await settle()
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await settle()
    assert screen.told == ["1 tool_start recent_chat"]


async def test_a_turn_that_is_over_shows_nothing_of_what_waited() -> None:
    screen = Screen()
    async with stage_of(screen, limits=Limits(delay_seconds=0, interval_seconds=10)) as stage:
        first, second = stage.emitter.turn("hearthkeeper"), stage.emitter.turn("steward")
        first.tell(Kind.THINKING, "information")
        await settle()
        first.tell(Kind.THINKING, "message")
        second.tell(Kind.THINKING, "message")
        first.over()
        first.over()
        first.tell(Kind.FINALIZING)
        await stage.at(60)
    assert screen.told == ["1 thinking information", "1 over", "2 thinking message"]


async def test_a_turn_that_ends_while_its_line_is_on_the_way_shows_it_nowhere_else() -> None:
    screen = Screen()
    ending = CallbackSink(lambda status: turn.over() if status else None)
    async with stage_of(ending, screen) as stage:
        turn = stage.emitter.turn("hearthkeeper")
        turn.tell(Kind.THINKING)
        await settle()
    assert screen.told == ["1 over"]


async def test_a_slow_sink_does_not_bring_a_turn_back_that_is_over() -> None:
    screen = Screen()
    hanging = Hanging()
    async with stage_of(hanging, screen, sink_seconds=0.02) as stage:
        first, second = stage.emitter.turn("hearthkeeper"), stage.emitter.turn("steward")
        first.tell(Kind.THINKING)
        second.tell(Kind.THINKING)
        await hanging.reached.wait()
        second.over()
        await until(lambda: hanging.cancelled)
        first.over()
        await until(lambda: len(hanging.told) == 1)
    assert screen.told == ["1 thinking", "1 over"]
    assert hanging.told == ["1 over"]


async def test_a_sink_that_fails_is_told_on_and_keeps_no_other_from_anything(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    broken, screen = Broken(), Screen()
    async with stage_of(broken, screen) as stage:
        turn = stage.emitter.turn("hearthkeeper")
        for stage_name in ("one", "two", "three"):
            turn.tell(Kind.THINKING, stage_name)
            await settle()
        broken.works = True
        for stage_name in ("four", "five"):
            turn.tell(Kind.THINKING, stage_name)
            await settle()
    assert screen.told == [f"1 thinking {name}" for name in ("one", "two", "three", "four", "five")]
    assert broken.told == ["1 thinking four", "1 thinking five"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]
    assert "Broken failed" in caplog.messages[0]
    assert "Broken works again" in caplog.messages[1]


async def test_a_sink_that_hangs_is_given_up_on_for_that_line() -> None:
    hanging, screen = Hanging(), Screen()
    async with stage_of(hanging, screen, sink_seconds=0.02) as stage:
        turn = stage.emitter.turn("hearthkeeper")
        turn.tell(Kind.THINKING, "information")
        await hanging.reached.wait()
        turn.tell(Kind.THINKING, "message")
        await until(lambda: len(screen.told) == 2)
        await until(lambda: hanging.told)
    assert hanging.cancelled
    assert hanging.told == ["1 thinking message"]


async def test_telling_never_waits_and_what_waits_is_bounded() -> None:
    hanging = Hanging()
    async with stage_of(hanging, limits=Limits(delay_seconds=0, interval_seconds=0, most_per_turn=10**6)) as stage:
        turn = stage.emitter.turn("hearthkeeper")
        turn.tell(Kind.THINKING)
        await hanging.reached.wait()
        answers = [
            stage.emitter.tell(StatusEvent(turn.id, Kind.THINKING, f"source {number}")) for number in range(500)
        ]
    assert answers.count(Offer.WAITS) == MOST_WAITING
    assert answers.count(Offer.CROWDED) == 500 - MOST_WAITING


@pytest.mark.parametrize("drain", [True, False])
async def test_closing_shows_what_waits_or_drops_it_as_one_chooses(drain: bool) -> None:
    screen = Screen()
    async with stage_of(screen, limits=Limits(delay_seconds=60, interval_seconds=60)) as stage:
        first, second = stage.emitter.turn("hearthkeeper"), stage.emitter.turn("steward")
        first.tell(Kind.THINKING)
        second.tell(Kind.THINKING)
        second.tell(Kind.TOOL_ERROR, "model")
        await settle()
        assert screen.told == ["2 tool_error model"]
        second.over()
        await stage.emitter.close(drain_seconds=5.0 if drain else 0.0)
        assert stage.emitter.tell(StatusEvent(first.id, Kind.FINALIZING, "hearthkeeper")) is Offer.TURN_OVER
        stage.emitter.turn("hearthkeeper").tell(Kind.THINKING)
        await settle()
    assert screen.told == ["2 tool_error model", *(["2 over", "1 thinking"] if drain else [])]


async def test_closing_waits_for_a_sink_that_hangs_no_longer_than_it_is_told_to() -> None:
    hanging = Hanging()
    async with stage_of(hanging, sink_seconds=60) as stage:
        stage.emitter.turn("hearthkeeper").tell(Kind.THINKING)
        await hanging.reached.wait()
        async with asyncio.timeout(5):
            await stage.emitter.close(drain_seconds=0.02)
    assert hanging.cancelled


async def test_a_close_that_is_cancelled_ends_the_task_all_the_same() -> None:
    hanging = Hanging()
    async with stage_of(hanging, sink_seconds=60) as stage:
        before = asyncio.all_tasks()
        stage.emitter.turn("hearthkeeper").tell(Kind.THINKING)
        await hanging.reached.wait()
        closing = asyncio.create_task(stage.emitter.close(drain_seconds=60))
        await settle()
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)
        assert hanging.cancelled
        assert asyncio.all_tasks() < before


async def test_a_line_without_words_is_logged_once_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    screen = Screen()
    words = Renderer(lambda: "en", chance=random.Random(1), templates=lambda _: Templates({}, {}))
    emitter = Emitter(words, [screen], clock=ReplayClock(START), limits=lambda: AT_ONCE)
    turn = emitter.turn("hearthkeeper")
    for name in ("one", "two"):
        turn.tell(Kind.THINKING, name)
        await settle()
    turn.over()
    await settle()
    await emitter.close()
    assert screen.told == ["1 over"]
    assert [record.getMessage() for record in caplog.records] == ["a status could not be put into words"]
