"""The database is made, brought up to date, or refused with one sentence and left as it was."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, ExceptionContext, event, inspect, make_url, text

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.errors import ExitCode, StorageError
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.engine import understand
from sanctum_tui.memory.migrating import config_for
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import REVISION, SEARCH_INDEX, metadata
from sanctum_tui.memory.troubles import sentence_for
from tests.builders import START, says


def url_of(path: Path, query: str = "") -> str:
    return f"sqlite+aiosqlite:///{path}{query}"


async def refusal(url: str, lock_folder: Path | None = None) -> str:
    with pytest.raises(StorageError) as caught:
        await open_memory(url, lock_folder=lock_folder)
    assert caught.value.exit_code == ExitCode.STORAGE
    sentence = caught.value.sentence
    assert "\n" not in sentence
    assert sentence.endswith((".", ")."))
    return sentence


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """A database of this version, closed."""
    path = tmp_path / "data" / "sanctum.db"
    memory = await open_memory(url_of(path), lock_folder=tmp_path / "locks")
    await memory.close()
    return path


async def test_a_new_database_is_made_with_its_folder_and_a_write_ahead_log(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISION,)]
    connection.close()


async def test_the_tables_are_what_the_migrations_make(tmp_path: Path) -> None:
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def ours(name: str | None, kind: str, parents: object) -> bool:
        # The search index is a virtual table, and SQLite keeps tables of its own for it.
        return kind != "table" or name is None or not name.startswith(SEARCH_INDEX)

    def differences(connection: Connection) -> object:
        options = {"compare_type": True, "include_name": ours}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    def spelled(connection: Connection) -> dict[str, list[str]]:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        # A column that came later stands behind all others, and on no line of its own.
        between = re.compile(r",(?![^()]*\))|^CREATE TABLE \w+ \(|\)(?= WITHOUT ROWID$|$)")
        return {
            name: sorted(filter(None, map(str.strip, between.split(" ".join(sql.split()))))) for name, sql in rows
        }

    def migrated_anew(connection: Connection) -> None:
        command.downgrade(config_for(connection), "base")
        connection.execute(text("DROP TABLE alembic_version"))
        command.upgrade(config_for(connection), "head")

    memory = await open_memory("sqlite+aiosqlite://", lock_folder=None)
    async with memory.store.write() as connection:
        made_at_once = await connection.run_sync(spelled)
        await connection.run_sync(migrated_anew)
        assert await connection.run_sync(differences) == []
        # Word for word, for the comparison above does not see WITHOUT ROWID.
        assert await connection.run_sync(spelled) == made_at_once
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all() == [
            REVISION
        ]
    await memory.close()


async def test_the_newest_migration_is_the_one_a_start_up_looks_for() -> None:
    from alembic.script import ScriptDirectory

    assert ScriptDirectory.from_config(config_for()).get_heads() == [REVISION]


async def test_migrations_can_be_taken_back_and_run_again() -> None:
    from alembic import command

    def back_and_forth(connection: Connection) -> list[str]:
        command.downgrade(config_for(connection), "base")
        left = inspect(connection).get_table_names()
        command.upgrade(config_for(connection), "head")
        return left

    memory = await open_memory("sqlite+aiosqlite://", lock_folder=None)
    async with memory.store.write() as connection:
        assert await connection.run_sync(back_and_forth) == ["alembic_version"]
    assert await memory.evenings.sessions() == ()
    await memory.close()


async def test_lines_of_an_earlier_version_stay_as_they_were_said(tmp_path: Path) -> None:
    from alembic import command

    url = url_of(tmp_path / "sanctum.db")
    memory = await open_memory(url, lock_folder=None)
    session = await memory.evenings.begin(channel="harbour", source="live", title="Night sail", at=START)
    said = ChatLine(1, Voice.PERSON, says(1, "the lamp is lit", reply_to="Mira"))
    memory.writer.put(session.id, [said], position=1, messages=1, clock_at=START)
    await memory.writer.flush()
    async with memory.store.write() as connection:
        await connection.run_sync(lambda now: command.downgrade(config_for(now), "0004"))
    await memory.close()
    memory = await open_memory(url, lock_folder=None)
    assert await memory.evenings.lines_before(session.id, 2) == (said,)
    await memory.close()


@pytest.mark.parametrize("new", [True, False])
async def test_a_start_up_on_a_new_or_current_database_loads_no_migration_library(
    database: Path, tmp_path: Path, new: bool
) -> None:
    url = url_of(tmp_path / "new.db" if new else database)
    script = f"""
