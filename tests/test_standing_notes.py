"""What the operator asked for once and for all is kept in a file of theirs; nothing is inferred."""

from datetime import date
from pathlib import Path

import pytest

from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.llm.standing import MOST_NOTES, StandingNote, StandingNotes
from tests.builders import START


def test_a_note_is_kept_with_its_date_and_where_it_came_from(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "config" / "notes.md")
    assert notes.read() == ()
    added = notes.add("  - No lines\nabout (food). ", on=date(2026, 2, 1), origin="skip of line 4, stream 12")
    assert added == StandingNote("No lines about (food).", date(2026, 2, 1), "skip of line 4, stream 12")
    assert notes.path.read_text().splitlines()[-1] == (
        "- No lines about (food). (2026-02-01, skip of line 4, stream 12)"
    )
    assert StandingNotes(notes.path).read() == (added,)


def test_the_same_note_is_kept_once_and_an_empty_one_never(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    assert notes.add("No puns.", on=date(2026, 2, 1)) is not None
    assert notes.add("no PUNS.", on=date(2026, 2, 2)) is None
    assert notes.add(" - ", on=date(2026, 2, 2)) is None
    assert len(notes.read()) == 1


def test_a_note_can_be_edited_and_removed_and_other_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Mine\n\n- Keep to the sea\nsome prose\n* Fewer questions (2026-01-02)\n")
    notes = StandingNotes(path)
    first, second = notes.read()
    assert (first, second) == (StandingNote("Keep to the sea"), StandingNote("Fewer questions", date(2026, 1, 2)))
    notes.edit(second, "No questions")
    notes.remove(first)
    assert path.read_text() == "# Mine\n\nsome prose\n- No questions (2026-01-02)\n"
    with pytest.raises(BadInputError, match="no longer in"):
        notes.remove(first)


def test_a_note_written_by_hand_while_we_run_is_read(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    notes.add("No puns.", on=date(2026, 2, 1))
    with notes.path.open("a") as file:
        file.write("- Written by hand\n")
    assert [note.text for note in notes.read()] == ["No puns.", "Written by hand"]
    notes.path.unlink()
    assert notes.read() == ()


def test_only_the_latest_notes_are_told(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    notes.path.write_text("".join(f"- note {number}\n" for number in range(100)))
    assert [note.text for note in notes.read()] == [f"note {number}" for number in range(100 - MOST_NOTES, 100)]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_bytes(b"- \xff\xfe broken")
    with pytest.raises(StorageError, match="mend or remove it"):
        StandingNotes(tmp_path / "notes.md").read()


def prompt(*steps: PromptStep) -> Prompt:
    draft = Draft("A line.", "A line. — Steward")
    return Prompt(1, 12, 4, "hearthkeeper", steps[-1].state, draft.line, draft.text, draft, "", START, START, steps)


@pytest.mark.parametrize(
    ("step", "learnt"),
    [
        (PromptStep(START, PromptState.SKIPPED, "operator", "", "Too sweet."), True),
        (PromptStep(START, PromptState.SKIPPED, "operator", "", "  "), False),
        (PromptStep(START, PromptState.SKIPPED, "standing order", "", "skipped by standing order"), False),
        (PromptStep(START, PromptState.STALE, "room", "", "people talked"), False),
        (PromptStep(START, PromptState.SUPERSEDED, "operator", "", "shorter, please"), False),
    ],
)
def test_only_a_reason_that_the_operator_gave_becomes_a_note(tmp_path: Path, step: PromptStep, learnt: bool) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    note = notes.learn(prompt(step))
    expected = StandingNote("Too sweet.", START.date(), "skip of line 4, stream 12")
    assert note == (expected if learnt else None)
    assert notes.read() == ((expected,) if learnt else ())


PENDING = PromptStep(START, PromptState.PENDING, "agent", "")
SKIPPED = PromptStep(START, PromptState.SKIPPED, "operator", "", "Too sweet.")
BACK = PromptStep(START, PromptState.PENDING, "operator", "", "taken back")


def test_a_skip_that_is_taken_back_takes_its_note_with_it_and_no_other(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    notes.add("No puns.", on=START.date(), origin="skip of line 3, stream 12")
    notes.learn(prompt(PENDING, SKIPPED))
    notes.learn(prompt(PENDING, SKIPPED, BACK))
    assert [note.text for note in notes.read()] == ["No puns."]
    again = PromptStep(START, PromptState.SKIPPED, "operator", "", "Too long.")
    notes.learn(prompt(PENDING, SKIPPED, BACK, again))
    assert [note.text for note in notes.read()] == ["No puns.", "Too long."]


def test_a_note_that_the_operator_has_changed_since_the_skip_is_theirs_and_stays(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    note = notes.learn(prompt(PENDING, SKIPPED))
    assert note is not None
    notes.edit(note, "Less sweet, please.")
    notes.learn(prompt(PENDING, SKIPPED, BACK))
    assert [note.text for note in notes.read()] == ["Less sweet, please."]


def test_a_note_that_was_there_before_the_skip_stays(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    notes.add("too sweet.", on=START.date(), origin="written here")
    assert notes.learn(prompt(PENDING, SKIPPED)) is None
    notes.learn(prompt(PENDING, SKIPPED, BACK))
    assert [note.text for note in notes.read()] == ["too sweet."]


def test_once_taken_back_a_skip_is_left_alone_by_what_follows(tmp_path: Path) -> None:
    notes = StandingNotes(tmp_path / "notes.md")
    notes.learn(prompt(PENDING, SKIPPED, BACK))
    notes.add("Too sweet.", on=START.date(), origin="skip of line 4, stream 12")
    notes.learn(prompt(PENDING, SKIPPED, BACK, PromptStep(START, PromptState.APPROVED, "operator", "")))
    assert [note.text for note in notes.read()] == ["Too sweet."]
