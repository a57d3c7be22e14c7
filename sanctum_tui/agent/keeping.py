"""The session and what is stored of it: begun or restored, kept up while it lasts, ended."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sanctum_tui.chat import (
    ChatCleared,
    ChatGap,
    ChatLine,
    MessageDeleted,
)
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Airing, Decision, Flag, Mark, Session
from sanctum_tui.events import Broadcast, RoomChanged, SessionBegan, SessionEnded, StorageFailed
from sanctum_tui.memory.engine import Memory

log = logging.getLogger(__name__)


_MOST_OWED = 1_000
"""Changes of the room that are kept to be stored later; a disk that stays full for longer loses the oldest."""


class Keeping:
    """Stores the evening as it goes. What cannot be stored is told; the evening goes on."""

    def __init__(self, memory: Memory, broadcast: Broadcast, *, lines: bool = True) -> None:
        """Without `lines` chat is not stored, only the session and its queue (a run that keeps nothing)."""
        self._memory = memory
        self._broadcast = broadcast
        self._lines = lines
        self._session: Session | None = None
        self._owed: deque[Callable[[], Awaitable[None]]] = deque(maxlen=_MOST_OWED)
        self._catching_up = asyncio.Lock()
        self.given_up: tuple[Session, ...] = ()
        """Sessions that were found unfinished, and ended because another one begins."""
        self._position = 0
        self._messages = 0

    @property
    def session(self) -> Session:
        """The session that is under way."""
        if self._session is None:
            raise RuntimeError("no session was begun")
        return self._session

    @property
    def messages(self) -> int:
        """Chat messages taken in so far, before and after a restart; our own lines do not count."""
        return self._messages

    async def begin(
        self,
        *,
        channel: str,
        source: str,
        title: str,
        at: datetime,
        fresh: bool,
        goes_on: Callable[[Session], Awaitable[bool]],
    ) -> Session:
        """Begin a session, or go on with the newest unfinished one from the same source.

        Other unfinished sessions of the channel are duplicates, left by a crash, and are ended; `fresh` ends
        that one as well, and so does `goes_on` where it says no to it. A replay leaves a live session alone, and
        the other way about.
        """
        evenings = self._memory.evenings
        kind = _kind(source)
        unfinished = [one for one in await evenings.unfinished(channel) if _kind(one.source) == kind]
        newest = unfinished[0] if unfinished and not fresh else None
        kept = newest if newest is not None and newest.source == source and await goes_on(newest) else None
        self.given_up = tuple(other for other in unfinished if other is not kept)
        for other in self.given_up:
            await evenings.end(other.id, at=other.clock_at or other.started_at)
        self._session = kept or await evenings.begin(channel=channel, source=source, title=title, at=at)
        self._position, self._messages = self._session.position, self._session.messages
        return self._session

    def told(self, *, restored: bool) -> None:
        """Tell everybody that the session is under way."""
        self._broadcast.tell(SessionBegan(self.session, restored))

    async def went_on_air(self, airing: Airing, *, title: str, starts_session: bool) -> None:
        """A stream belongs to the session from now on; raises StorageError where that cannot be stored."""
        self._session = await self._memory.evenings.went_on_air(
            self.session.id, airing, title=title, starts_session=starts_session
        )

    async def went_off_air(self, at: datetime) -> None:
        """The session's stream is over."""
        await self._try(lambda: self._memory.evenings.went_off_air(self.session.id, at))

    async def end(self, *, at: datetime, why: str) -> None:
        """The evening is over."""
        await self.catch_up()
        await self._memory.writer.flush()
        await self._memory.evenings.end(self.session.id, at=at)
        ended = await self._memory.evenings.session(self.session.id)
        self._session = ended or self._session
        self._broadcast.tell(SessionEnded(self.session, why))

    def heard(self, lines: Sequence[ChatLine], *, events: int, messages: int, clock_at: datetime) -> None:
        """Store lines, and with them how far the session has come: so many more `events` of its source, of
        which so many were `messages`.
        """
        self._position += events
        self._messages += messages
        if self._lines:
            self._memory.writer.put(
                self.session.id, lines, clock_at=clock_at, position=self._position, messages=self._messages
            )

    async def happened(self, event: MessageDeleted | ChatCleared | ChatGap, *, line: int, clock_at: datetime) -> None:
        """Store what happened other than a line, behind the line of that number, and tell it."""
        self._position += 1
        evenings, session = self._memory.evenings, self.session.id
        if self._lines:
            self._memory.writer.put(session, (), clock_at=clock_at, position=self._position, messages=self._messages)
        match event:
            case MessageDeleted(id=id):
                await self._owe(lambda: evenings.mark_deleted(session, id))
            case ChatCleared(at=at, login=login):
                await self._owe(lambda: evenings.mark_cleared(session, login, upto=line, at=at))
            case ChatGap() as gap:
                await self._owe(lambda: evenings.add_gap(session, gap))
        self._broadcast.tell(RoomChanged(event))

    async def catch_up(self) -> None:
        """Store what could not be stored when it happened."""
        # One at a time: a tick and the room may both come here, and what is owed is stored once.
        async with self._catching_up:
            while self._owed and await self._try(first := self._owed[0]):
                if self._owed[0] is first:
                    self._owed.popleft()

    async def _owe(self, store: Callable[[], Awaitable[None]]) -> None:
        self._owed.append(store)
        await self.catch_up()

    async def room_to_store(self) -> None:
        """Wait until the writer has room for more, so that a fast replay never outruns the disk."""
        if self._lines:
            await self._memory.writer.room()

    async def flagged(self, flag: Flag) -> None:
        await self._try(lambda: self._memory.evenings.add_flag(self.session.id, flag))

    async def decided(self, decision: Decision) -> None:
        await self._try(lambda: self._memory.evenings.add_decision(self.session.id, decision))

    async def marked(self, mark: Mark) -> None:
        """Store a mark; raises StorageError, so that the operator learns at once that it was not kept."""
        await self._memory.evenings.add_mark(self.session.id, mark)

    async def dashboard(self, markdown: str, at: datetime) -> None:
        await self._try(lambda: self._memory.evenings.save_dashboard(self.session.id, markdown, at))

    async def attempt(self, store: Callable[[], Awaitable[object]]) -> None:
        """Do something that is stored; where that fails it is told, and the evening goes on."""
        await self._try(store)

    async def _try(self, store: Callable[[], Awaitable[object]]) -> bool:
        try:
            await store()
        except StorageError as error:
            log.warning("%s", error.sentence)
            self._broadcast.tell(StorageFailed(error.sentence))
            return False
        return True


def _kind(source: str) -> str:
    return source.partition(":")[0]
