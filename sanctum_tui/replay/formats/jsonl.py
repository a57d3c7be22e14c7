"""Our own log: one JSON object a line, in UTF-8, in the order things happened.

The first line may be a header; all of its fields but ``sanctum`` may be left out::

    {"sanctum":1,"channel":"quietharbor","title":"Night sail","started":"2026-03-01T19:00:00Z"}

Then one event a line. A message needs ``at``, ``user`` and ``text``; the rest may be left out::

    {"at":"2026-03-01T19:00:03.120Z","user":"mira","name":"Mira","text":"good evening","color":"#aabbcc",
     "badges":["subscriber/3"],"id":"6f1c","action":false,"bits":0,"reply_to":"","shared_from":"",
     "reply_words":"","type":"message"}

``at`` is an RFC 3339 time (UTC where it names no zone), or a number of seconds from the start of the log:
from the header's ``started``, else from 2000-01-01T00:00:00Z. ``user`` is the login; ``name``, the name as
shown, is the same where it is left out. A field may be null. Fields we do not know are ignored. Other values
of ``type``, each with its ``at``:

=========== =========================== =======================================================
``type``    fields                      meaning
=========== =========================== =======================================================
``notice``  ``text`` (``user, name``)   something the service announced
``deleted`` ``id``                      a moderator removed that message
``cleared`` (``user``)                  a moderator removed that person's messages, or everybody's
``gap``     ``seconds``                 the connection was away that long, until ``at``
``online``                              the stream began
``offline``                             the stream ended
``channel`` ``title, category``         the channel's title and category, from now on
=========== =========================== =======================================================
"""

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec
from msgspec import Struct
from msgspec.structs import force_setattr

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
from sanctum_tui.replay.formats.log import (
    BASE,
    EARLIEST,
    LATEST,
    LogNotes,
    clean_badges,
    hex_colour,
    in_utc,
    sane_bits,
)
from sanctum_tui.replay.formats.source import Source, decoded
from sanctum_tui.text import clean_line

NAME = "Sanctum JSONL"
VERSION = 1


class Record(Struct, gc=False):
    """One line as it stands in the file: a header or an event of any type."""

    at: datetime | float | None = None
    user: str = ""
    name: str | None = None
    text: str = ""
    color: str = ""
    badges: tuple[str, ...] = ()
    id: str = ""
    action: bool = False
    bits: int = 0
    reply_to: str = ""
    shared_from: str = ""
    reply_words: str = ""
    type: str = "message"
    seconds: float = -1.0
    title: str = ""
    category: str = ""
    sanctum: int = 0
    channel: str = ""
    started: datetime | None = None


_DECODER = msgspec.json.Decoder(Record)
_MESSAGES = msgspec.json.Decoder(ChatMessage)

_ASCII = bytes(range(128))
# A control character can stand in a JSON string only as one of these escapes; DEL alone may stand there raw.
_CONTROL_ESCAPES = b"bfnrtu"


