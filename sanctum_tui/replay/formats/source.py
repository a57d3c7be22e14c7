"""The bytes of a log: blocks of whole lines, text, or one JSON document, read as a stream of bounded size."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ijson

from sanctum_tui.errors import BadInputError
from sanctum_tui.paths import reason
from sanctum_tui.replay.formats.log import LONGEST_LINE, LogNotes

_BLOCK = 64 * 1024  # about 250 messages; larger blocks leave the processor's cache
DEEPEST = 200
"""Levels of nesting that are followed in a JSON document; the exports we know have fewer than ten."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and how its bytes become UTF-8 lines."""

    path: Path
    encoding: str = "utf-8"
    mark: int = 0
    """Length of its byte order mark."""
    separator: bytes = b"\n"
    """What ends a line: a newline, NUL, or a lone carriage return."""

    def blocks(self, notes: LogNotes) -> Iterator[bytes]:
        """Whole lines of UTF-8, each ended by a newline but perhaps the last; too long ones are left out."""
        rest = b""
        dropping = False
        for raw in self._raw(notes):
            data = rest + (raw if self.separator == b"\n" else raw.replace(self.separator, b"\n"))
            if dropping:
                end = data.find(b"\n") + 1
                dropping, data = not end, data[end:] if end else b""
            end = data.rfind(b"\n") + 1
            whole, rest = data[:end], data[end:]
            if _has_long_line(whole):
                whole = _without_long_lines(whole, notes)
            if whole:
                yield whole
            if len(rest) > LONGEST_LINE:
                notes.skipped["too long"] += 1
                dropping, rest = True, b""
        if rest:
            yield rest

    def lines(self, notes: LogNotes) -> Iterator[list[str]]:
        """Lines of text that are not blank, some hundred at a time."""
        for block in self.blocks(notes):
            yield [line for line in decoded(block, notes).split("\n") if line and not line.isspace()]

    def items(self, prefix: str, notes: LogNotes) -> Iterator[list[Any]]:
        """What stands in one array of a JSON document, as plain values with exact numbers; never the whole of it.

        A document that ends too early, or is damaged, gives what stood before the damage.
        """
        found = ijson.sendable_list()
        parser = ijson.items_coro(found, prefix)
        depth = DepthGauge()
        try:
            for chunk in self._text_chunks(notes):
                if depth.goes_too_deep(chunk):
                    raise ijson.JSONError
                parser.send(chunk)
                if found:
                    yield list(found)
                    del found[:]
            parser.close()
        except ijson.JSONError:
            notes.skipped["broken end"] += 1
        if found:
            yield list(found)

    def _raw(self, notes: LogNotes) -> Iterator[bytes]:
        if self.mark:
            notes.notes["byte order mark"] += 1
        try:
            with self.path.open("rb") as file:
                file.seek(self.mark)
                if self.encoding == "utf-8":
                    while block := file.read(_BLOCK):
                        yield block
                    return
                decoder = codecs.getincrementaldecoder(self.encoding)("replace")
                while block := file.read(_BLOCK):
                    yield decoder.decode(block).encode("utf-8", "replace")
                if last := decoder.decode(b"", True):
                    yield last.encode("utf-8", "replace")
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _text_chunks(self, notes: LogNotes) -> Iterator[bytes]:
        strict = codecs.getincrementaldecoder("utf-8")()
        for raw in self._raw(notes):
            state = strict.getstate()
            try:
                text = strict.decode(raw)
            except UnicodeDecodeError:
                lenient = codecs.getincrementaldecoder("utf-8")("replace")
                lenient.setstate(state)
                text = lenient.decode(raw)
                strict.setstate(lenient.getstate())
                notes.notes["replaced bytes"] += text.count("\ufffd")
            yield text.encode()


class DepthGauge:
    """Tells how deep a JSON document nests, before the parser does.

    The parser keeps the whole path of every level, so that a file of brackets takes memory by its square.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._in_text = False
        self._rest = b""

    def goes_too_deep(self, chunk: bytes) -> bool:
        """Whether the next piece of the document passes `DEEPEST`."""
        data = self._rest + chunk
        kept = data.rstrip(b"\\")
        # An escape may be cut in two: its backslash waits for the next piece.
        self._rest = data[len(kept) :]
        parts = kept.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')
        brackets = b"".join(parts[self._in_text :: 2]).translate(None, _NO_BRACKETS)
        self._in_text ^= len(parts) % 2 == 0
        for bracket in brackets:
            self._depth += 1 if bracket in b"[{" else -1
            if self._depth > DEEPEST:
                return True
        return False


def decoded(data: bytes, notes: LogNotes) -> str:
    """UTF-8 as text; what is not UTF-8 is replaced and counted."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        notes.notes["replaced bytes"] += text.count("\ufffd")
        return text


def unreadable(path: Path, error: OSError) -> BadInputError:
    """The sentence for a file the system does not let us read."""
    return BadInputError(f"{path} cannot be read ({reason(error)}); check the file and its permissions.")


def _has_long_line(data: bytes) -> bool:
    position = 0
    while len(data) - position > LONGEST_LINE:
        end = data.rfind(b"\n", position, position + LONGEST_LINE + 1)
        if end < 0:
            return True
        position = end + 1
    return False


def _without_long_lines(data: bytes, notes: LogNotes) -> bytes:
    lines = data.splitlines(keepends=True)
    kept = [line for line in lines if len(line.rstrip(b"\r\n")) <= LONGEST_LINE]
    notes.skipped["too long"] += len(lines) - len(kept)
    return b"".join(kept)
