"""Everything is reached by a letter, by the mouse, and in dialogs too."""

from pathlib import Path

import pytest

from sanctum_tui.ui.dialogs.help import HelpDialog
from sanctum_tui.ui.dialogs.jump import JumpDialog, Letter
from sanctum_tui.ui.dialogs.why import WhyDialog
from tests.builders import settings
from tests.test_console import console, evening, line_waits, seen, toasts, until, words


@pytest.mark.parametrize(
    ("letter", "pane"),
    [("c", "chat"), ("s", "silence"), ("r", "review"), ("d", "dashboard"), ("l", "ledger")],
)
@pytest.mark.parametrize("size", [(80, 24), (120, 35)])
async def test_a_letter_goes_to_its_pane_also_to_one_that_is_not_in_sight(
    tmp_path: Path, letter: str, pane: str, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: f"{letter} {pane}" in seen(app))
        await pilot.press(letter)
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.frame.focused == pane)
        await until(pilot, lambda: app.query_one(f"#{pane}").is_on_screen)


async def test_the_letters_stand_on_what_they_go_to_and_can_be_clicked(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: "c  chat" in seen(app))
        letters = {letter.target.pane: letter for letter in app.screen.query(Letter)}
        for pane, letter in letters.items():
            assert app.query_one(f"#{pane}").region.contains_region(letter.region)
        await pilot.click(letters["chat"])
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.frame.focused == "chat")


async def test_escape_leaves_everything_as_it_is(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: isinstance(app.screen, JumpDialog))
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.frame.focused == "review"
        assert not toasts(app)


@pytest.mark.parametrize(("key", "face"), [("m", "m"), ("question_mark", "?"), ("down", "↓"), ("f1", "F1")])
async def test_a_key_that_stands_nowhere_ends_the_jump_says_so_and_does_nothing_else(
    tmp_path: Path, key: str, face: str
) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: isinstance(app.screen, JumpDialog))
        await pilot.press(key)
        await until(pilot, lambda: f"Nothing has the letter {face}; you are where you were." in words(app))
        assert len(app.screen_stack) == 1
        assert app.frame.focused == "review"
        assert not evening(app).orchestrator.muted


async def test_from_an_editor_f2_jumps_and_f1_helps_while_letters_stay_letters(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        await pilot.press("J", "question_mark")
        assert len(app.screen_stack) == 1
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await pilot.press("escape", "f2", "c")
        await until(pilot, lambda: app.frame.focused == "chat")


async def test_help_opens_over_a_dialog_and_closes_back_to_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t", "question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WhyDialog))


async def test_in_a_dialog_a_letter_goes_to_what_takes_the_keys(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t", "J")
        await until(pilot, lambda: isinstance(app.screen, JumpDialog) and bool(app.screen.query(Letter)))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, WhyDialog) and app.screen.focused is not None)


async def test_a_question_takes_help_and_jump_keys_as_letters(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("K", "J", "question_mark")
        await until(pilot, lambda: "J?" in seen(app))
        assert len(app.screen_stack) == 2


async def test_a_key_at_the_bottom_can_be_clicked(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        at = seen(app, "#footer").index("m mute")
        await pilot.click("#footer", offset=(at + 3, 0))
        await until(pilot, lambda: evening(app).orchestrator.muted)
        await until(pilot, lambda: "m unmute" in seen(app, "#footer"))


async def test_a_click_between_two_keys_at_the_bottom_does_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        before = seen(app, "#footer")
        await pilot.click("#footer", offset=(before.index("m mute") - 1, 0))
        await pilot.click("#footer", offset=(0, 0))
        await pilot.pause()
        assert not evening(app).orchestrator.muted
        assert seen(app, "#footer") == before


async def test_a_key_in_the_help_can_be_clicked_where_it_fits(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("question_mark", *"mute the agent")
        await until(pilot, lambda: "agent.mute" in seen(app) and "review.hold" not in seen(app))
        keys = app.screen.query_one("#keys")
        rows = seen(app).splitlines()[keys.region.y : keys.region.bottom]
        await pilot.click(keys, offset=(12, next(y for y, row in enumerate(rows) if "m   mute" in row)))
        await until(pilot, lambda: evening(app).orchestrator.muted)
        assert len(app.screen_stack) == 1


async def test_a_key_in_the_help_that_does_not_fit_is_not_pressed(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("question_mark", *"settle_posted")
        await until(pilot, lambda: "(y)" in seen(app))
        await pilot.click("#keys", offset=(12, 1))
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)


async def test_over_a_dialog_the_help_is_to_read_only(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t", "f1", *"mute the agent")
        await until(pilot, lambda: "agent.mute" in seen(app) and "review.hold" not in seen(app))
        await pilot.click(app.screen.query_one("#keys"), offset=(12, 1))
        await until(pilot, lambda: isinstance(app.screen, WhyDialog))
        assert not evening(app).orchestrator.muted


async def test_what_the_footer_shows_stands_still_while_nothing_changes(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings()) as (app, pilot):
        await line_waits(app, pilot)
        before = words(app, "#footer")
        for _ in range(5):
            app._tick()
        await pilot.pause()
        assert words(app, "#footer") == before
