"""The log on the screen: opened at its end however long it is, followed, searched, copied, and never obeyed."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui.logs import Entry, LogReader, read_entry
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.ui.dialogs.log import LogDialog
from tests.test_login_dialog import Console, console, until, words

SIZES = [(80, 24), (120, 35), (240, 70), (60, 120)]
HOSTILE = "\x1b]52;c;eA==\x07[/][@click=app.quit]free subs[/] \u202eabc"


def record(what: str, level: str = "INFO", *, trace: str = "", second: int = 0) -> str:
    told = {
        "at": f"2026-03-01T19:00:{second % 60:02}+0000",
        "level": level,
        "from": "sanctum_tui.twitch",
        "what": what,
    }
    return json.dumps(told | ({"trace": trace} if trace else {}))


def write(file: Path, *lines: str) -> None:
    """Add lines to the log, as its own writer does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as opened:
        opened.write("".join(f"{line}\n" for line in lines))


@asynccontextmanager
async def log_screen(
    folder: Path, *lines: str, size: tuple[int, int] = (120, 35), private: bool = False
) -> AsyncIterator[tuple[Console, Pilot[int], LogDialog, Path]]:
    file = folder / "sanctum.log"
    write(file, *lines)
    dialog = LogDialog(LogReader(file))
    async with console(folder, dialog, size) as (app, pilot):
        app.private = private
        await until(pilot, lambda: "Log ·" in words(app))
        yield app, pilot, dialog, file


def whats(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.what for entry in entries]


def shows(app: Console, what: str) -> bool:
    return what in words(app)


# The file


def test_a_line_that_is_no_record_is_text() -> None:
    assert read_entry(record("it rained", "ERROR", trace="why")) == Entry(
        "it rained", "ERROR", "2026-03-01T19:00:00+0000", "sanctum_tui.twitch", "why"
    )
    for broken in ("Segmentation fault", "{", '{"what": 3}', "[1, 2]", '{"at": "", "level": null}', "[" * 5000):
        assert read_entry(broken) == Entry(broken)


