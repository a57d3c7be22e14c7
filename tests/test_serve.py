"""The console as a page, over real sockets: who gets in, what a page sees, what it may do, and how it ends."""

import asyncio
import os
import select
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError, web

from sanctum_tui.serving.access import Access, hosts_of
from sanctum_tui.serving.mirror import Mirror
from sanctum_tui.serving.screen import Screen
from sanctum_tui.serving.server import Site
from tests.commands import sanctum
from tests.serving import PATIENCE_SECONDS, Looker, Served, looker, served

SAMPLE = Path(__file__).parent.parent / "sample_dashboards" / "01-the-quiet-sea" / "chat.jsonl"
EVENING = ("--", "replay", SAMPLE, "--speed", "600")
WAITS = "Line 1 waits for you"
AGAIN = "press again"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Served]:
    """A sample evening to look at, and not to touch."""
    async with served(tmp_path, *EVENING) as server:
        yield server


async def test_without_the_right_token_there_is_one_answer_and_it_says_nothing(watched: Served) -> None:
    answers = set()
    async with ClientSession() as session:
        for path in ("/", "/?token=", "/?token=guess", f"/?token={watched.token[:-1]}", "/console.js", "/nothing"):
            async with session.get(watched.root + path) as answer:
                answers.add((answer.status, await answer.text(), "Set-Cookie" in answer.headers))
        with pytest.raises(WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{watched.root}/screen?token=guess", headers={"Origin": watched.root})
    ((status, words, cookie),) = answers
    assert status == 403
    assert not cookie
    assert watched.token not in words


async def test_a_page_under_another_name_or_of_another_site_gets_nothing(watched: Served) -> None:
    port = watched.root.rpartition(":")[2]
    async with ClientSession() as session:
        async with session.get(watched.url, headers={"Host": f"evil.example:{port}"}) as answer:
            assert answer.status == 403
        socket_url = f"{watched.root}/screen?token={watched.token}"
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {}):
            with pytest.raises(WSServerHandshakeError, match="403"):
                await session.ws_connect(socket_url, headers=headers)
        async with session.ws_connect(socket_url, headers={"Origin": watched.root}) as channel:
            assert (await channel.receive_json(timeout=PATIENCE_SECONDS))["lines"]


async def test_the_page_may_run_nothing_but_its_own_and_is_kept_nowhere(watched: Served) -> None:
    async with ClientSession() as session, session.get(watched.url) as answer:
        rules = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in rules
        assert "frame-ancestors 'none'" in rules
        assert "unsafe" not in rules
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "<script>" not in await answer.text()


async def test_keys_mouse_and_paste_are_dropped_where_they_were_not_allowed(watched: Served) -> None:
    async with looker(watched) as page:
        await page.until(WAITS)
        await page.say(keys="?", paste="?", touched=True)
        # By the time its silence has been drawn anew a few times the console would have read them.
        screens = {page.text}
        while len(screens) < 4:
            await page.frame()
            screens.add(page.text)
        assert "type to search" not in page.text
        assert not page.keys


async def test_where_they_are_allowed_a_line_is_approved_from_the_page(tmp_path: Path) -> None:
    async with served(tmp_path, "--allow-keys", *EVENING) as server, looker(server) as page:
        assert "can approve, post and quit" in server.printed
        await page.until(WAITS)
        assert page.keys
        await page.press("?", "type to search")
        await page.press("\x1b[27u", lambda text: "type to search" not in text)
        # A card that has only just turned takes no key, and says so: then it is pressed again.
        for _ in range(50):
            await page.press("a", lambda text: WAITS not in text or AGAIN in text)
            if WAITS not in page.text:
                break
            await page.press("\x1b[27u", lambda text: AGAIN not in text)
        assert WAITS not in page.text


async def test_who_comes_late_sees_the_whole_screen_at_once(watched: Served) -> None:
    async with looker(watched) as early:
        await early.until(WAITS)
        async with looker(watched) as late:
            await late.frame()
            assert len(late.rows) == late.size[1] == early.size[1]
            for words in ("1 Chat · #quietharbor", WAITS, "3 Review", "? help"):
                assert words in late.text


async def test_two_pages_are_one_console(watched: Served) -> None:
    async with looker(watched) as one, looker(watched) as other:
        await one.frame()
        await other.frame()
        assert len(watched.consoles()) == 1


class Nobody:
    """Takes keys and does nothing with them."""

    def write(self, data: bytes) -> bool:
        del data
        return True


