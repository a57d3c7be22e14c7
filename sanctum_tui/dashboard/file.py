"""Tonight's dashboard as a file: saved at once and atomically, reloaded when something else changes it."""

from collections.abc import AsyncGenerator, Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from threading import RLock

from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.paths import write_atomically
from sanctum_tui.text import clean_line

MOST_BYTES = 4 * 1024 * 1024
"""A larger file is no dashboard; it is refused rather than put into an editor."""

_STEP_MILLISECONDS = 400
"""How often the watcher looks whether the system told it anything: each look costs a wake-up, all evening long."""
_BOM = b"\xef\xbb\xbf"
_MOST_COMPARED = 2_000_000
"""Pairs of lines that are compared for what was kept among edited ones; above it, all between them is new."""


class DashboardFile:
    """The file's bytes, and the text of them that can be put on a screen.

    The screen's text has no control characters and one kind of line end. Saving changes only the lines that
    were edited: every other line keeps its very bytes, line end included.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._raw = b""
        self._untold = False
        """What `save` met in the file has not been told by `changes` yet."""
        # A file is saved in a thread, so that a slow disk stops nothing, while `changes` may be reading it.
        self._lock = RLock()

    @property
    def text(self) -> str:
        """The file as it may be shown and edited."""
        return "\n".join(map(_shown, _lines(self._raw)))

    @property
    def markdown(self) -> str:
        """The file as it is, for storing with the session; bytes that are not UTF-8 are replaced."""
        return self._raw.decode("utf-8", errors="replace")

    def load(self) -> str:
        """Read the file; a missing one is empty. Returns `text`. Raises BadInputError where it cannot be read."""
        try:
            if self.path.exists() and self.path.stat().st_size > MOST_BYTES:
                raise BadInputError(f"{self.path} is too large for a dashboard; choose a markdown file under 4 MiB.")
            raw = self.path.read_bytes()
        except FileNotFoundError:
            raw = b""
        except OSError as error:
            raise BadInputError(f"{self.path} cannot be read ({error.strerror}); choose another dashboard.") from None
        if b"\0" in raw:
            raise BadInputError(f"{self.path} is not a text file; choose a markdown file for the dashboard.")
        self._raw = raw
        return self.text

    def restore(self, markdown: str) -> None:
        """Take up a dashboard whose file is gone, as it was stored with its session; `save` writes it again."""
        self._raw = markdown.encode("utf-8", errors="replace")

    def save(self, text: str) -> bool:
        """Write the edited text; False where nothing had changed. Raises StorageError, the old file untouched.

        So it does, once, where something else has changed the file since it was read: `changes` tells that
        version first, and nobody's words are overwritten unseen.
        """
        with self._lock:
            before = self._raw
            raw = merged(before, text)
            if raw == before:
                return False
            if self.path.exists():
                self.load()
                if self._raw != before:
                    self._untold = True
                    kept = self.path.with_name(f"{self.path.stem}.outside{self.path.suffix}")
                    write_atomically(kept, self._raw)
                    raise StorageError(f"{self.path} was changed by something else just now; that is kept in {kept}.")
            write_atomically(self.path, raw)
            self._raw = raw
            return True

    async def changes(self) -> AsyncGenerator[str, None]:
        """The new `text` each time something other than `save` has changed the file."""
        from watchfiles import awatch

        self.path.parent.mkdir(parents=True, exist_ok=True)
        name = self.path.name
        # The folder is watched, not the file: editors replace a file, and its watch would die with it.
        async for _ in awatch(
            self.path.parent, watch_filter=lambda _, path: Path(path).name == name, recursive=False, step=400
        ):
            if (text := self._news()) is not None:
                yield text

    def _news(self) -> str | None:
        with self._lock:
            before = self._raw
            try:
                # Half-written, or gone for a moment, as some editors do it: the next change tells.
                if not self.path.exists():
                    return None
                self.load()
            except BadInputError:
                return None
            if self._raw == before and not self._untold:
                return None
            self._untold = False
            return self.text


def merged(raw: bytes, text: str) -> bytes:
    """The bytes for an edited text: lines that are as they were shown keep their bytes."""
    old = _lines(raw)
    shown = [_shown(line) for line in old]
    new = text.split("\n")
    if shown == new:
        return raw
    ends = [_end(line) for line in old]
    usual = max((end for end in ends if end), key=ends.count, default=b"\n")
    pieces: list[bytes] = []
    for kept, start, stop in _differences(shown, new):
        pieces += old[start:stop] if kept else [_encoded(line) + usual for line in new[start:stop]]
    # Only the last line has no end; one that moved to another place gets one, or loses it.
    pieces = [piece if _end(piece) else piece + usual for piece in pieces[:-1]] + [pieces[-1].rstrip(b"\r\n")]
    for number, (piece, following) in enumerate(pairwise(pieces)):
        # Two lines that come to stand together must not make one line end of theirs.
        if piece.endswith(b"\r") and following.startswith(b"\n"):
            pieces[number] = piece + b"\n"
    mark = _BOM if raw.startswith(_BOM) else b""
    return mark + b"".join(pieces)


def _differences(old: list[str], new: list[str]) -> Iterator[tuple[bool, int, int]]:
    """The new lines in order: those that are old ones, by their places there, and the others, by their own."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    rest = 0
    while rest < min(len(old), len(new)) - start and old[-1 - rest] == new[-1 - rest]:
        rest += 1
    old_end, new_end = len(old) - rest, len(new) - rest
    yield True, 0, start
    if (old_end - start) * (new_end - start) <= _MOST_COMPARED:
        matcher = SequenceMatcher(None, old[start:old_end], new[start:new_end], autojunk=False)
        for kind, first, last, new_first, new_last in matcher.get_opcodes():
            if kind == "equal":
                yield True, start + first, start + last
            else:
                yield False, start + new_first, start + new_last
    else:
        yield False, start, new_end
    yield True, old_end, len(old)


def _lines(raw: bytes) -> list[bytes]:
    """The lines with their ends; behind a final line end stands one more, empty, as an editor shows it.

    The file's byte order mark is none of theirs.
    """
    lines = raw.removeprefix(_BOM).splitlines(keepends=True)
    if not lines or _end(lines[-1]):
        lines.append(b"")
    return lines


def _end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def _encoded(line: str) -> bytes:
    return clean_line(line).encode("utf-8", errors="replace")


def _shown(line: bytes) -> str:
    return clean_line(line.rstrip(b"\r\n").decode("utf-8", errors="replace"))
