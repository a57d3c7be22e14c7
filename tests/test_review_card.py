"""The review card: large where there is room, honest about when it is too late, discreet where it is on stream."""

from pathlib import Path

import pytest
from textual.widgets import Static, TextArea

from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.ui.card.cards import HIDDEN, card_of, lapse_of
from sanctum_tui.ui.card.worddiff import Change, Fate, changes, shortened
from tests.builders import at, settings
from tests.test_console import HOSTILE, card, console, line_waits, seen, until, words
from tests.test_stream_dialogs import said
from tests.test_stream_dialogs import until as until_there
from tests.test_writing_card import LINE, WAITS, wall

S = PromptState


def prompt(state: PromptState, reason: str = "", mode: str = "hearthkeeper") -> Prompt:
    steps = tuple(PromptStep(at(0), it, "operator", LINE, reason) for it in (S.PENDING, state))
    return Prompt(
        id=1, session_id=1, number=1, mode=mode, state=state, line=LINE, text=LINE,
        draft=Draft(LINE, LINE, ("the sea",)), why="mira spoke to the steward.", drafted_at=at(0),
        changed_at=at(0), steps=steps,
    )  # fmt: skip


# When it is too late


@pytest.mark.parametrize(
    ("state", "answer", "ends_in", "told"),
    [
        (S.PENDING, False, None, "Goes stale when people talk; expires when the evening ends."),
        (S.PENDING, False, 540.0, "Goes stale when people talk; expires in 9:00, when the evening ends."),
        (S.PENDING, True, None, "As an answer it goes stale in 3:20; talk leaves it alone."),
        (S.HELD, False, None, "Talk leaves it alone; expires when the evening ends."),
        (S.REJECTED, False, None, "It stays until you decide, and keeps no other line back."),
        (S.APPROVED, False, None, ""),
        (S.POSTED, False, 540.0, ""),
    ],
)
def test_the_card_says_how_long_its_line_is_good(
    state: PromptState, answer: bool, ends_in: float | None, told: str
) -> None:
    until_when = at(240) if answer else None
    assert lapse_of(prompt(state), at(40), answer_until=until_when, ends_in=ends_in) == told


async def test_how_long_a_line_is_good_stands_on_the_card_with_where_it_came_from(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 50)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "How long Goes stale when people talk" in words(app, "#review"))
        assert "Why now Quiet" in words(app, "#review")
        assert "From" in words(app, "#review")
        await pilot.press("h")
        await until(pilot, lambda: "How long Talk leaves it alone" in words(app, "#review"))


# What should not be on stream


async def test_in_private_mode_the_line_stays_and_where_it_came_from_does_not() -> None:
    async with wall() as (app, pane, pilot):
        pane.show(card_of([prompt(S.HELD, "ask mira")], prompt(S.HELD, "ask mira"), at(9)))
        await pilot.pause()
        assert "Line 1 is held (ask mira)" in said(app)
        assert "mira spoke" in said(app)
        pane.private = True
        await pilot.pause()
        shown = said(app)
        assert LINE in shown
        assert "mira" not in shown
        assert "the sea" not in shown.replace(LINE, "")
        assert shown.count(HIDDEN) == 3
        pane.private = False
        await pilot.pause()
        assert "mira spoke" in said(app)


async def test_the_setting_puts_the_panes_into_private_mode_while_the_evening_runs(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 50)) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        await pilot.press("colon")
        await pilot.press(*"PRIVATE_MODE=true", "enter")
        await until(pilot, lambda: HIDDEN in words(app, "#review"))
        assert app.moment().private
        assert line in words(app, "#review")
        assert (app.silence.private, app.chat.private) == (True, True)


# Large type


async def test_where_the_card_has_the_room_its_line_is_set_in_large_letters() -> None:
    async with wall((120, 40)) as (app, pane, pilot):
        pane.show(WAITS)
        await pilot.pause()
        shown = app.query_one("#card-line", Static)
        assert shown.region.height > 12
        assert shown.has_class("-lettered")
        assert "Will be posted exactly as:" in said(app)
        assert WAITS.exact in said(app), "and what is posted stands there to the letter"
        await pilot.resize_terminal(90, 31)
        await until_there(pilot, lambda: not shown.display)
        pane.big = True
        await until_there(pilot, lambda: shown.display and shown.region.height > 9)


