"""The review queue of one session: every prompt, and compare-and-set steps from one state to the next."""

from dataclasses import replace
from datetime import datetime

from sanctum_tui.clock import Clock
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.events import Broadcast, PromptStepped
from sanctum_tui.memory.evenings import Evenings
from sanctum_tui.review.prompt import DELIVERY, OPEN, SETTLED, WAITING, last_step, may_step


class ReviewQueue:
    """What was drafted tonight, as the database has it.

    A step is taken in the database first and only from the state that this console saw, so any number of
    consoles may hold the same queue: of two that press a key at once, one is too late and is told so.
    """

    def __init__(self, evenings: Evenings, broadcast: Broadcast, clock: Clock) -> None:
        self._evenings = evenings
        self._broadcast = broadcast
        self._clock = clock
        self._session_id = 0
        self._prompts: dict[int, Prompt] = {}

    async def open(self, session_id: int) -> None:
        """Take up a session's queue as it is stored."""
        self._session_id = session_id
        self._prompts = {prompt.number: prompt for prompt in await self._evenings.prompts(session_id)}

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """All of tonight's, oldest first."""
        return tuple(self._prompts.values())

    def get(self, number: int) -> Prompt | None:
        return self._prompts.get(number)

    @property
    def waiting(self) -> Prompt | None:
        """The one that waits: for the operator, for its moment to go out, or for the gate."""
        return next((prompt for prompt in self._newest_first() if prompt.state in WAITING), None)

    @property
    def current(self) -> Prompt | None:
        """The one the operator's keys are about: the waiting one, else one still open, else the newest."""
        open_one = next((prompt for prompt in self._newest_first() if prompt.state in OPEN), None)
        return self.waiting or open_one or next(iter(self._newest_first()), None)

    @property
    def settled_at(self) -> datetime | None:
        """When a line was last posted or skipped; the prompt interval counts from there."""
        moments = [prompt.changed_at for prompt in self._prompts.values() if prompt.state in SETTLED]
        return max(moments, default=None)

    @property
    def posted(self) -> int:
        """How many were posted, or may have been."""
        gone = (PromptState.POSTED, PromptState.UNKNOWN)
        return sum(prompt.state in gone for prompt in self._prompts.values())

    def counts(self) -> dict[str, int]:
        """How many are in each state, by the state's name, in the order of a life."""
        counted = dict.fromkeys(PromptState, 0)
        for prompt in self._prompts.values():
            counted[prompt.state] += 1
        return {state.value: number for state, number in counted.items() if number}

    async def add(self, draft: Draft, *, mode: str, why: str, at: datetime | None = None) -> Prompt:
        """Put a draft into the queue, pending."""
        prompt = await self._evenings.add_prompt(
            session_id=self._session_id,
            number=max(self._prompts, default=0) + 1,
            mode=mode,
            draft=draft,
            why=why,
            at=at or self._clock.now(),
        )
        self._prompts[prompt.number] = prompt
        self._broadcast.tell(PromptStepped(prompt, prompt.steps[-1]))
        return prompt

    async def step(
        self,
        number: int,
        to: PromptState,
        *,
        by: str,
        reason: str = "",
        line: str | None = None,
        text: str | None = None,
        at: datetime | None = None,
    ) -> Prompt | None:
        """Take one step, or none: None where it may not follow, or somebody else was first."""
        seen = self._prompts.get(number)
        if seen is None or not may_step(seen.state, to):
            return None
        step = PromptStep(
            at=max(at or self._clock.now(), seen.changed_at),
            state=to,
            by=by,
            text=seen.text if text is None else text,
            reason=reason,
        )
        stepped = await self._evenings.step_prompt(seen.id, expected=seen.state, step=step, line=line)
        if stepped is None:
            await self.refresh(number)
            return None
        self._prompts[number] = stepped
        self._broadcast.tell(PromptStepped(stepped, step))
        return stepped

    def doubt(self, number: int, reason: str) -> None:
        """A line was sent and what became of it could not be stored: it is unknown here, until it is settled."""
        seen = self._prompts[number]
        step = PromptStep(at=self._clock.now(), state=PromptState.UNKNOWN, by=DELIVERY, text=seen.text, reason=reason)
        doubted = replace(seen, state=PromptState.UNKNOWN, changed_at=step.at, steps=(*seen.steps, step))
        self._prompts[number] = doubted
        self._broadcast.tell(PromptStepped(doubted, step))

    async def refresh(self, number: int) -> Prompt | None:
        """Read one prompt again, as another console may have left it, and tell what is new."""
        seen = self._prompts[number]
        stored = await self._evenings.prompt(seen.id)
        if stored is None:
            return None
        self._prompts[number] = stored
        if stored.state is not seen.state and (step := last_step(stored, stored.state)) is not None:
            self._broadcast.tell(PromptStepped(stored, step))
        return stored

    def _newest_first(self) -> list[Prompt]:
        return sorted(self._prompts.values(), key=lambda prompt: -prompt.number)