async def test_a_page_that_does_not_read_makes_nobody_wait_and_then_sees_the_screen_as_it_is() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    access = Access(listening.getsockname()[1], hosts_of("127.0.0.1", ()))
    screen = Screen(400, 200)
    mirror = Mirror(screen, keys=False, fixed=True)
    runner = web.AppRunner(Site(access, mirror, Nobody(), keys=False).app())
    await runner.setup()
    await web.SockSite(runner, listening).start()
    origin = f"http://127.0.0.1:{access.port}"
    address, headers = f"{origin}/screen?token={access.token}", {"Origin": origin}
    async with (
        ClientSession() as session,
        session.ws_connect(address, headers=headers, max_msg_size=0) as quick,
        session.ws_connect(address, headers=headers, max_msg_size=0) as slow,
    ):
        # Nobody receives from the slow one yet: it takes in what its buffers hold.
        page = Looker(quick)
        for number in range(40):
            whole = f"{number:08}" * 50
            screen.feed("".join(f"\x1b[{row};1H{whole}" for row in range(1, 201)).encode())
            mirror.show()
            await page.until(whole)
        late, frames = Looker(slow), 0
        while whole not in late.text:
            assert await late.frame()
            frames += 1
        assert frames < 20
    await runner.cleanup()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_when_it_is_stopped_the_console_ends_properly_and_the_pages_are_told(
    watched: Served, tmp_path: Path, number: signal.Signals
) -> None:
    async with looker(watched) as page:
        await page.until(WAITS)
        (console,) = watched.consoles()
        watched.process.send_signal(number)
        assert "was ended where" in await page.until_told_of_the_end()
    assert await watched.ended() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(console, 0)
    assert "has ended with exit code 130" in (tmp_path / "state" / "sanctum.log").read_text(encoding="utf-8")


async def test_when_the_console_ends_the_pages_are_told_and_the_server_ends(watched: Served) -> None:
    async with looker(watched) as page:
        await page.until(WAITS)
        (console,) = watched.consoles()
        os.kill(console, signal.SIGTERM)
        assert "The console has ended." in await page.until_told_of_the_end()
    assert await watched.ended() == 130


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="only Linux tells of another's process that it has ended")
async def test_a_server_that_is_killed_leaves_no_console_behind(watched: Served) -> None:
    async with looker(watched) as page:
        await page.until(WAITS)
        (console,) = watched.consoles()
        watching = os.pidfd_open(console)
        try:
            watched.process.kill()
            ended, _, _ = await asyncio.to_thread(select.select, [watching], [], [], PATIENCE_SECONDS)
            assert ended
        finally:
            os.close(watching)


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        run = sanctum(tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert run.returncode == 2
    assert "is taken; choose another with --port" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "192.0.2.77"), "is no address of this machine"),
        (("--", "ledger"), "opens no console"),
        (("--", "replay", "x.jsonl", "--headless"), "nothing to show"),
        (("--", "replay", "missing.jsonl"), "missing.jsonl"),
        (("--", "replay", "--speed", "10", "missing.jsonl"), "missing.jsonl"),
        (("--size", "10x10"), "write COLUMNSxROWS from 40x12 to 400x200"),
        (("--port", "99999"), "is no port"),
    ],
)
def test_what_cannot_be_shown_is_told_in_words(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    run = sanctum(tmp_path, "serve", *(() if "--port" in arguments else ("--port", "0")), *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert "is shown at" not in run.stdout


async def test_the_address_stays_where_its_token_is_kept(tmp_path: Path) -> None:
    kept = "--token-file", tmp_path / "dock"
    async with served(tmp_path / "home", *kept, "--", "replay", SAMPLE) as first:
        token = first.token
    async with served(tmp_path / "home", *kept, "--", "replay", SAMPLE) as second:
        assert second.token == token


async def test_a_whole_network_is_let_in_only_with_a_warning(tmp_path: Path) -> None:
    async with served(tmp_path, "--host", "0.0.0.0", *EVENING) as server:
        assert "not encrypted" in server.printed
        assert "read-only" in server.printed
        async with looker(server) as page:
            await page.frame()


async def test_the_token_is_in_no_log(watched: Served, tmp_path: Path) -> None:
    async with looker(watched) as page, ClientSession() as session:
        await page.until(WAITS)
        async with session.get(f"{watched.root}/?token=guess") as answer:
            assert answer.status == 403
    await watched.stop()
    logged = (tmp_path / "state" / "sanctum.log").read_text(encoding="utf-8")
    assert "the token is wrong" in logged
    assert watched.token not in logged
