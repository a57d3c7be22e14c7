"""The keys for a line say what they leave behind: a reason for a skip, and the note it becomes."""

from pathlib import Path

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.keys.review import NOTE_GONE
from tests.builders import settings
from tests.test_console import card, console, evening, line_waits, toasts, until, words


async def test_the_question_for_a_reason_says_that_it_becomes_a_standing_note_and_u_takes_that_back_too(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("S")
        await until(pilot, lambda: "standing note that later lines keep to" in words(app))
        await pilot.press(*"too sweet", "enter")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        assert [note.text for note in evening(app).words.notes.read()] == ["too sweet"]
        await pilot.press("u")
        await until(pilot, lambda: NOTE_GONE in toasts(app))
        assert card(app).state is PromptState.PENDING
        assert evening(app).words.notes.read() == ()


async def test_a_skip_without_a_reason_leaves_no_note_to_speak_of(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await pilot.press("u")
        await until(pilot, lambda: "Taken back" in toasts(app))
        assert NOTE_GONE not in toasts(app)
