"""What is known of Twitch at a moment, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from sanctum_tui.settings import Secret


@dataclass(frozen=True, slots=True)
class Account:
    """A Twitch user."""

    id: str
    login: str
    """In lower case; the name in addresses."""
    name: str
    """As it is shown."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user allowed this application: the tokens, and what they are good for."""

    account: Account
    client_id: str
    access: Secret
    refresh: Secret
    """Empty where nobody gave us one: then the access token is all there is, until it expires."""
    scopes: frozenset[str]
    expires_at: datetime
    """When the access token expires, as Twitch said when it was last asked."""


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a login waits for: somebody who opens `address` and confirms `code` there."""

    address: str
    code: str
    """For a person's eyes: eight letters, once."""
    device_code: Secret
    """Ours alone; with it we ask whether somebody has."""
    interval_seconds: float
    expires_seconds: float
    """How long the code lives, from when it was given."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that is on air."""

    id: str
    title: str
    category: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Category:
    """A game or another category, as Twitch knows it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """The channel's title and category as they are now, live or not."""

    title: str
    category: Category


@dataclass(frozen=True, slots=True)
class StreamMarker:
    """A moment marked in the recording of a stream."""

    id: str
    position_seconds: int
    """From the stream's start."""


@dataclass(frozen=True, slots=True)
class Said:
    """Twitch's answer to a chat message."""

    id: str
    """Of the message in the room, or empty where it was dropped."""
    dropped_code: str = ""
    dropped_why: str = ""
    """Twitch's own words, cleaned."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One kind of event to be told of, as EventSub names it."""

    type: str
    version: str
    condition: dict[str, str] = field(default_factory=dict)


class LinkState(Enum):
    """How the connection that brings chat is doing."""

    CONNECTING = "connecting"
    UP = "connected"
    DOWN = "not connected"
    """It is tried again by itself."""
    REFUSED = "refused"
    """Twitch meant it (authorisation revoked, account gone): only the operator can mend it."""


@dataclass(frozen=True, slots=True)
class Link:
    """The connection at a moment."""

    state: LinkState
    since: datetime
    """When it came to be in this state; for `DOWN`, when it was last known to work."""
    why: str = ""
    """What is wrong, and what to do where there is something to do, as one sentence."""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Real-time patience with the network, in seconds. The evening's own clock has nothing to do with it."""

    connect: float = 10.0
    """For a connection, and for EventSub's welcome on it (Twitch gives 10 s to subscribe after it)."""
    answer: float = 15.0
    """For the whole answer to a call."""
    keepalive: float = 10.0
    """How often EventSub is asked to say something (10 to 600)."""
    keepalive_grace: float = 5.0
    """How much later than that it may be before the connection counts as dead."""
    retry_first: float = 0.5
    retry_most: float = 12.0
    """Backoff between attempts: it doubles from the first to the most, each with jitter. With `connect` it stays
    below the 30 seconds within which the console promises to heal."""
    handover: float = 25.0
    """How long after EventSub asked to reconnect the old connection may still bring something (Twitch: 30 s)."""
