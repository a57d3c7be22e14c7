"""However little of the screen is drawn anew, a terminal shows what it would if all of it were."""

import random

import pyte
import pytest
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from sanctum_tui.ui.sparing import SparingScreen

COLUMNS, ROWS = 50, 16
SEEDS = range(24)


class Counted(Static):
    """Remembers which of its rows it was asked for."""

    def __init__(self, words: str) -> None:
        super().__init__(words, markup=False)
        self.asked: list[Region] = []

    def render_lines(self, crop: Region) -> list:  # type: ignore[type-arg]
        self.asked.append(crop)
        return super().render_lines(crop)


class Nested(App[None]):
    CSS = """
    Screen { layers: below above; }
    Vertical, Horizontal { border: round green; padding: 0 1; }
    Counted { height: 1fr; width: 1fr; background: blue 30%; }
    #over { layer: above; width: 17; height: 5; offset: 12 3; background: red; }
    """

    def get_default_screen(self) -> Screen[None]:
        return SparingScreen(id="_default")

    def compose(self) -> ComposeResult:
        with Vertical():
            with Horizontal():
                yield Counted("left")
                with Vertical():
                    yield Counted("upper 夜 and wide")
                    yield Counted("lower")
            yield Counted("at the bottom")
        over = Counted("on top")
        over.id = "over"
        yield over


def shown(app: Nested) -> pyte.Screen:
    """The screen with everything drawn."""
    screen = pyte.Screen(COLUMNS, ROWS)
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        pyte.Stream(screen).feed(f"\x1b[{y + 1};1H{strip.render(app.console)}")
    return screen


def cells(screen: pyte.Screen) -> list[list[pyte.screens.Char]]:
    return [[screen.buffer[y][x] for x in range(COLUMNS)] for y in range(ROWS)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_part_of_the_screen_drawn_anew_looks_as_the_whole_does(seed: int) -> None:
    chance = random.Random(seed)
    app = Nested()
    async with app.run_test(size=(COLUMNS, ROWS)):
        screen, compositor = app.screen, app.screen._compositor
        terminal = shown(app)
        for _ in range(8):
            changing: list[Widget] = chance.sample(list(screen.query(Counted)), chance.randint(1, 3))
            for widget in changing:
                assert isinstance(widget, Counted)
                widget.update("".join(chance.choices("abc 夜é█", k=40)), layout=False)
            changing += chance.sample(list(screen.query(Vertical)), chance.randint(0, 1))
            compositor.update_widgets(set(changing))
            update = compositor.render_partial_update()
            assert update is not None
            pyte.Stream(terminal).feed(update.render_segments(app.console).replace("\n", ""))
            assert cells(terminal) == cells(shown(app))


async def test_nothing_is_asked_of_what_did_not_change_or_lies_behind() -> None:
    app = Nested()
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        left, upper, lower, bottom, over = app.query(Counted)
        await pilot.pause()
        for widget in (left, upper, lower, bottom, over):
            widget.asked.clear()
        over.refresh(Region(0, 2, 3, 1))
        bottom.refresh()
        await pilot.pause()
        assert over.asked == [Region(0, 2, 17, 1)]
        assert bottom.asked == [bottom.size.region]
        assert [left.asked, upper.asked, lower.asked] == [[], [], []]
