"""An evening that was left is found again: offered first, never ended unasked; what opens and has ended is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from sanctum_tui.evening import Session
from sanctum_tui.events import Broadcast
from sanctum_tui.runtime import archive
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.left import Left, left_unfinished
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.left import LeftDialog
from sanctum_tui.ui.dialogs.welcome import Choice, ChoiceKind, WelcomeDialog
from sanctum_tui.ui.look.steady import Steady
from sanctum_tui.ui.moods import timer_of
from tests.builders import paths_in, says, settings, write_log
from tests.test_console import console as whole_console
from tests.test_console import line_waits
from tests.test_console import words as said
from tests.test_login_dialog import SAMPLES, console, until, words

LOGS = [folder / "chat.jsonl" for folder in SAMPLES]
QUIET_SEA, OTHER, _ = LOGS
SIZES = [(80, 24), (60, 20), (120, 35), (200, 60), (60, 120)]


def left(log: Path | None = QUIET_SEA, session: int = 3) -> Left:
    return Left(session, "The long way round", timedelta(hours=1, seconds=18), log, frozenset(LOGS) - {log})


class Looking:
    """Answers what was left, when it is told to."""

    def __init__(self, *found: Left, at_once: bool = True) -> None:
        self.found = found
        self.may = asyncio.Event()
        if at_once:
            self.may.set()

    async def __call__(self) -> tuple[Left, ...]:
        await self.may.wait()
        return self.found


@asynccontextmanager
async def played(folder: Path, log: Path, *, fresh: bool = False) -> AsyncIterator[Evening]:
    evening = await Evening.open(Plan(log, review="hold", fresh=fresh), settings(), paths_in(folder), Broadcast())
    try:
        yield evening
    finally:
        await evening.close()


async def leave(folder: Path, log: Path) -> None:
    """Live through an evening, and leave it before its end."""
    async with played(folder, log) as evening:
        await evening.run()


def decision(app: SanctumApp) -> str:
    """What the silence pane says, also where a dialog lies over it."""
    return app.query_one("#decision", Steady).render().plain


async def sessions(folder: Path) -> tuple[Session, ...]:
    return await archive.sessions(settings(), paths_in(folder), 10)


# What was left


async def test_what_was_left_names_the_log_that_goes_on_and_those_that_would_end_it(tmp_path: Path) -> None:
    one = write_log(tmp_path / "one" / "chat.jsonl", [says(0, "evening all"), says(600, "a calm sea")])
    other = write_log(tmp_path / "other" / "chat.jsonl", [says(0, "hello"), says(60, "hello again")])
    await leave(tmp_path, one)
    (found,) = await left_unfinished(settings(), paths_in(tmp_path), [one, other])
    assert (found.log, found.ends_with) == (one, frozenset({other}))
    assert found.at >= timedelta(minutes=10)
    (own,) = await left_unfinished(settings(), paths_in(tmp_path), [other])
    assert (own.log, own.ends_with) == (None, frozenset({other}))


async def test_an_evening_that_ended_or_goes_on_elsewhere_was_not_left(tmp_path: Path) -> None:
    log = write_log(tmp_path / "one" / "chat.jsonl", [says(0, "evening all"), says(600, "a calm sea")])
    async with played(tmp_path, log) as evening:
        await evening.run()
        assert await left_unfinished(settings(), paths_in(tmp_path), [log]) == ()
        await evening.finish()
    assert await left_unfinished(settings(), paths_in(tmp_path), [log]) == ()


# The first screen


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_entry_goes_on_and_the_numbers_stay_as_they_were(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, left=Looking(left())), size) as (app, pilot):
        await until(pilot, lambda: "g Go on with The quiet sea, at 1:00:18" in words(app))
        await until(pilot, lambda: "1 The quiet sea" in words(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.answers == [Choice(ChoiceKind.GO_ON, SAMPLES[0])])


async def test_another_evening_asks_before_it_ends_the_one_that_was_left(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, left=Looking(left())), (80, 24)) as (app, pilot):
        await until(pilot, lambda: "Go on with" in words(app))
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, LeftDialog) and "Esc goes back" in words(app))
        assert "“The long way round” stands at 1:00:18" in words(app)
        assert "`sanctum-tui ledger 3` tells it" in words(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog))
        assert app.answers == []
        await pilot.press("2", "b")
        await until(pilot, lambda: app.answers == [Choice(ChoiceKind.SAMPLE, SAMPLES[1])])


async def test_beginning_the_same_evening_anew_asks_too(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, left=Looking(left()))) as (app, pilot):
        await until(pilot, lambda: "Go on with" in words(app))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, LeftDialog) and "b begin it anew" in words(app))
        await pilot.press("b")
        await until(pilot, lambda: app.answers == [Choice(ChoiceKind.SAMPLE, SAMPLES[0], fresh=True)])


async def test_a_log_of_ones_own_that_was_left_is_told_how_it_goes_on(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, left=Looking(left(None)))) as (app, pilot):
        await until(pilot, lambda: "1 The quiet sea" in words(app))
        assert "Go on with" not in words(app)
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, LeftDialog) and "replay FILE` goes on" in words(app))
        await pilot.press("g")
        assert isinstance(app.screen, LeftDialog)


async def test_a_number_pressed_before_it_is_known_what_was_left_ends_nothing(tmp_path: Path) -> None:
    looking = Looking(left(), at_once=False)
    async with console(tmp_path, WelcomeDialog(SAMPLES, left=looking)) as (app, pilot):
        await until(pilot, lambda: "Looking for an evening that was left" in words(app))
        await pilot.press("2")
        assert app.answers == []
        looking.may.set()
        await until(pilot, lambda: isinstance(app.screen, LeftDialog))


async def test_without_a_command_the_evening_that_was_left_goes_on(tmp_path: Path) -> None:
    first = SanctumApp(settings(), paths_in(tmp_path), None)
    async with first.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Windrose" in words(first))
        await pilot.press("1")
        await until(pilot, lambda: first.stage.playing)
        evening = first.stage.evening
        assert evening is not None
        await until(pilot, lambda: evening.keeping.messages > 3)
        await pilot.press("q", "l")
    (before,) = await sessions(tmp_path)
    again = SanctumApp(settings(), paths_in(tmp_path), None)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "g Go on with The quiet sea, at " in words(again))
        await pilot.press("g")
        await until(pilot, lambda: again.stage.playing)
        assert again.stage.evening is not None
        assert again.stage.evening.restored
        assert again.stage.evening.keeping.session.id == before.id


# What the console says before, and after


async def test_behind_the_first_screen_no_evening_is_said_to_open(tmp_path: Path) -> None:
    app = SanctumApp(settings(), paths_in(tmp_path), None)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: "Windrose" in words(app))
        assert (decision(app), app.stage.opening) == ("No evening is open.", False)
        app.host._start(Plan(QUIET_SEA))
        assert (decision(app), app.stage.opening) == ("Opening the evening.", True)
        await until(pilot, lambda: app.stage.playing)
        assert not app.stage.opening


async def test_after_the_end_it_says_how_another_evening_begins_and_counts_to_nothing(tmp_path: Path) -> None:
    async with whole_console(tmp_path, [says(0, "evening all"), says(60, "good night")], still=False) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        await until(pilot, lambda: "The evening has ended." in said(app, "#silence"))
        assert "`sanctum-tui` offers" in said(app, "#silence")
        assert "may draft after" not in said(app, "#silence")


async def test_on_a_live_channel_the_end_sends_nobody_away(tmp_path: Path) -> None:
    async with whole_console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        evening = app.stage.evening
        assert evening is not None
        last = evening.orchestrator.decision
        assert last is not None
        assert timer_of(last, ended=True, live=True).words == "The evening has ended."
