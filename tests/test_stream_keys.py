"""The keys for the stream ask the right part, and say what came of it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sanctum_tui.agent.airing import Look
from sanctum_tui.chat import Live
from sanctum_tui.evening import EveningRecord
from sanctum_tui.twitch.errors import RefusedError
from sanctum_tui.twitch.studio import OFFLINE
from sanctum_tui.twitch.values import Link, LinkState, Stream
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.panes.dashboard import DashboardPane
from tests.builders import START, settings
from tests.test_console import console, evening, toasts, until, words
from tests.test_studio import Channel, named, studio

if TYPE_CHECKING:
    from sanctum_tui.runtime.broadcasting import Broadcasting
    from sanctum_tui.runtime.evening import Evening


# The keys, in the console


@dataclass
class GateThere:
    on_air: Live = Live.NO
    why: str = "the stream is offline"
    live: Live = Live.NO
    stream: Stream | None = None
    looks: int = 0

    def look_again(self) -> None:
        self.looks += 1


class OnAirThere:
    """As much of a channel on Twitch as the keys touch."""

    def __init__(self, channel: Channel) -> None:
        self.studio = studio(channel)
        self.gate = GateThere()
        self.link = Link(LinkState.UP, START)
        self.rehearsal = False
        self.retries = 0

    def retry_now(self) -> None:
        self.retries += 1


class BroadcastingThere:
    """The live side of an evening."""

    def __init__(self, channel: Channel | None = None) -> None:
        self.on_air = OnAirThere(channel or Channel())
        self.question = Look(question="The stream has ended. Shall it?", ends_in=timedelta(minutes=3))
        self.gone_on = 0

    def go_on(self) -> None:
        self.gone_on += 1


def as_live(app: SanctumApp, channel: Channel | None = None) -> BroadcastingThere:
    """Give the evening on the screen the live side that a log has not."""
    live = BroadcastingThere(channel)
    evening(app).broadcasting = cast("Broadcasting", live)
    return live


async def opened(app: SanctumApp, pilot: Pilot[int]) -> "Evening":
    await until(pilot, lambda: app.presenter is not None and app.stage.playing and app.query(DashboardPane))
    return evening(app)


async def tells(app: SanctumApp, pilot: Pilot[int], what: str) -> None:
    await until(pilot, lambda: what in toasts(app))


async def record(app: SanctumApp) -> EveningRecord:
    return await evening(app).record()


async def test_the_texts_for_going_live_are_there_in_a_replay_too(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        for doing, title in (
            (app.keys.stream.notification, "Go-live notification"),
            (app.keys.stream.social, "Social post"),
        ):
            await doing()
            await until(pilot, lambda title=title: title in words(app))  # type: ignore[misc]
            await pilot.press("escape")


async def test_title_and_category_come_from_the_dashboard_and_what_was_done_is_said(tmp_path: Path) -> None:
    channel = Channel(found=named("Windrose"))
    async with console(tmp_path, speed=1) as (app, pilot):
        there = await opened(app, pilot)
        as_live(app, channel)
        await app.keys.stream.info()
        await until(pilot, lambda: "Enter sends" in words(app) and "Esc leaves all" in words(app))
        assert app.screen.query_one("#title-input", Input).value == there.dashboard.title
        await pilot.press("end", "!", "enter")
        await until(pilot, lambda: "On Twitch the title is now" in toasts(app))
        assert [title for _, title, *_ in channel.sent] == [f"{there.dashboard.title}!"]


async def test_test_mode_says_plainly_what_it_means_both_ways(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        there = await opened(app, pilot)
        live = as_live(app)
        on: list[bool] = []
        for told in (
            "ON: approved lines are posted to #quietharbor although the stream is not live.",
            "Offline test mode is off: nothing is posted while the stream is not live.",
        ):
            await app.keys.stream.test_mode()
            on.append(there.settings.twitch_offline_chat_test_mode)
            await tells(app, pilot, told)
        assert on == [True, False]
        assert live.on_air.gate.looks == 2


async def test_where_the_gate_is_open_all_the_same_ending_the_test_mode_says_so(tmp_path: Path) -> None:
    chosen = settings(twitch_require_live_stream=False, twitch_offline_chat_test_mode=True)
    async with console(tmp_path, speed=1, chosen=chosen) as (app, pilot):
        await opened(app, pilot)
        as_live(app)
        await app.keys.stream.test_mode()
        await tells(app, pilot, "TWITCH_REQUIRE_LIVE_STREAM is off too: approved lines are still posted")


@pytest.mark.parametrize(
    ("state", "told", "login"),
    [
        (LinkState.UP, "so far, the stream is offline", False),
        (LinkState.DOWN, "Connecting to chat now", False),
        (LinkState.REFUSED, "sanctum-tui login", True),
    ],
)
async def test_the_key_that_tries_again_leads_to_the_login_where_twitch_refused(
    tmp_path: Path, state: LinkState, told: str, login: bool
) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        live = as_live(app)
        live.on_air.link = Link(state, START)
        offered: list[bool] = []
        app.host.offer_login = lambda: offered.append(True)  # type: ignore[method-assign]
        await app.keys.stream.retry()
        await tells(app, pilot, told)
        assert bool(offered) is login
        assert live.on_air.retries == 1


async def test_ending_the_evening_asks_first_and_going_on_is_passed_on(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        live = as_live(app)
        await app.keys.stream.end()
        await until(pilot, lambda: "The stream has ended. Shall it?" in words(app))
        await pilot.press("g")
        await until(pilot, lambda: live.gone_on == 1)
        assert app.stage.playing
        await app.keys.stream.end()
        await until(pilot, lambda: "e end it here" in words(app))
        await pilot.press("e")
        await until(pilot, lambda: app.stage.ended)
        assert (await record(app)).session.ended_at is not None


async def test_a_yes_to_an_evening_that_has_ended_meanwhile_ends_no_other(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        before = await opened(app, pilot)
        await app.keys.stream.end()
        await until(pilot, lambda: "e end it here" in words(app))
        turned: list[bool] = []
        app.stage.turn_over = lambda: turned.append(True)  # type: ignore[method-assign]
        app.stage.evening = None
        try:
            await pilot.press("e")
            await until(pilot, lambda: "has ended already" in toasts(app))
        finally:
            app.stage.evening = before
        assert turned == []


# Moments


async def test_a_moment_is_marked_in_the_ledger_and_in_the_stream(tmp_path: Path) -> None:
    channel = Channel()
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        as_live(app, channel)
        await app.keys.agent.keep_with()
        await until(pilot, lambda: "marks the stream" in words(app))
        await pilot.press(*"lamp", "enter")
        await until(pilot, lambda: "Marked for the ledger, and in the stream at 1:02:03." in toasts(app))
        assert channel.sent == [("7", "lamp", "7")]
        assert [mark.note for mark in (await record(app)).marks] == ["lamp"]


async def test_a_moment_that_twitch_does_not_mark_is_kept_all_the_same(tmp_path: Path) -> None:
    channel = Channel(trouble=RefusedError("Twitch says: offline", status=404, words="offline"))
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        as_live(app, channel)
        await app.keys.agent.keep()
        await until(pilot, lambda: f"Marked for the ledger. {OFFLINE}" in toasts(app))
        assert len((await record(app)).marks) == 1


async def test_in_a_replay_a_moment_is_for_the_ledger_alone(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1) as (app, pilot):
        await opened(app, pilot)
        await app.keys.agent.keep()
        await tells(app, pilot, "Marked for the ledger.")
        assert not [worker for worker in app.workers if worker.group == "stream marks"]
        assert len((await record(app)).marks) == 1
