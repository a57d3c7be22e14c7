"""`sanctum-tui serve` as a process of its own, and the pages that look at it: over sockets, and in a real browser."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType, web

from sanctum_tui.serving.access import Access, hosts_of
from sanctum_tui.serving.address import listen
from sanctum_tui.serving.lag import LATE_SECONDS, LOOK_SECONDS
from sanctum_tui.serving.mirror import Mirror
from sanctum_tui.serving.server import Keyboard, Site
from tests.commands import environment

PATIENCE_SECONDS = 30.0
"""How long to wait for something to appear, on the slowest machine, before the test has failed."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Served:
    """A server that runs, and what it printed."""

    process: asyncio.subprocess.Process
    printed: str
    url: str = field(init=False)
    token: str = field(init=False)
    root: str = field(init=False)

    def __post_init__(self) -> None:
        found = re.search(r"(http://[^/\s]+)/\?token=(\S+)", self.printed)
        assert found is not None, self.printed
        self.url, self.root, self.token = found[0], found[1], found[2]

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal, and wait for its end; its exit code."""
        self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended by itself; its exit code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.process.wait()

    def consoles(self) -> list[int]:
        """The processes that it has started."""
        with contextlib.suppress(FileNotFoundError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
            return [int(number) for number in children.split()]
        return []


@asynccontextmanager
async def served(home: Path, *arguments: str | Path, **variables: str) -> AsyncIterator[Served]:
    """``sanctum-tui serve --port 0`` with these arguments, in a home of its own."""
    home.mkdir(parents=True, exist_ok=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sanctum_tui", "serve", "--port", "0", *map(str, arguments)),
        stdout=asyncio.subprocess.PIPE,
        cwd=home,
        env=environment(home, **{"PYTHONPATH": os.pathsep.join(sys.path), "TEXTUAL_ANIMATIONS": "none"} | variables),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            printed = await process.stdout.readuntil(b"Ctrl+C")
        yield Served(process, printed.decode())
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()


class Opened(Protocol):
    """Where a page is found."""

    @property
    def url(self) -> str: ...
    @property
    def root(self) -> str: ...


@dataclass(frozen=True)
class Shown:
    """A screen that is shown from here, without a console behind it."""

    root: str
    token: str

    @property
    def url(self) -> str:
        return f"{self.root}/?token={self.token}"


@asynccontextmanager
async def shown(mirror: Mirror, keyboard: Keyboard, *, keys: bool = True) -> AsyncIterator[Shown]:
    """What `mirror` shows, over real sockets; what pages send goes to `keyboard`."""
    listening = listen("127.0.0.1", 0)
    access = Access(listening.getsockname()[1], hosts_of("127.0.0.1", ()))
    runner = web.AppRunner(Site(access, mirror, keyboard, keys=keys).app())
    await runner.setup()
    try:
        await web.SockSite(runner, listening).start()
        yield Shown(f"http://127.0.0.1:{access.port}", access.token)
    finally:
        await runner.cleanup()
        listening.close()


@dataclass
class Looker:
    """A page as the server sees one: it keeps the rows it was sent."""

    channel: ClientWebSocketResponse
    rows: dict[int, str] = field(default_factory=dict)
    size: tuple[int, int] = (0, 0)
    title: str = ""
    keys: bool = False
    painted: int = -1
    dropped: list[str] = field(default_factory=list)
    ended: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.rows[number] for number in sorted(self.rows))

    async def say(self, **words: object) -> None:
        """Say something, as the page does."""
        await self.channel.send_str(json.dumps({**words, "painted": self.painted}, ensure_ascii=False))

    async def press(self, keys: str, seen: str | Callable[[str], bool]) -> str:
        """Press keys, and again whenever they were dropped as this page was behind, until something is seen."""
        fits = seen if callable(seen) else lambda text: seen in text
        told: int

        def seen_or_told(text: str) -> bool:
            return fits(text) or len(self.dropped) > told

        while True:
            told = len(self.dropped)
            await self.say(keys=keys, touched=True)
            await self.until(seen_or_told)
            if fits(self.text):
                return self.text

    async def until_dropped(self) -> str:
        """Look until the page is told that what it sent has been dropped; why."""
        told = len(self.dropped)
        await self.until(lambda text: len(self.dropped) > told)
        return self.dropped[-1]

    async def frame(self) -> bool:
        """Take one frame in; False where there will be none any more."""
        message = await self.channel.receive(PATIENCE_SECONDS)
        if message.type is not WSMsgType.TEXT:
            return False
        frame = json.loads(message.data)
        if (frame["columns"], frame["rows"]) != self.size:
            self.size, self.rows = (frame["columns"], frame["rows"]), {}
        self.title, self.keys, self.ended = frame["title"], frame["keys"], frame.get("ended", "")
        for number, runs in frame["lines"].items():
            line = ""
            for column, _cells, text, *_look in runs:
                # Wide signs take two columns and are one character: what matters here are the words.
                line = f"{line.ljust(column)}{text}"
            self.rows[int(number)] = line
        self.painted = frame["number"]
        if "dropped" in frame:
            self.dropped.append(frame["dropped"])
        if self.keys and not self.ended:
            with contextlib.suppress(ConnectionError):
                await self.say()
        return True

    async def until(self, seen: str | Callable[[str], bool]) -> str:
        """Look until something is on the screen; what the screen shows then."""
        fits = seen if callable(seen) else lambda text: seen in text
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not fits(self.text):
                    assert await self.frame(), f"the page was let go before {seen!r} was seen"
        except TimeoutError:
            raise AssertionError(f"never seen: {seen!r}; on the page:\n{self.text}") from None
        return self.text

    async def for_a_while(self) -> None:
        """Look on until what is on the screen now is old news."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() < began + 2 * (LATE_SECONDS + LOOK_SECONDS):
            await self.frame()

    async def until_told_of_the_end(self) -> str:
        """Look until the server says that this is the end, and closes the connection; what it says."""
        while await self.frame():
            pass
        return self.ended


