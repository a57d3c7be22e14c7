"""The log file: JSON lines, written by a thread of their own, with secrets taken out, and read from its end."""

import contextlib
import json
import logging
import logging.handlers
import os
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from sanctum_tui.secrecy import REDACTOR

_BYTES = 2_000_000
_FILES = 3
_LIBRARIES = {
    "twitchio": logging.INFO,
    "aiohttp": logging.INFO,
    "asyncio": logging.INFO,
    "openai": logging.WARNING,
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "pydantic_ai": logging.WARNING,
}
"""Libraries whose warnings belong into the file; on standard error they would tear the screen. Below the level here
they tell what goes over the wire, which is not ours to keep."""


class _Redact(logging.Formatter):
    """One JSON object a record; whatever is secret is dots, also inside a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "from": record.name,
            "what": REDACTOR.redact(record.getMessage()),
        }
        if record.exc_info:
            line["trace"] = REDACTOR.redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def start(log_file: Path, level: str) -> Callable[[], None]:
    """Log to a file from now on; returns what stops it. A folder that cannot be written to means no log.

    A log must never keep the console from working, so failures to write to it are not raised.
    """
    root = logging.getLogger("sanctum_tui")
    root.setLevel(level)
    root.propagate = False
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        to_file = _File(log_file, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True, errors="replace")
    except OSError:
        root.addHandler(logging.NullHandler())
        return lambda: None
    to_file.setFormatter(_Redact())
    records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    handler = _Handler(records)
    listener = logging.handlers.QueueListener(records, to_file)
    root.addHandler(handler)
    libraries = [logging.getLogger(name) for name in _LIBRARIES]
    for library in libraries:
        library.setLevel(max(logging.getLevelName(level), _LIBRARIES[library.name]))
        library.propagate = False
        library.addHandler(handler)
    listener.start()

    def stop() -> None:
        for logger in (root, *libraries):
            logger.removeHandler(handler)
        listener.stop()
        with contextlib.suppress(OSError):
            to_file.close()

    return stop


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; one that is no record of ours has its text as `what`, and nothing else."""

    what: str
    level: str = ""
    at: str = ""
    """As it is written: ``2026-03-01T19:00:00+0100``."""
    origin: str = ""
    trace: str = ""


class _Record(msgspec.Struct):
    """A line as the file has it."""

    what: str
    level: str
    at: str
    origin: str = msgspec.field(name="from")
    trace: str = ""


_read_record = msgspec.json.Decoder(_Record).decode


def read_entry(line: str) -> Entry:
    """A line of the log as it was meant, or as text where it is broken."""
    try:
        told = _read_record(line)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Entry(line)
    return Entry(told.what, told.level, told.at, told.origin, told.trace)


class LogReader:
    """Reads a log from its end, backward a piece at a time and onward as it grows; what was rotated away, too."""

    def __init__(self, log_file: Path, piece: int = 256 * 1024) -> None:
        self._files = [
            log_file,
            *(log_file.with_name(f"{log_file.name}.{number}") for number in range(1, _FILES + 1)),
        ]
        self._piece = piece
        self._inode, size = _identity(log_file)
        self._end = self._start = size
        """Between these two the file has been read; what comes before is read by `earlier`."""
        self._back_in = 0
        """Which of the files `earlier` reads in."""
        self._rest = b""
        """The beginning of a line whose end is not written yet."""

    def earlier(self) -> tuple[Entry, ...]:
        """The next piece backward, oldest first; none where there is no more."""
        while self._start == 0:
            if self._back_in + 1 >= len(self._files):
                return ()
            self._back_in += 1
            _, self._start = _identity(self._files[self._back_in])
        size = self._piece
        while True:
            first = max(0, self._start - size)
            data = _bytes(self._files[self._back_in], first, self._start)
            cut = 0 if first == 0 else data.find(b"\n") + 1
            if first == 0 or 0 < cut < len(data):
                break
            # One line longer than a piece: take in more of it.
            size *= 2
        self._start = first + cut
        data = data[cut:]
        if self._back_in == 0 and self._start + len(data) == self._end and not data.endswith(b"\n"):
            whole, newline, self._rest = data.rpartition(b"\n")
            data = whole + newline
        return _entries(data)

    def later(self) -> tuple[Entry, ...]:
        """What was written since the last time; cheap where that is nothing."""
        inode, size = _identity(self._files[0])
        data = b""
        if inode != self._inode:
            if self._inode:
                old, old_size = _identity(self._files[1])
                if old == self._inode and old_size > self._end:
                    data = _bytes(self._files[1], self._end, old_size)
                self._back_in = min(self._back_in + 1, len(self._files) - 1)
            self._inode, self._end = inode, 0
        elif size < self._end:
            # Somebody emptied it.
            self._end = self._start = 0
        if size > self._end:
            data += _bytes(self._files[0], self._end, size)
            self._end = size
        if not data:
            return ()
        whole, newline, self._rest = (self._rest + data).rpartition(b"\n")
        return _entries(whole + newline)


def _identity(file: Path) -> tuple[int, int]:
    """The file's number and its size; zeros where there is none."""
    try:
        told = file.stat()
    except OSError:
        return 0, 0
    return told.st_ino, told.st_size


def _bytes(file: Path, start: int, end: int) -> bytes:
    try:
        with file.open("rb") as opened:
            opened.seek(start, os.SEEK_SET)
            return opened.read(end - start)
    except OSError:
        return b""


def _entries(data: bytes) -> tuple[Entry, ...]:
    lines: Sequence[str] = data.decode("utf-8", "replace").split("\n")
    return tuple(read_entry(line) for line in lines if line.strip())


class _File(logging.handlers.RotatingFileHandler):
    """The log file. A full disk is told by who needs the disk; on standard error it would tear the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        pass


class _Handler(logging.handlers.QueueHandler):
    """Hands records over whole: within one process nothing needs to be flattened first."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record
