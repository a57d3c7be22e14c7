"""The log file: JSON lines, written by a thread of their own, with secrets taken out."""

import contextlib
import json
import logging
import logging.handlers
import queue
from collections.abc import Callable
from pathlib import Path

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


class _File(logging.handlers.RotatingFileHandler):
    """The log file. A full disk is told by who needs the disk; on standard error it would tear the screen."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        pass


class _Handler(logging.handlers.QueueHandler):
    """Hands records over whole: within one process nothing needs to be flattened first."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record
