"""A chat log as what an evening is played on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from sanctum_tui.chat import ChatMessage, ChatSink, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import ReplayClock
from sanctum_tui.evening import Session
from sanctum_tui.memory.engine import Memory
from sanctum_tui.replay.formats import ChatLog, open_log
from sanctum_tui.replay.player import Player
from sanctum_tui.replay.sink import ReplaySink
from sanctum_tui.runtime.places import channel_of
from sanctum_tui.runtime.plan import Plan

AGENT_LOGIN = "chronicler"
"""The agent's login in a replayed room, where no bot account is set."""


class Replayed:
    """The `Origin` that plays a log: what is posted stays on the screen and in the ledger."""

    def __init__(self, plan: Plan, log: ChatLog, agent_login: str) -> None:
        self.log = log
        self.channel = log.channel or channel_of(plan.log)
        self.title = log.title or plan.log.name
        self.session_source = f"replay:{log.fingerprint}:{plan.start_at.total_seconds():g}"
        self.agent_login = agent_login or AGENT_LOGIN
        self.player = Player(log, channel=self.channel, name=plan.log.name, start_at=plan.start_at)
        self.player.set_speed(plan.speed)
        self.begins_at = self.player.clock.now()
        self._plan = plan

    @classmethod
    async def open(cls, plan: Plan, agent_login: str) -> "Replayed":
        """Raises BadInputError where the log cannot be read, or holds nothing that could be played."""
        return cls(plan, await asyncio.to_thread(open_log, plan.log, pace=plan.pace), agent_login)

    @property
    def clock(self) -> ReplayClock:
        return self.player.clock

    @property
    def source(self) -> Player:
        return self.player

    @property
    def gate(self) -> Player:
        return self.player

    def now(self) -> datetime:
        self.player.catch_up()
        return self.clock.now()

    def hearing(self) -> bool:
        return True

    def is_own(self, message: ChatMessage) -> bool:
        return True

    def went(self, event: StreamWentOnline | StreamWentOffline) -> None:
        self.player.went(event)

    def sink(self, echo: Callable[[ChatMessage], Awaitable[None]]) -> ChatSink:
        return ReplaySink(self.clock, login=self.agent_login, name="Chronicler", echo=echo)

    async def goes_on_with(self, session: Session, memory: Memory) -> bool:
        return True

    def begin(self, session: Session) -> None:
        """Nothing to do: it plays from its beginning."""

    def go_on(self, session: Session, stopped_at: datetime) -> None:
        self.player = Player(
            self.log,
            channel=self.channel,
            start_at=self._plan.start_at,
            skip=session.position,
            resume_at=stopped_at,
        )
        self.player.set_speed(self._plan.speed)

    def keep_to_real_time(self, keep: bool) -> None:
        self.player.slow(keep)

    def stop(self) -> None:
        self.player.end()

    def end(self) -> None:
        self.player.end()
