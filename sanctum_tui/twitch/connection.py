"""One EventSub WebSocket: opened, welcomed, read frame by frame, and always closed."""

import asyncio
import logging
import math
from typing import Self

import aiohttp

from sanctum_tui.twitch.frames import Frame, Malformed, Welcome, read_frame
from sanctum_tui.twitch.values import Timing

log = logging.getLogger(__name__)

_MOST_BYTES = 1024 * 1024
"""Of one frame; Twitch's have a few thousand. A larger one ends the connection instead of filling the memory."""
_CLOSE_SECONDS = 0.5
"""How long the other side may take to say goodbye; whoever is silent does not say it at all."""
_BREATH = 50
"""Frames after which the event loop has its turn, however many there are: about a millisecond's work."""
HANDED_OVER = frozenset({1000, 1001, 4004})
"""Close codes with which a server ends a connection that another has taken over from."""

_CLOSED = {
    1000: "Twitch closed it",
    1001: "Twitch closed it, for it goes down",
    1006: "it was cut off",
    1007: "a frame could not be read",
    1009: "a frame was too large",
    4000: "Twitch has trouble of its own (4000)",
    4001: "Twitch says that we talked when only it may (4001)",
    4002: "Twitch says that its pings were not answered (4002)",
    4003: "Twitch says that nothing was subscribed in time (4003)",
    4004: "Twitch says that moving to another connection took too long (4004)",
    4005: "Twitch says that its network was too slow (4005)",
    4006: "Twitch says that its network failed (4006)",
    4007: "Twitch says that the address to move to is not valid (4007)",
}


class ConnectionEndedError(Exception):
    """A connection is no more, or was never made; `why` fits after "Chat is away: "."""

    def __init__(self, why: str, code: int = 0) -> None:
        """`code` is the WebSocket's close code, or 0 where nobody closed it."""
        super().__init__(why)
        self.why = why
        self.code = code


class Connection:
    """An EventSub connection that was welcomed."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, welcome: Welcome, timing: Timing) -> None:
        self.session_id = welcome.session_id
        self.welcomed_at = welcome.at
        self.frames_read = 0
        self._socket = socket
        self._silence = (welcome.keepalive_seconds or timing.keepalive) + timing.keepalive_grace

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, url: str, timing: Timing) -> Self:
        """Connect, and wait for the welcome. Raises ConnectionEndedError with the reason where there is none.

        `session` stays the caller's. Nothing is ever sent but answers to pings: Twitch closes on anything else.
        """
        socket: aiohttp.ClientWebSocketResponse | None = None
        welcomed = False
        what = "Twitch cannot be reached; is the network up?"
        try:
            async with asyncio.timeout(timing.connect):
                socket = await session.ws_connect(
                    url,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                    compress=0,
                    max_msg_size=_MOST_BYTES,
                )
                what = "the connection was made, and Twitch did not welcome us on it"
                frame = _read(await socket.receive())
                while not isinstance(frame, Welcome):
                    frame = _read(await socket.receive())
            welcomed = True
            return cls(socket, frame, timing)
        except aiohttp.WSServerHandshakeError as error:
            raise ConnectionEndedError(f"Twitch refused the connection ({error.status})") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            log.debug("no EventSub connection: %s", type(error).__name__)
            raise ConnectionEndedError(what) from None
        finally:
            if socket is not None and not welcomed:
                await socket.close()

    async def frame(self) -> Frame:
        """The next thing that is said on it. Raises ConnectionEndedError, with the reason, where it is over."""
        # What has arrived already is handed out without waiting, so others would not have a turn.
        if self.frames_read % _BREATH == 0:
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(self._silence):
                message = await self._socket.receive()
        except TimeoutError:
            raise ConnectionEndedError(f"nothing was heard for {self._silence:.0f} s") from None
        frame = _read(message)
        self.frames_read += 1
        return frame

    async def close(self) -> None:
        """Close it, whatever state it is in."""
        await self._socket.close()


def with_keepalive(url: str, timing: Timing) -> str:
    """EventSub's address, with how often we ask to hear something."""
    return f"{url}?keepalive_timeout_seconds={math.ceil(timing.keepalive)}"


def _read(message: aiohttp.WSMessage) -> Frame:
    """The frame in a message. Raises ConnectionEndedError for one that says that the connection is over."""
    match message.type:
        case aiohttp.WSMsgType.TEXT:
            return read_frame(message.data)
        case aiohttp.WSMsgType.BINARY:
            return Malformed("it is binary")
        case aiohttp.WSMsgType.CLOSE:
            code = message.data if isinstance(message.data, int) else 1006
            raise ConnectionEndedError(_CLOSED.get(code, f"it was closed ({code})"), code)
        case aiohttp.WSMsgType.ERROR:
            code = message.data.code if isinstance(message.data, aiohttp.WebSocketError) else 1006
            raise ConnectionEndedError(_CLOSED.get(code, f"it broke ({code})"))
        case _:
            raise ConnectionEndedError(_CLOSED[1006])
