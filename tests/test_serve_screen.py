"""The screen behind the pages: it has what a terminal would show, for whatever the console writes."""

import time
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sanctum_tui.serving.cells import Run, cells_of
from sanctum_tui.serving.ink import GROUND, INK
from sanctum_tui.serving.mirror import LEAST_SIZE, MOST_SIZE, Mirror, Said, typed
from sanctum_tui.serving.screen import Screen

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


def written(text: str, columns: int = 40, rows: int = 4) -> Screen:
    """A screen on which this was written."""
    screen = Screen(columns, rows)
    screen.feed(text.encode())
    return screen


def runs(screen: Screen, row: int = 0) -> list[Run]:
    return screen.since(0)[row]


def test_words_stand_where_the_console_puts_them() -> None:
    screen = written("\x1b[?1049h\x1b[2;3Hgood evening\r\n\x1b[4;1Hbelow\x1b[1;1H\x1b[Kup")
    assert screen.text().splitlines() == ["up", "  good evening", "", "below"]


def test_what_is_too_long_for_its_row_is_cut_or_wrapped_as_the_console_asks() -> None:
    assert written("\x1b[?7labcdefgh", columns=5, rows=2).text().splitlines() == ["abcde"]
    assert written("abcdefgh", columns=5, rows=2).text().splitlines() == ["abcde", "fgh"]
    assert written("one\r\ntwo\r\nthree", columns=9, rows=2).text().splitlines() == ["two", "three"]


def test_colours_and_emphasis_reach_the_page() -> None:
    screen = written("\x1b[1;38;2;217;184;115;48;2;23;18;15mwarm\x1b[0m plain \x1b[9;2;38;5;196mgone\x1b[7;0;7mback")
    warm, plain, gone, back = runs(screen)
    assert warm == Run(0, 4, "warm", "#d9b873", "#17120f", 1)
    assert plain == Run(4, 7, " plain ", "", "", 0)
    assert gone == Run(11, 4, "gone", "#ff0000", "", 2 | 16)
    assert (back.front, back.back) == (GROUND, INK)


@pytest.mark.parametrize(
    "sign", ["漢", "한", "🌊", FAMILY, "❤️", "🇩🇪", "👍🏽", "e\u0301", "1️⃣", "कि", "ﷺ", "⚠", "◆", "ä", "ё"]
)
def test_a_sign_takes_as_many_columns_as_the_console_counts_and_what_follows_keeps_its_place(sign: str) -> None:
    assert cells_of(sign) == cell_len(sign)
    (after,) = (run for run in runs(written(f"\x1b[1;5H{sign}\x1b[1mafter")) if run.emphasis)
    assert (after.column, after.text) == (4 + cell_len(sign), "after")


def test_half_of_a_wide_sign_is_never_left_over() -> None:
    assert written("漢字\x1b[1;2Hx").text() == " x字\n\n\n"
    assert written("a漢\x1b[1;2Hx").text() == "ax\n\n\n"


def test_a_page_is_sent_only_the_rows_that_changed() -> None:
    screen = written("one\r\ntwo")
    before = screen.version
    screen.feed(b"\x1b[2;1Htwo\x1b[3;1Hthree")
    assert list(screen.since(before)) == [2]
    assert screen.since(screen.version) == {}
    assert list(screen.since(-1)) == [0, 1, 2, 3]


@given(st.data())
def test_it_does_not_matter_where_what_the_console_writes_is_cut(data: st.DataObject) -> None:
    title, painted = "\x1b]2;A line waits\x07", f"\x1b[2;4H\x1b[1;31mleft {FAMILY} right\x1b[3;1H夜航船 ❤️"
    whole = f"\x1b[?2026h{painted}{title}\x1b[?2026l".encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    screen = Screen(40, 4)
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        screen.feed(whole[start:end])
    at_once = written(whole.decode())
    assert screen.text() == at_once.text()
    assert screen.since(-1) == at_once.since(-1)
    assert screen.title == "A line waits"


@given(st.binary(max_size=300))
def test_nothing_that_is_written_can_break_it(data: bytes) -> None:
    screen = Screen(20, 5)
    for size in ((20, 5), (7, 3), (31, 9)):
        screen.feed(data)
        screen.resize(*size)
        lines = screen.since(-1)
        assert len(lines) == size[1]
        assert all(run.column + run.cells <= size[0] for line in lines.values() for run in line)


