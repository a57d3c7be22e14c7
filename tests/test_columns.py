"""Whatever is written in the chat, the columns of the screen stay straight in a terminal with a mind of its own."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyte
import pytest
from rich.console import Console
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen as ScreenOf
from textual.widgets import Static

from sanctum_tui.serving.screen import Screen as ServedScreen
from sanctum_tui.text import clean_line
from sanctum_tui.ui.dialogs import base
from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import chat
from sanctum_tui.ui.panes.chat import ChatPane
from sanctum_tui.ui.sparing import SparingScreen
from tests.test_chat_pane import line, until

WIDTH, HEIGHT, BESIDE = 72, 60, 12

Where = Callable[[App[None]], list[list[str]]]
"""Something that shows the screen, cell by cell."""
PIECES = [
    "静かな夜", "ｆｕｌｌ", "한국어", "日本", "ラジオ", "、", "𠮷野家", "가",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "👍🏽🏽🏽", "❤️", "❤︎", "1️⃣", "™️", "🇫🇮🇯🇵", "🇫", "☺", "⚑", "🫠", "👨🏿‍🚀", "\u200d👩",
    "e\u0301", "a\u0308\u0323\u0331", "Z̸̡̢͍̪̘a̶l̴g̷o̵", "नमस्ते", "क्षि", "ไทยกำ", "\u0301x", "각", "བོད",
    "مرحبا", "بِسْمِ", "שָׁלוֹם", "﷽", "\u200fabc\u200e", "ע\u200dב",
    "plain", "words", "of", "a", "calm", "evening",
    "\u200b", "\ufeff", "\u00ad", "\u2060", "\U000e0100", "\u3164", "𓂀",
]  # fmt: skip

HOSTILE = [
    "👩‍" * 40,
    "\ufe0f" * 30 + "x",
    "a" + "\u0301" * 200 + "b",
    "🏳️‍🌈" * 30,
    "👍" + "🏽" * 20,
    "🇫🇮" * 80,
    "1\u0301\ufe0f" * 30,
    "\u200b" * 100,
    "ﷺ﷽" * 30,
    "\u202e\x1b[31mred\x1b7\x1b8\x9b2J",
]


def mixed(seed: int, lines: int) -> list[str]:
    """Lines of wide, joined, combining and right-to-left text, the same each time."""
    chance = random.Random(seed)
    return [
        chance.choice(["", " "]).join(chance.choice(PIECES) for _ in range(chance.randint(1, 30)))
        for _ in range(lines)
    ]


class Screen(App[None]):
    """The chat, and another pane beside it whose column must stay where it is."""

    CSS_PATH = chat.__file__.replace(".py", ".tcss")
    CSS = f"ChatPane {{ width: {WIDTH}; }} #beside {{ width: {BESIDE}; height: 1fr; }}"

    def __init__(self) -> None:
        super().__init__()
        self.pane = ChatPane()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.pane
            yield Static("\n".join(["|beside|"] * HEIGHT), id="beside", markup=False)


def written(app: App[None]) -> Iterator[str]:
    """What goes to the terminal for the whole screen, over what was there before."""
    yield "\x1b[2J" + "".join(f"\x1b[{row};1H{'#' * (WIDTH + BESIDE)}" for row in range(1, HEIGHT + 1))
    console = Console(color_system="truecolor")
    yield app.screen._compositor.render_full_update().render_segments(console)
    if isinstance(app, Screen) and not app.screen.query("Toast"):
        # The chat is nearly always painted alone; what stands beside it must not be touched then.
        for y, row in enumerate(app.pane.render_lines(Region(0, 0, WIDTH, HEIGHT)), 1):
            yield f"\x1b[{y};1H{row.render(console)}"


def in_a_terminal(app: App[None]) -> list[list[str]]:
    """What a terminal shows of the screen, cell by cell."""
    screen = pyte.Screen(WIDTH + BESIDE, HEIGHT)
    stream = pyte.Stream(screen)
    for piece in written(app):
        stream.feed(piece)
    return [[screen.buffer[y][x].data for x in range(WIDTH + BESIDE)] for y in range(HEIGHT)]


def on_a_page(app: App[None]) -> list[list[str]]:
    """What a browser shows of it that `serve` has let in."""
    screen = ServedScreen(WIDTH + BESIDE, HEIGHT)
    for piece in written(app):
        screen.feed(piece.encode())
    return [[one.text for one in row] for row in screen._lines]


def stands_straight(cells: Sequence[Sequence[str]]) -> None:
    for row in cells[1:-1]:
        shown = "".join(row)
        assert row[0] == "│", shown
        assert row[WIDTH - 1] == "│", shown
        assert "".join(row[WIDTH : WIDTH + 8]) == "|beside|", shown
        assert "#" not in shown


async def show(
    pilot: Pilot[None], pane: ChatPane, texts: Sequence[str], where: Where = in_a_terminal
) -> list[list[str]]:
    pane.replace_history(
        [line(n, text, name=f"Nà‍me{text[:3]}", reply_to=text[:2]) for n, text in enumerate(texts, 1)]
    )
    await pilot.pause()
    return where(pilot.app)


@pytest.mark.parametrize("where", [in_a_terminal, on_a_page])
@pytest.mark.parametrize("big", [False, True])
async def test_two_hundred_lines_of_mixed_scripts_leave_the_columns_straight(big: bool, where: Where) -> None:
    app = Screen()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT)) as pilot:
        app.pane.big = big
        texts = mixed(5, 200)
        for first in range(0, 200, 20):
            some = [clean_line(text) for text in texts[first : first + 20]]
            stands_straight(await show(pilot, app.pane, some, where))


@pytest.mark.parametrize("where", [in_a_terminal, on_a_page])
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_text_made_to_push_the_frame_away_does_not(hostile: str, where: Where) -> None:
    app = Screen()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT)) as pilot:
        lines = [f"{'x' * n} {clean_line(hostile)} behind" for n in range(6)]
        stands_straight(await show(pilot, app.pane, lines, where))


async def test_nothing_is_left_out_where_a_terminal_shows_joined_signs_side_by_side() -> None:
    app = Screen()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT)) as pilot:
        cells = await show(pilot, app.pane, ["one 👩‍👩‍👧 two ❤️ three नमस्ते four e\u0301 five"])
        words = "".join("".join(row) for row in cells)
        for word in ("one 👩", " two ❤", " three न", " four é five"):
            assert word in words


async def test_a_chosen_line_stands_as_straight() -> None:
    app = Screen()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT)) as pilot:
        await show(pilot, app.pane, [clean_line(text) for text in mixed(7, 20)])
        app.pane.focus()
        await pilot.press("v", "up", "shift+up")
        stands_straight(in_a_terminal(app))


async def test_what_a_toast_leaves_of_a_row_stands_as_straight() -> None:
    app = Screen()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT), notifications=True) as pilot:
        await show(pilot, app.pane, [clean_line(text) for text in mixed(9, 60)])
        app.notify("a word about this and that " * 4, timeout=60)
        await pilot.pause()
        toast = app.screen.query_one("Toast").region
        assert toast.x < WIDTH - 1
        for y, row in enumerate(in_a_terminal(app)[1:-1], 1):
            if toast.y <= y < toast.bottom:
                assert row[toast.x] in "▌▐█▎▏│┃|", "".join(row)
            else:
                stands_straight([[], row, []])


class Before(Screen):
    """It is in front of a terminal, which shows whatever Textual wrote, and what was not written over."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = pyte.Screen(WIDTH + BESIDE, HEIGHT)
        self._writes = Console(color_system="truecolor")

    def get_default_screen(self) -> ScreenOf[None]:
        return SparingScreen(id="_default")

    def _display(self, screen: ScreenOf[object], renderable: Any) -> None:
        super()._display(screen, renderable)
        if screen is self.screen and renderable is not None:
            pyte.Stream(self.terminal).feed(renderable.render_segments(self._writes).replace("\n", ""))

    def cells(self) -> list[list[str]]:
        return [[self.terminal.buffer[y][x].data for x in range(WIDTH + BESIDE)] for y in range(HEIGHT)]


