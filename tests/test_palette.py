"""The palette offers what fits the moment, under the keys it has, and does it."""

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from sanctum_tui.settings import Settings, describe
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.tuning import tunings
from tests.builders import says, settings
from tests.test_console import console, evening, line_waits, seen, toasts, until


async def searching(app: SanctumApp, pilot: Pilot[int], query: str, found: str) -> None:
    """Open the palette and type, until something is found."""
    await pilot.press("ctrl+p")
    # What is typed before the field has the focus would go nowhere.
    await until(pilot, lambda: len(app.screen_stack) > 1 and isinstance(app.focused, Input))
    await pilot.press(*("space" if letter == " " else "underscore" if letter == "_" else letter for letter in query))
    await until(pilot, lambda: found in seen(app))


async def choose(app: SanctumApp, pilot: Pilot[int]) -> None:
    """Take the first of what was found."""
    listed = app.screen.query_one(OptionList)
    await until(pilot, lambda: listed.highlighted is not None)
    await pilot.press("enter")


async def test_an_entry_shows_its_key_also_one_of_ones_own(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(keymap=("agent.mute=f8",))) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "mute", "Mute   F8")
        await choose(app, pilot)
        await until(pilot, lambda: evening(app).orchestrator.muted)


async def test_what_does_not_fit_is_not_offered(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "it was", "tonight")
        assert "It was posted" not in seen(app)


async def test_an_entry_is_found_by_the_words_of_its_help(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "whole screen", "Zoom   z")


async def test_the_keys_of_the_pane_in_focus_are_offered_and_work(tmp_path: Path) -> None:
    talk = [says(second, f"line {second}") for second in range(120)]
    async with console(tmp_path, [*talk, says(119 + 20 * 60, "and on")]) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "first line", "No matches found")
        await pilot.press("escape", "1")
        await until(pilot, lambda: app.moment().pane == "chat")
        await searching(app, pilot, "first line", "First line   Home")
        await choose(app, pilot)
        await until(pilot, lambda: not app.chat.following and "line 0" in seen(app, "#chat"))


async def test_a_setting_of_few_values_is_changed_by_choosing_one(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "bell", "Setting: BELL on")
        await choose(app, pilot)
        await until(pilot, lambda: evening(app).settings.bell)
        assert "BELL is on for this evening." in toasts(app)


async def test_any_other_setting_is_asked_for_with_what_it_is_now(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await searching(app, pilot, "let_it_be_min", "Setting: LET_IT_BE_MINUTES…")
        await choose(app, pilot)
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        field = app.screen.query_one(LineInput)
        await until(pilot, lambda: field.value == "15")
        await pilot.press("backspace", "backspace", "minus", "1", "enter")
        await until(pilot, lambda: "does not fit" in seen(app))
        await pilot.press("backspace", "backspace", "2", "0", "enter")
        await until(pilot, lambda: evening(app).settings.let_it_be_minutes == 20)


def test_every_setting_that_may_change_now_can_be_changed_to_all_that_it_may_be() -> None:
    offered = tunings(Settings())
    live = {info.name for info in describe() if info.live and info.name != "THEME"}
    assert {tuning.name for tuning in offered} == live
    assert [tuning.title for tuning in offered if tuning.name == "LAYOUT"] == [
        "Layout: narrow",
        "Layout: standard",
        "Layout: wide",
        "Layout: portrait",
    ]
    assert [tuning.value for tuning in offered if tuning.name == "NOTIFY_BORDER"] == ["off"]
