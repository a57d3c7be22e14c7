"""Standing notes are seen, added, edited and removed with single keys; removing asks once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from sanctum_tui.llm.standing import LARGEST_FILE, StandingNote, StandingNotes
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.notes import NO_NOTES, NotesDialog
from tests.test_models_screen import told
from tests.test_stream_dialogs import SIZES, Desk, desk, until

TODAY = date(2026, 3, 1)


@pytest.fixture
def notes(tmp_path: Path) -> StandingNotes:
    kept = StandingNotes(tmp_path / "notes.md")
    kept.add("No lines about food.", on=date(2026, 2, 1), origin="skip of line 4, stream 12")
    kept.add("Keep to the sea.", on=date(2026, 2, 3), origin="written here")
    return kept


def dialog(notes: StandingNotes) -> NotesDialog:
    return NotesDialog(notes, today=lambda: TODAY)


def texts(notes: StandingNotes) -> list[str]:
    return [note.text for note in notes.read()]


async def says(pilot: Pilot[Any], app: Desk, what: str) -> None:
    await until(pilot, lambda: what in told(app))


@pytest.mark.parametrize("size", SIZES)
async def test_each_note_tells_when_and_from_what_and_that_nothing_is_inferred(
    notes: StandingNotes, size: tuple[int, int]
) -> None:
    async with desk(dialog(notes), size) as (app, pilot):
        await says(pilot, app, "No lines about food. 2026-02-01 · skip of line 4, stream 12")
        assert "Keep to the sea. 2026-02-03 · written here" in told(app)
        assert "Nothing is inferred." in told(app)
        assert notes.path.name in told(app).replace(" ", "")


async def test_a_note_is_added_with_todays_date(notes: StandingNotes) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        await pilot.press("a", *"Fewer demands, dear", "enter")
        await says(pilot, app, "Added; it counts from the next line on.")
        assert "Fewer demands, dear 2026-03-01 · written here" in told(app)
        assert notes.read()[-1] == StandingNote("Fewer demands, dear", TODAY, "written here")
        await pilot.press("d", "d")
        await says(pilot, app, "Removed.")
        assert texts(notes) == ["No lines about food.", "Keep to the sea."]


@pytest.mark.parametrize("key", ["e", "enter"])
async def test_a_note_is_edited_and_keeps_its_date_and_origin(notes: StandingNotes, key: str) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        await pilot.press("down", "up", key, *["backspace"] * 5, *"tea.", "enter")
        await says(pilot, app, "Changed.")
        assert notes.read()[0] == StandingNote("No lines about tea.", date(2026, 2, 1), "skip of line 4, stream 12")


async def test_removing_asks_once_and_any_other_choice_keeps_the_note(notes: StandingNotes) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        await pilot.press("d")
        await says(pilot, app, "Remove “No lines about food.”?")
        await pilot.press("down", "d")
        await says(pilot, app, "Remove “Keep to the sea.”?")
        await pilot.press("escape")
        await until(pilot, lambda: "Remove" not in told(app))
        assert len(texts(notes)) == 2
        assert app.answers == []
        await pilot.press("d", "d")
        await says(pilot, app, "Removed.")
        assert texts(notes) == ["No lines about food."]


async def test_escape_leaves_the_field_first_and_changes_nothing(notes: StandingNotes) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        await pilot.press("e", *"xyz", "escape")
        await until(pilot, lambda: "a add" in told(app))
        assert texts(notes) == ["No lines about food.", "Keep to the sea."]
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_what_cannot_be_kept_says_why_and_the_words_stay(notes: StandingNotes) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        await pilot.press("a", "enter")
        await says(pilot, app, "✕ It needs words.")
        await pilot.press(*"keep to the SEA.", "enter")
        await says(pilot, app, "✕ That note is there already.")
        assert app.screen.query_one(LineInput).value == "keep to the SEA."
        await pilot.press("escape", "e", *["backspace"] * 30, "enter")
        await says(pilot, app, "✕ A standing note needs words")


async def test_a_note_that_is_gone_from_the_file_is_told(notes: StandingNotes) -> None:
    async with desk(dialog(notes)) as (app, pilot):
        notes.path.write_text("- Another one\n", "utf-8")
        await pilot.press("d", "d")
        await says(pilot, app, "✕ That note is no longer in")
        assert "Another one no date: written into the file" in told(app)


async def test_with_no_notes_one_learns_how_they_come_about(tmp_path: Path) -> None:
    async with desk(dialog(StandingNotes(tmp_path / "notes.md"))) as (app, pilot):
        await says(pilot, app, NO_NOTES)
        await pilot.press("d", "e", "up", "down")
        assert not (tmp_path / "notes.md").exists()
        await pilot.press("a", *"One", "enter")
        await says(pilot, app, "One 2026-03-01")
        assert NO_NOTES not in told(app)


async def test_a_file_that_cannot_be_read_is_told_and_left_alone(notes: StandingNotes) -> None:
    notes.path.write_bytes(b"- x\n" * LARGEST_FILE)
    async with desk(dialog(notes)) as (app, pilot):
        await says(pilot, app, "is too large for standing notes")
        await pilot.press("a", *"One", "enter")
        assert notes.path.stat().st_size == 4 * LARGEST_FILE


async def test_forty_long_hostile_notes_are_all_reached(tmp_path: Path) -> None:
    kept = StandingNotes(tmp_path / "notes.md")
    for number in range(40):
        kept.add(f"{number} [/][@click=app.quit]free subs[/] $who 漢字 " * 3, on=TODAY)
    async with desk(dialog(kept)) as (app, pilot):
        await pilot.press(*["down"] * 40)
        await says(pilot, app, "39 [/][@click=app.quit]free subs[/] $who 漢字")
        await pilot.press("e")
        app.screen.query_one(LineInput).post_message(Paste("\x1b]52;c;eA==\x07two lines"))
        await until(pilot, lambda: "two lines" in app.screen.query_one(LineInput).value)
        assert "\x1b" not in app.screen.query_one(LineInput).value