@asynccontextmanager
async def looker(server: Opened) -> AsyncIterator[Looker]:
    """A page that has opened the address as it was printed."""
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        async with session.get(server.url) as answer:
            assert answer.status == 200
        async with session.ws_connect(f"{server.root}/screen", headers={"Origin": server.root}) as channel:
            yield Looker(channel)


class Browser:
    """A page in headless Chromium, spoken to over its own debugging protocol."""

    def __init__(self, channel: ClientWebSocketResponse) -> None:
        self._channel = channel
        self._asked = 0
        self.complaints: list[str] = []
        """What the page wrote to its console: errors, and what its content security policy refused."""

    async def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something; its answer."""
        self._asked += 1
        await self._channel.send_json({"id": self._asked, "method": method, "params": parameters})
        while True:
            message = await self._channel.receive_json(timeout=PATIENCE_SECONDS)
            if message.get("id") == self._asked:
                assert "error" not in message, message
                answer: dict[str, Any] = message["result"]
                return answer
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.complaints.append(json.dumps(message["params"]))

    async def value(self, expression: str) -> Any:
        """What a piece of script gives, once it is there."""
        answer = await self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def until(self, condition: str) -> None:
        """Wait until something holds in the page, given as script."""
        script = f"""new Promise((done) => {{
          const watch = new MutationObserver(look);
          function look() {{ if ({condition}) {{ watch.disconnect(); done(true); }} }}
          watch.observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});
          look();
        }})"""
        try:
            await self.value(script)
        except TimeoutError:
            shown = await self.value("document.body.textContent")
            raise AssertionError(f"never so: {condition}; on the page:\n{shown}") from None

    async def shows(self, words: str) -> None:
        """Wait until words stand on the page."""
        await self.until(f"document.body?.textContent.includes({json.dumps(words)})")

    async def open(self, url: str, width: int, height: int) -> None:
        """Open an address in a window of this size."""
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )
        await self.ask("Page.navigate", url=url)

    async def picture(self) -> bytes:
        """The page as it looks, as a PNG."""
        from base64 import b64decode

        return b64decode((await self.ask("Page.captureScreenshot"))["data"])


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Browser]:
    """Chromium without a window, with nothing remembered."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *("--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (found := re.search(rb"ws://([^/\s]+)/", line := await process.stderr.readline())):
                assert line, "the browser has ended"
        draining = asyncio.create_task(process.stderr.read())
        async with ClientSession() as session:
            async with session.get(f"http://{found[1].decode()}/json/list") as answer:
                (page,) = [target for target in await answer.json() if target["type"] == "page"]
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as channel:
                opened = Browser(channel)
                for domain in ("Page", "Runtime", "Log"):
                    await opened.ask(f"{domain}.enable")
                yield opened
        process.terminate()
        await draining
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
