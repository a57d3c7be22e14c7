"""JSON that download tools write: TwitchDownloader and the older rechat (v5) shapes, and chat-downloader.

A rechat comment's time is the stream's start and its ``content_offset_seconds``: ``created_at`` is, in many
exports, the moment of the download. The start is the video's ``created_at`` where that stands before the
comments (in the first 64 KiB), else the first comment's ``created_at`` less its offset, else 2000-01-01.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from sanctum_tui.chat import ChatEvent, ChatNotice
from sanctum_tui.replay.formats.log import BASE, EARLIEST, LATEST, Intake, LogNotes, later, moment_of
from sanctum_tui.replay.formats.source import Source
from sanctum_tui.text import clean_line

TWITCH_DOWNLOADER = "TwitchDownloader JSON"
RECHAT = "rechat (v5) JSON"
CHAT_DOWNLOADER = "chat-downloader JSON"

_LONGEST_STREAM = Decimal(7 * 24 * 3600)  # Twitch ends a broadcast after 48 hours; reruns go on for some days


class _Badge(Struct):
    id: str | int | None = field(name="_id", default=None)
    version: str | int | None = None


class _Fragment(Struct):
    text: str | None = None


class _Body(Struct):
    body: str | None = None
    fragments: list[_Fragment] | None = None
    is_action: bool | None = None
    bits_spent: int | None = None
    user_color: str | None = None
    user_badges: list[_Badge] | None = None


class _Commenter(Struct):
    name: str | None = None
    display_name: str | None = None


class _Comment(Struct):
    content_offset_seconds: Decimal
    message: _Body
    commenter: _Commenter | None = None
    created_at: str | None = None
    old_id: str | int | None = field(name="_id", default=None)
    id: str | int | None = None


class _Title(Struct):
    name: str | None = None
    title: str | None = None
    version: str | int | None = None


class _Writer(Struct):
    name: str | None = None
    display_name: str | None = None
    badges: list[_Title] | None = None


class _Item(Struct):
    message: str | None = None
    system_message: str | None = None
    message_type: str | None = None
    message_id: str | int | None = None
    timestamp: Decimal | None = None
    time_in_seconds: Decimal | None = None
    author: _Writer | None = None
    colour: str | None = None


_Shape = TypeVar("_Shape", _Comment, _Item)


def read_comments(source: Source, prefix: str, start: datetime | None, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Comments of a rechat export; ``start`` is the stream's, where the export's head says it."""
    intake = Intake(notes)
    for items in source.items(prefix, notes):
        for item in items:
            comment = _shaped(item, _Comment, intake)
            if comment is None:
                continue
            if start is None:
                start = _start_from(comment)
            _take_comment(comment, start, intake)
        if events := intake.take():
            yield events


def read_items(source: Source, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Items of a chat-downloader list."""
    intake = Intake(notes)
    for items in source.items("item", notes):
        for value in items:
            _take_item(_shaped(value, _Item, intake), intake)
        if events := intake.take():
            yield events


def read_item_lines(source: Source, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Items of chat-downloader JSON Lines."""
    intake = Intake(notes)
    decoder = msgspec.json.Decoder(float_hook=Decimal)
    for lines in source.lines(notes):
        for line in lines:
            try:
                value = decoder.decode(line)
            except (ValueError, RecursionError):
                intake.skip("broken line")
                continue
            _take_item(_shaped(value, _Item, intake), intake)
        if events := intake.take():
            yield events


def _shaped(value: Any, shape: type[_Shape], intake: Intake) -> _Shape | None:
    try:
        return msgspec.convert(value, shape, strict=False)
    except (ValueError, RecursionError):
        intake.skip("broken line")
        return None


def _start_from(comment: _Comment) -> datetime:
    """When the stream began, as its first comment has it; `BASE` where that makes no sense."""
    offset = comment.content_offset_seconds
    created = moment_of(comment.created_at)
    if created is None or not offset.is_finite() or not 0 <= offset <= _LONGEST_STREAM:
        return BASE
    if not EARLIEST + timedelta(days=30) <= created <= LATEST:
        return BASE
    return later(created, -offset) or BASE


def _take_comment(comment: _Comment, start: datetime, intake: Intake) -> None:
    body = comment.message
    commenter = comment.commenter or _Commenter()
    text = body.body or "".join(fragment.text or "" for fragment in body.fragments or ())
    intake.message(
        later(start, comment.content_offset_seconds),
        commenter.display_name or commenter.name or "deleted account",
        text,
        login=commenter.name or "",
        id=_text(comment.old_id) or _text(comment.id),
        colour=body.user_color or "",
        badges=tuple(_badge(badge.id, badge.version) for badge in body.user_badges or () if badge.id),
        action=bool(body.is_action),
        bits=body.bits_spent or 0,
    )


def _take_item(item: _Item | None, intake: Intake) -> None:
    if item is None:
        return
    author = item.author or _Writer()
    if item.timestamp is not None:
        at = later(EARLIEST, item.timestamp / 1_000_000) if item.timestamp.is_finite() else None
    elif item.time_in_seconds is not None:
        at = later(BASE, item.time_in_seconds)
    else:
        at = None
    if item.message_type in (None, "text_message"):
        intake.message(
            at,
            author.display_name or author.name or "deleted account",
            item.message or "",
            login=author.name or "",
            id=_text(item.message_id),
            colour=item.colour or "",
            badges=tuple(_badge(b.name, b.version or b.title) for b in author.badges or () if b.name or b.title),
        )
        return
    text = clean_line(item.system_message or item.message or "").rstrip()
    if not text:
        intake.skip("not chat")
    elif (moment := intake.moment(at)) is not None:
        name = clean_line(author.display_name or author.name or "")
        intake.add(ChatNotice(moment, text, clean_line(author.name or "").lower(), name))


def _badge(name: str | int | None, version: str | int | None) -> str:
    return "/".join(filter(None, (_text(name), _text(version))))


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)
