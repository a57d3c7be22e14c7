"""IRC as Twitch speaks it: lines with or without IRCv3 tags, and the JSON of a recent-messages service.

PRIVMSG becomes a message. USERNOTICE becomes a notice with the service's words; what the person attached to it
is a message of its own. CLEARCHAT and CLEARMSG become their events. All else is counted as "not chat".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from sanctum_tui.chat import ChatCleared, ChatEvent, ChatNotice, MessageDeleted
from sanctum_tui.replay.formats.log import BASE, EARLIEST, Intake, LogNotes, later, moment_of
from sanctum_tui.replay.formats.source import Source
from sanctum_tui.text import clean_line

IRC = "IRC lines"
RECENT_MESSAGES = "recent-messages JSON"

VERBS = frozenset(
    [
        "PRIVMSG",
        "USERNOTICE",
        "CLEARCHAT",
        "CLEARMSG",
        "NOTICE",
        "JOIN",
        "PART",
        "ROOMSTATE",
        "USERSTATE",
        "GLOBALUSERSTATE",
        "HOSTTARGET",
        "RECONNECT",
        "CAP",
        "PING",
        "PONG",
        "PASS",
        "NICK",
        "MODE",
        "QUIT",
        "WHISPER",
    ]
)
"""What lines of a Twitch room may say; a log is recognised by them."""

_ESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n"}


@dataclass(frozen=True, slots=True)
class IrcLine:
    """One line, taken apart as RFC 1459 and IRCv3 message-tags have it."""

    tags: dict[str, str]
    source: str
    verb: str
    params: tuple[str, ...]


def parse(line: str) -> IrcLine | None:
    """A line taken apart, or None where there is no verb in it."""
    tags: dict[str, str] = {}
    source = ""
    rest = line.rstrip("\r\n").lstrip(" ")
    if rest.startswith("@"):
        raw, _, rest = rest[1:].partition(" ")
        tags = _tags(raw)
        rest = rest.lstrip(" ")
    if rest.startswith(":"):
        source, _, rest = rest[1:].partition(" ")
    head, colon, trailing = f" {rest}".partition(" :")
    words = [word for word in head.split(" ") if word]
    if not words:
        return None
    return IrcLine(tags, source, words[0], (*words[1:], trailing) if colon else tuple(words[1:]))


def time_of(line: IrcLine) -> datetime | None:
    """When it was sent, as its tags have it (Twitch's, then the recorder's, then IRCv3 server-time)."""
    for tag in ("tmi-sent-ts", "rm-received-ts"):
        if value := line.tags.get(tag):
            try:
                return later(EARLIEST, Decimal(value) / 1000)
            except InvalidOperation:
                continue
    return moment_of(line.tags.get("time"))


def read_lines(source: Source, pace: float | None, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Events of a file of lines; with a pace, lines follow each other that many seconds apart."""
    return _read(source.lines(notes), pace, notes)


def read_recent(source: Source, pace: float | None, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    """Events of a recent-messages answer, which holds raw lines."""
    return _read(source.items("messages.item", notes), pace, notes)


def _read(batches: Iterable[list[Any]], pace: float | None, notes: LogNotes) -> Iterator[list[ChatEvent]]:
    intake = Intake(notes)
    paced = 0
    for batch in batches:
        for raw in batch:
            line = parse(raw) if isinstance(raw, str) else None
            if line is None:
                intake.skip("broken line")
                continue
            at = time_of(line)
            if pace is not None:
                at = BASE + timedelta(seconds=pace * paced)
                paced += line.verb == "PRIVMSG"
            elif at is None and line.verb in _CHAT:
                notes.notes["no time of its own"] += 1
                at = max(intake.last, BASE)
            _take(line, at, intake)
        if events := intake.take():
            yield events


_CHAT = frozenset(("PRIVMSG", "USERNOTICE", "CLEARCHAT", "CLEARMSG"))


def _take(line: IrcLine, at: datetime | None, intake: Intake) -> None:
    said = line.params[1] if len(line.params) > 1 else ""
    tags = line.tags
    match line.verb:
        case "PRIVMSG":
            _message(line, at, said, intake)
        case "USERNOTICE":
            words = clean_line(tags.get("system-msg", "")).strip()
            if words and (moment := intake.moment(at)) is not None:
                login = clean_line(tags.get("login", "")).lower()
                intake.add(ChatNotice(moment, words, login, clean_line(tags.get("display-name", "")) or login))
            if said or not words:
                _message(line, at, said, intake)
        case "CLEARCHAT":
            if (moment := intake.moment(at)) is not None:
                intake.add(ChatCleared(moment, clean_line(said).strip().lower()))
        case "CLEARMSG" if tags.get("target-msg-id"):
            if (moment := intake.moment(at)) is not None:
                intake.add(MessageDeleted(moment, clean_line(tags["target-msg-id"])))
        case _:
            intake.skip("not chat")


def _message(line: IrcLine, at: datetime | None, text: str, intake: Intake) -> None:
    tags = line.tags
    action = False
    if text.startswith("\x01"):
        if not text.startswith("\x01ACTION "):
            intake.skip("not chat")
            return
        action = True
        text = text[len("\x01ACTION ") :]
    login = tags.get("login") or line.source.partition("!")[0]
    badges = tags.get("badges", "")
    bits = tags.get("bits", "")
    shared = tags.get("source-room-id", "")
    intake.message(
        at,
        tags.get("display-name") or login,
        text,
        login=login,
        id=tags.get("id", ""),
        colour=tags.get("color", ""),
        badges=tuple(badges.split(",")) if badges else (),
        action=action,
        bits=int(bits) if bits.isascii() and bits.isdigit() and len(bits) < 10 else 0,
        reply_to=tags.get("reply-parent-display-name", ""),
        shared_from=shared if shared != tags.get("room-id") else "",
        reply_words=tags.get("reply-parent-msg-body", ""),
    )


def _tags(raw: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for pair in raw.split(";"):
        name, _, value = pair.partition("=")
        if name:
            tags[name] = _unescaped(value) if "\\" in value else value
    return tags


def _unescaped(value: str) -> str:
    letters: list[str] = []
    rest = iter(value)
    for letter in rest:
        if letter == "\\":
            # A lone backslash at the end is dropped, as is one before a letter that needs none.
            letter = next(rest, "")
            letter = _ESCAPES.get(letter, letter)
        letters.append(letter)
    return "".join(letters)
