"""The channel's room as a source of chat events, and the one who keeps it read."""

import asyncio
import logging
import random as randomness
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import aiohttp

from sanctum_tui.chat import ChatEvent, ChatGap, ChatMessage, ChatNotice
from sanctum_tui.clock import Clock
from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.addresses import Addresses
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.frames import Malformed, Notification
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.skew import Skew
from sanctum_tui.twitch.supervisor import Supervisor
from sanctum_tui.twitch.topics import subscriptions
from sanctum_tui.twitch.translate import Skipped, translate
from sanctum_tui.twitch.turns import Turns
from sanctum_tui.twitch.values import Account, Link, Timing

log = logging.getLogger(__name__)

QUEUE_EVENTS = 10_000
"""Events that may wait before the reader of the socket waits too."""
_MOST_REASONS = 100
"""Reasons for a skip that are counted apart; they hold words from outside, and those have no end."""
_MOST_REASON = 120
_MOMENT_SECONDS = 5.0
"""Where nothing was cut off, a shorter wait is no gap: as much passes between two lines of a lively room."""


class TwitchSource:
    """What happened in the room, in order, each event once, at the time of our clock at which it came in.

    Our time and not Twitch's: whoever asks how long ago something was compares it with our clock, and one of the
    two may be wrong by minutes.

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
        """When a connection that brings chat was last heard."""
        self.on_skew: Callable[[], None] = lambda: None
        """Called when `skew_note` has become another one."""
        self._channel = channel
        self._clock = clock
        self._message_ids = message_ids
        self._envelope_ids = SeenIds()
        self._notice_ids = SeenIds()
        self._queue = Turns(queue_events)
        self._latest: datetime | None = None
        self._known_until = clock.now()
        """Nothing is missing up to here."""
        self._stands = False
        self._fresh = True
        """Nothing was heard yet, and nothing is known to be missing."""
        self._skew = Skew()

    @property
    def channel(self) -> str:
        """Login of the channel whose room it is."""
        return self._channel.login

    @property
    def skew_seconds(self) -> float | None:
        """How far our clock is ahead of Twitch's, or, below zero, behind it; None before Twitch said the time."""
        return self._skew.seconds

    @property
    def skew_note(self) -> str:
        """What the operator should know of our clock, as a sentence; empty while it is right enough."""
        return self._skew.note

    def begin(self, missing_since: datetime | None = None) -> None:
        """An evening begins, or goes on: what comes from now on is its own. A `turn_over` from before is forgotten.

        Where it knows of nothing that was said since some moment, the gap is told, at once where chat is there,
        else when it comes.
        """
        self._queue.begin()
        if missing_since is None:
            return
        self._known_until, self._fresh = missing_since, False
        if self._stands:
            self._tell_gap()

    def batches(self) -> AsyncIterator[Sequence[ChatEvent]]:
        """What happened, as much at a time as there was, up to a bound.

        Ends when all before `end` is told, or all before a `turn_over`; whoever asks next goes on from there.
        """
        return self._queue.batches()

    def turn_over(self) -> None:
        """End the evening that has begun with what is there by now, and with the gap where chat is away just then.

        Once or more often: no other evening ends by it.
        """
        if not (self._stands or self._queue.over):
            self._tell_more_than_a_moment()
        self._queue.end_turn()

    def put(self, notification: Notification) -> None:
        """Take what EventSub told, unless it was told before, or tells nothing to us."""
        self.received += 1
        if not self._envelope_ids.first_time(notification.id):
            self.duplicates += 1
            return
        told = translate(notification, self._at())
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
        self.heard_at = self._known_until = self._clock.now()

    def clocked(self, sent_at: datetime | None) -> None:
        """Something is here now that Twitch sent at this moment, by its clock."""
        if sent_at is None:
            return
        before = self._skew.note
        if self._skew.compare(sent_at, self._clock.now()):
            if self._skew.note and not before:
                log.warning("%s", self._skew.note)
            elif before and not self._skew.note:
                log.info("this machine's clock agrees with Twitch's again")
            self.on_skew()

    def resume(self) -> None:
        """Chat comes again, or for the first time; tell the gap, if any."""
        if self._fresh:
            self._tell_more_than_a_moment()
        else:
            self._tell_gap()
        self._stands, self._fresh = True, False
        self.heard()

    def lost(self) -> None:
        """Chat comes no more, since it was last heard."""
        self._stands = False

    async def room(self) -> None:
        """Wait until the queue is shorter than its bound."""
        await self._queue.room()

    def end(self) -> None:
        """The evening is over: nothing is taken from now on, and what was taken is still told."""
        self._queue.end()

    def _append(self, event: ChatEvent) -> None:
        self._latest = event.at
        self._queue.put(event)

    def _at(self) -> datetime:
        """Now, and never earlier than the event before, where the clock was set back."""
        now = self._clock.now()
        return now if self._latest is None or now > self._latest else self._latest

    def _tell_gap(self) -> None:
        now = self._clock.now()
        self._append(ChatGap(self._at(), max(0.0, (now - self._known_until).total_seconds())))
        self._known_until = now

    def _tell_more_than_a_moment(self) -> None:
        if (self._clock.now() - self._known_until).total_seconds() >= _MOMENT_SECONDS:
            self._tell_gap()

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
        self.on_notes: Callable[[], None] = lambda: None
        """Called when `notes` have become others."""
        self.source = TwitchSource(channel, clock=clock, message_ids=message_ids)
        self.source.on_skew = self._noted
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
            on_notes=self._noted,
        )
        self._reading: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def link(self) -> Link:
        """How the connection is doing."""
        return self._supervisor.link

    @property
    def notes(self) -> tuple[str, ...]:
        """What the console goes without, and what is wrong with our clock, each as a sentence."""
        skew = self.source.skew_note
        return (*self._supervisor.notes, skew) if skew else self._supervisor.notes

    def retry_now(self) -> None:
        """The operator wishes to try at once, also where Twitch had refused."""
        self._supervisor.retry_now()

    async def run(self) -> None:
        """Read until cancelled, or until the intake is closed; whatever else happens, it does not end by itself."""
        if self._closed:
            return
        reading = self._reading = asyncio.create_task(self._supervisor.run(), name="twitch chat")
        try:
            await asyncio.wait({reading})
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if not reading.cancelled():
            reading.result()

    async def close_intake(self) -> None:
        """Read no more, for good: when this returns, the connection is closed, and nothing comes into the source.

        What was read is still in it. So whoever leaves closes the intake first, and then turns the evening over.
        """
        self._closed = True
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})

    def end(self) -> None:
        """End the source's batches, once all that was read is told."""
        self.source.end()

    def _noted(self) -> None:
        try:
            self.on_notes()
        except Exception:
            log.exception("whoever was told of the notes on chat failed")
