"""A replay that runs faster than life leaves nobody behind: it keeps to real time while there is something to see."""

import math
from pathlib import Path

import pytest

from sanctum_tui.evening import PromptState
from sanctum_tui.runtime.realtime import LINGER_SECONDS, RealTime
from sanctum_tui.ui.dialogs.welcome import CONNECTED, NOTHING_YET
from sanctum_tui.ui.standing import standing
from tests.builders import at, evening_of, says, settings
from tests.test_console import Hand, card, console, evening, line_waits, until, words
from tests.test_evening_promises import nightbot

# The rule


class Kept:
    """Who keeps to real time, and does as it is told."""

    def __init__(self) -> None:
        self.real = False

    def __call__(self, keep: bool) -> None:
        self.real = keep


def test_it_keeps_to_real_time_while_a_line_waits() -> None:
    kept = Kept()
    rule = RealTime(kept)
    rule.waits(True)
    assert kept.real
    rule.waits(False)
    assert not kept.real


def test_it_keeps_to_real_time_while_the_operator_is_busy_and_not_a_moment_longer() -> None:
    kept = Kept()
    rule = RealTime(kept)
    for now, busy in enumerate((False, True, True, False)):
        rule.attend(busy=busy, now=float(now))
        assert kept.real is busy


def test_after_a_step_it_keeps_to_real_time_for_the_operators_seconds() -> None:
    kept = Kept()
    rule = RealTime(kept)
    rule.waits(True)
    rule.stepped(waiting=False)
    rule.attend(busy=False, now=100.0)
    assert kept.real
    rule.attend(busy=False, now=100.0 + LINGER_SECONDS - 0.1)
    assert kept.real
    rule.attend(busy=False, now=100.0 + LINGER_SECONDS)
    assert not kept.real


def test_each_step_begins_those_seconds_anew() -> None:
    kept = Kept()
    rule = RealTime(kept)
    rule.stepped(waiting=False)
    rule.attend(busy=False, now=100.0)
    rule.stepped(waiting=False)
    rule.attend(busy=False, now=110.0)
    rule.attend(busy=False, now=110.0 + LINGER_SECONDS - 0.1)
    assert kept.real


def test_where_no_console_is_there_a_step_holds_nothing_up() -> None:
    kept = Kept()
    rule = RealTime(kept)
    rule.waits(True)
    rule.stepped(waiting=False)
    assert not kept.real


async def test_an_evening_without_a_console_goes_on_as_fast_as_it_goes_once_the_line_is_decided(
    tmp_path: Path,
) -> None:
    events = [says(0), nightbot(6000)]
    async with evening_of(tmp_path, events, review="operator", speed=math.inf) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        assert tonight.player.pace == 1.0
        await tonight.desk.skip(1)
        assert tonight.player.pace == math.inf


# On the console


@pytest.mark.parametrize("becomes", [PromptState.SKIPPED, PromptState.STALE])
async def test_what_became_of_a_line_can_be_seen_before_the_replay_runs_on(
    tmp_path: Path, becomes: PromptState
) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand, speed=math.inf) as (app, pilot):
        await line_waits(app, pilot)
        hand.time += 60
        player, presenter = evening(app).player, app.presenter
        assert presenter is not None
        if becomes is PromptState.SKIPPED:
            await pilot.press("s")
        else:
            await evening(app).orchestrator.hear([says(1000, "back again")])
        await until(pilot, lambda: card(app).state is becomes)
        player.pause(False)
        hand.time += LINGER_SECONDS - 1
        presenter.tick()
        assert player.pace == 1.0
        await until(pilot, lambda: "▶ replay 1x for a moment" in words(app, "#status"))
        hand.time += 1
        presenter.tick()
        assert player.pace == math.inf
        await until(pilot, lambda: "▶ replay as fast as it goes" in words(app, "#status"))


async def test_a_skip_can_be_taken_back_on_a_fast_replay(tmp_path: Path) -> None:
    hand = Hand()
    events = [says(0), nightbot(1500), *(says(1020 + 30 * each, "and another thing") for each in range(9))]
    log = sorted(events, key=lambda event: event.at)
    async with console(tmp_path, log, hand=hand, speed=math.inf, chosen=settings()) as (app, pilot):
        await line_waits(app, pilot)
        hand.time += 60
        evening(app).player.pause(False)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await pilot.press("u")
        await until(pilot, lambda: card(app).state is PromptState.PENDING)


@pytest.mark.parametrize("key", ["question_mark", "C", "t", "b", "ctrl+p"])
async def test_while_a_dialog_is_open_it_keeps_to_real_time(tmp_path: Path, key: str) -> None:
    async with console(tmp_path, speed=60.0) as (app, pilot):
        await until(pilot, lambda: app.presenter is not None)
        player, presenter = evening(app).player, app.presenter
        assert presenter is not None
        player.pause()
        assert player.pace == 60.0
        await pilot.press(key)
        await until(pilot, lambda: len(app.screen_stack) > 1)
        presenter.tick()
        assert player.pace == 1.0
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        presenter.tick()
        assert player.pace == 60.0


async def test_while_the_dashboard_is_written_in_it_keeps_to_real_time(tmp_path: Path) -> None:
    async with console(tmp_path, speed=60.0) as (app, pilot):
        await until(pilot, lambda: app.query("#ledger"))
        player, presenter = evening(app).player, app.presenter
        assert presenter is not None
        player.pause()
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        presenter.tick()
        assert player.pace == 1.0


async def test_a_replay_that_is_no_faster_than_life_stays_as_it_is(tmp_path: Path) -> None:
    async with console(tmp_path, speed=1.0) as (app, pilot):
        await until(pilot, lambda: app.presenter is not None)
        await pilot.press("question_mark")
        await until(pilot, lambda: len(app.screen_stack) > 1)
        assert app.presenter is not None
        app.presenter.tick()
        assert evening(app).player.pace == 1.0
        slowed = [piece.text for piece in standing(evening(app), app.moment(), "", app.keyboard)]
        assert "▶ replay 1x" in slowed


# What the first screen says of it


@pytest.mark.parametrize("told", [NOTHING_YET, CONNECTED])
def test_the_first_screen_says_how_fast_a_sample_runs_without_a_number(told: str) -> None:
    assert "faster than life until a line waits" in told
    assert not {"thirty", "sixty", "times"} & set(told.replace(",", "").split())
