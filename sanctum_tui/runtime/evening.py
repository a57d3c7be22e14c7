"""An evening on a replay: its parts built, its session begun or restored, lived through, and closed."""

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from sanctum_tui import settings as choices
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.agent.orchestrator import Orchestrator
from sanctum_tui.agent.room import Room
from sanctum_tui.chat import ChatCleared, ChatMessage, MessageDeleted
from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.dashboard.file import DashboardFile
from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import BadInputError, SanctumError
from sanctum_tui.evening import EveningRecord, Prompt, PromptState
from sanctum_tui.events import (
    Broadcast,
    DashboardChanged,
    Event,
    LinesHeard,
    PromptStepped,
    RoomChanged,
    StorageFailed,
    StorageRecovered,
)
from sanctum_tui.exports.ledger import Ledger, LedgerBuilder
from sanctum_tui.exports.markdown import write
from sanctum_tui.llm.author import sign
from sanctum_tui.llm.guard import Style
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.paths import Paths
from sanctum_tui.replay.formats import ChatLog, open_log
from sanctum_tui.replay.player import Player
from sanctum_tui.replay.sink import ReplaySink
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.runtime.places import (
    channel_of,
    claim,
    database_url,
    ledger_folder,
    throwaway_database,
    working_dashboard,
)
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.runtime.restoring import restore_room, said_before, stopped_at, was_muted
from sanctum_tui.settings import Settings

log = logging.getLogger(__name__)

AGENT_LOGIN = "chronicler"
"""The agent's login in a replayed room, where no bot account is set."""


