"""Brings status lines from who works to who shows them, from one task, and never holds up the work."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import count

from sanctum_tui.clock import Clock
from sanctum_tui.status.events import Status, StatusEvent
from sanctum_tui.status.policy import Limits, Offer, Policy
from sanctum_tui.status.renderer import Renderer
from sanctum_tui.status.sinks import CallbackSink, Sink
from sanctum_tui.status.turns import Turn, Watcher

log = logging.getLogger(__name__)

SINK_SECONDS = 1.0
"""How long a sink may take for one line; the screen and the log take none."""
_ENDED_TURNS = 64
"""Ends of turns that wait to be told, while a sink is slow; of more, the newest are told."""


class Emitter:
    """Takes events at any time without waiting, and shows those that the policy lets through.

    What it keeps is bounded, by the policy and here. A sink that fails or hangs is told of the next line all
    the same, and keeps no other from anything but the time it is given. Made and used on one event loop.
    """

    def __init__(
        self,
        renderer: Renderer,
        sinks: Iterable[Sink],
        *,
        clock: Clock,
        limits: Callable[[], Limits] = Limits,
        sink_seconds: float = SINK_SECONDS,
    ) -> None:
        """`clock` is the operator's own time, also while a replay runs faster."""
        self._renderer = renderer
        self._outlets = [_Outlet(sink, sink_seconds) for sink in sinks]
        self._watchers: dict[int, _Outlet] = {}
        """Where the lines of one turn are shown besides, while it is open."""
        self._sink_seconds = sink_seconds
        self._clock = clock
        self._policy = Policy(clock, limits)
        self._numbers = count(1)
        self._ended: deque[tuple[int, Sequence[_Outlet]]] = deque(maxlen=_ENDED_TURNS)
        self._woken = asyncio.Event()
        self._closed = False
        self._mute = False
        """Whether it was said once that a line could not be put into words."""
        self._task = asyncio.create_task(self._run(), name="status")

    def turn(self, source: str) -> Turn:
        """A new turn of this source, which lasts until its `over`."""
        number = next(self._numbers)
        self._policy.begin(number)
        return Turn(number, source, clock=self._clock, tell=self.tell, over=self.over, watch=self._watch)

    def tell(self, event: StatusEvent) -> Offer:
        """Take an event in; what becomes of it is the answer. After closing nothing is taken."""
        if self._closed:
            return Offer.TURN_OVER
        offer = self._policy.offer(event)
        if offer is Offer.WAITS:
            self._woken.set()
        return offer

    def over(self, turn: int) -> None:
        """The turn is over: nothing of it is shown from now on, and where something was, it is taken away."""
        watcher = self._watchers.pop(turn, None)
        if self._policy.over(turn):
            self._ended.append((turn, self._outlets if watcher is None else [*self._outlets, watcher]))
            self._woken.set()

    async def close(self, *, drain_seconds: float = 0.0) -> None:
        """End. What waits is dropped, or, where there is time for it, shown at once, for at most so long."""
        self._closed = True
        self._woken.set()
        try:
            if drain_seconds > 0:
                await asyncio.wait((self._task,), timeout=drain_seconds)
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _watch(self, turn: int, watcher: Watcher) -> None:
        if self._policy.is_open(turn):
            self._watchers[turn] = _Outlet(CallbackSink(watcher), self._sink_seconds)

    async def _run(self) -> None:
        while not self._closed:
            self._woken.clear()
            await self._tell_ends()
            if (event := self._policy.take()) is not None:
                await self._show(event)
            elif not self._closed:
                await self._rest(self._policy.wait_seconds())
        await self._tell_ends()
        for event in self._policy.drain():
            await self._show(event)

    async def _rest(self, seconds: float | None) -> None:
        """Until something is told, or the next event is due."""
        woken = asyncio.create_task(self._woken.wait())
        naps = [] if seconds is None else [asyncio.create_task(self._clock.sleep(seconds))]
        try:
            await asyncio.wait((woken, *naps), return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            for nap in naps:
                nap.cancel()
            await asyncio.gather(woken, *naps, return_exceptions=True)

    async def _tell_ends(self) -> None:
        while self._ended:
            turn, outlets = self._ended.popleft()
            await self._everywhere([outlet.over(turn) for outlet in outlets])

    async def _show(self, event: StatusEvent) -> None:
        try:
            status = Status(self._renderer.render(event), event)
        except Exception:
            if not self._mute:
                self._mute = True
                log.exception("a status could not be put into words")
            return
        watcher = self._watchers.get(event.turn)
        outlets = self._outlets if watcher is None else [*self._outlets, watcher]
        await self._everywhere([self._show_at(outlet, status) for outlet in outlets])

    async def _show_at(self, outlet: "_Outlet", status: Status) -> None:
        # Its turn may have ended between the decision to show it and this moment.
        if self._policy.is_open(status.event.turn):
            await outlet.show(status)

    async def _everywhere(self, telling: Sequence[Awaitable[None]]) -> None:
        await asyncio.gather(*telling, return_exceptions=True)


class _Outlet:
    """A sink, its time, and whether it fails: told once, and once when it works again."""

    def __init__(self, sink: Sink, seconds: float) -> None:
        self._sink = sink
        self._seconds = seconds
        self._failing = False

    async def show(self, status: Status) -> None:
        await self._try(lambda: self._sink.show(status))

    async def over(self, turn: int) -> None:
        await self._try(lambda: self._sink.over(turn))

    async def _try(self, telling: Callable[[], Awaitable[None]]) -> None:
        name = type(self._sink).__name__
        try:
            async with asyncio.timeout(self._seconds):
                await telling()
        except Exception:
            if not self._failing:
                log.exception("the status sink %s failed; the others go on", name)
            self._failing = True
            return
        if self._failing:
            log.info("the status sink %s works again", name)
        self._failing = False
