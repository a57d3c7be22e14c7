"""A dialog gives one answer: keys that come in one read, as over SSH, take away nothing but the dialog."""

from pathlib import Path

import pytest
from textual.app import App
from textual.events import Key

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.help import HelpDialog
from sanctum_tui.ui.dialogs.welcome import WelcomeDialog
from tests.test_console import console, line_waits, until
from tests.test_first_run import newcomer


def at_once(app: App[int], *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize(
    ("opening", "keys"),
    [
        ("T", ("enter", "enter")),
        ("W", ("enter", "enter")),
        ("L", ("5", "enter", "enter")),
        ("K", ("m", "enter", "enter")),
        ("S", ("m", "enter", "enter")),
        ("J", ("c", "c")),
        ("J", ("escape", "escape")),
        ("question_mark", ("escape", "escape", "escape")),
    ],
)
async def test_a_key_too_many_does_not_close_the_console(tmp_path: Path, opening: str, keys: tuple[str, ...]) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press(opening)
        await until(pilot, lambda: app.screen.is_modal)
        at_once(app, *keys)
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.pause()
        assert app.is_running
        assert len(app.screen_stack) == 1


async def test_a_key_too_many_on_the_welcome_begins_one_evening(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog))
        at_once(app, "enter", "enter")
        await until(pilot, lambda: app.presenter is not None)
        assert len(app.screen_stack) == 1


async def test_an_answer_from_behind_another_dialog_takes_that_one_not_away(tmp_path: Path) -> None:
    answers: list[str | None] = []
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        behind: Dialog[str] = Dialog()
        await app.push_screen(behind, answers.append)
        await app.push_screen(HelpDialog(app.keyboard, app.moment()))
        behind.dismiss("done")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert answers == ["done"]
