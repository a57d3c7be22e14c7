"""Brings the tables to the shape this version knows, or refuses to touch them."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from sanctum_tui.errors import StorageError
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import REVISION, metadata
from sanctum_tui.paths import reason, remedy

if TYPE_CHECKING:
    from alembic.config import Config

LOCK_SECONDS = 60.0
"""How long to wait for another console that is migrating."""

_versions = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own table, word for word."""


async def migrate(store: Store, lock_folder: Path | None) -> None:
    """Bring the database to `REVISION`; no library to load where it is there already, or where the file is new.

    Raises StorageError, with nothing changed, for a database of a newer version or of another program.
    """
    async with store.read() as connection:
        version = await connection.run_sync(_version, store.where)
    if version != REVISION:
        if not _is_new(store, version):
            await asyncio.to_thread(_load_alembic)
        await _upgrade_alone(store, lock_folder)
    await store.keep_a_write_ahead_log()


async def _upgrade_alone(store: Store, lock_folder: Path | None) -> None:
    if lock_folder is None:
        await _upgrade(store)
        return
    from filelock import AsyncFileLock, Timeout

    try:
        lock_folder.mkdir(parents=True, exist_ok=True)
        lock = AsyncFileLock(lock_folder / "migration.lock", timeout=LOCK_SECONDS)
        await lock.acquire()
    except Timeout:
        raise StorageError(
            f"{store.where} is being brought up to date by another console; wait until it is done, then try again."
        ) from None
    except OSError as error:
        raise StorageError(
            f"The lock folder {lock_folder} could not be used ({reason(error)}); {remedy(error)}."
        ) from error
    try:
        await _upgrade(store)
    finally:
        await lock.release()


async def _upgrade(store: Store) -> None:
    async with store.write() as connection:
        # Looked at again: another console, even a newer one, may have migrated while this one waited.
        version = await connection.run_sync(_version, store.where)
        if version == REVISION:
            return
        if _is_new(store, version):
            await connection.run_sync(_create)
            return
        if version is not None and version not in _known():
            raise StorageError(
                f"{store.where} was written by a newer version of sanctum-tui; update sanctum-tui, or choose "
                "another file with DATABASE_URL (nothing in it was changed)."
            )
        await connection.run_sync(_run)


def _is_new(store: Store, version: str | None) -> bool:
    """Whether the tables can simply be made: that they are what the migrations make is tested on SQLite."""
    return version is None and store.sqlite


def _create(connection: Connection) -> None:
    metadata.create_all(connection)
    _versions.create(connection, checkfirst=True)
    connection.execute(insert(_versions).values(version_num=REVISION))


def _version(connection: Connection, where: str) -> str | None:
    """The revision the tables have, or None where there are none yet."""
    names = inspect(connection).get_table_names()
    if _versions.name in names:
        versions = connection.execute(select(_versions.c.version_num)).scalars().all()
        if versions:
            return ",".join(sorted(versions))
    # A PostgreSQL database is often shared with others; a file is one program's own.
    strangers = set(names) - {_versions.name}
    if connection.dialect.name != "sqlite":
        strangers &= set(metadata.tables)
    if strangers:
        raise StorageError(
            f"{where} holds tables of another program ({sorted(strangers)[0]}); choose another file with "
            "DATABASE_URL (nothing in it was changed)."
        )
    return None


def _load_alembic() -> None:
    import_module("alembic.command")


def config_for(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, without a file; with the connection that `migrations.env` is to use."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "sanctum_tui:memory/migrations")
    config.attributes["connection"] = connection
    return config


def _known() -> frozenset[str]:
    from alembic.script import ScriptDirectory

    return frozenset(script.revision for script in ScriptDirectory.from_config(config_for()).walk_revisions())


def _run(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config_for(connection), "head")
