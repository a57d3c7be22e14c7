"""The one console behind all pages: the very program, on a terminal that only exists in memory."""

import asyncio
import contextlib
import os
import signal
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from sanctum_tui.errors import NotReadyError

_READ_BYTES = 65_536
_MOST_UNREAD = 262_144
"""Bytes that the console has not read yet, of the longest paste at least; further ones are not taken."""
_PATIENCE_SECONDS = 10.0
"""How long the console has to close its evening before it is ended."""
_PICTURES_A_SECOND = "30"
"""A page shows no more than that, and painting costs the machine that the game runs on."""


class Console:
    """A process on a pty: what it writes is told, what it is to read is written."""

    def __init__(self, process: asyncio.subprocess.Process, master: int, told: Callable[[bytes], None]) -> None:
        self._process = process
        self._master = master
        self._told = told
        self._unread = bytearray()
        self._silent = asyncio.Event()
        os.set_blocking(master, False)
        asyncio.get_running_loop().add_reader(master, self._read)

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str],
        size: tuple[int, int],
        told: Callable[[bytes], None],
        environment: Mapping[str, str] = os.environ,
    ) -> Self:
        """Start ``sanctum-tui`` with these arguments; `told` gets every byte it writes."""
        try:
            import pty
        except ImportError:
            raise NotReadyError("`serve` needs a Unix terminal, which Windows lacks; run it in WSL.") from None
        master, slave = pty.openpty()
        _resize(master, size)
        inherited = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sanctum_tui", *arguments),
            env={
                "TEXTUAL_FPS": _PICTURES_A_SECOND,
                **inherited,
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONIOENCODING": "utf-8",
            },
            # A terminal of its own: Ctrl+C in ours does not reach it, and it hears when this process is gone.
            preexec_fn=lambda: os.login_tty(slave),
        )
        os.close(slave)
        return cls(process, master, told)

    def write(self, data: bytes) -> bool:
        """Let the console read this; False where it does not read, and has enough before it."""
        if self._master < 0 or len(self._unread) + len(data) > _MOST_UNREAD:
            return False
        self._unread += data
        self._write()
        return True

    def resize(self, size: tuple[int, int]) -> None:
        """Give its terminal another size: columns, rows."""
        if self._master >= 0:
            _resize(self._master, size)

    async def ended(self) -> int:
        """Wait until it has ended and all it wrote was told; its exit code."""
        code = await self._process.wait()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._silent.wait(), 1.0)
        self._close()
        return code

    async def stop(self) -> int:
        """Let it close its evening and end; its exit code."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), _PATIENCE_SECONDS)
            except TimeoutError:
                self.kill()
        return await self.ended()

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def _read(self) -> None:
        try:
            data = os.read(self._master, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._told(data)
        else:
            # Nobody has this terminal any more.
            asyncio.get_running_loop().remove_reader(self._master)
            self._silent.set()

    def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            del self._unread[: os.write(self._master, self._unread)]
        except BlockingIOError:
            pass
        except OSError:
            self._unread.clear()
        if self._unread:
            loop.add_writer(self._master, self._write)
        else:
            loop.remove_writer(self._master)

    def _close(self) -> None:
        if self._master >= 0:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._master)
            loop.remove_writer(self._master)
            os.close(self._master)
            self._master = -1


def _resize(terminal: int, size: tuple[int, int]) -> None:
    import fcntl
    import termios

    columns, rows = size
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
