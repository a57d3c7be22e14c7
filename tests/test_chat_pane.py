"""The chat pane follows, stands still for a reader, and shows every text as it is."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot

from sanctum_tui.chat import ChatCleared, ChatLine, ChatMessage, ChatNotice, MessageDeleted, Voice
from sanctum_tui.memory.removed import Removed
from sanctum_tui.paths import shipped
from sanctum_tui.text import clean_line
from sanctum_tui.ui.chat.lines import badge_signs, badge_words
from sanctum_tui.ui.chat.rows import Row
from sanctum_tui.ui.chat.scrollback import LIVE_LINES, PAGE_LINES, FetchBefore, FetchRemoved, Key, Scrollback
from sanctum_tui.ui.chat.sifted import Finder
from sanctum_tui.ui.chat.wrapping import wrap
from sanctum_tui.ui.look.colours import READABLE, contrast
from sanctum_tui.ui.look.theming import load_themes, variable_defaults
from sanctum_tui.ui.panes import chat
from sanctum_tui.ui.panes.chat import ChatPane

BEGAN = datetime(2026, 3, 1, 20, 0, 0, tzinfo=UTC)


def line(number: int, text: str = "", voice: Voice = Voice.PERSON, **message: Any) -> ChatLine:
    at = BEGAN + timedelta(seconds=number)
    fields = {"login": "moss", "name": "Moss"} | message
    return ChatLine(number, voice, ChatMessage(at, text=text or f"line {number}.", **fields))


def lines(first: int, last: int) -> list[ChatLine]:
    return [line(number) for number in range(first, last + 1)]


class Room(App[None]):
    CSS_PATH = Path(chat.__file__).with_suffix(".tcss")

    def __init__(
        self,
        fetch_before: FetchBefore | None = None,
        fetch_removed: FetchRemoved | None = None,
        finder: Finder | None = None,
    ) -> None:
        super().__init__()
        self.pane = ChatPane(fetch_before=fetch_before, fetch_removed=fetch_removed, finder=finder, zone=UTC)
        self.told: list[bool] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_chat_pane_follow_changed(self, message: ChatPane.FollowChanged) -> None:
        self.told.append(message.following)


@asynccontextmanager
async def room(
    size: tuple[int, int] = (60, 12),
    fetch_before: FetchBefore | None = None,
    fetch_removed: FetchRemoved | None = None,
    finder: Finder | None = None,
) -> AsyncIterator[tuple[ChatPane, Pilot[None]]]:
    app = Room(fetch_before, fetch_removed, finder)
    async with app.run_test(size=size) as pilot:
        yield app.pane, pilot


def strips(pane: ChatPane) -> list[Row]:
    """The rows inside the frame, drawn anew from what the pane holds."""
    pane.notify_style_update()
    drawn = pane.render_lines(Region(0, 0, pane.outer_size.width, pane.outer_size.height))
    inside = drawn[pane.styles.gutter.top : len(drawn) - pane.styles.gutter.bottom]
    assert all(isinstance(strip, Row) for strip in inside)
    return [strip for strip in inside if isinstance(strip, Row)]


def shown(pane: ChatPane) -> list[str]:
    """What stands in each row, without the frame."""
    return [strip.text[1:-1].strip() for strip in strips(pane)]


def on_screen(pane: ChatPane) -> str:
    """What Textual put on the screen last, without drawing the pane anew."""
    return on_screen_of(pane.app)


def on_screen_of(app: App[Any]) -> str:
    """What Textual put on the screen last."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app run until something holds, which is when its timer has drawn."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause()


async def test_the_newest_line_is_in_sight_while_following() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 3))
        await until(pilot, lambda: "20:00:03 Moss: line 3." in on_screen(pane))
        pane.append(lines(4, 40))
        await until(pilot, lambda: "line 40." in on_screen(pane))
        assert (pane.following, pane.unseen) == (True, 0)


async def test_a_reader_is_not_yanked_away_and_is_told_what_is_new() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 40))
        await pilot.press("pageup")
        before = shown(pane)
        pane.append(lines(41, 1040))
        await until(pilot, lambda: "1,000 new ↓ End" in on_screen(pane))
        assert shown(pane)[:-1] == before[:-1]
        assert (pane.following, pane.unseen) == (False, 1000)


