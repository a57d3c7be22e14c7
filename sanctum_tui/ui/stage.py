"""The evening behind the screen: opened after the first paint, lived through, then ended or left."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings

if TYPE_CHECKING:
    from sanctum_tui.events import Broadcast
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.runtime.plan import Plan

log = logging.getLogger(__name__)

STOPPED = "The evening stopped: something unforeseen happened. What was said is stored; the log file says more."
_PATIENCE_SECONDS = 5.0
"""How long a playing evening may take to come to a stop before it is cut off."""


class Stage:
    """Owns the evening, from opening it to closing it."""

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        *,
        opened: Callable[["Evening"], Awaitable[None]],
        over: Callable[[Path | None, str], None],
        refused: Callable[[SanctumError], None],
        crashed: Callable[[Exception], None],
    ) -> None:
        """What is called as it goes: `opened` before anything happens in the evening; `over` when it has ended,
        with where the ledger was written or a sentence where something went wrong; `refused` where it could not
        be opened; `crashed` where opening it failed in an unforeseen way.
        """
        self.evening: Evening | None = None
        self.ended = False
        self._settings = settings
        self._paths = paths
        self._opened = opened
        self._over = over
        self._refused = refused
        self._crashed = crashed
        self._task: asyncio.Task[None] | None = None
        self._why = "the log has ended"
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

    def start(self, plan: "Plan") -> None:
        """Open an evening and live through it."""
        self._task = asyncio.create_task(self._live(plan), name="evening")

    async def end(self) -> None:
        """The operator ends the evening here: what waits expires, and the ledger is written."""
        self._why = "the operator ended the evening"
        await self._come_to_a_stop()

    async def leave(self) -> None:
        """Close everything; an unfinished evening can be gone on with. Does nothing the second time."""
        self._leaving = True
        await self._come_to_a_stop()
        evening, self.evening = self.evening, None
        if evening is not None:
            await evening.close()

    async def _live(self, plan: "Plan") -> None:
        try:
            runtime = await asyncio.to_thread(import_module, "sanctum_tui.runtime.evening")
            self.evening = await runtime.Evening.open(plan, self._settings, self._paths, self.broadcast)
            await self._opened(self.evening)
        except SanctumError as error:
            self._refused(error)
            return
        except Exception as error:
            self._crashed(error)
            return
        path: Path | None = None
        trouble = ""
        try:
            await self.evening.run()
            if self._leaving:
                return
            await self.evening.finish(self._why)
            path = await self.evening.write_ledger()
        except SanctumError as error:
            log.warning("%s", error.sentence)
            trouble = error.sentence
        except Exception:
            log.exception("the evening stopped")
            trouble = STOPPED
        self.ended = True
        self._over(path, trouble)

    async def _come_to_a_stop(self) -> None:
        task, self._task = self._task, None
        if task is None or task.done():
            return
        if self.evening is not None:
            self.evening.player.end()
            await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
