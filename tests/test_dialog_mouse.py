"""Every dialog can be left and answered by mouse: its keys are pressed at its foot, and a click beside it closes."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.framing import PRESSES, Box, answer, key_of, keyed, rows_of
from sanctum_tui.ui.dialogs.help import HelpDialog
from sanctum_tui.ui.dialogs.leaving import LeavingDialog
from sanctum_tui.ui.dialogs.look import LookDialog
from tests.test_console import console, line_waits, seen, until

DIALOGS = {
    "settings": "C",
    "lines": "b",
    "help": "question_mark",
    "why": "t",
    "theme": "T",
    "layout": "W",
    "notes": "N",
    "plan": "D",
    "models": "M",
    "evenings": "O",
    "log": "X",
    "about": "I",
    "set up": "U",
    "quit": "q",
    "hours": "K",
}
"""Keys that open dialogs."""
SIZES = [(80, 24), (120, 35), (60, 120), (200, 60)]


def where(app: SanctumApp, what: str) -> tuple[int, int]:
    """The place on the screen where words begin, the last of them."""
    rows = seen(app).split("\n")
    y = max(y for y, row in enumerate(rows) if what in row)
    return rows[y].rindex(what), y


def pressed_at(words_told: str, at: str) -> str:
    """The key that a click on a part of a foot presses."""
    content = keyed(words_told, "bold", "")
    place = content.plain.index(at)
    for span in content.spans:
        if span.start <= place < span.end and not isinstance(span.style, str) and span.style.meta:
            return str(span.style.meta[PRESSES])
    return ""


async def opened(app: SanctumApp, pilot: Pilot[int], key: str) -> Dialog[object]:
    await line_waits(app, pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(app.screen, Dialog) and app.screen.query(Box))
    await pilot.pause()
    assert isinstance(app.screen, Dialog)
    return app.screen


@pytest.mark.parametrize(
    ("foot", "at", "key"),
    [
        ("Esc closes", "Esc", "escape"),
        ("Esc closes", "closes", "escape"),
        ("Enter or u uses it · r another", "Enter", "enter"),
        ("Enter or u uses it · r another", "u uses", "u"),
        ("Enter or u uses it · r another", "uses", "enter"),
        ("Enter or u uses it · r another", "another", "r"),
        ("Enter or its number chooses", "number", "enter"),
        ("↑↓ choose", "↑", "up"),
        ("↑↓ choose", "↓", "down"),
        ("↑↓ choose", "choose", ""),
        ("Enter, ↓ to the list", "↓", "down"),
        ("Space mark · s skip", "mark", "space"),
        (", . headings", ".", "full_stop"),
        ("l level · / search", "/", "slash"),
        ("Ctrl+G keeps it", "keeps", "ctrl+g"),
        ("PgUp PgDn · End follows", "PgDn", "pagedown"),
        ("PgUp PgDn · End follows", "follows", "end"),
        ("type to search", "type", ""),
        ("(in brackets): not now", "brackets", ""),
        ("◆ changes now", "◆", ""),
    ],
)
def test_what_a_click_on_a_foot_presses(foot: str, at: str, key: str) -> None:
    assert keyed(foot, "bold", "").plain == foot
    assert pressed_at(foot, at) == key


def test_an_answer_is_a_key_and_words_and_a_heading_is_none() -> None:
    assert answer("e  end it here") == ("e", "end it here")
    assert answer("The style guard") == ("", "The style guard")
    assert key_of("◆") == ""


def test_a_foot_wraps_between_its_keys() -> None:
    assert rows_of("Enter sends · Esc leaves", 60) == ["Enter sends · Esc leaves"]
    assert rows_of("Enter sends · Esc leaves", 12) == ["Enter sends", "Esc leaves"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("key", DIALOGS.values(), ids=DIALOGS)
async def test_the_foot_is_whole_and_its_escape_can_be_clicked(
    tmp_path: Path, key: str, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        dialog = await opened(app, pilot, key)
        edge = seen(app).split("\n")[dialog.query_one(Box).region.bottom - 1]
        assert "Esc " in edge
        assert "…" not in edge
        x, y = where(app, "Esc ")
        await pilot.click(offset=(x + 5, y))
        await until(pilot, lambda: app.screen is not dialog)


@pytest.mark.parametrize("key", [key for name, key in DIALOGS.items() if name != "plan"])
async def test_a_click_beside_the_frame_closes_where_nothing_was_typed(tmp_path: Path, key: str) -> None:
    async with console(tmp_path) as (app, pilot):
        await opened(app, pilot, key)
        await pilot.click(offset=(0, 0))
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_a_click_beside_the_frame_does_not_lose_what_is_being_typed(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        dialog = await opened(app, pilot, "K")
        await pilot.press(*"surf")
        await pilot.click(offset=(0, 0))
        await pilot.pause()
        assert app.screen is dialog
        assert dialog.query_one(Input).value == "surf"


async def test_a_click_beside_the_help_closes_it_whatever_was_searched(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await opened(app, pilot, "question_mark")
        await pilot.press(*"mute")
        await pilot.click(offset=(0, 0))
        await until(pilot, lambda: not isinstance(app.screen, HelpDialog))


@pytest.mark.parametrize("what", ["l  leave it", "leave it as it stands", "The next start can go on"])
async def test_an_answer_is_clicked(tmp_path: Path, what: str) -> None:
    async with console(tmp_path) as (app, pilot):
        dialog = await opened(app, pilot, "q")
        assert isinstance(dialog, LeavingDialog)
        x, y = where(app, what)
        await pilot.click(offset=(x + 1, y))
        await until(pilot, lambda: app._exit)


async def test_a_click_on_a_foot_leaves_the_keys_where_they_go(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        dialog = await opened(app, pilot, "T")
        assert isinstance(dialog, LookDialog)
        await pilot.press("down")
        before = dialog.focused
        x, y = where(app, "Enter tonight")
        await pilot.click(offset=(x - 1, y))
        await pilot.pause()
        assert dialog.focused is before
        await pilot.click(offset=(x + 2, y))
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.theme != "hearth"


async def test_the_keys_of_a_foot_have_the_colours_of_the_footer(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await opened(app, pilot, "t")
        x, y = where(app, "Esc closes")
        key, told = (app.screen.get_style_at(x + shift, y) for shift in (0, 5))
        variables = app.theme_variables
        assert key.bold
        assert not told.bold
        assert key.color is not None
        assert told.color is not None
        assert key.color.triplet is not None
        assert told.color.triplet is not None
        assert key.color.triplet.hex.lower() == variables["footer-key-foreground"].lower()
        assert told.color.triplet.hex.lower() == variables["hearth-quiet"].lower()
