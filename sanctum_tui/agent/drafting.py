"""Has lines written, and puts them into the queue: for the quiet room, anew at the operator's wish, as an answer."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from sanctum_tui.agent.modes.hearthkeeper import NAME as HEARTHKEEPER
from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.agent.modes.steward import NAME as STEWARD
from sanctum_tui.agent.modes.steward import Steward
from sanctum_tui.agent.room import Room
from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import Clock
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.review.prompt import ROOM, Outcome
from sanctum_tui.review.queue import ReviewQueue

log = logging.getLogger(__name__)

Written = tuple[Draft, Verdict] | None


class StoppedError(Exception):
    """The evening ended while a line was being written, or nobody wants the line any more."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """A line that is written, and may not be stored yet."""

    draft: Draft
    verdict: Verdict
    why: str
    mode: str
    still: Callable[[], bool]
    """Whether it is still wanted."""
    question: ChatMessage | None = None
    """What it answers, where it is an answer."""


def _always() -> bool:
    return True


class Drafting:
    """One line at a time. Writing may take as long as a model takes; it moves nothing until it is done.

    What is written and cannot be stored is kept, and stored later: no model is asked for the same line again.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        room: Room,
        queue: ReviewQueue,
        hearthkeeper: Hearthkeeper,
        steward: Steward | None,
        standing_order: Callable[[Prompt], Awaitable[None]] | None,
        on_written: Callable[[], None],
        attempt: Callable[[Callable[[], Awaitable[object]]], Awaitable[object]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`on_written` is called when a line is done with, or came to nothing: it is written no more.

        `attempt` does something that is stored, and tells where that fails. `monotonic` is the operator's own time,
        in seconds: a chat service's clock may be another, and a replay's runs faster than anybody writes.
        """
        self._clock = clock
        self._room = room
        self._queue = queue
        self._hearthkeeper = hearthkeeper
        self._steward = steward
        self._standing_order = standing_order
        self._on_written = on_written
        self._attempt = attempt
        self._monotonic = monotonic
        self._turn = asyncio.Lock()
        self._stopped = False
        self._owed: _Owed | None = None
        self._writing: dict[asyncio.Task[Written], Callable[[], bool]] = {}
        """What is being written, and whether that is still wanted."""
        self._answering: set[asyncio.Task[None]] = set()
        self._question: tuple[int, ChatMessage] | None = None
        """What was last answered, and the number of the answer."""

    @property
    def answers(self) -> bool:
        """Whether anybody who speaks to the agent is answered."""
        return self._steward is not None

    async def draft(self, why: str, still: Callable[[], bool]) -> bool:
        """Draft a line for the room, if it is `still` wanted when it is written; False where none is left."""
        async with self._turn:
            if self._stopped or self._owed is not None or not still():
                return True
            try:
                written = await self._write(lambda: self._hearthkeeper.draft(self._room, self._queue.prompts), still)
            except StoppedError:
                return True
            if written is None:
                self._hearthkeeper.give_up(self._room)
                return False
            self._owed = _Owed(*written, why, HEARTHKEEPER, still)
            await self._put_owed()
            return True

    async def catch_up(self) -> None:
        """Store the line that could not be stored when it was written, if it is still wanted."""
        if self._owed is not None:
            async with self._turn:
                await self._put_owed()

    def look(self) -> None:
        """Something happened in the room: what nobody wants any more is written no further.

        It would be paid for, and whoever spoke would have to wait until it is done.
        """
        for task, still in self._writing.items():
            if not still():
                task.cancel()

    async def preview(self, note: str = "") -> Written:
        """What it would say now: nothing is sent, recorded or moved by asking."""
        try:
            return await self._write(lambda: self._anew(note), _always)
        except StoppedError:
            return None

    async def redraft(self, number: int, note: str, still: Callable[[], bool]) -> Outcome:
        """Draft anew in place of a line that waits, with the operator's note, if it is `still` wanted then."""
        old = self._queue.get(number)
        if old is not None and self.is_answer(old):
            return Outcome(False, "An answer is not drafted anew; e edits it, s lets it go.", old)
        async with self._turn:
            try:
                written = await self._write(lambda: self._anew(note), still)
            except StoppedError:
                written = None
            if not still():
                return Outcome(False, "Meanwhile somebody spoke, or you muted the agent; the line stays as it was.")
            if written is None:
                return Outcome(False, "There is nothing left to say that was not said tonight.")
            draft, verdict = written
            why = f"Drafted anew in place of line {number}." + (f" Your note: {note}" if note else "")
            new = await self._queue.replace(
                number, draft, mode=HEARTHKEEPER, why=why, by="operator", reason=note, refused=refusal(verdict)
            )
            if new is None:
                return Outcome(False, f"Line {number} has moved on; there is nothing to draft anew.")
            await self._ordered(new)
            return Outcome(True, "Drafted anew.", self._queue.get(new.number))

    def start(self) -> None:
        """Lines may be written from now on."""
        self._stopped = False

    def answer(self, message: ChatMessage, wanted: Callable[[], bool]) -> None:
        """Answer somebody who spoke to the steward, in a task of our own: a room goes on talking meanwhile."""
        steward, waiting = self._steward, self._queue.waiting
        if steward is None or self._answering or not steward.addressed(message) or not wanted():
            # One at a time: forty people who ask at once shall not keep a model busy for half an hour.
            return
        if waiting is not None and waiting.state is not PromptState.PENDING:
            # A line that is going out, or whose outcome nobody knows, keeps the card and its keys.
            return
        if steward.may_answer(message, self._queue.prompts):
            heard_at = self._monotonic()
            task = asyncio.create_task(self._answer(steward, message, wanted, heard_at), name="answer")
            self._answering.add(task)
            task.add_done_callback(self._answered)

    def is_answer(self, prompt: Prompt) -> bool:
        """Whether it answers somebody; talk does not make it stale, time does."""
        return prompt.mode == STEWARD

    def answers_nobody(self, prompt: Prompt) -> str:
        """Why an answer that waits would answer nobody any more, or "" where it would, or is none."""
        number, question = self._question or (None, None)
        if question is not None and number == prompt.number and self._room.was_withdrawn(question):
            return "what it answers was removed"
        if self._steward is not None and self._steward.too_late(prompt, self._clock.now()):
            return "the talk has moved on"
        return ""

    async def stop(self) -> None:
        """Put no more lines into the queue. What is being written comes to nothing; it had moved nothing."""
        self._stopped = True
        for task in (*self._writing, *self._answering):
            task.cancel()
        await asyncio.gather(*self._writing, *self._answering, return_exceptions=True)
        self._owed = None

    def _anew(self, note: str) -> Coroutine[Any, Any, Written]:
        return self._hearthkeeper.draft(self._room, self._queue.prompts, note)

    async def _answer(
        self, steward: Steward, message: ChatMessage, wanted: Callable[[], bool], heard_at: float
    ) -> None:
        def still() -> bool:
            # A moderator may have removed what was asked, or the operator muted the agent, in the meantime.
            old = steward.is_old(self._monotonic() - heard_at)
            return wanted() and not old and not self._room.was_withdrawn(message)

        async with self._turn:
            await self._put_owed()
            if self._stopped or self._owed is not None or not still():
                return
            try:
                written = await self._write(lambda: steward.answer(message, self._room, self._queue.prompts), still)
            except StoppedError:
                return
            if written is not None:
                self._owed = _Owed(*written, f"{message.name} spoke to the steward.", STEWARD, still, message)
                await self._put_owed()

    def _answered(self, task: "asyncio.Task[None]") -> None:
        self._answering.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("an answer failed", exc_info=error)

    async def _write(self, writing: Callable[[], Coroutine[Any, Any, Written]], still: Callable[[], bool]) -> Written:
        """What comes of it. Raises StoppedError where it is `still` wanted no more before it is written."""
        task = asyncio.create_task(writing(), name="writing")
        self._writing[task] = still
        try:
            await asyncio.wait({task})
            if task.cancelled():
                raise StoppedError
            return task.result()
        finally:
            task.cancel()
            del self._writing[task]
            self._on_written()

    async def _put_owed(self) -> None:
        """Put what is written into the queue, if it is still wanted; kept for later where it cannot be stored."""
        owed = self._owed
        if owed is None:
            return
        if self._stopped or self._queue.waiting is not None or not owed.still():
            self._owed = None
            return
        await self._attempt(lambda: self._put(owed))

    async def _put(self, owed: _Owed) -> None:
        if owed.mode == STEWARD:
            # What its writer was told is held against an edit as well; the Hearthkeeper keeps its own in mind.
            self._hearthkeeper.remember(owed.draft)
        prompt = await self._queue.add(owed.draft, mode=owed.mode, why=owed.why, refused=refusal(owed.verdict))
        # From here on it is stored: whatever fails now, it is not put there twice.
        self._owed = None
        if owed.question is not None:
            self._question = prompt.number, owed.question
        if owed.question is not None and (why := self.answers_nobody(prompt)):
            # It was removed while the answer was being stored, when nobody could know yet whose it is.
            await self._queue.step(prompt.number, PromptState.STALE, by=ROOM, reason=why)
        else:
            await self._ordered(prompt)

    async def _ordered(self, prompt: Prompt) -> None:
        if self._standing_order is not None and prompt.state is PromptState.PENDING:
            await self._standing_order(prompt)


def refusal(verdict: Verdict) -> str:
    """Why the guard refuses a line, or "" where it does not."""
    return "; ".join(finding.reason or finding.rule for finding in verdict.findings)
