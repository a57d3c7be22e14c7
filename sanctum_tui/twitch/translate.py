"""From what EventSub tells to what happens in a chat room."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sanctum_tui.chat import (
    QUOTED,
    ChannelUpdated,
    ChatCleared,
    ChatEvent,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
)
from sanctum_tui.text import clean_line, shorten
from sanctum_tui.twitch.frames import Notification, moment, part, word

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
# As IRC writes a ``/me`` line, and EventSub hands it on. The \x01 at its end goes with all that cleaning takes.
_ACTION = "\x01ACTION "
_MOST_BITS = 1_000_000_000
"""Above any cheer; a larger number is no number of bits, and would not fit where it is stored."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a notification tells, in order."""

    events: tuple[ChatEvent, ...]
    notice_id: str = ""
    """Of the notice among them, by which a repeated one is known; a message has its own."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notification that tells nothing to the console."""

    why: str


def translate(notification: Notification, at: datetime) -> Told | Skipped:
    """What happened, at this moment. Never raises, whatever the event holds."""
    versions = _TRANSLATIONS.get(notification.type)
    if versions is None:
        return Skipped("the console has no use for it")
    translation = versions.get(notification.version)
    if translation is None:
        return Skipped("its version is not known")
    return translation(notification, at)


def _message(told: Notification, at: datetime) -> Told | Skipped:
    event = told.event
    message = part(event, "message")
    if not isinstance(message.get("text"), str):
        return Skipped("it has no text")
    if not (id := _line(event, "message_id")):
        return Skipped("it has no id")
    if not (login := _line(event, "chatter_user_login").lower()):
        return Skipped("it does not say whose it is")
    return Told((_said(event, message["text"], id, login, at),))


def _notice(told: Notification, at: datetime) -> Told | Skipped:
    """A notice in Twitch's words, and the words of the person, where there are some, as a line of their own."""
    event = told.event
    id = _line(event, "message_id")
    login = _line(event, "chatter_user_login").lower()
    name = _line(event, "chatter_user_name") or login
    text = word(part(event, "message"), "text")
    notice = _in_words(_line(event, "system_message"), _line(event, "notice_type"), name)
    if not notice and not text:
        return Skipped("it says nothing")
    events: list[ChatEvent] = [ChatNotice(at, notice, login, name)] if notice else []
    if text and login:
        events.append(_said(event, text, id, login, at))
    return Told(tuple(events), id)


def _in_words(system_message: str, notice_type: str, name: str) -> str:
    """Twitch's words; some notices leave out who it is ("has been a moderator for 48 months!"), some say nothing."""
    if not system_message:
        kind = notice_type.removeprefix("shared_chat_").replace("_", " ")
        return f"{name}: {kind}" if kind and name else kind
    if name and system_message[0].islower() and name.lower() not in system_message.lower():
        return f"{name} {system_message}"
    return system_message


def _raid(told: Notification, at: datetime) -> Told | Skipped:
    event = told.event
    login = _line(event, "from_broadcaster_user_login").lower()
    raider = _line(event, "from_broadcaster_user_name") or login
    raided = _line(event, "to_broadcaster_user_name") or _line(event, "to_broadcaster_user_login")
    if not raider or not raided:
        return Skipped("it does not say who raids whom")
    viewers = event.get("viewers")
    crowd = f" with {viewers} viewers" if type(viewers) is int else ""
    return Told((ChatNotice(at, f"{raider} is raiding {raided}{crowd}.", login, raider),))


def _deletion(told: Notification, at: datetime) -> Told | Skipped:
    id = _line(told.event, "message_id")
    return Told((MessageDeleted(at, id),)) if id else Skipped("it does not say which line")


def _clear(told: Notification, at: datetime) -> Told | Skipped:
    return Told((ChatCleared(at),))


def _clear_one(told: Notification, at: datetime) -> Told | Skipped:
    # Without a login it would be everybody's lines that go.
    login = _line(told.event, "target_user_login").lower()
    return Told((ChatCleared(at, login),)) if login else Skipped("it does not say whose lines")


def _online(told: Notification, at: datetime) -> Told | Skipped:
    event = told.event
    # A rerun or a playlist is on air without the streamer.
    if word(event, "type") not in ("live", ""):
        return Skipped("it is no live stream")
    return Told((StreamWentOnline(at, _line(event, "id"), moment(event, "started_at"), told.at),))


def _offline(told: Notification, at: datetime) -> Told | Skipped:
    return Told((StreamWentOffline(at, _line(told.event, "id"), told.at),))


def _update(told: Notification, at: datetime) -> Told | Skipped:
    event = told.event
    if not isinstance(event.get("title"), str) or not isinstance(event.get("category_name"), str):
        return Skipped("it has no title or no category")
    return Told((ChannelUpdated(at, _line(event, "title"), _line(event, "category_name")),))


def _said(event: dict[str, Any], text: str, id: str, login: str, at: datetime) -> ChatMessage:
    action = text.startswith(_ACTION)
    if action:
        text = text.removeprefix(_ACTION)
    colour = word(event, "color")
    bits = part(event, "cheer").get("bits")
    return ChatMessage(
        at,
        login,
        _line(event, "chatter_user_name") or login,
        clean_line(text),
        id,
        colour if _COLOUR.fullmatch(colour) else "",
        _badges(event.get("badges")),
        action,
        bits if type(bits) is int and 0 < bits <= _MOST_BITS else 0,
        _line(part(event, "reply"), "parent_user_name") or _line(part(event, "reply"), "parent_user_login"),
        _other_channel(event),
        shorten(_line(part(event, "reply"), "parent_message_body"), QUOTED),
    )


def _badges(badges: object) -> tuple[str, ...]:
    if not isinstance(badges, list) or not badges:
        return ()
    told = [badge for badge in badges if isinstance(badge, dict)]
    return tuple(f"{kind}/{_line(badge, 'id')}" for badge in told if (kind := _line(badge, "set_id")))


def _other_channel(event: dict[str, Any]) -> str:
    """The login of the channel that a line in a shared chat was written in, where it is another one than ours."""
    source = word(event, "source_broadcaster_user_id")
    if not source or source == word(event, "broadcaster_user_id"):
        return ""
    # Nameless or not, it is a stranger's line, and must not be taken for one of this room.
    login = _line(event, "source_broadcaster_user_login") or _line(event, "source_broadcaster_user_name")
    return login.lower() or clean_line(source)


def _line(value: dict[str, Any], key: str) -> str:
    return clean_line(word(value, key))


_Translation = Callable[[Notification, datetime], Told | Skipped]
_TRANSLATIONS: Mapping[str, Mapping[str, _Translation]] = {
    "channel.chat.message": {"1": _message},
    "channel.chat.notification": {"1": _notice},
    "channel.chat.message_delete": {"1": _deletion},
    "channel.chat.clear": {"1": _clear},
    "channel.chat.clear_user_messages": {"1": _clear_one},
    "channel.raid": {"1": _raid},
    "stream.online": {"1": _online},
    "stream.offline": {"1": _offline},
    "channel.update": {"1": _update, "2": _update},
}
