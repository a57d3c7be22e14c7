"""The orchestrator: takes the room in, looks at it at every tick, and lets the Hearthkeeper draft.

It owns the state of the evening. Whoever wants something changed, a key in the console or a headless
review, calls a method here and gets an answer in words; everybody learns of what happened from events.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sanctum_tui.agent.drafting import Drafting, Written, refusal
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper, posted, rests_from
from sanctum_tui.agent.modes.steward import Steward, of_answer
from sanctum_tui.agent.policies import Situation, decide, explain
from sanctum_tui.agent.room import Room, notice_of
from sanctum_tui.agent.ticking import Ticks
from sanctum_tui.agent.waiting import WaitingLine
from sanctum_tui.chat import (
    ChatCleared,
    ChatEvent,
    ChatGap,
    ChatLine,
    ChatMessage,
    ChatSource,
    Live,
    LiveGate,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
    Voice,
)
from sanctum_tui.clock import Clock
from sanctum_tui.evening import Action, Decision, Mark, Prompt, PromptState
from sanctum_tui.events import AgentMuted, Broadcast, DecisionChanged, LineFlagged, LinesHeard, MomentMarked
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.review.prompt import Outcome
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.settings import Settings

log = logging.getLogger(__name__)


def _always() -> bool:
    return True


def _nothing() -> None:
    pass


class Orchestrator:
    """One evening's agent: hears, decides, drafts. It never posts; `review` does, when the operator said yes."""

    def __init__(
        self,
        *,
        clock: Clock,
        room: Room,
        queue: ReviewQueue,
        keeping: Keeping,
        hearthkeeper: Hearthkeeper,
        gate: LiveGate,
        broadcast: Broadcast,
        settings: Callable[[], Settings],
        on_air: Callable[[StreamWentOnline | StreamWentOffline], None],
        hearing: Callable[[], bool] = _always,
        on_own: Callable[[ChatMessage], Awaitable[object]] | None = None,
        on_open: Callable[[], Awaitable[None]] | None = None,
        steward: Steward | None = None,
        on_written: Callable[[], None] = _nothing,
        standing_order: Callable[[Prompt], Awaitable[None]] | None = None,
    ) -> None:
        """`on_air` is told when the stream went online or offline, as far as chat's source knows it.

        `hearing` says whether chat is connected; while it is not, nothing is drafted. `on_own` is told of lines
        of ours that came in from the room, and `on_open` when something that kept the gate shut may be gone.

        `standing_order` is what an operator who is not there wants done with each new draft, at once.
        """
        self.room = room
        self.muted = False
        self.let_it_be_until: datetime | None = None
        self.decision: Decision | None = None
        self._clock = clock
        self._queue = queue
        self._keeping = keeping
        self._hearthkeeper = hearthkeeper
        self._gate = gate
        self._broadcast = broadcast
        self._settings = settings
        self._on_air = on_air
        self._hearing = hearing
        self._on_own = on_own
        self._on_open = on_open
        self._drafting = Drafting(
            clock=clock,
            room=room,
            queue=queue,
            hearthkeeper=hearthkeeper,
            steward=steward,
            standing_order=standing_order,
            on_written=on_written,
            attempt=keeping.attempt,
        )
        self._waiting = WaitingLine(clock, room, queue, keeping, self._drafting)
        self._ticks = Ticks(clock, lambda: self._settings().agent_loop_interval_seconds, self.tick)

    async def run(self, source: ChatSource) -> None:
        """Live through the source's evening, from its first event to its last."""
        self._drafting.start()
        self._ticks.start()
        # Let it lie down to sleep: a replay at full speed must not jump over a first tick it knows nothing of.
        await asyncio.sleep(0)
        try:
            async for batch in source.batches():
                await self.hear(batch)
        finally:
            await self._drafting.stop()
            await self._ticks.stop()

    def interval_changed(self) -> None:
        """The tick interval is another one now: count from here."""
        self._ticks.changed()

    async def hear(self, events: Sequence[ChatEvent]) -> None:
        """Take in what happened in the room."""
        start = 0
        waiting = self._queue.waiting
        if waiting is not None and waiting.state is PromptState.PENDING:
            # One by one until a person speaks: the draft goes stale at that line and no later.
            while start < len(events) and not await self._spoken(events[start : start + 1]):
                start += 1
            start += 1
        if start < len(events):
            await self._take(events[start:])
        self._drafting.look()
        await self._keeping.room_to_store()

    def situation(self, now: datetime | None = None) -> Situation:
        """What the policy would look at, at this moment or another."""
        moment = now or self._clock.now()
        settings, prompts, waiting = self._settings(), self._queue.prompts, self._queue.waiting
        return Situation(
            now=moment,
            quiet_since=self.room.quiet_since,
            people_last_minute=self.room.people_last_minute(moment),
            waiting=waiting.state if waiting else None,
            settled_at=rests_from(prompts),
            posted=posted(prompts),
            live=self._gate.live,
            hearing=self._hearing(),
            muted=self.muted,
            let_it_be_until=self.let_it_be_until,
            inactivity_seconds=settings.hearthkeeper_inactivity_minutes * 60,
            interval_seconds=settings.hearthkeeper_prompt_interval_minutes * 60,
            budget=settings.hearthkeeper_session_budget,
            nothing_to_say=self._hearthkeeper.nothing_to_say(self.room),
        )

    async def tick(self) -> Decision:
        """Look at the room, decide, and draft where the policy says so."""
        await self._keeping.catch_up()
        if self._on_open is not None:
            await self._on_open()
        await self._waiting.catch_up()
        await self._drafting.catch_up()
        # Also where nobody has said anything for long: a restart goes on from here, not from the last line.
        if self._hearing():
            self._keeping.heard((), events=0, messages=0, clock_at=self._clock.now())
        decision = decide(self.situation())
        await self._decided(decision)
        if decision.action is Action.DRAFT:
            # Writing may take a while: people may have spoken, or the operator muted it, in the meantime.
            still = partial(self._still_wanted, Action.DRAFT)
            if not await self._drafting.draft(explain(decision), still):
                await self._decided(decide(self.situation()))
        return decision

    async def preview(self, note: str = "") -> Written:
        """What it would say now: nothing is sent, recorded or moved by asking."""
        return await self._drafting.preview(note)

    def _still_wanted(self, action: Action) -> bool:
        return decide(self.situation()).action is action

    def _may_answer(self) -> bool:
        """Whether the agent may speak at all, whoever talks."""
        resting = self.let_it_be_until is not None and self._clock.now() < self.let_it_be_until
        return not self.muted and not resting and self._gate.live is Live.YES

    def verdict(self, line: str, *, editing: int | None = None) -> Verdict:
        """The guard's word on a line, at this moment: for the prompt of the number `editing`, where there is one."""
        verdict = self._hearthkeeper.verdict(line, self.room, self._queue.prompts, editing=editing)
        prompt = None if editing is None else self._queue.get(editing)
        return of_answer(verdict) if prompt is not None and self._drafting.is_answer(prompt) else verdict

    def refused(self, number: int, line: str) -> str:
        """Why the guard says no to these words for the prompt of that number, or "" where it does not."""
        return refusal(self.verdict(line, editing=number))

    async def redraft(self, number: int, note: str = "") -> Outcome:
        """Draft anew in place of a line that waits, with the operator's note."""
        spoke = self.room.last_person_at
        return await self._drafting.redraft(
            number, note, lambda: not self.muted and self.room.last_person_at == spoke
        )

    async def set_muted(self, muted: bool) -> Outcome:
        """Mute or unmute the agent. Muted, it drafts nothing and nothing is posted, also after a restart."""
        self.muted = muted
        self._drafting.look()
        await self.look()
        self._broadcast.tell(AgentMuted(muted))
        log.info("the agent is %s", "muted" if muted else "unmuted")
        return Outcome(True, "Muted. Nothing is drafted or posted." if muted else "Unmuted.")

    def let_it_be(self, minutes: float) -> Outcome:
        """A silence the operator wants: draft nothing for so many minutes; 0 ends it."""
        if minutes <= 0:
            self.let_it_be_until = None
            return Outcome(True, "The silence you asked for is over.")
        self.let_it_be_until = self._clock.now() + timedelta(minutes=minutes)
        self._drafting.look()
        return Outcome(True, f"Letting it be for {minutes:g} minutes.")

    async def mark(self, note: str = "") -> Outcome:
        """Keep this moment for the ledger."""
        mark = Mark(self._clock.now(), note)
        await self._keeping.marked(mark)
        self._broadcast.tell(MomentMarked(mark))
        return Outcome(True, "Marked for the ledger.")

    async def undone(self, number: int) -> bool:
        """After a line was taken back: it goes stale at once where people have talked since. True if so."""
        return await self._waiting.undone(number)

    async def own_line(self, message: ChatMessage) -> None:
        """A line of ours is in the room."""
        await self._heard([self.room.own(message)], events=0, messages=0)

    async def look(self) -> None:
        """Something the decision rests on has changed: decide anew, without waiting for the next tick."""
        if self._on_open is not None:
            await self._on_open()
        await self._waiting.catch_up()
        await self._decided(decide(self.situation()))

    async def end(self, why: str) -> None:
        """The evening is over: what still waits expires, and the session ends."""
        self.room.close()
        await self._waiting.expire(why)
        await self._keeping.end(at=self._clock.now(), why=why)

    async def _spoken(self, one: Sequence[ChatEvent]) -> bool:
        before = self.room.last_person_at
        await self._take(one)
        spoke = self.room.last_person_at
        if spoke is None or spoke is before:
            return False
        await self._waiting.people_spoke(spoke)
        return True

    async def _take(self, events: Sequence[ChatEvent]) -> None:
        messages = [event for event in events if type(event) is ChatMessage]
        if len(messages) == len(events):
            await self._take_lines(messages)
        else:
            await self._take_mixed(events)

    async def _take_mixed(self, events: Sequence[ChatEvent]) -> None:
        run: list[ChatMessage] = []
        for event in events:
            if type(event) is ChatMessage:
                run.append(event)
                continue
            await self._take_lines(run)
            run = []
            self.room.passed(event.at)
            match event:
                case MessageDeleted() | ChatCleared():
                    self.room.withdraw(event)
                    await self._waiting.drop_answer()
                    await self._keeping.happened(event, line=self.room.count, clock_at=self.room.last_at)
                case ChatGap():
                    self.room.missed(event)
                    await self._keeping.happened(event, line=self.room.count, clock_at=self.room.last_at)
                    await self._heard([self.room.notice(notice_of(event))], events=0, messages=0)
                case ChatMessage():
                    pass
                case _:
                    await self._heard([self.room.notice(notice_of(event))], events=1, messages=0)
            if isinstance(event, StreamWentOnline | StreamWentOffline):
                was = self._gate.live
                self._on_air(event)
                if was is not Live.YES and self._gate.live is Live.YES:
                    # What was quiet before the stream began is not its silence.
                    self.room.starts(event.at)
                await self.look()
        await self._take_lines(run)

    async def _take_lines(self, messages: list[ChatMessage]) -> None:
        if not messages:
            return
        lines = self.room.take(messages)
        await self._heard(lines, events=len(messages), messages=len(messages))
        if self._on_own is None and not self._drafting.answers:
            return
        for line in lines:
            if line.voice is Voice.PERSON:
                self._drafting.answer(line.message, self._may_answer)
            elif line.voice is Voice.AGENT and self._on_own is not None:
                await self._keeping.attempt(partial(self._on_own, line.message))

    async def _heard(self, lines: list[ChatLine], *, events: int, messages: int) -> None:
        self._keeping.heard(lines, events=events, messages=messages, clock_at=self.room.last_at)
        self._broadcast.tell(LinesHeard(tuple(lines)))
        for flag in self.room.new_flags():
            await self._keeping.flagged(flag)
            self._broadcast.tell(LineFlagged(flag))

    async def _decided(self, decision: Decision) -> None:
        before, self.decision = self.decision, decision
        if before is None or (before.action, before.reason) != (decision.action, decision.reason):
            await self._keeping.decided(decision)
            self._broadcast.tell(DecisionChanged(decision, explain(decision)))
