"""A turn as its worker holds it: tells what is done, and how long it has been going on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType

from sanctum_tui.clock import Clock
from sanctum_tui.status.events import Kind, Status, StatusEvent

PROGRESS_SECONDS = 5.0
"""How often it is told that something still goes on: often enough to see that nothing hangs, and no oftener."""

Watcher = Callable[[Status | None], None]
"""Called with each line of a turn as it is shown, and with None when the turn is over."""


def _unwatched(turn: int, watcher: Watcher) -> None:
    """Where nothing is shown, nothing can be watched."""


class Turn:
    """One draft, one answer, one dashboard being written. Telling never waits and never fails.

    Used with ``with``: when the block is left, however that may be, the turn shows nothing more.
    """

    def __init__(
        self,
        turn: int,
        source: str,
        *,
        clock: Clock,
        tell: Callable[[StatusEvent], object],
        over: Callable[[int], None],
        watch: Callable[[int, Watcher], None] = _unwatched,
    ) -> None:
        self.id = turn
        self._source = source
        self._clock = clock
        self._tell = tell
        self._over = over
        self._watch = watch
        self._doing: list[object] = []
        """What is going on, the innermost last."""

    def __enter__(self) -> "Turn":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over()

    def over(self) -> None:
        """The turn is over; once more does no harm."""
        self._over(self.id)

    def watch(self, watcher: Watcher) -> None:
        """Show the lines of this turn here, too: where the work was asked for, and nobody looks anywhere else."""
        self._watch(self.id, watcher)

    def tell(
        self, kind: Kind, stage: str = "", *, tool: str = "", seconds: float | None = None, source: str = ""
    ) -> None:
        """This goes on now. `source` is another than the turn's own where another works for it."""
        self._tell(StatusEvent(self.id, kind, source or self._source, stage or tool, tool, seconds))

    @asynccontextmanager
    async def phase(self, stage: str) -> AsyncIterator[None]:
        """It thinks, in this phase, while the block lasts."""
        self.tell(Kind.THINKING, stage)
        async with self._still(Kind.THINKING, stage, ""):
            yield

    @asynccontextmanager
    async def tool(self, name: str) -> AsyncIterator[None]:
        """This tool runs while the block lasts; it has failed where the block raises."""
        self.tell(Kind.TOOL_START, tool=name)
        try:
            async with self._still(Kind.TOOL_PROGRESS, "", name):
                yield
        except Exception:
            self.tell(Kind.TOOL_ERROR, tool=name)
            raise
        self.tell(Kind.TOOL_END, tool=name)

    @asynccontextmanager
    async def _still(self, kind: Kind, stage: str, tool: str) -> AsyncIterator[None]:
        what = object()
        self._doing.append(what)
        ticks = asyncio.create_task(self._tick(what, kind, stage, tool), name=f"status of turn {self.id}")
        try:
            yield
        finally:
            self._doing.remove(what)
            ticks.cancel()
            await asyncio.gather(ticks, return_exceptions=True)

    async def _tick(self, what: object, kind: Kind, stage: str, tool: str) -> None:
        began = self._clock.now()
        while True:
            await self._clock.sleep(PROGRESS_SECONDS)
            # While a tool runs within a phase, it is the tool that is told of.
            if self._doing[-1] is what:
                self.tell(kind, stage, tool=tool, seconds=(self._clock.now() - began).total_seconds())
