"""Storing chat through the writer, against the database's own bulk insert of the same rows in one transaction."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.lines import rows_of
from sanctum_tui.memory.tables import lines as table
from tests.benchmarks.corpus import messages
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, seconds

_LINES = 200_000
_AT_ONCE = 300
"""Lines in one put: about what a replay takes in at a time."""


def run(bench: Workbench) -> Iterator[Ratio]:
    lines = [
        ChatLine(number, Voice.PERSON, message)
        for number, message in enumerate(messages(bench.size(_LINES)), start=1)
    ]
    taken = in_turns(
        5,
        ours=lambda: _with_the_writer(bench.folder, lines),
        bare=lambda: _with_executemany(bench.folder, lines),
    )
    ours, bare = taken["ours"]["seconds"], taken["bare"]["seconds"]
    yield Ratio(f"ingest of {len(lines):,} lines / executemany", bare / ours, 0.6, seconds(ours, bare), at_least=True)


def _with_the_writer(folder: Path, lines: Sequence[ChatLine]) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return {"seconds": asyncio.run(_written(Path(place) / "evening.db", lines))}


async def _written(database: Path, lines: Sequence[ChatLine]) -> float:
    memory = await open_memory(f"sqlite+aiosqlite:///{database}", lock_folder=None)
    at = lines[0].message.at
    session = await memory.evenings.begin(channel="quietharbor", source="benchmark", title="", at=at)
    begun = time.perf_counter()
    for start in range(0, len(lines), _AT_ONCE):
        some = lines[start : start + _AT_ONCE]
        done = start + len(some)
        memory.writer.put(session.id, some, clock_at=some[-1].message.at, position=done, messages=done)
        await memory.writer.room()
        await asyncio.sleep(0)
    await memory.writer.flush()
    took = time.perf_counter() - begun
    await memory.close()
    return took


def _with_executemany(folder: Path, lines: Sequence[ChatLine]) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = Path(place) / "evening.db"
        session_id = asyncio.run(_prepared(database, lines[0]))
        rows = rows_of(session_id, lines)
        insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.c))})"
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(insert, rows)
        connection.execute("COMMIT")
        took = time.perf_counter() - begun
        connection.close()
        return {"seconds": took}


async def _prepared(database: Path, first: ChatLine) -> int:
    """The same tables, and a session for the lines to belong to."""
    memory = await open_memory(f"sqlite+aiosqlite:///{database}", lock_folder=None)
    session = await memory.evenings.begin(channel="quietharbor", source="benchmark", title="", at=first.message.at)
    await memory.close()
    return session.id
