"""Large type: a clock that fills its room, and a line in letters, or neither where it would not be readable."""

from string import ascii_letters, digits

import pytest

from sanctum_tui.ui.look.bigtype import HUGE, LETTER_ROWS, NARROW, TALL, WIDE, Cut, clock, letters

LINE = "Does solitude at sea feel like freedom, or exile?"


def size_of(rows: list[str]) -> tuple[int, int]:
    return max(map(len, rows)), len(rows)


@pytest.mark.parametrize(
    ("room", "rows"),
    [((80, 3), 3), ((80, 4), 3), ((80, 5), 5), ((80, 9), 7), ((40, 9), 5), ((120, 10), 10), ((200, 14), 14)],
)
def test_the_clock_is_as_large_as_its_room_allows(room: tuple[int, int], rows: int) -> None:
    shown = clock("15:00", *room)
    assert len(shown) == rows
    assert size_of(shown)[0] <= room[0]


def test_without_room_there_is_no_clock() -> None:
    assert clock("15:00", 80, 2) == []
    assert clock("1:15:00", 10, 9) == []


@pytest.mark.parametrize("height", [3, 5, 7])
def test_no_two_digits_look_alike_and_their_rows_are_of_one_length(height: int) -> None:
    drawn = {digit: clock(digit, 80, height) for digit in digits}
    assert len({tuple(rows) for rows in drawn.values()}) == len(digits)
    assert all(len({len(row) for row in rows}) == 1 for rows in drawn.values())


def test_an_hour_keeps_its_columns_while_it_runs() -> None:
    assert len({size_of(clock(f"{minute}:07", 80, 7)) for minute in range(10, 60)}) == 1


def test_a_line_is_set_in_letters_and_wraps_between_words() -> None:
    shown = letters(LINE, 100, 40)
    width, height = size_of(shown)
    assert width <= 100
    assert height < 40
    assert height % LETTER_ROWS == LETTER_ROWS - 1
    assert set("".join(shown)) == set(" ▀▄█")
    assert letters("Does solitude", 100, 40) == letters("Does\n solitude", 100, 40)


def test_every_letter_and_digit_of_a_sentence_is_drawn_and_looks_like_no_other() -> None:
    drawn = {sign: tuple(letters(sign, 20, 9)) for sign in ascii_letters + digits + ".,:;!?'’“”()-–—…/&%+="}
    assert [sign for sign, rows in drawn.items() if not rows] == []
    alike = [sign for sign, rows in drawn.items() if list(drawn.values()).count(rows) > 1]
    assert set(alike) <= set("'’“”Il1O0")


@pytest.mark.parametrize("line", ["café", "漢字", "a 🌊 wave", "", "   ", "[/]"])
def test_where_a_sign_is_missing_nothing_is_set_rather_than_a_part(line: str) -> None:
    assert letters(line, 100, 40) == []


def test_what_does_not_fit_is_not_set() -> None:
    assert letters(LINE, 100, 8) == []
    assert letters("incomprehensibilities", 60, 40) == []


@pytest.mark.parametrize(("cut", "across"), [(NARROW, 62), (WIDE, 124), (TALL, 124), (HUGE, 248)])
def test_however_letters_are_cut_they_keep_to_their_room(cut: Cut, across: int) -> None:
    shown = letters(LINE, across, 99, (cut,))
    assert size_of(shown)[0] <= across
    assert len(shown) == 2 * (cut.rows + 1) - 1
    assert letters(LINE, across, len(shown) - 1, (cut,)) == []


def test_the_first_cut_that_fits_is_the_one() -> None:
    cuts = HUGE, TALL, WIDE, NARROW
    heights = (53, 26, 14, 9)
    assert [len(letters(LINE, 100, height, cuts)) for height in heights] == [
        len(letters(LINE, 100, height, (cut,))) for height, cut in zip(heights, cuts, strict=True)
    ]
    assert letters(LINE, 100, 3, cuts) == []


@pytest.mark.parametrize("cut", [NARROW, TALL, HUGE])
def test_in_no_cut_do_two_signs_look_alike_that_do_not_in_another(cut: Cut) -> None:
    signs = ascii_letters + digits + ".,:;!?()-–—…/&%+="
    one, other = ([tuple(letters(sign, 20, 9, (it,))) for sign in signs] for it in (cut, WIDE))
    assert len(set(one)) == len(set(other))