import asyncio, sys
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.engine import understand
assert "sqlalchemy" not in sys.modules, "importing the room must cost nothing"
async def main():
    memory = await open_memory({url!r}, lock_folder=None)
    await memory.close()
asyncio.run(main())
assert "sqlalchemy" in sys.modules
assert not any(name.startswith(("alembic", "filelock")) for name in sys.modules)
"""
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


async def test_consoles_that_start_together_migrate_once(tmp_path: Path) -> None:
    url = url_of(tmp_path / "new.db")
    memories = await asyncio.gather(*(open_memory(url, lock_folder=tmp_path / "locks") for _ in range(4)))
    for memory in memories:
        assert await memory.evenings.sessions() == ()
        await memory.close()


async def test_consoles_that_start_together_without_a_lock_folder_migrate_once_too(tmp_path: Path) -> None:
    url = url_of(tmp_path / "new.db")
    memories = await asyncio.gather(*(open_memory(url, lock_folder=None) for _ in range(4)))
    for memory in memories:
        await memory.close()


async def test_a_console_that_starts_while_another_reads_the_new_file_waits_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE sessions (id INTEGER)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM sessions").fetchall()
    store = Store(make_url(url_of(path, "?timeout=0")), str(path))
    met: list[str] = []

    def meet(context: ExceptionContext) -> None:
        met.append(str(context.original_exception))
        if other.in_transaction:
            other.execute("ROLLBACK")

    event.listen(store.engine.sync_engine, "handle_error", meet)
    await store.keep_a_write_ahead_log()
    assert met == ["database is locked"]
    async with store.read() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar() == "wal"
    other.close()
    await store.close()


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "empty.db"
    path.touch()
    memory = await open_memory(url_of(path), lock_folder=None)
    assert await memory.evenings.sessions() == ()
    await memory.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_was(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    sentence = await refusal(url_of(database))
    assert "newer version" in sentence
    assert str(database) in sentence
    assert database.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear reader, this is not a database. " * 100)
    before = path.read_bytes()
    sentence = await refusal(url_of(path))
    assert "is not a database" in sentence
    assert str(path) in sentence
    assert path.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == [path]


async def test_a_damaged_database_is_refused_and_left_as_it_was(database: Path) -> None:
    content = bytearray(database.read_bytes())
    content[100:8192] = b"\xa5" * (8192 - 100)
    database.write_bytes(content)
    sentence = await refusal(url_of(database))
    assert "is damaged" in sentence
    assert str(database) in sentence
    assert database.read_bytes() == content


async def test_a_database_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "photos.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE photos (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    assert "another program (photos)" in await refusal(url_of(path))
    assert path.read_bytes() == before


async def test_a_locked_database_is_told(database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "is locked by another program" in await refusal(url_of(database, "?timeout=0.05"))
    other.execute("ROLLBACK")
    other.close()


async def test_a_database_that_may_not_be_written_to_is_told(database: Path) -> None:
    assert "may not be written to" in await refusal(url_of(Path(f"file:{database}"), "?mode=ro&uri=true"))


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the way")
    assert "its folder cannot" in await refusal(url_of(tmp_path / "a file" / "sanctum.db"))
    assert "is a folder" in await refusal(url_of(tmp_path))
    assert (tmp_path / "a file").read_text() == "in the way"


async def test_a_lock_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the way")
    sentence = await refusal(url_of(tmp_path / "new.db"), tmp_path / "a file" / "locks")
    assert "The lock folder" in sentence


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite+aiosqlite:", "postgresql+asyncpg://me:hunter2@host:port/x"])
async def test_an_address_that_cannot_be_read_is_told_without_its_password(url: str) -> None:
    sentence = await refusal(url)
    assert "DATABASE_URL cannot be read" in sentence
    assert "hunter2" not in sentence


def test_an_address_that_answers_nothing_is_told_without_its_password() -> None:
    error = ConnectionRefusedError(111, "Connection refused")
    address, where = understand("postgres://me:hunter2@localhost/evenings")
    assert address.password == "hunter2"
    assert sentence_for(error, where) == (
        "The database postgresql+asyncpg://me:***@localhost/evenings cannot be reached ([Errno 111] Connection "
        "refused); see that the database runs, then try again."
    )


@pytest.mark.parametrize("url", ["mysql://me:hunter2@host/x", "sqlite+pysqlite:///x.db"])
async def test_an_unknown_database_is_told_without_its_password(url: str) -> None:
    sentence = await refusal(url)
    assert "a database we do not know" in sentence
    assert "hunter2" not in sentence


async def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    sentence = await refusal("postgresql://me:hunter2@localhost/evenings")
    assert "sanctum-tui[postgres]" in sentence
    assert "hunter2" not in sentence
