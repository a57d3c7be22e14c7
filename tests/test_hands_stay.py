"""Whoever types stays where they type: letters never fall on a line that waits, where they are keys."""

from pathlib import Path

from textual.events import DescendantFocus

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.card.lineeditor import LineEditor
from tests.builders import settings
from tests.test_console import card, console, evening, line_waits, toasts, until, words
from tests.test_first_run import newcomer


async def test_a_terminal_that_shrinks_leaves_the_pane_that_is_written_in(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter", "H")
        await until(pilot, lambda: app.frame.typing)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.frame.front == "dashboard")
        await until(pilot, lambda: app.frame.typing)
        await pilot.press("a")
        await pilot.pause()
        assert card(app).state is PromptState.PENDING
        assert app.frame.focused == "dashboard"


async def test_back_on_the_card_one_is_back_in_the_line_that_is_edited(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "x")
        await until(pilot, lambda: isinstance(app.focused, LineEditor))
        await pilot.click("#silence")
        await until(pilot, lambda: app.frame.focused == "silence")
        for way in ("3", "e"):
            await pilot.press("2", way)
            await until(pilot, lambda: isinstance(app.focused, LineEditor))
            await pilot.click("#silence")
            await until(pilot, lambda: app.frame.focused == "silence")
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.focused, LineEditor))
        await pilot.press("escape")
        await until(pilot, lambda: app.review.editing is None)
        await pilot.press("s")
        await until(pilot, lambda: evening(app).queue.prompts[0].state is PromptState.SKIPPED)


async def test_a_line_that_was_skipped_under_the_editor_and_taken_back_can_be_posted_again(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.focused, LineEditor))
        await pilot.click("#silence")
        await until(pilot, lambda: app.frame.focused == "silence")
        await pilot.press("s")
        await until(pilot, lambda: "This line has moved on" in words(app, "#review"))
        await pilot.press("u")
        await until(pilot, lambda: "The guard lets it stand" in words(app, "#review"))


async def test_while_words_are_looked_for_the_foot_says_what_ends_that(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "slash")
        await until(pilot, lambda: "Esc ends it" in words(app))
        assert "a approve" not in words(app).split("Enter keeps the search")[1]
        await pilot.press("escape")
        await until(pilot, lambda: "Esc ends it" not in words(app))


async def test_after_the_end_the_keys_of_a_line_say_that_it_is_over(tmp_path: Path) -> None:
    async with console(tmp_path, still=False, chosen=settings(hearthkeeper_session_budget=0)) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        await pilot.press("a")
        await until(pilot, lambda: "The evening is not playing" in toasts(app))
        assert "since last line" not in words(app, "#silence")
        assert "no line so far" not in words(app, "#silence")


async def test_a_focus_that_moves_while_the_console_closes_ends_nothing(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    async with app.run_test():
        pane = app.query_one("#chat")
    # Panes lose the focus one after the other as they go; what is told of it comes when no screen is there any more.
    await app.on_event(DescendantFocus(pane))
    assert not app.screen_stack
