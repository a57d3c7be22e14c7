"""In private mode no screen shows where something is on this machine, nor what the operator noted for themselves."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.llm.standing import StandingNotes
from sanctum_tui.settings import Settings
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.client_id import ClientIdDialog
from sanctum_tui.ui.dialogs.models import ModelsDialog
from sanctum_tui.ui.dialogs.newmodel import NewModelDialog
from sanctum_tui.ui.dialogs.notes import HIDES, NotesDialog
from sanctum_tui.ui.dialogs.person import PersonDialog
from sanctum_tui.ui.dialogs.sessions import Errands, LedgerDialog
from sanctum_tui.ui.dialogs.settings import SettingsDialog
from sanctum_tui.ui.dialogs.welcome import WelcomeDialog
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.settingrows import rows_of
from tests.builders import says, settings
from tests.test_chat_people import SOL
from tests.test_console import console as whole_console
from tests.test_console import line_waits
from tests.test_console import words as said
from tests.test_login_dialog import console, until, words
from tests.test_models_screen import Bench
from tests.test_screens import Shelves, shelved

PLACE = "/home/mira/shelf"
TROUBLE = f"{PLACE}/config.toml cannot be read; mend or remove it."


async def fails(*_: Any) -> Any:
    raise StorageError(TROUBLE)


def refuses(*_: Any) -> Any:
    raise BadInputError(TROUBLE)


def notes_in(folder: Path) -> StandingNotes:
    kept = StandingNotes(folder / "notes.md")
    kept.add("No lines about my sister.", on=date(2026, 2, 1), origin="skip of line 4")
    return kept


async def test_standing_notes_are_hidden_and_what_is_hidden_is_named(tmp_path: Path) -> None:
    dialog = NotesDialog(notes_in(tmp_path), today=lambda: date(2026, 3, 1))
    async with whole_console(tmp_path, chosen=settings(private_mode=True)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private)
        app.push_screen(dialog)
        await until(pilot, lambda: HIDES in said(app))
        assert f"{HIDDEN} 2026-02-01 · skip of line 4" in " ".join(said(app).replace("▌", "").split())
        for key in ("d", "e"):
            await pilot.press(key)
            await pilot.pause()
            assert "sister" not in said(app)
            assert tmp_path.name not in said(app)
        assert dialog.query_one(LineInput).value == "No lines about my sister."


class Desk:
    """Settings that can be neither changed nor kept."""

    themes = ("hearth",)
    change = keep = staticmethod(refuses)

    def rows(self, query: list[str]) -> Any:
        return rows_of(Settings(), Settings(), {}, query=query, private=True)

    def wrong(self, name: str, value: str) -> str:
        return TROUBLE


def ask_line(folder: Path) -> AskLine:
    return AskLine("How much?", lambda answer: TROUBLE)


def client_id(folder: Path) -> ClientIdDialog:
    return ClientIdDialog(Path("config.toml"), refuses, lambda: None)


def new_model(folder: Path) -> NewModelDialog:
    return NewModelDialog(fails)


def ledger(folder: Path) -> LedgerDialog:
    return LedgerDialog(Shelves(trouble=TROUBLE), Errands(), shelved(1))


def desk(folder: Path) -> SettingsDialog:
    return SettingsDialog(Desk(), settings_file="config.toml")


def person(folder: Path) -> PersonDialog:
    return PersonDialog("sol", "Sol", SOL, fails, known_bot=False, private=True)


SCREENS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "a question": (ask_line, ("x", "enter")),
    "the client id": (client_id, (*"abcdefghij0123456789", "enter")),
    "a new model": (new_model, ("1", *"qwen", "enter")),
    "an earlier ledger": (ledger, ("w",)),
    "the settings": (desk, ("slash", *"bell", "enter", "k")),
    "a person": (person, ()),
}


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(("dialog", "keys"), SCREENS.values(), ids=list(SCREENS))
async def test_what_goes_wrong_is_told_without_the_place(
    tmp_path: Path, dialog: Any, keys: tuple[str, ...], private: bool
) -> None:
    async with whole_console(tmp_path, chosen=settings(private_mode=private)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.private is private)
        app.push_screen(dialog(tmp_path))
        await until(pilot, lambda: app.screen.query("#dialog"))
        await pilot.press(*keys)
        await until(pilot, lambda: "cannot be read; mend or remove it." in said(app))
        assert (PLACE in said(app)) is not private


@pytest.mark.parametrize("private", [False, True])
async def test_the_models_screen_names_the_settings_file_without_its_folder(tmp_path: Path, private: bool) -> None:
    bench = Bench()
    dialog = ModelsDialog(bench, settings=Settings, settings_file=Path(PLACE, "config.toml"))
    async with console(tmp_path, ClientIdDialog(Path("x"), refuses, lambda: None)) as (app, pilot):
        app.private = private
        app.push_screen(dialog)
        await until(pilot, lambda: "three lines into" in words(app))
        assert "config.toml" in words(app)
        assert (PLACE in words(app)) is not private


async def test_why_a_model_rests_is_told_without_its_address(tmp_path: Path) -> None:
    bench = Bench("quick")
    bench.fail(0, "quick: http://mira.example:11434/v1 does not answer.")
    async with console(tmp_path, ClientIdDialog(Path("x"), refuses, lambda: None)) as (app, pilot):
        app.private = True
        app.push_screen(ModelsDialog(bench, settings=Settings, settings_file=Path("config.toml")))
        await until(pilot, lambda: "does not answer" in words(app))
        assert "mira.example" not in words(app)


async def test_the_way_to_a_client_id_names_the_settings_file_without_its_folder(tmp_path: Path) -> None:
    welcome = WelcomeDialog([], id_goes_to=Path(PLACE, "config.toml"), keep_id=refuses)
    async with console(tmp_path, welcome) as (app, pilot):
        app.private = True
        await pilot.press("1")
        await until(pilot, lambda: isinstance(app.screen, ClientIdDialog) and "config.toml" in words(app))
        assert PLACE not in words(app)


async def test_the_end_of_an_evening_names_no_place_on_the_card(tmp_path: Path) -> None:
    async with whole_console(tmp_path, [says(0), says(30)], chosen=settings(private_mode=True)) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        await until(pilot, lambda: "Its ledger is" in said(app, "#review"))
        assert tmp_path.name not in said(app)
        assert HIDDEN in said(app, "#review")