async def test_what_is_read_stays_when_the_room_has_long_moved_on() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 40))
        await pilot.press("pageup")
        before = shown(pane)
        for first in range(41, 41 + 3 * LIVE_LINES, 100):
            pane.append(lines(first, first + 99))
        assert shown(pane)[:-1] == before[:-1]
        await pilot.press("up")
        assert shown(pane)[1:-1] == before[:-2]


async def test_end_follows_again_and_the_owner_hears_of_both() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 100))
        await pilot.press("up", "up", "pageup")
        await pilot.press("end")
        assert "line 100." in shown(pane)[-1]
        assert pane.following
        assert isinstance(pilot.app, Room)
        assert pilot.app.told == [False, True]


async def test_scrolling_down_to_the_newest_line_follows_again() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 100))
        await pilot.press("up", "up", "up")
        states = []
        for _ in range(3):
            await pilot.press("down")
            states.append(pane.following)
        assert states == [False, False, True]


async def test_where_every_line_is_in_sight_there_is_nowhere_to_scroll_to() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 10))
        await pilot.press("up", "pageup", "home")
        states = [pane.following]
        pane.append(lines(11, 11))
        await pilot.press("up")
        states.append(pane.following)
        assert states == [True, False]
        assert "line 1." in shown(pane)[0]


async def test_half_a_page_is_half_of_what_is_in_sight() -> None:
    async with room() as (pane, pilot):
        pane.append(lines(1, 100))
        await pilot.press("ctrl+u")
        assert "line 86." in shown(pane)[0]
        await pilot.press("ctrl+u", "ctrl+d")
        assert "line 86." in shown(pane)[0]


async def test_the_wheel_scrolls() -> None:
    def wheel(event: type[MouseScrollUp | MouseScrollDown]) -> MouseScrollUp | MouseScrollDown:
        return event(pane, 5, 5, 0, 0, 0, False, False, False)

    async with room() as (pane, pilot):
        pane.append(lines(1, 100))
        pane.post_message(wheel(MouseScrollUp))
        await pilot.pause()
        assert "line 88." in shown(pane)[0]
        pane.post_message(wheel(MouseScrollDown))
        await pilot.pause()
        assert pane.following


@pytest.mark.parametrize("size", [(30, 12), (100, 12), (60, 5), (60, 30)])
async def test_a_new_size_keeps_the_line_that_is_read_on_top(size: tuple[int, int]) -> None:
    async with room() as (pane, pilot):
        pane.append([line(number, f"word{number} " * 30) for number in range(1, 200)])
        await pilot.press("home", "pagedown", "pagedown", "down")
        top = shown(pane)[0].split()[-1]
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert not pane.following
        assert shown(pane)[0].split()[-1] == top
        assert {strip.cell_length for strip in strips(pane)} == {size[0]}


async def test_a_screen_composed_before_the_pane_hears_of_its_size_has_rows_that_fit() -> None:
    async with room() as (pane, _):
        pane.append(lines(1, 100))
        assert {strip.cell_length for strip in strips(pane)} == {60}
        pane.styles.width = 33
        pane.screen._refresh_layout()
        drawn = pane.render_lines(Region(0, 0, 33, 12))
        assert {strip.cell_length for strip in drawn} == {33}
        assert "line 91." in drawn[1].text


HOSTILE = [
    "\x1b]52;c;aGVsbG8=\x07\x1b[2J\x9b31m",
    "[@click=app.quit]free subs[/]",
    "[/]",
    "[LUL] [b]bold[/b] [/nothing]",
    "\u202egnihtyna\u202c \u2066x\u2069",
    "tag \U000e0001\U000e0041 block",
    "NUL \x00 DEL \x7f BEL \x07 \x08\x08\x08",
    "two\nlines\r\nand a tab\tthere",
    "${PATH} %s {0} <b>html</b> & `code`",
    "﷽ ﷽ Z̸̡̢͍̪̘a̶l̴g̷o̵",
    "👩‍👩‍👧‍👦 🇫🇮🇯🇵 👍🏽👍🏽 1\ufe0f\u20e3 \u200d\ufe0f静かな夜 한국어 مرحبا",
]