class Note(Paper[None]):
    """A dialog with a line of the chat in it."""

    CSS_PATH = base.__file__.replace("base.py", "dialogs.tcss")
    title_words = "Note"

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def parts(self) -> list[tuple[str, str]]:
        return [("Said", self.words)]


def stands_straight_around(cells: Sequence[Sequence[str]], dialog: Region) -> None:
    """Whatever the dialog covers, its own sides are straight, and so is the rest."""
    for y, row in enumerate(cells[1:-1], 1):
        if dialog.y < y < dialog.bottom - 1:
            shown = "".join(row)
            assert (row[0], row[dialog.x], row[dialog.right - 1]) == ("│", "│", "│"), shown
            assert "".join(row[dialog.right :]) == "|beside|    "[dialog.right - WIDTH :], shown
        elif not dialog.y <= y < dialog.bottom:
            stands_straight([[], row, []])


async def test_what_stands_behind_a_dialog_stands_straight_and_does_when_it_has_closed() -> None:
    app = Before()
    async with app.run_test(size=(WIDTH + BESIDE, HEIGHT)) as pilot:
        said = ["a candle 🕯️ in the window", *(clean_line(text) for text in mixed(11, 60))]
        await show(pilot, app.pane, said)
        stands_straight(app.cells())
        await app.push_screen(Note("a candle 🕯️ for you, and ❤️ 1️⃣ 👩‍👩‍👧"))
        await pilot.pause()
        stands_straight_around(app.cells(), app.screen.query_one("#dialog").region)
        app.pane.append([line(100, "another 🕯️ is lit ☺")])
        await until(pilot, lambda: "is lit" in "".join("".join(row) for row in app.cells()))
        stands_straight_around(app.cells(), app.screen.query_one("#dialog").region)
        await pilot.press("escape")
        await pilot.pause()
        stands_straight(app.cells())
