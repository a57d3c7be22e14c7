"""Tells a log's format by its content, and opens it; the one place that knows all the readers."""

import codecs
import hashlib
import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import ijson

from sanctum_tui.errors import BadInputError
from sanctum_tui.replay.formats import exports, irc, jsonl, texts
from sanctum_tui.replay.formats.log import ChatLog, moment_of
from sanctum_tui.replay.formats.source import DepthGauge, Source, unreadable
from sanctum_tui.text import clean_line

_HEAD = 64 * 1024  # bytes that are looked at before a format is decided
_FIRST_LINES = 50
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"(\xb5/\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# What no text holds. Left out: white space, and the controls that IRC writes colours and actions with.
_STRANGE = re.compile("[\x00\x04-\x08\x0e\x10-\x15\x17-\x1a\x1c\x1e\x7f\ufffd]")

_JSON_LIST = re.compile(r"\s*\[\s*\{")


@dataclass(slots=True)
class _Document:
    """What the start of one JSON document shows."""

    is_list: bool = False
    keys: set[str] = field(default_factory=set)
    """Of the document itself."""
    item_keys: set[str] = field(default_factory=set)
    """Of what stands in its list."""
    values: dict[str, str] = field(default_factory=dict)
    """Texts before the list, by path: ``video.title``."""
    has_lines: bool = False
    """Whether ``messages`` holds text."""


def open_log(path: Path, *, pace: float | None = None) -> ChatLog:
    """A chat log, ready to be read; what it is follows from its content alone.

    ``pace`` is the seconds between two lines of a log that has no timestamps; a log that has them keeps
    its own. Raises BadInputError, one sentence, for what cannot be read.
    """
    if pace is not None and not (math.isfinite(pace) and pace > 0):
        raise BadInputError(f"--pace is {pace:g}, but must be more than 0 seconds, for instance --pace 5.")
    head, fingerprint = _look_at(path)
    source, text = _as_text(path, head)
    log = _json_lines(source, text) or _json_document(source, text, pace) or _lines(source, text, pace)
    if log is None:
        raise BadInputError(
            f"{path} is not a chat log of a kind we know; the README lists the formats that can be replayed."
        )
    log.channel, log.title = clean_line(log.channel).lower(), clean_line(log.title)
    log.fingerprint = fingerprint
    return log


def _look_at(path: Path) -> tuple[bytes, str]:
    """The first bytes of a file, and its fingerprint: size, first and last 64 KiB, hashed."""
    try:
        if path.is_dir():
            raise BadInputError(f"{path} is a folder; name the chat log in it.")
        if not path.exists():
            raise BadInputError(f"{path} does not exist; check the name of the chat log.")
        if not path.is_file():
            raise BadInputError(f"{path} is not a regular file; save the chat log to one first.")
        with path.open("rb") as file:
            head = file.read(_HEAD)
            size = file.seek(0, 2)
            file.seek(max(0, size - _HEAD))
            tail = file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error
    return head, hashlib.sha256(b"%d\n%b%b" % (size, head, tail)).hexdigest()[:16]


def _as_text(path: Path, head: bytes) -> tuple[Source, str]:
    for magic, kind in _PACKED.items():
        if head.startswith(magic):
            raise BadInputError(f"{path} is packed ({kind}); unpack it and replay the chat log inside.")
    source = Source(path)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            source = Source(path, encoding, len(mark))
    text = head[source.mark :].decode(source.encoding, "replace")
    if not text or text.isspace():
        raise BadInputError(f"{path} is empty; choose a log that has chat in it.")
    if "\0" in text and _is_irc(text.partition("\0")[0]):
        text = text.replace("\0", "\n")
        source = replace(source, separator=b"\0")
    elif "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
        source = replace(source, separator=b"\r")
    strange = len(_STRANGE.findall(text))
    if "\0" in text or strange * 10 > len(text):
        raise BadInputError(f"{path} is not text in UTF-8 or UTF-16; choose a chat log, or save it as UTF-8.")
    return source, text


def _first_lines(text: str) -> Iterator[str]:
    lines = (line for line in text.split("\n") if line and not line.isspace())
    return (line for _, line in zip(range(_FIRST_LINES), lines, strict=False))


def _json_lines(source: Source, text: str) -> ChatLog | None:
    if _JSON_LIST.match(text):
        return None
    for line in _first_lines(text):
        if not line.lstrip().startswith("{"):
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(value, dict):
            continue
        if "sanctum" in value or ("at" in value and ("user" in value or "type" in value)):
            return _own(source, value)
        if "message" in value and ("author" in value or "message_type" in value):
            return ChatLog(exports.CHAT_DOWNLOADER, partial(exports.read_item_lines, source))
    return None


