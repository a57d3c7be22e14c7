"""The card in little room: the line stands there once, as it would be posted, and nobody approves it unread."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import TextArea

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW
from sanctum_tui.ui.card.exact import UNREAD, UNREAD_EDIT, ExactText
from sanctum_tui.ui.card.sharing import Wants, share
from tests.builders import settings
from tests.test_console import card, console, line_waits, seen, toasts, until, words


def blank_rows(shown: str) -> list[bool]:
    """Of the card's rows, within its frame, which are empty; what is left free at its end is not counted."""
    rows = [not row.strip(" ┃│▄▅▆▇█▃▂▁") for row in shown.splitlines()[1:-1]]
    while rows and rows[-1]:
        rows.pop()
    return rows


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (120, 24)])
async def test_in_little_room_the_line_stands_once_and_why_and_from_have_the_rows(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        line = await line_waits(app, pilot)
        await until(pilot, lambda: "From tonight's angle" in words(app, "#review"))
        shown = words(app, "#review")
        assert shown.count(line.text) == shown.count(line.line) == 1
        assert "How long Goes stale when people talk" in shown
        assert "Why now Quiet 15:00" in shown
        blank = blank_rows(seen(app, "#review"))
        assert not any(both == (True, True) for both in pairwise(blank))


async def test_the_signature_is_set_apart_from_the_line(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = await line_waits(app, pilot)
        await until(pilot, lambda: line.text in words(app, "#review"))
        exact = app.query_one(ExactText)
        laid = exact.signed.laid(exact.content_size.width)
        assert [(span.start, span.end) for span in laid.spans] == [(len(line.line), len(line.text))]


@pytest.mark.parametrize("size", [(40, 12), (30, 10), (20, 6)])
async def test_a_line_that_the_card_has_no_room_for_is_not_approved_and_the_key_says_why(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        line = await line_waits(app, pilot)
        if size == (40, 12):
            await until(pilot, lambda: line.line[:20] in words(app, "#review"))
        await pilot.press("a")
        await until(pilot, lambda: UNREAD in toasts(app))
        assert card(app).state is PromptState.PENDING
        if size == (40, 12):
            await pilot.press("3", "z")
            await until(pilot, lambda: not app.review.unread)
            assert line.text in words(app, "#review")
            await pilot.press("a")
            await until(pilot, lambda: card(app).state is PromptState.POSTED)


async def test_a_line_behind_another_pane_is_not_approved(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1", "z")
        await until(pilot, lambda: "Review" not in words(app))
        await pilot.press("a")
        await until(pilot, lambda: UNREAD in toasts(app))
        assert card(app).state is PromptState.PENDING
        await pilot.press("3")
        await until(pilot, lambda: not app.review.unread)
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)


async def test_a_line_that_was_scrolled_away_is_not_approved_and_comes_back(tmp_path: Path) -> None:
    async with console(tmp_path, size=(100, 14), chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: app.review.max_scroll_y > 0)
        app.review.scroll_end(animate=False)
        await until(pilot, lambda: app.review.unread)
        await pilot.press("a")
        await until(pilot, lambda: UNREAD in toasts(app))
        assert card(app).state is PromptState.PENDING
        await until(pilot, lambda: not app.review.unread)
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)


async def test_only_the_very_words_on_the_card_are_approved(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = await line_waits(app, pilot)
        await until(pilot, lambda: not app.review.unread)
        assert app.review.hides(line.text) == ""
        app.query_one(ExactText).show("Other words.")
        await pilot.press("a")
        await until(pilot, lambda: CHANGED_JUST_NOW in toasts(app))
        assert card(app).state is PromptState.PENDING


async def test_an_edit_is_approved_only_with_all_of_it_on_the_screen(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e")
        editor = app.query_one(TextArea)
        editor.text = "A calm word here and there. " * 16
        await until(pilot, lambda: app.review.unread)
        await pilot.press("enter")
        await until(pilot, lambda: UNREAD_EDIT in toasts(app))
        assert card(app).state is PromptState.PENDING
        assert app.review.editing == 1


# What an edit has room for


BROKEN = "LOOK!!! THIS https://x.com ??? "
"""What breaks five of the guard's rules."""


async def typed(app: SanctumApp, pilot: Pilot[int], text: str) -> None:
    """Edit the line that waits, and type this before its words."""
    await pilot.press("e")
    await until(pilot, lambda: isinstance(app.focused, TextArea))
    app.query_one(TextArea).move_cursor((0, 0))
    await pilot.press(*("space" if sign == " " else sign for sign in text))
    await until(pilot, lambda: text.split()[-1] in words(app, "#card-exact"))
    await pilot.pause()


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (120, 24), (60, 120), (240, 70)])
async def test_where_there_are_rows_an_edit_shows_its_difference_and_says_which_of_the_texts_is_posted(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await typed(app, pilot, "Okay. ")
        shown = words(app, "#review")
        assert "Will be posted exactly as: Okay." in shown
        assert "Changed +Okay." in shown
        assert "Esc leaves." in shown
        assert "with the signature" in shown
        assert app.review.unread == ""
        assert app.review.max_scroll_y == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (120, 24), (60, 120), (240, 70)])
async def test_however_many_rules_are_broken_what_enter_does_and_the_length_are_seen(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await typed(app, pilot, BROKEN)
        shown = words(app, "#review")
        assert "Enter asks once more; Esc leaves." in shown
        assert "with the signature" in shown
        assert "The guard says no: · " in shown
        assert app.review.unread == ""
        await pilot.press("enter")
        await until(pilot, lambda: "Enter again posts it all the same." in words(app, "#review"))
        assert app.review.unread == ""


async def test_rules_that_have_no_room_are_counted_and_a_page_further_down(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await typed(app, pilot, f"So many more words, {BROKEN}")
        assert re.search(r"And \d more\.", words(app, "#review"))
        assert "https://x.com" not in words(app, "#card-check")
        await pilot.press("pagedown")
        await until(pilot, lambda: "It has a link: https://x.com" in words(app, "#review"))
        assert not re.search(r"And \d more\.", words(app, "#review"))
        assert "Changed" in words(app, "#review")
        await pilot.press("pageup")
        await until(pilot, lambda: app.review.scroll_y == 0)
        await pilot.press("pagedown")
        await until(pilot, lambda: app.review.scroll_y > 0)
        await pilot.press("x")
        await until(pilot, lambda: app.review.scroll_y == 0 and app.review.unread == "")
        await until(pilot, lambda: re.search(r"And \d more\.", words(app, "#review")))


async def test_with_nothing_hidden_a_page_is_one_of_the_words(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await typed(app, pilot, "Okay. ")
        editor = app.query_one(TextArea)

        def row() -> int:
            return editor.wrapped_document.location_to_offset(editor.selection.end).y

        await pilot.press("pagedown")
        await until(pilot, lambda: row() == 1)
        await pilot.press("pageup")
        await until(pilot, lambda: row() == 0)


async def test_what_an_edit_had_no_room_for_comes_back_with_the_room_and_its_words_stay_in_their_row(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await typed(app, pilot, "Okay. ")
        row = app.query_one(TextArea).region.y
        await pilot.press(*"LOOK!!!", "space", *"THIS", "space", *"https://x.com")
        await until(pilot, lambda: "The guard says no" in words(app, "#card-check"))
        await pilot.pause()
        assert "Will be posted exactly as:" not in words(app, "#review")
        assert app.query_one(TextArea).region.y == row
        await pilot.press(*["backspace"] * len("LOOK!!! THIS https://x.com"))
        await until(pilot, lambda: "Changed +Okay." in words(app, "#review"))
        assert "Will be posted exactly as:" in words(app, "#review")
        assert app.query_one(TextArea).region.y == row


def test_rows_go_first_to_what_matters_most() -> None:
    wants = Wants(heading=1, editor=4, exact=4, checks=(4, 5, 6), changes=(3, 1), ruled=True)
    shown = {rows: share(rows, wants) for rows in range(8, 32)}
    assert [rows for rows, shares in shown.items() if shares.editor < 4] == [8, 9, 10, 11, 12]
    assert next(rows for rows, shares in shown.items() if shares.told == 3) == 15
    assert next(rows for rows, shares in shown.items() if shares.label and shares.brief and rows >= 16) == 17
    assert next(rows for rows, shares in shown.items() if shares.label and not shares.brief) == 19
    assert next(rows for rows, shares in shown.items() if shares.status) == 20
    assert next(rows for rows, shares in shown.items() if shares.blanks) == 24


async def test_against_the_guard_the_words_are_on_the_screen_when_they_are_insisted_on(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        line = await line_waits(app, pilot)
        await pilot.press("e", "space", *"H!!!", "enter")
        await until(pilot, lambda: "Enter again posts it all the same" in words(app, "#review"))
        shown = words(app, "#review")
        assert not app.review.unread
        assert f"{line.line} H!!! — " in shown
        assert shown.index("Will be posted exactly as") < shown.index("The guard says no")
        await pilot.press("enter")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)
        assert card(app).line == f"{line.line} H!!!"
