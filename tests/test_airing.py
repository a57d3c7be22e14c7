"""An evening begins and ends with its stream, and nothing that is in use is ended without a word."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.agent.airing import Airings, Look, OnAirNow, Turn, is_this_evening
from sanctum_tui.chat import Live
from sanctum_tui.evening import Airing
from tests.builders import START, at

GRACE = timedelta(minutes=5)
ON = OnAirNow(Live.YES, "s1", START)
OFF = OnAirNow(Live.NO)
NOBODY_KNOWS = OnAirNow(Live.UNKNOWN)
TONIGHT = Airing("s1", START)


def look(airings: Airings, air: OnAirNow, seconds: float = 0, *, used: bool = False, busy: bool = False) -> Look:
    return airings.look(air, at(seconds), grace=GRACE, used=used, busy=busy)


def ended(seconds: float) -> Airings:
    return Airings(TONIGHT).left(at(seconds))


def test_a_session_that_nothing_was_decided_in_becomes_the_streams_own() -> None:
    assert look(Airings(), ON) == Look(Turn.BEGIN)


def test_a_rehearsal_is_not_made_the_streams_without_being_asked() -> None:
    asked = look(Airings(), ON, used=True)
    assert asked.turn is Turn.NONE
    assert asked.question
    assert look(Airings(goes_on=True), ON, used=True) == Look(Turn.BEGIN)


def test_while_the_stream_is_on_nothing_is_asked() -> None:
    assert look(Airings(TONIGHT), ON, 3600, used=True, busy=True) == Look()


def test_a_stream_that_ends_leaves_the_evening_some_minutes_to_come_back() -> None:
    assert look(Airings(TONIGHT), OFF, 100) == Look(Turn.LEFT)
    waiting = look(ended(100), OFF, 160)
    assert waiting.turn is Turn.NONE
    assert waiting.question
    assert waiting.ends_in == timedelta(minutes=4)
    assert look(ended(100), OFF, 400) == Look(Turn.END)


def test_an_evening_in_use_is_asked_before_it_ends() -> None:
    asked = look(ended(100), OFF, 4000, busy=True)
    assert asked.turn is Turn.NONE
    assert asked.question
    assert asked.ends_in is None


def test_an_evening_the_operator_wants_to_go_on_goes_on() -> None:
    assert look(Airings(ended(100).last, goes_on=True), OFF, 40_000) == Look()


@pytest.mark.parametrize("stream", ["s1", "s2"])
def test_a_stream_that_broke_off_and_came_back_is_the_same_evening(stream: str) -> None:
    assert look(ended(100), OnAirNow(Live.YES, stream, at(150)), 160) == Look(Turn.BEGIN)


def test_another_stream_much_later_is_asked_about() -> None:
    asked = look(ended(100), OnAirNow(Live.YES, "s2", at(9000)), 9000, busy=True)
    assert asked.turn is Turn.NONE
    assert asked.question


def test_a_stream_that_twitch_does_not_list_yet_begins_nothing() -> None:
    assert look(Airings(), OnAirNow(Live.YES)) == Look()


AIRINGS = st.builds(
    Airings, st.one_of(st.none(), st.builds(Airing, st.sampled_from(["s1", "s2"]), st.just(START))), st.booleans()
)


@given(AIRINGS, st.booleans(), st.booleans(), st.floats(0, 1e6))
def test_what_nobody_knows_changes_nothing(airings: Airings, used: bool, busy: bool, seconds: float) -> None:
    assert look(airings, NOBODY_KNOWS, seconds, used=used, busy=busy) == Look()


@given(AIRINGS, st.sampled_from([ON, OFF, NOBODY_KNOWS]), st.booleans(), st.floats(0, 1e6))
def test_nothing_ends_by_itself_while_something_is_open(
    airings: Airings, air: OnAirNow, used: bool, seconds: float
) -> None:
    assert look(airings.left(at(10)), air, seconds, used=used, busy=True).turn is not Turn.END


def test_an_unfinished_session_of_this_very_stream_goes_on_however_long_ago_it_stopped() -> None:
    assert is_this_evening([TONIGHT], ON, at(60), at(20_000))


def test_an_unfinished_session_of_another_stream_goes_on_only_where_it_stopped_a_moment_ago() -> None:
    other = OnAirNow(Live.YES, "s2", at(900))
    assert is_this_evening([TONIGHT], other, at(800), at(1000))
    assert not is_this_evening([TONIGHT], other, at(800), at(90_000))
    assert not is_this_evening([TONIGHT], OFF, at(800), at(90_000))


def test_a_session_that_no_stream_came_to_is_another_days_after_half_a_day() -> None:
    assert is_this_evening([], OFF, at(0), at(11 * 3600))
    assert not is_this_evening([], ON, at(0), at(13 * 3600))


def test_an_evening_the_operator_wants_to_go_on_goes_on_also_when_the_stream_came_and_left_again() -> None:
    wanted = Airings(ended(100).last, goes_on=True)
    back = wanted.begun(Airing("s2", at(200)))
    assert look(back.left(at(300)), OFF, 40_000) == Look()


def test_an_unfinished_session_is_not_ended_because_nobody_knows_whether_the_stream_is_on() -> None:
    assert is_this_evening([TONIGHT], NOBODY_KNOWS, at(0), at(45 * 60))
