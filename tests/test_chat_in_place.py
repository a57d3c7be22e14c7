"""The chat among the other panes of the console: leaving it, and going from it to what is not in sight."""

from pathlib import Path

import pytest
from textual.events import AppBlur, AppFocus

from sanctum_tui.chat import ChatCleared
from sanctum_tui.memory.removed import Removed
from sanctum_tui.ui.dialogs.finding import FindBar
from sanctum_tui.ui.dialogs.person import PersonDialog
from tests.builders import says
from tests.test_console import console, line_waits, quiet, seen, until


async def test_whoever_leaves_the_chat_leaves_the_choice_and_the_room_goes_on(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "v")
        await until(pilot, lambda: app.chat.selection is not None and "Esc ends" in seen(app, "#chat"))
        app.post_message(AppBlur())
        await pilot.pause()
        app.post_message(AppFocus())
        await pilot.pause()
        assert app.chat.selection is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PersonDialog))
        assert app.chat.selection is not None
        await pilot.press("escape", "3")
        await until(pilot, lambda: app.chat.selection is None)
        assert app.chat.following
        assert "Esc ends" not in seen(app, "#chat")


async def test_the_panes_that_have_no_place_can_be_pressed_in_the_frame(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        rows = seen(app).splitlines()
        y = next(y for y, row in enumerate(rows) if "5 ledger" in row)
        await pilot.click(offset=(rows[y].index("5 ledger") + 2, y))
        await until(pilot, lambda: app.frame.front == "ledger")


@pytest.mark.parametrize("pane", ["2", "3"])
async def test_end_goes_to_the_newest_line_from_panes_without_an_end(tmp_path: Path, pane: str) -> None:
    async with console(tmp_path, STORM) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "pageup", pane)
        await until(pilot, lambda: app.frame.focused != "chat" and not app.chat.following)
        await pilot.press("end")
        await until(pilot, lambda: app.chat.following)


STORM = quiet(*(says(second, f"line {second}" + " of the storm" * (second % 10 == 0)) for second in range(1, 100)))


async def test_a_search_shows_what_is_found_as_it_is_typed_and_hides_no_line(tmp_path: Path) -> None:
    async with console(tmp_path, STORM) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "slash")
        await until(pilot, lambda: "name:mira" in seen(app, "#chat"))
        await pilot.press(*"storm")
        await until(pilot, lambda: "“storm”" in seen(app, "#chat") and "line 90" in seen(app, "#chat"))
        assert "line 91" not in seen(app, "#chat")
        *_, last, edge = seen(app, "#chat").splitlines()
        assert "storm" in last
        assert "/" in edge
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, FindBar))
        assert app.chat.wanted.words == ("storm",)


async def test_a_search_that_is_left_brings_back_the_place_where_somebody_read(tmp_path: Path) -> None:
    async with console(tmp_path, STORM) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "home", "pagedown")
        await until(pilot, lambda: "below ↓ End" in seen(app, "#chat"))
        before = seen(app, "#chat")
        await pilot.press("slash", *"storm")
        await until(pilot, lambda: "“storm”" in seen(app, "#chat"))
        await pilot.press("escape")
        await until(pilot, lambda: seen(app, "#chat") == before)


async def test_words_taken_out_again_show_all(tmp_path: Path) -> None:
    async with console(tmp_path, STORM) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "slash", *"fog", "enter")
        await until(pilot, lambda: "No line of the evening is like that." in seen(app, "#chat"))
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, FindBar))
        await pilot.press("backspace", "enter")
        await until(pilot, lambda: app.chat.wanted.everything and "line 99" in seen(app, "#chat"))


async def test_words_taken_out_where_somebody_read_what_was_found_show_all_around_it(tmp_path: Path) -> None:
    async with console(tmp_path, STORM, size=(120, 20)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "slash", *"9", "enter")
        await until(pilot, lambda: app.chat.wanted.words == ("9",) and "line 99" in seen(app, "#chat"))
        await pilot.press("home")
        await until(pilot, lambda: "line 19" in seen(app, "#chat") and not app.chat.following)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, FindBar))
        await pilot.press("backspace", "escape")
        await until(pilot, lambda: app.chat.wanted.everything and "line 10" in seen(app, "#chat"))
        assert not app.chat.following


async def test_whose_lines_a_moderator_removed_is_in_the_store_with_its_moment(tmp_path: Path) -> None:
    cleared = ChatCleared(says(5, "").at, "eel")
    async with console(tmp_path, quiet(says(3, "buy viewers", "eel"), cleared, says(9, "thank you"))) as (app, pilot):
        await line_waits(app, pilot)
        evening = app.stage.evening
        assert evening is not None
        kept = await evening.memory.evenings.removed(evening.keeping.session.id, 1, 9)
        assert kept == Removed(frozenset({2}), ((2, cleared),))


async def test_a_search_from_another_pane_stands_at_the_foot_of_the_chat(tmp_path: Path) -> None:
    async with console(tmp_path, STORM, size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("2", "z")
        await until(pilot, lambda: app.frame.front == "silence")
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.screen, FindBar) and app.chat.region.height > 0)
        await until(pilot, lambda: app.screen.query_one("#find").region == app.chat.edge)
