"""Pictures that the operator's notes show: found inside their folder, bounded in size, and known by how they begin.

Whoever asks for one may be a model that was talked into it, so what no note shows, or lies outside, is not opened.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from sanctum_tui.errors import BadInputError
from sanctum_tui.llm.ports import Picture

LARGEST_PICTURE = 4 * 1024 * 1024
"""Bytes; a larger one costs a model more than a line is worth."""
MOST_PICTURES = 12
"""Of one note."""
_MOST_FOLDERS = 2_000
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_WIKI = re.compile(r"!\[\[([^\[\]|#]+)")
_MARKDOWN = re.compile(r"!\[[^\[\]]*\]\(\s*(?:<([^<>]+)>|([^\s)]+))")
_SIGNATURES = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)


def embedded(embeds: Iterable[str]) -> tuple[str, ...]:
    """The files of a note's embeds (``![[map.png|300]]``, ``![](the%20map.png)``) that are pictures, each once."""
    names = (found for embed in embeds if (found := _target(embed)))
    return tuple(dict.fromkeys(name for name in names if name.casefold().endswith(_ENDINGS)))[:MOST_PICTURES]


def _target(embed: str) -> str:
    if wiki := _WIKI.match(embed):
        return wiki[1].strip()
    found = _MARKDOWN.match(embed)
    target = unquote(found[1] or found[2]) if found else ""
    # What lies on the web, or is written out in the note, is no file of the folder.
    return "" if re.match(r"[a-zA-Z][\w+.-]*:|//", target) else target.strip()


def read_picture(folder: Path, beside: Path, target: str) -> Picture:
    """The picture that a note in `beside` means by this. Raises BadInputError where there is none to be had."""
    root = folder.resolve()
    for path in _candidates(root, beside, target):
        try:
            # Resolved first, so that neither ".." nor a link leads out of the folder: that is a ValueError here.
            inside = path.resolve(strict=True)
            if any(part.startswith(".") for part in inside.relative_to(root).parts):
                continue
            data = read_bytes(inside, LARGEST_PICTURE + 1)
        except (OSError, ValueError, RuntimeError):
            continue
        if len(data) > LARGEST_PICTURE:
            raise BadInputError(
                f"{inside} has more than {LARGEST_PICTURE // 1024**2} MiB; a smaller one can be shown."
            )
        kind = next((name for signature, name in _SIGNATURES if signature.match(data)), "")
        if not kind:
            raise BadInputError(f"{inside} is no PNG, JPEG, WebP or GIF, whatever its name says.")
        return Picture(inside.name, kind, data)
    raise BadInputError(f"There is no picture {target} in {folder}, though a note shows it.")


def _candidates(root: Path, beside: Path, target: str) -> Iterator[Path]:
    """Where a note's author will have meant: beside the note, from the top, and, as Obsidian does, anywhere."""
    relative = target.lstrip("/\\")
    yield beside / relative
    yield root / relative
    name = relative.replace("\\", "/").rpartition("/")[2]
    for number, (place, folders, names) in enumerate(os.walk(root, followlinks=False)):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        if name in names:
            yield Path(place, name)
        if number >= _MOST_FOLDERS:
            return


def read_bytes(path: Path, most: int) -> bytes:
    """So many bytes of a file at most. Raises OSError, also for what is no file but a pipe, a device or a link."""
    # Not blocking, and not followed: between the look above and this it may have become a pipe, or a link.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | _BINARY)
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise OSError("no file")
        return opened.read(most)


_BINARY = getattr(os, "O_BINARY", 0)
