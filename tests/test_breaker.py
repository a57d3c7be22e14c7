"""The breaker: a model that fails is left alone for as long as the failure asks for, and probed with one call."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from sanctum_tui.clock import ReplayClock
from sanctum_tui.llm.breaker import LONGEST_ASKED, LONGEST_REST, RESTS, Breaker, Pass, State
from sanctum_tui.llm.ports import Fault, ModelError
from tests.builders import START


@dataclass
class Time:
    """A clock that is where it is put, also back."""

    moment: datetime = field(default=START)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def failure(fault: Fault = Fault.TRANSIENT, retry: float | None = None) -> ModelError:
    return ModelError(f"it failed: {fault}", fault, retry_seconds=retry)


def fail(breaker: Breaker, error: ModelError) -> None:
    """One call that fails."""
    leave = breaker.admit()
    assert leave is not None
    breaker.failed(leave, error)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def breaker(time: Time) -> Breaker:
    return Breaker(time)


@pytest.mark.parametrize("fault", [fault for fault, rest in RESTS.items() if rest.after == 1])
def test_a_fault_of_the_model_opens_at_once_and_says_why_and_for_how_long(
    fault: Fault, breaker: Breaker, time: Time
) -> None:
    fail(breaker, failure(fault))
    standing = breaker.standing()
    assert (standing.state, standing.fault, standing.reason) == (State.OPEN, fault, f"it failed: {fault}")
    assert standing.seconds == RESTS[fault].seconds
    time.pass_by(RESTS[fault].seconds - 1)
    assert breaker.admit() is None
    assert breaker.standing().seconds == 1
    time.pass_by(1)
    assert breaker.standing().state is State.HALF_OPEN


def test_what_only_the_operator_can_mend_rests_longer_than_what_passes() -> None:
    lasting = (RESTS[fault].seconds for fault in (Fault.AUTH, Fault.NOT_FOUND, Fault.QUOTA))
    assert min(lasting) > max(RESTS[fault].seconds for fault in (Fault.RATE_LIMIT, Fault.TRANSIENT, Fault.TIMEOUT))


@pytest.mark.parametrize("fault", [Fault.CONTEXT, Fault.REFUSED, Fault.EMPTY])
def test_what_was_asked_is_held_against_a_model_only_when_it_fails_again_and_again(
    fault: Fault, breaker: Breaker
) -> None:
    fail(breaker, failure(fault))
    fail(breaker, failure(fault))
    assert breaker.standing().state is State.CLOSED
    fail(breaker, failure(fault))
    assert breaker.standing().state is State.OPEN


def test_the_operators_budget_is_no_fault_of_the_model(breaker: Breaker) -> None:
    for _ in range(9):
        fail(breaker, failure(Fault.BUDGET))
    assert breaker.standing().state is State.CLOSED


def test_half_open_lets_exactly_one_call_through(breaker: Breaker, time: Time) -> None:
    fail(breaker, failure())
    time.pass_by(3600)
    probe = breaker.admit()
    assert probe is not None
    assert breaker.standing().probing
    assert [breaker.admit() for _ in range(5)] == [None] * 5
    breaker.give_back(probe)
    assert breaker.admit() is not None, "a probe that was broken off says nothing"


def test_rests_grow_with_repeats_up_to_a_bound_and_success_forgets(breaker: Breaker, time: Time) -> None:
    rests = []
    for _ in range(12):
        fail(breaker, failure(Fault.TIMEOUT))
        rests.append(breaker.standing().seconds)
        time.pass_by(rests[-1])
    assert rests[:4] == [30, 60, 120, 240]
    assert rests[-1] == LONGEST_REST
    leave = breaker.admit()
    assert leave is not None
    breaker.succeeded(leave)
    assert breaker.standing() == Breaker(time).standing()
    fail(breaker, failure(Fault.TIMEOUT))
    assert breaker.standing().seconds == 30


@pytest.mark.parametrize(
    ("told", "rest"), [(3.0, 3.0), (90.0, 90.0), (0.0, 30.0), (0.001, 1.0), (1e12, LONGEST_ASKED), (-5.0, 30.0)]
)
def test_retry_after_is_kept_to(told: float, rest: float, breaker: Breaker) -> None:
    fail(breaker, failure(Fault.RATE_LIMIT, told))
    assert breaker.standing().seconds == rest


def test_a_wrong_key_rests_long_whatever_the_server_says(breaker: Breaker) -> None:
    fail(breaker, failure(Fault.AUTH, 1.0))
    assert breaker.standing().seconds == RESTS[Fault.AUTH].seconds


def test_a_provider_that_always_says_in_a_second_is_asked_less_and_less(breaker: Breaker, time: Time) -> None:
    fail(breaker, failure(Fault.RATE_LIMIT, 1.0))
    time.pass_by(1)
    fail(breaker, failure(Fault.RATE_LIMIT, 1.0))
    assert breaker.standing().seconds == 60


def test_reset_forgets_and_try_now_only_ends_the_rest(breaker: Breaker) -> None:
    fail(breaker, failure(Fault.TIMEOUT))
    breaker.try_now()
    assert breaker.standing().state is State.HALF_OPEN
    fail(breaker, failure(Fault.TIMEOUT))
    assert breaker.standing().seconds == 60
    breaker.reset()
    assert (breaker.standing().state, breaker.standing().reason) == (State.CLOSED, "")
    breaker.try_now()
    assert breaker.standing().state is State.CLOSED


def test_calls_that_began_together_count_once(breaker: Breaker) -> None:
    together = [breaker.admit() for _ in range(5)]
    for leave in together:
        assert leave is not None
        breaker.failed(leave, failure(Fault.TIMEOUT))
    assert breaker.standing().repeats == 1


def test_late_news_of_an_old_call_neither_closes_nor_opens(breaker: Breaker, time: Time) -> None:
    old = breaker.admit()
    assert old is not None
    fail(breaker, failure())
    breaker.succeeded(old)
    assert breaker.standing().state is State.OPEN
    time.pass_by(60)
    probe = breaker.admit()
    breaker.give_back(old)
    assert probe is not None
    assert breaker.standing().probing


def test_a_clock_that_is_set_back_makes_no_rest_longer(breaker: Breaker, time: Time) -> None:
    fail(breaker, failure())
    time.pass_by(-86_400)
    assert breaker.standing().seconds <= RESTS[Fault.TRANSIENT].seconds
    time.pass_by(RESTS[Fault.TRANSIENT].seconds)
    assert breaker.admit() is not None


async def test_it_runs_on_the_evenings_clock() -> None:
    clock = ReplayClock(START)
    breaker = Breaker(clock)
    fail(breaker, failure())
    await clock.advance_to(START + timedelta(seconds=RESTS[Fault.TRANSIENT].seconds))
    assert breaker.standing().state is State.HALF_OPEN


class BreakerMachine(RuleBasedStateMachine):
    """Any order of calls, answers, time and keys keeps the promises of the three states."""

    passes = Bundle("passes")

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.breaker = Breaker(self.time)

    @rule(target=passes)
    def call(self) -> object:
        before = self.breaker.standing()
        leave = self.breaker.admit()
        if before.state is State.CLOSED:
            assert leave is not None
        elif before.state is State.OPEN or before.probing:
            assert leave is None
        else:
            assert leave is not None
            assert self.breaker.standing().probing
        return multiple() if leave is None else leave

    @rule(leave=consumes(passes))
    def succeed(self, leave: Pass) -> None:
        probing = self.breaker.standing().probing
        self.breaker.succeeded(leave)
        after = self.breaker.standing()
        if after.state is State.CLOSED and probing:
            assert (after.fault, after.repeats, after.reason) == (None, 0, "")

    @rule(leave=consumes(passes), fault=st.sampled_from(Fault), retry=st.none() | st.floats(0, 1e9))
    def fail(self, leave: Pass, fault: Fault, retry: float | None) -> None:
        before = self.breaker.standing()
        self.breaker.failed(leave, failure(fault, retry))
        after = self.breaker.standing()
        assert after.repeats in (before.repeats, before.repeats + 1)
        if after.repeats > before.repeats:
            assert after.state is State.OPEN
            assert after.seconds >= 1
            assert after.fault is fault

    @rule(leave=consumes(passes))
    def break_off(self, leave: Pass) -> None:
        before = self.breaker.standing()
        self.breaker.give_back(leave)
        after = self.breaker.standing()
        assert (before.state, before.repeats) == (after.state, after.repeats)

    @rule(seconds=st.floats(-1e5, 1e5))
    def wait(self, seconds: float) -> None:
        self.time.pass_by(seconds)

    @rule()
    def reset(self) -> None:
        self.breaker.reset()
        assert self.breaker.standing().state is State.CLOSED

    @rule()
    def try_now(self) -> None:
        self.breaker.try_now()
        assert self.breaker.standing().state is not State.OPEN

    @invariant()
    def says_what_it_is(self) -> None:
        standing = self.breaker.standing()
        assert (standing.state is State.OPEN) == (standing.seconds > 0)
        assert standing.seconds <= LONGEST_ASKED
        assert not standing.probing or standing.state is State.HALF_OPEN
        if standing.state is not State.CLOSED:
            assert standing.fault is not None
            assert standing.repeats > 0


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
