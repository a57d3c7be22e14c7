"""The evening behind the screen: opened after the first paint, lived through, then ended or left."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from sanctum_tui.chat import ChatLine
from sanctum_tui.errors import SanctumError, StorageError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings
from sanctum_tui.ui.lookback import LookBack

if TYPE_CHECKING:
    from sanctum_tui.events import Broadcast
    from sanctum_tui.memory.engine import Memory
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.runtime.onair import OnAir
    from sanctum_tui.runtime.plan import AnyPlan

log = logging.getLogger(__name__)
T = TypeVar("T")

STUMBLED = "Something unforeseen happened; the evening goes on, and the log file says more."
NO_TWITCH = "Twitch is out of reach"
NO_DATABASE = "the database cannot be used"
STOPPED = "The evening stopped: something unforeseen happened. What was said is stored; the log file says more."
LOG_ENDED = "the log has ended"
STREAM_ENDED = "the stream has ended"
BY_OPERATOR = "the operator ended the evening"
_PATIENCE_SECONDS = 5.0
"""How long a playing evening may take to come to a stop before it is cut off."""
_RETRY_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses between attempts to reach Twitch at the start; the last one again and again."""


class Audience(Protocol):
    """Who sees the evening: what it is told as it goes."""

    async def opened(self, evening: "Evening") -> None:
        """An evening is open, and nothing has happened in it yet."""

    async def closing(self) -> None:
        """The evening on the screen is about to be closed; another one may follow."""

    def over(self, path: Path | None, trouble: str) -> None:
        """It has ended: where its ledger was written, or a sentence where something went wrong."""

    def waiting(self, what: str, sentence: str, seconds: float) -> None:
        """Something does not work yet, `what` in a few words, and is tried again in so many seconds."""

    def refused(self, error: SanctumError) -> None:
        """It cannot be opened."""

    def crashed(self, error: Exception) -> None:
        """Opening it failed in an unforeseen way."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the operator wanted of the agent in one evening, and wants in the next one on the same screen."""

    muted: bool = False
    let_it_be_until: datetime | None = None

    async def on_to(self, evening: "Evening") -> None:
        if self.muted:
            await evening.orchestrator.set_muted(True)
        if self.let_it_be_until is not None:
            evening.orchestrator.let_it_be_until = self.let_it_be_until


