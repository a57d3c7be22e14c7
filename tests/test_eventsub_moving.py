"""Moving to another connection, as Twitch asks at times: nothing is lost, and nothing is told in the wrong order."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import SystemClock
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.connection import Connection, ConnectionEndedError
from sanctum_tui.twitch.frames import Frame, Keepalive, Notification, Reconnect
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.reading import Reading
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.source import TwitchSource
from sanctum_tui.twitch.topics import ESSENTIAL, subscriptions
from sanctum_tui.twitch.values import LinkState, Subscription
from tests.eventsub import (
    BRISK,
    QUICK,
    READER,
    fake_twitch,
    listening,
    until,
)
from tests.fake_twitch import FakeTwitch


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with fake_twitch() as fake:
        yield fake


async def test_a_clean_reconnect_loses_nothing_and_is_no_gap(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        expected = []
        for number in range(60):
            if number == 20:
                await twitch.faults.reconnect()
            await twitch.says("mira", f"line {number}")
            expected.append(f"line {number}")
            if number % 5 == 0:
                await asyncio.sleep(0.005)
        await until(lambda: len(listener.texts) >= 60)
        assert listener.story == expected
        assert [link.state for link in listener.links] == [LinkState.UP]


async def test_a_dead_reconnect_url_does_no_harm_and_heals_when_the_old_connection_ends(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await twitch.faults.reconnect_dead()
        await twitch.says("mira", "still here")
        await until(lambda: listener.story == ["still here"])
        await twitch.faults.close(4004)
        await listener.healed()
        await twitch.says("mira", "after")
        await until(lambda: listener.story == ["still here", "-", "after"])


async def test_a_reconnect_without_a_welcome_on_the_new_connection_does_no_harm(
    twitch: FakeTwitch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sanctum_tui")
    async with listening(twitch, timing=BRISK) as listener:
        await listener.is_up()
        twitch.faults.no_welcome(1)
        await twitch.faults.reconnect()
        await until(lambda: "the old one goes on" in caplog.text)
        await twitch.says("mira", "still here")
        await until(lambda: listener.story == ["still here"])


async def test_a_connection_cut_while_another_takes_over_marks_the_gap_and_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch, timing=BRISK) as listener:
        await listener.is_up()
        twitch.faults.no_welcome(1)
        await twitch.faults.reconnect()
        await twitch.faults.drop()
        await listener.healed()
        await twitch.says("mira", "after")
        await until(lambda: listener.story == ["-", "after"])


class Scripted:
    """A connection that brings what it is given."""

    def __init__(self, name: str) -> None:
        self.session_id = name
        self.welcomed_at: datetime | None = None
        self.frames_read = 0
        self.closed = False
        self.brings: asyncio.Queue[Frame | ConnectionEndedError] = asyncio.Queue()

    def says(self, text: str) -> None:
        event = {"message_id": text, "chatter_user_login": "mira", "message": {"text": text}}
        self.brings.put_nowait(Notification(text, ESSENTIAL, "1", None, event))

    async def frame(self) -> Frame:
        brought = await self.brings.get()
        if isinstance(brought, ConnectionEndedError):
            raise brought
        self.frames_read += 1
        return brought

    async def close(self) -> None:
        self.closed = True


class Subscribed:
    """An API that subscribes to everything."""

    async def subscribe(self, subscription: Subscription, session_id: str, *, by: str) -> str:
        return session_id


@dataclass
class Moving:
    """A reading whose next connection is welcomed, or not, when the test says so."""

    source: TwitchSource
    old: Scripted
    new: "asyncio.Future[Scripted]"
    running: "asyncio.Task[None]"

    async def story(self) -> list[str]:
        self.source.end()
        told = [event async for batch in self.source.batches() for event in batch]
        return [event.text if isinstance(event, ChatMessage) else "-" for event in told]


@pytest.fixture
async def moving() -> AsyncIterator[Moving]:
    """The old connection has brought a line, and has asked to move on."""
    old, standing = Scripted("old"), asyncio.Event()
    old.welcomed_at = datetime.now(UTC) - timedelta(seconds=80)
    new: asyncio.Future[Scripted] = asyncio.get_running_loop().create_future()
    source = TwitchSource(READER, clock=SystemClock(), message_ids=SeenIds())

    async def open(url: str) -> Connection:
        return cast("Connection", old if url == "first" else await new)

    class Nothing:
        def miss(self, type: str, sentence: str) -> None: ...

        def found(self, type: str) -> None: ...

    reading = Reading(
        cast("Api", Subscribed()),
        source,
        Nothing(),
        open=open,
        subscriptions=subscriptions(READER, READER),
        by=READER.id,
        backoff=Backoff(QUICK, lambda: 0.0),
        pause=asyncio.sleep,
        on_standing=standing.set,
    )
    running = asyncio.create_task(reading.run("first"))
    await standing.wait()
    old.says("one")
    old.brings.put_nowait(Reconnect("second"))
    await until(lambda: old.frames_read == 2)
    yield Moving(source, old, new, running)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert old.closed
    assert new.cancelled() or not new.done() or new.exception() is not None or new.result().closed


async def test_the_last_lines_of_the_old_connection_come_first(moving: Moving) -> None:
    new = Scripted("new")
    for number in range(3):
        new.says(f"new {number}")
    moving.new.set_result(new)
    for _ in range(5):
        await asyncio.sleep(0)
    moving.old.says("two")
    moving.old.says("three")
    await until(lambda: new.frames_read == 3)
    assert await moving.story() == ["one", "two", "three", "new 0", "new 1", "new 2"]


@pytest.mark.parametrize(
    ("code", "story"), [(4004, ["one", "two"]), (1000, ["one", "two"]), (0, ["one", "-", "two"])]
)
async def test_an_old_connection_that_ends_before_the_new_one_is_welcomed(
    moving: Moving, code: int, story: list[str]
) -> None:
    """Where the server closed it in good order nothing is missing; where it was cut off, perhaps."""
    moving.old.brings.put_nowait(ConnectionEndedError("it ended", code))
    await until(lambda: moving.old.closed)
    new = Scripted("new")
    new.says("two")
    moving.new.set_result(new)
    await until(lambda: new.frames_read == 1)
    assert not moving.running.done()
    assert await moving.story() == story


async def test_where_both_connections_fail_reading_ends(moving: Moving) -> None:
    moving.old.brings.put_nowait(ConnectionEndedError("the old one ended"))
    await until(lambda: moving.old.closed)
    moving.new.set_exception(ConnectionEndedError("the new one was not made"))
    with pytest.raises(ConnectionEndedError, match="the old one"):
        await moving.running


async def test_whatever_twitch_sends_tells_the_time_there(moving: Moving) -> None:
    def ago(seconds: float) -> datetime:
        return datetime.now(UTC) - timedelta(seconds=seconds)

    async def is_ahead_by(seconds: float) -> None:
        await until(lambda: moving.source.skew_seconds == pytest.approx(seconds, abs=5))

    await is_ahead_by(80)
    moving.old.brings.put_nowait(Keepalive(ago(60)))
    await is_ahead_by(60)
    moving.old.brings.put_nowait(Notification("e", ESSENTIAL, "1", ago(40), {}))
    await is_ahead_by(40)
    new = Scripted("new")
    new.welcomed_at = ago(20)
    moving.new.set_result(new)
    await is_ahead_by(20)
