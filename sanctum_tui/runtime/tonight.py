"""Tonight's dashboard: its file, what it says, and the session's copy of it, kept in step."""

import asyncio
import logging
from datetime import datetime
from pathlib import Path

from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.clock import Clock
from sanctum_tui.dashboard.file import DashboardFile
from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import SanctumError
from sanctum_tui.events import Broadcast, DashboardChanged

log = logging.getLogger(__name__)


class Tonight:
    """The dashboard of one evening."""

    def __init__(self, file: DashboardFile, keeping: Keeping, broadcast: Broadcast, clock: Clock) -> None:
        self.dashboard = Dashboard()
        self._file = file
        self._keeping = keeping
        self._broadcast = broadcast
        self._clock = clock

    @property
    def path(self) -> Path:
        """Where its file is."""
        return self._file.path

    @property
    def text(self) -> str:
        """The dashboard as an editor shows it."""
        return self._file.text

    def load(self, stored: str) -> None:
        """Read the file; where there is none, `stored` is what the session had."""
        if not self._file.load() and stored:
            self._file.restore(stored)
        self.dashboard = parse(self._file.markdown)

    async def keep(self) -> None:
        """Store it with the session, as it is now."""
        await self._keeping.dashboard(self._file.markdown, self._now())

    async def save(self, text: str) -> bool:
        """Write the edited dashboard to its file and the session; False where nothing had changed."""
        if not await asyncio.to_thread(self._file.save, text):
            return False
        await self._changed("operator")
        return True

    async def watch(self) -> None:
        """Take in what other programs write into the file, until cancelled."""
        try:
            async for _ in self._file.changes():
                await self._changed("file")
        except (OSError, SanctumError) as error:
            log.warning("the dashboard's file is no longer watched: %s", error)

    async def _changed(self, by: str) -> None:
        self.dashboard = parse(self._file.markdown)
        await self.keep()
        self._broadcast.tell(DashboardChanged(self._file.text, by))

    def _now(self) -> datetime:
        return self._clock.now()
