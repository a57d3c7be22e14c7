"""Each second of an evening costs the terminal the cells that are different, and no more."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region

from sanctum_tui.ui.look.steady import Steady, changed

SIGNS = st.sampled_from("0123456789: █▀▄a夜é")
ROWS = st.lists(st.text(SIGNS, max_size=12), min_size=1, max_size=4)


def test_one_digit_that_changes_is_all_that_is_painted() -> None:
    assert changed(["#room · 12:34 · live"], ["#room · 12:35 · live"]) == Region(12, 0, 1, 1)
    assert changed(["夜 12:34"], ["夜 12:35"]) == Region(7, 0, 1, 1)


def test_words_of_another_width_are_painted_anew() -> None:
    assert changed(["9:59"], ["10:00"]) is None
    assert changed(["one"], ["one", "two"]) is None
    assert changed(["e"], ["e\u0301"]) is None


@given(ROWS, st.data())
def test_whatever_differs_lies_in_the_region(rows: list[str], data: st.DataObject) -> None:
    other = [data.draw(st.text(SIGNS, min_size=len(row), max_size=len(row))) for row in rows]
    region = changed(rows, other)
    if region is None:
        assert any(cell_len(one) != cell_len(two) for one, two in zip(rows, other, strict=True))
        return
    for y, (one, two) in enumerate(zip(rows, other, strict=True)):
        for at, (before, after) in enumerate(zip(one, two, strict=True)):
            if before != after:
                assert region.contains(cell_len(one[:at]), y)


class Clock(App[None]):
    def compose(self) -> ComposeResult:
        yield Steady(id="clock")


async def test_what_is_shown_is_what_was_said_last() -> None:
    app = Clock()
    long = "a row that is longer than the screen is wide"
    async with app.run_test(size=(20, 4)) as pilot:
        clock = app.query_one(Steady)
        for rows in (["12:34"], ["12:35"], ["12:35", "quiet"], [long], [long.replace("w", "v")], ["1"]):
            clock.show(rows)
            await pilot.pause()
            shown = " ".join(strip.text for strip in clock.render_lines(clock.size.region))
            assert shown.split() == " ".join(rows).split()
