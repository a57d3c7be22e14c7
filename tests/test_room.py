"""The silence clock: only people reset it, and what nobody heard is not taken for silence."""

import pytest

from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.agent.room import MOST_REMOVED, Room
from sanctum_tui.chat import ChatCleared, ChatGap, ChatMessage, MessageDeleted, Voice
from tests.builders import START, at, says


def room(own: bool = True, **more: object) -> Room:
    wanted: dict[str, object] = {
        "bots": {"nightbot"},
        "own_login": "quietharbor",
        "counts_commands": False,
        "suspicion": Warden().inspect,
        "own": lambda message: own,
        "threshold_seconds": lambda: 900.0,
    }
    return Room(START, **{**wanted, **more})  # type: ignore[arg-type]


def voices(of: Room, *messages: ChatMessage) -> list[Voice]:
    return [line.voice for line in of.take(messages)]


def test_a_person_who_shares_the_agents_account_resets_the_clock() -> None:
    shared = room(own=False)
    assert voices(shared, says(30, "back in a minute", "quietharbor")) == [Voice.PERSON]
    assert shared.quiet_since == at(30)


def test_the_agents_own_line_does_not() -> None:
    own = room(own=True)
    assert voices(own, says(30, "The sea is quiet.", "quietharbor")) == [Voice.AGENT]
    assert own.quiet_since == START


@pytest.mark.parametrize(("who", "shared_from"), [("nightbot", ""), ("pebble", "otherharbor")])
def test_bots_and_neighbours_in_a_shared_chat_do_not(who: str, shared_from: str) -> None:
    other = room()
    voices(other, says(30, "hello", who, shared_from=shared_from))
    assert other.quiet_since == START


def test_after_chat_was_away_for_long_the_silence_counts_from_when_it_was_heard_again() -> None:
    away = room()
    away.take([says(10, "hello")])
    away.missed(ChatGap(at(700), 600.0))
    assert away.quiet_since == at(700)
    away.take([says(720, "hello again")])
    assert away.quiet_since == at(720)


def test_while_chat_is_away_for_a_moment_the_silence_clock_stands_still() -> None:
    away = room()
    away.take([says(10, "hello")])
    away.missed(ChatGap(at(40), 15.0))
    assert away.quiet_since == at(25)
    away.missed(ChatGap(at(45), 5.0))
    assert away.quiet_since == at(30)


def test_the_stream_begins_with_a_silence_of_its_own() -> None:
    early = room()
    early.take([says(10, "hello")])
    early.starts(at(600))
    assert early.quiet_since == at(600)


def test_lines_are_numbered_on_from_the_evening_before() -> None:
    following = room(numbered_after=41)
    assert [line.number for line in following.take([says(1), says(2)])] == [42, 43]


def test_what_a_moderator_removed_is_known_and_what_is_said_after_it_is_not_meant() -> None:
    cleaned = room()
    first, second, other = says(10, id="a"), says(20, id="b"), says(20, who="pebble", id="c")
    cleaned.take([first, second, other])
    cleaned.withdraw(MessageDeleted(at(21), "a"))
    assert [cleaned.was_withdrawn(line) for line in (first, second, other)] == [True, False, False]
    cleaned.withdraw(ChatCleared(at(30), "mira"))
    assert [cleaned.was_withdrawn(line) for line in (second, other)] == [True, False]
    assert not cleaned.was_withdrawn(says(700, "back again"))
    cleaned.withdraw(ChatCleared(at(800)))
    assert cleaned.was_withdrawn(other)
    assert not cleaned.was_withdrawn(says(801))


def test_a_line_without_an_id_is_not_taken_for_another_one_that_was_removed() -> None:
    cleaned = room()
    cleaned.withdraw(MessageDeleted(at(5), ""))
    assert not cleaned.was_withdrawn(says(10))


def test_of_a_flood_of_removals_the_latest_are_remembered() -> None:
    cleaned = room()
    for number in range(MOST_REMOVED + 10):
        cleaned.withdraw(MessageDeleted(at(5), f"spam{number}"))
    assert not cleaned.was_withdrawn(says(1, id="spam9"))
    assert cleaned.was_withdrawn(says(1, id="spam10"))
    assert cleaned.was_withdrawn(says(1, id=f"spam{MOST_REMOVED + 9}"))
