"""The screens over the console: earlier evenings and their ledgers, and what this is."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui import __version__
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Session
from sanctum_tui.memory.shelf import Shelved
from sanctum_tui.paths import Paths
from sanctum_tui.runtime.shelf import Shelf
from sanctum_tui.runtime.whereabouts import whereabouts
from sanctum_tui.settings import Secret, Settings
from sanctum_tui.text import in_minutes
from sanctum_tui.ui.dialogs.about import AboutDialog, Facts, libraries
from sanctum_tui.ui.dialogs.sessions import Errands, LedgerDialog, SessionsDialog
from tests.builders import START, evening_of, paths_in, says, settings
from tests.test_console import console as whole_console
from tests.test_console import line_waits
from tests.test_console import words as said
from tests.test_login_dialog import Console, console, until, words

SIZES = [(80, 24), (120, 35), (240, 70), (60, 120)]
HOSTILE = "[/][@click=app.quit]free subs[/] \x1b[2J\u202eabc"


def shelved(id: int, title: str = "Night sail", *, posted: int = 2, ended: bool = True, lines: int = 1200) -> Shelved:
    began = START + timedelta(days=id)
    end = began + timedelta(hours=2, minutes=5)
    session = Session(id, "harbour", "live", title, began, end if ended else None, end, 0, lines)
    return Shelved(session, posted)


class Shelves:
    """Stored evenings, as the test lays them out."""

    def __init__(self, *evenings: Shelved, trouble: str = "") -> None:
        self.evenings = evenings
        self.trouble = trouble
        self.read_ids: list[int] = []
        self.written: list[int] = []
        self.may = asyncio.Event()
        self.may.set()

    async def newest(self, limit: int) -> tuple[Shelved, ...]:
        self._fail()
        return self.evenings[:limit]

    async def read(self, session_id: int) -> str:
        await self.may.wait()
        self._fail()
        self.read_ids.append(session_id)
        return f"# Sanctum Ledger\n\nThe evening number {session_id}. {HOSTILE}\n"

    async def write(self, session_id: int) -> Path:
        self._fail()
        self.written.append(session_id)
        return Path("/home/mira/ledgers/evening.md")

    def _fail(self) -> None:
        if self.trouble:
            raise StorageError(self.trouble)


# Earlier evenings


def test_how_long_an_evening_lasted_is_said_as_people_do() -> None:
    assert in_minutes(timedelta(minutes=125)) == "2 h 05 min"
    assert in_minutes(timedelta(seconds=2900)) == "48 min"
    session = Session(1, "harbour", "live", "", START, clock_at=START - timedelta(seconds=3))
    assert Shelved(session, 0).lasted == timedelta()


@pytest.mark.parametrize("size", SIZES)
async def test_each_evening_says_when_how_long_and_how_much(tmp_path: Path, size: tuple[int, int]) -> None:
    shelf = Shelves(shelved(3, "The long way round", ended=False), shelved(2), shelved(1))
    async with console(tmp_path, SessionsDialog(shelf, Errands()), size) as (app, pilot):
        await until(pilot, lambda: "3 stored" in words(app))
        shown = words(app)
        for told in ("2026-03-04", "2 h 05 min", "1,200 lines", "The long way round", "#harbour, live on Twitch"):
            assert told in shown
        assert "2 lines of the agent posted" in shown
        assert "… unfinished" in shown
        assert shown.index("2026-03-04") < shown.index("2026-03-03") < shown.index("2026-03-02")
        assert "Esc closes" in shown


async def test_typing_finds_an_evening_and_enter_reads_its_ledger(tmp_path: Path) -> None:
    shelf = Shelves(shelved(3, HOSTILE), shelved(2, "Windrose"), shelved(1))
    async with console(tmp_path, SessionsDialog(shelf, Errands())) as (app, pilot):
        await until(pilot, lambda: "free subs[/]" in words(app))
        await pilot.press("slash", *"windrose", "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, LedgerDialog) and "The evening number 2" in words(app))
        assert shelf.read_ids == [2]
        assert "[@click=app.quit]free subs" in words(app)
        await pilot.press("w")
        await until(pilot, lambda: "written to /home/mira/ledgers/evening.md" in words(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SessionsDialog))
        assert app.answers == []


async def test_w_writes_the_chosen_ledger_and_says_where_or_in_private_not(tmp_path: Path) -> None:
    shelf = Shelves(shelved(2), shelved(1))
    async with console(tmp_path, SessionsDialog(shelf, Errands())) as (app, pilot):
        await until(pilot, lambda: "2 stored" in words(app))
        await pilot.press("down", "w")
        await until(pilot, lambda: "written to /home/mira" in words(app))
        assert shelf.written == [1]
        app.private = True
        await pilot.press("w")
        await until(pilot, lambda: "written to (hidden)" in words(app))


async def test_what_goes_wrong_is_a_sentence_on_the_screen(tmp_path: Path) -> None:
    async with console(tmp_path, SessionsDialog(Shelves(trouble="The database is locked."), Errands())) as (
        app,
        pilot,
    ):
        await until(pilot, lambda: "✕ The database is locked." in words(app))
    async with console(tmp_path, SessionsDialog(Shelves(), Errands())) as (app, pilot):
        await until(pilot, lambda: "No evening is stored yet" in words(app))


async def test_a_ledger_that_is_still_told_is_not_cut_off_by_leaving(tmp_path: Path) -> None:
    shelf = Shelves(shelved(1))
    shelf.may.clear()
    errands = Errands()
    async with console(tmp_path, SessionsDialog(shelf, errands)) as (app, pilot):
        await until(pilot, lambda: "1 stored" in words(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Telling the ledger…" in words(app))
        await pilot.press("escape")
    shelf.may.set()
    await errands.close()
    assert shelf.read_ids == [1]


async def test_the_shelf_tells_what_was_stored_and_writes_it_where_it_shall_be(tmp_path: Path) -> None:
    chosen = settings(export_path=str(tmp_path / "vault"))
    async with evening_of(tmp_path, [says(0, "evening all"), says(60, "a calm sea")]) as evening:
        await evening.run()
        await evening.finish()
    shelf = Shelf(chosen, paths_in(tmp_path))
    (found,) = await shelf.newest(10)
    assert (found.session.channel, found.session.messages, found.posted) == ("quietharbor", 2, 0)
    assert found.lasted >= timedelta(minutes=1)
    path = await shelf.write(found.session.id)
    assert path.parent == tmp_path / "vault"
    assert path.read_text("utf-8") == await shelf.read(found.session.id)


async def test_the_console_shows_the_evening_that_is_being_stored(tmp_path: Path) -> None:
    async with whole_console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("O")
        await until(pilot, lambda: isinstance(app.screen, SessionsDialog) and "1 stored" in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Sanctum Ledger" in said(app))
        await pilot.press("escape", "m")
        evening = app.stage.evening
        assert evening is not None
        await until(pilot, lambda: evening.orchestrator.muted)


async def test_the_evening_that_goes_on_is_called_tonight_and_others_unfinished(tmp_path: Path) -> None:
    shelf = Shelves(shelved(3, ended=False), shelved(2, ended=False), shelved(1))
    async with console(tmp_path, SessionsDialog(shelf, Errands(), tonight=3)) as (app, pilot):
        await until(pilot, lambda: "● tonight" in words(app))
        assert words(app).count("tonight") == 2
        await pilot.press("slash", *"unfinished")
        await until(pilot, lambda: "1 of 3 stored" in words(app))
        assert "Session 2: … unfinished." in words(app)


# What this is


async def about(app: Console, pilot: Pilot[int]) -> str:
    """All of its words, seen by scrolling."""
    seen = words(app)
    await pilot.press("end")
    await pilot.pause()
    return f"{seen} {words(app)}"


@pytest.mark.parametrize("private", [False, True])
async def test_it_tells_version_files_and_libraries_and_in_private_no_places(tmp_path: Path, private: bool) -> None:
    facts = Facts(
        help=[("F1", "every key")],
        places=whereabouts(Settings(), Paths(*(Path("/home/mira") / name for name in "abcd"))),
        libraries=libraries(),
    )
    async with console(tmp_path, AboutDialog(facts, private=private), (80, 24)) as (app, pilot):
        told = await about(app, pilot)
        for words_of in (f"Sanctum {__version__}", "Licence MIT", "F1 every key", "doctor", "textual 8"):
            assert words_of in told.replace("  ", " ")
        assert ("/home/mira" in told) is not private


def test_a_database_elsewhere_is_named_and_its_address_is_not_told() -> None:
    told = dict(whereabouts(settings(database_url=Secret("postgresql://me:word@host/db")), paths_in(Path("/x"))))
    assert told["database"] == "DATABASE_URL"
    assert told["log"] == Path("/x/state/sanctum.log")


async def test_a_key_opens_it_over_the_console(tmp_path: Path) -> None:
    async with whole_console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("I")
        await until(pilot, lambda: isinstance(app.screen, AboutDialog) and __version__ in said(app))
        assert "Ctrl+P" in said(app)
        await pilot.press("escape", "X")
        await until(pilot, lambda: "Log ·" in said(app))
