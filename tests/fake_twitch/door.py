"""The listening socket of the fake Twitch, which can be shut and opened again on the same port."""

import asyncio
import socket

from aiohttp import web


def _bound(port: int) -> socket.socket:
    """A socket that holds a port; until it listens, whoever connects is refused."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        raise
    return holder


class Door:
    """One port of this machine. While it is shut the port stays ours, so that nobody else can answer on it."""

    def __init__(self, port: int) -> None:
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self._dead = _bound(0)
        self.dead_port: int = self._dead.getsockname()[1]
        """Where nobody ever listens."""
        self._server: web.Server | None = None
        self._listening: asyncio.Server | None = None

    def serve(self, server: web.Server) -> None:
        self._server = server

    async def open(self) -> None:
        if self._listening is None and self._server is not None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._server, sock=self._socket, backlog=128)

    def shut(self) -> None:
        """Refuse whoever comes, and cut off whoever is here."""
        if self._listening is not None:
            self._listening.close()
            self._listening = None
            self._socket = _bound(self.port)
        for connection in [] if self._server is None else self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    def close(self) -> None:
        self.shut()
        self._socket.close()
        self._dead.close()
