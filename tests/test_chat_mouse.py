"""The mouse in the chat: a click stops nothing, drawing over lines chooses them, and the frame can be pressed."""

from collections.abc import Sequence

import pytest
from textual.events import Click, MouseDown, MouseMove, MouseScrollUp, MouseUp
from textual.geometry import Offset
from textual.pilot import Pilot

from sanctum_tui.ui.panes.chat import ChatPane
from tests.test_chat_choosing import Owner, marked, owned
from tests.test_chat_pane import line, lines, on_screen, room, shown, strips, until


async def send(
    pilot: Pilot[None], event: type[MouseDown | MouseMove | MouseUp], at: Offset | tuple[int, int], button: int = 1
) -> None:
    """What the terminal tells of the mouse."""
    x, y = at
    pilot.app.post_message(event(None, x, y, 0, 0, button, False, False, False))
    await pilot.pause()


async def draw(pilot: Pilot[None], places: Sequence[tuple[int, int]]) -> None:
    """Press the button at the first place, move over the others, and let go at the last."""
    await send(pilot, MouseDown, places[0])
    for place in places[1:]:
        await send(pilot, MouseMove, place)
    await send(pilot, MouseUp, places[-1])


async def wheel_up(app: Owner, pilot: Pilot[None]) -> None:
    app.pane.post_message(MouseScrollUp(app.pane, 5, 5, 0, 0, 0, False, False, False))
    await until(pilot, lambda: not app.pane.following)


async def test_a_click_chooses_nothing_and_the_room_goes_on() -> None:
    async with owned() as (app, pilot):
        await pilot.click(ChatPane, offset=(20, 4))
        app.pane.append(lines(1001, 1002))
        await until(pilot, lambda: "line 1002." in on_screen(app.pane))
        assert marked(app.pane) == []
        assert app.pane.following


async def test_a_click_ends_the_choice_and_the_room_is_followed_again() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", "up")
        await pilot.click(ChatPane, offset=(20, 4))
        assert app.pane.selection is None
        assert app.pane.following


async def test_lines_that_the_mouse_is_drawn_over_are_chosen_as_it_goes_and_copied_whole() -> None:
    async with owned() as (app, pilot):
        await send(pilot, MouseDown, (20, 4))
        await send(pilot, MouseMove, (20, 5))
        assert marked(app.pane) == ["┃ 994.", "▶ 995."]
        await send(pilot, MouseMove, (12, 8))
        assert marked(app.pane) == ["┃ 994.", "┃ 995.", "┃ 996.", "┃ 997.", "▶ 998."]
        await send(pilot, MouseMove, (12, 3))
        await send(pilot, MouseUp, (12, 3))
        assert marked(app.pane) == ["▶ 993.", "┃ 994."]
        await pilot.press("d")
        assert app.copied == [("[20:16:33] Moss: line 993.\n[20:16:34] Moss: line 994.", 2)]
        assert app.mouse_captured is None


async def test_drawing_begins_at_the_line_that_was_pressed_however_the_room_goes_on() -> None:
    async with owned() as (app, pilot):
        await send(pilot, MouseDown, (20, 8))
        app.pane.append(lines(1001, 1003))
        await until(pilot, lambda: "line 1003." in on_screen(app.pane))
        await send(pilot, MouseMove, (20, 7))
        await send(pilot, MouseUp, (20, 7))
        assert marked(app.pane) == ["┃ 998.", "┃ 999.", "▶ 1000."]


async def test_an_unsteady_hand_chooses_nothing_and_drawing_along_a_line_chooses_that_one() -> None:
    async with owned() as (app, pilot):
        await draw(pilot, [(20, 4), (21, 4)])
        assert marked(app.pane) == []
        await draw(pilot, [(20, 4), (30, 4)])
        assert marked(app.pane) == ["▶ 994."]


