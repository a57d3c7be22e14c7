"""The channel's room as a source of chat events, and the bounded queue between the network and the rest."""

import asyncio
import logging
import random as randomness
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta

import aiohttp
from msgspec import structs

from sanctum_tui.chat import ChatEvent, ChatGap, ChatMessage, ChatNotice
from sanctum_tui.clock import Clock
from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.addresses import Addresses
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.frames import Malformed, Notification
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.supervisor import Supervisor
from sanctum_tui.twitch.topics import subscriptions
from sanctum_tui.twitch.translate import Skipped, translate
from sanctum_tui.twitch.values import Account, Link, Timing

log = logging.getLogger(__name__)

QUEUE_EVENTS = 10_000
"""Events that may wait before the reader of the socket waits too."""
BATCH_EVENTS = 500
"""Events handed out at once, so that whoever takes them gives the event loop its turn."""
_MOST_REASONS = 100
"""Reasons for a skip that are counted apart; they hold words from outside, and those have no end."""
_MOST_REASON = 120
_BELIEVABLE_AHEAD = timedelta(days=1)
"""How far ahead of our clock a moment may be. One that is further would hold back the time of all that follow."""


class TwitchSource:
    """What happened in the room, in order, each event once.

    `put` and `resume` take what the network brought, and never wait; `room` is where a reader waits.
    """

    def __init__(
        self, channel: Account, *, clock: Clock, message_ids: SeenIds, queue_events: int = QUEUE_EVENTS
    ) -> None:
        """`message_ids` are those of lines that are shown already, whoever showed them."""
        self.received = 0
        self.duplicates = 0
        self.skipped: Counter[str] = Counter()
        """How often something was of no use, by reason."""
        self.heard_at: datetime | None = None
        """When a connection that brings chat was last heard, by our clock."""
        self._channel = channel
        self._clock = clock
        self._message_ids = message_ids
        self._envelope_ids = SeenIds()
        self._notice_ids = SeenIds()
        self._queue_events = queue_events
        self._events: deque[ChatEvent] = deque()
        self._latest: datetime | None = None
        self._some = asyncio.Event()
        self._roomy = asyncio.Event()
        self._ended = False
        self._turned = False

    @property
    def channel(self) -> str:
        """Login of the channel whose room it is."""
        return self._channel.login

    async def batches(self) -> AsyncIterator[Sequence[ChatEvent]]:
        """What happened, as much at a time as there was, up to a bound.

        Ends when all before `end` is told; or at a `turn_over`, and then whoever asks next goes on from there.
        """
        while True:
            if self._turned:
                self._turned = False
                return
            if not self._events:
                if self._ended:
                    return
                self._some.clear()
                await self._some.wait()
                continue
            batch = [self._events.popleft() for _ in range(min(len(self._events), BATCH_EVENTS))]
            if len(self._events) < self._queue_events:
                self._roomy.set()
            yield batch
            await asyncio.sleep(0)

    def tell(self, event: ChatEvent) -> None:
        """Take in something that Twitch did not tell: the console itself was away."""
        self._append(structs.replace(event, at=self._at(event.at)))

    def turn_over(self) -> None:
        """Let the batches under way end: one evening is over, and the next takes what comes from now on."""
        self._turned = True
        self._some.set()

    def put(self, notification: Notification) -> None:
        """Take what EventSub told, unless it was told before, or tells nothing to us."""
        self.received += 1
        if not self._envelope_ids.first_time(notification.id):
            self.duplicates += 1
            return
        at = self._at(notification.at)
        told = translate(notification, at)
        if isinstance(told, Skipped):
            self._skip(f"{notification.type} {notification.version}: {told.why}")
            return
        for event in told.events:
            if self._is_new(event, told.notice_id):
                self._append(event)
            else:
                self.duplicates += 1

    def malformed(self, frame: Malformed) -> None:
        """Count a frame that nobody can use."""
        self._skip(f"malformed: {frame.why}")

    def heard(self) -> None:
        """The connection that brings chat works at this moment."""
        self.heard_at = self._clock.now()

    def resume(self, at: datetime | None) -> None:
        """Chat comes again, from a connection welcomed by Twitch at this moment; tell the gap, if any."""
        now = self._clock.now()
        if self.heard_at is not None:
            seconds = max(0.0, (now - self.heard_at).total_seconds())
            self._append(ChatGap(self._at(at), seconds))
        self.heard_at = now

    async def room(self) -> None:
        """Wait until the queue is shorter than its bound."""
        while len(self._events) >= self._queue_events and not self._ended:
            self._roomy.clear()
            await self._roomy.wait()

    def end(self) -> None:
        """The evening is over: nothing is taken from now on, and what was taken is still told."""
        self._ended = True
        self._some.set()
        self._roomy.set()

    def _append(self, event: ChatEvent) -> None:
        if not self._ended:
            self._latest = event.at
            self._events.append(event)
            self._some.set()

    def _at(self, told: datetime | None) -> datetime:
        """Twitch's time where it is known and can be, and never earlier than that of the event before."""
        now = self._clock.now()
        at = now if told is None or told - now > _BELIEVABLE_AHEAD else told
        return at if self._latest is None or at > self._latest else self._latest

    def _is_new(self, event: ChatEvent, notice_id: str) -> bool:
        match event:
            case ChatMessage(id=id):
                return self._message_ids.first_time(id)
            case ChatNotice():
                return self._notice_ids.first_time(notice_id)
            case _:
                return True

    def _skip(self, reason: str) -> None:
        known = shorten(one_line(reason), _MOST_REASON)
        if known not in self.skipped and len(self.skipped) >= _MOST_REASONS:
            known = "other reasons"
        if known not in self.skipped:
            log.info("skipped, and counted from now on: %s", known)
        self.skipped[known] += 1


class TwitchChat:
    """Reading a channel's chat: the source, and who keeps it alive. Its owner runs `run` as a task."""

    def __init__(
        self,
        api: Api,
        *,
        session: aiohttp.ClientSession,
        where: Addresses,
        channel: Account,
        reader: Account,
        clock: Clock,
        timing: Timing,
        message_ids: SeenIds,
        on_link: Callable[[Link], None],
        random: Callable[[], float] = randomness.random,
    ) -> None:
        """`session` stays the caller's, who closes it after `run` has ended; `reader` is whose token reads."""
        self.source = TwitchSource(channel, clock=clock, message_ids=message_ids)
        self._supervisor = Supervisor(
            api,
            self.source,
            session=session,
            where=where,
            subscriptions=subscriptions(channel, reader),
            by=reader.id,
            clock=clock,
            backoff=Backoff(timing, random),
            on_link=on_link,
        )

    @property
    def link(self) -> Link:
        """How the connection is doing."""
        return self._supervisor.link

    @property
    def notes(self) -> tuple[str, ...]:
        """What the console goes without, each as a sentence."""
        return self._supervisor.notes

    def retry_now(self) -> None:
        """The operator wishes to try at once, also where Twitch had refused."""
        self._supervisor.retry_now()

    async def run(self) -> None:
        """Read until cancelled; whatever happens, it does not end by itself."""
        await self._supervisor.run()

    def end(self) -> None:
        """End the source's batches, once all that was read is told."""
        self.source.end()
