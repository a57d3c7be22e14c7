"""What becomes of the line that waits when the evening goes on without it."""

from datetime import datetime
from functools import partial

from sanctum_tui.agent.drafting import Drafting
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.room import Room
from sanctum_tui.clock import Clock
from sanctum_tui.evening import PromptState
from sanctum_tui.review.prompt import ROOM, WAITING, may_step
from sanctum_tui.review.queue import ReviewQueue


class WaitingLine:
    """Lets a line go stale when people talk, an answer when nobody waits for it, and all at the evening's end."""

    def __init__(self, clock: Clock, room: Room, queue: ReviewQueue, keeping: Keeping, drafting: Drafting) -> None:
        self._clock = clock
        self._room = room
        self._queue = queue
        self._keeping = keeping
        self._drafting = drafting

    async def people_spoke(self, at: datetime) -> None:
        """A line that waits for the operator goes stale; one that answers somebody does not."""
        waiting = self._queue.waiting
        if waiting is None or waiting.state is not PromptState.PENDING or self._drafting.is_answer(waiting):
            return
        step = partial(
            self._queue.step, waiting.number, PromptState.STALE, by=ROOM, reason="people are talking", at=at
        )
        await self._keeping.attempt(step)

    async def catch_up(self) -> None:
        """What should have gone stale and could not be stored then, goes stale now."""
        await self.drop_answer()
        waiting, spoke = self._queue.waiting, self._room.last_person_at
        if waiting is not None and spoke is not None and spoke > waiting.changed_at:
            await self.people_spoke(spoke)

    async def drop_answer(self) -> None:
        """An answer that waits, and that nobody waits for any more, goes stale."""
        waiting = self._queue.waiting
        if waiting is not None and (why := self._drafting.answers_nobody(waiting)):
            step = partial(self._queue.step, waiting.number, PromptState.STALE, by=ROOM, reason=why)
            await self._keeping.attempt(step)

    async def undone(self, number: int) -> bool:
        """After a line was taken back: it goes stale at once where people have talked since. True if so."""
        prompt, spoke = self._queue.get(number), self._room.last_person_at
        if prompt is None or spoke is None or spoke <= prompt.drafted_at:
            return False
        await self.people_spoke(self._clock.now())
        prompt = self._queue.get(number)
        return prompt is not None and prompt.state is PromptState.STALE

    async def expire(self, why: str) -> None:
        """The evening is over; raises StorageError."""
        for prompt in self._queue.prompts:
            if prompt.state in WAITING and may_step(prompt.state, PromptState.EXPIRED):
                reason = f"it was held, and {why}" if prompt.state is PromptState.HELD else f"undecided when {why}"
                await self._queue.step(prompt.number, PromptState.EXPIRED, by="agent", reason=reason)