class Stage:
    """Owns the evening, from opening it to closing it; a live channel has one after the other."""

    def __init__(self, settings: Settings, paths: Paths, audience: Audience) -> None:
        self.evening: Evening | None = None
        self.ended = False
        self.looking_back = LookBack(paths)
        self._settings = settings
        self._paths = paths
        self._audience = audience
        self._task: asyncio.Task[None] | None = None
        self._on_air: OnAir | None = None
        self._sessions: list[tuple[int, int]] = []
        """Evenings so far, the latest first: the number that its lines come after, and its session."""
        self._carried = Carried()
        self._count = 0
        """Number of the last line so far."""
        self._why = ""
        self._last = False
        """No other evening follows this one."""
        self._leaving = False

    @cached_property
    def broadcast(self) -> "Broadcast":
        """Where the evening's events are told."""
        from sanctum_tui.events import Broadcast

        return Broadcast()

    @property
    def playing(self) -> bool:
        """Whether the evening goes on."""
        return self.evening is not None and not self.ended

    @property
    def opening(self) -> bool:
        """Whether an evening was chosen and is not there yet."""
        return self.evening is None and self._task is not None and not self._task.done()

    def begin_with(self, settings: Settings) -> None:
        """The next evening begins with these, which the operator kept."""
        self._settings = settings

    @property
    def sessions(self) -> tuple[int, ...]:
        """Evenings so far, the latest first."""
        return tuple(session for _, session in self._sessions)

    @property
    def memory(self) -> "Memory | None":
        """Where the evening is stored."""
        return None if self.evening is None else self.evening.memory

    async def lines_before(self, number: int, limit: int) -> tuple[ChatLine, ...]:
        """Up to so many stored lines with numbers below this one, the nearest ones, of whichever evening had them."""
        if self.evening is None:
            return ()
        session = next((session for after, session in self._sessions if number - 1 > after), None)
        return () if session is None else await self.evening.memory.evenings.lines_before(session, number, limit)

    def start(self, plan: "AnyPlan") -> None:
        """Open an evening and live through it."""
        self._task = asyncio.create_task(self._live(plan), name="evening")

    def turn_over(self) -> None:
        """The operator ends the evening: what waits expires, and the ledger is written.

        On a live channel the next one begins; a replay stays on the screen to be read.
        """
        self._why = BY_OPERATOR
        if self.evening is not None:
            self.evening.origin.stop()

    async def end(self) -> None:
        """The operator ends the evening, and the console with it."""
        self._why = BY_OPERATOR
        self._last = True
        await self._come_to_a_stop()

    async def leave(self) -> None:
        """Close everything; an unfinished evening can be gone on with. Does nothing the second time."""
        self._leaving = True
        await self.looking_back.close()
        await self._come_to_a_stop()
        # The evening first: its delivery may still be waiting for an answer.
        await self._close_evening()
        on_air, self._on_air = self._on_air, None
        if on_air is not None:
            await on_air.close()

    async def _live(self, plan: "AnyPlan") -> None:
        try:
            await asyncio.to_thread(import_module, "sanctum_tui.runtime.evening")
            from sanctum_tui.runtime.plan import LivePlan

            if isinstance(plan, LivePlan):
                self._on_air = await self._go_on_air()
            await self._open(plan)
            while await self._live_through() and self._on_air is not None and not self._last:
                await self._audience.closing()
                await self._close_evening()
                await self._until_it_works(lambda: self._open(plan), StorageError, NO_DATABASE)
        except SanctumError as error:
            self._audience.refused(error)
        except Exception as error:
            self._audience.crashed(error)

    async def _open(self, plan: "AnyPlan") -> None:
        from sanctum_tui.runtime.evening import Evening

        self._why = STREAM_ENDED if self._on_air is not None else LOG_ENDED
        after = self._count
        self.evening = await Evening.open(
            plan, self._settings, self._paths, self.broadcast, on_air=self._on_air, numbered_after=after
        )
        self._sessions.insert(0, (after, self.evening.keeping.session.id))
        self.ended = False
        await self._carried.on_to(self.evening)
        await self._audience.opened(self.evening)

    async def _go_on_air(self) -> "OnAir":
        """Sign in to Twitch, again and again where it cannot be reached: the network may come up later."""
        from sanctum_tui.runtime.onair import OnAir
        from sanctum_tui.twitch.errors import UnreachableError

        return await self._until_it_works(
            lambda: OnAir.open(self._settings, self._paths), UnreachableError, NO_TWITCH
        )

    async def _until_it_works(
        self, do: Callable[[], Awaitable[T]], passing: type[SanctumError], what: str, *, most: float = math.inf
    ) -> T:
        """Do something that fails in a way that passes, again and again; the last time it may fail for good."""
        for attempt in count(1):
            try:
                return await do()
            except passing as error:
                if attempt >= most:
                    raise
                log.warning("%s", error.sentence)
                seconds = _RETRY_SECONDS[min(attempt, len(_RETRY_SECONDS)) - 1]
                self._audience.waiting(what, error.sentence, seconds)
                await asyncio.sleep(seconds)
        raise AssertionError("count has no end")

    async def _live_through(self) -> bool:
        """Whether the evening came to its end, and another one may follow."""
        evening = self.evening
        if evening is None:
            return False
        path: Path | None = None
        trouble = ""
        try:
            await self._run(evening)
            if self._leaving:
                return False
            # A live room goes on talking meanwhile, so not for ever.
            most = 1 if self._on_air is None else len(_RETRY_SECONDS)
            await self._until_it_works(lambda: evening.finish(self._why), StorageError, NO_DATABASE, most=most)
            path = await evening.write_ledger()
        except SanctumError as error:
            log.warning("%s", error.sentence)
            trouble = error.sentence
        except Exception:
            log.exception("the evening stopped")
            trouble = STOPPED
        # What the operator changed for this evening holds for the next one.
        self._settings = evening.settings
        self.ended = True
        self._audience.over(path, trouble)
        return self._on_air is not None or not trouble

    async def _run(self, evening: "Evening") -> None:
        """Live through it. A live room is gone on with whatever happens, for nobody else reads it meanwhile."""
        while True:
            try:
                await evening.run()
            except Exception as error:
                if self._on_air is None or self._leaving:
                    raise
                log.exception("the evening stopped; it is gone on with")
                sentence = error.sentence if isinstance(error, SanctumError) else STUMBLED
                self._audience.waiting("the evening stumbled", sentence, _RETRY_SECONDS[0])
                await asyncio.sleep(_RETRY_SECONDS[0])
            else:
                return

    async def _close_evening(self) -> None:
        evening, self.evening = self.evening, None
        if evening is not None:
            self._count = evening.room.count
            self._carried = Carried(evening.orchestrator.muted, evening.orchestrator.let_it_be_until)
            try:
                await evening.close()
            except StorageError as error:
                if self._leaving or self._last:
                    raise
                log.warning("%s", error.sentence)

    async def _come_to_a_stop(self) -> None:
        task, self._task = self._task, None
        if task is None or task.done():
            return
        self._leaving = self._leaving or self.evening is None
        if self.evening is not None:
            if self._on_air is not None:
                await self._on_air.close_intake()
            self.evening.origin.stop()
            await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
