"""Looks at the room at regular moments of the evening's clock."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sanctum_tui.clock import Clock

log = logging.getLogger(__name__)


class Ticks:
    """Calls `tick` every so many seconds. One that fails is logged, and the next is due as usual.

    A tick that is under way comes to its end whatever happens: cut off, what it stores would be half known.
    """

    def __init__(self, clock: Clock, seconds: Callable[[], float], tick: Callable[[], Awaitable[object]]) -> None:
        self._clock = clock
        self._seconds = seconds
        self._tick = tick
        self._task: asyncio.Task[None] | None = None
        self._ticking = False

    def start(self) -> None:
        """Begin to count at this very moment."""
        self._task = asyncio.create_task(self._for_ever(self._clock.now()), name="agent ticks")

    def changed(self) -> None:
        """The interval is another one now: count from here."""
        if self._task is not None and not self._task.done() and not self._ticking:
            self._task.cancel()
            self.start()

    async def stop(self) -> None:
        """No more ticks."""
        task, self._task = self._task, None
        if task is not None:
            if not self._ticking:
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _for_ever(self, due: datetime) -> None:
        while self._task is asyncio.current_task():
            interval = timedelta(seconds=self._seconds())
            # Where the clock leapt (a log with a hole of days in it, a machine's clock that was set), the ticks in
            # between are not made up for, and not waited for.
            now = self._clock.now()
            due = min(max(due, now - interval), now) + interval
            await self._clock.sleep((due - now).total_seconds())
            self._ticking = True
            try:
                await self._tick()
            except Exception:
                log.exception("a tick failed; the next one is due as usual")
            finally:
                self._ticking = False
