"""The page in a real browser: what is on it, what its keys and buttons do, and what it says when the line is cut."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from sanctum_tui.serving.mirror import MOST_PASTED
from tests.serving import CHROMIUM, Browser, browser, looker, served
from tests.test_serve import EVENING, WAITS

pytestmark = pytest.mark.skipif(CHROMIUM is None or sys.platform == "win32", reason="Chromium is not installed")

FITS = """[...document.querySelectorAll('#sheet span')].every((span) => {
  const edge = span.getBoundingClientRect();
  return edge.left >= -1 && edge.right <= innerWidth + 1 && edge.top >= -1 && edge.bottom <= innerHeight + 1;
})"""

WATCHED = """
window.opened = []; window.told = [];
window.WebSocket = class extends WebSocket { constructor(...given) { super(...given); opened.push(this); } };
addEventListener('DOMContentLoaded', () => {
  const notice = document.getElementById('notice');
  new MutationObserver(() => told.push(notice.textContent)).observe(notice, { childList: true });
});"""
"""Keeps the connections that the page opens, and what it says about them."""


@pytest.fixture
async def chromium(tmp_path: Path) -> AsyncIterator[Browser]:
    async with browser(tmp_path / "profile") as opened:
        yield opened


DROPPED = "document.getElementById('dropped').textContent"


async def press(page: Browser, key: str) -> None:
    """Press a key, as a keyboard does."""
    for kind in ("keyDown", "keyUp"):
        await page.ask("Input.dispatchKeyEvent", type=kind, key=key, text=key if len(key) == 1 else "")


async def touch(page: Browser, label: str) -> None:
    """Touch one of the buttons."""
    found = f"[...document.querySelectorAll('button')].find((one) => one.textContent === {json.dumps(label)})"
    await page.value(f"{found}.click()")


async def until(page: Browser, condition: str, by: Callable[[Browser, str], Awaitable[None]], what: str) -> None:
    """Do something, and again where the page was behind, until a condition holds."""
    while True:
        await page.value(f"{DROPPED} = ''")
        await by(page, what)
        await page.until(f"{condition} || {DROPPED}")
        if await page.value(condition):
            break


async def test_a_streamer_approves_a_line_from_a_tablet(tmp_path: Path, chromium: Browser) -> None:
    async with served(tmp_path / "home", "--allow-keys", *EVENING) as server:
        await chromium.open(f"{server.url}&font=14", 800, 1280)
        await chromium.shows(WAITS)
        # The address can be seen on a stream: what is secret in it has left.
        assert await chromium.value("location.search") == "?font=14"
        assert server.token not in await chromium.value("document.documentElement.outerHTML + document.cookie")
        await chromium.until("document.querySelectorAll('#buttons button').length === 10")
        least = "Math.min(...[...document.querySelectorAll('button')].map((one) => one.offsetHeight))"
        assert await chromium.value(least) >= 48
        await chromium.until(f"{FITS} && document.getElementById('notice').textContent === ''")

        helped = "document.body.textContent.includes('type to search')"
        await until(chromium, helped, press, "?")
        await until(chromium, f"!{helped}", touch, "Esc")
        waits, again = (
            f"document.getElementById('sheet').textContent.includes({json.dumps(words)})"
            for words in (WAITS, "press again")
        )
        for _ in range(50):
            await until(chromium, f"(!{waits} || {again})", touch, "aapprove")
            if not await chromium.value(waits):
                break
            await until(chromium, f"!{again}", touch, "Esc")
        assert not await chromium.value(waits)
        assert chromium.complaints == []


async def test_a_dock_that_may_only_look_shows_the_console_and_has_no_keys(tmp_path: Path, chromium: Browser) -> None:
    async with served(tmp_path / "home", "--size", "120x35", *EVENING) as server:
        await chromium.open(server.url, 420, 300)
        await chromium.shows(WAITS)
        # A dock smaller than the console shows all of it, smaller.
        await chromium.until(f"document.querySelectorAll('#sheet > div').length === 35 && {FITS}")
        assert await chromium.value("document.getElementById('buttons').hidden")
        await press(chromium, "?")
        async with looker(server) as other:
            await other.until(WAITS)
            assert "type to search" not in other.text
        ground = await chromium.value("getComputedStyle(document.body).backgroundColor")
        assert max(map(int, ground.removeprefix("rgb(").removesuffix(")").split(","))) < 64
        assert chromium.complaints == []


async def test_a_lost_connection_is_told_and_comes_back_by_itself(tmp_path: Path, chromium: Browser) -> None:
    await chromium.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCHED)
    async with served(tmp_path / "home", *EVENING) as server:
        await chromium.open(server.url, 1280, 800)
        await chromium.shows(WAITS)
        await chromium.value("opened[0].close()")
        await chromium.until("opened.length === 2 && document.getElementById('notice').textContent === ''")
        assert "The connection is lost. Trying again…" in await chromium.value("told")
        await chromium.shows(WAITS)

        await server.stop()
        await chromium.shows("The console was ended where")
        assert await chromium.value("opened.length") == 2


async def test_an_address_of_an_earlier_start_is_told_from_a_lost_connection(
    tmp_path: Path, chromium: Browser
) -> None:
    async with served(tmp_path / "home", *EVENING) as server:
        port = server.root.rpartition(":")[2]
        await chromium.open(server.url, 1280, 800)
        await chromium.shows(WAITS)
        server.process.kill()
        await chromium.shows("The connection is lost.")
    async with served(tmp_path / "another", "--port", port, *EVENING):
        await chromium.shows("This address is no longer good.")


LAGS = """
window.held = null; window.stuck = false; window.sent = [];
window.WebSocket = class extends WebSocket {
  addEventListener(kind, heard) {
    super.addEventListener(kind, (event) => {
      if (kind !== 'message' || !held) return heard(event);
      held.push(() => heard(event));
      if (event.data.includes('"dropped"')) document.body.dataset.refused = true;
    });
  }
  get bufferedAmount() { return stuck ? 1 : super.bufferedAmount; }
  send(words) { sent.push(words); super.send(words); }
};"""
"""While `held` is a list, what the page is sent waits there, as on a network that stalls."""


async def test_what_is_pressed_on_a_page_that_lags_does_nothing_and_the_page_says_so(
    tmp_path: Path, chromium: Browser
) -> None:
    await chromium.ask("Page.addScriptToEvaluateOnNewDocument", source=LAGS)
    async with served(tmp_path / "home", "--allow-keys", *EVENING) as server, looker(server) as other:
        await chromium.open(server.url, 1280, 800)
        await chromium.shows(WAITS)
        await chromium.value("held = []")
        await other.press("?", "type to search")
        await other.for_a_while()
        await press(chromium, "x")
        await chromium.until("document.body.dataset.refused")
        assert "type to search" not in await chromium.value("document.body.textContent")
        await chromium.value("{ const late = held; held = null; late.forEach((hear) => hear()); }")
        await chromium.until(f"{DROPPED}.startsWith('This page was behind')")
        await chromium.shows("type to search")
        assert await chromium.value("sent.filter((words) => words.includes('keys')).length") == 1

        await chromium.value(f"{DROPPED} = ''; stuck = true")
        await press(chromium, "x")
        await chromium.until(f"{DROPPED}.startsWith('This page was behind')")
        assert await chromium.value("sent.filter((words) => words.includes('keys')).length") == 1
        # It takes no room from the console, which would be drawn anew in another size.
        assert await chromium.value("document.getElementById('room').getBoundingClientRect().top") == 0


async def test_what_is_too_long_to_paste_is_not_sent_and_the_page_says_so(tmp_path: Path, chromium: Browser) -> None:
    await chromium.ask("Page.addScriptToEvaluateOnNewDocument", source=LAGS)
    async with served(tmp_path / "home", "--allow-keys", *EVENING) as server:
        await chromium.open(server.url, 1280, 800)
        await chromium.shows(WAITS)
        await chromium.value(
            f"""{{
              const clipboardData = new DataTransfer();
              clipboardData.setData('text/plain', 'x'.repeat({MOST_PASTED + 1}));
              document.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData }}));
            }}"""
        )
        told = f"That was too long to paste: it is {MOST_PASTED:,} characters at the most."
        assert await chromium.value(DROPPED) == told
        assert not await chromium.value("sent.some((words) => words.includes('paste'))")
