"""Private mode that is turned on while a dialog is open hides at once what the dialog shows."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.evening import Draft
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.llm.standing import StandingNotes
from sanctum_tui.logs import LogReader
from sanctum_tui.memory.people import Before, Tonight
from sanctum_tui.settings import Settings
from sanctum_tui.twitch.login import Waiting
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.about import AboutDialog, Facts
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.base import Dialog, LineInput
from sanctum_tui.ui.dialogs.log import LogDialog
from sanctum_tui.ui.dialogs.login import LoginDialog
from sanctum_tui.ui.dialogs.models import ModelsDialog
from sanctum_tui.ui.dialogs.notes import NotesDialog
from sanctum_tui.ui.dialogs.person import PersonDialog
from sanctum_tui.ui.dialogs.preview import PreviewDialog
from sanctum_tui.ui.dialogs.registering import RegisteringDialog
from sanctum_tui.ui.dialogs.sessions import written_words
from sanctum_tui.ui.dialogs.setup import FolderDialog, SetupDialog
from sanctum_tui.ui.dialogs.welcome import WelcomeDialog
from sanctum_tui.ui.firstrun import Step
from tests.test_console import console, line_waits, seen, until
from tests.test_login_dialog import CODE, Steps, shows_letters
from tests.test_models_screen import Bench

PLACE = "/home/mira/evenings"


async def nobody() -> Before:
    return Before()


def notes(folder: Path) -> Dialog[None]:
    kept = StandingNotes(folder / "notes.md")
    kept.add("never name the harbour", on=date(2026, 3, 1), origin="written here")
    return NotesDialog(kept, today=lambda: date(2026, 3, 1))


def person(folder: Path) -> Dialog[None]:
    return PersonDialog("sol", "Sol", Tonight(flags=("sells followers",)), nobody, known_bot=False, private=False)


def log(folder: Path) -> Dialog[None]:
    file = folder / "a.log"
    file.write_text(f"2026-03-01T19:00:00 WARNING sanctum_tui.x: {PLACE} is full\n", "utf-8")
    return LogDialog(LogReader(file))


def preview(folder: Path) -> Dialog[None]:
    return PreviewDialog((Draft("The lamp is lit.", "The lamp is lit.", ("your note on the harbour",)), Verdict(())))


DIALOGS: dict[str, tuple[Callable[[Path], Dialog[Any]], str]] = {
    "notes": (notes, "never name the harbour"),
    "person": (person, "sells followers"),
    "log": (log, PLACE),
    "models": (lambda _: ModelsDialog(Bench(), settings=Settings, settings_file=Path(PLACE, "config.toml")), PLACE),
    "about": (lambda _: AboutDialog(Facts(places=[("Ledgers", PLACE)]), private=False), PLACE),
    "client id": (lambda _: RegisteringDialog(Path(PLACE, "config.toml")), PLACE),
    "set up": (lambda _: SetupDialog(dict.fromkeys(Step, PLACE)), PLACE),
    "welcome": (lambda _: WelcomeDialog([], known="mira_by_the_sea"), "mira_by_the_sea"),
    "preview": (preview, "your note on the harbour"),
    "folder": (lambda _: FolderDialog(Path(PLACE)), PLACE),
}


@pytest.mark.parametrize(("dialog", "secret"), DIALOGS.values(), ids=DIALOGS)
async def test_what_an_open_dialog_shows_is_hidden_at_once_and_comes_back(
    tmp_path: Path, dialog: Callable[[Path], Dialog[Any]], secret: str
) -> None:
    async with console(tmp_path, size=(120, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await app.push_screen(dialog(tmp_path))
        await until(pilot, lambda: secret in seen(app))
        app.look(private=True, big=False)
        await until(pilot, lambda: secret not in seen(app))
        await pilot.pause()
        assert secret not in seen(app)
        app.look(private=False, big=False)
        if app.screen.query("#setup-told"):
            assert app.screen.query_one(LineInput).value == secret
        await until(pilot, lambda: secret in seen(app))


async def test_a_note_that_is_being_written_is_hidden_too(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await app.push_screen(notes(tmp_path))
        await pilot.press("e")
        await pilot.press(*" at night")
        await until(pilot, lambda: "harbour at night" in seen(app))
        app.look(private=True, big=False)
        await until(pilot, lambda: "harbour" not in seen(app))
        assert app.screen.query_one("#note", LineInput).value == "never name the harbour at night"


async def test_an_answer_that_is_being_typed_is_hidden_too(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("S")
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        await pilot.press(*"my sister")
        await until(pilot, lambda: "my sister" in seen(app))
        app.look(private=True, big=False)
        await until(pilot, lambda: "my sister" not in seen(app))
        app.look(private=False, big=False)
        await until(pilot, lambda: "my sister" in seen(app))


async def test_the_code_of_a_login_is_hidden_at_once_and_comes_back(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        steps = Steps()
        await app.push_screen(LoginDialog(steps))
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        app.look(private=True, big=False)
        await until(pilot, lambda: not shows_letters(app, "QWERTZAB"))
        await until(pilot, lambda: not app.screen.query_one("#login-qr").display)
        await pilot.press("s")
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        app.look(private=False, big=False)
        app.look(private=True, big=False)
        await until(pilot, lambda: not shows_letters(app, "QWERTZAB"))
        app.look(private=False, big=False)
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))


async def test_where_a_ledger_was_written_is_hidden(tmp_path: Path) -> None:
    async with console(tmp_path, size=(200, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("O")
        await until(pilot, lambda: "1 stored" in seen(app))
        say(app, written_words(Path(PLACE), private=False))
        await until(pilot, lambda: PLACE in seen(app))
        app.look(private=True, big=False)
        await until(pilot, lambda: PLACE not in seen(app))


async def test_private_mode_turned_on_in_the_settings_hides_them_there(tmp_path: Path) -> None:
    async with console(tmp_path, size=(160, 100)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("C")
        await pilot.press("slash", *"private_mode", "enter", "enter")
        await until(pilot, lambda: app.private)
        await pilot.press("escape")
        await until(pilot, lambda: str(tmp_path) not in seen(app))


def say(app: SanctumApp, told: str) -> None:
    from sanctum_tui.ui.dialogs.sessions import SessionsDialog

    assert isinstance(app.screen, SessionsDialog)
    app.screen.say(told)
