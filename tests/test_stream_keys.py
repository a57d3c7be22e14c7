"""The keys for the stream: nothing is sent before Enter, and what came of it is said."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from sanctum_tui.chat import Live
from sanctum_tui.evening import EveningRecord
from sanctum_tui.runtime.airing import Look
from sanctum_tui.twitch.errors import LoginNeededError, RefusedError, UnansweredError, UnreachableError
from sanctum_tui.twitch.studio import OFFLINE
from sanctum_tui.twitch.values import Category, ChannelInfo, Link, LinkState, Stream
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.choices import LEAVE, Choices
from sanctum_tui.ui.dialogs.copying import COPIED, CopyDialog
from sanctum_tui.ui.dialogs.evening import Ending, EveningDialog
from sanctum_tui.ui.dialogs.stream import StreamInfoDialog
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.theming import variable_defaults
from tests.builders import START, settings
from tests.test_console import console, evening, toasts, words
from tests.test_studio import CHATTING, Channel, named, studio

if TYPE_CHECKING:
    from sanctum_tui.runtime.broadcasting import Broadcasting
    from sanctum_tui.runtime.evening import Evening

SIZES = ((80, 24), (120, 35))
HOSTILE = "[/][@click=app.quit]free subs[/] [b]x $who مرحبا שלום 漢字🇳🇴 " * 100
UNREACHABLE = UnreachableError("Twitch cannot be reached; is the network up? It is tried again.")


class Desk(App[None]):
    """Holds one dialog, and keeps what it gave back."""

    VERTICAL_BREAKPOINTS = SanctumApp.VERTICAL_BREAKPOINTS

    def __init__(self, dialog: Any) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[object] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


@asynccontextmanager
async def desk(dialog: Any, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Desk, Pilot[None]]]:
    app = Desk(dialog)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.01)


def said(app: App[Any]) -> str:
    """What is on the screen, on one line without the frame."""
    rows = app.screen._compositor.render_strips()
    return " ".join(" ".join(strip.text.strip(" │╭╮╰╯─█▁▇") for strip in rows).split())


def info(channel: Channel, title: str = "The long way round", game: str = "Hades") -> StreamInfoDialog:
    return StreamInfoDialog(studio(channel), title=title, game=game)


@dataclass
class SlowChannel(Channel):
    """Answers nothing until it may."""

    may: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: list[str] = field(default_factory=list)

    async def channel(self, channel_id: str, *, by: str) -> ChannelInfo:
        await self._wait("channel")
        return await super().channel(channel_id, by=by)

    async def categories(self, query: str, *, by: str) -> Sequence[Category]:
        await self._wait("categories")
        return await super().categories(query, by=by)

    async def set_channel(self, channel_id: str, *, title: str | None, category_id: str | None, by: str) -> None:
        await super().set_channel(channel_id, title=title, category_id=category_id, by=by)
        self.may.clear()
        await self._wait("set_channel")

    async def _wait(self, what: str) -> None:
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.cancelled.append(what)
            raise


# Title and category


@pytest.mark.parametrize("size", SIZES)
async def test_one_sees_what_is_what_shall_be_and_what_enter_would_send(size: tuple[int, int]) -> None:
    channel = Channel(found=named("Hades II", "Hades"))
    async with desk(info(channel), size) as (app, pilot):
        await until(pilot, lambda: "Enter sends the title" in said(app))
        shown = said(app)
        assert "now Before the week dashboard The long way round to send The long way round" in shown
        assert "18 of 140 · ≠ not as it is now" in shown
        assert "now Just Chatting dashboard Hades look for Hades to send ▸ Hades ≠ not as it is now Hades II" in shown
        assert "Enter sends the title and the category “Hades”." in shown
        assert channel.sent == []


async def test_enter_sends_what_differs_once_and_tells_what_was_done() -> None:
    channel = Channel(found=named("Hades", "Hades II"))
    async with desk(info(channel)) as (app, pilot):
        await until(pilot, lambda: "Enter sends the title" in said(app))
        await pilot.press("down", *"!!", "enter", "enter")
        await until(pilot, lambda: app.answers)
        assert channel.sent == [("7", "The long way round!!", "1", "7")]
        assert app.answers == [
            "On Twitch the title is now “The long way round!!” and the category is now “Hades II”."
        ]


async def test_what_is_as_it_shall_be_is_not_sent() -> None:
    same = Channel(ChannelInfo("The long way round", CHATTING), found=(CHATTING,))
    async with desk(info(same, game="just chatting")) as (app, pilot):
        await until(pilot, lambda: "Nothing differs; there is nothing to send." in said(app))
        assert "= as it is now" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Esc leaves." in said(app))
        assert same.sent == []
    other = Channel(found=(CHATTING,))
    async with desk(info(other, game="just chatting")) as (app, pilot):
        await until(pilot, lambda: "Enter sends the title." in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert other.sent == [("7", "The long way round", None, "7")]


async def test_the_category_can_be_left_as_it_is() -> None:
    channel = Channel(found=named("Hades", "Hades II"))
    async with desk(info(channel, title="")) as (app, pilot):
        await until(pilot, lambda: "Enter sends the category “Hades”." in said(app))
        await pilot.press("down", "down")
        assert f"▸ {LEAVE}" in said(app)
        assert "nothing to send" in said(app)


async def test_a_letter_typed_at_once_goes_to_the_title_and_wipes_nothing_out() -> None:
    async with desk(info(Channel())) as (app, pilot):
        await pilot.press("x")
        assert app.screen.query_one("#title-input", Input).value == "The long way roundx"


async def test_another_category_can_be_looked_for() -> None:
    channel = Channel(found=named("Hades"))
    async with desk(info(channel, title="", game="")) as (app, pilot):
        assert "nothing on the dashboard tonight" in said(app)
        channel.found = named("Myst")
        await pilot.press("tab", *"myst")
        await until(pilot, lambda: "Enter sends the category “Myst”." in said(app))
        # The letters came faster than the pause after them, so that Twitch was asked only for the whole.
        assert channel.asked.count("myst") == 1
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert channel.sent == [("7", None, "0", "7")]


async def test_escape_sends_nothing_and_what_was_asked_is_cancelled() -> None:
    channel = SlowChannel()
    async with desk(info(channel)) as (app, pilot):
        assert said(app).count("asking Twitch…") == 3
        await pilot.press("enter")
        await until(pilot, lambda: "Enter again in a moment" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: len(channel.cancelled) == 2 and app.answers == [None])
        assert channel.sent == []


async def test_while_twitch_is_told_enter_sends_nothing_more_and_leaving_says_what_is_not_known() -> None:
    channel = SlowChannel(found=named("Hades"))
    channel.may.set()
    async with desk(info(channel)) as (app, pilot):
        await until(pilot, lambda: "Enter sends the title" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Telling Twitch…" in said(app))
        await pilot.press("enter", "enter")
        await pilot.press("escape")
        await until(pilot, lambda: channel.cancelled == ["set_channel"] and app.answers)
        assert app.answers == ["You left while Twitch was being told; whether it was done, i shows."]
        assert len(channel.sent) == 1


async def test_a_title_that_is_too_long_is_counted_and_not_sent() -> None:
    channel = Channel()
    async with desk(info(channel, title="x" * 150, game="")) as (app, pilot):
        await until(pilot, lambda: "✕ 150 of 140: 10 too many" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was sent." in said(app))
        assert (channel.sent, app.answers) == ([], [])


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (RefusedError("Twitch says: no", status=400, words="no"), "✕ Twitch says: no"),
        (UNREACHABLE, "✕ Twitch cannot be reached, so nothing was done"),
        (UnansweredError("Twitch did not answer in time; whether it was done, nobody knows."), "nobody knows"),
    ],
)
async def test_what_went_wrong_is_said_and_the_dialog_stays(trouble: Any, told: str) -> None:
    channel = Channel(trouble=trouble)
    async with desk(info(channel, game="")) as (app, pilot):
        await until(pilot, lambda: "Enter sends the title." in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: told in said(app))
        assert app.answers == []
        assert len(channel.sent) == 1
        if isinstance(trouble, UnansweredError):
            # Only Twitch knows whether it was done: it is asked, and the title that is there now is seen.
            channel.info = ChannelInfo("The long way round", CHATTING)
            await until(pilot, lambda: channel.asked.count("7 by 7") >= 3)


async def test_where_nobody_knows_how_things_are_nothing_is_sent_until_somebody_does() -> None:
    channel = Channel(blind=LoginNeededError("The login has expired; run `sanctum-tui login`."))
    async with desk(info(channel, game="")) as (app, pilot):
        await until(pilot, lambda: "run `sanctum-tui login`. Enter asks again." in said(app))
        channel.blind = None
        await pilot.press("enter")
        await until(pilot, lambda: "now Before the week" in said(app))
        assert channel.sent == []


async def test_where_twitch_cannot_be_reached_it_is_asked_again_as_the_words_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sanctum_tui.ui.dialogs.stream._AGAIN_SECONDS", 0.01)
    channel = Channel(blind=UNREACHABLE, found=named("Hades"))
    async with desk(info(channel)) as (app, pilot):
        await until(pilot, lambda: "now ✕ Twitch cannot be reached" in said(app))
        channel.blind = None
        await until(pilot, lambda: "Enter sends the title and the category “Hades”." in said(app))


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_words_are_shown_as_they_are_and_break_nothing(size: tuple[int, int]) -> None:
    title, name = HOSTILE[:5000], HOSTILE[1:5000]
    channel = Channel(ChannelInfo(HOSTILE[2:140], CHATTING), found=(Category("8", name), Category("9", "[/]")))
    async with desk(info(channel, title=title, game=title), size) as (app, pilot):
        await until(pilot, lambda: "▸ /][@click=app.quit]free subs[/]" in said(app))
        assert f"{len(title.strip()):,} of 140" in said(app)
        assert "dashboard [/][@click=app.quit]free subs[/] [b]x $who" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was sent." in said(app))
        assert all(strip.cell_length == size[0] for strip in app.screen._compositor.render_strips())


async def test_a_wide_name_pushes_no_other_out_of_sight() -> None:
    async with desk(info(Channel(found=named("漢" * 60, "two", "three", "four")), game="漢")) as (app, pilot):
        await until(pilot, lambda: "1 of 5, ↑↓ choose" in said(app))


def test_the_choice_stops_at_its_ends_and_goes_back_to_the_best_with_a_new_answer() -> None:
    choices = Choices("x")
    choices.take(named("a", "b"))
    seen = []
    for step in (-1, 1, 1, 1, -1):
        choices.move(step)
        seen.append(choices.chosen.name if choices.chosen else "")
    choices.take(named("c"))
    seen.append(choices.chosen.name if choices.chosen else "")
    assert seen == ["a", "b", "", "", "b", "c"]


# Texts to copy


@pytest.mark.parametrize("key", ["c", "enter"])
async def test_what_is_copied_is_what_is_shown_to_the_character(key: str) -> None:
    text = "One evening.\n\n  Two [b]lines[/] more: 漢字 🇳🇴\n#Quiet"
    async with desk(CopyDialog("Social post", text, heading="h")) as (app, pilot):
        shown = [strip.text.strip(" │") for strip in app.screen._compositor.render_strips()]
        assert [row for row in shown if "[b]lines[/] more: 漢字 🇳🇴" in row]
        assert f"{len(text)} characters" in said(app)
        assert app.clipboard == ""
        await pilot.press(key)
        assert app.clipboard == text
        assert COPIED in said(app)


async def test_a_notification_that_is_too_long_is_told_and_can_be_copied() -> None:
    async with desk(CopyDialog("Go-live notification", "x" * 150, heading="h", most=140)) as (app, pilot):
        assert "✕ 150 characters, 10 more than the 140 that Twitch takes" in said(app)
        await pilot.press("c")
        assert app.clipboard == "x" * 150


async def test_a_text_that_is_missing_says_where_it_would_be() -> None:
    async with desk(CopyDialog("Social post", "", heading="3. Announcement")) as (app, pilot):
        assert "under the heading “3. Announcement”" in said(app)
        await pilot.press("c", "enter")
        assert app.clipboard == ""


async def test_a_very_long_text_can_be_scrolled_to_its_end() -> None:
    async with desk(CopyDialog("Social post", HOSTILE[:5000] + "\nthe end", heading="h")) as (app, pilot):
        assert "the end" not in said(app)
        await pilot.press("end")
        await until(pilot, lambda: "the end" in said(app))


# The end of the evening


@pytest.mark.parametrize(
    ("live", "key", "answer"),
    [
        (True, "e", [Ending.END]),
        (True, "g", [Ending.GO_ON]),
        (True, "escape", [None]),
        (False, "e", [Ending.END]),
        (False, "g", []),
    ],
)
async def test_the_evening_ends_only_with_the_key_that_says_so(live: bool, key: str, answer: list[object]) -> None:
    async with desk(EveningDialog("The stream has ended. Shall it?" if live else "", live=live)) as (app, pilot):
        assert ("The stream has ended. Shall it?" in said(app)) is live
        assert ("go on with it" in said(app)) is live
        await pilot.press(key)
        await pilot.pause()
        assert app.answers == answer


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
