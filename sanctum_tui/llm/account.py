"""Stores what the models use, soon after each call and beside it, so that a budget holds over a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.spending import Spending, Spent

log = logging.getLogger(__name__)

Store = Callable[[Mapping[str, Spent]], Awaitable[None]]
"""Stores what was used more by each model. Raises StorageError where it cannot: then nothing of it is stored."""
Attempt = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]
"""Does something that is stored; where that fails it is told."""


async def logged(store: Callable[[], Awaitable[object]]) -> None:
    """An `Attempt` where nobody is told but the log."""
    try:
        await store()
    except SanctumError as error:
        log.warning("%s", error.sentence)


class Account:
    """Hears of each call from `Spending`, which never waits for it. Whoever opens it closes it."""

    def __init__(self, spending: Spending, store: Store, attempt: Attempt = logged) -> None:
        self._spending = spending
        self._store = store
        self._attempt = attempt
        self._owed: dict[str, Spent] = {}
        """What is not stored yet; what could not be is kept, and goes with the next call's."""
        self._woken = asyncio.Event()
        self._closed = False
        spending.on_count = self._counted
        self._task = asyncio.create_task(self._run(), name="storing what the models used")

    async def close(self) -> None:
        """Store what is owed, and end."""
        self._closed = True
        self._woken.set()
        await self._task

    def _counted(self, name: str, spent: Spent) -> None:
        self._owed[name] = self._owed.get(name, Spent()) + spent
        self._woken.set()

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            last = self._closed
            if self._owed:
                await self._keep()
            if last:
                return

    async def _keep(self) -> None:
        owed, self._owed = self._owed, {}
        stored = False

        async def store() -> None:
            nonlocal stored
            await self._store(owed)
            stored = True

        try:
            await self._attempt(store)
        except Exception:
            # Whatever it is, it is no reason to keep no account of what comes.
            log.exception("what the models used could not be stored")
        if not stored:
            for name, spent in owed.items():
                self._owed[name] = self._owed.get(name, Spent()) + spent
