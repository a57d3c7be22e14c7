"""What Twitch means is told and not retried; what it does not mean is tried again, in good time."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from typing import cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.clock import SystemClock
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, UnansweredError
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.source import TwitchSource
from sanctum_tui.twitch.supervisor import Supervisor
from sanctum_tui.twitch.topics import ESSENTIAL, subscriptions
from sanctum_tui.twitch.values import Account, LinkState, Timing
from tests.eventsub import (
    QUICK,
    READER,
    Doorkeeper,
    all_subscribed,
    dies_and_heals,
    door_of,
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


@pytest.mark.parametrize(
    "answer",
    [
        RefusedError("No.", status=401, words="Missing scope: user:read:chat"),
        RefusedError("No.", status=403, words="subscription missing proper authorization"),
    ],
)
async def test_chat_that_is_not_allowed_is_refused_and_says_what_to_do(
    twitch: FakeTwitch, answer: RefusedError
) -> None:
    async with listening(twitch, prepare=lambda door: door.answers[ESSENTIAL].append(answer)) as listener:
        await until(lambda: listener.state is LinkState.REFUSED)
        assert "sanctum-tui login" in listener.chat.link.why
        assert "user:read:chat" in listener.chat.link.why
        assert listener.door.asked.count(ESSENTIAL) == 1
        listener.chat.retry_now()
        await listener.is_up()


async def test_a_login_that_is_needed_is_refused_until_the_operator_tries_again(twitch: FakeTwitch) -> None:
    needed = LoginNeededError("Log in again with `sanctum-tui login`.")
    async with listening(twitch, prepare=lambda door: door.answers[ESSENTIAL].extend([needed] * 3)) as listener:
        await until(lambda: listener.state is LinkState.REFUSED)
        assert listener.chat.link.why == needed.sentence
        assert listener.chat.link.retry_at is None
        listener.links.clear()
        listener.chat.retry_now()
        await until(lambda: listener.state is LinkState.REFUSED and bool(listener.links))
        # Of its own accord it tried nothing in between.
        assert listener.door.asked.count(ESSENTIAL) == 3
        listener.chat.retry_now()
        await listener.is_up()


@pytest.mark.parametrize("status", ["authorization_revoked", "user_removed", "version_removed"])
async def test_a_revocation_that_is_meant_is_told_and_not_retried(twitch: FakeTwitch, status: str) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        calls = twitch.calls["POST /helix/eventsub/subscriptions"]
        await twitch.faults.revoke(ESSENTIAL, status)
        await until(lambda: listener.state is LinkState.REFUSED)
        assert listener.chat.link.retry_at is None
        assert twitch.calls["POST /helix/eventsub/subscriptions"] == calls
        assert "sanctum-tui login" in listener.chat.link.why


async def test_another_revocation_of_chat_is_subscribed_anew_and_marked(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await dies_and_heals(twitch, listener, lambda: twitch.faults.revoke(ESSENTIAL, "moderator_removed"))


async def test_a_lesser_revocation_is_told_once_and_chat_goes_on(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        await twitch.faults.revoke("channel.update", "version_removed")
        await until(lambda: bool(listener.chat.notes))
        (note,) = listener.chat.notes
        assert "title" in note
        await twitch.faults.revoke("channel.chat.clear", "moderator_removed")
        await until(lambda: listener.door.asked.count("channel.chat.clear") == 2)
        await twitch.says("mira", "still here")
        await until(lambda: listener.story == ["still here"])
        assert listener.chat.notes == (note,)
        assert listener.notes == [(note,)]


async def test_a_lesser_refusal_is_a_note_and_gone_when_it_is_allowed(
    twitch: FakeTwitch, caplog: pytest.LogCaptureFixture
) -> None:
    refused = RefusedError("No.", status=403, words="not for you")
    async with listening(
        twitch, prepare=lambda door: door.answers["stream.online"].extend([refused] * 2)
    ) as listener:
        await until(lambda: bool(listener.chat.notes))
        assert "not for you" in listener.chat.notes[0]
        await listener.is_up()
        for times in (2, 3):
            listener.links.clear()
            await twitch.faults.drop()
            await listener.healed()
            await until(lambda times=times: listener.door.asked.count("stream.online") >= times)  # type: ignore[misc]
        await until(lambda: not listener.chat.notes)
        assert [len(notes) for notes in listener.notes] == [1, 0]
        assert len([one for one in caplog.records if "not for you" in one.getMessage()]) == 1


async def test_what_is_subscribed_already_is_fine(twitch: FakeTwitch) -> None:
    exists = RefusedError("No.", status=409, words="subscription already exists")
    async with listening(twitch, prepare=lambda door: door.answers["stream.online"].append(exists)) as listener:
        await listener.is_up()
        await until(lambda: "stream.online" in listener.door.asked)
        assert listener.chat.notes == ()


async def test_too_many_calls_are_waited_for(twitch: FakeTwitch) -> None:
    limited = RateLimitedError("Slow down.", 0.3)
    async with listening(twitch, prepare=lambda door: door.answers[ESSENTIAL].append(limited)) as listener:
        await until(lambda: listener.state is LinkState.DOWN)
        asked = time.monotonic()
        await listener.is_up()
        assert time.monotonic() - asked > 0.2


async def test_what_nobody_foresaw_is_logged_with_its_trace_and_retried(
    twitch: FakeTwitch, caplog: pytest.LogCaptureFixture
) -> None:
    def prepare(door: Doorkeeper) -> None:
        door.answers[ESSENTIAL].extend([KeyError("x"), KeyError("x")])
        door.answers["stream.online"].append(KeyError("y"))

    async with listening(twitch, prepare=prepare) as listener:
        await listener.is_up()
        errors = [one for one in caplog.records if one.levelno >= logging.ERROR and "unforeseen" in one.getMessage()]
        assert len(errors) == 1
        assert errors[0].exc_info is not None


async def test_a_failure_is_logged_once_and_the_recovery_once(
    twitch: FakeTwitch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sanctum_tui")
    lost = UnansweredError("The answer was lost.")
    async with listening(twitch, prepare=lambda door: door.answers[ESSENTIAL].extend([lost] * 4)) as listener:
        await listener.is_up()
        told = [one.getMessage() for one in caplog.records]
        assert told == ["The answer was lost.", "chat is back"]
        assert all(one.exc_info is None for one in caplog.records)


async def test_the_operator_need_not_wait(twitch: FakeTwitch) -> None:
    slow = Timing(connect=0.4, retry_first=60.0, retry_most=60.0)
    async with listening(twitch, timing=slow) as listener:
        await listener.is_up()
        await twitch.faults.drop()
        await until(lambda: listener.chat.link.retry_at is not None)
        listener.chat.retry_now()
        await listener.is_up()


# How long it waits


@given(
    first=st.floats(0.01, 5.0),
    factor=st.floats(1.0, 100.0),
    failures=st.integers(0, 10_000),
    chance=st.floats(0.0, 1.0, exclude_max=True),
)
def test_a_wait_is_within_its_bounds_and_grows(first: float, factor: float, failures: int, chance: float) -> None:
    backoff = Backoff(Timing(retry_first=first, retry_most=first * factor), lambda: chance)
    seconds = backoff.seconds(failures)
    assert first / 2 <= seconds <= first * factor
    assert backoff.longest(failures) <= backoff.longest(failures + 1)
    assert backoff.longest(0) == first


async def test_waits_double_while_it_fails_and_begin_anew_once_it_stood(twitch: FakeTwitch) -> None:
    waits: list[float] = []

    async def pause(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    channel, clock = twitch.account("quietharbor"), SystemClock()
    source = TwitchSource(channel, clock=clock, message_ids=SeenIds())
    async with aiohttp.ClientSession() as session:
        supervisor = Supervisor(
            cast("Api", door_of(twitch, session, QUICK)),
            source,
            session=session,
            where=addresses(twitch.url),
            subscriptions=subscriptions(channel, channel),
            by=channel.id,
            clock=clock,
            backoff=Backoff(QUICK, lambda: 1.0),
            on_link=lambda link: None,
            on_notes=lambda: None,
            pause=pause,
        )
        await twitch.faults.refuse_connections(True)
        running = asyncio.create_task(supervisor.run())
        await until(lambda: len(waits) >= 5)
        assert waits[:5] == [0.02, 0.04, 0.08, 0.1, 0.1]
        await twitch.faults.refuse_connections(False)
        await until(lambda: supervisor.link.state is LinkState.UP)
        await keepalives(source, 1)
        waits.clear()
        await twitch.faults.drop()
        await until(lambda: bool(waits))
        assert waits[0] == 0.02
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_it_heals_within_thirty_seconds_of_the_network_coming_back() -> None:
    timing = Timing()
    assert timing.connect + timing.retry_most < 30.0
    assert timing.keepalive + timing.keepalive_grace + timing.retry_first < 30.0


def test_all_is_subscribed_in_the_version_that_is_read() -> None:
    asked = {one.type: one for one in subscriptions(Account("9", "channel", "Channel"), READER)}
    assert {type: one.version for type, one in asked.items() if one.version != "1"} == {"channel.update": "2"}
    assert asked[ESSENTIAL].condition == {"broadcaster_user_id": "9", "user_id": "1"}
    assert asked["stream.online"].condition == {"broadcaster_user_id": "9"}
    assert "channel.raid" not in asked
    assert len(asked) == 8
