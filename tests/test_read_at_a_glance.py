"""Nothing that a streamer has to read is cut, wrapped into pieces, or in a colour like the one behind it."""

import re
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.command import CommandPalette
from textual.widgets import OptionList

from sanctum_tui.paths import shipped
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.about import AboutDialog, Facts
from sanctum_tui.ui.look.colours import READABLE, contrast
from sanctum_tui.ui.look.layouts import Layout, arrange
from sanctum_tui.ui.look.theming import load_themes
from tests.builders import settings
from tests.test_console import console, line_waits, seen, until, words
from tests.test_contrast import pair
from tests.test_dashboard_pane import desk, screen
from tests.test_dashboard_pane import until as until_desk

UPRIGHT = (60, 120)


def rows(app: SanctumApp, place: str = "#dialog") -> list[str]:
    """What stands in a part of the screen in front, row by row."""
    region = app.screen.query_one(place).region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    return [strip.crop(region.x, region.right).text.strip("│ ") for strip in strips]


async def test_on_an_upright_screen_the_help_stands_below_each_key_in_whole_lines(tmp_path: Path) -> None:
    async with console(tmp_path, size=UPRIGHT) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: "approve" in words(app))
        told = rows(app)
        place = next(at for at, row in enumerate(told) if row.endswith("a   approve"))
        assert told[place + 1] == "Post exactly the text on the card,"
        await until(pilot, lambda: "Esc closes · (key): not now ─╯" in seen(app))


async def test_an_upright_screen_tells_the_way_out_of_the_dashboard(tmp_path: Path) -> None:
    async with console(tmp_path, size=UPRIGHT) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: "Esc leaves the editor" in seen(app, "#footer"))


@pytest.mark.parametrize("theme", [theme.name for theme in load_themes([shipped("themes")])[0]])
async def test_the_palettes_chosen_entry_can_be_read_with_its_key_and_its_help(tmp_path: Path, theme: str) -> None:
    async with console(tmp_path, chosen=settings(theme=theme), size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        listed = app.screen.query_one(OptionList)
        await until(pilot, lambda: listed.highlighted is not None and "Post exactly" in seen(app))
        await pilot.pause()
        top = next(at for at, row in enumerate(seen(app).splitlines()) if "Approve" in row)
        strips = app.screen._compositor.render_strips()[top : top + 6]
        parts = [part for strip in strips for part in strip.crop(listed.region.x, listed.region.right)]
        hard = {part.text: ratio for part in parts if (ratio := readability(app, part)) < READABLE}
        assert not hard


def readability(app: SanctumApp, part: Segment) -> float:
    if part.style is None or not re.search(r"\w", part.text):
        return READABLE
    return contrast(*pair(part.style, app.current_theme))


async def test_on_an_upright_screen_numbers_and_what_they_mean_stay_in_their_columns(tmp_path: Path) -> None:
    async with console(tmp_path, size=UPRIGHT) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t")
        await until(pilot, lambda: "Lines posted tonight" in words(app))
        told = rows(app)
        assert any(re.fullmatch(r"Since a line was last +none yet", row) for row in told)
        assert any(re.fullmatch(r"Lines posted tonight +0 of 8, answers apart", row) for row in told)


async def test_a_long_place_hangs_beside_its_name(tmp_path: Path) -> None:
    facts = Facts(places=[("settings", "/home/mira/" + "a-long-folder/" * 5 + "config.toml")])
    async with console(tmp_path, size=UPRIGHT) as (app, pilot):
        await line_waits(app, pilot)
        await app.push_screen(AboutDialog(facts, private=False))
        await until(pilot, lambda: "/home/mira" in seen(app))
        told = seen(app).splitlines()
        place = next(at for at, row in enumerate(told) if re.search(r"settings +/home/mira", row))
        begins = told[place].index("/home")
        assert not told[place + 1][4:begins].strip()
        assert not told[place + 1][begins].isspace()


def test_large_type_takes_no_more_rows_than_its_digits_can_fill() -> None:
    upright = arrange(Layout.PORTRAIT, 60, 118, silence_rows=47)
    wide = arrange(Layout.PORTRAIT, 116, 118, silence_rows=47)
    assert upright["silence"].height < 18 < wide["silence"].height


async def test_on_an_upright_screen_a_setting_is_shown_by_its_value(tmp_path: Path) -> None:
    async with console(tmp_path, size=UPRIGHT) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("C")
        await until(pilot, lambda: "TWITCH_MESSAGES_PER_30_SECONDS" in seen(app))
        told = rows(app, "#listing")
        assert any(row.endswith("20 messages") for row in told)
        assert not any(row.endswith("  …") for row in told)


@pytest.mark.parametrize("size", [UPRIGHT, (120, 35), (240, 70)])
async def test_a_list_of_one_line_is_no_higher_than_that(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("b")
        await until(pilot, lambda: "Listed: all, 1 of 1" in words(app))
        await until(pilot, lambda: any("pending" in row for row in rows(app, "#lines")))
        assert len(rows(app)) < 14


async def test_the_fields_are_told_as_their_own_room_allows_when_the_pane_becomes_narrow_again() -> None:
    title = "The long way round: an evening at sea in Windrose"
    async with desk(f"### 1. Stream Title\n\n{title}\n", size=(66, 40)) as (pane, pilot, _):
        await until_desk(pilot, lambda: f"Title    {title}" in screen(pane))
        await pilot.resize_terminal(160, 40)
        await until_desk(pilot, lambda: not pane.has_class("-under"))
        await pilot.resize_terminal(66, 40)
        await until_desk(pilot, lambda: f"Title    {title}" in screen(pane))