def read(source: Source, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """The log's events, a block of the file at a time."""
    reader = _Reader(notes)
    for block in source.blocks(notes):
        if events := reader.events(block):
            yield events


def _is_clean(block: bytes) -> bool:
    """Whether no text in a block of JSON needs cleaning; "no" may be wrong, "yes" never is."""
    if b"\x7f" in block:
        return False
    at = block.find(b"\\")
    while at >= 0:
        if block[at + 1 : at + 2] in _CONTROL_ESCAPES:
            return False
        at = block.find(b"\\", at + 1)
    strange = block.translate(None, _ASCII).decode("utf-8", "replace")
    return clean_line(strange) == strange


def _one_by_one(block: bytes, notes: LogNotes) -> list[Record]:
    lines = (line for line in block.split(b"\n") if line and not line.isspace())
    return [record for line in lines if (record := _parsed(line, notes)) is not None]


def _parsed(line: bytes, notes: LogNotes) -> Record | None:
    """One line, forgiving what the fast way does not: null, numbers as text, bytes that are not UTF-8."""
    try:
        return _DECODER.decode(line)
    except (ValueError, RecursionError):
        pass
    try:
        value = json.loads(decoded(line, notes))
        fields = {name: field for name, field in value.items() if field is not None}
        return msgspec.convert(fields, Record, strict=False)
    except (ValueError, AttributeError, RecursionError):
        notes.skipped["broken line"] += 1
        return None


@lru_cache(maxsize=8192)
def _person(
    user: str, name: str | None, colour: str, badges: tuple[str, ...]
) -> tuple[str, str, str, tuple[str, ...]]:
    """Who wrote, cleaned: login, shown name, colour and badges. The same people write again and again."""
    login = clean_line(user).lower()
    return login, clean_line(name or "") or login, hex_colour(colour), clean_badges(badges)


class _Reader:
    """Turns lines into events, as many as it can at a time."""

    def __init__(self, notes: LogNotes) -> None:
        self._notes = notes
        self._base = BASE
        self._last = EARLIEST

    def events(self, block: bytes) -> list[ChatEvent]:
        """The events of a block of whole lines."""
        is_clean = _is_clean(block)
        if is_clean and (messages := self._plain(block)) is not None:
            return [*messages]
        try:
            records = _DECODER.decode_lines(block)
        except (ValueError, RecursionError):
            records = _one_by_one(block, self._notes)
        return self._looked_through(records, str if is_clean else clean_line)

    def _plain(self, block: bytes) -> list[ChatMessage] | None:
        """A block of nothing but messages that may stand as they were decoded; None where that is not so.

        All of them are looked at together, one property after the other: quicker than one message after the other.
        """
        try:
            messages = _MESSAGES.decode_lines(block)
        except (ValueError, RecursionError):
            return None
        times = [message.at for message in messages if message.at.tzinfo is UTC]
        logins = [message.login for message in messages]
        texts = [message.text for message in messages]
        together = "\n".join(logins)
        if not (
            messages
            and len(times) == len(messages)
            and self._last <= times[0]
            and times[-1] <= LATEST
            and times == sorted(times)
            and all(logins)
            and together == together.lower()
            and all(map(str.strip, texts))
            and all(colour == hex_colour(colour) for colour in {message.colour for message in messages})
            and all(bits == sane_bits(bits) for bits in {message.bits for message in messages})
        ):
            return None
        for message in messages:
            if not message.name:
                # Nobody else has seen it yet.
                force_setattr(message, "name", message.login)
        self._last = times[-1]
        return messages

    def _looked_through(self, records: list[Record], cleaned: Callable[[str], str]) -> list[ChatEvent]:
        """Events of some records, each looked at by itself."""
        events: list[ChatEvent] = []
        add = events.append
        last = self._last
        for record in records:
            at = record.at
            if at.__class__ is not datetime or at.tzinfo is not UTC:
                at = self._moment(record)
                if at is None:
                    continue
            if not last <= at <= LATEST:
                at = self._in_order(at, last)
                if at is None:
                    continue
            last = at
            if record.type != "message":
                if (event := self._other(at, record)) is not None:
                    add(event)
                continue
            text = cleaned(record.text)
            if not text or text.isspace():
                self._notes.skipped["empty"] += 1
                continue
            login, name, colour, badges = _person(record.user, record.name, record.color, record.badges)
            if not login:
                self._notes.skipped["broken line"] += 1
                continue
            add(
                ChatMessage(
                    at,
                    login,
                    name,
                    text,
                    cleaned(record.id),
                    colour,
                    badges,
                    record.action,
                    sane_bits(record.bits),
                    cleaned(record.reply_to),
                    cleaned(record.shared_from),
                    cleaned(record.reply_words),
                )
            )
        self._last = last
        return events

    def _moment(self, record: Record) -> datetime | None:
        """The time of a record that does not simply have one in UTC; None for a header, or where it is broken."""
        try:
            if record.sanctum:
                self._base = in_utc(record.started) if record.started is not None else BASE
                return None
            if isinstance(record.at, datetime):
                return in_utc(record.at)
            if record.at is not None:
                return self._base + timedelta(microseconds=round(record.at * 1_000_000))
        except (OverflowError, ValueError):
            pass
        self._notes.skipped["broken line"] += 1
        return None

    def _in_order(self, at: datetime, last: datetime) -> datetime | None:
        if EARLIEST <= at <= LATEST:
            self._notes.notes["clock stepped back"] += 1
            return last
        self._notes.skipped["broken line"] += 1
        return None

    def _other(self, at: datetime, record: Record) -> ChatEvent | None:
        login = clean_line(record.user).lower()
        reason = "broken line"
        match record.type:
            case "notice":
                text = clean_line(record.text)
                name = login if record.name is None else clean_line(record.name)
                if text and not text.isspace():
                    return ChatNotice(at, text, login, name)
                reason = "empty"
            case "deleted" if record.id:
                return MessageDeleted(at, clean_line(record.id))
            case "cleared":
                return ChatCleared(at, login)
            case "gap" if 0 <= record.seconds < math.inf:
                return ChatGap(at, record.seconds)
            case "online":
                return StreamWentOnline(at)
            case "offline":
                return StreamWentOffline(at)
            case "channel":
                return ChannelUpdated(at, clean_line(record.title), clean_line(record.category))
            case "deleted" | "gap":
                pass
            case _:
                reason = "not chat"
        self._notes.skipped[reason] += 1
        return None
