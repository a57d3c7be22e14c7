"""Every chat line that is put is stored, in order and once, whatever the disk and the process do meanwhile."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from sanctum_tui.chat import ChatLine, ChatMessage, Voice
from sanctum_tui.errors import StorageError
from sanctum_tui.memory import Memory, open_memory
from sanctum_tui.memory.lines import rows_of
from sanctum_tui.memory.tables import lines as lines_table
from sanctum_tui.memory.writer import ChatWriter

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


def url_in(folder: Path, query: str = "") -> str:
    return f"sqlite+aiosqlite:///{folder / 'sanctum.db'}{query}"


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    opened = await open_memory(url_in(tmp_path, "?timeout=0.05"), lock_folder=None)
    yield opened
    await opened.close()


async def begin(memory: Memory) -> int:
    session = await memory.evenings.begin(channel="harbour", source="live", title="Night sail", at=NOW)
    return session.id


def lines(first: int, last: int, text: str = "hello") -> list[ChatLine]:
    return [
        ChatLine(number, Voice.PERSON, ChatMessage(NOW + timedelta(seconds=number), "ada", "Ada", text))
        for number in range(first, last + 1)
    ]


def put(writer: ChatWriter, session_id: int, first: int, last: int, text: str = "hello") -> None:
    writer.put(
        session_id,
        lines(first, last, text),
        clock_at=NOW + timedelta(seconds=last),
        position=last,
        messages=last,
    )


async def stored(memory: Memory, session_id: int) -> list[int]:
    return [line.number async for page in memory.evenings.pages(session_id) for line in page]


class Disk:
    """Makes SQLite's disk full, and free again: SQLITE_FULL comes from SQLite itself."""

    def __init__(self, memory: Memory) -> None:
        self._pages = 1_000_000
        event.listen(memory.store.engine.sync_engine, "checkout", self._limit)

    def fill(self) -> None:
        self._pages = 1

    def free(self) -> None:
        self._pages = 1_000_000

    def _limit(self, connection: Any, *_: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {self._pages}")
        cursor.close()


class Told:
    """What the writer told of its troubles, in order."""

    def __init__(self, writer: ChatWriter) -> None:
        self.words: list[str] = []
        writer.on_trouble = self.words.append
        writer.on_recovery = lambda: self.words.append("recovered")


async def test_lines_and_how_far_the_session_has_come_are_stored_together(memory: Memory) -> None:
    session_id = await begin(memory)
    put(memory.writer, session_id, 1, 10)
    put(memory.writer, session_id, 11, 12)
    assert memory.writer.waiting == 12
    await memory.writer.flush()
    assert memory.writer.waiting == 0
    assert await stored(memory, session_id) == list(range(1, 13))
    session = await memory.evenings.session(session_id)
    assert session is not None
    assert (session.position, session.messages, session.clock_at) == (12, 12, NOW + timedelta(seconds=12))


async def test_lines_are_stored_without_anybody_asking(memory: Memory) -> None:
    session_id = await begin(memory)
    committed = asyncio.Event()
    event.listen(memory.store.engine.sync_engine, "commit", lambda _: committed.set())
    put(memory.writer, session_id, 1, 3)
    await asyncio.wait_for(committed.wait(), 5)
    assert await stored(memory, session_id) == [1, 2, 3]


async def test_lines_of_several_sessions_keep_apart(memory: Memory) -> None:
    first, second = await begin(memory), await begin(memory)
    put(memory.writer, first, 1, 3)
    put(memory.writer, second, 1, 2)
    put(memory.writer, first, 4, 5)
    await memory.writer.flush()
    assert await stored(memory, first) == [1, 2, 3, 4, 5]
    assert await stored(memory, second) == [1, 2]
    assert [(one.id, one.position) for one in await memory.evenings.sessions()] == [(second, 2), (first, 5)]


async def test_a_quiet_room_moves_the_session_on_too(memory: Memory) -> None:
    session_id = await begin(memory)
    memory.writer.put(session_id, (), clock_at=NOW, position=3, messages=0)
    await memory.writer.flush()
    session = await memory.evenings.session(session_id)
    assert session is not None
    assert (session.clock_at, session.position) == (NOW, 3)


async def test_closing_stores_what_waits(tmp_path: Path) -> None:
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    session_id = await begin(memory)
    put(memory.writer, session_id, 1, 5_000)
    await memory.close()
    await memory.writer.close()
    with pytest.raises(RuntimeError, match="closed"):
        put(memory.writer, session_id, 5_001, 5_001)
    again = await open_memory(url_in(tmp_path), lock_folder=None)
    assert await stored(again, session_id) == list(range(1, 5_001))
    await again.close()


async def test_a_full_disk_is_told_once_and_loses_nothing(memory: Memory) -> None:
    session_id = await begin(memory)
    disk, told = Disk(memory), Told(memory.writer)
    put(memory.writer, session_id, 1, 10)
    await memory.writer.flush()
    disk.fill()
    put(memory.writer, session_id, 11, 3_000, text="x" * 200)
    for _ in range(2):
        with pytest.raises(StorageError, match="disk is full"):
            await memory.writer.flush()
    put(memory.writer, session_id, 3_001, 3_010)
    session = await memory.evenings.session(session_id)
    assert session is not None
    assert session.position == 10 == len(await stored(memory, session_id))
    disk.free()
    await memory.writer.flush()
    assert await stored(memory, session_id) == list(range(1, 3_011))
    assert len(told.words) == 2
    assert told.words[0].startswith("The disk is full: ")
    assert told.words[1] == "recovered"
    disk.fill()
    put(memory.writer, session_id, 3_011, 6_000, text="x" * 200)
    with pytest.raises(StorageError):
        await memory.writer.flush()
    assert len(told.words) == 3
    disk.free()
    await memory.writer.flush()


async def test_a_locked_database_is_told_and_tried_again_by_itself(memory: Memory, tmp_path: Path) -> None:
    session_id = await begin(memory)
    told = Told(memory.writer)
    recovered = asyncio.Event()
    memory.writer.on_recovery = recovered.set
    other = sqlite3.connect(tmp_path / "sanctum.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    put(memory.writer, session_id, 1, 3)
    with pytest.raises(StorageError, match="locked by another program"):
        await memory.writer.flush()
    other.execute("ROLLBACK")
    other.close()
    await asyncio.wait_for(recovered.wait(), 10)
    assert await stored(memory, session_id) == [1, 2, 3]
    assert len(told.words) == 1


async def test_a_caller_who_is_faster_than_the_disk_is_asked_to_wait_and_nothing_is_dropped(memory: Memory) -> None:
    session_id = await begin(memory)
    disk = Disk(memory)
    writer = ChatWriter(memory.store, batch_rows=10, backlog_rows=50)
    await asyncio.wait_for(writer.room(), 5)
    disk.fill()
    put(writer, session_id, 1, 50, text="x" * 50_000)
    waits = asyncio.create_task(writer.room())
    with pytest.raises(StorageError):
        await writer.flush()
    assert not waits.done()
    put(writer, session_id, 51, 60)
    disk.free()
    await writer.flush()
    await asyncio.wait_for(waits, 5)
    await writer.close()
    assert await stored(memory, session_id) == list(range(1, 61))


async def test_closing_on_a_full_disk_says_how_many_lines_are_lost(tmp_path: Path) -> None:
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    session_id = await begin(memory)
    Disk(memory).fill()
    put(memory.writer, session_id, 1, 3_000)
    with pytest.raises(StorageError, match=r"^3000 chat lines were not stored: The disk is full"):
        await memory.close()
    with pytest.raises(StorageError, match="3000 chat lines"):
        await memory.writer.flush()


async def test_a_line_with_no_utf8_form_does_not_keep_the_others_from_being_stored(memory: Memory) -> None:
    session_id = await begin(memory)
    put(memory.writer, session_id, 1, 2)
    put(memory.writer, session_id, 3, 3, text="half an emoji \ud83d here")
    put(memory.writer, session_id, 4, 4)
    await memory.writer.flush()
    texts = [line.message.text for line in await memory.evenings.lines_after(session_id, 0)]
    assert texts == ["hello", "hello", "half an emoji  here", "hello"]


async def test_a_moment_without_a_zone_is_refused_before_it_is_taken(memory: Memory) -> None:
    session_id = await begin(memory)
    naive = ChatLine(1, Voice.PERSON, ChatMessage(datetime(2026, 3, 1), "ada", "Ada", "hello"))
    with pytest.raises(TypeError):
        memory.writer.put(session_id, [naive], clock_at=NOW, position=1, messages=1)
    with pytest.raises(TypeError):
        memory.writer.put(session_id, (), clock_at=datetime(2026, 3, 1), position=1, messages=1)
    await memory.writer.flush()
    assert await stored(memory, session_id) == []


async def test_lines_are_not_stored_where_the_session_cannot_be_moved_on(memory: Memory) -> None:
    session_id = await begin(memory)

    def fail(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE sessions"):
            raise sqlite3.OperationalError("the machine stops here")

    engine = memory.store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", fail)
    put(memory.writer, session_id, 1, 3)
    with pytest.raises(StorageError, match="the machine stops here"):
        await memory.writer.flush()
    assert await stored(memory, session_id) == []
    event.remove(engine, "before_cursor_execute", fail)
    await memory.writer.flush()
    assert await stored(memory, session_id) == [1, 2, 3]


async def test_a_session_that_is_not_there_is_a_trouble_and_not_a_silence(tmp_path: Path) -> None:
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    told = Told(memory.writer)
    put(memory.writer, 99, 1, 1)
    with pytest.raises(StorageError, match="1 chat lines were not stored"):
        await memory.close()
    assert len(told.words) == 1


def test_rows_are_in_the_order_of_the_columns() -> None:
    texts = "reply_to", "shared_from", "reply_words"
    said = ChatMessage(NOW, "login", "name", "text", "id", "colour", ("a/1",), True, 5, *texts)
    (row,) = rows_of(7, [ChatLine(3, Voice.BOT, said)])
    by_name = dict(zip(lines_table.c.keys(), row, strict=True))
    assert {name for name, value in by_name.items() if name == value} == {
        "login", "name", "text", "id", "colour", *texts,
    }  # fmt: skip
    assert [by_name[name] for name in ("session_id", "number", "voice", "action", "bits", "deleted")] == [
        7, 3, "bot", True, 5, False,
    ]  # fmt: skip
    assert (by_name["badges"], by_name["at"]) == ('["a/1"]', int(NOW.timestamp()) * 1_000_000)


KILLED = """
import asyncio, itertools, sys
from tests.test_writer import begin, open_memory, put
async def main(url):
    memory = await open_memory(url, lock_folder=None)
    session_id = await begin(memory)
    last = 0
    for size in itertools.cycle((1, 7, 90, 3, 400)):
        await memory.writer.room()
        put(memory.writer, session_id, last + 1, last + size)
        last += size
        print(last - memory.writer.waiting, flush=True)
        await asyncio.sleep(0)
asyncio.run(main(sys.argv[1]))
"""


@pytest.mark.parametrize("stored_before", [1, 2_000, 9_000])
async def test_after_kill_9_the_lines_that_were_stored_are_there_and_fit_the_session(
    tmp_path: Path, stored_before: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-c", KILLED, url_in(tmp_path), stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = 0
    while said < stored_before:
        said = int(await asyncio.wait_for(process.stdout.readline(), 30))
    process.kill()
    rest, _ = await process.communicate()
    assert process.returncode == -signal.SIGKILL
    said = max([said, *(int(word) for word in rest.split(b"\n")[:-1])])
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    (session,) = await memory.evenings.unfinished("harbour")
    numbers = await stored(memory, session.id)
    assert numbers == list(range(1, session.position + 1))
    assert session.messages == session.position >= said
    assert session.clock_at == NOW + timedelta(seconds=session.position)
    with sqlite3.connect(tmp_path / "sanctum.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    await memory.close()