def _own(source: Source, first: dict[str, Any]) -> ChatLog:
    version = first.get("sanctum", jsonl.VERSION)
    if isinstance(version, int) and version > jsonl.VERSION:
        raise BadInputError(
            f"{source.path} was recorded by a newer sanctum-tui (format {version}, we read {jsonl.VERSION}); "
            "update to replay it."
        )
    known = {name: first[name] for name in ("channel", "title") if isinstance(first.get(name), str)}
    return ChatLog(jsonl.NAME, partial(jsonl.read, source), **(known if "sanctum" in first else {}))


def _json_document(source: Source, text: str, pace: float | None) -> ChatLog | None:
    if not text.lstrip().startswith("{") and not _JSON_LIST.match(text):
        return None
    document = _peek(text)
    if document.is_list:
        if document.item_keys & {"content_offset_seconds", "commenter"}:
            return ChatLog(exports.RECHAT, partial(exports.read_comments, source, "item", None))
        if document.item_keys & {"author", "message_type", "time_in_seconds"}:
            return ChatLog(exports.CHAT_DOWNLOADER, partial(exports.read_items, source))
        return None
    if document.has_lines:
        irc_lines = document.values["messages.item"].split("\n")
        return _irc_log(source, irc_lines, pace, irc.RECENT_MESSAGES)
    if not document.keys & {"comments", "FileInfo"} and not {"streamer", "video"} <= document.keys:
        return None
    values = document.values
    start = values.get("video.created_at") or values.get("video.recorded_at")
    names = ("streamer.login", "video.user_login", "video.channel.name", "streamer.name", "video.user_name")
    return ChatLog(
        exports.TWITCH_DOWNLOADER if document.keys & {"FileInfo", "streamer"} else exports.RECHAT,
        partial(exports.read_comments, source, "comments.item", moment_of(start)),
        channel=next((values[name] for name in names if values.get(name)), ""),
        title=values.get("video.title", ""),
    )


def _peek(text: str) -> _Document:
    events = ijson.sendable_list()
    document = _Document()
    head = text.encode("utf-8", "replace")
    if DepthGauge().goes_too_deep(head):
        return document
    # The head is cut anywhere, so the parser complains at its end at the latest; what it saw before counts.
    with suppress(ijson.JSONError):
        ijson.parse_coro(events).send(head)
    in_list = False
    for prefix, event, value in events:
        if prefix in ("", "comments", "messages") and event in ("start_array", "end_array"):
            in_list = event == "start_array"
            document.is_list = document.is_list or not prefix
        elif event == "map_key" and prefix in ("item", "comments.item"):
            document.item_keys.add(value)
        elif event == "map_key" and not prefix:
            document.keys.add(value)
        elif event == "string" and prefix == "messages.item":
            document.has_lines = True
            document.values[prefix] = f"{document.values.get(prefix, '')}\n{value}"
        elif event == "string" and not in_list and not document.item_keys:
            document.values.setdefault(prefix, value)
    return document


def _lines(source: Source, text: str, pace: float | None) -> ChatLog | None:
    first = list(_first_lines(text))
    if sum(map(_is_irc, first)) * 2 > len(first):
        return _irc_log(source, text.split("\n"), pace, irc.IRC)
    headers = [line for line in first if texts.is_header(line)]
    stamps = [stamp for line in first if (stamp := texts.stamped(line)) is not None]
    said = [words for _, rest in stamps if (words := texts.spoken(rest)) is not None]
    if said and len(stamps) * 5 >= len(first):
        name = texts.CHATTERINO if any(line.startswith("# Start") for line in headers) else texts.TIMED
        channel = next((words.channel for words in said if words.channel), "")
        return ChatLog(name, partial(texts.read_timed, source), channel=channel)
    if headers and not stamps and len(headers) == len(first):
        return ChatLog(texts.TIMED, partial(texts.read_timed, source))
    if sum(texts.spoken(line) is not None for line in first) * 2 > len(first):
        if pace is None:
            raise _no_times(source.path)
        return ChatLog(texts.PLAIN, partial(texts.read_plain, source, pace))
    return None


def _irc_log(source: Source, lines: list[str], pace: float | None, name: str) -> ChatLog:
    channel = ""
    has_times = False
    for line in map(irc.parse, filter(None, lines)):
        if line is None:
            continue
        if not channel and line.params and line.params[0].startswith("#"):
            channel = line.params[0][1:]
        has_times = has_times or irc.time_of(line) is not None
    if not has_times and pace is None:
        raise _no_times(source.path)
    reader = irc.read_recent if name == irc.RECENT_MESSAGES else irc.read_lines
    read = partial(reader, source, None if has_times else pace)
    return ChatLog(name, read, channel=channel)


def _is_irc(line: str) -> bool:
    if not line.startswith(("@", ":", "PING ")):
        return False
    parsed = irc.parse(line)
    return parsed is not None and (parsed.verb in irc.VERBS or (len(parsed.verb) == 3 and parsed.verb.isdigit()))


def _no_times(path: Path) -> BadInputError:
    return BadInputError(f"{path} has no timestamps; add --pace SECONDS, for instance --pace 5.")
