"""The page in a real browser: what is on it, what its keys and buttons do, and what it says when the line is cut."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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


async def press(page: Browser, key: str) -> None:
    """Press a key, as a keyboard does."""
    for kind in ("keyDown", "keyUp"):
        await page.ask("Input.dispatchKeyEvent", type=kind, key=key, text=key if len(key) == 1 else "")


async def button(page: Browser, label: str) -> None:
    """Touch one of the buttons."""
    found = f"[...document.querySelectorAll('button')].find((one) => one.textContent === {json.dumps(label)})"
    await page.value(f"{found}.click()")


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

        await press(chromium, "?")
        await chromium.shows("type to search")
        await button(chromium, "Esc")
        await chromium.until("!document.body.textContent.includes('type to search')")
        waits, again = (
            f"document.body.textContent.includes({json.dumps(words)})" for words in (WAITS, "press again")
        )
        for _ in range(50):
            await button(chromium, "aapprove")
            await chromium.until(f"!{waits} || {again}")
            if not await chromium.value(waits):
                break
            await button(chromium, "Esc")
            await chromium.until(f"!{again}")
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
