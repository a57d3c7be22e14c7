"""The source between network and evenings: each event once, at our time, in the evening that it belongs to."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from sanctum_tui.chat import ChatEvent, ChatGap, ChatMessage
from sanctum_tui.twitch.frames import Malformed, Notification
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.source import TwitchSource
from sanctum_tui.twitch.values import Account
from tests.builders import START, at


class HandClock:
    """Shows what it is set to, also an earlier time."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def source(clock: HandClock) -> TwitchSource:
    return TwitchSource(Account("1001", "quietharbor", "QuietHarbor"), clock=clock, message_ids=SeenIds())


def line(text: str = "hello", message_id: str = "m-1") -> dict[str, Any]:
    return {"message_id": message_id, "chatter_user_login": "mira", "message": {"text": text}}


def notice(words: str, text: str) -> dict[str, Any]:
    return line(text, "n-1") | {"system_message": words, "notice_type": "resub"}


def happened(
    event: dict[str, Any], id: str = "", when: datetime | None = START, type: str = "channel.chat.message"
) -> Notification:
    return Notification(id, type, "1", when, event)


def says(source: TwitchSource, *said: str) -> None:
    """Lines come in, each with an id of its own."""
    for text in said:
        source.put(happened(line(text, f"m-{text}"), f"e-{text}"))


async def all_of(source: TwitchSource) -> list[ChatEvent]:
    source.end()
    return [event async for batch in source.batches() for event in batch]


def texts(events: Sequence[ChatEvent]) -> list[str]:
    return [getattr(event, "text", type(event).__name__) for event in events]


# Each once


async def test_a_line_is_told_once_whichever_id_is_repeated(source: TwitchSource) -> None:
    source.put(happened(line("one", message_id="a"), "e-1"))
    source.put(happened(line("one", message_id="a"), "e-1"))
    source.put(happened(line("one", message_id="a"), "e-2"))
    source.put(happened(line("two", message_id="b"), "e-3"))
    assert (source.received, source.duplicates) == (4, 2)
    assert texts(await all_of(source)) == ["one", "two"]


async def test_a_notice_in_a_new_envelope_is_told_once_and_its_line_too(source: TwitchSource) -> None:
    for envelope in ("e-1", "e-2"):
        source.put(happened(notice("Mira subscribed!", "hi"), envelope, type="channel.chat.notification"))
    assert texts(await all_of(source)) == ["Mira subscribed!", "hi"]


async def test_what_has_no_id_of_its_own_is_known_by_its_envelope(source: TwitchSource) -> None:
    for envelope in ("e-1", "e-1", "e-2"):
        source.put(happened({}, envelope, type="channel.chat.clear"))
    assert texts(await all_of(source)) == ["ChatCleared", "ChatCleared"]


async def test_a_line_that_others_have_shown_already_is_not_told_again(clock: HandClock) -> None:
    shown = SeenIds()
    source = TwitchSource(Account("1001", "quietharbor", "QuietHarbor"), clock=clock, message_ids=shown)
    assert shown.first_time("m-1")
    source.put(happened(line("our own"), "e-1"))
    assert await all_of(source) == []