@pytest.mark.parametrize(("y", "reached"), [(0, "line 961."), (11, "line 1010.")])
async def test_held_beyond_the_frame_the_mouse_scrolls_until_it_is_let_go(y: int, reached: str) -> None:
    async with owned() as (app, pilot):
        await send(pilot, MouseDown, (20, 5))
        await send(pilot, MouseMove, (20, 6))
        app.pane.append(lines(1001, 1050))
        await send(pilot, MouseMove, (20, y))
        await until(pilot, lambda: reached in on_screen(app.pane))
        await send(pilot, MouseUp, (20, y))
        before = app.pane.selection
        assert before is not None
        assert (995, 0) in (before.first, before.last)
        await pilot.pause(0.2)
        assert app.pane.selection == before


async def test_a_button_that_went_up_out_of_sight_draws_no_further() -> None:
    async with owned() as (app, pilot):
        await send(pilot, MouseDown, (20, 4))
        await send(pilot, MouseMove, (20, 5))
        await send(pilot, MouseMove, (20, 8), button=0)
        assert marked(app.pane) == ["┃ 994.", "▶ 995."]
        assert app.mouse_captured is None


async def test_shift_and_click_choose_from_one_line_to_another() -> None:
    async with owned() as (app, pilot):
        await pilot.click(ChatPane, offset=(20, 4), shift=True)
        assert marked(app.pane) == ["▶ 994."]
        await pilot.click(ChatPane, offset=(20, 2), shift=True)
        assert marked(app.pane) == ["▶ 992.", "┃ 993.", "┃ 994."]


async def test_a_double_click_asks_who_wrote_the_line_that_was_there_at_the_first() -> None:
    async with owned() as (app, pilot):
        await pilot.click(ChatPane, offset=(20, 6))
        app.pane.append([line(number, name="Eel", login="eel") for number in range(1001, 1020)])
        await until(pilot, lambda: "Moss" not in on_screen(app.pane))
        app.post_message(Click(app.pane, 20, 6, 0, 0, 1, False, False, False, chain=2))
        await until(pilot, lambda: bool(app.asked))
        assert app.asked == [("moss", "Moss")]
        assert app.pane.selection is None


async def test_a_click_on_the_bar_goes_to_the_newest_line() -> None:
    async with owned() as (app, pilot):
        await wheel_up(app, pilot)
        app.pane.append(lines(1001, 1026))
        await until(pilot, lambda: "26 new ↓ End" in on_screen(app.pane))
        await pilot.click(ChatPane, offset=(20, 10))
        assert app.pane.following
        assert app.pane.selection is None
        assert "line 1026." in shown(app.pane)[-1]


async def test_what_the_frame_says_can_be_pressed() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", "up")
        await press(pilot, app.pane, "v more")
        await pilot.press("up")
        assert marked(app.pane) == ["▶ 998.", "┃ 999."]
        await press(pilot, app.pane, "d copy")
        await until(pilot, lambda: [many for _, many in app.copied] == [2])
        await pilot.press("v")
        app.pane.append(lines(1001, 1002))
        await until(pilot, lambda: "2 new below" in on_screen(app.pane))
        await press(pilot, app.pane, "2 new below")
        assert app.pane.following


async def press(pilot: Pilot[None], pane: ChatPane, words: str) -> None:
    """Click on words in the lower edge of the frame."""
    edge = on_screen(pane).splitlines()[pane.region.bottom - 1]
    await pilot.click(offset=(edge.index(words) + 1, pane.region.bottom - 1))
    await pilot.pause()


async def test_only_what_came_since_the_end_was_in_sight_is_new() -> None:
    async with owned() as (app, pilot):
        await app.pane.go_to(300)
        await pilot.press("escape")
        assert not app.pane.following
        assert app.pane.unseen == 0
        assert "695 below ↓ End" in shown(app.pane)[-1]
        app.pane.append(lines(1001, 1003))
        await until(pilot, lambda: "3 new ↓ End" in on_screen(app.pane))
        await app.pane.go_to(200)
        assert app.pane.unseen == 3


async def test_words_leave_a_cell_free_before_the_frame() -> None:
    async with room((60, 30)) as (pane, _):
        pane.append([line(number, "s" * number) for number in range(30, 50)])
        pane.append([line(number, "静" * number) for number in range(50, 60)])
        for strip in strips(pane):
            assert strip.text[-2:] == " │"
