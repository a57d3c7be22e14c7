"""Reading the fake Twitch's chat, for the tests: a console's ears, patience in hundredths, and who waits for what."""

import asyncio
import time
import warnings
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

import aiohttp

from sanctum_tui.chat import ChatEvent, ChatGap, ChatMessage
from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.source import TwitchChat, TwitchSource
from sanctum_tui.twitch.topics import ESSENTIAL
from sanctum_tui.twitch.values import Account, Link, LinkState, Subscription, Timing
from tests.fake_twitch import FakeTwitch

QUICK = Timing(
    connect=0.4, answer=2.0, keepalive=10.0, keepalive_grace=0.15, retry_first=0.02, retry_most=0.1, handover=0.5
)
"""Patience in hundredths of what it is in earnest; the fake says more often that it is there."""
BRISK = replace(QUICK, connect=0.2)
"""Where a test waits for a connection that is never welcomed."""
PATIENCE_SECONDS = 8.0
KEEPALIVE = 0.4
"""Seconds of silence that the fake promises not to exceed."""

READER = Account("1", "reader", "Reader")


class SetClock(SystemClock):
    """Wall time, and what somebody has set it wrong by."""

    def __init__(self, wrong_by_seconds: float = 0.0) -> None:
        self.wrong_by_seconds = wrong_by_seconds

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.wrong_by_seconds)


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
    notes: list[tuple[str, ...]] = field(default_factory=list)
    """As they were told, each time they were."""
    left: bool = False
    """It was told to read no more."""
    taking: "asyncio.Task[None]" = field(init=False)
    running: "asyncio.Task[None]" = field(init=False)

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
    twitch: FakeTwitch,
    *,
    timing: Timing = QUICK,
    prepare: Callable[[Doorkeeper], None] | None = None,
    clock: Clock | None = None,
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
            clock=clock or SystemClock(),
            timing=timing,
            message_ids=SeenIds(),
            on_link=links.append,
        )
        listener = Listener(chat, door, links=links)
        chat.on_notes = lambda: listener.notes.append(chat.notes)

        async def take() -> None:
            async for batch in chat.source.batches():
                listener.events.extend(batch)

        listener.taking = taking = asyncio.create_task(take())
        listener.running = running = asyncio.create_task(chat.run())
        try:
            yield listener
        finally:
            assert not running.done() or listener.left, "the listener died"
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            chat.end()
            await taking
    ours = {task for task in asyncio.all_tasks() - others if task.get_name() == "twitch chat"}
    assert not ours


@asynccontextmanager
async def fake_twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch(channel="quietharbor", keepalive_seconds=KEEPALIVE) as fake:
        yield fake


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
