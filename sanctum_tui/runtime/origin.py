"""What an evening is played on, as the evening sees it: a log, or a channel on Twitch."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from sanctum_tui.chat import ChatMessage, ChatSink, ChatSource, LiveGate, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import Clock
from sanctum_tui.evening import Session
from sanctum_tui.memory.engine import Memory


class Origin(Protocol):
    """Brings chat, takes what was approved, and has the time."""

    @property
    def channel(self) -> str:
        """Login of the channel."""

    @property
    def session_source(self) -> str:
        """`Session.source` of an evening on it."""

    @property
    def title(self) -> str: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def source(self) -> ChatSource: ...

    @property
    def gate(self) -> LiveGate: ...

    @property
    def agent_login(self) -> str:
        """The account that approved lines are posted from."""

    @property
    def begins_at(self) -> datetime:
        """When a session that begins on it now began."""

    def now(self) -> datetime:
        """The moment, as exactly as a screen wants it."""

    def hearing(self) -> bool:
        """Whether chat is connected."""

    def is_own(self, message: ChatMessage) -> bool:
        """Whether a line from `agent_login` is the agent's, and not a person's who writes from that account."""

    def went(self, event: StreamWentOnline | StreamWentOffline) -> None:
        """Chat said that the stream went online, or offline."""

    def sink(self, echo: Callable[[ChatMessage], Awaitable[None]]) -> ChatSink:
        """Where approved lines go; `echo` takes one in as part of the room once it is posted."""

    async def goes_on_with(self, session: Session, memory: Memory) -> bool:
        """Whether an unfinished session is this evening's."""

    def begin(self, session: Session) -> None:
        """A new session began on it."""

    def go_on(self, session: Session, stopped_at: datetime) -> None:
        """Go on with a restored session: after its last event, which was at this moment."""

    def keep_to_real_time(self, keep: bool) -> None:
        """Go no faster than life for a while: there is somebody who could not keep up; or go on as before."""

    def stop(self) -> None:
        """Bring no more chat for this evening: it is to come to its end."""

    def end(self) -> None:
        """The evening is over."""