def test_the_file_is_read_backward_in_whole_lines_and_every_line_once(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    lines = [f"line {number} — 漢字" for number in range(500)]
    write(file, *map(record, lines))
    reader = LogReader(file, piece=1000)
    found: list[str] = []
    while piece := reader.earlier():
        found[:0] = whats(piece)
    assert found == lines
    assert reader.earlier() == ()


def test_a_line_longer_than_a_piece_comes_whole(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    write(file, record("first"), record("x" * 5000))
    reader = LogReader(file, piece=100)
    found = whats(reader.earlier())
    assert found[-1] == "x" * 5000
    assert [*whats(reader.earlier()), *found] == ["first", "x" * 5000]


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    write(file, record("whole"))
    half = record("written in two goes")
    with file.open("a") as opened:
        opened.write(half[:20])
    reader = LogReader(file)
    assert whats(reader.earlier()) == ["whole"]
    assert reader.later() == ()
    with file.open("a") as opened:
        opened.write(f"{half[20:]}\n")
    assert whats(reader.later()) == ["written in two goes"]
    assert reader.later() == ()


def test_nothing_is_lost_when_the_log_is_turned_over(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    write(file, record("old"))
    reader = LogReader(file)
    write(file, record("the last of the old one"))
    file.rename(tmp_path / "sanctum.log.1")
    write(file, record("the first of the new one"))
    assert whats(reader.later()) == ["the last of the old one", "the first of the new one"]
    assert whats(reader.earlier()) == ["old"]
    assert reader.earlier() == ()


def test_an_earlier_file_is_read_where_the_newest_has_no_more(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    write(tmp_path / "sanctum.log.1", record("yesterday"))
    write(file, record("today"))
    reader = LogReader(file)
    assert [whats(reader.earlier()), whats(reader.earlier())] == [["today"], ["yesterday"]]


def test_without_a_log_there_is_nothing_until_there_is_one(tmp_path: Path) -> None:
    reader = LogReader(tmp_path / "sanctum.log")
    assert (reader.earlier(), reader.later()) == ((), ())
    write(tmp_path / "sanctum.log", record("hello"))
    assert whats(reader.later()) == ["hello"]


def test_fifty_megabytes_open_in_no_time(tmp_path: Path) -> None:
    file = tmp_path / "sanctum.log"
    block = "".join(f"{record(f'line {number}')}\n" for number in range(10_000))
    with file.open("w") as opened:
        while opened.tell() < 50_000_000:
            opened.write(block)
    began = time.perf_counter()
    newest = LogReader(file).earlier()
    assert time.perf_counter() - began < 0.5
    assert newest[-1].what == "line 9999"


# The screen


@pytest.mark.parametrize("size", SIZES)
async def test_one_sees_the_newest_line_and_all_of_it_below(tmp_path: Path, size: tuple[int, int]) -> None:
    lines = [record(f"line {number}", second=number) for number in range(300)]
    trace = "Traceback\nRuntimeError: broken"
    async with log_screen(tmp_path, *lines, record("it broke", "ERROR", trace=trace), size=size) as (app, pilot, *_):
        await until(pilot, lambda: "RuntimeError: broken" in words(app))
        assert "line 299" in words(app)
        assert "✕ ERROR" in words(app)
        assert "Esc closes" in words(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_it_follows_the_end_and_stands_still_for_whoever_reads(tmp_path: Path) -> None:
    lines = [record(f"line {number}") for number in range(100)]
    async with log_screen(tmp_path, *lines) as (app, pilot, dialog, file):
        await until(pilot, lambda: dialog.sheet.at_end)
        write(file, record("it goes on"))
        dialog._look()
        await until(pilot, lambda: "it goes on" in words(app))
        await pilot.press("pageup", "pageup")
        top, chosen = dialog.sheet.scroll_y, dialog.sheet.chosen
        write(file, record("and on"), record("and on again"))
        dialog._look()
        await until(pilot, lambda: "2 new · End follows" in words(app))
        assert (dialog.sheet.scroll_y, dialog.sheet.chosen) == (top, chosen)
        assert "and on again" not in words(app)
        await pilot.press("end")
        await until(pilot, lambda: "and on again" in words(app) and "2 new" not in words(app))


async def test_one_key_leaves_out_what_matters_less(tmp_path: Path) -> None:
    lines = (record("chatter", "DEBUG"), record("news"), record("odd", "WARNING"), record("bad", "ERROR"), "no JSON")
    async with log_screen(tmp_path, *lines) as (app, pilot, *_):
        for gone, said in (("chatter", "INFO"), ("news", "WARNING"), ("odd", "ERROR")):
            await pilot.press("l")
            await until(pilot, partial(shows, app, f"{said} and above"))
            assert gone not in words(app)
        assert "bad" in words(app)
        assert "no JSON" in words(app)
        await pilot.press("l")
        await until(pilot, lambda: "every level" in words(app))
        assert "chatter" in words(app)


async def test_a_search_narrows_it_down_and_escape_ends_the_search_first(tmp_path: Path) -> None:
    async with log_screen(tmp_path, record("the mast broke"), record("the sea is calm")) as (app, pilot, *_):
        await pilot.press("slash", *"MAST lamp")
        await until(pilot, lambda: "Nothing like that" in words(app))
        await pilot.press(*["backspace"] * 5)
        await until(pilot, lambda: "1 of 2 lines" in words(app))
        assert "the sea is calm" not in words(app)
        await pilot.press("escape")
        await until(pilot, lambda: "the sea is calm" in words(app))
        assert app.answers == []


async def test_going_up_reads_on_from_the_file(tmp_path: Path) -> None:
    lines = [record(f"line {number} {'x' * 400}") for number in range(2000)]
    async with log_screen(tmp_path, *lines) as (app, pilot, dialog, _):
        await until(pilot, lambda: dialog.sheet.at_end)
        await pilot.press("home")
        first = dialog.sheet.chosen
        assert first is not None
        assert not first.what.startswith("line 0 ")
        await pilot.press("up")
        assert dialog.sheet.chosen is first
        await pilot.press("up")
        assert dialog.sheet.chosen is not first
        for _ in range(5):
            await pilot.press("home", "up")
        await pilot.press("home")
        await until(pilot, lambda: dialog.sheet.chosen is not None and dialog.sheet.chosen.what.startswith("line 0 "))
        await pilot.press("up")
        await until(pilot, lambda: "the first line that is kept" in words(app))


async def test_a_line_or_all_that_is_shown_is_copied_as_it_is_shown(tmp_path: Path) -> None:
    REDACTOR.learn("the-secret-of-this-test")
    lines = (record("the mast broke"), record("key the-secret-of-this-test"), HOSTILE)
    async with log_screen(tmp_path, *lines) as (app, pilot, *_):
        await pilot.press("c")
        await until(pilot, lambda: "The line: copied" in words(app))
        assert app.clipboard == "]52;c;eA==[/][@click=app.quit]free subs[/] abc"
        await pilot.press("C")
        await until(pilot, lambda: "3 lines: copied" in words(app))
        assert "the mast broke" in app.clipboard
        assert "the-secret" not in app.clipboard


async def test_more_than_a_terminal_takes_is_copied_from_the_end(tmp_path: Path) -> None:
    lines = [record(f"line {number} {'x' * 300}") for number in range(500)]
    async with log_screen(tmp_path, *lines) as (app, pilot, *_):
        await pilot.press("C")
        await until(pilot, lambda: "of 500 lines: copied" in words(app))
        assert len(app.clipboard.encode()) <= 60_000
        assert "line 499 " in app.clipboard


async def test_what_another_program_wrote_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    async with log_screen(tmp_path, HOSTILE, record(HOSTILE, "ERROR", trace=HOSTILE)) as (app, pilot, *_):
        await until(pilot, lambda: "[@click=app.quit]free subs" in words(app))
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert not any(sign in shown for sign in "\x1b\x07\u202e")


async def test_in_private_mode_places_are_left_out(tmp_path: Path) -> None:
    lines = (record("wrote /home/mira/ledgers/evening.md to 192.168.0.7:80"),)
    async with log_screen(tmp_path, *lines, private=True) as (app, pilot, dialog, _):
        dialog.searched()
        await until(pilot, lambda: "wrote (hidden)" in words(app))
        assert "mira" not in words(app)
        assert "192.168" not in words(app)


async def test_the_mouse_chooses_a_line(tmp_path: Path) -> None:
    async with log_screen(tmp_path, record("the mast broke"), record("the sea is calm")) as (_, pilot, dialog, _file):
        await pilot.click("#listing", offset=(10, 0))
        await until(pilot, lambda: dialog.sheet.chosen is not None and "mast" in dialog.sheet.chosen.what)


async def test_an_empty_log_says_what_it_would_hold_and_where_the_evening_is_told(tmp_path: Path) -> None:
    async with log_screen(tmp_path) as (app, pilot, _, _):
        await until(pilot, lambda: "No trouble so far." in words(app))
        assert "LOG_LEVEL" in words(app)
        assert "is in the ledger" in words(app)
