"""The status policy: whatever is told and whenever, little is shown, seldom, and no error is lost."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.status.events import Kind, StatusEvent
from sanctum_tui.status.policy import MOST_WAITING, Limits, Offer, Policy
from tests.builders import START

LIMITS = Limits(delay_seconds=1.0, interval_seconds=2.0, most_per_turn=4)


class HandClock:
    """Shows the time it is set to, also an earlier one."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def pass_(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a policy never sleeps")


class Stage:
    """A policy, and a record of what became of everything."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.clock = HandClock()
        self.delay = timedelta(seconds=limits.delay_seconds)
        self.policy = Policy(self.clock, lambda: limits)
        self.began: dict[int, datetime] = {}
        self.shown: list[tuple[datetime, StatusEvent]] = []

    def begin(self, turn: int = 1) -> None:
        self.policy.begin(turn)
        self.began[turn] = self.clock.now()

    def over(self, turn: int = 1) -> bool:
        self.began.pop(turn, None)
        return self.policy.over(turn)

    def look(self) -> list[StatusEvent]:
        """Show all that is due."""
        new = []
        while (event := self.policy.take()) is not None:
            assert event.turn in self.began
            assert event.is_error or self.clock.now() - self.began[event.turn] >= self.delay
            self.shown.append((self.clock.now(), event))
            new.append(event)
        return new

    def run_out(self) -> None:
        """Let time pass until nothing waits any more, always for as long as the policy asks."""
        for _ in range(MOST_WAITING + 2):
            self.look()
            seconds = self.policy.wait_seconds()
            if seconds is None:
                return
            assert 0 < seconds <= LIMITS.interval_seconds
            self.clock.pass_(seconds)
        raise AssertionError("something waits for ever")


def event(
    kind: Kind = Kind.THINKING,
    stage: str = "",
    *,
    turn: int = 1,
    source: str = "hearthkeeper",
    seconds: float | None = None,
) -> StatusEvent:
    return StatusEvent(turn, kind, source, stage, seconds=seconds)


def failure(stage: str = "", **fields: str) -> StatusEvent:
    return event(Kind.TOOL_ERROR, stage, **fields)  # type: ignore[arg-type]


TURNS = st.integers(1, 3)
EVENTS = st.builds(
    StatusEvent,
    turn=TURNS,
    kind=st.sampled_from([*Kind, Kind.TOOL_ERROR]),
    source=st.sampled_from(["hearthkeeper", "librarian"]),
    stage=st.sampled_from(["", "information", "message"]),
    seconds=st.sampled_from([None, 5.0, 10.0]),
)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("begin"), TURNS),
        st.tuples(st.just("over"), TURNS),
        st.tuples(st.just("offer"), EVENTS),
        st.tuples(st.just("offer"), EVENTS),
        st.tuples(st.just("pass"), st.sampled_from([0.0, 0.3, 1.0, 2.0, 7.0])),
        st.tuples(st.just("look"), st.none()),
    ),
    max_size=60,
)


def played(actions: list[tuple[str, object]]) -> tuple[Stage, list[tuple[int, StatusEvent]]]:
    """The stage after these actions, and the errors taken in, each with how many lines had been shown by then.

    A turn that is over does not come again, as the emitter gives out its numbers but once.
    """
    stage = Stage()
    ended: set[int] = set()
    errors: list[tuple[int, StatusEvent]] = []
    stage.begin(1)
    for name, what in actions:
        if name == "begin" and isinstance(what, int) and what not in {*ended, *stage.began}:
            stage.begin(what)
        elif name == "over" and isinstance(what, int):
            stage.over(what)
            ended.add(what)
            errors = [(count, error) for count, error in errors if error.turn != what]
        elif isinstance(what, StatusEvent):
            offer = stage.policy.offer(what)
            assert (offer is Offer.TURN_OVER) == (what.turn not in stage.began)
            if what.is_error:
                assert offer is not Offer.CAPPED
                if offer is Offer.WAITS:
                    errors.append((len(stage.shown), what))
        elif isinstance(what, float):
            stage.clock.pass_(what)
        elif name == "look":
            stage.look()
    return stage, errors


@given(ACTIONS)
def test_a_line_of_one_source_leaves_the_one_before_it_time_to_be_read(actions: list[tuple[str, object]]) -> None:
    stage, _ = played(actions)
    stage.run_out()
    for (first, one), (second, other) in combinations(stage.shown, 2):
        if one.source == other.source and (one.is_error or not other.is_error):
            assert second - first >= timedelta(seconds=2)


@given(ACTIONS)
def test_a_source_never_says_the_same_twice_in_a_row(actions: list[tuple[str, object]]) -> None:
    stage, _ = played(actions)
    stage.run_out()
    last: dict[tuple[int, str], StatusEvent] = {}
    for _, one in stage.shown:
        assert not one.same_as(last.get((one.turn, one.source)))
        last[one.turn, one.source] = one


@given(ACTIONS)
def test_a_turn_shows_no_more_than_its_cap_but_for_errors(actions: list[tuple[str, object]]) -> None:
    stage, _ = played(actions)
    stage.run_out()
    lines = Counter(one.turn for _, one in stage.shown if not one.is_error)
    assert max(lines.values(), default=0) <= LIMITS.most_per_turn


@given(ACTIONS)
def test_no_error_of_a_turn_that_goes_on_is_lost(actions: list[tuple[str, object]]) -> None:
    stage, errors = played(actions)
    stage.run_out()
    for before, error in errors:
        since = [one for _, one in stage.shown[before:]]
        until = [one for _, one in stage.shown[:before] if (one.turn, one.source) == (error.turn, error.source)]
        # Shown, or still to be read there from before.
        assert error in since or error.same_as(until[-1] if until else None)


@given(ACTIONS)
def test_what_is_told_last_is_shown_in_the_end_where_the_cap_allows(actions: list[tuple[str, object]]) -> None:
    stage, _ = played(actions)
    turn = 4
    stage.begin(turn)
    for number in range(3):
        assert stage.policy.offer(event(stage=str(number), turn=turn)) is Offer.WAITS
    stage.run_out()
    assert [one.stage for _, one in stage.shown if one.turn == turn] == ["2"]


@given(ACTIONS)
def test_draining_gives_all_that_waits_once(actions: list[tuple[str, object]]) -> None:
    stage, _ = played(actions)
    shown = {id(one) for _, one in stage.shown}
    drained = stage.policy.drain()
    assert not shown & {id(one) for one in drained}
    assert {one.turn for one in drained} <= stage.began.keys()
    assert stage.policy.wait_seconds() is None
    assert stage.policy.drain() == ()
    lines = Counter(one.turn for one in [*(one for _, one in stage.shown), *drained] if not one.is_error)
    assert max(lines.values(), default=0) <= LIMITS.most_per_turn


def test_a_turn_that_is_over_in_a_moment_shows_nothing() -> None:
    stage = Stage()
    stage.begin()
    stage.policy.offer(event())
    stage.clock.pass_(0.9)
    assert stage.look() == []
    assert stage.over() is False
    stage.clock.pass_(10)
    assert stage.look() == []
    assert stage.policy.offer(event(stage="late")) is Offer.TURN_OVER
    assert stage.policy.offer(failure("late")) is Offer.TURN_OVER


def test_a_turn_that_has_shown_something_says_so_when_it_ends() -> None:
    stage = Stage()
    stage.begin()
    stage.policy.offer(event())
    stage.clock.pass_(1)
    assert stage.look() == [event()]
    assert stage.over() is True
    assert stage.over() is False


def test_only_the_newest_of_a_source_is_shown() -> None:
    stage = Stage()
    stage.begin()
    for kind in (Kind.THINKING, Kind.TOOL_START, Kind.TOOL_END):
        assert stage.policy.offer(event(kind)) is Offer.WAITS
    stage.policy.offer(event(source="librarian"))
    stage.clock.pass_(1)
    assert stage.look() == [event(Kind.TOOL_END), event(source="librarian")]


def test_what_goes_back_to_what_is_shown_shows_nothing_new() -> None:
    stage = Stage(Limits(delay_seconds=0, interval_seconds=2, most_per_turn=2))
    stage.begin()
    stage.policy.offer(event(stage="information"))
    stage.look()
    assert stage.policy.offer(event(stage="information")) is Offer.DUPLICATE
    assert stage.policy.offer(event(stage="message")) is Offer.WAITS
    assert stage.policy.offer(event(stage="information")) is Offer.DUPLICATE
    stage.clock.pass_(2)
    assert stage.look() == []
    # What was overtaken did not count: there is room for one more, and for no other.
    assert stage.policy.offer(event(stage="message")) is Offer.WAITS
    assert stage.look() == [event(stage="message")]
    assert stage.policy.offer(event(stage="information")) is Offer.CAPPED


def test_what_waits_already_is_not_taken_in_again() -> None:
    stage = Stage()
    stage.begin()
    for one in (event(), failure("first"), failure("second")):
        assert stage.policy.offer(one) is Offer.WAITS
    for one in (event(), failure("first"), failure("second")):
        assert stage.policy.offer(one) is Offer.DUPLICATE


def test_an_error_that_is_still_on_show_is_not_shown_again() -> None:
    stage = Stage()
    stage.begin()
    stage.policy.offer(failure())
    assert stage.look() == [failure()]
    stage.policy.offer(event())
    stage.policy.offer(failure())
    stage.clock.pass_(2)
    assert stage.look() == [event()]


def test_the_time_that_has_passed_is_news_and_the_same_time_is_not() -> None:
    stage = Stage(Limits(delay_seconds=0, interval_seconds=0))
    stage.begin()
    for seconds in (None, 0.4, 5.0, 5.2, 10.0):
        stage.policy.offer(event(seconds=seconds))
        stage.look()
    assert [one.seconds for _, one in stage.shown] == [None, 5.0, 10.0]


def test_an_error_comes_at_once_and_two_come_one_after_the_other() -> None:
    stage = Stage()
    stage.begin()
    stage.policy.offer(failure("first"))
    stage.policy.offer(failure("second"))
    stage.policy.offer(event())
    assert stage.look() == [failure("first")]
    stage.clock.pass_(1.9)
    assert stage.look() == []
    stage.clock.pass_(0.1)
    assert stage.look() == [failure("second")]
    stage.clock.pass_(2)
    assert stage.look() == [event()]
    stage.clock.pass_(0.1)
    stage.policy.offer(failure("third"))
    assert stage.look() == [failure("third")]


def test_the_cap_is_never_held_against_an_error() -> None:
    stage = Stage(Limits(delay_seconds=0, interval_seconds=0, most_per_turn=0))
    stage.begin()
    assert stage.policy.offer(event()) is Offer.CAPPED
    assert stage.policy.offer(failure()) is Offer.WAITS
    assert stage.look() == [failure()]


def test_no_more_than_a_bound_ever_waits_and_errors_go_before_the_rest() -> None:
    stage = Stage(Limits(most_per_turn=MOST_WAITING + 1))
    stage.begin()
    for number in range(MOST_WAITING):
        assert stage.policy.offer(event(source=f"s{number}")) is Offer.WAITS
    assert stage.policy.offer(event(source="one more")) is Offer.CROWDED
    for number in range(MOST_WAITING):
        assert stage.policy.offer(failure(source=f"s{number}")) is Offer.WAITS
    assert stage.policy.offer(failure(source="one more")) is Offer.CROWDED
    assert [one.is_error for one in stage.policy.drain()] == [True] * MOST_WAITING
    # What gave way was never shown, and does not count.
    for source in ("steward", "librarian"):
        assert stage.policy.offer(event(source=source)) is Offer.WAITS


def test_a_clock_that_is_set_back_does_not_silence_anybody() -> None:
    stage = Stage(Limits(delay_seconds=0, interval_seconds=2))
    stage.begin()
    for one in (event(stage="information"), failure("first")):
        stage.policy.offer(one)
        assert stage.look() == [one]
    stage.clock.pass_(-3600)
    for one in (event(stage="message"), failure("second")):
        assert stage.policy.offer(one) is Offer.WAITS
    assert stage.policy.wait_seconds() == 0
    assert stage.policy.take() == failure("second")
