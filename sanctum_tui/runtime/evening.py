"""An evening: its parts built, its session begun or restored, lived through, and closed."""

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from sanctum_tui import settings as choices
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.agent.orchestrator import Orchestrator
from sanctum_tui.agent.room import Room
from sanctum_tui.chat import ChatCleared, MessageDeleted
from sanctum_tui.clock import Clock
from sanctum_tui.dashboard.file import DashboardFile
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import BadInputError, SanctumError
from sanctum_tui.evening import EveningRecord, Prompt
from sanctum_tui.events import Broadcast, Event, LinesHeard, PromptStepped, RoomChanged
from sanctum_tui.exports.ledger import Ledger, LedgerBuilder
from sanctum_tui.exports.markdown import write
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.paths import Paths
from sanctum_tui.replay.player import Player
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.ended import settle_ended
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.runtime.broadcasting import Broadcasting
from sanctum_tui.runtime.furnishing import furnish, open_words
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.origin import Origin
from sanctum_tui.runtime.places import claim, database_url, ledger_folder, throwaway_database, working_dashboard
from sanctum_tui.runtime.plan import AnyPlan, Plan
from sanctum_tui.runtime.realtime import RealTime
from sanctum_tui.runtime.replayed import Replayed
from sanctum_tui.runtime.restoring import restore_room, said_before, stopped_at, was_muted
from sanctum_tui.runtime.tonight import Tonight
from sanctum_tui.runtime.words import Words
from sanctum_tui.settings import Settings

log = logging.getLogger(__name__)


