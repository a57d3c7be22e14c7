"""EventSub on the fake Twitch: welcomes, keepalives, notifications, handovers, and the rules by which it closes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from aiohttp import WSMsgType, web

from tests.fake_twitch.faults import Planned
from tests.fake_twitch.session import Session, Sub, frame
from tests.fake_twitch.world import new_id

_CLOSE_SECONDS = 1.0
"""How long a client may take to answer a close."""
_KEEPALIVE_PART = 0.6
"""A keepalive comes after this part of what the client was promised."""
_READ_SECONDS = 2.0
"""How long a planned break waits for the client to read what was written."""


class EventSub:
    """All sessions."""

    def __init__(
        self,
        planned: Planned,
        *,
        keepalive_seconds: float | None,
        unused_seconds: float,
        handover_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        self.live: list[Session] = []
        self.url = ""
        """Of the WebSocket; known once the server listens."""
        self.opened = 0
        """Connections that were accepted, ever."""
        self.keepalive_seconds = keepalive_seconds
        self.unused_seconds = unused_seconds
        self.handover_seconds = handover_seconds
        self.unheard: list[tuple[datetime, datetime]] = []
        """From when to when no session would have been told of a message, after one had been for the first time."""
        self._now = now
        self._heard = False
        self._unheard_since: datetime | None = None
        self._planned = planned
        self._successors: dict[str, Session] = {}
        """By the id that was promised to a new connection: the old one it takes over from."""
        self._delivered: dict[str, int] = {}
        """Message id, and on how many sessions it was written and not torn."""

    @property
    def delivered(self) -> list[str]:
        return [id for id, times in self._delivered.items() if times > 0]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A connection, for as long as it lives."""
        socket = web.WebSocketResponse(autoping=False, timeout=_CLOSE_SECONDS)
        await socket.prepare(request)
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            return socket
        asked = request.query.get("keepalive_timeout_seconds", "10")
        keepalive = self.keepalive_seconds or (float(asked) if asked.isdigit() else 10.0)
        promised = request.query.get("sid", "")
        session = Session(socket, transport, promised or new_id(), keepalive, self._now())
        self.opened += 1
        if self._planned.take("no_welcome") is not None:
            async for _ in socket:
                pass
            return socket
        old = self._successors.pop(promised, None)
        if promised and old is None:
            await session.close(4007, "invalid reconnect")
            return socket
        self.live.append(session)
        try:
            await session.send(self._frame("session_welcome", session.shown("connected")))
            if old is not None:
                self._hand_over(old, session)
            await self._serve(session, socket)
        finally:
            self._leave(session)
        return socket

    async def _serve(self, session: Session, socket: web.WebSocketResponse) -> None:
        watch = asyncio.create_task(self._watch(session))
        try:
            async for incoming in socket:
                if incoming.type is WSMsgType.PING:
                    await socket.pong(incoming.data)
                elif incoming.type is WSMsgType.PONG:
                    await session.answered()
                else:
                    await session.close(4001, "client sent inbound traffic")
            # The server closes the connection as soon as this returns, and a close code may not have arrived then.
            await session.left.wait()
        except ConnectionError:
            pass
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await watch

    async def _watch(self, session: Session) -> None:
        """Keepalives, and closing what is unused or should have left."""
        clock = asyncio.get_running_loop().time
        unused_since: float | None = clock()
        while not session.silent:
            session.changed.clear()
            now = clock()
            unused_since = None if session.subs or session.leave_by else unused_since or now
            if unused_since is not None and now >= unused_since + self.unused_seconds:
                await session.close(4003, "connection unused")
                return
            if session.leave_by is not None and now >= session.leave_by:
                await session.close(4004, "reconnect grace time expired")
                return
            if now >= session.last_sent + session.keepalive * _KEEPALIVE_PART:
                await session.send(self._frame("session_keepalive", {}))
            due = session.last_sent + session.keepalive * _KEEPALIVE_PART
            if unused_since is not None:
                due = min(due, unused_since + self.unused_seconds)
            if session.leave_by is not None:
                due = min(due, session.leave_by)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.001, due - clock())):
                    await session.changed.wait()

    def _hand_over(self, old: Session, new: Session) -> None:
        for sub in old.subs.values():
            sub.session_id = new.id
            new.add(sub)
        old.subs = {}
        old.succeeded = True
        self.reckon()

    def _leave(self, session: Session) -> None:
        session.over = True
        session.read_all.set()
        self.live.remove(session)
        self._successors = {id: old for id, old in self._successors.items() if old is not session}
        if not session.succeeded:
            # What a broken connection took with it did not arrive. A client that was handed over has no such excuse.
            for id in session.unread:
                self._delivered[id] -= 1
        self.reckon()

    def reckon(self) -> None:
        """Sessions or subscriptions have changed: whether a message would be told of may have changed with them."""
        hears = any(session.hears_chat for session in self.live)
        if not hears and self._heard and self._unheard_since is None:
            self._unheard_since = self._now()
        elif hears and self._unheard_since is not None:
            self.unheard.append((self._unheard_since, self._now()))
            self._unheard_since = None
        self._heard = self._heard or hears

    def _frame(self, kind: str, payload: dict[str, Any], *, id: str = "", sub: Sub | None = None) -> str:
        return frame(kind, payload, id=id, sub=sub, at=self._now())

    def session(self, id: str) -> Session | None:
        return next((one for one in self.live if one.id == id and not one.over), None)

    async def notify(self, kind: str, event: Any, *, message_id: str = "") -> int:
        """Tell all sessions that subscribed to this kind; how many frames were written."""
        again = self._planned.take("duplicate") is not None
        again_anew = self._planned.take("duplicate_new_envelope") is not None
        written = 0
        for session in list(self.live):
            for sub in [one for one in session.subs.values() if one.type == kind]:
                words = {"subscription": sub.shown(), "event": event}
                envelope = self._frame("notification", words, id=new_id(), sub=sub)
                if not await session.send(envelope):
                    continue
                written += 1
                if message_id:
                    self._delivered[message_id] = self._delivered.get(message_id, 0) + 1
                    await session.expect_read(message_id)
                if again:
                    await session.send(envelope)
                if again_anew:
                    await session.send(self._frame("notification", words, id=new_id(), sub=sub))
        return written

    async def revoke(self, chosen: Callable[[Sub], bool], status: str) -> int:
        """End subscriptions and tell their sessions so; how many."""
        ended = 0
        for session in list(self.live):
            for sub in [one for one in session.subs.values() if chosen(one)]:
                del session.subs[sub.id]
                sub.status = status
                session.changed.set()
                await session.send(self._frame("revocation", {"subscription": sub.shown()}, sub=sub))
                ended += 1
        self.reckon()
        return ended

    async def ask_to_reconnect(self, dead_url: str = "") -> int:
        """Ask all sessions to move, to a new connection here or to an address where nobody answers; how many."""
        asked = 0
        for session in [one for one in self.live if one.leave_by is None]:
            promised = new_id()
            if not dead_url:
                self._successors[promised] = session
            session.leave_by = asyncio.get_running_loop().time() + self.handover_seconds
            session.changed.set()
            url = dead_url or f"{self.url}?sid={promised}"
            asked += await session.send(self._frame("session_reconnect", session.shown("reconnecting", url)))
        return asked

    async def on_each(self, action: Callable[[Session], Awaitable[None]], *, after_reading: bool = False) -> int:
        """Do something to all live sessions at once; how many there were."""
        sessions = list(self.live)
        if after_reading:
            await asyncio.gather(*(session.settle(_READ_SECONDS) for session in sessions))
        await asyncio.gather(*(action(session) for session in sessions))
        self.reckon()
        return len(sessions)
