"""Playing a log: what was said comes when its time comes, and people come before the clock's sleepers."""

import asyncio
import math
from collections.abc import Iterator
from datetime import timedelta

import pytest

from sanctum_tui.chat import ChatEvent, Live
from sanctum_tui.errors import BadInputError
from sanctum_tui.replay.player import Player
from tests.builders import at, says


class Log:
    """A log in memory, handed out in batches of two."""

    def __init__(self, *events: ChatEvent) -> None:
        self.events = events

    def batches(self) -> Iterator[list[ChatEvent]]:
        for start in range(0, len(self.events), 2):
            yield list(self.events[start : start + 2])


class RealTime:
    """Real time that passes only when somebody waits for it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def player(*events: ChatEvent, real: RealTime | None = None, **options: object) -> Player:
    time = real or RealTime()
    return Player(Log(*events), channel="quietharbor", real_time=time, real_sleep=time.sleep, **options)  # type: ignore[arg-type]


async def heard(playing: Player) -> list[float]:
    return [(event.at - at(0)).total_seconds() async for batch in playing.batches() for event in batch]


EVENING = [says(seconds) for seconds in (0, 10, 60, 61, 300)]


async def test_every_line_comes_once_and_in_order() -> None:
    playing = player(*EVENING)
    assert await heard(playing) == [0, 10, 60, 61, 300]
    assert playing.clock.now() == at(300)


async def test_the_gate_is_open_while_it_plays_and_shut_afterwards() -> None:
    playing = player(*EVENING)
    assert playing.live is Live.YES
    await heard(playing)
    assert (playing.live, playing.why) == (Live.NO, "the replay has ended")


async def test_people_come_before_whoever_sleeps_on_the_clock_until_that_moment() -> None:
    playing = player(*EVENING)
    order: list[str] = []

    async def ticks() -> None:
        while True:
            await playing.clock.sleep(60)
            order.append(f"tick {(playing.clock.now() - at(0)).total_seconds():g}")

    ticking = asyncio.create_task(ticks())
    await asyncio.sleep(0)
    async for batch in playing.batches():
        order.extend(f"line {(event.at - at(0)).total_seconds():g}" for event in batch)
    ticking.cancel()
    await asyncio.gather(ticking, return_exceptions=True)
    assert order == [
        "line 0", "line 10", "line 60", "tick 60", "line 61",
        "tick 120", "tick 180", "tick 240", "line 300",
    ]  # fmt: skip


async def test_at_ten_times_the_speed_five_minutes_take_half_a_minute() -> None:
    real = RealTime()
    assert len(await heard(player(*EVENING, real=real, speed=10.0))) == 5
    assert real.now == pytest.approx(30.0, abs=0.2)


async def test_while_something_is_to_be_decided_it_goes_no_faster_than_it_happened() -> None:
    real = RealTime()
    playing = player(*EVENING, real=real, speed=math.inf)
    playing.slow(True)
    assert (playing.speed, playing.pace) == (math.inf, 1.0)
    await heard(playing)
    assert real.now == pytest.approx(300.0, abs=0.2)


async def test_between_two_looks_the_clock_can_be_asked_for_this_very_moment() -> None:
    real = RealTime()
    playing = player(says(0), says(100), real=real, speed=10.0)
    batches = playing.batches()
    await anext(batches)
    waiting = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    real.now = 3.0
    playing.catch_up()
    assert playing.clock.now() == at(30)
    real.now = 30.0
    playing.catch_up()
    assert playing.clock.now() == at(100)
    await waiting
    await batches.aclose()


async def test_a_pause_stops_the_clock_and_all_who_sleep_on_it() -> None:
    real = RealTime()
    playing = player(*EVENING, real=real, speed=1.0)
    playing.pause()
    listening = asyncio.create_task(heard(playing))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (playing.clock.now(), real.now) == (at(0), 0.0)
    playing.pause(False)
    assert len(await listening) == 5


async def test_a_hole_of_years_in_a_log_is_not_lived_through() -> None:
    real = RealTime()
    playing = player(says(0), says(20 * 365 * 86_400.0), real=real, speed=60.0)
    assert await heard(playing) == [0, 20 * 365 * 86_400.0]
    assert playing.leaps == 1
    assert real.now == pytest.approx(60.0, abs=1)


async def test_it_starts_where_it_is_told_to() -> None:
    playing = player(*EVENING, start_at=timedelta(seconds=60))
    assert playing.clock.now() == at(60)
    assert await heard(playing) == [60, 61, 300]
    assert (playing.left_out, playing.first_at) == (2, at(0))


async def test_a_restored_evening_goes_on_behind_what_was_stored() -> None:
    playing = player(*EVENING, skip=3, resume_at=at(60))
    assert playing.clock.now() == at(60)
    assert await heard(playing) == [61, 300]


async def test_a_log_that_was_played_to_its_end_has_nothing_left() -> None:
    assert await heard(player(*EVENING, skip=5, resume_at=at(300))) == []


def test_a_log_with_nothing_in_it_says_so() -> None:
    with pytest.raises(BadInputError, match="no line of chat"):
        player()


def test_a_start_behind_the_end_says_so() -> None:
    with pytest.raises(BadInputError, match="earlier --start-at"):
        player(*EVENING, start_at=timedelta(hours=1))
