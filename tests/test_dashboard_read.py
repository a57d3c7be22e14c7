"""The dashboard is there to be read until somebody asks to write, and no key goes into it unasked."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import AppBlur, AppFocus
from textual.geometry import Offset

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean
from sanctum_tui.ui.paper.editor import MarkdownEditor
from sanctum_tui.ui.paper.opening import misread
from sanctum_tui.ui.paper.plan import MOST_SHOWN, PlanPage, plan_in_full
from sanctum_tui.ui.paper.remarks import remarked
from sanctum_tui.ui.paper.rest import rest_of
from tests.test_console import DASHBOARD, console, line_waits, seen, until, words
from tests.test_dashboard_pane import HOSTILE, PLAN, desk, editor, screen

FULL = """---
date: 2026-03-01
channel: quietharbor
---

# Stream Dashboard

- **Game:** Windrose

### 1. Stream Title

The long way round

### 4. Session Goals

- Sail to the unlit lighthouse
  - or only look at it
- Be home before the storm

### 5. One Content Angle

Does solitude at sea feel like freedom
or exile?

### Notes to self

- **Kettle** on at nine
"""


# In the console


async def test_the_keys_of_the_console_work_in_the_dashboard_and_nothing_is_typed(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        assert not app.frame.typing
        await pilot.press("z")
        await until(pilot, lambda: app.frame.front == "dashboard")
        await pilot.press("z")
        await until(pilot, lambda: app.frame.front is None)
    assert (tmp_path / "data" / "dashboards" / "evening.md").read_text("utf-8") == DASHBOARD


@pytest.mark.parametrize("size", [(120, 35), (60, 120), (200, 60)])
async def test_enter_begins_to_write_and_escape_ends_it_before_it_leaves(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: "Enter writes" in seen(app, "#dashboard"))
        assert size[0] < 100 or "Enter write" in seen(app, "#footer")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        await until(pilot, lambda: "Esc leaves the editor" in seen(app, "#footer"))
        assert "Esc ends writing" in seen(app, "#dashboard")
        await pilot.press("escape")
        await until(pilot, lambda: not app.frame.typing)
        assert app.frame.focused == "dashboard"
        await pilot.press("escape")
        await until(pilot, lambda: app.frame.focused == "review")


async def test_who_jumps_from_the_editor_and_comes_back_reads(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        await pilot.press("f2", "c")
        await until(pilot, lambda: app.frame.focused == "chat")
        await pilot.press("z")
        await until(pilot, lambda: app.frame.front == "chat")
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        assert not app.frame.typing


@pytest.mark.parametrize("size", [(120, 35), (60, 120), (200, 60)])
async def test_what_the_evening_goes_by_is_in_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "Title The long way round: an evening at sea" in words(app, "#dashboard"))
        assert "Angle Does solitude at sea feel like freedom or exile?" in words(app, "#dashboard")


# The pane


async def test_front_matter_is_for_programs_and_the_cursor_begins_behind_it() -> None:
    async with desk(FULL, writing=False, size=(60, 14)) as (pane, pilot, _):
        assert "channel: quietharbor" not in screen(pane)
        await pilot.press("enter", "z")
        assert editor(pane).text == FULL.replace("---\n\n", "---\nz\n", 1)
        await pilot.press("ctrl+z", "escape", "z")
        assert editor(pane).text == FULL
        await pilot.press("enter", "end", "escape", "enter")
        assert editor(pane).cursor_location == (4, 0)


async def test_arrows_and_pages_scroll_the_plan() -> None:
    async with desk(FULL, writing=False, size=(40, 10)) as (pane, pilot, _):
        page = pane.query_one(PlanPage)
        for key in ("down", "pagedown", "end"):
            before = page.scroll_target_y
            await pilot.press(key)
            assert page.scroll_target_y > before
        await pilot.press("home")
        assert page.scroll_target_y == 0


async def test_one_click_reads_and_two_begin_to_write() -> None:
    async with desk(FULL, writing=False) as (pane, pilot, app):
        app.query_one("#elsewhere").focus()
        await pilot.click(PlanPage, Offset(20, 3))
        await pilot.pause()
        assert pane.query_one(PlanPage).has_focus
        assert not pane.writing
        await pilot.click(PlanPage, Offset(20, 3), times=2)
        await pilot.pause()
        assert editor(pane).has_focus


async def test_keys_with_ctrl_do_the_same_in_both_states() -> None:
    async with desk(writing=False) as (pane, pilot, app):
        await pilot.press("ctrl+t", "ctrl+o", "ctrl+e")
        assert app.wanted == ["template", "earlier", "editor"]
        pane.put(PLAN.replace("Windrose", "Outer Wilds"))
        await pilot.press("ctrl+z")
        assert editor(pane).text == PLAN
        await pilot.press("ctrl+y")
        assert "Outer Wilds" in editor(pane).text
        pane.propose(FULL, parse(FULL), "Fog")
        await pilot.pause()
        assert not pane.writing
        assert "The long way round" in screen(pane)
        await pilot.press("ctrl+g")
        assert app.edited[-1] == FULL


async def test_leaving_by_tab_ends_the_writing_and_another_window_does_not() -> None:
    async with desk() as (pane, pilot, app):
        app.post_message(AppBlur())
        await pilot.pause()
        app.post_message(AppFocus())
        await pilot.pause()
        assert pane.writing
        assert editor(pane).has_focus
        app.query_one("#elsewhere").focus()
        await pilot.pause()
        await pilot.pause()
        assert str(pane.border_title) == "4 Dashboard"
        assert pane.query_one(PlanPage).display


@pytest.mark.parametrize("size", [(40, 12), (58, 24), (110, 30)])
async def test_hostile_text_is_words_in_the_plan_too(size: tuple[int, int]) -> None:
    async with desk("", size=size, writing=False) as (pane, pilot, _):
        for text in HOSTILE:
            pane.show(
                f"# {text}\n\nnote {text}", Dashboard(text, text, text, text, text, text, (text,), text, (), (text,))
            )
            await pilot.pause()
            drawn = screen(pane).split("\n")
            assert all(clean(row) == row for row in drawn)


# What is shown


def test_the_fields_come_first_and_then_only_what_they_do_not_say() -> None:
    told = plan_in_full(parse(FULL), FULL, 44).plain.split("\n")
    assert told[:2] == ["! There are 2 goals; three to five fit an", "  evening."]
    assert told[2:5] == ["Title      The long way round", "Game       Windrose", "✗ Mood     missing"]
    assert "Angle      Does solitude at sea feel like" in told
    at = next(number for number, row in enumerate(told) if row.startswith("── Also on the page"))
    assert [row for row in told[at + 1 :] if row] == [
        "Stream Dashboard",
        "4. Session Goals",
        "  • or only look at it",
        "Notes to self",
        "• Kettle on at nine",
    ]


def test_a_page_that_the_fields_tell_in_full_is_not_told_again() -> None:
    page = FULL[: FULL.index("### Notes")].replace("  - or only look at it\n", "")
    assert rest_of(page, parse(page)) == ""


@given(st.text(alphabet="ab \n#-:`>", max_size=80))
def test_no_line_is_left_out_but_one_that_a_field_has(page: str) -> None:
    assert not set(rest_of(page, Dashboard()).split()) - set(page.split())
    noted = f"{page}\n\nalone and in no field at all"
    assert "alone and in no field at all" in rest_of(noted, Dashboard(title="alone and"))


def test_of_a_very_long_page_the_editor_has_the_rest() -> None:
    told = plan_in_full(Dashboard(), "words of it 1\n" * MOST_SHOWN, 60).plain
    assert told.endswith("… The editor has the rest.")


# Front matter that is none


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (f"z{FULL}", "its first line is “z---”, and must be --- alone."),
        (FULL.replace("---", "--", 1), "its first line is “--”, and must be --- alone."),
        (FULL.replace("---", " ---", 1), "its first line is “ ---”, and must be --- alone."),
        (FULL.replace("---", "----", 1), "its first line is “----”, and must be --- alone."),
        (f"\n{FULL}", "it must begin on the very first line."),
        ("--- [b]x[/b]\ndate: 1\n", "its first line is “--- [b]x[/b]”, and must be --- alone."),
    ],
)
def test_front_matter_that_is_not_read_as_such_is_told(page: str, said: str) -> None:
    assert misread(page) == f"The front matter is not read: {said}"
    assert remarked(parse(page)).warnings[0] == misread(page)


@pytest.mark.parametrize(
    "page",
    [
        FULL,
        PLAN,
        DASHBOARD,
        "",
        "---",
        "--- z\ngame: Windrose\n---\n",
        "Game: Windrose\nMood: calm\n\n---\n",
        "Tonight --- or never\nGame: Windrose\n\nMore.\n",
        "# A title\n\n---\n\nGame: Windrose\n",
    ],
)
def test_what_is_read_or_was_never_meant_to_be_front_matter_is_not_complained_of(page: str) -> None:
    assert misread(page) == ""


async def test_a_letter_before_the_front_matter_is_told_while_it_is_written(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        page = f"---\ngame: Windrose\n---\n\n{DASHBOARD}"
        assert app.papers is not None
        app.papers.take_draft(page)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        app.query_one(MarkdownEditor).move_cursor((0, 0))
        await pilot.press("z")
        await until(pilot, lambda: "The front matter is not read" in words(app, "#dashboard"))
