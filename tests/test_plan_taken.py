"""A drafted plan that the operator takes reaches the editor, and the console says no more than is so."""

from pathlib import Path

from textual.pilot import Pilot

from sanctum_tui.runtime.evening import Evening
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.planning import PlanningDialog
from sanctum_tui.ui.keys.words import NO_EDITOR
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.papers import Papers
from tests.test_console import console, evening, toasts, until, words

TAKEN = "The plan is in the editor, and saved"
LATER = "The plan goes into the editor as soon as that is on the screen."
PLAN = "### Stream Title\n\nA harbour nobody drew\n"


async def ready(app: SanctumApp, pilot: Pilot[int]) -> Evening:
    """The evening, with its dashboard on the screen."""
    await until(pilot, lambda: app.papers is not None and app.papers._ready)
    return evening(app)


async def take(app: SanctumApp, pilot: Pilot[int]) -> None:
    """Draft a plan without a model, and take it."""
    await app.keys.words.plan()
    await until(pilot, lambda: isinstance(app.screen, PlanningDialog))
    await pilot.press(*"Windrose", "enter")
    await until(pilot, lambda: "Written by the offline composer" in words(app))
    await pilot.press("u")
    await until(pilot, lambda: not isinstance(app.screen, PlanningDialog))


async def test_a_plan_that_is_taken_is_in_the_editor_and_then_in_the_file(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        tonight = (await ready(app, pilot)).tonight
        before = tonight.text
        await take(app, pilot)
        await until(pilot, lambda: TAKEN in toasts(app))
        await until(pilot, lambda: tonight.text != before)
        await until(pilot, lambda: app.query_one(DashboardPane).unsaved is None)


async def test_before_the_editor_is_there_nothing_is_said_to_be_in_it_and_nothing_is_lost(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        tonight = (await ready(app, pilot)).tonight
        before = tonight.text
        app.papers = Papers(app, evening(app), lambda: 0.0)
        await take(app, pilot)
        await until(pilot, lambda: LATER in toasts(app))
        assert TAKEN not in toasts(app)
        assert tonight.text == before
        await app.papers.mount()
        await until(pilot, lambda: tonight.text != before)


async def test_a_plan_that_never_met_its_editor_is_saved_on_leaving(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        tonight = (await ready(app, pilot)).tonight
        papers = Papers(app, evening(app), lambda: 0.0)
        assert not papers.take_draft(PLAN)
        await papers.close()
        assert "A harbour nobody drew" in tonight.text


async def test_after_the_evening_is_closed_the_console_says_that_the_plan_was_not_kept(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await ready(app, pilot)
        papers, app.papers = app.papers, None
        await take(app, pilot)
        await until(pilot, lambda: NO_EDITOR in toasts(app))
        assert TAKEN not in toasts(app)
        app.papers = papers