def test_the_console_hears_that_it_may_paint_in_pieces_and_no_half_picture_is_shown() -> None:
    screen = Screen(40, 4)
    assert screen.feed(b"\x1b[?2026$p\x1b[?2048$p") == b"\x1b[?2026;2$y\x1b[?2048;0$y"
    mirror = Mirror(screen, keys=False, fixed=False)
    page = mirror.join()
    page.wake.clear()
    screen.feed(b"\x1b[?2026hhalf")
    mirror.show()
    assert not page.wake.is_set()
    screen.feed(b" whole\x1b[?2026l")
    mirror.show()
    assert page.wake.is_set()


def test_a_page_that_does_not_read_is_kept_nothing_for_but_the_screen_as_it_is() -> None:
    screen = Screen(40, 4)
    mirror = Mirror(screen, keys=False, fixed=False)
    slow, quick = mirror.join(), mirror.join()
    mirror.frame(slow)
    for number in range(1000):
        screen.feed(f"\x1b[{number % 4 + 1};1H{number:04}".encode())
        mirror.show()
        mirror.frame(quick)
    frame, changed = mirror.frame(slow)
    assert changed
    assert [line[0].text.strip() for line in frame.lines.values()] == ["0996", "0997", "0998", "0999"]
    assert mirror.frame(slow)[1] is False


def test_what_the_console_copies_goes_to_the_page_whose_hand_is_on_the_keys_and_to_no_other() -> None:
    screen = Screen(80, 24)
    mirror = Mirror(screen, keys=True, fixed=False)
    using, looking = mirror.join(), mirror.join()
    mirror.heard(using, Said(size=(80, 24)))
    mirror.heard(looking, Said(size=(80, 24)))
    for page in (using, looking):
        mirror.frame(page)
    screen.feed(b"\x1b]52;c;" + b64encode(b"evening, all") + b"\x07")
    assert mirror.frame(using)[0].copied == "evening, all"
    assert mirror.frame(using)[0].copied == ""
    assert mirror.frame(looking)[0].copied == ""
    for page in (using, looking):
        mirror.leave(page)
    later = mirror.join()
    mirror.heard(later, Said(size=(80, 24)))
    assert mirror.frame(later)[0].copied == ""


def test_the_console_has_the_size_of_the_page_in_use() -> None:
    asked: list[tuple[int, int]] = []
    screen = Screen(120, 35)
    mirror = Mirror(screen, keys=False, fixed=False)
    mirror.resized = asked.append
    desk, tablet = mirror.join(), mirror.join()
    mirror.heard(desk, Said(size=(160, 50)))
    mirror.heard(tablet, Said(size=(70, 40)))
    assert asked == [(160, 50)]
    mirror.heard(tablet, Said(touched=True))
    mirror.heard(desk, Said(size=(150, 50)))
    assert asked == [(160, 50), (70, 40)]
    mirror.leave(tablet)
    assert asked[-1] == (150, 50)
    mirror.heard(desk, Said(size=(1, 100_000)))
    assert asked[-1] == (LEAST_SIZE[0], MOST_SIZE[1])


def test_a_size_that_was_asked_for_stays() -> None:
    asked: list[tuple[int, int]] = []
    mirror = Mirror(Screen(120, 35), keys=False, fixed=True)
    mirror.resized = asked.append
    mirror.heard(mirror.join(), Said(size=(70, 40), touched=True))
    assert asked == []


def test_nothing_in_pasted_text_is_a_key() -> None:
    assert typed(Said(paste="a\x1b[201~q\x03\x9b\nb")) == b"\x1b[200~a[201~q\nb\x1b[201~"
    assert typed(Said(keys="a")) == b"a"
    assert typed(Said(size=(80, 24))) == b""


def test_a_long_row_of_signs_that_are_not_ascii_costs_no_more_than_its_length() -> None:
    counted = []
    for many in (2_000, 20_000):
        screen, data = Screen(40, 4), ("夜" * many).encode()
        began = time.process_time()
        screen.feed(data)
        screen.feed(data)
        screen.feed(b"!")
        counted.append(time.process_time() - began)
        assert screen.text().splitlines()[-2:] == ["夜" * 20, "!"]
    assert counted[1] < 40 * max(counted[0], 0.005)


@given(st.integers(1, 5), st.integers(0, 200))
def test_a_sign_behind_many_others_is_whole_wherever_it_is_cut(signs: int, before: int) -> None:
    whole = f"{'夜' * before}{FAMILY * signs}"
    for cut in range(before, len(whole)):
        screen = Screen(600, 2)
        screen.feed(whole[:cut].encode())
        screen.feed(whole[cut:].encode() + b".")
        assert screen.text() == f"{whole}.\n"
