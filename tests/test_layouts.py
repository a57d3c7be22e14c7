"""The five panes stand so that each can be used, on a laptop, a wide monitor and one that is turned on its side."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from sanctum_tui.ui.frame import Frame
from sanctum_tui.ui.look.layouts import (
    AUTO,
    PANES,
    Layout,
    Place,
    Seam,
    Sizes,
    arrange,
    layout_for,
    seam_at,
    shape_of,
    shifted,
)
from sanctum_tui.ui.look.remembering import Remembered

WIDTHS, HEIGHTS = st.integers(72, 300), st.integers(36, 200)


@pytest.mark.parametrize(
    ("size", "layout"),
    [
        ((80, 22), Layout.NARROW),
        ((60, 118), Layout.PORTRAIT),
        ((120, 33), Layout.STANDARD),
        ((120, 22), Layout.STANDARD),
        ((200, 58), Layout.WIDE),
        ((240, 68), Layout.WIDE),
        ((99, 50), Layout.NARROW),
    ],
)
def test_the_size_of_the_monitor_decides_how_the_panes_stand(size: tuple[int, int], layout: Layout) -> None:
    assert layout_for(*size) == (layout, "")


@pytest.mark.parametrize("layout", Layout)
def test_a_layout_chosen_by_hand_is_kept_to_where_it_can_be_used(layout: Layout) -> None:
    assert layout_for(130, 60, layout) == (layout, "")


def test_a_layout_that_the_screen_is_too_small_for_is_told_and_the_size_decides() -> None:
    assert layout_for(80, 22, "wide") == (
        Layout.NARROW, "The wide layout needs 108 columns; until then the size decides.",
    )  # fmt: skip
    assert layout_for(120, 33, "portrait")[0] is Layout.STANDARD


@given(
    st.sampled_from(Layout), st.integers(1, 130), st.integers(1, 60), st.integers(0, 60), st.booleans(), st.booleans()
)
def test_the_panes_fill_the_screen_and_none_lies_over_another(
    layout: Layout, width: int, height: int, silence: int, editing: bool, after: bool
) -> None:
    places = arrange(layout, width, height, silence_rows=silence, editing=editing, after=after)
    assert sum(place.width * place.height for place in places.values()) == width * height
    cells = [
        (x, y) for left, top, w, h in places.values() for x in range(left, left + w) for y in range(top, top + h)
    ]
    assert len(set(cells)) == width * height
    assert all(x < width and y < height for x, y in cells)


@given(st.sampled_from(Layout), WIDTHS, HEIGHTS, st.booleans())
def test_where_there_is_room_every_pane_can_be_read(layout: Layout, width: int, height: int, after: bool) -> None:
    layout, _ = layout_for(width, height, layout)
    places = arrange(layout, width, height, after=after)
    assert all(place.width >= 24 and place.height >= 4 for place in places.values())
    assert places["review"].height >= 8


def test_on_a_laptop_the_card_has_the_room_and_on_a_large_monitor_each_pane() -> None:
    small = arrange(Layout.NARROW, 80, 22, silence_rows=4)
    assert (small["silence"].height, small["review"].height, small["chat"].height) == (4, 10, 8)
    assert set(arrange(Layout.STANDARD, 120, 22)) == {"chat", "silence", "review"}
    assert set(arrange(Layout.STANDARD, 120, 33)) == set(PANES)
    wide = arrange(Layout.WIDE, 240, 68)
    assert wide["chat"].x < wide["silence"].x == wide["review"].x < wide["dashboard"].x == wide["ledger"].x
    tall = arrange(Layout.PORTRAIT, 60, 118)
    assert [pane for pane, _ in sorted(tall.items(), key=lambda each: each[1].y)][-1] == "chat"


@pytest.mark.parametrize(("width", "height"), [(120, 33), (200, 58), (60, 118), (240, 68)])
def test_after_the_evening_its_ledger_has_the_room_unless_the_operator_gave_it_to_another(
    width: int, height: int
) -> None:
    layout, _ = layout_for(width, height)
    during, after = (arrange(layout, width, height, after=after) for after in (False, True))
    assert after["ledger"].height >= max(16, during["ledger"].height)
    assert after["ledger"].width >= during["ledger"].width
    own = Sizes(
        tuple(round(column / width, 4) for column in {place.x: place.width for place in during.values()}.values()),
        {pane: place.height / height for pane, place in during.items()},
    )
    assert arrange(layout, width, height, own, after=True) == arrange(layout, width, height, own)


def test_a_low_screen_gives_the_card_the_chats_room_while_a_line_is_edited() -> None:
    assert set(arrange(Layout.NARROW, 80, 22, editing=True)) == {"silence", "review"}
    assert "chat" in arrange(Layout.NARROW, 80, 40, editing=True)


@given(st.sampled_from(Layout), WIDTHS, HEIGHTS, st.integers(-400, 400), st.data())
def test_a_seam_moves_as_far_as_the_panes_beside_it_can_give_way(
    layout: Layout, width: int, height: int, cells: int, data: st.DataObject
) -> None:
    layout, _ = layout_for(width, height, layout)
    shape, before = shape_of(layout, height), arrange(layout, width, height)
    uprights = [Seam(one[0], two[0], True) for one, two in pairwise(shape)]
    levels = [Seam(one, two, False) for column in shape for one, two in pairwise(column)]
    seam = data.draw(st.sampled_from(uprights + levels))
    sizes, why = shifted(before, shape, seam, cells, Sizes())
    after = arrange(layout, width, height, sizes)
    assert sum(place.width * place.height for place in after.values()) == width * height
    moved = after[seam.after].x - before[seam.after].x if seam.upright else after[seam.after].y - before[seam.after].y
    assert moved == 0 if why else 0 < abs(moved) <= abs(cells) and (moved > 0) == (cells > 0)


@pytest.mark.parametrize(
    "rows", [{"chat": 1e308, "dashboard": 1e308}, {"chat": -1.0}, {"chat": 0.0, "dashboard": 0.0}]
)
def test_sizes_that_make_no_sense_are_as_if_there_were_none(rows: dict[str, float]) -> None:
    assert arrange(Layout.STANDARD, 120, 33, Sizes((0.0, -1.0), rows)) == arrange(Layout.STANDARD, 120, 33)


def test_a_pointer_on_the_frames_between_two_panes_has_hold_of_their_seam() -> None:
    shape, places = shape_of(Layout.STANDARD, 33), arrange(Layout.STANDARD, 120, 33)
    assert seam_at(places, shape, places["silence"].x, 3) == Seam("chat", "silence", True)
    assert seam_at(places, shape, 5, places["dashboard"].y - 1) == Seam("chat", "dashboard", False)
    assert seam_at(places, shape, 5, 3) is None


class Console(App[None]):
    """A frame with stand-ins for the panes."""

    CSS = "#panes { overflow: hidden hidden; } #silence { height: auto; } Static { border: round white; }"

    def __init__(self, state: Path) -> None:
        super().__init__()
        self.state = state

    def compose(self) -> ComposeResult:
        pane = {name: Static(name, id=name) for name in PANES}
        for each in pane.values():
            each.can_focus = True
        first = (pane["chat"], pane["silence"], pane["review"])
        yield Frame(first, remembered=Remembered(self.state / "layouts.json"))

    @property
    def frame(self) -> Frame:
        return self.query_one(Frame)

    async def on_mount(self) -> None:
        late = [Static(name, id=name) for name in ("dashboard", "ledger")]
        for each in late:
            each.can_focus = True
        await self.frame.hang(*late)


def stands(app: Console, pane: str) -> Place:
    region = app.query_one(f"#{pane}", Widget).region
    return Place(*region)


async def focus(app: Console, pilot: Pilot[None], pane: str) -> None:
    app.frame.go_to(pane)
    await pilot.pause()


async def test_a_pane_made_wider_and_higher_by_keys_is_so_again_tomorrow(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await focus(app, pilot, "chat")
        before = stands(app, "chat")
        assert app.frame.grow(1, 0) == app.frame.grow(0, -1) == ""
        await pilot.pause()
        after = stands(app, "chat")
        assert (after.width, after.height) == (before.width + 3, before.height - 1)
        await focus(app, pilot, "ledger")
        ledger = stands(app, "ledger")
        assert app.frame.grow(-1, 0) == app.frame.grow(0, 1) == ""
        await pilot.pause()
        assert stands(app, "ledger").width == ledger.width - 3
        assert stands(app, "ledger").height == ledger.height + 1
        kept = {pane: stands(app, pane) for pane in PANES}
    again = Console(tmp_path)
    async with again.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        assert {pane: stands(again, pane) for pane in PANES} == kept
        again.frame.forget_sizes()
        await pilot.pause()
        assert stands(again, "chat") == before


async def test_each_layout_has_sizes_of_its_own(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await focus(app, pilot, "chat")
        app.frame.grow(1, 0)
        app.frame.choose(Layout.WIDE)
        await pilot.pause()
        wide = stands(app, "chat")
        app.frame.choose(AUTO)
        await pilot.pause()
        assert stands(app, "chat").width == 68
        await pilot.resize_terminal(60, 120)
        assert app.frame.standing is Layout.PORTRAIT
        app.frame.choose(Layout.WIDE)
        await pilot.resize_terminal(120, 35)
        assert stands(app, "chat") == wide


async def test_the_frames_between_panes_can_be_dragged(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        before = stands(app, "chat")
        await pilot.mouse_down(Frame, Offset(before.width - 1, 4))
        await pilot.hover(Frame, Offset(before.width + 9, 4))
        await pilot.mouse_up(Frame, Offset(before.width + 9, 4))
        await pilot.hover(Frame, Offset(before.width + 2, 4))
        await pilot.pause()
        assert stands(app, "chat").width == before.width + 10
        assert app.mouse_captured is None


async def test_the_room_after_an_evening_comes_once_and_not_under_a_hand(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        before = stands(app, "ledger")
        seam = Offset(stands(app, "chat").width - 1, 4)
        await pilot.mouse_down(Frame, seam)
        assert not app.frame.come_after(True)
        await pilot.mouse_up(Frame, seam)
        await focus(app, pilot, "ledger")
        assert app.frame.come_after(True)
        assert not app.frame.come_after(True)
        await pilot.pause()
        assert stands(app, "ledger").height > before.height
        assert app.frame.focused == "ledger"
        after = stands(app, "ledger")
        app.frame.grow(0, -1)
        await pilot.pause()
        assert stands(app, "ledger").height == after.height - 1
        app.frame.forget_sizes()
        await pilot.pause()
        assert stands(app, "ledger") == after
        app.frame.grow(0, -1)
        assert app.frame.come_after(False)
        await pilot.pause()
        assert stands(app, "ledger") == before
    assert not (tmp_path / "layouts.json").exists()


async def test_a_pane_in_front_stays_there_when_the_evening_ends(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await focus(app, pilot, "chat")
        app.frame.bring("chat")
        assert app.frame.come_after(True)
        await pilot.pause()
        assert (app.frame.front, stands(app, "chat")) == ("chat", Place(0, 0, 120, 35))


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b'{"wide": {"columns": "x"}}', b'{"round": {}}'])
async def test_broken_sizes_are_told_in_the_log_and_the_panes_stand_as_usual(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "layouts.json").write_bytes(content)
    app = Console(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await pilot.pause()
        assert stands(app, "chat") == arrange(Layout.STANDARD, 120, 35)["chat"]
    assert "layouts.json cannot be read" in caplog.text


async def test_sizes_that_cannot_be_written_are_told_once_and_nothing_stops(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    remembered = Remembered(tmp_path / "file" / "layouts.json")
    remembered.write({Layout.WIDE: Sizes((0.5, 0.3, 0.2))})
    remembered.write({})
    assert caplog.text.count("are not kept") == 1


async def test_a_pane_without_a_place_comes_to_the_front_and_goes_back_behind(tmp_path: Path) -> None:
    app = Console(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not app.query_one("#ledger").display
        await focus(app, pilot, "ledger")
        assert stands(app, "ledger") == Place(0, 0, 80, 24)
        assert app.frame.grow(1, 0) == "The pane has the whole screen; z gives it back."
        await focus(app, pilot, "review")
        assert app.frame.front is None
        assert not app.query_one("#ledger").display
        assert "Nothing stands beside" in app.frame.grow(1, 0)
