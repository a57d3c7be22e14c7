"""The console on a live channel: what a streamer sees, on the fake Twitch over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui.evening import PromptState
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.twitch.values import LinkState
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.login import LoginDialog
from tests.builders import paths_in
from tests.fake_twitch import FakeTwitch
from tests.live import draft_in, live_settings, logged_in
from tests.test_console import seen, words


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch() as fake:
        yield fake


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Let the console run until something holds."""
    async with asyncio.timeout(20):
        while not holds():
            await pilot.pause(0.02)


@asynccontextmanager
async def live_console(
    folder: Path, twitch: FakeTwitch, *, log_in: bool = True, size: tuple[int, int] = (120, 35), **chosen: object
) -> AsyncIterator[tuple[SanctumApp, Pilot[int]]]:
    """The console on the fake's channel, from the start; approved lines go out at once."""
    paths = paths_in(folder)
    if log_in:
        logged_in(paths, twitch)
    ticking = iter(range(0, 10**9, 10))
    wanted = live_settings(twitch, **{"review_undo_seconds": 0.0, "export_path": str(folder / "ledgers"), **chosen})
    app = SanctumApp(wanted, paths, LivePlan(), monotonic=lambda: float(next(ticking)))
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot


async def connected(app: SanctumApp, pilot: Pilot[int]) -> tuple[Evening, OnAir]:
    """Wait until chat is connected."""
    await until(pilot, lambda: app.presenter is not None)
    evening = app.stage.evening
    assert evening is not None
    assert evening.broadcasting is not None
    on_air = evening.broadcasting.on_air
    await until(pilot, lambda: on_air.link.state is LinkState.UP)
    return evening, on_air


def top(app: SanctumApp) -> str:
    return seen(app, "#status")


async def test_the_line_at_the_top_says_where_the_stream_stands(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        await connected(app, pilot)
        await until(pilot, lambda: "○ not live" in top(app))
        assert "#quietharbor" in top(app)
        assert "posts as quietharbor" in top(app)
        assert "stand-in" in top(app)
        await twitch.go_live()
        await until(pilot, lambda: "● live 0 min" in top(app))


async def test_while_chat_is_away_the_screen_says_so_and_then_shows_the_gap(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_console(tmp_path, twitch) as (app, pilot):
        await connected(app, pilot)
        await twitch.says("mira", "hello there")
        await until(pilot, lambda: "hello there" in seen(app, "#chat"))
        await twitch.faults.refuse_connections(True)
        await until(pilot, lambda: "✕ no chat for" in top(app))
        assert "chat is away" in seen(app, "#silence")
        await twitch.faults.refuse_connections(False)
        await pilot.press("c")
        await until(pilot, lambda: "lines may be missing" in seen(app, "#chat"))
        await until(pilot, lambda: "no chat" not in top(app))


async def test_a_line_approved_while_offline_is_held_in_sight_and_asks_again(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        evening, _ = await connected(app, pilot)
        prompt = await draft_in(evening)
        await until(pilot, lambda: "waits for you" in seen(app, "#review"))
        await pilot.press("a")
        await until(pilot, lambda: "is held" in seen(app, "#review"))
        assert "offline" in seen(app, "#review")
        await twitch.go_live()
        await until(pilot, lambda: "Line 1 waits for you" in seen(app, "#review"))
        assert twitch.posted == []
        await pilot.press("a")
        await until(pilot, lambda: len(twitch.posted) == 1)
        await until(pilot, lambda: prompt.line in words(app, "#chat"))


async def test_the_offline_test_mode_is_plain_on_screen_as_long_as_it_is_on(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    async with live_console(tmp_path, twitch, size=(80, 24)) as (app, pilot):
        evening, _ = await connected(app, pilot)
        await pilot.press("o")
        await until(pilot, lambda: "OFFLINE TEST MODE" in top(app))
        await draft_in(evening)
        await until(pilot, lambda: "waits for you" in seen(app, "#review"))
        await pilot.press("a")
        await until(pilot, lambda: len(twitch.posted) == 1)
        await pilot.press("o")
        await until(pilot, lambda: "OFFLINE TEST MODE" not in top(app))


async def test_ending_the_evening_writes_its_ledger_and_the_next_one_begins_in_the_same_room(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        first, _ = await connected(app, pilot)
        await twitch.says("mira", "the first evening")
        await until(pilot, lambda: "the first evening" in seen(app, "#chat"))
        await pilot.press("E")
        await until(pilot, lambda: "end it here" in seen(app))
        await pilot.press("e")
        await until(pilot, lambda: app.stage.evening not in (None, first) and app.presenter is not None)
        assert len(list((tmp_path / "ledgers").glob("*.md"))) == 1
        await twitch.says("mira", "the second evening")
        await until(pilot, lambda: "the second evening" in seen(app, "#chat"))
        shown = seen(app, "#chat")
        assert shown.index("the first evening") < shown.index("another evening") < shown.index("the second evening")
        second = app.stage.evening
        assert second is not None
        assert second.keeping.messages == 1
        before = await app.stage.lines_before(second.room.count, 10)
        assert [line.message.text for line in before] == ["the first evening"]


async def test_without_a_login_the_console_offers_one_and_goes_live_after_it(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    twitch.device_interval = 0.05
    async with live_console(tmp_path, twitch, log_in=False) as (app, pilot):
        await until(pilot, lambda: isinstance(app.screen, LoginDialog))
        dialog = app.screen
        assert isinstance(dialog, LoginDialog)
        await until(pilot, lambda: dialog._code is not None)
        assert dialog._code is not None
        assert twitch.confirm(dialog._code.code, "quietharbor")
        await until(pilot, lambda: "Logged in as quietharbor" in seen(app))
        await pilot.press("enter")
        await connected(app, pilot)


async def test_a_console_that_starts_before_the_network_does_goes_live_when_it_is_there(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.faults.refuse_connections(True)
    async with live_console(tmp_path, twitch) as (app, pilot):
        await until(pilot, lambda: "Twitch is out of reach" in top(app))
        await twitch.faults.refuse_connections(False)
        await connected(app, pilot)


async def test_an_evening_that_was_left_goes_on_at_the_next_start(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_console(tmp_path, twitch) as (app, pilot):
        evening, _ = await connected(app, pilot)
        prompt = await draft_in(evening)
        await pilot.press("q")
        await until(pilot, lambda: "leave it as it stands" in seen(app))
        await pilot.press("l")
        await until(pilot, lambda: not app.is_running)
    async with live_console(tmp_path, twitch, log_in=False) as (app, pilot):
        evening, _ = await connected(app, pilot)
        again = evening.queue.get(prompt.number)
        assert again is not None
        assert again.state is PromptState.PENDING