async def test_hostile_text_is_shown_verbatim_and_commands_nothing() -> None:
    cleaned = [clean_line(text) for text in HOSTILE]
    async with room((100, 40)) as (pane, _):
        pane.append([line(number, text, name=text, login=text) for number, text in enumerate(cleaned, 1)])
        pane.notice(ChatNotice(BEGAN, cleaned[1]))
        pane.notice(ChatCleared(BEGAN, cleaned[2]))
        drawn = strips(pane)
        words = "\n".join(strip.text for strip in drawn)
        for text in cleaned[:10]:
            assert text.rstrip() in words
        assert "".join(cleaned[10].split()) in "".join(words.replace("│", "").split())
        for segment in (segment for strip in drawn for segment in strip):
            assert not segment.control
            assert segment.text == clean_line(segment.text)
            assert segment.style is not None
            assert not segment.style.meta
            assert not segment.style.link


CELLS = st.text(st.sampled_from("ab 1#*é静あ🇫🇮👍🏽👩\u200d\ufe0f\u0301ك﷽⚑"), max_size=90)


@given(CELLS, st.integers(8, 30), st.integers(8, 30))
@example("1\u0301\ufe0f" * 12, 8, 8)
@example("11111111👍 ", 10, 8)
def test_every_row_fits_and_nothing_but_a_space_is_lost_at_a_break(text: str, first: int, rest: int) -> None:
    at = 0
    for number, (start, end) in enumerate(wrap(text, first, rest)):
        assert text[at:start] in ("", " ")
        assert cell_len(text[start:end]) <= (rest if number else first)
        at = end
    assert text[at:] in ("", " ")


def test_a_word_too_long_for_a_row_begins_where_it_stands() -> None:
    text = "so " + "a" * 30 + " ok"
    assert [text[start:end] for start, end in wrap(text, 10, 10)] == ["so aaaaaaa", "a" * 10, "a" * 10, "aaa ok"]
    assert [(start, end) for start, end in wrap("one two three", 8, 8)] == [(0, 7), (8, 13)]


def test_wrapping_ends_even_where_nothing_fits() -> None:
    assert list(islice(wrap("静👨‍👩‍👧", 1, 1), 9))[:2] == [(0, 1), (1, 2)]


@pytest.mark.parametrize("width", [4, 13, 24, 61])
async def test_every_row_is_as_wide_as_the_pane_whatever_is_written(width: int) -> None:
    wide = [
        "静かな海" * 9,
        "👩‍👩‍👧‍👦" * 20,
        "e\u0301" * 99,
        "a" * 300,
        "",
        "﷽" * 9,
        "👍🏽🏽🏽🏽🏽🏽🏽🏽🏽🏽",
        "1\u0301\ufe0f" * 30,
    ]
    async with room((width, 60)) as (pane, _):
        pane.append(
            [line(n, clean_line(text), name=f"{text[:9]}\u200d", badges=("vip/1",)) for n, text in enumerate(wide, 1)]
        )
        drawn = strips(pane)
        assert {strip.cell_length for strip in drawn} == {width}
        assert {sum(cell_len(segment.text) for segment in strip) for strip in drawn} == {width}


