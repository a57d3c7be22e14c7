"""What becomes of the line that waits when the evening goes on without it."""

from datetime import datetime
from functools import partial

from sanctum_tui.agent.drafting import Drafting
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.room import Room
from sanctum_tui.clock import Clock
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.prompt import ROOM, WAITING, judged_at, may_step
from sanctum_tui.review.queue import ReviewQueue

TALKED_SINCE = "people have talked since"


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
        await self._let_go(self._queue.waiting, "people are talking", at)

    async def catch_up(self) -> None:
        """What should have gone stale goes stale now: it could not be stored then, or the line was not waiting.

        Such a one had a yes, and was held while nothing could be posted; by now it would only ask again.
        """
        await self.drop_answer()
        waiting, spoke = self._queue.waiting, self._room.last_person_at
        if waiting is not None and spoke is not None and spoke > judged_at(waiting):
            await self._let_go(waiting, TALKED_SINCE, spoke)

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
        await self._let_go(prompt, TALKED_SINCE, self._clock.now())
        prompt = self._queue.get(number)
        return prompt is not None and prompt.state is PromptState.STALE

    async def expire(self, why: str) -> None:
        """The evening is over; raises StorageError."""
        for prompt in self._queue.prompts:
            if prompt.state in WAITING and may_step(prompt.state, PromptState.EXPIRED):
                reason = f"it was held, and {why}" if prompt.state is PromptState.HELD else f"undecided when {why}"
                await self._queue.step(prompt.number, PromptState.EXPIRED, by="agent", reason=reason)

    async def _let_go(self, line: Prompt | None, why: str, at: datetime) -> None:
        """One that waits for the operator goes stale, and no other; an answer does not."""
        if line is None or line.state is not PromptState.PENDING or self._drafting.is_answer(line):
            return
        await self._keeping.attempt(
            partial(self._queue.step, line.number, PromptState.STALE, by=ROOM, reason=why, at=at)
        )
