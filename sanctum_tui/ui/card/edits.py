"""Half-edited lines: kept for their prompt, over an Escape and over a crash, until it is decided."""

import asyncio
import logging
from pathlib import Path

from sanctum_tui.errors import StorageError
from sanctum_tui.paths import write_atomically
from sanctum_tui.text import clean_line

log = logging.getLogger(__name__)


class Edits:
    """One small file a half-edited prompt, in a folder of their own.

    What is to be on disk is in memory first, so that a late write never brings back what was decided.
    """

    def __init__(self, folder: Path, session_id: int) -> None:
        self._folder = folder
        self._session_id = session_id
        self._texts: dict[int, str] = {}
        self._unwritten: set[int] = set()
        self._turn = asyncio.Lock()

    def restore(self) -> None:
        """Take up what an earlier run left. A file that cannot be read is left alone."""
        try:
            files = sorted(self._folder.glob(f"{self._session_id}-*.txt"))
        except OSError:
            return
        for file in files:
            number = file.stem.partition("-")[2]
            try:
                text = file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                log.warning("a half-edited line could not be read: %s", error)
                continue
            if number.isdecimal():
                self._texts[int(number)] = clean_line(text)

    def get(self, number: int) -> str | None:
        """The half-edited text for a prompt, or None where there is none."""
        return self._texts.get(number)

    def keep(self, number: int, text: str) -> None:
        """Remember a text; `flush` writes it."""
        if self._texts.get(number) != text:
            self._texts[number] = text
            self._unwritten.add(number)

    def drop(self, number: int) -> None:
        """The prompt is decided: its half-edited text is not needed any more."""
        if self._texts.pop(number, None) is not None:
            self._unwritten.add(number)

    async def flush(self) -> None:
        """Make the disk as the memory is. Raises StorageError where a text cannot be written."""
        async with self._turn:
            while self._unwritten:
                number = self._unwritten.pop()
                try:
                    await asyncio.to_thread(self._store, number, self._texts.get(number))
                except StorageError:
                    self._unwritten.add(number)
                    raise

    def _store(self, number: int, text: str | None) -> None:
        file = self._folder / f"{self._session_id}-{number}.txt"
        if text is not None:
            write_atomically(file, text)
            return
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s could not be removed: %s", file, error)
