"""What EventSub says on its WebSocket, frame by frame, as values. Reading one never raises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

_MOST_KEEPALIVE = 3_600.0
"""Seconds; Twitch knows none above 600."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first frame of a connection."""

    session_id: str
    keepalive_seconds: float | None
    """The longest silence to expect on it, where it says."""
    at: datetime | None
    """When Twitch sent it, by Twitch's clock; None where that cannot be read."""


@dataclass(frozen=True, slots=True)
class Keepalive:
    """Nothing happened, and the connection works."""

    at: datetime | None
    """When Twitch sent it, by Twitch's clock; None where that cannot be read."""


@dataclass(frozen=True, slots=True)
class Reconnect:
    """This connection ends soon; `url` takes over with everything that is subscribed."""

    url: str


@dataclass(frozen=True, slots=True)
class Notification:
    """Something happened that is subscribed."""

    id: str
    """The envelope's. A repeated notification has the same one, or, rarely, a new one."""
    type: str
    version: str
    at: datetime | None
    """When Twitch sent it, by Twitch's clock: aware, UTC; None where that cannot be read."""
    event: dict[str, Any]
    """As it came: any key may be missing, and any value of another kind than it should be."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """A subscription is no more."""

    type: str
    status: str
    """Why, as one of Twitch's words: ``authorization_revoked``, ``user_removed``."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A frame nobody can use."""

    why: str


Frame = Welcome | Keepalive | Reconnect | Notification | Revocation | Malformed


def read_frame(data: str | bytes) -> Frame:
    """One frame. Whatever is in it: what cannot be read is `Malformed`."""
    try:
        envelope = _decode(data)
    except (ValueError, RecursionError):
        return Malformed("it is no JSON")
    if not isinstance(envelope, dict):
        return Malformed("it is no JSON object")
    metadata = envelope.get("metadata")
    if not isinstance(metadata, dict):
        return Malformed("it has no metadata")
    kind = metadata.get("message_type")
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return Malformed("it is of a kind nobody knows")
    payload = envelope.get("payload")
    return reader(metadata, payload if isinstance(payload, dict) else {})


def part(value: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key; an empty one where there is none."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def word(value: dict[str, Any], key: str) -> str:
    """The text under a key as it came; empty where there is none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def moment(value: dict[str, Any], key: str) -> datetime | None:
    """The time under a key, in UTC; None where none can be read there."""
    # Twitch writes nanoseconds; what is beyond a microsecond is cut off.
    try:
        found = datetime.fromisoformat(word(value, key))
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _notification(metadata: dict[str, Any], payload: dict[str, Any]) -> Frame:
    event = payload.get("event")
    if not isinstance(event, dict):
        return Malformed("it tells of no event")
    subscription = part(payload, "subscription")
    type = word(metadata, "subscription_type") or word(subscription, "type")
    if not type:
        return Malformed("it does not say what it tells of")
    return Notification(
        id=word(metadata, "message_id"),
        type=type,
        version=word(metadata, "subscription_version") or word(subscription, "version"),
        at=_sent_at(metadata),
        event=event,
    )


def _welcome(metadata: dict[str, Any], payload: dict[str, Any]) -> Frame:
    session = part(payload, "session")
    if not (id := word(session, "id")):
        return Malformed("it welcomes to no session")
    seconds: object = session.get("keepalive_timeout_seconds")
    told = float(seconds) if isinstance(seconds, int | float) and not isinstance(seconds, bool) else 0.0
    return Welcome(id, told if 0 < told < _MOST_KEEPALIVE else None, _sent_at(metadata))


def _keepalive(metadata: dict[str, Any], payload: dict[str, Any]) -> Frame:
    return Keepalive(_sent_at(metadata))


def _reconnect(metadata: dict[str, Any], payload: dict[str, Any]) -> Frame:
    url = word(part(payload, "session"), "reconnect_url")
    return Reconnect(url) if url else Malformed("it asks to reconnect, and does not say where")


def _revocation(metadata: dict[str, Any], payload: dict[str, Any]) -> Frame:
    subscription = part(payload, "subscription")
    type = word(metadata, "subscription_type") or word(subscription, "type")
    return Revocation(type, word(subscription, "status")) if type else Malformed("it revokes nothing")


def _sent_at(metadata: dict[str, Any]) -> datetime | None:
    return moment(metadata, "message_timestamp")


_decode = msgspec.json.Decoder().decode
_READERS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Frame]] = {
    "notification": _notification,
    "session_keepalive": _keepalive,
    "session_welcome": _welcome,
    "session_reconnect": _reconnect,
    "revocation": _revocation,
}
