"""The shelf of stored evenings, for whoever wants to look at it or take a ledger from it."""

from pathlib import Path

from sanctum_tui.exports.markdown import render, write
from sanctum_tui.memory.shelf import Shelved, newest
from sanctum_tui.paths import Paths
from sanctum_tui.runtime import archive
from sanctum_tui.runtime.places import ledger_folder
from sanctum_tui.settings import Settings


class Shelf:
    """Each question opens the database and closes it. Each raises StorageError, one sentence, where it fails."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        self._settings = settings
        self._paths = paths

    async def newest(self, limit: int) -> tuple[Shelved, ...]:
        """The latest evenings, the one begun last first."""
        async with archive.opened(self._settings, self._paths) as memory:
            return await newest(memory.store, limit)

    async def read(self, session_id: int) -> str:
        """An evening's ledger, as markdown."""
        return render(await archive.ledger(self._settings, self._paths, session_id))

    async def write(self, session_id: int) -> Path:
        """Write an evening's ledger to ``EXPORT_PATH``, and say where it is."""
        told = await archive.ledger(self._settings, self._paths, session_id)
        return write(told, ledger_folder(self._settings, self._paths))
