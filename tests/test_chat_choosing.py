"""A streamer chooses lines of the chat by keys and mouse, copies them, and asks who wrote one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from sanctum_tui.chat import MessageDeleted, Voice
from sanctum_tui.evening import Mark
from sanctum_tui.ui.chat.choosing import MOST_COPIED
from sanctum_tui.ui.chat.selection import Selection
from sanctum_tui.ui.panes.chat import ChatPane
from tests.test_chat_pane import BEGAN, Room, Store, line, lines, on_screen, room, shown, until


class Owner(Room):
    """Keeps what the pane asks for."""

    def __init__(self) -> None:
        super().__init__(Store(1000).fetch_before)
        self.copied: list[tuple[str, int]] = []
        self.asked: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_chat_pane_copy_wanted(self, message: ChatPane.CopyWanted) -> None:
        self.copied.append((message.text, message.lines))

    def on_chat_pane_person_wanted(self, message: ChatPane.PersonWanted) -> None:
        self.asked.append((message.login, message.name))


@asynccontextmanager
async def owned(size: tuple[int, int] = (60, 12)) -> AsyncIterator[tuple[Owner, Pilot[None]]]:
    app = Owner()
    async with app.run_test(size=size) as pilot:
        app.pane.replace_history(lines(951, 1000))
        await pilot.pause()
        yield app, pilot


def marked(pane: ChatPane) -> list[str]:
    """The signs before the rows, with the last word of each: ▶ is the cursor, ┃ is chosen."""
    return [f"{row[0]} {row.split()[-1]}" for row in shown(pane) if row[:1] in "▶┃" and row]


async def test_the_arrows_move_the_choice_and_nothing_else_moves() -> None:
    async with owned() as (app, pilot):
        before = shown(app.pane)
        await pilot.press("v")
        assert marked(app.pane) == ["▶ 1000."]
        await pilot.press("up", "up")
        assert marked(app.pane) == ["▶ 998."]
        assert [row.removeprefix("▶ ") for row in shown(app.pane)] == before


async def test_the_room_goes_on_below_while_somebody_chooses_and_is_followed_again_afterwards() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", "up")
        before = shown(app.pane)
        app.pane.append(lines(1001, 1500))
        await until(pilot, lambda: "500 new below" in on_screen(app.pane))
        assert shown(app.pane) == before
        assert not app.pane.following
        await pilot.press("escape")
        assert "line 1500." in shown(app.pane)[-1]
        assert app.told == [False, True]


async def test_in_a_room_with_three_lines_nothing_moves_either() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 3))
        before = shown(pane)
        await pilot.press("v")
        pane.append(lines(4, 5))
        await until(pilot, lambda: "2 new below" in on_screen(pane))
        assert [row.removeprefix("▶ ") for row in shown(pane)] == before
        await pilot.press("down")
        assert shown(pane)[-1] == "▶ 20:00:04 Moss: line 4."


async def test_shift_and_v_choose_several_lines_which_are_copied_as_plain_text() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", "up", "shift+up", "shift+up")
        assert marked(app.pane) == ["▶ 997.", "┃ 998.", "┃ 999."]
        await pilot.press("d")
        text = "\n".join(f"[20:16:{n - 960}] Moss: line {n}." for n in (997, 998, 999))
        assert app.copied == [(text, 3)]
        assert marked(app.pane) == []
        await pilot.press("v", "v", "up", "ctrl+c")
        assert app.copied[1][1] == 2
        assert app.is_running


async def test_a_choice_reaches_back_into_stored_lines_and_is_copied_whole() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", "v", *["pageup"] * 20)
        assert "▶" in shown(app.pane)[0][:1]
        await pilot.press("d")
        text, count = app.copied[0]
        assert count == 20 * 8 + 1 < MOST_COPIED
        assert text.startswith("[20:14:00] Moss: line 840.")


async def test_what_is_hidden_on_the_screen_is_not_copied() -> None:
    async with owned() as (app, pilot):
        app.pane.append([line(1001, "rude", id="r"), line(1002, "viewers", Voice.SPAM, name="Eel")])
        app.pane.append([line(1003, "waves", action=True), line(1004, "so calm", Voice.AGENT)])
        app.pane.notice(MessageDeleted(BEGAN, "r"))
        app.pane.notice(Mark(BEGAN, "a moment"))
        app.pane.private = True
        await pilot.press("v", *["shift+up"] * 4, "d")
        assert app.copied[0][0].splitlines() == [
            "[20:16:41] Moss: [deleted]",
            "[20:16:42] ⚑ a flagged line is hidden",
            "[20:16:43] Moss waves",
            "[20:16:44] Chronicler: so calm",
            "[20:00:00] ✦ kept for the ledger",
        ]


async def test_enter_asks_who_wrote_the_line_and_a_hidden_one_is_nobodys() -> None:
    async with owned() as (app, pilot):
        app.pane.append([line(1001, "viewers", Voice.SPAM, name="Eel", login="eel")])
        await pilot.press("enter")
        await pilot.press("v", "enter")
        app.pane.private = True
        await pilot.press("enter", "up", "enter")
        await pilot.pause()
        assert app.asked == [("eel", "Eel"), ("moss", "Moss")]


async def test_the_mouse_finds_the_line_it_is_on_while_reading_back_too() -> None:
    async with owned() as (app, pilot):
        await pilot.press("pageup")
        row = next(at for at, words in enumerate(shown(app.pane)) if "line 986." in words)
        await pilot.click(ChatPane, offset=(20, row + 1), shift=True)
        assert marked(app.pane) == ["▶ 986."]
        await pilot.press("escape")
        assert not app.pane.following


async def test_in_a_room_with_three_lines_a_line_is_found_too() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 3))
        row = next(at for at, words in enumerate(shown(pane)) if "line 2." in words)
        await pilot.click(ChatPane, offset=(20, row + 1), shift=True)
        assert marked(pane) == ["▶ 2."]
        await pilot.click(ChatPane, offset=(20, 2), shift=True)
        assert marked(pane) == ["▶ 2."]


async def test_scrolling_on_while_choosing_stops_at_the_newest_line_and_still_stands() -> None:
    async with owned() as (app, pilot):
        before = shown(app.pane)
        await pilot.press("v")
        for _ in range(3):
            app.pane.post_message(MouseScrollUp(app.pane, 5, 5, 0, 0, 0, False, False, False))
        for _ in range(9):
            app.pane.post_message(MouseScrollDown(app.pane, 5, 5, 0, 0, 0, False, False, False))
        await pilot.pause()
        assert [row.removeprefix("▶ ") for row in shown(app.pane)] == before
        assert not app.pane.following


async def test_a_new_size_keeps_the_chosen_line_in_sight() -> None:
    async with owned() as (app, pilot):
        await pilot.press("v", *["up"] * 5)
        await pilot.resize_terminal(40, 8)
        await pilot.pause()
        await pilot.press("up")
        assert marked(app.pane) == ["▶ 994."]


async def test_a_line_can_be_gone_to_by_its_number() -> None:
    async with owned() as (app, pilot):
        await app.pane.go_to(300)
        await pilot.pause()
        assert marked(app.pane) == ["▶ 300."]
        await app.pane.go_to(1000)
        assert marked(app.pane) == ["▶ 1000."]


async def test_keys_that_mean_nothing_in_the_chat_are_left_to_the_console() -> None:
    left: list[str] = []

    class Listening(Owner):
        def action_step_back(self) -> None:
            left.append("escape")

    app = Listening()
    app.bind("escape", "step_back")
    async with app.run_test() as pilot:
        app.pane.append(lines(1, 3))
        await pilot.press("v", "escape")
        assert left == []
        await pilot.press("escape")
        assert left == ["escape"]


def test_a_selection_holds_what_is_between_its_ends_whichever_was_first() -> None:
    chosen = Selection.at((5, 0)).moved((3, 1), extend=True)
    assert [(5, 0) in chosen, (4, 0) in chosen, (3, 1) in chosen, (3, 0) in chosen] == [True, True, True, False]
    assert chosen.moved((4, 0)).first == (4, 0)
    assert Selection.at((5, 0)).turned().moved((7, 0)).last == (7, 0)
