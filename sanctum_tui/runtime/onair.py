"""A channel on Twitch as what an evening is played on; it outlives an evening, and the next one goes on with it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from sanctum_tui.agent.airing import OnAirNow, is_this_evening
from sanctum_tui.chat import ChatMessage, ChatSink, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.errors import SanctumError
from sanctum_tui.evening import LIVE_SOURCE, Session
from sanctum_tui.memory.engine import Memory
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings
from sanctum_tui.twitch.values import Link, LinkState, Timing

if TYPE_CHECKING:
    from sanctum_tui.twitch.access import Access, SignedIn
    from sanctum_tui.twitch.source import TwitchSource

log = logging.getLogger(__name__)

_CHECK_SECONDS = 3600.0
"""Twitch wants tokens validated once an hour."""

_MISSED_SECONDS = 5.0
"""A stream that began so short before the console is there has missed nothing worth a word."""

_FIRST_LOOK_SECONDS = 5.0
"""How long an evening waits at its start to learn whether the stream is live; longer, it begins without."""


class OnAir:
    """The `Origin` that is live. Made by `open`; `close` ends every connection."""

    def __init__(self, access: "Access", signed_in: "SignedIn", settings: Settings, clock: Clock) -> None:
        from sanctum_tui.twitch.limiter import Limiter
        from sanctum_tui.twitch.live import TwitchGate
        from sanctum_tui.twitch.seen import SeenIds
        from sanctum_tui.twitch.sink import TwitchSink
        from sanctum_tui.twitch.source import TwitchChat
        from sanctum_tui.twitch.studio import Studio

        self.clock = clock
        self.settings: Callable[[], Settings] = lambda: settings
        """Those in force, which the evening that goes on may change."""
        self.told: Callable[[], None] = lambda: None
        """Called when the connection or the stream changed."""
        self.access = access
        self.account = signed_in
        self.agent_login = signed_in.speaker.login
        self.session_source = LIVE_SOURCE
        self._message_ids = SeenIds()
        self._echo: Callable[[ChatMessage], Awaitable[None]] | None = None
        self.gate: TwitchGate = TwitchGate(
            signed_in.api,
            channel=signed_in.channel,
            by=signed_in.streamer.id,
            clock=clock,
            poll_seconds=lambda: self.settings().twitch_live_poll_seconds,
            open_offline=self._open_offline,
            changed=self._changed,
        )
        self.chat: TwitchChat = TwitchChat(
            signed_in.api,
            session=access.session,
            where=access.where,
            channel=signed_in.channel,
            reader=signed_in.streamer,
            clock=clock,
            timing=access.timing,
            message_ids=self._message_ids,
            on_link=self._linked,
        )
        self._sink: TwitchSink = TwitchSink(
            signed_in.api,
            channel=signed_in.channel,
            speaker=signed_in.speaker,
            shares_account=signed_in.speaker.id == signed_in.streamer.id,
            clock=clock,
            limiter=Limiter(clock, lambda: self.settings().twitch_messages_per_30_seconds),
            message_ids=self._message_ids,
            echo=self._take_in,
        )
        self.chat.on_notes = self._changed
        signed_in.tokens.on_trouble = lambda _: self._changed()
        signed_in.tokens.on_recovery = self._changed
        self.studio = Studio(signed_in.api, channel=signed_in.channel, by=signed_in.streamer)
        self.follows_another = False
        """The evening that goes on followed another one on the same connection."""
        self._begun = False
        """An evening has begun on it."""
        self._tasks: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()

    @classmethod
    async def open(
        cls, settings: Settings, paths: Paths, *, clock: Clock | None = None, timing: Timing | None = None
    ) -> "OnAir":
        """Sign in and begin to read chat.

        Raises LoginNeededError where nobody is logged in, UnreachableError where Twitch cannot be asked, and
        other SanctumErrors; nothing is left running then.
        """
        await asyncio.to_thread(_import_twitch)
        from sanctum_tui.twitch.access import opened

        clock = clock or SystemClock()
        stack = AsyncExitStack()
        try:
            access = await stack.enter_async_context(opened(settings, paths, clock, timing=timing or Timing()))
            on_air = cls(access, await access.sign_in(), settings, clock)
        except BaseException:
            await stack.aclose()
            raise
        on_air._stack = stack
        on_air._start()
        try:
            await on_air._first_look()
        except BaseException:
            await on_air.close()
            raise
        return on_air

    @property
    def channel(self) -> str:
        return self.account.channel.login

    @property
    def rehearsal(self) -> bool:
        """A stand-in on this machine answers instead of Twitch."""
        return self.access.where.rehearsal

    @property
    def notes(self) -> tuple[str, ...]:
        """What the console goes without at this moment, each as a sentence."""
        return tuple(filter(None, (*self.chat.notes, self.account.tokens.trouble)))

    @property
    def told_at_start(self) -> tuple[str, ...]:
        """What an operator should know of the login, each a sentence: permissions that are missing, and what for."""
        lacking = tuple(
            f"The permission {scope.name} was not given: {scope.why} `sanctum-tui login` asks for it."
            for _, scope in self.account.missing
        )
        return (*self.account.notes, *lacking)

    @property
    def title(self) -> str:
        stream = self.gate.stream
        return stream.title if stream is not None else self.channel

    @property
    def begins_at(self) -> datetime:
        """With the stream, where one is on; an evening that follows another one begins now."""
        stream, now = self.gate.stream, self.clock.now()
        return now if stream is None or self._begun else min(stream.started_at, now)

    @property
    def source(self) -> "TwitchSource":
        return self.chat.source

    @property
    def link(self) -> Link:
        return self.chat.link

    @property
    def air(self) -> OnAirNow:
        """The stream, as far as anybody knows, whatever the test mode says."""
        stream = self.gate.stream
        if stream is None:
            return OnAirNow(self.gate.on_air)
        return OnAirNow(self.gate.on_air, stream.id, stream.started_at)

    def now(self) -> datetime:
        return self.clock.now()

    def hearing(self) -> bool:
        return self.link.state is LinkState.UP

    def is_own(self, message: ChatMessage) -> bool:
        return self._sink.is_ours(message)

    def went(self, event: StreamWentOnline | StreamWentOffline) -> None:
        self.gate.went(event)

    def sink(self, echo: Callable[[ChatMessage], Awaitable[None]]) -> ChatSink:
        self._echo = echo
        return self._sink

    async def goes_on_with(self, session: Session, memory: Memory) -> bool:
        airings = await memory.evenings.airings(session.id)
        stopped_at = session.clock_at or session.started_at
        return is_this_evening(airings, self.air, stopped_at, self.clock.now())

    def begin(self, session: Session) -> None:
        """What was said in the stream before the console was there is missing."""
        self.follows_another = self._begun
        missed = (self.clock.now() - session.started_at).total_seconds() >= _MISSED_SECONDS
        self.source.begin(session.started_at if missed and not self._begun else None)
        self._begun = True

    def go_on(self, session: Session, stopped_at: datetime) -> None:
        """What was said while the console was away is missing."""
        self._begun = True
        # When its clock stopped, and not when an operator last did something: chat may have been away by then.
        self.source.begin(session.clock_at or stopped_at)

    def keep_to_real_time(self, keep: bool) -> None:
        """Nothing to do: Twitch is never faster, and waits for nobody."""

    def stop(self) -> None:
        self.source.turn_over()

    def end(self) -> None:
        """Nothing to do: Twitch goes on, and another evening may begin."""

    async def close_intake(self) -> None:
        """Read no more: what was read is still handed out, and what comes later is the next start's gap."""
        await self.chat.close_intake()

    def retry_now(self) -> None:
        """The operator does not want to wait for the next attempt."""
        self.chat.retry_now()
        self.gate.look_again()

    async def close(self) -> None:
        """End every connection."""
        self.told = lambda: None
        await self.close_intake()
        self.chat.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    def _start(self) -> None:
        for name, running in (
            ("reading chat", self.chat.run()),
            ("asking whether the stream is live", self.gate.run()),
            ("checking the tokens", self._check_tokens()),
        ):
            task = asyncio.create_task(running, name=name)
            task.add_done_callback(_ended)
            self._tasks.append(task)

    async def _first_look(self) -> None:
        """Wait a little for the gate, so that a session begins with the stream where one is on."""
        try:
            async with asyncio.timeout(_FIRST_LOOK_SECONDS):
                await self.gate.first_answer()
        except TimeoutError:
            log.info("it is not known yet whether the stream is live; the evening begins without")

    async def _check_tokens(self) -> None:
        while True:
            await self.clock.sleep(_CHECK_SECONDS)
            try:
                await self.account.tokens.check()
            except SanctumError as error:
                log.warning("%s", error.sentence)

    async def _take_in(self, message: ChatMessage) -> None:
        if self._echo is not None:
            await self._echo(message)

    def _open_offline(self) -> str:
        settings = self.settings()
        if settings.twitch_offline_chat_test_mode:
            return "offline test mode is on"
        return "" if settings.twitch_require_live_stream else "TWITCH_REQUIRE_LIVE_STREAM is off"

    def _linked(self, link: Link) -> None:
        if link.state is LinkState.UP:
            # While it was away the stream may have ended, or begun.
            self.gate.look_again()
        self._changed()

    def _changed(self) -> None:
        self.told()


def _ended(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("%s stopped in an unforeseen way", task.get_name(), exc_info=error)


def _import_twitch() -> None:
    """For a thread: TwitchIO takes a third of a second to import, which the screen shall not wait for."""
    for part in ("helix", "access", "limiter", "live", "sink", "source", "studio"):
        import_module(f"sanctum_tui.twitch.{part}")
