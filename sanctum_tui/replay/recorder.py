"""Writes an evening as our own JSONL, so that any session can be replayed."""

import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from sanctum_tui.chat import (
    ChannelUpdated,
    ChatCleared,
    ChatEvent,
    ChatGap,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
)
from sanctum_tui.paths import unwritten
from sanctum_tui.replay.formats.jsonl import VERSION

_ENCODER = msgspec.json.Encoder()


def header_line(channel: str, title: str = "", started: datetime | None = None) -> bytes:
    """The first line of a recording, with its newline."""
    header: dict[str, Any] = {"sanctum": VERSION, "channel": channel, "title": title}
    if started is not None:
        header["started"] = started
    return _ENCODER.encode(header) + b"\n"


def record_line(event: ChatEvent) -> bytes:
    """One event as a line, with its newline; what has its default value is left out."""
    fields: dict[str, Any]
    match event:
        case ChatMessage():
            return _message_line(event)
        case ChatNotice(at, text, login, name):
            fields = {"at": at, "type": "notice", "text": text}
            fields |= {"user": login} if login else {}
            fields |= {"name": name} if name != login else {}
        case MessageDeleted(at, id):
            fields = {"at": at, "type": "deleted", "id": id}
        case ChatCleared(at, login):
            fields = {"at": at, "type": "cleared"} | ({"user": login} if login else {})
        case ChatGap(at, seconds):
            fields = {"at": at, "type": "gap", "seconds": seconds}
        case StreamWentOnline(at):
            fields = {"at": at, "type": "online"}
        case StreamWentOffline(at):
            fields = {"at": at, "type": "offline"}
        case ChannelUpdated(at, title, category):
            fields = {"at": at, "type": "channel", "title": title, "category": category}
    return _ENCODER.encode(fields) + b"\n"


def record(path: Path, header: bytes, batches: Iterable[Sequence[ChatEvent]]) -> int:
    """Write a whole recording, a batch at a time; gives the number of events. Raises as `recording` does."""
    count = 0
    with recording(path, header) as write:
        for batch in batches:
            write(batch)
            count += len(batch)
    return count


@contextmanager
def recording(path: Path, header: bytes) -> Iterator[Callable[[Sequence[ChatEvent]], None]]:
    """Write a recording as it comes: the file is there, whole, when the block ends well, and not before.

    Whatever ends the block early leaves an older file as it was. Raises StorageError when it cannot be
    written (a full disk, a folder that may not be written to).
    """
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    with _storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = temporary.open("xb")
    try:

        def write(events: Sequence[ChatEvent]) -> None:
            with _storage_errors(path):
                file.write(b"".join(map(record_line, events)))

        file.write(header)
        yield write
        with _storage_errors(path):
            file.flush()
            os.fsync(file.fileno())
            file.close()
            temporary.replace(path)
    except BaseException:
        # Closing writes what is left, which fails again on a full disk; the first failure is the one to tell.
        with suppress(OSError):
            file.close()
        temporary.unlink(missing_ok=True)
        raise


def _message_line(message: ChatMessage) -> bytes:
    fields: dict[str, Any] = {"at": message.at, "user": message.login}
    if message.name != message.login:
        fields["name"] = message.name
    fields["text"] = message.text
    if message.colour:
        fields["color"] = message.colour
    if message.badges:
        fields["badges"] = message.badges
    if message.id:
        fields["id"] = message.id
    if message.action:
        fields["action"] = True
    if message.bits:
        fields["bits"] = message.bits
    if message.reply_to:
        fields["reply_to"] = message.reply_to
    if message.reply_words:
        fields["reply_words"] = message.reply_words
    if message.shared_from:
        fields["shared_from"] = message.shared_from
    return _ENCODER.encode(fields) + b"\n"


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritten(path, error, elsewhere="choose another folder") from error
