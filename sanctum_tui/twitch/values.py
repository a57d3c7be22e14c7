"""What is known of Twitch at a moment, as values."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


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
