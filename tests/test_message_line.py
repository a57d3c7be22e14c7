"""What the console says in passing: one line, out of the way, gone with the next key, and seen over a dialog."""

from pathlib import Path

import pytest
from textual.widgets import Input

from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.finding import FindBar
from sanctum_tui.ui.dialogs.help import HelpDialog
from tests.builders import says
from tests.test_console import console, evening, line_waits, seen, toasts, until, words

SIZES = [(80, 24), (120, 24), (120, 35), (60, 120), (200, 60)]
LOST = "No line's outcome is unknown."


def told(app: SanctumApp) -> list[str]:
    """The messages that are on the screen, each with its rows."""
    return [str(toast.render()) for toast in app.screen.query("Toast")]


def painted(app: SanctumApp) -> str:
    """All that is drawn: the screen in front, and what shows through of those behind it."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_six_wrong_keys_in_a_row_leave_one_message_and_the_next_key_takes_it_away(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("y", "n", "y", "n", "y", "n")
        await until(pilot, lambda: told(app) == [f"! {LOST}"])
        await pilot.press("2")
        await until(pilot, lambda: not told(app))
        assert LOST not in words(app)


async def test_a_message_of_textuals_own_takes_the_place_of_the_one_before_as_well(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        for number in range(5):
            app.notify(f"message {number}")
        await until(pilot, lambda: told(app) == ["message 4"])


@pytest.mark.parametrize("size", SIZES)
async def test_a_message_covers_neither_a_row_of_the_card_nor_the_keys(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        waiting = await line_waits(app, pilot)
        await until(pilot, lambda: "a approve" in words(app, "#footer") and waiting.line in words(app, "#review"))
        card, keys = words(app, "#review"), words(app, "#footer")
        await pilot.press("y")
        await until(pilot, lambda: LOST in words(app))
        assert words(app, "#footer") == keys
        inside = app.review.region.shrink(app.review.styles.gutter)
        assert not app.screen.query_one("Toast").region.overlaps(inside)
        assert words(app, "#review").split()[:12] == card.split()[:12]
        assert app.screen.query_one("Toast").region.height == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("key", "hint"), [("K", "Esc leaves everything"), ("question_mark", "Esc closes")])
async def test_over_a_dialog_a_message_is_seen_and_leaves_its_keys_in_sight(
    tmp_path: Path, key: str, hint: str, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await until(pilot, lambda: app.stage.evening and evening(app).queue.current)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, AskLine | HelpDialog) and hint in seen(app))
        app.say("The ledger could not be written.", severity="error")
        await until(pilot, lambda: "✕ The ledger could not be written." in seen(app))
        assert hint in seen(app)


async def test_what_is_being_typed_does_not_take_a_message_away_before_it_is_read(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.focused, Input))
        app.say("The dashboard could not be saved.", severity="warning")
        await until(pilot, lambda: told(app) == ["! The dashboard could not be saved."])
        await pilot.press(*"surf")
        assert told(app) == ["! The dashboard could not be saved."]
        await pilot.press("escape")
        await until(pilot, lambda: not toasts(app))


# Keys that would do nothing say so


@pytest.mark.parametrize(
    ("key", "where"),
    [("f", "the chat (1) and in the ledger (5)"), ("x", "the chat (1)"), ("full_stop", "the ledger (5)")],
)
async def test_a_key_of_another_pane_says_which_pane_it_works_in(tmp_path: Path, key: str, where: str) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("3", key)
        await until(pilot, lambda: f"works in {where}; go there first." in toasts(app))


async def test_the_words_after_a_slash_never_act_as_keys_wherever_it_was_pressed(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = await line_waits(app, pilot)
        await pilot.press("3", "slash")
        await until(pilot, lambda: isinstance(app.screen, FindBar))
        await pilot.press(*"mast", "enter")
        await until(pilot, lambda: str(app.chat.wanted) != "" and app.frame.focused == "chat")
        assert not evening(app).orchestrator.muted
        assert evening(app).queue.current == line
        assert "Search the chat" not in words(app)


async def test_enter_in_the_chat_with_nothing_chosen_says_how_to_choose(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "v", "d", "enter")
        await until(pilot, lambda: "No line is chosen: v chooses one; then Enter tells who wrote it" in toasts(app))


@pytest.mark.parametrize("size", SIZES)
async def test_wider_and_narrower_do_something_or_say_why_not_also_after_the_end(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, [says(0), says(30)], size=size) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        for pane in "123":
            for key in ("greater_than_sign", "less_than_sign"):
                await pilot.press(pane)
                before = app.frame.places(app.frame.size)
                await pilot.press(key)
                await pilot.pause()
                assert app.frame.places(app.frame.size) != before or "Nothing stands beside" in toasts(app)


async def test_a_dialog_that_opens_takes_the_message_to_the_front_and_private_mode_takes_it_off_everywhere(
    tmp_path: Path,
) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        app.notify(f"it was said by {LOST}", timeout=600)
        await until(pilot, lambda: bool(told(app)))
        await app.push_screen(HelpDialog(app.keyboard, app.moment()))
        await until(pilot, lambda: bool(told(app)))
        await until(pilot, lambda: painted(app).count(LOST) == 1)
        await app.keys.look.private()
        await until(pilot, lambda: LOST not in painted(app))
        assert not app.screen_stack[0].query("Toast")
