"""Reading chat over real sockets: every way a connection can die heals, and what is missing is marked."""

import asyncio
import logging
import time
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.chat import ChatEvent, ChatGap, ChatMessage, ChatNotice, MessageDeleted
from sanctum_tui.clock import SystemClock
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.connection import Connection, ConnectionEndedError
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, UnansweredError
from sanctum_tui.twitch.frames import Frame, Notification, Reconnect
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.reading import Reading
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.source import TwitchChat, TwitchSource
from sanctum_tui.twitch.supervisor import Supervisor
from sanctum_tui.twitch.topics import ESSENTIAL, subscriptions
from sanctum_tui.twitch.values import Account, Link, LinkState, Subscription, Timing
from tests.fake_twitch import FakeTwitch

QUICK = Timing(
    connect=0.4, answer=2.0, keepalive=10.0, keepalive_grace=0.15, retry_first=0.02, retry_most=0.1, handover=0.5
)
"""Patience in hundredths of what it is in earnest; the fake says more often that it is there."""
PATIENCE_SECONDS = 8.0
KEEPALIVE = 0.4
"""Seconds of silence that the fake promises not to exceed."""

READER = Account("1", "reader", "Reader")


class Tokens:
    """Always the same good token."""

    def __init__(self, token: Secret) -> None:
        self._token = token

    async def access(self, user_id: str) -> str:
        return self._token.reveal()

    async def renewed(self, user_id: str, refused: str) -> str:
        return self._token.reveal()


class Doorkeeper:
    """The API, with answers of its own to some subscriptions first."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self.answers: dict[str, list[Exception]] = defaultdict(list)
        self.asked: list[str] = []

    async def subscribe(self, subscription: Subscription, session_id: str, *, by: str) -> str:
        self.asked.append(subscription.type)
        if self.answers[subscription.type]:
            raise self.answers[subscription.type].pop(0)
        return await self._api.subscribe(subscription, session_id, by=by)


@dataclass
class Listener:
    """A console that reads the fake's chat."""

    chat: TwitchChat
    door: Doorkeeper
    events: list[ChatEvent] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    @property
    def state(self) -> LinkState:
        return self.chat.link.state

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, ChatMessage)]

    @property
    def gaps(self) -> list[ChatGap]:
        return [event for event in self.events if isinstance(event, ChatGap)]

    @property
    def story(self) -> list[str]:
        """Lines as they are, gaps as ``-``."""
        kinds = (event for event in self.events if isinstance(event, ChatMessage | ChatGap))
        return [event.text if isinstance(event, ChatMessage) else "-" for event in kinds]

    async def is_up(self) -> None:
        await until(lambda: self.state is LinkState.UP)

    async def healed(self) -> None:
        """It was away, and is back."""
        await until(lambda: any(link.state is LinkState.DOWN for link in self.links))
        await self.is_up()


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not come to be in time"
        await asyncio.sleep(0.005)


def door_of(twitch: FakeTwitch, session: aiohttp.ClientSession, timing: Timing) -> Doorkeeper:
    with warnings.catch_warnings():
        # TwitchIO's own web adapter, which nobody uses, warns where it is imported.
        warnings.simplefilter("ignore", DeprecationWarning)
        from sanctum_tui.twitch.helix import Helix
    tokens = Tokens(twitch.grant("quietharbor").access)
    where = addresses(twitch.url)
    return Doorkeeper(Helix(session, client_id=twitch.client_id, where=where, tokens=tokens, timing=timing))


@asynccontextmanager
async def listening(
    twitch: FakeTwitch, *, timing: Timing = QUICK, prepare: Callable[[Doorkeeper], None] | None = None
) -> AsyncIterator[Listener]:
    """A console on the fake; at the end no task and no socket of it is left."""
    others = asyncio.all_tasks()
    channel = twitch.account("quietharbor")
    async with aiohttp.ClientSession() as session:
        where = addresses(twitch.url)
        door = door_of(twitch, session, timing)
        if prepare is not None:
            prepare(door)
        links: list[Link] = []
        chat = TwitchChat(
            cast("Api", door),
            session=session,
            where=where,
            channel=channel,
            reader=channel,
            clock=SystemClock(),
            timing=timing,
            message_ids=SeenIds(),
            on_link=links.append,
        )
        listener = Listener(chat, door, links=links)

        async def take() -> None:
            async for batch in chat.source.batches():
                listener.events.extend(batch)

        taking, running = asyncio.create_task(take()), asyncio.create_task(chat.run())
        try:
            yield listener
        finally:
            assert not running.done(), "the listener died"
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            chat.end()
            await taking
    ours = {task for task in asyncio.all_tasks() - others if task.get_name() == "twitch chat"}
    assert not ours


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch(channel="quietharbor", keepalive_seconds=KEEPALIVE) as fake:
        yield fake


# Every way to die, and how it heals


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


async def keepalives(source: TwitchSource, times: int) -> None:
    """The connection is heard so many times more."""
    for _ in range(times):
        before = source.heard_at
        await until(lambda before=before: source.heard_at != before)  # type: ignore[misc]


def chat_is_subscribed(twitch: FakeTwitch) -> bool:
    """Twitch tells of chat, whatever the console knows of it."""
    return any(sub.type == ESSENTIAL for one in twitch.sessions if not one.over for sub in one.subs.values())


