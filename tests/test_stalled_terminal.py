"""A terminal that stops reading, as where a connection hangs or its window is held, costs the evening nothing."""

import io
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from textual.drivers._writer_thread import WriterThread
from watchfiles import watch

from sanctum_tui.errors import ExitCode
from sanctum_tui.ui.unhurried import Unhurried
from tests.builders import paths_in, says, write_log
from tests.terminal import PATIENCE_SECONDS, terminal

LINES = 8_000
PACE = ("--speed", "1000")
"""A thousand lines a second: the evening goes on after all room on the way to a terminal has long been filled."""
COLUMNS, ROWS = 240, 70


def long_evening(folder: Path) -> Path:
    said = [says(number, f"line {number} of many, " + "and on and on " * 8) for number in range(1, LINES + 1)]
    return write_log(folder / "chat.jsonl", said)


def stored(database: Path) -> int:
    """How many lines of chat are in the database by now."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        count: int = connection.execute("SELECT count(*) FROM lines").fetchone()[0]
        return count


def stored_in_the_end(database: Path) -> int:
    """Look whenever something is written beside the database, and never at the screen."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    for _ in watch(database.parent, debounce=50, rust_timeout=500, yield_on_timeout=True):
        if (count := stored(database)) >= LINES or time.monotonic() > deadline:
            break
    return count


def test_a_terminal_that_stops_reading_loses_no_line_and_then_shows_the_room_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with terminal(home, "replay", long_evening(tmp_path), *PACE, columns=COLUMNS, rows=ROWS) as console:
        console.until("and on and on")
        # From here on nobody reads what is drawn.
        assert stored_in_the_end(paths_in(home).database) == LINES
        console.until(f"line {LINES} of many")
        console.send("q")
        assert console.until_it_ends() == ExitCode.OK


async def test_the_bells_of_a_whole_evening_wait_for_nobody() -> None:
    app = Unhurried[None]()
    async with app.run_test() as pilot:
        nobody_reads = WriterThread(io.StringIO())
        app._driver._writer_thread = nobody_reads  # type: ignore[union-attr]
        app.refresh()
        await pilot.pause()
        for _ in range(1000):
            nobody_reads._queue.put("\a", block=False)
        app._driver._writer_thread = None  # type: ignore[union-attr]
