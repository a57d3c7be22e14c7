"""The dashboard pane loses nothing that is typed, overwrites nothing unasked, and names what is missing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import dashboard
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.paper.editor import MOST_HIGHLIGHTED, MarkdownEditor
from sanctum_tui.ui.paper.fields import in_full, in_rows, in_short, values

NEVER = 3600.0
"""Seconds of rest that no test waits for."""
PLAN = """---
game: Windrose
---

### 1. Stream Title

The long way round

### 4. Session Goals

- Sail to the unlit lighthouse
- Be home before the storm

### 5. One Content Angle

Does solitude at sea feel like freedom or exile?
"""
HOSTILE = (
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07",
    "[/]",
    "[@click=app.quit]free subs[/]",
    "[bold red]shouting[/]",
    "\u202egnirts desrever\u202c",
    "tags\U000e0041\U000e0042\U000e007f hidden",
    "nul\x00 csi\x9b31m del\x7f nel\x85line",
    "$primary $$ {x} %s \\[LUL]",
    "🇳🇴" * 30,
    "漢" * 80,
)


class Desk(App[None]):
    CSS_PATH = Path(dashboard.__file__).with_suffix(".tcss")

    def __init__(self, pause_seconds: float) -> None:
        super().__init__()
        self.pane = DashboardPane(pause_seconds=pause_seconds, id="dashboard")
        self.edited: list[str] = []
        self.wanted: list[str] = []
        self.keys: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.pane
        yield Input(id="elsewhere")

    def on_dashboard_pane_edited(self, message: DashboardPane.Edited) -> None:
        self.edited.append(message.text)

    def on_dashboard_pane_wanted(self, message: DashboardPane.Wanted) -> None:
        self.wanted.append(message.what)

    def key_escape(self) -> None:
        self.keys.append("escape")


@asynccontextmanager
async def desk(
    text: str = PLAN, *, pause_seconds: float = NEVER, size: tuple[int, int] = (100, 24), writing: bool = True
) -> AsyncIterator[tuple[DashboardPane, Pilot[None], Desk]]:
    app = Desk(pause_seconds)
    async with app.run_test(size=size) as pilot:
        app.pane.show(text, parse(text))
        if writing:
            app.pane.action_write()
            editor(app.pane).move_cursor((0, 0))
        else:
            app.pane.focus()
        await pilot.pause()
        yield app.pane, pilot, app


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app run until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause()


def editor(pane: DashboardPane) -> MarkdownEditor:
    return pane.query_one(MarkdownEditor)


def screen(pane: DashboardPane) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pane.screen._compositor.render_strips())


def state(pane: DashboardPane) -> str:
    return str(pane.border_subtitle)


# Saving


async def test_what_was_typed_is_told_once_when_the_keys_rest() -> None:
    async with desk(pause_seconds=0.4) as (pane, pilot, app):
        await pilot.press(*"ab", "c")
        await until(pilot, lambda: bool(app.edited))
        assert app.edited == ["abc" + PLAN]
        assert state(pane) == "saving…"
        pane.saved(parse("abc" + PLAN))
        assert (state(pane), pane.unsaved) == ("saved", None)


async def test_nothing_is_told_while_keys_are_pressed() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press(*"abc")
        assert app.edited == []
        assert (state(pane), pane.unsaved) == ("saving…", "abc" + PLAN)


async def test_what_was_typed_is_told_at_once_on_leaving() -> None:
    async with desk() as (_, pilot, app):
        await pilot.press("a")
        app.query_one("#elsewhere").focus()
        await pilot.pause()
        assert app.edited == ["a" + PLAN]


async def test_what_was_typed_is_told_when_the_pane_is_taken_away() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        await pane.remove()
        await pilot.pause()
        assert app.edited == ["a" + PLAN]


async def test_what_was_typed_can_be_asked_for_after_the_console_is_closed() -> None:
    async with desk() as (pane, pilot, _):
        await pilot.press("a")
    assert pane.unsaved == "a" + PLAN


async def test_looking_and_moving_about_is_no_edit() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("down", "end", "pagedown", "home")
        app.query_one("#elsewhere").focus()
        await pilot.pause()
        assert app.edited == []
        assert (state(pane), pane.unsaved) == ("saved", None)


async def test_an_edit_that_is_taken_back_while_it_is_saved_is_told_again() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        pane.flush()
        await pilot.press("backspace")
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + PLAN, PLAN]


async def test_a_failure_stays_in_sight_until_the_next_success() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        pane.flush()
        pane.failed("The disk is [/] full.")
        await pilot.pause()
        assert "✗ Not saved: The disk is [/] full." in screen(pane)
        await pilot.press("b")
        assert state(pane) == "not saved"
        assert "Not saved: The disk" in screen(pane)
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + PLAN, "ab" + PLAN]
        pane.saved(parse("ab" + PLAN))
        await pilot.pause()
        assert state(pane) == "saved"
        assert "Not saved" not in screen(pane)


async def test_what_could_not_be_saved_is_tried_again_on_leaving() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        pane.flush()
        pane.failed("The disk is full.")
        assert pane.unsaved == "a" + PLAN
        app.query_one("#elsewhere").focus()
        await pilot.pause()
        assert app.edited == ["a" + PLAN, "a" + PLAN]


# The file, changed outside


async def test_an_outside_change_is_shown_and_the_cursor_stays_with_its_words() -> None:
    async with desk() as (pane, pilot, app):
        editor(pane).move_cursor((6, 4))
        changed = "new first line\n" + PLAN.replace("unlit", "lit")
        pane.reloaded(changed, parse(changed))
        await pilot.pause()
        assert editor(pane).text == changed
        assert editor(pane).cursor_location == (7, 4)
        pane.flush()
        await pilot.pause()
        assert app.edited == []
        assert state(pane) == "saved"


async def test_an_outside_change_does_not_scroll_what_is_read() -> None:
    text = "\n".join(f"line {number}" for number in range(200))
    async with desk(text) as (pane, pilot, _):
        editor(pane).scroll_to(y=100, animate=False)
        await pilot.pause()
        pane.reloaded(text + "\nmore", parse(text))
        await pilot.pause()
        assert editor(pane).scroll_offset.y == 100


async def test_an_outside_change_does_not_overwrite_what_is_being_typed() -> None:
    async with desk(pause_seconds=0.4) as (pane, pilot, app):
        await pilot.press("a")
        pane.reloaded("theirs", parse("theirs"))
        await pilot.pause()
        assert editor(pane).text == "a" + PLAN
        assert "! changed outside; ctrl+r takes the file's version" in screen(pane)
        await until(pilot, lambda: bool(app.edited))
        assert app.edited == ["a" + PLAN]
        pane.saved(parse("a" + PLAN))
        await pilot.pause()
        assert state(pane) == "saved"
        assert "ctrl+r" in screen(pane)


async def test_what_was_sent_is_told_again_after_an_outside_change() -> None:
    async with desk(pause_seconds=0.4) as (pane, pilot, app):
        await pilot.press("a")
        pane.flush()
        pane.reloaded("theirs", parse("theirs"))
        await until(pilot, lambda: len(app.edited) == 2)
        assert app.edited == ["a" + PLAN, "a" + PLAN]


async def test_undo_after_an_outside_change_takes_back_that_change_alone() -> None:
    async with desk() as (pane, pilot, _):
        await pilot.press("a")
        pane.flush()
        pane.saved(parse("a" + PLAN))
        pane.reloaded("b" + PLAN, parse("b" + PLAN))
        await pilot.press("ctrl+z")
        assert editor(pane).text == "a" + PLAN


async def test_ctrl_r_takes_the_files_version_and_undo_brings_back_what_was_typed() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        pane.reloaded("theirs", parse("theirs"))
        await pilot.press("ctrl+r")
        assert editor(pane).text == "theirs"
        assert state(pane) == "saved"
        assert "ctrl+r" not in screen(pane)
        await pilot.press("ctrl+z")
        assert editor(pane).text == "a" + PLAN
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + PLAN]


async def test_ctrl_r_writes_the_files_version_again_where_ours_was_saved_over_it() -> None:
    async with desk() as (pane, pilot, app):
        await pilot.press("a")
        pane.reloaded("theirs", parse("theirs"))
        pane.flush()
        pane.saved(parse("a" + PLAN))
        await pilot.press("ctrl+r")
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + PLAN, "theirs"]


async def test_an_outside_change_to_what_is_here_already_is_no_conflict() -> None:
    async with desk() as (pane, pilot, _):
        await pilot.press("a")
        pane.reloaded("a" + PLAN, parse("a" + PLAN))
        await pilot.pause()
        assert (state(pane), pane.unsaved) == ("saved", None)
        assert "ctrl+r" not in screen(pane)


async def test_another_dashboard_takes_the_place_of_the_first() -> None:
    async with desk() as (pane, pilot, app):
        pane.show("another", parse("another"))
        pane.flush()
        await pilot.pause()
        assert (editor(pane).text, app.edited, state(pane)) == ("another", [], "saved")


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_any_text_can_be_put_in_place_of_any_other(old: list[str], new: list[str]) -> None:
    text = MarkdownEditor()
    text.load_text("\n".join(old))
    text.put("\n".join(new))
    assert text.text == "\n".join(new)
    text.undo()
    assert text.text == "\n".join(old)


# Keys


async def test_tab_goes_on_and_no_cursor_blinks() -> None:
    async with desk() as (pane, pilot, _):
        assert editor(pane).has_focus
        assert not editor(pane).cursor_blink
        await pilot.press("tab")
        assert not editor(pane).has_focus
        assert editor(pane).text == PLAN


async def test_what_is_pasted_is_cleaned() -> None:
    async with desk("") as (pane, pilot, app):
        for text in HOSTILE:
            app.post_message(Paste(text))
            await pilot.pause()
            app.copy_to_clipboard(text)
            await pilot.press("ctrl+v")
            assert editor(pane).text == clean(text) * 2
            editor(pane).load_text("")


# What is to be seen


@pytest.mark.parametrize("size", [(40, 12), (58, 24), (110, 30)])
async def test_hostile_text_is_words_and_nothing_else(size: tuple[int, int]) -> None:
    async with desk("", size=size) as (pane, pilot, _):
        for text in HOSTILE:
            pane.show(
                f"# {text}\n\n{text}", Dashboard(text, text, text, text, text, text, (text, text), "", (), (text,))
            )
            pane.failed(text)
            await pilot.pause()
            drawn = screen(pane).split("\n")
            assert all(clean(row) == row for row in drawn)
            assert {cell_len(row) for row in drawn} == {size[0]}
            words = "".join(clean(text).split())[:4]
            assert f"Notsaved:{words}" in "".join(row.strip("│").strip().replace(" ", "") for row in drawn)


@pytest.mark.parametrize("size", [(40, 12), (58, 24), (110, 30)])
async def test_what_is_missing_is_named_at_every_size(size: tuple[int, int]) -> None:
    async with desk(size=size) as (pane, _, _):
        shown = screen(pane)
        if size[1] == 12:
            assert "✗ missing: Mood, Go-live, Post" in " ".join(shown.replace("│", "").split())
        else:
            assert "✓ Game     Windrose" in shown
            assert "✗ Mood     missing" in shown
            assert "✗ Go-live  missing" in shown


async def test_the_fields_follow_what_was_saved() -> None:
    async with desk() as (pane, pilot, _):
        pane.saved(parse(PLAN.replace("game: Windrose", "mood: salt-worn")))
        await pilot.pause()
        assert "✗ Game     missing" in screen(pane)
        assert "✓ Mood     salt-worn" in screen(pane)


async def test_fields_stand_below_the_text_where_the_window_becomes_narrow() -> None:
    async with desk() as (pane, pilot, _):
        assert "│" in screen(pane).split("\n")[3][10:60]
        await pilot.resize_terminal(50, 30)
        await pilot.pause()
        assert "│" not in screen(pane).split("\n")[3][10:48]
        assert "✗ Mood     missing" in screen(pane)


def test_what_is_missing_or_odd_comes_first_and_no_word_of_a_field_is_left_out() -> None:
    told = Dashboard(title="One [b]two[/b] three", goals=("sail far away", "rest"), warnings=("The mood is odd.",))
    assert in_full(told, 21).plain.split("\n") == [
        "✗ Game     missing",
        "✗ Mood     missing",
        "✗ Go-live  missing",
        "✗ Post     missing",
        "✗ Angle    missing",
        "! The mood is odd.",
        "✓ Title    One",
        "           [b]two[/b]",
        "           three",
        "✓ Goals    • sail far",
        "           away",
        "           • rest",
    ]


@given(st.text(max_size=60), st.integers(20, 60))
def test_every_field_has_a_row_and_fits_it(text: str, width: int) -> None:
    told = Dashboard(title=text, social_post=text, goals=(text, text))
    rows = in_rows(told, width).plain.split("\n")
    assert sorted(row[2:9].strip() for row in rows) == sorted(label for label, _ in values(told))
    # A single sign may be wider than a row; the screen crops it.
    assert all(cell_len(row) <= width + 1 for row in rows)


def test_a_summary_says_what_is_there_missing_and_odd() -> None:
    told = Dashboard(title="x", game="y", mood="z", notification="n", social_post="s", goals=("g",))
    assert in_short(told).plain == "✓ 6 of 7 fields · ✗ missing: Angle"
    odd = Dashboard(title="x", warnings=("The mood is [/] odd.", "And more."))
    assert in_short(odd).plain.endswith("· ! The mood is [/] odd. (and 1 more)")


async def test_markdown_is_highlighted_and_a_very_long_one_is_not() -> None:
    async with desk("# Heading\n\n```\ncode\n```\nafter\n") as (pane, pilot, _):
        area = editor(pane)
        assert [name for _, _, name in area._highlights[0]] == ["heading.marker", "heading"]
        assert [highlight for highlight in area._highlights[5] if highlight[1] == 0] == []
        heading = next(segment for segment in area.render_line(0) if "Heading" in segment.text)
        plain = next(segment for segment in area.render_line(5) if "after" in segment.text)
        assert heading.style is not None
        assert plain.style is not None
        assert heading.style.bold
        assert not plain.style.bold
        pane.show("# Heading\n" * (MOST_HIGHLIGHTED // 8), Dashboard())
        await pilot.pause()
        assert not area._highlights
        assert area.text.startswith("# Heading")