class Store:
    """A million lines that are made when they are asked for."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.asked: list[int] = []
        self.failing = False

    async def fetch_before(self, number: int, limit: int) -> tuple[ChatLine, ...]:
        self.asked.append(number)
        if self.failing:
            raise OSError("the disk is gone")
        await asyncio.sleep(0)
        return tuple(lines(max(1, number - limit), min(number - 1, self.last)))


async def test_home_reaches_the_first_of_a_million_lines_and_comes_back() -> None:
    store = Store(1_000_000)
    async with room(fetch_before=store.fetch_before) as (pane, pilot):
        pane.replace_history(lines(1_000_000 - 99, 1_000_000))
        await pilot.press("home")
        assert shown(pane)[0] == "20:00:01 Moss: line 1."
        assert len(store.asked) == 1
        assert pane.unseen == 0
        await pilot.press("pagedown")
        assert "line 9." in shown(pane)[0]
        await pilot.press("end")
        assert "line 1000000." in shown(pane)[-1]


async def test_a_new_size_in_the_middle_of_a_million_lines_wraps_and_fetches_what_is_in_sight_only() -> None:
    store = Store(1_000_000)
    async with room((60, 32), store.fetch_before) as (pane, pilot):
        pane.replace_history(lines(1_000_000 - 99, 1_000_000))
        await pane.go_to(500_000)
        await pilot.press("escape", "up")
        fetched = len(store.asked)
        assert fetched * PAGE_LINES < 1000
        await pilot.resize_terminal(33, 20)
        await pilot.pause()
        assert "line 499989." in shown(pane)[0]
        assert len(store.asked) == fetched
        wrapped = pane._picture._cache
        assert 0 < len(wrapped) <= 20


async def test_paging_back_shows_every_line_once() -> None:
    store = Store(3000)
    async with room((60, 32), store.fetch_before) as (pane, pilot):
        pane.replace_history(lines(2950, 3000))
        await pilot.press("pageup")
        met = set(shown(pane)[:-1])
        for _ in range(15):
            await pilot.press("pageup")
            met |= set(shown(pane)[:-1])
        newest = 3000 - 30
        assert {f"line {number}." for number in range(newest - 15 * 28, newest)} <= {row[15:] for row in met}
        assert len(store.asked) <= 3


async def test_a_store_that_fails_is_told_on_screen_and_is_asked_again() -> None:
    store = Store(1000)
    async with room(fetch_before=store.fetch_before) as (pane, pilot):
        pane.replace_history(lines(901, 1000))
        store.failing = True
        await pilot.press("home")
        assert "could not be read" in shown(pane)[0]
        assert len(store.asked) == 1
        store.failing = False
        await pilot.press("home")
        assert "line 1." in shown(pane)[0]


async def test_lines_that_are_not_stored_yet_come_with_the_next_key() -> None:
    store = Store(5)
    async with room(fetch_before=store.fetch_before) as (pane, pilot):
        pane.replace_history(lines(151, 400))
        await pilot.press("home")
        assert "line 6 not in the store yet" in shown(pane)[5]
        store.last = 400
        await pilot.press("down")
        assert "not in the store" not in "".join(shown(pane))


async def test_a_page_still_on_its_way_does_not_come_into_another_session() -> None:
    arrived = asyncio.Event()

    async def fetch_before(number: int, limit: int) -> tuple[ChatLine, ...]:
        await arrived.wait()
        return tuple(line(n, "of the old session") for n in range(1, 257))

    scrollback = Scrollback(fetch_before)
    scrollback.extend(lines(300, 310))
    fetching = asyncio.create_task(scrollback.ensure((1, 0)))
    await asyncio.sleep(0)
    scrollback.replace(lines(300, 310))
    arrived.set()
    await fetching
    assert scrollback.get((1, 0)) is None


def segments(pane: ChatPane, text: str) -> list[Segment]:
    return [segment for strip in strips(pane) for segment in strip if text in segment.text]


async def test_each_voice_is_told_apart_in_words_or_signs() -> None:
    async with room((73, 30)) as (pane, _):
        pane.append(
            [
                line(1, "hello", badges=("broadcaster/1", "subscriber/3")),
                line(2, "!lurk", Voice.COMMAND),
                line(3, "welcome", Voice.BOT, name="Nightbot"),
                line(4, "Is it the rain? It may be the rain. Or the sea, " * 2, Voice.AGENT),
                line(5, "cheap viewers", Voice.SPAM),
                line(6, "Moss subscribed", Voice.NOTICE),
                line(7, "from afar", Voice.SHARED, shared_from="bay"),
                line(8, "waves", action=True),
                line(9, "yes", reply_to="luna", bits=100),
            ]
        )
        pane.notice(ChatNotice(BEGAN + timedelta(seconds=60), "no chat for 41 s, lines may be missing"))
        assert [row for row in shown(pane) if row] == [
            "20:00:01 ★ Moss: hello",
            "20:00:02 Moss: !lurk",
            "20:00:03 bot Nightbot: welcome",
            "▌ 20:00:04 Chronicler: Is it the rain? It may be the rain. Or the sea,",
            "▌          Is it the rain? It may be the rain. Or the sea,",
            "20:00:05 ⚑ flagged Moss: cheap viewers",
            "20:00:06 — Moss subscribed",
            "20:00:07 #bay Moss: from afar",
            "20:00:08 Moss waves",
            "20:00:09 Moss: ↪ luna 100 bits yes",
            "20:01:00 — no chat for 41 s, lines may be missing",
        ]
        for text in ("waves", "— Moss", "— no chat"):
            assert [segment.style.italic for segment in segments(pane, text) if segment.style] == [True]
        assert badge_signs(("founder/0", "subscriber/9")) == "+"
        assert badge_signs(("moderator/1", "vip/1", "subscriber/9")) == "MOD VIP "
        assert badge_words(("moderator/1", "vip/1", "bits/100", "premium/1", "founder/0", "subscriber/9")) == (
            "MOD VIP SUB"
        )


async def test_times_can_be_hidden() -> None:
    async with room() as (pane, _):
        pane.append(lines(1, 1))
        pane.show_time = False
        assert shown(pane)[-1] == "Moss: line 1."


async def test_what_a_moderator_removed_is_no_longer_shown() -> None:
    async with room((70, 30)) as (pane, pilot):
        pane.append([line(1, "rude one", id="a"), line(2, "kind one", id="b"), line(3, "spam one", login="eel")])
        await until(pilot, lambda: "rude one" in on_screen(pane))
        pane.notice(MessageDeleted(BEGAN, "a"))
        pane.notice(ChatCleared(BEGAN, "eel"))
        pane.append([line(4, "sorry", login="eel")])
        await until(pilot, lambda: "Moss: [deleted]" in on_screen(pane))
        words = on_screen(pane)
        assert "kind one" in words
        assert "rude one" not in words
        assert "spam one" not in words
        assert "a moderator removed the lines of eel" in words
        assert "sorry" in words
        pane.notice(ChatCleared(BEGAN))
        assert "sorry" not in "".join(shown(pane))
        pane.clear()
        assert [row for row in shown(pane) if row] == ["Nothing said yet."]


async def test_a_title_is_not_markup() -> None:
    async with room() as (pane, _):
        pane.title = "Chat of [/] [b]"
        assert "Chat of [/] [b]" in pane.render_lines(Region(0, 0, 60, 1))[0].text


async def test_a_theme_changes_the_colours_of_lines_already_shown() -> None:
    def wears(background: str) -> bool:
        row = pane.render_lines(Region(0, 0, 60, 12))[10]
        return {it.style.bgcolor.name for it in row if it.style and it.style.bgcolor} == {background}

    async with room() as (pane, pilot):
        themes = {theme.name: theme for theme in load_themes([shipped("themes")])[0]}
        for theme in themes.values():
            pilot.app.register_theme(theme)
        pane.append([line(1, colour="#0000ff")])
        for name in ("hearth", "parchment"):
            pilot.app.theme = name
            await until(pilot, partial(wears, str(themes[name].background)))


async def test_appending_draws_nothing_by_itself_and_a_calm_pane_rests() -> None:
    def resting() -> bool:
        assert pane._timer is not None
        return not pane._timer._active.is_set()

    async with room() as (pane, pilot):
        await until(pilot, lambda: resting() and "Nothing said yet." in on_screen(pane))
        for first in range(1, 5001, 50):
            pane.append(lines(first, first + 49))
        assert "line" not in on_screen(pane)
        assert not resting()
        await until(pilot, lambda: "line 5000." in on_screen(pane))
        await until(pilot, resting)


async def test_drawn_rows_are_freed_without_the_garbage_collector() -> None:
    def alive() -> int:
        return sum(isinstance(it, Row) for it in gc.get_objects())

    async with room() as (pane, pilot):
        gc.collect()
        gc.disable()
        try:
            before = alive()
            for first in range(1, 500, 50):
                pane.append(lines(first, first + 49))
                await until(pilot, lambda: f"line {pane._scrollback.newest_number}." in on_screen(pane))
            drawn = alive()
            pane.clear()
            await until(pilot, lambda: "line" not in on_screen(pane))
            left = alive()
        finally:
            gc.enable()
        assert drawn - before >= 100
        assert left - before < 20


async def test_a_name_is_readable_on_the_panes_background() -> None:
    async with room() as (pane, pilot):
        for theme in load_themes([shipped("themes")])[0]:
            pilot.app.register_theme(theme)
            pilot.app.theme = theme.name
            await pilot.pause()
            for chosen in ("#0000ff", "#000000", "#ffffff", "#808080", ""):
                pane.replace_history([line(1, colour=chosen)])
                (style,) = [segment.style for segment in segments(pane, "Moss")]
                assert style is not None
                assert style.color is not None
                assert style.bgcolor is not None
                # What the terminal's own background is nobody knows; the theme says whether it is dark.
                unknown = (0, 0, 0) if theme.dark else (255, 255, 255)
                behind = unknown if style.bgcolor.is_default else style.bgcolor.get_truecolor()
                assert contrast(style.color.get_truecolor(), behind) >= READABLE


def test_only_the_newest_lines_stay_in_memory() -> None:
    scrollback = Scrollback()
    for first in range(1, 10_001, 100):
        scrollback.extend(lines(first, first + 99))
    assert scrollback.oldest == (10_001 - LIVE_LINES, 0)
    assert scrollback.newest == (10_000, 0)


def walk(scrollback: Scrollback, step: Callable[[Key], Key | None], key: Key | None) -> Sequence[Key]:
    keys = []
    while key is not None:
        keys.append(key)
        key = step(key)
    return keys


@given(st.lists(st.sampled_from(["lines", "remark", "hold"]), max_size=12), st.booleans())
def test_back_and_forth_over_a_scrollback_is_the_same_way(steps: list[str], stored: bool) -> None:
    scrollback = Scrollback(Store(0).fetch_before if stored else None, live_lines=9)
    for step in steps:
        if step == "lines":
            number = scrollback.newest_number
            scrollback.extend(lines(number + 1, number + 4))
        elif step == "remark":
            scrollback.remark(ChatNotice(BEGAN, "a remark"))
        else:
            scrollback.hold()
    forth = walk(scrollback, scrollback.after, scrollback.oldest)
    back = walk(scrollback, scrollback.before, scrollback.newest)
    assert list(forth) == sorted(set(forth))
    assert list(back) == sorted(set(back), reverse=True)
    numbers = [number for number, order in forth if not order]
    assert [number for number, order in back if not order] == numbers[::-1]
    if stored:
        assert numbers == list(range(1, scrollback.newest_number + 1))


@given(
    st.sets(st.tuples(st.integers(250, 530), st.integers(0, 2)), max_size=9),
    st.integers(500, 530),
    st.lists(st.sampled_from(["lines", "remark", "hold"]), max_size=6),
)
async def test_what_was_removed_is_met_once_whichever_way_one_goes(
    cleared: set[tuple[int, int]], live_from: int, steps: list[str]
) -> None:
    async def removed(first: int, last: int) -> Removed:
        there = sorted(one for one in cleared if first <= one[0] <= last)
        return Removed(clearings=tuple((number, ChatCleared(BEGAN, f"{n}")) for number, n in there))

    scrollback = Scrollback(Store(600).fetch_before, live_lines=20, fetch_removed=removed)
    scrollback.replace(lines(live_from, 540))
    for step in steps:
        if step == "lines":
            scrollback.extend(lines(scrollback.newest_number + 1, scrollback.newest_number + 4))
        elif step == "remark":
            scrollback.remark(ChatNotice(BEGAN, "a remark"))
        else:
            scrollback.hold()
    back, forth = [scrollback.newest], [await scrollback.first()]
    while (key := back[-1]) is not None:
        back.append(await scrollback.back(key))
    while (key := forth[-1]) is not None:
        assert scrollback.get(key) is not None
        forth.append(await scrollback.on(key))
    assert forth[:-1] == back[-2::-1]
