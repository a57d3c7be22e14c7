"""The connection pool: reading and writing transactions, and errors turned into ours."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from sqlalchemy import URL, AsyncAdaptedQueuePool, Connection, event, false, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sanctum_tui.errors import StorageError
from sanctum_tui.memory.tables import sessions
from sanctum_tui.memory.troubles import is_busy, sentence_for

BUSY_SECONDS = 5.0
"""How long SQLite waits for another writer before it says that the database is locked; ``?timeout=`` overrules it."""

ERRORS = (SQLAlchemyError, sqlite3.Error, OSError)
"""What a database, its driver or the way to it may raise."""

_TURN_SECONDS = 0.02
_BEGIN = "sanctum_begin"


class Store:
    """One database. All of its errors come out as StorageError, one sentence."""

    def __init__(self, url: URL, where: str) -> None:
        self.where = where
        """How people call the database: its path, or its address without the password."""
        self.sqlite = url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.sqlite else create_async_engine(url, pool_pre_ping=True)
        self._writing = self.engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._bare = self.engine.execution_options(**{_BEGIN: ""})

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one moment of the database, and leaves it as it is."""
        async with self._transaction(self.engine) as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: all of it is stored, or, on an error, nothing."""
        async with self._transaction(self._writing) as connection:
            yield connection

    async def keep_a_write_ahead_log(self) -> None:
        """Let readers read while one writes. The file remembers it; on PostgreSQL nothing is to be done."""
        if not self.sqlite:
            return
        # A new file can change over only while nobody else looks at it, and SQLite says "locked" at once
        # instead of waiting: so consoles that start together must take turns here.
        until = monotonic() + BUSY_SECONDS
        while True:
            try:
                async with self._transaction(self._bare) as connection:
                    await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
                return
            except StorageError as error:
                if not is_busy(error.__cause__) or monotonic() > until:
                    raise
            await asyncio.sleep(_TURN_SECONDS)

    async def try_writing(self) -> None:
        """Tell now, and not at the first chat line, that nothing can be written here."""
        async with self.write() as connection:
            # It changes no row; but only a statement that could write makes SQLite say that it may not.
            await connection.execute(update(sessions).where(false()).values(position=0))

    async def close(self) -> None:
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            async with engine.begin() as connection:
                yield connection
        except ERRORS as error:
            raise StorageError(sentence_for(error, self.where)) from error


def _sqlite_engine(url: URL) -> AsyncEngine:
    in_memory = not url.database or url.database == ":memory:"
    # A database in memory lives in its one connection. A file may have several: the writer, and readers.
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1 if in_memory else 3,
        max_overflow=0 if in_memory else 2,
        connect_args={} if "timeout" in url.query else {"timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        # The driver's own idea of when to begin is switched off; `begin` below says it.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        # What was committed survives kill -9, for it is with the operating system. A power cut may take
        # the last moments, never the file: https://sqlite.org/pragma.html#pragma_synchronous
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # IMMEDIATE, for a transaction that reads first and then writes cannot wait for another writer: what
        # it has read would be old by then, and SQLite fails it at once.
        if words := connection.get_execution_options().get(_BEGIN, "BEGIN"):
            connection.exec_driver_sql(words)

    return engine
