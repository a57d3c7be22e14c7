"""Values of a chat room, and the protocols behind which Twitch or a replay stands.

The values are msgspec structs, not dataclasses: a replay reads a million of them, and a struct is decoded
straight from JSON by the library, frozen, and left alone by the garbage collector (it holds no cycles).
Text in them has been through `sanctum_tui.text` where it came in.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from enum import Enum, StrEnum
from typing import Protocol

from msgspec import Struct, field

QUOTED = 80
"""Characters that are kept of a line somebody answers."""


class Voice(StrEnum):
    """Whose line it is. Only `PERSON` resets the silence clock."""

    PERSON = "person"
    COMMAND = "command"
    """A person's ``!command``; it counts as a person's where ``SILENCE_COUNTS_COMMANDS`` says so."""
    BOT = "bot"
    AGENT = "agent"
    """Our own approved line, as the room shows it."""
    SPAM = "spam"
    """A line that the Warden flagged."""
    NOTICE = "notice"
    """The service speaking: a subscription, a raid, an announcement of its own."""
    SHARED = "shared"
    """A line from another channel's room in a shared chat."""


class ChatMessage(Struct, frozen=True, gc=False, tag_field="type", tag="message"):
    """One line somebody wrote, cleaned.

    Tag and field names are those of our own log, whose plain lines are decoded straight into it; that reader
    looks after what a decoder cannot promise.
    """

    at: datetime
    """When it was said, or came in where it is live: aware, UTC, and never earlier than the event before it."""
    login: str = field(name="user")
    """The account's name in lower case, which tells two people apart."""
    name: str = ""
    """The name as it is shown."""
    text: str = ""
    id: str = ""
    """The service's id, or empty where a log has none."""
    colour: str = field(name="color", default="")
    """``#rrggbb``, or empty where the person chose none."""
    badges: tuple[str, ...] = ()
    """``set/version`` as Twitch names them: ``moderator/1``, ``subscriber/12``."""
    action: bool = False
    """A ``/me`` line."""
    bits: int = 0
    reply_to: str = ""
    """Shown name of the person this answers, or empty."""
    shared_from: str = ""
    """The channel it was written in, where that is another one (shared chat)."""
    reply_words: str = ""
    """How the line begins that this answers, where the service told it; at most `QUOTED` characters."""


class ChatNotice(Struct, frozen=True, gc=False):
    """Something the service announced in the room, in its words: a subscription, a raid."""

    at: datetime
    text: str
    login: str = ""
    name: str = ""


class MessageDeleted(Struct, frozen=True, gc=False):
    """A moderator removed one line."""

    at: datetime
    id: str


class ChatCleared(Struct, frozen=True, gc=False):
    """A moderator removed one person's lines (a timeout or ban), or, with no login, everybody's."""

    at: datetime
    login: str = ""


class ChatGap(Struct, frozen=True, gc=False):
    """The connection was away; what was said in the meantime may be missing."""

    at: datetime
    seconds: float


class StreamWentOnline(Struct, frozen=True, gc=False):
    at: datetime
    stream: str = ""
    """The service's id of the stream, or empty where nothing tells it, as in a log."""
    started_at: datetime | None = None
    """When it began, by the service's clock."""
    sent_at: datetime | None = None
    """When the service told it, by its own clock: older news may come later."""


class StreamWentOffline(Struct, frozen=True, gc=False):
    at: datetime
    stream: str = ""
    sent_at: datetime | None = None
    """As in `StreamWentOnline`."""


class ChannelUpdated(Struct, frozen=True, gc=False):
    """The stream's title or category as it is now."""

    at: datetime
    title: str
    category: str


ChatEvent = (
    ChatMessage
    | ChatNotice
    | MessageDeleted
    | ChatCleared
    | ChatGap
    | StreamWentOnline
    | StreamWentOffline
    | ChannelUpdated
)


class ChatLine(Struct, frozen=True, gc=False):
    """A line of the evening as the room took it: numbered upward, and with its voice.

    The numbers begin at 1, or, where one evening follows another in the same room, behind those of the one before.
    """

    number: int
    voice: Voice
    message: ChatMessage


class Posted(Struct, frozen=True):
    """The line is in the room."""

    id: str
    at: datetime


class Dropped(Struct, frozen=True):
    """The service refused the line, for a reason in words; it is not in the room."""

    reason: str


class NotSent(Struct, frozen=True):
    """It never left, and so is certainly not in the room: when its turn came, nothing might be posted any more."""

    reason: str


class Unknown(Struct, frozen=True):
    """Nobody knows whether the line is in the room: the answer was lost."""

    reason: str
    ticket: str = ""
    """What to ask `ChatSink.shown_at` by, whether the room has shown it since; empty where nothing can be asked."""


Receipt = Posted | Dropped | NotSent | Unknown


class Live(Enum):
    """Whether the stream is on air, as far as anybody knows."""

    YES = "live"
    NO = "not live"
    UNKNOWN = "not known"


class ChatSource(Protocol):
    """Where chat comes from."""

    @property
    def channel(self) -> str:
        """Login of the channel whose room it is."""

    def batches(self) -> AsyncIterator[Sequence[ChatEvent]]:
        """What happened, in order, as much at a time as there was; ends when the evening does."""


class ChatSink(Protocol):
    """Where approved lines go."""

    async def post(self, text: str, *, shut: Callable[[], str]) -> Receipt:
        """Post this text and no other, once. Never raises for what the service answers.

        `shut` gives a reason why nothing may be posted, or "". It is asked once more when the text is about to
        leave, however long it had to wait for its turn; with a reason the text is not sent.
        """

    def shown_at(self, ticket: str) -> datetime | None:
        """When the room showed the text whose outcome was `Unknown`, or None: it has not, or too long ago."""


class LiveGate(Protocol):
    """Whether anything may be posted at all. Closed unless it knows that the stream is live."""

    @property
    def live(self) -> Live: ...

    @property
    def why(self) -> str:
        """The reason in words, to be shown: "the replay is playing", "the stream is offline"."""
