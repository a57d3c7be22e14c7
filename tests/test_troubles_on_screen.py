"""What goes wrong around a line is told shortly and kept in mind until it is well; the next step stays in sight."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sanctum_tui.agent.policies import Situation, decide, explain
from sanctum_tui.chat import Receipt
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import PromptState
from sanctum_tui.events import StorageFailed, StorageRecovered
from sanctum_tui.paths import write_atomically
from sanctum_tui.replay.sink import ReplaySink
from sanctum_tui.ui.actions import Moment
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.settings import SettingsDialog
from sanctum_tui.ui.dialogs.welcome import WelcomeDialog
from sanctum_tui.ui.footer import footer_pieces
from sanctum_tui.ui.keyboard import keyboard_of
from sanctum_tui.ui.keys import editing, review
from sanctum_tui.ui.keys.screen import UNSAVED
from sanctum_tui.ui.look.themefiles import ThemeFiles
from sanctum_tui.ui.moods import Mood, numbers_of, timer_of
from sanctum_tui.ui.panes.ledger import LedgerPane
from tests.builders import START, paths_in, settings
from tests.test_console import card, console, evening, line_waits, toasts, until, words

FULL = "The disk is full: the database could not be written; free some space, then go on."


async def test_a_full_disk_is_a_word_at_the_top_and_the_advice_is_said_once_in_full(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        broadcast = evening(app).broadcast
        broadcast.tell(StorageFailed(FULL))
        await until(pilot, lambda: "✕ not stored" in words(app, "#status"))
        await until(pilot, lambda: FULL in toasts(app))
        assert "paused" in words(app, "#status")
        app.clear_notifications()
        broadcast.tell(StorageFailed(FULL))
        await pilot.pause()
        await pilot.pause()
        assert not toasts(app)
        broadcast.tell(StorageRecovered())
        await until(pilot, lambda: "not stored" not in words(app, "#status"))


async def test_a_half_edited_line_that_the_disk_refused_is_written_as_soon_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [False]

    def write(path: Path, text: str) -> None:
        if not room[0]:
            raise StorageError(FULL)
        write_atomically(path, text)

    monkeypatch.setattr("sanctum_tui.ui.card.edits.write_atomically", write)
    monkeypatch.setattr(editing, "TRY_AGAIN_SECONDS", 0.01)
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "W", "h", "y")
        await until(pilot, lambda: FULL in toasts(app))
        app.clear_notifications()
        await pilot.pause(0.1)
        assert not toasts(app)
        room[0] = True
        await until(pilot, lambda: any("Why" in file.read_text("utf-8") for file in tmp_path.rglob("edits/*.txt")))


async def test_a_line_that_is_to_be_replaced_is_approved_only_by_whoever_means_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=60.0)) as (app, pilot):
        await line_waits(app, pilot)

        async def redraft(number: int, note: str = "") -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(evening(app).orchestrator, "redraft", redraft)
        await pilot.press("r", "a")
        await until(pilot, lambda: review.BEING_REPLACED in toasts(app))
        assert card(app).state is PromptState.PENDING
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.APPROVED)


async def test_an_evening_that_ends_behind_the_question_is_not_said_to_be_left(tmp_path: Path) -> None:
    async with console(tmp_path, still=False) as (app, pilot):
        await until(pilot, lambda: app.stage.evening)
        await pilot.press("q")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await app.stage.end()
        await until(pilot, lambda: app.stage.ended)
        await pilot.press("l")
        await until(pilot, lambda: app._exit)
        assert "left as it stands" not in str(app._exit_renderables)


@pytest.mark.parametrize("private", [False, True])
async def test_on_stream_the_last_words_do_not_tell_where_the_ledger_is(tmp_path: Path, private: bool) -> None:
    async with console(tmp_path, chosen=settings(private_mode=private)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("q", "e")
        await until(pilot, lambda: app._exit)
        (told,) = map(str, app._exit_renderables)
        assert "The evening has ended" in told
        assert (str(tmp_path) in told) is not private


BOARD = keyboard_of((), vim_keys=False)


def footer(moment: Moment, *, unseen: bool = False) -> list[str]:
    """Most urgent first, and as they stand beside each other."""
    pieces = footer_pieces(BOARD, moment, editing=False, unseen=unseen)
    return [piece.text for piece in sorted(pieces, key=lambda piece: -piece.urgency)]


def test_while_a_line_waits_its_keys_are_the_last_to_go_from_the_footer() -> None:
    waits = Moment(open=True, playing=True, card=PromptState.PENDING, pane="chat")
    assert footer(waits)[:3] == ["a approve", "e edit", "s skip"]
    assert footer(waits).index("? help") < footer(waits).index("m mute")


def test_where_the_card_is_not_seen_the_footer_says_that_a_line_waits_and_what_shows_it() -> None:
    waits = Moment(open=True, playing=True, card=PromptState.PENDING, pane="ledger")
    shown = footer(waits, unseen=True)
    assert shown[0] == "3 ◆ a line waits"
    assert "a approve" not in shown
    assert footer(replace(waits, card=PromptState.HELD), unseen=True)[0] == "3 ◆ a line is held"


def test_after_the_end_the_footer_leads_to_the_ledger() -> None:
    assert footer(Moment(open=True))[:4] == ["w write ledger", "5 ledger", "O earlier evenings…", "? help"]
    assert "m mute" not in footer(Moment(open=True))


def test_the_silence_that_was_asked_for_is_counted_down_whatever_else_keeps_the_agent_quiet() -> None:
    asked = Situation(START, START, let_it_be_until=START + timedelta(minutes=2))
    decision = decide(asked)
    assert "You asked to let it be; 2:00 to go." in explain(decision)
    assert "You asked to let it be; 1:30 to go." in explain(decision, START + timedelta(seconds=30))
    assert ("The silence you asked for goes on for", "2:00") in numbers_of(decision)
    assert decision.until == START + timedelta(minutes=15)


def test_a_line_that_is_on_its_way_does_not_wait_for_anybody() -> None:
    decision = decide(Situation(START, START, waiting=PromptState.APPROVED))
    assert timer_of(decision, card=PromptState.PENDING).mood is Mood.LINE_WAITS
    goes = timer_of(decision, card=PromptState.APPROVED)
    assert (goes.mood, goes.words) == (Mood.LINE_GOES, "Quiet 0:00. Your line goes out in a moment.")
    assert timer_of(decision, card=PromptState.HELD).mood is Mood.LINE_HELD


def test_a_link_to_nowhere_or_a_pipe_among_the_themes_keeps_no_other_from_being_seen(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("name = 'mine'\n[colours]\nprimary = '#ff0000'\n")
    (tmp_path / ".#mine.toml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.toml")
    files = ThemeFiles(tmp_path)
    themes, failures = files.load()
    assert "mine" in [theme.name for theme in themes]
    assert failures == ()
    assert not files.changed()
    mine.write_text("name = 'mine'\n[colours]\nprimary = '#00ff0000'\n")
    assert files.changed()


async def test_a_dashboard_that_the_disk_refused_is_told_in_any_pane_and_saved_as_soon_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = [False]

    def write(path: Path, text: str | bytes) -> None:
        if not room[0]:
            raise StorageError(f"{path} could not be written.") from OSError(28, "no space")
        write_atomically(path, text)

    monkeypatch.setattr("sanctum_tui.dashboard.file.write_atomically", write)
    async with console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.query("#dashboard"))
        before = evening(app).tonight.path.read_text("utf-8")
        await pilot.press("4", "enter", "x")
        await until(pilot, lambda: "could not be written" in toasts(app))
        await until(pilot, lambda: "not saved" in words(app, "#dashboard"))
        assert str(tmp_path) not in toasts(app) + words(app)
        room[0] = True
        well = " saved", " not saved"
        await until(pilot, lambda: [words(app, "#dashboard").endswith(end) for end in well] == [True, False])
        assert evening(app).tonight.path.read_text("utf-8") != before


async def test_a_ledger_that_is_gone_gives_way_to_tonights(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        gone = tmp_path / "gone.md"
        app.query_one(LedgerPane).offer([("gone", gone)])
        await pilot.press("5", "left")
        await until(pilot, lambda: "cannot be read" in toasts(app))
        await until(pilot, lambda: app.query_one(LedgerPane).wanted is None)
        await pilot.press("3", "s")
        await until(pilot, lambda: "skipped" in app.query_one(LedgerPane)._markdown.lower())
        assert "tonight, so far" in words(app, "#ledger")


async def test_private_mode_is_one_key_away_in_a_dialog_too(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("P")
        await until(pilot, lambda: app.private)
        assert len(app.screen_stack) == 2


async def test_what_help_offers_on_the_welcome_works_there(tmp_path: Path) -> None:
    app = SanctumApp(settings(), paths_in(tmp_path), None)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog))
        await pilot.press("T")
        await until(pilot, lambda: len(app.screen_stack) == 3)
        await pilot.press("escape", "C")
        await until(pilot, lambda: isinstance(app.screen, SettingsDialog))
        await pilot.press("escape", "t")
        await until(pilot, lambda: "There is no evening yet." in toasts(app))
        assert isinstance(app.screen, WelcomeDialog)


async def test_on_a_full_disk_the_console_is_not_left_with_words_that_only_its_screen_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: Path, text: str) -> None:
        raise StorageError(FULL)

    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        monkeypatch.setattr("sanctum_tui.ui.card.edits.write_atomically", refuse)
        await pilot.press("e", *"half")
        await pilot.press("escape")
        await pilot.press("q", "l")
        await until(pilot, lambda: UNSAVED in toasts(app))
        assert FULL in toasts(app)
        assert app.is_running
        await pilot.press("q", "l")
        await until(pilot, lambda: not app.is_running)


async def test_words_that_a_disk_takes_again_are_written_on_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True

    def write(file: Path, text: str) -> None:
        if full:
            raise StorageError(FULL)
        write_atomically(file, text)

    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        monkeypatch.setattr("sanctum_tui.ui.card.edits.write_atomically", write)
        await pilot.press("e", *"half")
        await pilot.press("escape")
        await until(pilot, lambda: FULL in toasts(app))
        full = False
        await pilot.press("q", "l")
        await until(pilot, lambda: not app.is_running)
    (kept,) = (tmp_path / "state" / "edits").glob("*.txt")
    assert kept.read_text("utf-8").endswith("half")


async def test_the_other_keys_do_not_wait_for_an_answer_to_a_line_that_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = asyncio.Event()
    real = ReplaySink.post

    async def slowly(self: ReplaySink, text: str, *, shut: Callable[[], str]) -> Receipt:
        await answered.wait()
        return await real(self, text, shut=shut)

    monkeypatch.setattr(ReplaySink, "post", slowly)
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("a", "m")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        assert card(app).state is PromptState.SENDING
        answered.set()
        # Whoever mutes before it has left keeps it back.
        await until(pilot, lambda: card(app).state is PromptState.HELD)
