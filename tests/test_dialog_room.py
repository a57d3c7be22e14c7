"""Dialogs, the palette and messages take the room they need, no more, and cut nothing off."""

from pathlib import Path

import pytest
from textual.command import CommandInput, CommandList, SearchIcon
from textual.widgets import OptionList

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.framing import Box
from sanctum_tui.ui.dialogs.jump import Letter
from sanctum_tui.ui.dialogs.settings import SettingsDialog
from sanctum_tui.ui.settingrows import Way
from tests.test_console import console, line_waits, seen, until, words


@pytest.mark.parametrize("size", [(60, 120), (200, 60), (120, 35)])
async def test_the_plan_is_no_higher_than_its_form_until_there_is_a_draft(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("D")
        await until(pilot, lambda: "Tonight's plan" in seen(app))
        box = app.screen.query_one(Box)
        assert box.region.height < 16
        await pilot.press(*"Harbour", "enter")
        await until(pilot, lambda: box.region.height == size[1])


@pytest.mark.parametrize("key", ["T", "W"])
async def test_on_a_narrow_screen_a_name_in_a_list_stands_in_one_row(tmp_path: Path, key: str) -> None:
    async with console(tmp_path, size=(60, 120)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Dialog) and bool(app.screen.query(OptionList)))
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        assert options.virtual_size.height == options.option_count


@pytest.mark.parametrize("cells", range(52, 66))
async def test_a_message_loses_no_word_however_long_it_is(tmp_path: Path, cells: int) -> None:
    async with console(tmp_path, size=(60, 40)) as (app, pilot):
        await line_waits(app, pilot)
        app.say(f"{'w' * (cells - 9)} lastword")
        await until(pilot, lambda: "lastword" in seen(app))


async def test_the_palette_stands_in_a_frame_as_dialogs_do(tmp_path: Path) -> None:
    async with console(tmp_path, size=(200, 60)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Approve" in words(app))
        frame = app.screen.query_one("#--container")
        assert frame.region.width <= 100
        assert frame.styles.border_top[0] == "round"
        assert app.screen.query_one(CommandList).styles.scrollbar_size_vertical == 1
        assert app.screen.query_one(SearchIcon).icon == "/"
        quiet = app.screen.query_one(CommandInput).get_visual_style("input--placeholder").foreground
        assert quiet is not None
        assert quiet.hex.lower() == app.theme_variables["hearth-quiet"].lower()


@pytest.mark.parametrize("size", [(120, 35), (60, 120), (80, 24)])
async def test_the_letters_of_a_jump_stand_on_the_titles(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: "r  review" in seen(app))
        for letter in app.screen.query(Letter):
            if letter.display:
                assert letter.region.height == 1
                assert letter.region.y == letter.target.region.y


async def test_a_key_at_the_foot_of_a_jump_is_clicked_and_a_click_elsewhere_stays(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("J")
        await until(pilot, lambda: "Esc stays" in seen(app))
        rows = seen(app).split("\n")
        y = next(y for y, row in enumerate(rows) if "d dashboard" in row)
        await pilot.click(offset=(rows[y].index("d dashboard") + 3, y))
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.frame.focused == "dashboard")
        await pilot.press("f2")
        await until(pilot, lambda: "Esc stays" in seen(app))
        await pilot.click(offset=(60, 15))
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert app.frame.focused == "dashboard"


@pytest.mark.parametrize("size", [(120, 35), (60, 120), (240, 60)])
async def test_the_settings_begin_with_one_that_can_change_and_its_source_beside_it(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("C")
        await until(pilot, lambda: "STYLE_MAX" in seen(app) or "TWITCH_REQUIRE" in seen(app))
        assert isinstance(app.screen, SettingsDialog)
        chosen = app.screen.sheet.chosen
        assert chosen is not None
        assert chosen.way is not Way.ELSEWHERE
        rows = [row for row in seen(app).split("\n") if "TWITCH_LIVE_POLL_SECONDS" in row]
        assert "60 seconds" in rows[0]
        if size[0] > 60:
            assert rows[0].index("default") - rows[0].index("60 seconds") < 20
        else:
            assert "200 characters" in seen(app)


async def test_on_a_narrow_screen_an_evening_has_its_title_in_a_row_of_its_own(tmp_path: Path) -> None:
    async with console(tmp_path, size=(60, 120)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("O")
        await until(pilot, lambda: "quietharbor · A test" in seen(app))
        rows = seen(app).split("\n")
        y = next(y for y, row in enumerate(rows) if "▸" in row)
        assert "quietharbor · A test" in rows[y + 1]
        assert "A test" not in rows[y]


@pytest.mark.parametrize("key", ["T", "U", "b", "N", "C", "O"])
async def test_a_chosen_row_has_the_same_sign_in_every_list(tmp_path: Path, key: str) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Dialog) and "▸ " in seen(app))
        assert seen(app).count("▸ ") == 1
