"""The Warden flags what sells, phishes or pitches, and lets people talk."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.chat import ChatMessage

LINES = Path(__file__).parent / "fixtures" / "lines"
SCAMS = [
    (rule, text) for rule, texts in tomllib.loads((LINES / "scams.toml").read_text("utf-8")).items() for text in texts
]
CHATTER = (LINES / "chatter.txt").read_text("utf-8").splitlines()
WARDEN = Warden()


def message(text: str, badges: tuple[str, ...] = ()) -> ChatMessage:
    return ChatMessage(
        at=datetime(2024, 3, 1, 20, tzinfo=UTC), login="someone", name="someone", text=text, badges=badges
    )


@pytest.mark.parametrize(("rule", "text"), SCAMS)
def test_a_scam_is_flagged_under_its_rule_and_says_why(rule: str, text: str) -> None:
    hit = WARDEN.inspect(message(text))
    assert hit is not None
    assert hit.rule == rule
    assert hit.why.endswith(".")


@pytest.mark.parametrize("text", CHATTER)
def test_people_who_talk_are_not_flagged(text: str) -> None:
    assert WARDEN.inspect(message(text)) is None


@pytest.mark.parametrize(("rule", "text"), SCAMS)
def test_capitals_and_full_width_letters_do_not_hide_a_scam(rule: str, text: str) -> None:
    loud = "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" and not set(text) & set("/.") else c for c in text)
    assert WARDEN.inspect(message(loud)) is not None
    assert WARDEN.inspect(message(text.upper())) is not None


@pytest.mark.parametrize("badge", ["broadcaster/1", "moderator/1", "vip/1"])
def test_whom_the_streamer_trusts_may_quote_a_scam(badge: str) -> None:
    _, text = SCAMS[0]
    assert WARDEN.inspect(message(text, ("subscriber/12", badge))) is None


def test_a_subscriber_may_not() -> None:
    _, text = SCAMS[0]
    assert WARDEN.inspect(message(text, ("subscriber/12",))) is not None


@given(st.text(max_size=500))
def test_the_warden_has_an_answer_to_any_text_and_keeps_to_it(text: str) -> None:
    assert WARDEN.inspect(message(text)) == WARDEN.inspect(message(text))


@given(st.sampled_from(SCAMS), st.text(alphabet="abcdefghijklm ,!?", max_size=20))
def test_a_pitch_stays_one_whatever_stands_behind_it(scam: tuple[str, str], tail: str) -> None:
    assert WARDEN.inspect(message(f"{scam[1]}  {tail}")) is not None
