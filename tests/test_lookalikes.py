"""Disguised words are read as they look, and honest ones are left alone."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.lookalikes import fold


@pytest.mark.parametrize(
    ("disguised", "word"),
    [
        ("Ｌｉｋｅ ａｎｄ ｆｏｌｌｏｗ", "like and follow"),
        ("СНАТ", "chat"),
        ("ΝΙΤRΟ", "nitro"),
        ("dіsсоrd", "discord"),
        ("𝐂𝐇𝐀𝐓 𝓼𝓾𝓫", "chat sub"),
        ("Ch̵eap v̵iewers", "cheap viewers"),
        ("Crème brûlée", "creme brulee"),
        ("fo\u200bl\u00adlo\u2060w", "follow"),
        ("fol\u3164low", "follow"),
        ("．com", ".com"),
        ("ᎪᏟᎬ", "ace"),
        ("‘so’ — “so”…", "'so' - \"so\"..."),
    ],
)
def test_a_disguised_word_is_read_as_it_looks(disguised: str, word: str) -> None:
    assert fold(disguised) == word


@pytest.mark.parametrize(
    ("written", "read"), [("l1ke and f0llow", "like and follow"), ("fo11ow", "follow"), ("fr33 n1tr0", "free nitro")]
)
def test_digits_inside_words_are_read_as_letters(written: str, read: str) -> None:
    assert fold(written) == read


@pytest.mark.parametrize("text", ["2nd", "the 90s at 1080p", "9:12", "1987", "x1000", "3.5 km", "$5", "10.0.0.1"])
def test_measures_and_numbers_stay_what_they_are(text: str) -> None:
    assert fold(text) == text


def test_a_picture_is_a_gap_and_not_its_name() -> None:
    assert fold("hot🔥tea") == "hot tea"


@given(st.text())
def test_folded_text_is_plain_ascii_and_folds_to_itself(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.lower()
    assert fold(folded) == folded


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz ,.'?"))
def test_plain_words_are_left_alone(text: str) -> None:
    assert fold(text) == text


def test_plain_text_never_loads_the_transliteration_tables() -> None:
    program = (
        "import sys; from sanctum_tui.lookalikes import fold; fold('plain w0rds'); print('anyascii' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"
