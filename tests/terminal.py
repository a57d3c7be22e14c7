"""A real terminal for the real program: a pty, and an emulator that reads what is written to it."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte

from tests.commands import environment

PATIENCE_SECONDS = 20.0
"""How long to wait for something to appear, on the slowest machine, before the test has failed."""


class Terminal:
    """The program's screen as a person would see it, and the very bytes that made it."""

    def __init__(self, master: int, process: int, columns: int, rows: int) -> None:
        self.raw = b""
        self.exit_code: int | None = None
        self._master = master
        self._process = process
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """What stands on the screen, line by line."""
        return "\n".join(self._screen.display)

    def send(self, keys: str) -> None:
        """Press keys."""
        self.send_bytes(keys.encode())

    def send_bytes(self, data: bytes) -> None:
        """Send what a terminal would, or what no terminal should."""
        os.write(self._master, data)

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Read until something is on the screen; what the screen shows then. Fails where it never comes."""
        fits = seen if callable(seen) else lambda text: seen in text
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not fits(self.text):
            if not self._read(deadline - time.monotonic()):
                raise AssertionError(f"never seen: {seen!r}; on the screen:\n{self.text}")
        return self.text

    def until_it_ends(self) -> int:
        """Read until the program has ended; its exit code."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline - time.monotonic()):
            if time.monotonic() > deadline:
                raise AssertionError(f"it does not end; on the screen:\n{self.text}")
        _, status = os.waitpid(self._process, 0)
        self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the program a signal."""
        os.kill(self._process, number)

    def until_it_stops(self) -> None:
        """Wait until the program was stopped, as with Ctrl+Z; what it draws on its way is read."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while os.waitpid(self._process, os.WUNTRACED | os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                raise AssertionError("it does not stop")
            self._read(0.05)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0.0, seconds))
        if not ready:
            return False
        try:
            data = os.read(self._master, 65_536)
        except OSError:
            return False
        self.raw += data
        # pyte does not know every private query that a modern program asks; what it cannot read it skips.
        with contextlib.suppress(TypeError):
            self._stream.feed(data)
        return bool(data)


@contextmanager
def terminal(
    home: Path, *arguments: str | Path, columns: int = 120, rows: int = 35, **variables: str
) -> Iterator[Terminal]:
    """``sanctum-tui`` with these arguments, in a terminal of this size, in a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    process, master = pty.fork()
    if process == 0:
        os.chdir(home)
        more = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "TEXTUAL_ANIMATIONS": "none", **variables}
        os.execve(
            sys.executable, [sys.executable, "-m", "sanctum_tui", *map(str, arguments)], environment(home, **more)
        )
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    shown = Terminal(master, process, columns, rows)
    try:
        yield shown
    finally:
        if shown.exit_code is None:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
        os.close(master)
