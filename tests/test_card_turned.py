"""A key acts on the line that was before the operator's eyes when they pressed it, and on no other."""

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.events import Key
from textual.pilot import Pilot

from sanctum_tui.evening import Draft, PromptState
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW, SETTLE_SECONDS
from sanctum_tui.ui.dialogs.help import HelpDialog
from tests.builders import settings
from tests.test_console import Hand, console, evening, line_waits, toasts, until, words

AT_ONCE = settings(review_undo_seconds=0.0)
ANOTHER = "An entirely different line."


async def turn(app: SanctumApp) -> None:
    """The line that waits goes stale, and another one comes in its place."""
    queue = evening(app).queue
    await queue.step(1, PromptState.STALE, by="room", reason="people talked")
    await queue.add(Draft(ANOTHER, ANOTHER), mode="hearthkeeper", why="quiet")


def second(app: SanctumApp) -> PromptState:
    prompt = evening(app).queue.get(2)
    assert prompt is not None
    return prompt.state


async def refused_and_then_posted(app: SanctumApp, pilot: Pilot[int], hand: Hand) -> None:
    """The yes was not for this line; once it has been on the screen for a moment, one is."""
    await until(pilot, lambda: CHANGED_JUST_NOW in toasts(app))
    assert second(app) is PromptState.PENDING
    await until(pilot, lambda: ANOTHER in words(app, "#review"))
    hand.time += 2 * SETTLE_SECONDS
    await pilot.press("a")
    await until(pilot, lambda: second(app) is PromptState.POSTED)


@pytest.mark.parametrize("size", [(80, 24), (120, 35)])
async def test_an_entry_of_the_palette_is_for_the_line_that_waited_when_it_opened(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand, size=size, chosen=AT_ONCE) as (app, pilot):
        await line_waits(app, pilot)
        hand.time += 5
        await pilot.press("ctrl+p", *"approve")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and "Post exactly" in words(app))
        await turn(app)
        hand.time += 5
        await pilot.press("enter")
        await refused_and_then_posted(app, pilot, hand)


async def test_a_key_chosen_in_the_help_is_for_the_line_that_waited_when_it_opened(tmp_path: Path) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand, chosen=AT_ONCE) as (app, pilot):
        await line_waits(app, pilot)
        hand.time += 5
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await turn(app)
        hand.time += 5
        app.screen.dismiss("review.approve")
        await refused_and_then_posted(app, pilot, hand)


async def test_a_line_that_came_behind_a_dialog_is_new_when_the_dialog_closes(tmp_path: Path) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand, chosen=AT_ONCE) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t")
        await until(pilot, lambda: app.screen.is_modal)
        await turn(app)
        hand.time += 60
        await pilot.press("escape")
        await until(pilot, lambda: not app.screen.is_modal)
        await pilot.press("a")
        await refused_and_then_posted(app, pilot, hand)


@pytest.mark.parametrize(("lay", "state"), [(0.9, PromptState.PENDING), (0.5, PromptState.POSTED)])
async def test_what_counts_is_when_the_key_was_pressed_and_not_when_its_turn_came(
    tmp_path: Path, lay: float, state: PromptState
) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand, chosen=AT_ONCE) as (app, pilot):
        await line_waits(app, pilot)
        await turn(app)
        await until(pilot, lambda: ANOTHER in words(app, "#review"))
        hand.time += 1.0
        key = Key("a", "a")
        key.time -= lay
        app.post_message(key)
        await until(pilot, lambda: CHANGED_JUST_NOW in toasts(app) or second(app) is PromptState.POSTED)
        assert second(app) is state


async def test_a_line_that_the_terminal_has_not_drawn_yet_is_not_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = Hand()
    unread = 9
    async with console(tmp_path, hand=hand, chosen=AT_ONCE) as (app, pilot):
        await line_waits(app, pilot)
        monkeypatch.setattr("sanctum_tui.ui.unhurried._unread", lambda driver: unread)
        app.refresh()
        await until(pilot, lambda: app.behind)
        await turn(app)
        hand.time += 5
        await pilot.press("a")
        await until(pilot, lambda: CHANGED_JUST_NOW in toasts(app))
        unread = 0
        await until(pilot, lambda: not app.behind)
        await evening(app).orchestrator.set_muted(False)
        await refused_and_then_posted(app, pilot, hand)


async def test_the_palette_is_opened_once_also_from_the_help_over_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await pilot.press("ctrl+p")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        assert "unforeseen" not in toasts(app)
