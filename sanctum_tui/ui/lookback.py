"""Looks for evenings that were left unfinished, and makes nobody wait long for the answer."""

import asyncio
import logging
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings

if TYPE_CHECKING:
    from sanctum_tui.runtime.left import Left

log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 3.0
"""A database out of reach is not waited for."""


class LookBack:
    """One look at a time; none is cut off, for a database would not forgive it."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._task: asyncio.Task[tuple[Left, ...]] | None = None

    def worthwhile(self, settings: Settings) -> bool:
        """Whether an evening can be stored yet; a newcomer has no database, and need not wait for one."""
        return bool(settings.database_url.reveal()) or self._paths.database.exists()

    async def look(self, settings: Settings, logs: Sequence[Path]) -> "tuple[Left, ...]":
        """The evenings that were left where these logs play; none where that cannot be told in time."""
        self._task = asyncio.create_task(self._look(settings, logs), name="looking back")
        await asyncio.wait({self._task}, timeout=_PATIENCE_SECONDS)
        return self._task.result() if self._task.done() else ()

    async def close(self) -> None:
        """Let what is under way come to its end."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _look(self, settings: Settings, logs: Sequence[Path]) -> "tuple[Left, ...]":
        try:
            # What reads a database takes a moment to import, which the screen need not wait for.
            await asyncio.to_thread(import_module, "sanctum_tui.runtime.left")
            from sanctum_tui.runtime.left import left_unfinished

            return await left_unfinished(settings, self._paths, logs)
        except SanctumError as error:
            log.warning("what was left unfinished cannot be told: %s", error.sentence)
        except Exception:
            log.exception("what was left unfinished cannot be told")
        return ()
