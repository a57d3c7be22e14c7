"""Reading back in an evening of a million stored lines, and another size of the screen in its middle."""

import asyncio
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.lines import rows_of
from sanctum_tui.memory.tables import lines as table
from tests.benchmarks.chatting import Answers, late
from tests.benchmarks.corpus import messages
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, megabytes
from tests.benchmarks.onscreen import COLUMNS, ROWS, on_screen
from tests.benchmarks.rooms import SESSION

_LINES = 1_000_000
_FEW = 1_000
_DIFFERENT = 20_000
_AT_ONCE = 10_000
_BETWEEN_KEYS = 0.05
_SIZES = ((90, 40), (COLUMNS, ROWS), (120, 24), (200, 60))
_KEYS = {"key": "0", "page": "6", "jump": "7", "oldest": "8"}


def run(bench: Workbench) -> Iterator[Ratio]:
    count = bench.size(_LINES)
    long, short = (stored(bench.folder / f"{lines}.db", lines) for lines in (count, _FEW))
    keys, rounds = (40, 1) if bench.quick else (100, 2)
    taken = in_turns(
        rounds,
        long=lambda: _read_back(bench.folder, long, count, keys),
        short=lambda: _read_back(bench.folder, short, _FEW, keys),
    )
    for database in (long, short):
        database.unlink()
    ours, few = taken["long"], taken["short"]
    for name, words, most in (("page", "PageUp", 4.0), ("jump", "jump to any line", 5.0), ("oldest", "Home", 5.0)):
        value, key = ours[f"{name} p99"], ours["key p99"]
        halves = f"; half of them {_milliseconds(ours[f'{name} p50'], ours['key p50'])}"
        yield Ratio(f"{words} in {count:,} p99 / a key", value / key, most, _milliseconds(value, key) + halves)
    for figure in ("p50", "most"):
        value, other = ours[f"resize {figure}"], few[f"resize {figure}"]
        yield Ratio(f"resize amid {count:,} {figure} / {_FEW:,}", value / other, 1.2, _milliseconds(value, other))
    yield Ratio(
        f"memory reading {count:,} / {_FEW:,}",
        ours["memory"] / few["memory"],
        1.2,
        megabytes(ours["memory"], few["memory"]),
    )


def stored(database: Path, count: int) -> Path:
    """An evening of so many lines in a database."""
    asyncio.run(_begun(database))
    said = cycle(messages(min(count, _DIFFERENT)))
    lines = (ChatLine(number, Voice.PERSON, message) for number, message in enumerate(islice(said, count), start=1))
    insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.c))})"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous = OFF")
    while some := list(islice(lines, _AT_ONCE)):
        connection.executemany(insert, rows_of(SESSION, some))
    connection.commit()
    connection.close()
    return database


async def _begun(database: Path) -> None:
    memory = await open_memory(f"sqlite+aiosqlite:///{database}", lock_folder=None)
    at = next(messages(1)).at
    session = await memory.evenings.begin(channel="quietharbor", source="benchmark", title="", at=at)
    assert session.id == SESSION
    await memory.close()


def _read_back(folder: Path, database: Path, count: int, keys: int) -> Figures:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as home:
        arguments = ["-m", "tests.benchmarks.rooms", "stored", str(database), str(count)]
        with on_screen(Path(home), arguments, TEXTUAL_FPS="240") as room:
            answers = Answers(room)
            room.watch(_BETWEEN_KEYS)
            for name, key in _KEYS.items():
                took = []
                for _ in range(keys):
                    took.append(answers.to(key, between=_BETWEEN_KEYS))
                    if name == "oldest":
                        answers.to("9", between=_BETWEEN_KEYS)
                figures[f"{name} p50"], figures[f"{name} p99"] = statistics.median(took), late(took)
            resized = []
            for columns, rows in islice(cycle(_SIZES), max(8, keys // 4)):
                answers.to("7", between=_BETWEEN_KEYS)
                resized.append(room.resized(columns, rows))
            figures["resize p50"], figures["resize most"] = statistics.median(resized), max(resized)
            figures["memory"] = float(room.resident())
    return figures


def _milliseconds(value: float, against: float) -> str:
    return f"{value * 1000:.1f} ms against {against * 1000:.1f} ms"
