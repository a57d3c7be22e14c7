"""A glance at many lines leaves none out that the Warden, asked about each, would flag."""

import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.agent.modes.warden import Warden, suspects
from sanctum_tui.chat import ChatMessage

LINES = Path(__file__).parent / "fixtures" / "lines"
SCAMS = [text for texts in tomllib.loads((LINES / "scams.toml").read_text("utf-8")).values() for text in texts]
CALM = (LINES / "calm.txt").read_text("utf-8").splitlines()
DIGITS = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"}
BORROWED = {
    "a": "а", "c": "с", "d": "ｄ", "e": "é", "m": "м", "o": "о\u200b", "t": "𝐭", "v": "ѵ", "w": "ԝ",
    ".": "．", ":": "：", "/": "\u2060/", " ": "☕",
}  # fmt: skip
WARDEN = Warden()


def messages(texts: Sequence[str]) -> list[ChatMessage]:
    return [ChatMessage(datetime(2026, 3, 1, tzinfo=UTC), "someone", "Someone", text) for text in texts]


def texts_of(said: Sequence[ChatMessage]) -> list[str]:
    return [message.text for message in said]


def flagged(said: Sequence[ChatMessage]) -> set[int]:
    return {position for position, message in enumerate(said) if WARDEN.inspect(message) is not None}


@given(st.lists(st.sampled_from(SCAMS + CALM)), st.sampled_from([str, str.upper, str.title]))
def test_every_scam_is_seen_whatever_stands_around_it(texts: list[str], change: Callable[[str], str]) -> None:
    said = messages([change(text) for text in texts])
    assert flagged(said) <= set(suspects(texts_of(said)))


@given(st.sampled_from(SCAMS), st.sets(st.sampled_from("aeiost")))
def test_digits_for_letters_do_not_hide_a_scam_from_the_glance(scam: str, disguised: set[str]) -> None:
    look = str.maketrans({letter: DIGITS[letter] for letter in disguised})
    said = messages([*CALM, scam.translate(look)])
    assert flagged(said) <= set(suspects(texts_of(said)))


@given(st.sampled_from(SCAMS), st.sets(st.sampled_from(sorted(BORROWED))), st.sampled_from(["", "🔥", " — ", "“"]))
def test_borrowed_letters_do_not_hide_a_scam_from_the_glance(scam: str, borrowed: set[str], beside: str) -> None:
    look = str.maketrans({letter: BORROWED[letter] for letter in borrowed})
    said = messages([*CALM, beside + scam.translate(look)])
    assert flagged(said) <= set(suspects(texts_of(said)))


@given(st.lists(st.text(max_size=60) | st.sampled_from(SCAMS), max_size=12))
def test_text_of_any_kind_does_not_shift_the_positions(texts: list[str]) -> None:
    said = messages(texts)
    assert flagged(said) <= set(suspects(texts_of(said)))


@pytest.mark.parametrize(
    "scam",
    [
        "crypto doubled, guaranteed profit, wha7sapp me",
        "crypto doubled, guaranteed profit, on 7elegram",
        "you have won a prize: https://prizes.example/you",
        "you have won a prize: https：//prizes/you",
        "you have won a prize: https:/\u2060/prizes/you",
    ],
)
def test_what_a_scam_says_in_one_place_alone_is_seen_there(scam: str) -> None:
    said = messages(["good evening", "two\nlines\nof text", scam])
    assert flagged(said) == {2}
    assert 2 in suspects(texts_of(said))
    assert set(suspects(texts_of(said[::2]))) == {1}


def test_a_calm_room_is_let_by_at_a_glance() -> None:
    said = messages([line for line in CALM if line.isascii()])
    assert len(suspects(texts_of(said))) * 20 < len(said)
