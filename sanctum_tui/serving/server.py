"""The server of the page: who is let in, what they are sent, and how it all ends."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import msgspec
from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler

from sanctum_tui.errors import ExitCode, SanctumError
from sanctum_tui.serving.access import REFUSED, Access, hosts_of, kept_token, new_token
from sanctum_tui.serving.address import addresses_of, listen, welcome
from sanctum_tui.serving.console import Console
from sanctum_tui.serving.mirror import MOST_PASTED, Mirror, Page, Said, typed
from sanctum_tui.serving.screen import Screen

log = logging.getLogger(__name__)

USUAL_PORT = 8129
_USUAL_SIZE = (120, 35)
_FRAME_SECONDS = 1 / 30
_STUCK_SECONDS = 20.0
"""A page that takes nothing for so long is let go; when it comes back it is shown the whole screen."""
_PULSE_SECONDS = 10.0
"""A page hears at least that often that the connection still is one."""
_MOST_PAGES = 32
_MOST_SAID = 524_288
"""Bytes of one message: more than the longest paste can be."""
_FAREWELL_SECONDS = 2.0
_PAGE = {"/": ("index.html", "text/html"), "/console.css": ("console.css", "text/css")} | {
    f"/{name}.js": (f"{name}.js", "text/javascript") for name in ("console", "keys", "paint")
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "sanctum-tui",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_said = msgspec.json.Decoder(Said)
_framed = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    host: str = "127.0.0.1"
    port: int = USUAL_PORT
    keys: bool = False
    size: tuple[int, int] | None = None
    token_file: Path | None = None
    """Where the token is kept, so that the address stays."""
    console: tuple[str, ...] = ()
    """The console's own arguments."""


class ConsoleFailedError(SanctumError):
    """The console has ended with an error; what it said is on a terminal that nobody sees any more."""

    def __init__(self, last_words: str, code: int) -> None:
        super().__init__(last_words.removeprefix("sanctum-tui: ") or f"The console ended with exit code {code}.")
        self.exit_code = ExitCode(code) if code in set(ExitCode) else ExitCode.CRASHED


async def serve(wanted: Wanted, say: Callable[[str], None]) -> int:
    """Run the console and show it until it ends or a signal comes; the exit code. `say` tells the operator."""
    token = new_token() if wanted.token_file is None else kept_token(wanted.token_file)
    listening = listen(wanted.host, wanted.port)
    port = listening.getsockname()[1]
    reachable = addresses_of(wanted.host)
    access = Access(port, hosts_of(wanted.host, (*reachable, socket.gethostname())), token)
    columns, rows = wanted.size or _USUAL_SIZE
    screen = Screen(columns, rows)
    mirror = Mirror(screen, keys=wanted.keys, fixed=wanted.size is not None)
    stopping = asyncio.Event()

    def told(data: bytes) -> None:
        if answer := screen.feed(data):
            console.write(answer)
        mirror.show()

    console = await Console.start(wanted.console, (columns, rows), told)
    site = Site(access, mirror, console, keys=wanted.keys)
    runner = web.AppRunner(site.app(), access_log=None, shutdown_timeout=1.0)
    try:
        mirror.resized = console.resize
        _on_signals(stopping, console)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        say(welcome(reachable, access, keys=wanted.keys))
        code = await _until_the_end(console, stopping, mirror)
    finally:
        console.kill()
        await runner.cleanup()
        listening.close()
    if stopping.is_set():
        return int(ExitCode.OK)
    if code:
        raise ConsoleFailedError(_last_words(screen), code)
    return code


