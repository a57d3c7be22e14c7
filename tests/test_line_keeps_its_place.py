"""One line waits at a time: nothing comes back beside it, and what people have talked over asks nobody again."""

import math
from pathlib import Path

import pytest

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions.line import ACTIONS, unfit
from sanctum_tui.ui.actions.registry import NO_LINE, Moment
from tests.builders import at, evening_of, says, settings
from tests.test_console import HOUR, card, console, evening, line_waits, quiet, toasts, until, words
from tests.test_evening_promises import nightbot

SPOKEN = "people have talked since"


# One at a time


async def test_an_older_skip_does_not_come_back_beside_the_line_that_waits(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)], chosen=settings()) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        await tonight.desk.skip(1)
        tonight.player.clock.set(at(2000))
        await tonight.orchestrator.tick()
        back = await tonight.desk.undo()
        assert (back.done, back.words) == (
            False, "Line 2 waits for you; line 1 does not come back beside it. Nothing was changed.",
        )  # fmt: skip
        assert tonight.queue.counts() == {"pending": 1, "skipped": 1}


async def test_a_line_taken_back_too_late_takes_no_other_with_it(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)], chosen=settings()) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        await tonight.desk.skip(1)
        await tonight.orchestrator.hear([says(1100, "back again")])
        tonight.player.clock.set(at(2500))
        await tonight.orchestrator.tick()
        await tonight.queue.step(1, PromptState.PENDING, by="operator", reason="taken back elsewhere")
        assert await tonight.orchestrator.undone(1)
        assert tonight.queue.counts() == {"pending": 1, "stale": 1}
        assert tonight.queue.waiting is not None
        assert tonight.queue.waiting.number == 2


async def test_from_the_list_an_older_skip_is_refused_too_and_the_waiting_line_stays(tmp_path: Path) -> None:
    chosen = settings(hearthkeeper_prompt_interval_minutes=1.0, review_undo_seconds=0.0)
    async with console(tmp_path, quiet(until=4 * HOUR), chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await pilot.press("space")
        await line_waits(app, pilot, 2)
        assert not app.moment().undoable
        await pilot.press("b")
        await until(pilot, lambda: "Line 1" in words(app) or "skipped" in words(app))
        await pilot.press("down", "u")
        await until(pilot, lambda: "does not come back beside it" in words(app) + toasts(app))
        assert evening(app).queue.counts() == {"pending": 1, "skipped": 1}


# People first, also while it is muted


async def test_a_waiting_line_goes_stale_when_people_talk_while_it_is_muted(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)]) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        await tonight.orchestrator.set_muted(True)
        await tonight.orchestrator.hear([says(1100, "back again")])
        assert tonight.queue.counts() == {"stale": 1}


@pytest.mark.parametrize("talked", [True, False])
async def test_what_mute_held_asks_again_only_where_nobody_has_talked_since_the_yes(
    tmp_path: Path, talked: bool
) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)]) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        await tonight.orchestrator.set_muted(True)
        await tonight.desk.approve(1)
        if talked:
            await tonight.orchestrator.hear([says(1100 + each, "and then") for each in range(30)])
        tonight.player.clock.set(at(1400))
        await tonight.orchestrator.set_muted(False)
        assert tonight.queue.counts() == ({"stale": 1} if talked else {"pending": 1})
        line = tonight.queue.get(1)
        assert line is not None
        assert (line.steps[-1].reason == SPOKEN) is talked
        assert tonight.orchestrator.decision is not None


async def test_what_the_operator_kept_for_later_and_said_yes_to_is_no_older_than_the_yes(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)]) as tonight:
        await tonight.orchestrator.hear([says(0)])
        tonight.player.clock.set(at(1000))
        await tonight.orchestrator.tick()
        await tonight.desk.hold(1)
        await tonight.orchestrator.hear([says(1100, "and then")])
        tonight.player.clock.set(at(1200))
        await tonight.orchestrator.set_muted(True)
        await tonight.desk.approve(1)
        await tonight.orchestrator.set_muted(False)
        assert tonight.queue.counts() == {"pending": 1}


# The replay's pace


async def test_a_fast_replay_goes_no_faster_than_it_happened_while_a_line_is_held(tmp_path: Path) -> None:
    async with console(tmp_path, speed=math.inf) as (app, pilot):
        await line_waits(app, pilot)
        player = evening(app).player
        await pilot.press("h")
        await until(pilot, lambda: card(app).state is PromptState.HELD)
        assert player.pace == 1.0
        assert "a replay keeps to real time" in toasts(app)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        assert player.pace == math.inf


async def test_a_fast_replay_goes_no_faster_than_it_happened_under_an_open_editor(tmp_path: Path) -> None:
    async with console(tmp_path, speed=math.inf) as (app, pilot):
        await line_waits(app, pilot)
        player = evening(app).player
        await pilot.press("e", *"too")
        await until(pilot, lambda: app.review.editing == 1)
        await evening(app).orchestrator.hear([says(1000, "back again")])
        await until(pilot, lambda: card(app).state is PromptState.STALE)
        assert player.pace == 1.0, "the words in the editor are still read"
        await pilot.press("escape")
        await until(pilot, lambda: player.pace == math.inf)


# A key that does not fit


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (PromptState.HELD, "It is held already; a posts it, s lets it go."),
        (PromptState.APPROVED, "It is approved already; u takes it back."),
        (PromptState.REJECTED, "The style guard refused it; e edits it, s lets it go."),
        (None, NO_LINE),
    ],
)
def test_hold_on_a_line_that_cannot_be_held_says_how_it_stands(state: PromptState | None, told: str) -> None:
    hold = next(action for action in ACTIONS if action.id == "review.hold")
    moment = Moment(open=True, playing=True, card=state)
    assert not hold.when(moment)
    assert unfit(hold, moment) == told


def test_a_key_that_has_a_reason_of_its_own_keeps_it() -> None:
    settle = next(action for action in ACTIONS if action.id == "review.settle_lost")
    assert unfit(settle, Moment(open=True, playing=True, card=PromptState.HELD)) == settle.otherwise
