"""Pictures of the screen to compare with stored ones, plain or packed, that are the same on every machine."""

import gzip
import html
import re
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from syrupy.data import SnapshotCollection
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.picture import tidy

_ELSEWHERE = re.compile(r"\d+\.\d+(?:\.\d+)*[\w.+-]*|\b(?:Linux|Darwin|Windows)\b|not here")
"""What a picture may hold that is another on another machine: versions, and the name of its system."""
_TEXT = re.compile(r'<text (?P<head>[^>]*?y="(?P<y>[\d.]+)"[^>]*)>(?P<words>[^<]*)</text>')
_LENGTH = re.compile(r' textLength="[\d.]+"')


class Picture(SingleFileSnapshotExtension):
    """An SVG of the whole screen; the ids that Rich makes up anew each time are left out."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT
    snapshot_dirname = "snapshots"

    def serialize(self, data: str, **_: object) -> str:
        return without_ids(data)


class PackedPicture(SingleFileSnapshotExtension):
    """The same as a compressed SVG, which browsers open as it is; what is compared is what it holds."""

    file_extension = "svgz"

    def serialize(self, data: str, **_: object) -> bytes:
        return plain(data).encode()

    def read_snapshot_data_from_location(
        self, *, snapshot_location: str, snapshot_name: str, session_id: str
    ) -> bytes | None:
        return stored(Path(snapshot_location))

    @classmethod
    def write_snapshot_collection(
        cls, *, snapshot_collection: SnapshotCollection, name_order: dict[str, int] | None = None
    ) -> None:
        data = next(iter(snapshot_collection)).data
        assert isinstance(data, bytes)
        Path(snapshot_collection.location).write_bytes(packed(data))


def without_ids(svg: str) -> str:
    return re.sub(r"terminal-\d+", "terminal", svg)


def plain(svg: str) -> str:
    """A picture that needs no font from elsewhere, and can be looked at with whatever shows an SVG."""
    return tidy(without_ids(svg)).replace("&#160;", " ")


def without_versions(svg: str) -> str:
    """A picture in which the rows that tell versions have none: the words behind them move with their length."""

    def mask(found: re.Match[str]) -> str:
        words = html.unescape(found["words"]).replace("\xa0", " ")
        masked = re.sub(r" {2,}", "  ", _ELSEWHERE.sub("…", words)).rstrip()
        if masked == words.rstrip() or "…" not in masked:
            return found[0]
        return f"<text {_LENGTH.sub('', found['head'])}>{html.escape(masked)}</text>"

    return _TEXT.sub(mask, svg)


def packed(data: bytes) -> bytes:
    """Compressed, without a time and the name of a system, which would make another file of the same picture."""
    whole = gzip.compress(data, 9, mtime=0)
    return whole[:9] + b"\xff" + whole[10:]


def stored(path: Path) -> bytes | None:
    """What a packed picture holds; None where there is none, or it is broken."""
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return None


def rows(svg: str) -> list[str]:
    """The words of a picture, row by row, as far apart as they may be read."""
    found: dict[float, list[str]] = {}
    for text in _TEXT.finditer(svg):
        found.setdefault(float(text["y"]), []).append(html.unescape(text["words"]))
    return ["".join(found[y]).rstrip() for y in sorted(found)]


def difference(before: str, now: str) -> str:
    """The first row in which two pictures differ, in words."""
    old, new = rows(before), rows(now)
    for number, (was, is_now) in enumerate(zip(old, new, strict=False), 1):
        if was != is_now:
            return f"row {number} was “{was.strip()}” and is “{is_now.strip()}”"
    if len(old) != len(new):
        return f"it had {len(old)} rows with words and has {len(new)}"
    return "the words are the same; colours or places differ"


@contextmanager
def in_utc() -> Iterator[None]:
    """The machine's own time zone is UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()
