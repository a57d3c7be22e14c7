"""Pictures out of half blocks: a QR code that readers can read, and letters that people can."""

from collections.abc import Sequence

import pytest
import segno

from sanctum_tui.ui.connecting import left_words, typed_address
from sanctum_tui.ui.look.blocks import QUIET_DOTS, halves, letters, qr_dots
from sanctum_tui.ui.qr import DARK, LIGHT, qr_content, qr_rows

ADDRESS = "https://www.twitch.tv/activate?public=true&device-code=QWERTZAB"


def dots(rows: Sequence[str]) -> list[list[bool]]:
    """The dots that rows of half blocks show."""
    upper = {"▀": True, "█": True, "▄": False, " ": False}
    lower = {"▀": False, "█": True, "▄": True, " ": False}
    return [[half[cell] for cell in row] for row in rows for half in (upper, lower)]


@pytest.mark.parametrize("text", [ADDRESS, "http://127.0.0.1:8127/activate?code=ABCDEFGH", "x"])
def test_the_code_on_the_screen_is_the_code_dot_by_dot(text: str) -> None:
    seen = dots(str(qr_content(text)).split("\n"))
    meant = [[bool(dot) for dot in row] for row in segno.make_qr(text, error="l").matrix]
    size = len(meant)
    inside = [row[QUIET_DOTS : QUIET_DOTS + size] for row in seen[QUIET_DOTS : QUIET_DOTS + size]]
    assert inside == meant


def test_a_light_margin_surrounds_the_code_on_all_sides() -> None:
    seen = dots(qr_rows(ADDRESS))
    assert not any(any(row) for row in (*seen[:QUIET_DOTS], *seen[-QUIET_DOTS:]))
    assert not any(any(row[:QUIET_DOTS] + row[-QUIET_DOTS:]) for row in seen)
    assert any(row[QUIET_DOTS] for row in seen)
    assert any(row[-QUIET_DOTS - 1] for row in seen)


def test_the_code_is_black_on_white_whatever_the_theme() -> None:
    content = qr_content(ADDRESS)
    rows = str(content).split("\n")
    styles = {str(span.style) for span in content.spans}
    assert styles == {f"{DARK} on {LIGHT}"}
    assert sum(span.end - span.start for span in content.spans) == sum(map(len, rows))
    assert (DARK, LIGHT) == ("#000000", "#ffffff")


def test_half_blocks_show_every_dot_also_of_an_odd_last_row() -> None:
    drawn = [[True, False, True], [False, True, True], [True, True, False]]
    assert halves(drawn) == ["▀▄█", "▀▀ "]
    assert dots(halves(drawn))[:3] == drawn
    assert halves([]) == []


def test_every_letter_and_digit_is_drawn_and_none_like_another() -> None:
    drawn = {sign: tuple(letters(sign)) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"}
    assert len(set(drawn.values())) == len(drawn)
    assert {(len(rows), *map(len, rows)) for rows in drawn.values()} == {(4, 5, 5, 5, 5)}


def test_a_code_is_drawn_letter_beside_letter_at_any_scale() -> None:
    small, large = letters("AB"), letters("ab", 2)
    assert [len(row) for row in small] == [11] * 4
    assert [len(row) for row in large] == [22] * 7
    assert [row[:5] for row in small] == letters("A")
    assert [row[6:] for row in small] == letters("B")
    assert [row[::2] for row in dots(large)[:14:2]] == dots(small)[:7]


def test_a_code_with_signs_that_are_not_drawn_stays_plain_text() -> None:
    assert letters("AB€") == []
    assert letters("") == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1800, "30 min left"), (1790, "30 min left"), (61, "2 min left"), (60, "60 s left"), (-3, "0 s left")],
)
def test_time_left_is_told_in_begun_minutes_and_at_last_in_seconds(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        (ADDRESS, "www.twitch.tv/activate"),
        ("https://www.twitch.tv/activate", "https://www.twitch.tv/activate"),
        ("https://twitch.tv.evil.example/activate?c=QWERTZAB", "https://twitch.tv.evil.example/activate?c=QWERTZAB"),
        ("http://127.0.0.1:8127/activate?code=QWERTZAB", "http://127.0.0.1:8127/activate?code=QWERTZAB"),
    ],
)
def test_only_twitchs_own_address_is_shortened_for_typing(address: str, typed: str) -> None:
    assert typed_address(address, "QWERTZAB") == typed


def test_the_dots_of_a_longer_address_are_more() -> None:
    assert len(qr_dots(ADDRESS * 2)) > len(qr_dots(ADDRESS)) == 41