async def test_a_full_queue_makes_the_reader_wait_and_drops_nothing(clock: HandClock) -> None:
    source = TwitchSource(
        Account("1001", "quietharbor", "QuietHarbor"), clock=clock, message_ids=SeenIds(), queue_events=3
    )
    for number in range(4):
        source.put(happened(line(str(number), message_id=str(number)), str(number)))
    waiting = asyncio.create_task(source.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    batches = source.batches()
    assert texts(list(await anext(batches))) == ["0", "1", "2", "3"]
    await waiting


async def test_a_flood_is_handed_out_in_bounded_batches_in_order(source: TwitchSource) -> None:
    for number in range(1_201):
        source.put(happened(line(str(number), message_id=str(number)), str(number)))
    source.end()
    batches = [batch async for batch in source.batches()]
    assert [len(batch) for batch in batches] == [200] * 6 + [1]
    assert texts([event for batch in batches for event in batch]) == [str(number) for number in range(1_201)]


async def test_a_skip_is_logged_once_a_kind_and_counted(
    source: TwitchSource, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for id in ("a", "b", "c"):
        source.put(happened({}, id, type="channel.follow"))
        source.malformed(Malformed("it is no JSON"))
    assert sorted(source.skipped.values()) == [3, 3]
    assert len(caplog.records) == 2


async def test_skip_reasons_from_outside_do_not_fill_the_memory(source: TwitchSource) -> None:
    for number in range(1_000):
        source.put(happened({}, str(number), type=f"kind.{number}"))
    assert len(source.skipped) <= 101
    assert sum(source.skipped.values()) == 1_000


# Our time


async def test_whatever_twitchs_clock_says_a_line_is_told_at_the_time_at_which_it_came(
    source: TwitchSource, clock: HandClock
) -> None:
    for second, twitchs in ((1, at(-360)), (2, at(360)), (3, None), (4, START + timedelta(days=365))):
        clock.set(at(second))
        source.put(happened(line(message_id=str(second)), str(second), twitchs))
    assert [event.at for event in await all_of(source)] == [at(1), at(2), at(3), at(4)]


async def test_time_never_goes_back_though_the_clock_does(source: TwitchSource, clock: HandClock) -> None:
    clock.set(at(60))
    says(source, "one")
    clock.set(at(0))
    says(source, "two")
    clock.set(at(61))
    says(source, "three")
    assert [event.at for event in await all_of(source)] == [at(60), at(60), at(61)]


# What is missing


def story(events: Sequence[ChatEvent]) -> list[str | float]:
    """Lines as they are, gaps as their seconds."""
    kinds = (event for event in events if isinstance(event, ChatMessage | ChatGap))
    return [event.text if isinstance(event, ChatMessage) else event.seconds for event in kinds]


async def test_the_gap_is_told_before_what_came_after_it(source: TwitchSource, clock: HandClock) -> None:
    source.resume()
    says(source, "before")
    clock.set(at(2))
    source.heard()
    source.lost()
    clock.set(at(43))
    source.resume()
    says(source, "after")
    events = await all_of(source)
    assert story(events) == ["before", 41.0, "after"]
    assert events[1].at == at(43)


async def test_what_was_missed_before_chat_was_heard_for_the_first_time_is_told(
    source: TwitchSource, clock: HandClock
) -> None:
    clock.set(at(300))
    source.resume()
    says(source, "hello")
    assert story(await all_of(source)) == [300.0, "hello"]


async def test_a_moment_at_the_start_is_no_gap(source: TwitchSource, clock: HandClock) -> None:
    clock.set(at(4))
    source.resume()
    assert await all_of(source) == []


async def test_an_evening_that_begins_deaf_is_told_from_its_own_start_once_chat_is_there(
    source: TwitchSource, clock: HandClock
) -> None:
    clock.set(at(10))
    source.begin(at(-7200))
    clock.set(at(60))
    source.resume()
    assert story(await all_of(source)) == [7260.0]


async def test_an_evening_that_begins_hearing_is_told_at_once_what_it_missed(
    source: TwitchSource, clock: HandClock
) -> None:
    source.resume()
    clock.set(at(100))
    source.heard()
    source.begin(at(97))
    says(source, "hello")
    assert story(await all_of(source)) == [3.0, "hello"]


async def test_an_evening_that_follows_another_one_has_missed_nothing(source: TwitchSource, clock: HandClock) -> None:
    source.resume()
    clock.set(at(100))
    source.turn_over()
    assert await turn(source) == []
    source.begin()
    says(source, "hello")
    assert story(await all_of(source)) == ["hello"]


async def test_a_restart_is_a_gap_however_short(source: TwitchSource, clock: HandClock) -> None:
    source.begin(at(-1))
    clock.set(at(1))
    source.resume()
    assert story(await all_of(source)) == [2.0]


async def test_an_evening_that_ends_deaf_is_told_so_and_the_next_one_only_of_its_own(
    source: TwitchSource, clock: HandClock
) -> None:
    source.resume()
    says(source, "one")
    source.lost()
    clock.set(at(100))
    source.turn_over()
    clock.set(at(101))
    source.turn_over()
    assert story(await turn(source)) == ["one", 100.0]
    clock.set(at(110))
    source.begin()
    clock.set(at(130))
    source.resume()
    assert story(await all_of(source)) == [30.0]


# Evenings


async def turn(source: TwitchSource) -> list[ChatEvent]:
    """An evening's events, to its end."""
    async with asyncio.timeout(5):
        return [event async for batch in source.batches() for event in batch]


async def test_an_evening_ends_with_all_that_had_come_and_the_next_one_takes_the_rest(source: TwitchSource) -> None:
    source.begin()
    for number in range(1_200):
        says(source, str(number))
    batches: AsyncIterator[Sequence[ChatEvent]] = source.batches()
    told = [*await anext(batches)]
    source.turn_over()
    says(source, "later")
    async for batch in batches:
        told += batch
        says(source, f"after {len(told)}")
    assert texts(told) == [str(number) for number in range(1_200)]
    source.begin()
    assert texts(await all_of(source)) == ["later", *(f"after {many}" for many in range(400, 1_201, 200))]


async def test_an_evening_that_waits_for_chat_ends_at_once(source: TwitchSource) -> None:
    source.begin()
    living = asyncio.create_task(turn(source))
    await asyncio.sleep(0)
    assert not living.done()
    source.turn_over()
    assert await living == []


@pytest.mark.parametrize("times", [1, 2])
async def test_an_evening_that_is_stopped_before_it_takes_anything_still_ends(
    source: TwitchSource, times: int
) -> None:
    source.begin()
    says(source, "one")
    for _ in range(times):
        source.turn_over()
    says(source, "two")
    assert texts(await turn(source)) == ["one"]


@pytest.mark.parametrize("when", ["under way", "ended", "between evenings"])
async def test_stopping_an_evening_again_does_not_end_the_next_one(source: TwitchSource, when: str) -> None:
    source.begin()
    living = asyncio.create_task(turn(source))
    await asyncio.sleep(0)
    source.turn_over()
    if when == "under way":
        source.turn_over()
    await living
    if when == "ended":
        source.turn_over()
    says(source, "one")
    if when == "between evenings":
        source.turn_over()
    source.begin()
    living = asyncio.create_task(turn(source))
    for _ in range(5):
        await asyncio.sleep(0)
    says(source, "two")
    for _ in range(5):
        await asyncio.sleep(0)
    assert not living.done()
    source.turn_over()
    assert texts(await living) == ["one", "two"]


async def test_an_evening_that_broke_off_leaves_what_it_did_not_take_to_the_next_one(source: TwitchSource) -> None:
    source.begin()
    says(source, "one")
    living = asyncio.create_task(turn(source))
    for _ in range(3):
        await asyncio.sleep(0)
    source.begin()
    assert texts(await living) == ["one"]
    says(source, "two")
    assert texts(await all_of(source)) == ["two"]


async def test_what_was_read_is_told_though_nothing_more_is_taken(source: TwitchSource) -> None:
    source.begin()
    says(source, "one")
    source.turn_over()
    source.end()
    says(source, "two")
    assert texts(await turn(source)) == ["one"]
    assert await turn(source) == []
