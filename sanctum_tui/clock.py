"""The one clock everything asks, so that the same evening always gives the same decisions."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Protocol


class Clock(Protocol):
    """What time it is, and waiting for a later one. Real I/O timeouts stay on the event loop's time."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait until ``seconds`` have passed on this clock."""


class SystemClock:
    """Wall time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class ReplayClock:
    """Virtual time, moved by whoever plays the evening and by nobody else.

    `advance_to` wakes each sleeper at exactly its own moment and waits until that sleeper's task sleeps on
    this clock again or ends, before it goes on. So the order of things depends on the evening alone, never
    on how fast the machine is; a woken task may do real I/O in between. It must not wait for another task
    that sleeps on this clock.
    """

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._order = count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None], asyncio.Task[Any] | None]] = []
        self._awake: dict[asyncio.Task[Any], asyncio.Future[None]] = {}

    def now(self) -> datetime:
        return self._now

    @property
    def next_deadline(self) -> datetime | None:
        """When the next sleeper is due, or None while nobody sleeps."""
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        return self._sleepers[0][0] if self._sleepers else None

    def set(self, moment: datetime) -> None:
        """Move to a moment before the next deadline without waking anybody. Never backward."""
        if moment > self._now:
            self._now = moment

    async def sleep(self, seconds: float) -> None:
        task = asyncio.current_task()
        woken = asyncio.get_running_loop().create_future()
        deadline = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._sleepers, (deadline, next(self._order), woken, task))
        self._settle(task)
        await woken

    async def advance_to(self, moment: datetime) -> None:
        """Move to a moment, waking every sleeper that is due by then, each at its own time and in order."""
        while (deadline := self.next_deadline) is not None and deadline <= moment:
            _, _, woken, task = heapq.heappop(self._sleepers)
            self.set(deadline)
            woken.set_result(None)
            if task is not None:
                await self._until_settled(task)
        self.set(moment)

    async def _until_settled(self, task: asyncio.Task[Any]) -> None:
        settled = asyncio.get_running_loop().create_future()
        self._awake[task] = settled
        task.add_done_callback(self._settle)
        try:
            await settled
        finally:
            task.remove_done_callback(self._settle)
            self._awake.pop(task, None)

    def _settle(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None and (settled := self._awake.get(task)) is not None and not settled.done():
            settled.set_result(None)
