"""One EventSub session of the fake Twitch: a WebSocket, what is subscribed on it, and what has reached its client."""

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from tests.fake_twitch.world import new_id, stamp

_STUCK_SECONDS = 10.0
"""A client that reads nothing for so long is cut off."""


@dataclass(eq=False)
class Sub:
    """A subscription, as EventSub shows it."""

    id: str
    type: str
    version: str
    condition: dict[str, str]
    user_id: str
    created_at: str
    session_id: str
    status: str = "enabled"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "status": self.status,
            "type": self.type,
            "version": self.version,
            "condition": self.condition,
            "transport": {"method": "websocket", "session_id": self.session_id},
            "created_at": self.created_at,
            "cost": 0,
        }


def frame(
    kind: str, payload: dict[str, Any], *, id: str = "", sub: Sub | None = None, at: datetime | None = None
) -> str:
    """A frame in its envelope, sent at this moment or now."""
    metadata = {"message_id": id or new_id(), "message_type": kind, "message_timestamp": stamp(at)}
    if sub is not None:
        metadata |= {"subscription_type": sub.type, "subscription_version": sub.version}
    return json.dumps({"metadata": metadata, "payload": payload})


class Session:
    """A connection that was accepted.

    What is written to a socket may still never be read, where the connection breaks. So each session pings behind
    its messages, and the answers say which of them its client has taken.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        id: str,
        keepalive: float,
        connected_at: datetime,
    ) -> None:
        self.id = id
        self.keepalive = keepalive
        self.connected_at = stamp(connected_at)
        self.subs: dict[str, Sub] = {}
        self.silent = False
        """Sends nothing any more."""
        self.leave_by: float | None = None
        """On the loop's clock: when the old connection of a handover is closed."""
        self.succeeded = False
        """Its successor was welcomed."""
        self.over = False
        self.changed = asyncio.Event()
        """Set where something is now due at another time."""
        self.last_sent = asyncio.get_running_loop().time()
        self.unread: deque[str] = deque()
        """Ids of messages that were written, and not yet read as far as we know."""
        self.read_all = asyncio.Event()
        self.read_all.set()
        self.left = asyncio.Event()
        """Set while no close of ours waits for its answer."""
        self.left.set()
        self._asked = 0
        self._socket = socket
        self._transport = transport

    @property
    def hears_chat(self) -> bool:
        """Whether a message said now would be told on it."""
        told = any(sub.type == "channel.chat.message" for sub in self.subs.values())
        return told and not self.silent and not self.over

    @property
    def user_id(self) -> str:
        """Whose token subscribed on it; empty before."""
        return next((sub.user_id for sub in self.subs.values()), "")

    def add(self, sub: Sub) -> None:
        self.subs[sub.id] = sub
        self.changed.set()

    def shown(self, status: str, reconnect_url: str | None = None) -> dict[str, Any]:
        """The payload of a welcome or of a request to reconnect."""
        keepalive = int(self.keepalive) if self.keepalive == int(self.keepalive) else self.keepalive
        return {
            "session": {
                "id": self.id,
                "status": status,
                "keepalive_timeout_seconds": None if reconnect_url else keepalive,
                "reconnect_url": reconnect_url,
                "recovery_url": None,
                "connected_at": self.connected_at,
            }
        }

    async def send(self, words: str | bytes) -> bool:
        """Write a frame; whether it could be."""
        if self.silent or self.over or self._socket.closed:
            return False
        try:
            async with asyncio.timeout(_STUCK_SECONDS):
                if isinstance(words, str):
                    await self._socket.send_str(words)
                else:
                    await self._socket.send_bytes(words)
        except (ConnectionError, TimeoutError):
            self.abort()
            return False
        self.last_sent = asyncio.get_running_loop().time()
        return not self.over

    async def expect_read(self, message_id: str) -> None:
        """This message was written: find out whether it is read."""
        self.unread.append(message_id)
        self.read_all.clear()
        if not self._asked:
            await self._ask()

    async def _ask(self) -> None:
        self._asked = len(self.unread)
        with suppress(ConnectionError):
            await self._socket.ping(b"read")

    async def answered(self) -> None:
        """A pong: all that was written before the ping has been read."""
        for _ in range(min(self._asked, len(self.unread))):
            self.unread.popleft()
        self._asked = 0
        if self.unread:
            await self._ask()
        else:
            self.read_all.set()

    async def settle(self, seconds: float) -> None:
        """Wait until all that was written is read, or for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.read_all.wait()

    async def close(self, code: int, why: str) -> None:
        self.left.clear()
        try:
            await self._socket.close(code=code, message=why.encode())
        finally:
            self.left.set()

    def abort(self) -> None:
        self.over = True
        self._transport.abort()
