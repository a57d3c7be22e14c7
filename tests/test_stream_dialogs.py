"""The dialogs for the stream: nothing is sent before Enter, and what came of it is said."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input

from sanctum_tui.twitch.errors import LoginNeededError, RefusedError, UnansweredError, UnreachableError
from sanctum_tui.twitch.values import Category, ChannelInfo
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.choices import LEAVE, Choices
from sanctum_tui.ui.dialogs.copying import COPIED, CopyDialog
from sanctum_tui.ui.dialogs.evening import Ending, EveningDialog
from sanctum_tui.ui.dialogs.stream import StreamInfoDialog
from sanctum_tui.ui.look.theming import variable_defaults
from tests.test_studio import CHATTING, Channel, named, studio

if TYPE_CHECKING:
    pass

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
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert channel.sent == [("7", None, "0", "7")]


async def test_what_is_looked_for_no_more_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanctum_tui.ui.dialogs.stream._TYPING_SECONDS", 0.0)
    channel = SlowChannel(found=named("Myst"))
    async with desk(info(channel, game="hades")) as (app, pilot):
        await pilot.press("tab", "2")
        await until(pilot, lambda: channel.cancelled == ["categories"])
        await pilot.press("3")
        await until(pilot, lambda: channel.cancelled == ["categories"] * 2)
        channel.may.set()
        await until(pilot, lambda: "Enter sends the title and the category “Myst”." in said(app))
        assert [query for query in channel.asked if "by" not in query] == ["hades23"]


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
