"""Every silence is explained: what the policy says, why, and when it may change."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.agent.policies import Situation, decide, explain, minutes
from sanctum_tui.chat import Live
from sanctum_tui.evening import Action, PromptState, Reason
from tests.builders import START, at

QUARTER = 900.0


def test_it_may_draft_when_nobody_has_written_for_fifteen_minutes() -> None:
    decision = decide(Situation(now=at(QUARTER), quiet_since=START))
    assert (decision.action, decision.reason) == (Action.DRAFT, Reason.QUIET_ENOUGH)
    assert decision.numbers["silence_seconds"] == QUARTER


def test_a_moment_before_that_it_stays_quiet_and_says_when_it_may() -> None:
    decision = decide(Situation(now=at(552), quiet_since=START))
    assert (decision.action, decision.reason, decision.until) == (Action.QUIET, Reason.NOT_QUIET_YET, at(QUARTER))
    assert explain(decision) == "Quiet 9:12. May draft in 5:48."


@pytest.mark.parametrize(
    ("situation", "reason", "until"),
    [
        (Situation(now=at(3600), quiet_since=START, muted=True), Reason.MUTED, None),
        (Situation(now=at(3600), quiet_since=START, live=Live.NO), Reason.GATE_SHUT, None),
        (Situation(now=at(3600), quiet_since=START, live=Live.UNKNOWN), Reason.GATE_SHUT, None),
        (Situation(now=at(3600), quiet_since=START, let_it_be_until=at(3700)), Reason.LET_IT_BE, at(3700)),
        (Situation(now=at(3600), quiet_since=START, posted=8), Reason.OVER_BUDGET, None),
        (Situation(now=at(3600), quiet_since=START, waiting=PromptState.PENDING), Reason.PROMPT_WAITING, None),
        (Situation(now=at(3600), quiet_since=START, waiting=PromptState.HELD), Reason.PROMPT_WAITING, None),
        (Situation(now=at(3600), quiet_since=at(3590), people_last_minute=1), Reason.CHAT_ACTIVE, at(4490)),
        (Situation(now=at(3600), quiet_since=at(3000)), Reason.NOT_QUIET_YET, at(3900)),
        (Situation(now=at(3600), quiet_since=START, settled_at=at(3000)), Reason.INTERVAL, at(3900)),
        (Situation(now=at(3600), quiet_since=START, nothing_to_say=True), Reason.NOTHING_TO_SAY, None),
    ],
)
def test_each_reason_to_stay_quiet_is_named(situation: Situation, reason: Reason, until: object) -> None:
    decision = decide(situation)
    assert (decision.action, decision.reason, decision.until) == (Action.QUIET, reason, until)
    assert explain(decision)


def test_where_the_room_is_quiet_sooner_than_a_minute_it_may_draft_after_that_minute() -> None:
    talking = Situation(now=at(10), quiet_since=START, people_last_minute=1, inactivity_seconds=12)
    assert decide(talking).until == at(60)


def test_the_countdown_runs_between_two_ticks() -> None:
    decision = decide(Situation(now=at(552), quiet_since=START))
    assert explain(decision, at(562)).endswith("May draft in 5:38.")


def test_a_clock_that_stepped_back_never_makes_a_negative_silence() -> None:
    decision = decide(Situation(now=at(-30), quiet_since=START))
    assert decision.numbers["silence_seconds"] == 0.0
    assert decision.action is Action.QUIET


situations = st.builds(
    Situation,
    now=st.floats(0, 20_000).map(at),
    quiet_since=st.floats(0, 20_000).map(at),
    people_last_minute=st.integers(0, 3),
    waiting=st.none() | st.sampled_from(PromptState),
    settled_at=st.none() | st.floats(0, 20_000).map(at),
    posted=st.integers(0, 10),
    live=st.sampled_from(Live),
    muted=st.booleans(),
    let_it_be_until=st.none() | st.floats(0, 20_000).map(at),
)


@given(situations)
def test_it_never_drafts_where_any_rule_forbids_it(situation: Situation) -> None:
    decision = decide(situation)
    if decision.action is Action.DRAFT:
        s = situation
        assert not s.muted
        assert s.live is Live.YES
        assert s.waiting is None
        assert s.people_last_minute == 0
        assert s.posted < s.budget
        assert s.let_it_be_until is None or s.let_it_be_until <= s.now
        assert (s.now - s.quiet_since).total_seconds() >= s.inactivity_seconds
        assert s.settled_at is None or (s.now - s.settled_at).total_seconds() >= s.interval_seconds


@given(situations)
def test_where_it_names_a_moment_nothing_is_drafted_before_it(situation: Situation) -> None:
    decision = decide(situation)
    if decision.until is not None and decision.until > situation.now:
        import dataclasses

        just_before = dataclasses.replace(situation, now=decision.until - timedelta(microseconds=1))
        assert decide(just_before).action is Action.QUIET


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (552, "9:12"), (3720, "1:02:00"), (-5, "0:00")])
def test_lengths_of_time_read_like_a_clock(seconds: float, shown: str) -> None:
    assert minutes(seconds) == shown
