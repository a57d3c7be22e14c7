"""The replay clock: the same evening gives the same order of things, however fast the machine is."""

import asyncio
from datetime import datetime

from sanctum_tui.clock import ReplayClock, SystemClock
from tests.builders import START, at


async def test_sleepers_wake_at_their_own_moment_and_in_order() -> None:
    clock = ReplayClock(START)
    woken: list[tuple[str, datetime]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper("slow", 30, 30)), asyncio.create_task(sleeper("fast", 10, 25))]
    await asyncio.sleep(0)
    await clock.advance_to(at(70))
    await asyncio.gather(*tasks)
    assert woken == [("fast", at(10)), ("slow", at(30)), ("fast", at(35)), ("slow", at(60))]
    assert clock.now() == at(70)


async def test_time_waits_for_real_work_of_a_woken_task() -> None:
    clock = ReplayClock(START)
    seen: list[datetime] = []

    async def worker() -> None:
        while True:
            await clock.sleep(60)
            await asyncio.to_thread(lambda: None)
            seen.append(clock.now())

    task = asyncio.create_task(worker())
    await asyncio.sleep(0)
    await clock.advance_to(at(180))
    assert seen == [at(60), at(120), at(180)]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_cancelled_sleeper_is_nobodys_deadline() -> None:
    clock = ReplayClock(START)
    task = asyncio.create_task(clock.sleep(60))
    await asyncio.sleep(0)
    before = clock.next_deadline
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (before, clock.next_deadline) == (at(60), None)
    await clock.advance_to(at(90))
    assert clock.now() == at(90)


async def test_a_task_that_ends_or_fails_after_waking_does_not_stop_time() -> None:
    clock = ReplayClock(START)

    async def fails() -> None:
        await clock.sleep(5)
        raise ValueError("as told")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await clock.advance_to(at(10))
    assert clock.now() == at(10)
    assert isinstance(task.exception(), ValueError)


async def test_replayed_time_never_runs_backward() -> None:
    clock = ReplayClock(START)
    clock.set(at(20))
    clock.set(at(5))
    await clock.advance_to(at(10))
    assert clock.now() == at(20)


async def test_wall_time_is_aware_and_utc() -> None:
    assert SystemClock().now().utcoffset() == START.utcoffset()
