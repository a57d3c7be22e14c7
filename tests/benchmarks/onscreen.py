"""A program on a terminal of its own, watched from outside: what it writes, what it costs, how soon a key shows."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.measuring import resident
from tests.commands import environment

COLUMNS, ROWS = 120, 40
_PATIENCE_SECONDS = 60.0
_STILL_SECONDS = 0.25
"""A screen on which nothing has changed for so long has come to rest."""


class OnScreen:
    """Reads all that the program writes, whenever one of the methods is at work."""

    def __init__(self, terminal: int, process: int) -> None:
        self.written = 0
        """Bytes so far."""
        self._terminal = terminal
        self._process = process

    def cpu(self) -> float:
        """Seconds of processor time so far, of all its threads; Linux only."""
        # As clock_getcpuclockid has it, which Python does not know: in a window, ticks of 10 ms would be too coarse.
        return time.clock_gettime((~self._process << 3) | 2)

    def resident(self) -> int:
        """Bytes of memory at this moment."""
        return resident(self._process)

    def watch(self, seconds: float) -> None:
        """Let it run."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._read(left)

    def answered(self, key: str, answer: Callable[[bytes], bool], *, between: float) -> float:
        """Seconds from a key to what it brings to the screen; then it is watched for so long."""
        begun = time.perf_counter()
        os.write(self._terminal, key.encode())
        self._until(answer)
        took = time.perf_counter() - begun
        self.watch(between)
        return took

    def appeared(self, answer: Callable[[bytes], bool]) -> None:
        """Wait until something has been written."""
        self._until(answer)

    def resized(self, columns: int, rows: int) -> float:
        """Seconds from another size to the last that changes on the screen."""
        begun = last = time.perf_counter()
        _set_size(self._terminal, columns, rows)
        os.kill(self._process, signal.SIGWINCH)
        while self._read(_STILL_SECONDS):
            last = time.perf_counter()
        return last - begun

    def _until(self, answer: Callable[[bytes], bool]) -> None:
        until, tail = time.perf_counter() + _PATIENCE_SECONDS, b""
        while not answer(tail):
            if not (data := self._read(until - time.perf_counter())):
                raise TimeoutError(f"not on the screen after {_PATIENCE_SECONDS:g} s; last was {tail[-500:]!r}")
            tail = tail[-100:] + data

    def _read(self, seconds: float) -> bytes:
        """Something that was written, within so many seconds; nothing, if nothing was."""
        readable, _, _ = select.select([self._terminal], [], [], max(0.0, seconds))
        data = os.read(self._terminal, 1 << 16) if readable else b""
        self.written += len(data)
        return data


@contextmanager
def on_screen(folder: Path, arguments: Sequence[str], **variables: str) -> Iterator[OnScreen]:
    """``python ...`` in a terminal of 120 by 40, in `folder`; it is killed in the end."""
    ours, theirs = pty.openpty()
    _set_size(theirs, COLUMNS, ROWS)
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=folder,
        env=environment(
            folder, TERM="xterm-256color", COLORTERM="truecolor",
            PYTHONPATH=str(Path(__file__).parents[2]), **variables,
        ),
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield OnScreen(ours, process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)


def _set_size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
