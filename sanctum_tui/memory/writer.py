"""Stores chat lines in batches, from one task; what cannot be stored now is kept, and tried again."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from sanctum_tui.chat import ChatLine
from sanctum_tui.errors import StorageError
from sanctum_tui.memory.lines import insert_statement, rows_of
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import micros, sessions
from sanctum_tui.text import clean

log = logging.getLogger(__name__)

BATCH_ROWS = 2_000
"""Rows after which a transaction is full.

Measured in a flood, rows a second: 118,000 at 500; 167,000 at 2,000; 180,000 at 5,000. The larger it is, the
longer it keeps other writers waiting.
"""
WINDOW_SECONDS = 0.02
"""How long the first line waits for others to be stored with it."""
BACKLOG_ROWS = 50_000
"""Rows that may wait before `ChatWriter.room` makes its caller wait."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """What was put at once; it is stored at once, so that the session's numbers always fit its lines."""

    session_id: int
    rows: list[tuple[Any, ...]]
    clock_at: datetime
    position: int
    messages: int


class ChatWriter:
    """Takes lines without ever blocking, and stores them in their order.

    Nothing is dropped: while storing fails, rows are kept and tried again after growing pauses. A live room
    is slow enough to be kept for hours; a replay at full speed awaits `room` between its batches. Made and
    used on one event loop.
    """

    def __init__(self, store: Store, *, batch_rows: int = BATCH_ROWS, backlog_rows: int = BACKLOG_ROWS) -> None:
        self.on_trouble: Callable[[str], None] = _ignore
        """Called with a sentence when storing begins to fail, once until it has recovered."""
        self.on_recovery: Callable[[], None] = _ignore
        """Called once when storing works again."""
        self._store = store
        self._insert = insert_statement(store.engine.dialect)
        self._batch_rows = batch_rows
        self._backlog_rows = backlog_rows
        self._backlog: deque[_Entry] = deque()
        self._waiting = 0
        self._put = 0
        self._stored = 0
        self._flushes: list[tuple[int, asyncio.Future[None]]] = []
        self._woken = asyncio.Event()
        self._hurry = asyncio.Event()
        self._roomy = asyncio.Event()
        self._failures = 0
        self._closed = False
        self._task = asyncio.create_task(self._run(), name="chat writer")

    @property
    def waiting(self) -> int:
        """Rows that are not stored yet."""
        return self._waiting

    def put(
        self, session_id: int, lines: Sequence[ChatLine], *, clock_at: datetime, position: int, messages: int
    ) -> None:
        """Store these lines soon, and with them how far the session has come. Never waits, never drops.

        Raises TypeError for a moment without a zone; nothing is taken then.
        """
        if self._closed:
            raise RuntimeError("the chat writer is closed")
        micros(clock_at)
        entry = _Entry(session_id, rows_of(session_id, lines), clock_at, position, messages)
        self._backlog.append(entry)
        self._waiting += len(entry.rows)
        self._put += 1
        self._woken.set()
        if self._waiting >= self._batch_rows and not self._failures:
            self._hurry.set()

    async def room(self) -> None:
        """Wait until the backlog is shorter than its bound."""
        while self._waiting >= self._backlog_rows:
            self._roomy.clear()
            await self._roomy.wait()

    async def flush(self) -> None:
        """Store all that was put so far. Raises StorageError, with nothing lost, where that fails."""
        if self._stored == self._put:
            return
        if self._task.done():
            raise StorageError(f"{self._waiting} chat lines were not stored, for the database is closed already.")
        done = asyncio.get_running_loop().create_future()
        self._flushes.append((self._put, done))
        self._hurry.set()
        await done

    async def close(self) -> None:
        """Store what waits, and end. Raises StorageError, which says how many lines, where they cannot be stored."""
        if self._closed:
            return
        self._closed = True
        try:
            await self.flush()
        except StorageError as error:
            raise StorageError(f"{self._waiting} chat lines were not stored: {error.sentence}") from error
        finally:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            await self._pause()
            sentence = await self._store_batch()
            if sentence is None:
                self._succeeded()
            else:
                self._failed(sentence)

    async def _pause(self) -> None:
        """Until there is reason to store: a full batch, a flush, or the window, or the pause, is over.

        After a failure a full batch is no reason to hurry.
        """
        if self._failures:
            seconds = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self._failures - 1))
            full = False
        else:
            seconds = WINDOW_SECONDS
            full = self._waiting >= self._batch_rows
        if full or self._flushes:
            return
        self._hurry.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        except TimeoutError:
            pass

    async def _store_batch(self) -> str | None:
        """Store the oldest entries that make a batch; the sentence that says why not, or None."""
        taken: list[_Entry] = []
        rows: list[tuple[Any, ...]] = []
        for entry in self._backlog:
            taken.append(entry)
            rows.extend(entry.rows)
            if len(rows) >= self._batch_rows:
                break
        try:
            await self._store_together(taken, rows)
        except UnicodeEncodeError:
            # Text that never went through `text.clean` can hold what has no UTF-8 form. Better to store the
            # line without it than to let one line keep all that follow from being stored.
            for entry in taken:
                entry.rows[:] = [tuple(clean(v) if isinstance(v, str) else v for v in row) for row in entry.rows]
            return await self._store_batch()
        except StorageError as error:
            return error.sentence
        except Exception as error:
            log.exception("a batch of %d lines could not be stored", len(rows))
            return f"Chat could not be stored ({type(error).__name__}); see the log."
        for _ in taken:
            self._backlog.popleft()
        self._stored += len(taken)
        self._waiting -= len(rows)
        return None

    async def _store_together(self, taken: list[_Entry], rows: list[tuple[Any, ...]]) -> None:
        reached = {entry.session_id: entry for entry in taken}
        async with self._store.write() as connection:
            if rows:
                await connection.exec_driver_sql(self._insert, rows)
            for session_id, entry in reached.items():
                which = update(sessions).where(sessions.c.id == session_id)
                await connection.execute(
                    which.values(clock_at=entry.clock_at, position=entry.position, messages=entry.messages)
                )

    def _succeeded(self) -> None:
        if self._failures:
            self._failures = 0
            log.info("storing works again")
            self.on_recovery()
        if not self._backlog:
            self._woken.clear()
        if self._waiting < self._backlog_rows:
            self._roomy.set()
        for target, done in self._flushes:
            if target <= self._stored and not done.done():
                done.set_result(None)
        self._flushes = [(target, done) for target, done in self._flushes if not done.done()]

    def _failed(self, sentence: str) -> None:
        self._failures += 1
        if self._failures == 1:
            log.error("storing failed: %s", sentence)
            self.on_trouble(sentence)
        for _, done in self._flushes:
            if not done.done():
                done.set_exception(StorageError(sentence))
        self._flushes.clear()


def _ignore(*_: object) -> None:
    pass