async def all_subscribed(twitch: FakeTwitch, listener: Listener) -> None:
    """Lesser subscriptions stand too: chat does not wait for them."""
    await until(lambda: twitch.calls["POST /helix/eventsub/subscriptions"] >= 8)


async def dies_and_heals(twitch: FakeTwitch, listener: Listener, die: Callable[[], object]) -> None:
    """Say something, die, say something: both are told, and the gap between them."""
    await listener.is_up()
    await twitch.says("mira", "before")
    await until(lambda: listener.texts == ["before"])
    result = die()
    if asyncio.iscoroutine(result):
        await result
    await listener.healed()
    await twitch.says("mira", "after")
    await until(lambda: "after" in listener.texts)
    assert listener.story == ["before", "-", "after"]
    assert listener.gaps[0].seconds >= 0


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
    async with listening(twitch) as listener:
        await listener.is_up()
        twitch.faults.no_welcome(2)
        await dies_and_heals(twitch, listener, twitch.faults.drop)
        assert listener.gaps[0].seconds > 2 * QUICK.connect


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
        await keepalives(listener.chat.source, 2)
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


async def test_a_network_that_is_away_at_the_start_heals_and_is_no_gap(twitch: FakeTwitch) -> None:
    await twitch.faults.refuse_connections(True)
    async with listening(twitch) as listener:
        await until(lambda: listener.state is LinkState.DOWN)
        assert "is the network up?" in listener.chat.link.why
        await twitch.faults.refuse_connections(False)
        await listener.is_up()
        await twitch.says("mira", "hello")
        await until(lambda: listener.story == ["hello"])


async def test_a_storm_of_refused_tokens_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.unauthorized(12)
        await dies_and_heals(twitch, listener, twitch.faults.drop)


async def test_what_comes_before_chat_is_known_to_stand_is_told_after_the_gap(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.slow(QUICK.connect / 2, 8)
        await twitch.faults.drop()
        await until(lambda: chat_is_subscribed(twitch))
        await twitch.says("mira", "early")
        assert listener.state is LinkState.DOWN
        await listener.is_up()
        await until(lambda: listener.story == ["-", "early"])


async def test_what_comes_though_the_answer_was_lost_is_not(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        await all_subscribed(twitch, listener)
        twitch.faults.slow(QUICK.connect * 4, 8)
        await twitch.faults.drop()
        await until(lambda: chat_is_subscribed(twitch))
        await twitch.says("mira", "early")
        await listener.is_up()
        await until(lambda: listener.story == ["-", "early", "-"])


# Moving to another connection


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


async def test_a_reconnect_without_a_welcome_on_the_new_connection_does_no_harm(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
        await listener.is_up()
        twitch.faults.no_welcome(1)
        await twitch.faults.reconnect()
        await asyncio.sleep(QUICK.connect * 1.5)
        await twitch.says("mira", "still here")
        await until(lambda: listener.story == ["still here"])


async def test_a_connection_cut_while_another_takes_over_marks_the_gap_and_heals(twitch: FakeTwitch) -> None:
    async with listening(twitch) as listener:
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


# What Twitch means


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
        asked = len(listener.door.asked)
        await asyncio.sleep(5 * QUICK.retry_most)
        assert len(listener.door.asked) == asked
        listener.chat.retry_now()
        await until(lambda: len(listener.door.asked) > asked)
        await until(lambda: listener.state is LinkState.REFUSED)
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
        await asyncio.sleep(3 * QUICK.retry_most)
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


async def test_a_lesser_refusal_is_a_note_and_gone_when_it_is_allowed(
    twitch: FakeTwitch, caplog: pytest.LogCaptureFixture
) -> None:
    refused = RefusedError("No.", status=403, words="not for you")
    async with listening(
        twitch, prepare=lambda door: door.answers["stream.online"].extend([refused] * 2)
    ) as listener:
        await until(lambda: bool(listener.chat.notes))
        assert "not for you" in listener.chat.notes[0]
        for _ in range(2):
            listener.links.clear()
            await twitch.faults.drop()
            await listener.healed()
        await until(lambda: not listener.chat.notes)
        assert len([one for one in caplog.records if "not for you" in one.getMessage()]) == 1


async def test_what_is_subscribed_already_is_fine(twitch: FakeTwitch) -> None:
    exists = RefusedError("No.", status=409, words="subscription already exists")
    async with listening(twitch, prepare=lambda door: door.answers["stream.online"].append(exists)) as listener:
        await listener.is_up()
        await until(lambda: "stream.online" in listener.door.asked)
        assert listener.chat.notes == ()


async def test_too_many_calls_are_waited_for(twitch: FakeTwitch) -> None:
    limited = RateLimitedError("Slow down.", 0.5)
    async with listening(twitch, prepare=lambda door: door.answers[ESSENTIAL].append(limited)) as listener:
        await until(lambda: listener.state is LinkState.DOWN)
        asked = time.monotonic()
        await listener.is_up()
        assert time.monotonic() - asked > 0.4


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
            pause=pause,
        )
        await twitch.faults.refuse_connections(True)
        running = asyncio.create_task(supervisor.run())
        await until(lambda: len(waits) >= 5)
        assert waits[:5] == [0.02, 0.04, 0.08, 0.1, 0.1]
        await twitch.faults.refuse_connections(False)
        await until(lambda: supervisor.link.state is LinkState.UP)
        await keepalives(source, 2)
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