async def _until_the_end(console: Console, stopping: asyncio.Event, mirror: Mirror) -> int:
    """Wait for the console's end or for a signal to end it; pages are told which."""
    asked = asyncio.create_task(stopping.wait())
    ended = asyncio.create_task(console.ended())
    await asyncio.wait((asked, ended), return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    if stopping.is_set():
        await console.stop()
        sentence = "The console was ended where `sanctum-tui serve` runs."
    else:
        sentence = "The console has ended."
    code = await ended
    log.info("the console that was shown has ended with exit code %s", code)
    again = "To open it again, start `sanctum-tui serve` and open the address it prints."
    mirror.end("\n\n".join(filter(None, (_last_words(mirror.screen), f"{sentence} {again}"))))
    return code


def _last_words(screen: Screen) -> str:
    """What the console said when it went, as one paragraph."""
    return " ".join(screen.text().split())


class Keyboard(Protocol):
    """What takes the keys that pages send."""

    def write(self, data: bytes) -> bool: ...


class Site:
    """The pages' side: one page, its parts, and a web socket."""

    def __init__(self, access: Access, mirror: Mirror, keyboard: Keyboard, *, keys: bool) -> None:
        self._access = access
        self._mirror = mirror
        self._keyboard = keyboard
        self._keys = keys
        self._refusals: set[str] = set()
        self._open: set[web.WebSocketResponse] = set()
        self._showing: set[asyncio.Task[None]] = set()

    def app(self) -> web.Application:
        """The application that answers."""
        app = web.Application(middlewares=[self._guard], client_max_size=1024)
        for path in _PAGE:
            app.router.add_get(path, self._part)
        app.router.add_get("/screen", self._socket)
        app.on_shutdown.append(self._farewell)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing is answered, not even that there is something, to whoever has no token."""
        refusal = self._access.refusal(
            request.headers, request.query.get("token", ""), request.cookies, socket=request.path == "/screen"
        )
        if refusal:
            if refusal not in self._refusals:
                # Once each: whoever tries many does not fill the disk.
                self._refusals.add(refusal)
                log.warning("a request for the page was refused: %s", refusal)
            return web.Response(status=403, text=REFUSED, headers=_HEADERS)
        try:
            return await handler(request)
        except web.HTTPException as answer:
            return web.Response(status=answer.status, text=f"{answer.reason}\n", headers=_HEADERS)

    async def _part(self, request: web.Request) -> web.Response:
        name, kind = _PAGE[request.path]
        body = files("sanctum_tui.serving").joinpath("page", name).read_bytes()
        response = web.Response(body=body, content_type=kind, charset="utf-8", headers=_HEADERS)
        if "token" in request.query:
            access = self._access
            response.set_cookie(access.cookie, access.pass_word, httponly=True, samesite="Strict", path="/")
        return response

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if len(self._open) >= _MOST_PAGES:
            raise web.HTTPServiceUnavailable
        channel = web.WebSocketResponse(heartbeat=20.0, max_msg_size=_MOST_SAID, compress=False)
        await channel.prepare(request)
        page = self._mirror.join()
        self._open.add(channel)
        showing = asyncio.create_task(self._show(request, channel, page))
        self._showing.add(showing)
        try:
            async for message in channel:
                if message.type is not WSMsgType.TEXT or not self._hear(page, message.data):
                    break
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing
            self._showing.discard(showing)
            self._open.discard(channel)
            self._mirror.leave(page)
            await channel.close()
        return channel

    def _hear(self, page: Page, text: str) -> bool:
        """Do what a page says, as far as it may; False where it is no page of ours that speaks."""
        try:
            said = _said.decode(text)
        except msgspec.MsgspecError:
            return False
        self._mirror.heard(page, said)
        if self._keys and (data := typed(said)):
            if len(said.paste) > MOST_PASTED:
                self._mirror.drop(page, "long")
            elif self._mirror.is_behind(page):
                self._mirror.drop(page, "behind")
            elif not self._keyboard.write(data):
                self._mirror.drop(page, "busy")
        return True

    async def _show(self, request: web.Request, channel: web.WebSocketResponse, page: Page) -> None:
        """Send `page` what is new whenever it has taken what was sent before."""
        while not channel.closed:
            try:
                async with asyncio.timeout(_PULSE_SECONDS):
                    await page.wake.wait()
                due = False
            except TimeoutError:
                due = True
            page.wake.clear()
            frame, changed = self._mirror.frame(page)
            if not changed and not due:
                continue
            try:
                async with asyncio.timeout(_STUCK_SECONDS):
                    await channel.send_str(_framed.encode(frame).decode())
            except (TimeoutError, ConnectionError):
                if request.transport is not None:
                    request.transport.abort()
                return
            if frame.ended:
                await channel.close(message=b"ended")
                return
            await asyncio.sleep(_FRAME_SECONDS)

    async def _farewell(self, app: web.Application) -> None:
        """Give the pages a moment to hear the end; then no page is waited for."""
        del app
        if self._showing:
            await asyncio.wait(self._showing, timeout=_FAREWELL_SECONDS)
        for channel in tuple(self._open):
            await channel.close(message=b"ended")


def _on_signals(stopping: asyncio.Event, console: Console) -> None:
    """The first signal ends the console in its own way; a second one ends it at once."""

    def asked() -> None:
        if stopping.is_set():
            console.kill()
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked)
