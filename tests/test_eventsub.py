"""Reading chat over real sockets: every way a connection can die heals, and what is missing is marked."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from sanctum_tui.chat import ChatMessage, ChatNotice, MessageDeleted
from sanctum_tui.twitch.topics import subscriptions
from sanctum_tui.twitch.values import LinkState, Timing
from tests.eventsub import (
    BRISK,
    KEEPALIVE,
    PATIENCE_SECONDS,
    SetClock,
    all_subscribed,
    chat_is_subscribed,
    dies_and_heals,
    fake_twitch,
    keepalives,
    listening,
    until,
)
from tests.fake_twitch import FakeTwitch


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with fake_twitch() as fake:
        yield fake


async def test_chat_is_read_in_order_with_all_that_belongs_to_it(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        first = await twitch.says("mira", "hello", colour="#00FF7F", badges=["subscriber/12"])
        await twitch.says("joram", "evening", reply_to="mira", shared_from="farshore")
        await twitch.deletes(first, "mira")
        await until(lambda: any(isinstance(event, MessageDeleted) for event in listener.events))
        one, two, deleted = listener.events
        assert isinstance(one, ChatMessage)
        assert (one.login, one.text, one.colour, one.badges, one.id) == (
            *("mira", "hello", "#00FF7F", ("subscriber/12",)),
            first,
        )
        assert isinstance(two, ChatMessage)
        assert (two.reply_to, two.shared_from) == ("mira", "farshore")
        assert isinstance(deleted, MessageDeleted)
        assert deleted.id == first
        assert listener.chat.notes == ()
        assert sorted(listener.door.asked) == sorted(
            one.type for one in subscriptions(twitch.account("quietharbor"), twitch.account("quietharbor"))
        )


async def test_a_raid_is_told_once(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await until(lambda: "channel.chat.notification" in listener.door.asked)
        await all_subscribed(twitch, listener)
        await twitch.raids("joram", 12)
        await twitch.says("mira", "welcome raiders")
        await until(lambda: bool(listener.texts))
        assert len([event for event in listener.events if isinstance(event, ChatNotice)]) == 1


async def test_a_cut_connection_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await dies_and_heals(twitch, listener, twitch.faults.drop)


@pytest.mark.parametrize("code", [1000, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007])
async def test_a_closed_connection_heals_whatever_the_code(twitch: FakeTwitch, code: int) -> None:
    async with listening(twitch) as listener:
        await dies_and_heals(twitch, listener, lambda: twitch.faults.close(code))
        down = next(link for link in listener.links if link.state is LinkState.DOWN)
        assert down.why.startswith("Chat is away: ")
        assert code == 1000 or str(code) in down.why


async def test_a_connection_that_falls_silent_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await dies_and_heals(twitch, listener, twitch.faults.no_keepalive)
        assert listener.gaps[0].seconds > KEEPALIVE


async def test_a_reconnect_without_a_welcome_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch, timing=BRISK) as listener:
        await listener.is_up()
        twitch.faults.no_welcome(2)
        await dies_and_heals(twitch, listener, twitch.faults.drop)
        assert listener.gaps[0].seconds > 2 * BRISK.connect


async def test_a_subscription_that_fails_after_a_reconnect_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.refuse_subscriptions(10, 503)
        await dies_and_heals(twitch, listener, twitch.faults.drop)


async def test_a_network_that_is_away_for_long_heals_and_the_gap_is_as_long(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await twitch.says("mira", "before")
        await until(lambda: listener.texts == ["before"])
        await keepalives(listener.chat.source, 1)
        went = time.monotonic()
        await twitch.faults.refuse_connections(True)
        await until(lambda: listener.state is LinkState.DOWN)
        await until(lambda: len([link for link in listener.links if link.retry_at is not None]) >= 5)
        since = {link.since for link in listener.links if link.state is LinkState.DOWN}
        away = time.monotonic() - went
        await twitch.faults.refuse_connections(False)
        await listener.is_up()
        await twitch.says("mira", "after")
        await until(lambda: "after" in listener.texts)
        assert listener.story == ["before", "-", "after"]
        # From the last keepalive on, which is a part of a second older than the cut.
        assert away <= listener.gaps[0].seconds <= time.monotonic() - went + KEEPALIVE
        assert len(since) == 1


async def test_a_network_that_is_away_at_the_start_heals_and_for_a_moment_is_no_gap(twitch: FakeTwitch) -> None:
    await twitch.faults.refuse_connections(True)
    async with listening(twitch) as listener:
        await until(lambda: listener.state is LinkState.DOWN)
        assert "is the network up?" in listener.chat.link.why
        await twitch.faults.refuse_connections(False)
        await listener.is_up()
        await twitch.says("mira", "hello")
        await until(lambda: listener.story == ["hello"])


async def test_a_network_that_is_away_at_the_start_for_long_is_a_gap(twitch: FakeTwitch) -> None:
    clock = SetClock()
    await twitch.faults.refuse_connections(True)
    async with listening(twitch, clock=clock) as listener:
        await until(lambda: listener.state is LinkState.DOWN)
        clock.wrong_by_seconds += 300
        await twitch.faults.refuse_connections(False)
        await listener.is_up()
        await twitch.says("mira", "hello")
        await until(lambda: listener.story == ["-", "hello"])
        assert 300 <= listener.gaps[0].seconds < 300 + PATIENCE_SECONDS


async def test_an_evening_that_ends_while_chat_is_away_is_told_of_the_gap(twitch: FakeTwitch) -> None:
    clock = SetClock()
    async with listening(twitch, clock=clock) as listener:
        await listener.is_up()
        await twitch.says("mira", "before")
        await until(lambda: listener.texts == ["before"])
        await twitch.faults.refuse_connections(True)
        await until(lambda: listener.state is LinkState.DOWN)
        clock.wrong_by_seconds += 300
        listener.chat.source.turn_over()
        await until(listener.taking.done)
        assert listener.story == ["before", "-"]
        assert listener.gaps[0].seconds >= 300


@pytest.mark.parametrize(("seconds", "words"), [(360, "6 min ahead of"), (-360, "6 min behind")])
async def test_with_a_clock_that_is_wrong_lines_are_told_by_it_and_the_operator_is_told(
    twitch: FakeTwitch, seconds: float, words: str
) -> None:
    clock = SetClock(seconds)
    async with listening(twitch, clock=clock) as listener:
        await listener.is_up()
        before = clock.now()
        await twitch.says("mira", "hello")
        await until(lambda: bool(listener.texts))
        assert before <= listener.events[-1].at <= clock.now()
        (note,) = listener.chat.notes
        assert note.startswith(f"This machine's clock is {words} Twitch's")
        assert listener.notes == [(note,)]
        assert listener.chat.source.skew_seconds == pytest.approx(seconds, abs=5)
        assert not listener.gaps


async def test_a_closed_intake_leaves_all_that_was_read_and_nothing_else(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        source = listener.chat.source
        source.turn_over()
        await until(lambda: listener.taking.done())
        bursting = asyncio.create_task(twitch.burst(2_000))
        await until(lambda: source.received > 500)
        await listener.chat.close_intake()
        read, listener.left = source.received, True
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "twitch chat"]
        source.turn_over()
        told = [event async for batch in source.batches() for event in batch]
        assert [event.text for event in told if isinstance(event, ChatMessage)] == [
            f"line {number}" for number in range(1, read + 1)
        ]
        await bursting
        await until(lambda: listener.running.done() and not twitch.sessions)
        assert source.received == read < 2_000
        await listener.chat.close_intake()
        await listener.chat.run()


async def test_a_storm_of_refused_tokens_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.unauthorized(12)
        await dies_and_heals(twitch, listener, twitch.faults.drop)


async def test_what_comes_before_chat_is_known_to_stand_is_told_after_the_gap(twitch: FakeTwitch) -> None:
    async with listening(twitch, timing=BRISK) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.slow(BRISK.connect / 2, 8)
        await twitch.faults.drop()
        await until(lambda: chat_is_subscribed(twitch))
        await twitch.says("mira", "early")
        assert listener.state is LinkState.DOWN
        await listener.is_up()
        await until(lambda: listener.story == ["-", "early"])


async def test_what_comes_though_the_answer_was_lost_is_not(twitch: FakeTwitch) -> None:
    async with listening(twitch, timing=BRISK) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.slow(BRISK.connect * 3, 8)
        await twitch.faults.drop()
        await until(lambda: chat_is_subscribed(twitch))
        await twitch.says("mira", "early")
        await listener.is_up()
        await until(lambda: listener.story == ["-", "early", "-"])


# What Twitch sends twice, or wrongly, or all at once


async def test_what_is_sent_twice_is_told_once(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        twitch.faults.duplicate(1)
        await twitch.says("mira", "one")
        twitch.faults.duplicate_new_envelope(1)
        await twitch.says("mira", "two")
        await twitch.says("mira", "three")
        await until(lambda: "three" in listener.texts)
        assert listener.story == ["one", "two", "three"]
        assert listener.chat.source.duplicates == 2


async def test_malformed_frames_never_stop_the_listener(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await twitch.says("mira", "before")
        await twitch.faults.malformed()
        await twitch.says("mira", "after")
        await until(lambda: "after" in listener.texts)
        assert listener.story == ["before", "after"]
        assert sum(listener.chat.source.skipped.values()) >= 4
        assert [link.state for link in listener.links] == [LinkState.UP]


async def test_a_huge_frame_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await dies_and_heals(twitch, listener, lambda: twitch.says("mira", "x" * 2_000_000))


async def test_five_thousand_at_once_are_all_told_in_order(twitch: FakeTwitch) -> None:
    async with listening(twitch, timing=Timing()) as listener:
        await listener.is_up()
        await twitch.burst(5_000)
        await until(lambda: len(listener.texts) >= 5_000)
        assert listener.texts == [f"line {number}" for number in range(1, 5_001)]
        assert not listener.gaps
