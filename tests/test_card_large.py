"""The card where there is room: the line as large as it may be, and all that has to be seen with it."""

from pathlib import Path

import pytest
from textual.widgets import Static

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.card.cards import Card, Earlier
from sanctum_tui.ui.card.exact import ExactText, Signed
from tests.builders import settings
from tests.test_console import card, console, line_waits, quiet, seen, until, words
from tests.test_stream_dialogs import said
from tests.test_writing_card import WAITS, row_of, wall

SIGNED = "— Chronicler, AI steward"


@pytest.mark.parametrize("big", [False, True])
async def test_letters_stand_whole_beside_all_that_has_to_be_seen_and_keep_their_size(
    tmp_path: Path, big: bool
) -> None:
    async with console(tmp_path, size=(200, 60), chosen=settings(big_text=big)) as (app, pilot):
        line = await line_waits(app, pilot)
        shown = app.query_one("#card-line", Static)
        await until(pilot, lambda: shown.has_class("-lettered") and "How long" in words(app, "#review"))
        before = seen(app, "#card-line")
        drawn = [row.strip() for row in str(shown.visual).splitlines()]
        assert [row.strip() for row in before.splitlines()[1:-1]] == drawn, "no row of letters wraps"
        assert "Will be posted exactly as:" in words(app, "#review")
        assert line.text in words(app, "#review")
        assert words(app, "#review").count(line.line) == 1
        assert "a approve" in words(app, "#review")
        assert app.review.max_scroll_y == 0
        for key in ("h", "m", "m"):
            await pilot.press(key)
            assert app.presenter is not None
            app.presenter.tick()
            await pilot.pause()
            assert seen(app, "#card-line") == before
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is not PromptState.HELD)
        assert seen(app, "#card-line") == before


@pytest.mark.parametrize("size", [(60, 120), (120, 35), (200, 60)])
async def test_zoomed_on_a_tall_screen_the_line_is_set_in_letters(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        line = await line_waits(app, pilot)
        await pilot.press("3", "z")
        await until(pilot, lambda: app.query_one("#card-line").has_class("-lettered"))
        await pilot.pause()
        assert app.query_one("#card-line").region.height > 6
        assert line.text in words(app, "#review")
        assert app.review.max_scroll_y == 0


async def test_in_large_type_without_room_for_letters_the_rows_of_the_line_stand_apart(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(big_text=True)) as (app, pilot):
        line = await line_waits(app, pilot)
        exact = app.query_one(ExactText)
        width = exact.content_size.width
        rows = len(exact.signed.laid(width).wrap(width))
        await until(pilot, lambda: exact.content_size.height == 2 * rows - 1)
        drawn = [row.strip() for row in seen(app, "#card-exact").splitlines()]
        assert "" in drawn
        assert " ".join(" ".join(drawn).split()) == line.text
        assert "How long" in words(app, "#review")
        assert not app.review.unread
        await pilot.press("e")
        await until(pilot, lambda: exact.content_size.height == rows)


async def test_without_letters_the_line_stands_there_once_also_where_there_is_room() -> None:
    async with wall((90, 31)) as (app, pane, pilot):
        pane.show(WAITS)
        await pilot.pause()
        assert said(app).count(WAITS.line) == 1
        assert not app.query_one("#card-line").display
        assert app.query_one(ExactText).region.height == 3, "a blank row above and below"


async def test_the_row_for_what_goes_on_looks_like_nothing_while_nothing_does() -> None:
    async with wall((60, 31)) as (app, pane, pilot):
        pane.show(WAITS)
        await pilot.pause()
        region = app.query_one("#card-status").region
        strips = app.screen._compositor.render_strips()
        paper = {segment.style.bgcolor for segment in strips[pane.region.bottom - 3].crop(3, 9) if segment.style}
        drawn = {segment.style.bgcolor for segment in strips[region.y].crop(region.x, region.right) if segment.style}
        assert drawn == paper


async def test_a_blank_row_parts_the_keys_from_where_the_line_came_from() -> None:
    async with wall((60, 31)) as (app, pane, pilot):
        pane.show(Card(**{name: getattr(WAITS, name) for name in ("number", "line", "exact", "why", "state")}))
        pane.show_keys([("u", "undo", "review.undo")])
        await pilot.pause()
        assert row_of(app, "Why now") == row_of(app, "u undo") + 2


async def test_muted_the_card_says_what_a_yes_does(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("m")
        await until(pilot, lambda: "Line 1 waits for you; muted, a yes holds it" in words(app, "#review"))
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.HELD)
        assert "Line 1 is held" in words(app, "#review")


async def test_what_was_approved_is_said_to_be_held_where_the_agent_is_muted_before_it_goes_out(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=30.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("a")
        await until(pilot, lambda: "goes out" in words(app, "#review"))
        await pilot.press("m")
        await until(pilot, lambda: "as you muted; u takes it back" in words(app, "#review"))


@pytest.mark.parametrize("width", range(26, 80))
def test_the_signature_is_never_torn_where_a_row_has_room_for_it(width: int) -> None:
    line = "Going slow can be the point, if a day lets on."
    laid = Signed(f"{line} {SIGNED}", line).laid(width)
    assert laid.plain.replace("\n", " ") == f"{line} {SIGNED}"
    assert any(SIGNED in row.plain for row in laid.wrap(width))


async def test_with_nothing_to_decide_the_card_shows_the_words_of_the_lines_before() -> None:
    earlier = tuple(Earlier(f"– Line {number} was skipped.", f"Words of {number}. " * 8) for number in (9, 8, 7, 6))
    async with wall((60, 31)) as (app, pane, pilot):
        pane.show(Card(earlier=earlier))
        await pilot.pause()
        assert said(app).count("Words of 6.") == 8
        assert row_of(app, "Line 9") < row_of(app, "Words of 9.") < row_of(app, "Line 8")
        await pilot.resize_terminal(60, 18)
        await pilot.pause()
        assert said(app).count("Words of 9.") == 8
        assert "Line 6" not in said(app), "as many as fit"
        assert pane.max_scroll_y == 0
        pane.show(WAITS)
        await pilot.pause()
        assert "Words of" not in said(app)


async def test_the_guard_s_rules_have_a_row_each_and_the_insistence_one_of_its_own(tmp_path: Path) -> None:
    async with console(tmp_path, quiet(), size=(120, 50)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "space", *"H!!!", "enter")
        await until(pilot, lambda: "Enter again posts it all the same." in words(app, "#review"))
        check = app.query_one("#card-check", Static)
        rows = str(check.visual).splitlines()
        assert rows[0] == "Enter again posts it all the same."
        assert rows[1].endswith("with the signature")
        assert rows[2] == "✕ The guard says no:"
        assert [row[:4] for row in rows[3:]] == ["  · ", "  · "]
        spans = getattr(check.visual, "spans", ())
        assert any(span.start == 0 and "bold" in str(span.style) for span in spans)