async def test_a_line_with_a_sign_that_the_letters_lack_stays_as_it_is_written() -> None:
    async with wall((120, 40)) as (app, pane, pilot):
        pane.big = True
        pane.show(card_of([], prompt(S.PENDING), at(0)))
        await pilot.pause()
        assert app.query_one("#card-line").has_class("-lettered")
        for line in ("Das Café am Meer.", "海は静かです。", "[/][@click=app.quit]free[/] ✨"):
            pane.show(WAITS.__class__(number=9, state=S.PENDING, heading="◆", line=line))
            await pilot.pause()
            assert line in said(app)
            assert not app.query_one("#card-line").has_class("-lettered")


async def test_large_type_where_there_is_no_room_for_letters_is_the_line_in_bold(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), chosen=settings(big_text=True)) as (app, pilot):
        line = await line_waits(app, pilot)
        await until(pilot, lambda: line.text in words(app, "#review"))


# In the editor


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("the sea is calm", "the sea is calm", "the sea is calm"),
        ("the sea is calm", "the sea was calm", "the sea −is +was calm"),
        ("the sea", "so the sea at night", "+so the sea +at night"),
        ("the sea at night", "the", "the −sea at night"),
        ("one", "", "−one"),
        ("a  b", "a b", "a b"),
    ],
)
def test_the_difference_from_the_draft_is_told_by_signs(before: str, after: str, told: str) -> None:
    assert " ".join(f"{change.fate.value}{change.words}" for change in changes(before, after)) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("a b c d e", "a b c d e f", "… d e +f"),
        ("a b c d e", "z b c d e", "−a +z b c …"),
        ("a b c d e f g h i", "z b c d e f g h y", "−a +z b c … g h −i +y"),
        ("a b c", "a b c d", "a b c +d"),
        ("a b", "a b c", "a b +c"),
    ],
)
def test_in_short_the_difference_is_told_with_the_words_right_beside_it(before: str, after: str, told: str) -> None:
    found = shortened(changes(before, after))
    assert " ".join(f"{change.fate.value}{change.words}" for change in found) == told


def test_long_texts_are_compared_without_a_wait() -> None:
    assert changes("a " * 250, "b " * 250) == (
        Change(Fate.GONE, "a " * 249 + "a"),
        Change(Fate.NEW, "b " * 249 + "b"),
    )


async def test_one_sees_what_an_edit_changed_and_takes_it_back_with_a_key(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 50)) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        last = line.split()[-1]
        await pilot.press("e", *"too")
        await until(pilot, lambda: f"−{last} +{last}too" in words(app, "#review"))
        changed = app.query_one("#card-changes", Static).render()
        assert "strike" in str(changed.spans)  # type: ignore[union-attr]
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.query_one(TextArea).text == line)
        await until(pilot, lambda: f"+{last}too" not in words(app, "#review"))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.query_one(TextArea).text == f"{line}too")
        await pilot.press("enter")
        await until(pilot, lambda: card(app).state is not S.PENDING)
        assert card(app).line == f"{line}too"


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (60, 120), (240, 70)])
async def test_who_goes_on_with_an_edit_sees_at_once_what_it_changed(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "space", *"okay", "escape")
        await until(pilot, lambda: app.review.editing is None)
        await pilot.press("e")
        await until(pilot, lambda: "+okay" in words(app, "#card-changes"))
        assert "Ctrl+Z" not in words(app, "#review"), "that key takes back what was typed since"
        assert app.review.unread == ""


async def test_a_line_is_one_line_however_it_is_wrapped_when_all_before_or_behind_the_cursor_is_deleted(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: bool(app.query(TextArea)))
        editor = app.query_one(TextArea)
        editor.insert(" and more" * 20)
        editor.insert("left.")
        editor.move_cursor_relative(columns=-5)
        await pilot.press("ctrl+u")
        await until(pilot, lambda: editor.text == "left.")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: editor.text.endswith("and moreleft."))
        editor.move_cursor((0, 4))
        kept = editor.text[:4]
        await pilot.press("ctrl+k")
        await until(pilot, lambda: editor.text == kept)


async def test_hostile_words_in_the_editor_are_compared_as_they_are(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 50)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "space", *"[/][@click=app.quit]x[/]")
        await until(pilot, lambda: "+[/][@click=app.quit]x[/]" in words(app, "#review"))
        assert app.is_running
        assert HOSTILE not in seen(app)
