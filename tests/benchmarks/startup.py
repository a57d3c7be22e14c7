"""From exec to the first paint of the console in a terminal of its own, against a Textual app of one word."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyte

from tests.benchmarks.corpus import sample_log
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, megabytes, resident, seconds
from tests.commands import environment

_COLUMNS, _ROWS = 120, 40
_PATIENCE_SECONDS = 30.0
CHANNEL = "quietharbor"
"""The sample evening's channel; once it is on screen, the evening is open."""
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("quiet")
Bare().run()
"""


def run(bench: Workbench) -> Iterator[Ratio]:
    console = [sys.executable, "-m", "sanctum_tui", "replay", str(sample_log())]
    bare = [sys.executable, "-c", _BARE]
    taken = in_turns(
        5 if bench.quick else 15,
        bare=lambda: opened(bench.folder, bare, "quiet"),
        ours=lambda: opened(bench.folder, console, CHANNEL),
    )
    ours, theirs = taken["ours"], taken["bare"]
    paint = theirs["paint"]
    yield Ratio("first paint / bare Textual app", ours["paint"] / paint, 1.25, seconds(ours["paint"], paint))
    yield Ratio("evening on screen / bare first paint", ours["ready"] / paint, 3.5, seconds(ours["ready"], paint))
    yield Ratio(
        "memory at first paint / bare Textual app",
        ours["memory"] / theirs["memory"],
        1.15,
        megabytes(ours["memory"], theirs["memory"]),
    )


def opened(folder: Path, command: Sequence[str], ready: str, **variables: str) -> Figures:
    """Seconds until the screen is no longer blank, until a word is on it, and the memory held at the first."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as home:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=home,
            env=environment(Path(home), TERM="xterm-256color", COLORTERM="truecolor", **variables),
            start_new_session=True,
        )
        os.close(theirs)
        screen = pyte.Screen(_COLUMNS, _ROWS)
        stream = pyte.ByteStream(screen)
        try:
            paint = _read_until(ours, stream, lambda: any(row.strip() for row in screen.display)) - begun
            memory = float(resident(process.pid))
            return {
                "paint": paint,
                "ready": _read_until(ours, stream, lambda: any(ready in row for row in screen.display)) - begun,
                "memory": memory,
            }
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            os.close(ours)


def _read_until(terminal: int, stream: pyte.ByteStream, seen: Callable[[], bool]) -> float:
    """When that was written after which something could be seen."""
    moment = time.perf_counter()
    until = moment + _PATIENCE_SECONDS
    while not seen():
        readable, _, _ = select.select([terminal], [], [], max(0.0, until - time.perf_counter()))
        if not readable:
            raise TimeoutError(f"nothing to be seen on the screen after {_PATIENCE_SECONDS:g} s")
        data = os.read(terminal, 1 << 16)
        moment = time.perf_counter()
        stream.feed(data)
    return moment
