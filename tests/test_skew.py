"""A clock of this machine's that is wrong is noticed, and what comes late is not taken for it."""

import logging

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.skew import Skew, wrong
from sanctum_tui.twitch.source import TwitchSource
from sanctum_tui.twitch.values import Account
from tests.builders import START, at


async def test_a_clock_that_is_wrong_is_noticed_told_once_and_forgotten_when_it_is_set(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ReplayClock(START)
    source = TwitchSource(Account("1001", "quietharbor", "QuietHarbor"), clock=clock, message_ids=SeenIds())
    caplog.set_level(logging.INFO)
    told: list[str] = []
    source.on_skew = lambda: told.append(source.skew_note)
    source.clocked(None)
    assert (source.skew_seconds, source.skew_note) == (None, "")
    for second in range(0, 300, 10):
        clock.set(at(second + 360.5 + second % 20 / 10))
        source.clocked(at(second))
    assert source.skew_seconds == 360.5
    sentence = (
        "This machine's clock is 6 min ahead of Twitch's; set it: the ledger's times count from Twitch's start of "
        "the stream."
    )
    assert told == [sentence]
    source.clocked(clock.now())
    assert (source.skew_seconds, source.skew_note) == (0.0, "")
    assert told == [sentence, ""]
    assert [(one.levelno, one.getMessage()) for one in caplog.records] == [
        (logging.WARNING, sentence),
        (logging.INFO, "this machine's clock agrees with Twitch's again"),
    ]


def test_what_comes_late_is_no_wrong_clock() -> None:
    skew = Skew()
    for second in range(0, 120, 10):
        assert not skew.compare(at(second), at(second + 0.1))
    # The machine slept for an hour, and what had come meanwhile is read all at once.
    for second in range(120, 3600, 10):
        assert not skew.compare(at(second), at(3600))
    assert skew.seconds == 0.1


def test_a_clock_that_went_wrong_meanwhile_is_noticed_within_minutes_either_way() -> None:
    for wrong_by in (-600, 600):
        skew = Skew()
        changes = [skew.compare(at(second), at(second)) for second in range(0, 200, 10)]
        assert not any(changes)
        changes = [skew.compare(at(second), at(second + wrong_by)) for second in range(200, 400, 10)]
        assert changes.count(True) == 1
        assert skew.seconds == wrong_by
        assert "10 min" in skew.note


def test_a_sentence_that_says_minutes_does_not_change_by_seconds() -> None:
    skew = Skew()
    assert skew.compare(at(0), at(391))
    before = skew.note
    assert not skew.compare(at(10), at(10 + 389))
    assert skew.note == before
    assert skew.compare(at(20), at(20 + 300))
    assert skew.note != before


def test_a_time_that_cannot_be_is_no_wrong_clock() -> None:
    skew = Skew()
    assert not skew.compare(at(365 * 86_400), START)
    assert skew.seconds is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(60, ""), (-60, ""), (61, "1 min ahead of"), (-400, "7 min behind"), (3 * 3600, "3 h ahead of")],
)
def test_a_clock_is_called_wrong_from_a_minute_on(seconds: float, words: str) -> None:
    assert (
        wrong(seconds).startswith(f"This machine's clock is {words} Twitch's; set it")
        if words
        else not wrong(seconds)
    )