class Evening:
    """Everything that lives while an evening goes on. Made by `open`."""

    def __init__(self, plan: AnyPlan, settings: Settings, paths: Paths, broadcast: Broadcast) -> None:
        self.plan = plan
        self.settings = settings
        self.paths = paths
        self.broadcast = broadcast
        self.ledger = LedgerBuilder(count_commands=settings.silence_counts_commands)
        self.restored = False
        self.numbered_after = 0
        self.notes: list[str] = []
        """What an operator should know of the start: a restored session, a dashboard that was copied."""
        self.broadcasting: Broadcasting | None = None
        """The live side of the evening: its stream, and what goes with it. None in a replay."""
        self._real_time = RealTime(lambda keep: self.origin.keep_to_real_time(keep))
        self._stack = AsyncExitStack()
        self.origin: Origin
        self.memory: Memory
        self.keeping: Keeping
        self.room: Room
        self.queue: ReviewQueue
        self.delivery: Delivery
        self.desk: Desk
        self.orchestrator: Orchestrator
        self.tonight: Tonight
        self.words: Words

    @classmethod
    async def open(
        cls,
        plan: AnyPlan,
        settings: Settings,
        paths: Paths,
        broadcast: Broadcast,
        *,
        on_air: OnAir | None = None,
        numbered_after: int = 0,
    ) -> "Evening":
        """Build and begin an evening. Raises SanctumError, with nothing left running, where that fails.

        A live one is given what it is played on, `on_air`, which stays the caller's to close, and the number of
        the last line of the evening before, where one was on the same screen.
        """
        evening = cls(plan, settings, paths, broadcast)
        evening.numbered_after = numbered_after
        try:
            await evening._open(on_air)
        except BaseException:
            await evening._stack.aclose()
            raise
        return evening

    @property
    def clock(self) -> Clock:
        return self.origin.clock

    @property
    def replay(self) -> Replayed:
        """The log that is played; a live evening has none, and must not be asked."""
        if not isinstance(self.origin, Replayed):
            raise TypeError("a live evening plays no log")
        return self.origin

    @property
    def player(self) -> Player:
        """What plays the log."""
        return self.replay.player

    @property
    def dashboard(self) -> Dashboard:
        """Tonight's plan, as it is now."""
        return self.tonight.dashboard

    def now(self) -> datetime:
        """The evening's moment, as exactly as a screen wants it."""
        return self.origin.now()

    async def run(self) -> None:
        """Live through it, to the log's last line or the stream's end. The session is still open then."""
        await self.orchestrator.run(self.origin.source)

    async def finish(self, why: str = "the log has ended") -> None:
        """The evening is over: what waits expires, the session ends."""
        self.origin.end()
        await self.orchestrator.end(why)

    async def close(self) -> None:
        """Stop everything, the last started first. An unfinished session can be restored."""
        await self._stack.aclose()

    def change(self, name: str, value: object) -> str:
        """Change a setting while the evening runs; says in words what it is by now.

        Raises BadInputError where the value does not fit, or where the setting is read at the start alone.
        """
        before, changed = self.settings, self.changed(name, value)
        self.settings = changed
        if changed.agent_loop_interval_seconds != before.agent_loop_interval_seconds:
            self.orchestrator.interval_changed()
        return f"{name} is {choices.shown(changed, name) or 'empty'} for this evening."

    def changed(self, name: str, value: object) -> Settings:
        """The settings as `change` would make them; raises as it does."""
        changed = choices.changed(self.settings, name, value)
        if not any(info.live for info in choices.describe() if info.name == name):
            raise BadInputError(
                f"{name} is read at the start; put it into {self.paths.settings_file} for the next one."
            )
        return changed

    async def record(self) -> EveningRecord:
        """All that is stored of this session so far, but its lines."""
        return await self.memory.evenings.record(self.keeping.session.id)

    async def current_ledger(self) -> Ledger:
        """The ledger as it stands now."""
        return self.ledger.build(await self.record(), self.dashboard, now=self.clock.now())

    async def write_ledger(self) -> Path:
        """Write the ledger to ``EXPORT_PATH``; raises StorageError where it cannot be written."""
        return write(await self.current_ledger(), ledger_folder(self.settings, self.paths))

    async def _open(self, on_air: OnAir | None) -> None:
        plan, settings = self.plan, self.settings
        if on_air is not None:
            self.origin = on_air
        elif isinstance(plan, Plan):
            self.origin = await Replayed.open(plan, settings.twitch_bot_username.lower())
        else:
            raise TypeError("a live evening, and nothing that is on air")
        channel, live = self.origin.channel, on_air is not None
        free = await self._stack.enter_async_context(claim(self.paths, channel, live=live))
        if not free:
            self._taken(channel, live=live)
        if free and plan.keep:
            url = database_url(settings, self.paths)
        else:
            url = self._stack.enter_context(throwaway_database())
        self.memory = await open_memory(url, lock_folder=self.paths.locks)
        self._stack.push_async_callback(self.memory.close)
        self.keeping = Keeping(self.memory, self.broadcast, lines=plan.keep and free)
        await self._open_session()
        await self._open_dashboard()
        self.words = await open_words(self)
        self._stack.push_async_callback(self.words.close)
        self.notes += self.words.warnings
        furnish(self, await said_before(self.memory, self.keeping.session))
        if self.attended:
            self._stack.callback(self.broadcast.subscribe(self._listen))
        await self.queue.open(self.keeping.session.id)
        self.orchestrator.muted = await was_muted(self.memory, self.keeping.session)
        await self.delivery.recover()
        self._real_time.waits(self._line_waits)
        self._stack.push_async_callback(self.delivery.close)
        await self.tonight.keep()
        self.keeping.told(restored=self.restored)
        if self.attended:
            watching = asyncio.create_task(self.tonight.watch(), name="dashboard watch")
            self._stack.push_async_callback(_stopped, watching)
        if on_air is not None:
            self.notes += on_air.told_at_start
            self.broadcasting = await Broadcasting.begin(self, on_air)
            self._stack.push_async_callback(self.broadcasting.close)

    def _taken(self, channel: str, *, live: bool) -> None:
        """Another process holds the channel. A replay can do without; two live consoles would both draft."""
        if live:
            raise BadInputError(f"Another console is live on {channel} already; close it, then start this one again.")
        self.notes.append(f"Another console is on an evening of {channel}; this one keeps nothing.")

    async def _open_dashboard(self) -> None:
        log_file = self.plan.log if isinstance(self.plan, Plan) else None
        working = working_dashboard(
            log_file,
            self.plan.dashboard,
            self.settings,
            self.paths,
            editable=self.attended,
            channel=self.origin.channel,
        )
        self.tonight = Tonight(DashboardFile(working), self.keeping, self.broadcast, self.clock)
        session = self.keeping.session.id
        self.tonight.load(await self.memory.evenings.dashboard(session) if self.restored else "")

    async def _open_session(self) -> None:
        origin = self.origin
        begins_at = origin.begins_at
        session = await self.keeping.begin(
            channel=origin.channel,
            source=origin.session_source,
            title=origin.title,
            at=begins_at,
            fresh=self.plan.fresh,
            goes_on=lambda one: origin.goes_on_with(one, self.memory),
        )
        for other in self.keeping.given_up:
            ended_at = other.clock_at or other.started_at
            await settle_ended(self.memory.evenings, other.id, at=ended_at, why="another evening began")
            if not self.plan.fresh:
                self.notes.append(f"An evening left unfinished is over: `sanctum-tui ledger {other.id}` tells it.")
        self.restored = session.position > 0 or session.clock_at is not None
        if self.restored:
            origin.go_on(session, await stopped_at(self.memory, session) or begins_at)
            self.notes.append("The evening goes on where it stopped; --fresh begins it anew.")
        else:
            origin.begin(session)
        self.room = Room(
            session.started_at,
            bots=self.settings.known_bots,
            own_login=origin.agent_login,
            counts_commands=self.settings.silence_counts_commands,
            suspicion=Warden().inspect,
            own=origin.is_own,
            threshold_seconds=lambda: self.settings.hearthkeeper_inactivity_minutes * 60,
            numbered_after=self.numbered_after,
        )
        if self.restored:
            await restore_room(self.memory, session, self.room, self.ledger)
        elif isinstance(origin, OnAir):
            # Whether it was quiet before the console was there, nobody knows.
            self.room.starts(self.clock.now())

    @property
    def attended(self) -> bool:
        """Somebody is there to decide."""
        return self.plan.review == "operator"

    def _listen(self, event: Event) -> None:
        match event:
            case LinesHeard(lines):
                self.ledger.add(lines)
            case RoomChanged(MessageDeleted() | ChatCleared() as what):
                self.ledger.withdraw(what)
            case PromptStepped(prompt):
                self._real_time.stepped(waiting=self._line_waits)
                self._learn(prompt)
            case _:
                pass

    def _learn(self, prompt: Prompt) -> None:
        """An operator's reason for a skip becomes a standing note, which they can see, edit and remove."""
        try:
            self.words.notes.learn(prompt)
        except SanctumError as error:
            log.warning("%s", error.sentence)

    @property
    def _line_waits(self) -> bool:
        """Whether a line waits for somebody who could read it."""
        return self.attended and self.queue.waiting is not None

    def keep_to_real_time(self, *, busy: bool, now: float) -> None:
        """A console is there: whether its operator is `busy` with something else than the evening on the screen.

        `now` is the operator's own time, in seconds. A replay that runs faster than life waits for them; and also
        for a while after each step of a line.
        """
        self._real_time.attend(busy=busy, now=now)


async def _stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
