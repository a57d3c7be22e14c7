"""The review queue of one session: every prompt, and compare-and-set steps from one state to the next."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sanctum_tui.clock import Clock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.events import Broadcast, PromptStepped
from sanctum_tui.memory.evenings import Evenings
from sanctum_tui.review.prompt import DELIVERY, GUARD, OPEN, WAITING, may_step

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")


def _any(prompt: Prompt) -> bool:
    return True


class ReviewQueue:
    """What was drafted tonight, as the database has it.

    A step is taken in the database first and only from the state that this console saw, so any number of
    consoles may hold the same queue: of two that press a key at once, one is too late and is told so.

    Changes are made one after another, and each to its end, whoever asked for it and was cancelled: what is in
    the database is known here too.
    """

    def __init__(self, evenings: Evenings, broadcast: Broadcast, clock: Clock) -> None:
        self._evenings = evenings
        self._broadcast = broadcast
        self._clock = clock
        self._session_id = 0
        self._prompts: dict[int, Prompt] = {}
        self._turn = asyncio.Lock()

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

    def counts(self) -> dict[str, int]:
        """How many are in each state, by the state's name, in the order of a life."""
        counted = dict.fromkeys(PromptState, 0)
        for prompt in self._prompts.values():
            counted[prompt.state] += 1
        return {state.value: number for state, number in counted.items() if number}

    async def add(
        self, draft: Draft, *, mode: str, why: str, at: datetime | None = None, refused: str = ""
    ) -> Prompt:
        """Put a draft into the queue, pending; or rejected, where the guard `refused` it for this reason.

        A refused line is at no moment one that waits. Raises StorageError where it cannot be stored.
        """
        return await self._to_its_end(lambda: self._add(draft, mode, why, at or self._clock.now(), refused))

    async def replace(
        self, number: int, draft: Draft, *, mode: str, why: str, by: str, reason: str, refused: str = ""
    ) -> Prompt | None:
        """Put a draft into the queue, as `add` does, in place of a line, which is superseded `by` somebody.

        Both at once or nothing: whatever fails, one of the two waits. None where the old one has moved on.
        Raises StorageError where it cannot be stored; then the old one waits as before.
        """
        return await self._to_its_end(lambda: self._replace(number, draft, mode, why, by, reason, refused))

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
        where: Callable[[Prompt], bool] = _any,
    ) -> Prompt | None:
        """Take one step, or none: None where it may not follow, or somebody else was first.

        `where` is asked about the prompt when it is the step's turn. Raises StorageError where it cannot be stored.
        """

        async def take_it() -> Prompt | None:
            seen = self._prompts.get(number)
            if seen is None or not may_step(seen.state, to, by=by) or not where(seen):
                return None
            step = PromptStep(
                at=max(at or self._clock.now(), seen.changed_at),
                state=to,
                by=by,
                text=seen.text if text is None else text,
                reason=reason,
            )
            return await self._step(seen, step, line)

        return await self._to_its_end(take_it)

    def doubt(self, number: int, reason: str) -> None:
        """A line was sent and what became of it could not be stored: it is unknown here, until it is settled."""
        seen = self._prompts[number]
        step = PromptStep(at=self._clock.now(), state=PromptState.UNKNOWN, by=DELIVERY, text=seen.text, reason=reason)
        doubted = replace(seen, state=PromptState.UNKNOWN, changed_at=step.at, steps=(*seen.steps, step))
        self._prompts[number] = doubted
        self._broadcast.tell(PromptStepped(doubted, step))

    async def _add(self, draft: Draft, mode: str, why: str, at: datetime, refused: str) -> Prompt:
        while True:
            number = max(self._prompts, default=0) + 1
            try:
                prompt = await self._evenings.add_prompt(
                    session_id=self._session_id,
                    number=number,
                    mode=mode,
                    draft=draft,
                    why=why,
                    at=at,
                    refusal=_refusal(draft, at, refused),
                )
            except StorageError:
                # Somebody else's has the number, or ours was stored all the same.
                if not await self._learn():
                    raise
                found = self._prompts.get(number)
                if found is not None and (found.draft, found.drafted_at) == (draft, at):
                    return found
            else:
                self._take(prompt)
                return prompt

    async def _replace(
        self, number: int, draft: Draft, mode: str, why: str, by: str, reason: str, refused: str
    ) -> Prompt | None:
        seen = self._prompts.get(number)
        if seen is None or not may_step(seen.state, PromptState.SUPERSEDED):
            return None
        at = max(self._clock.now(), seen.changed_at)
        step = PromptStep(at=at, state=PromptState.SUPERSEDED, by=by, text=seen.text, reason=reason)
        while True:
            following = max(self._prompts) + 1
            try:
                replaced = await self._evenings.replace_prompt(
                    seen.id,
                    expected=seen.state,
                    step=step,
                    number=following,
                    mode=mode,
                    draft=draft,
                    why=why,
                    refusal=_refusal(draft, at, refused),
                )
            except StorageError:
                # As in `_add`; where it was stored all the same, the old one has changed with the new.
                if not await self._learn(number):
                    raise
                found = self._prompts.get(following)
                if found is not None and (found.draft, found.drafted_at) == (draft, at):
                    return found
            else:
                if replaced is None:
                    await self._learn(number)
                    return None
                self._take(*replaced)
                return replaced[1]

    async def _step(self, seen: Prompt, step: PromptStep, line: str | None) -> Prompt | None:
        try:
            stepped = await self._evenings.step_prompt(seen.id, expected=seen.state, step=step, line=line)
        except StorageError:
            stepped = None
            with suppress(StorageError):
                stepped = await self._evenings.prompt(seen.id)
            # It may have been stored all the same, and only the answer was lost.
            if stepped is None or stepped.steps[-1:] != (step,):
                raise
        if stepped is None:
            await self._learn(seen.number)
            return None
        self._take(stepped)
        return stepped

    async def _learn(self, moved_on: int | None = None) -> bool:
        """Whether the database has prompts that were not known here; they are by now.

        Another console may have left them, and the one that has `moved_on` otherwise than it is known here: with
        the line that took its place, where it was drafted anew there.
        """
        stored = await self._evenings.prompts(self._session_id)
        new = [prompt for prompt in stored if prompt.number not in self._prompts]
        self._take(*(prompt for prompt in stored if prompt in new or prompt.number == moved_on))
        return bool(new)

    def _take(self, *prompts: Prompt) -> None:
        """These are as they are stored by now. Who hears of a step finds all of them so."""
        before = {prompt.number: self._prompts.get(prompt.number) for prompt in prompts}
        self._prompts |= {prompt.number: prompt for prompt in prompts}
        for prompt in prompts:
            for stepped in _since(before[prompt.number], prompt):
                self._broadcast.tell(PromptStepped(stepped, stepped.steps[-1]))

    async def _to_its_end(self, change: Callable[[], Awaitable[_Result]]) -> _Result:
        """Make a change in its turn. Who is cancelled meanwhile leaves when it has come to its end."""
        making = asyncio.create_task(self._in_turn(change), name="a change of the review queue")
        cancelled: asyncio.CancelledError | None = None
        while not making.done():
            try:
                await asyncio.wait({making})
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is None:
            return making.result()
        if not making.cancelled() and (trouble := making.exception()) is not None:
            log.warning("a change of the review queue that nobody waits for failed: %s", trouble)
        raise cancelled

    async def _in_turn(self, change: Callable[[], Awaitable[_Result]]) -> _Result:
        async with self._turn:
            return await change()

    def _newest_first(self) -> list[Prompt]:
        return sorted(self._prompts.values(), key=lambda prompt: -prompt.number)


def _refusal(draft: Draft, at: datetime, refused: str) -> PromptStep | None:
    return PromptStep(at, PromptState.REJECTED, GUARD, draft.text, refused) if refused else None


def _since(before: Prompt | None, prompt: Prompt) -> Iterator[Prompt]:
    """The prompt as it was after each step that it has taken since `before`."""
    known = before.steps if before is not None else ()
    if known == prompt.steps:
        return
    # What was doubted here and settled elsewhere has another past by now; then only how it ended is new.
    first = len(known) if prompt.steps[: len(known)] == known else len(prompt.steps) - 1
    for place, step in enumerate(prompt.steps[first:-1], first + 1):
        yield replace(prompt, state=step.state, changed_at=step.at, steps=prompt.steps[:place])
    yield prompt