class Evening:
    """Everything that lives while an evening is replayed. Made by `open`."""

    def __init__(self, plan: Plan, settings: Settings, paths: Paths, broadcast: Broadcast) -> None:
        self.plan = plan
        self.settings = settings
        self.paths = paths
        self.broadcast = broadcast
        self.dashboard = Dashboard()
        self.ledger = LedgerBuilder(count_commands=settings.silence_counts_commands)
        self.restored = False
        self.notes: list[str] = []
        """What an operator should know of the start: a restored session, a dashboard that was copied."""
        self._stack = AsyncExitStack()
        self.log: ChatLog
        self.player: Player
        self.memory: Memory
        self.keeping: Keeping
        self.room: Room
        self.queue: ReviewQueue
        self.delivery: Delivery
        self.desk: Desk
        self.orchestrator: Orchestrator
        self.dashboard_file: DashboardFile

    @classmethod
    async def open(cls, plan: Plan, settings: Settings, paths: Paths, broadcast: Broadcast) -> "Evening":
        """Build and begin an evening. Raises SanctumError, with nothing left running, where that fails."""
        evening = cls(plan, settings, paths, broadcast)
        try:
            await evening._open()
        except BaseException:
            await evening._stack.aclose()
            raise
        return evening

    @property
    def clock(self) -> Clock:
        return self.player.clock

    def now(self) -> datetime:
        """The evening's moment, as exactly as a screen wants it."""
        self.player.catch_up()
        return self.clock.now()

    async def run(self) -> None:
        """Live through it, to the log's last line. The session is still open then: `finish` ends it."""
        await self.orchestrator.run(self.player)

    async def finish(self, why: str = "the log has ended") -> None:
        """The evening is over: what waits expires, the session ends."""
        self.player.end()
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

    async def save_dashboard(self, text: str) -> bool:
        """Write the edited dashboard to its file and the session; False where nothing had changed."""
        if not await asyncio.to_thread(self.dashboard_file.save, text):
            return False
        await self._dashboard_changed("operator")
        return True

    async def record(self) -> EveningRecord:
        """All that is stored of this session so far, but its lines."""
        return await self.memory.evenings.record(self.keeping.session.id)

    async def current_ledger(self) -> Ledger:
        """The ledger as it stands now."""
        return self.ledger.build(await self.record(), self.dashboard, now=self.clock.now())

    async def write_ledger(self) -> Path:
        """Write the ledger to ``EXPORT_PATH``; raises StorageError where it cannot be written."""
        return write(await self.current_ledger(), ledger_folder(self.settings, self.paths))

    async def _open(self) -> None:
        plan, settings = self.plan, self.settings
        self.log = await asyncio.to_thread(open_log, plan.log, pace=plan.pace)
        channel = self.log.channel or channel_of(plan.log)
        free = await self._stack.enter_async_context(claim(self.paths, channel))
        if not free:
            self.notes.append(f"Another console is on an evening of {channel}; this one keeps nothing.")
        if free and plan.keep:
            url = database_url(settings, self.paths)
        else:
            url = self._stack.enter_context(throwaway_database())
        self.memory = await open_memory(url, lock_folder=self.paths.locks)
        self._stack.push_async_callback(self.memory.close)
        self.keeping = Keeping(self.memory, self.broadcast, lines=plan.keep and free)
        await self._open_session(channel)
        await self._open_dashboard()
        self._build(await said_before(self.memory, self.keeping.session))
        await self.queue.open(self.keeping.session.id)
        self.orchestrator.muted = await was_muted(self.memory, self.keeping.session)
        await self.delivery.recover()
        self._mind_the_waiting_line()
        self._stack.push_async_callback(self.delivery.close)
        await self.keeping.dashboard(self.dashboard_file.markdown, self.clock.now())
        self.keeping.told(restored=self.restored)
        if plan.review == "operator":
            watching = asyncio.create_task(self._watch_dashboard(), name="dashboard watch")
            self._stack.push_async_callback(_stopped, watching)

    async def _open_dashboard(self) -> None:
        working = working_dashboard(
            self.plan.log, self.plan.dashboard, self.settings, self.paths, editable=self._attended
        )
        self.dashboard_file = DashboardFile(working)
        if not self.dashboard_file.load() and self.restored:
            self.dashboard_file.restore(await self.memory.evenings.dashboard(self.keeping.session.id))
        self.dashboard = parse(self.dashboard_file.markdown)

    async def _open_session(self, channel: str) -> None:
        first = Player(self.log, channel=channel, name=self.plan.log.name, start_at=self.plan.start_at)
        source = f"replay:{self.log.fingerprint}:{self.plan.start_at.total_seconds():g}"
        session = await self.keeping.begin(
            channel=channel,
            source=source,
            title=self.log.title or self.plan.log.name,
            at=first.clock.now(),
            fresh=self.plan.fresh,
        )
        self.restored = session.position > 0 or session.clock_at is not None
        self.player = first
        if self.restored:
            self.player = Player(
                self.log,
                channel=channel,
                start_at=self.plan.start_at,
                skip=session.position,
                resume_at=await stopped_at(self.memory, session),
            )
            self.notes.append("The evening goes on where it stopped; --fresh begins it anew.")
        self.player.set_speed(self.plan.speed)
        self.room = Room(
            first.clock.now(),
            bots=self.settings.known_bots,
            own_login=self.agent_login,
            counts_commands=self.settings.silence_counts_commands,
            suspicion=Warden().inspect,
            threshold_seconds=lambda: self.settings.hearthkeeper_inactivity_minutes * 60,
        )
        if self.restored:
            await restore_room(self.memory, session, self.room, self.ledger)

    @property
    def agent_login(self) -> str:
        return self.settings.twitch_bot_username.lower() or AGENT_LOGIN

    @property
    def _attended(self) -> bool:
        return self.plan.review == "operator"

    def _build(self, earlier: tuple[str, ...]) -> None:
        def signed(line: str) -> str:
            return sign(line, self.settings.agent_signature)

        def style() -> Style:
            return Style(max_characters=self.settings.style_max_characters)

        def undo_seconds() -> float:
            # Without anybody there, nobody could take anything back.
            return self.settings.review_undo_seconds if self._attended else 0.0

        sink = ReplaySink(self.clock, login=self.agent_login, name="Chronicler")
        self.queue = ReviewQueue(self.memory.evenings, self.broadcast, self.clock)
        self.delivery = Delivery(
            self.queue,
            sink,
            self.player,
            patience=SystemClock(),
            undo_seconds=undo_seconds,
            closed=lambda: "the agent is muted" if self.orchestrator.muted else "",
        )
        self.desk = Desk(self.queue, self.delivery, self.clock, sign=signed, undo_seconds=undo_seconds)
        self.orchestrator = Orchestrator(
            clock=self.clock,
            room=self.room,
            queue=self.queue,
            keeping=self.keeping,
            hearthkeeper=Hearthkeeper(
                OfflineComposer(style=style, signature=lambda: self.settings.agent_signature),
                style=style,
                dashboard=lambda: self.dashboard,
                earlier=earlier,
            ),
            gate=self.player,
            broadcast=self.broadcast,
            settings=lambda: self.settings,
            on_air=self.player.went,
            standing_order=self._standing_order,
        )
        sink.echo = self._own_line
        self.memory.writer.on_trouble = lambda sentence: self.broadcast.tell(StorageFailed(sentence))
        self.memory.writer.on_recovery = lambda: self.broadcast.tell(StorageRecovered())
        if self._attended:
            self._stack.callback(self.broadcast.subscribe(self._listen))

    async def _own_line(self, message: ChatMessage) -> None:
        await self.orchestrator.own_line(message)

    async def _standing_order(self, prompt: Prompt) -> None:
        match self.plan.review:
            case "approve":
                await self.desk.approve(prompt.number, by="standing order")
            case "skip":
                await self.desk.skip(prompt.number, by="standing order", reason="skipped by standing order")
            case _:
                pass

    def _listen(self, event: Event) -> None:
        match event:
            case LinesHeard(lines):
                self.ledger.add(lines)
            case RoomChanged(MessageDeleted() | ChatCleared() as what):
                self.ledger.withdraw(what)
            case PromptStepped():
                self._mind_the_waiting_line()
            case _:
                pass

    def _mind_the_waiting_line(self) -> None:
        """A fast replay must not run past a line before anybody could read it."""
        waiting = self.queue.waiting
        self.player.slow(self._attended and waiting is not None and waiting.state is not PromptState.HELD)

    async def _dashboard_changed(self, by: str) -> None:
        self.dashboard = parse(self.dashboard_file.markdown)
        await self.keeping.dashboard(self.dashboard_file.markdown, self.clock.now())
        self.broadcast.tell(DashboardChanged(self.dashboard_file.text, by))

    async def _watch_dashboard(self) -> None:
        try:
            async for _ in self.dashboard_file.changes():
                await self._dashboard_changed("file")
        except (OSError, SanctumError) as error:
            log.warning("the dashboard's file is no longer watched: %s", error)


async def _stopped(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
