"""The outbox: posts what the operator approved, that text and no other, at most once."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from sanctum_tui.chat import ChatSink, Dropped, Live, LiveGate, Posted, Receipt, Unknown
from sanctum_tui.clock import Clock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.prompt import DELIVERY, ROOM, approved_text, held_by_gate
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.text import one_line

log = logging.getLogger(__name__)


class Delivery:
    """Sends approved prompts when their time to undo is over and nothing keeps the gate shut.

    A prompt is moved to ``sending`` in the database before its text leaves. Whatever happens after that, a
    lost answer or a killed process, it is never sent again from here: it becomes *unknown*, and the operator
    settles it.
    """

    def __init__(
        self,
        queue: ReviewQueue,
        sink: ChatSink,
        gate: LiveGate,
        *,
        patience: Clock,
        undo_seconds: Callable[[], float],
        closed: Callable[[], str],
    ) -> None:
        """`patience` measures the time to undo: the operator's own time, also while a replay runs faster.

        `closed` gives a reason to post nothing that is not the gate's (the agent is muted), or "".
        """
        self._queue = queue
        self._sink = sink
        self._gate = gate
        self._patience = patience
        self._undo_seconds = undo_seconds
        self._closed = closed
        self._leaving: dict[int, asyncio.Task[None]] = {}
        self._sending: set[int] = set()
        self._seen: dict[int, datetime] = {}
        """Lines that the room showed while they were being sent, and when."""

    def shut(self) -> str:
        """Why nothing may be posted now, in words, or "" where it may."""
        if reason := self._closed():
            return reason
        return "" if self._gate.live is Live.YES else self._gate.why

    async def take(self, prompt: Prompt) -> None:
        """Let an approved prompt go out: after the time to undo, or at once where there is none."""
        seconds = self._undo_seconds()
        if seconds <= 0:
            await self._send(prompt.number)
            return
        task = asyncio.create_task(self._send_after(prompt.number, seconds), name=f"leave {prompt.number}")
        self._leaving[prompt.number] = task
        task.add_done_callback(lambda done: self._left(prompt.number, done))

    def is_sending(self, number: int) -> bool:
        """Whether this one is on its way at this moment."""
        return number in self._sending

    def stop(self, number: int) -> None:
        """Do not send this one after all; nothing happens where it has left already."""
        if number not in self._sending and (task := self._leaving.pop(number, None)):
            task.cancel()

    async def recover(self) -> None:
        """After a restart: what was being sent is unknown, and what was about to leave is held."""
        for prompt in self._queue.prompts:
            if prompt.state is PromptState.SENDING:
                reason = "the console stopped while it was being sent"
                await self._queue.step(prompt.number, PromptState.UNKNOWN, by=DELIVERY, reason=reason)
            elif prompt.state is PromptState.APPROVED:
                reason = "the console stopped before it went out; approve it again if it still fits"
                await self._queue.step(prompt.number, PromptState.HELD, by=DELIVERY, reason=reason)

    async def gate_opened(self) -> None:
        """Ask again about what was approved while nothing could be posted: it may not fit the moment any more."""
        if self.shut():
            return
        for prompt in self._queue.prompts:
            if held_by_gate(prompt):
                reason = "it can be posted now; approve it again if it still fits"
                await self._queue.step(prompt.number, PromptState.PENDING, by=DELIVERY, reason=reason)

    async def echoed(self, text: str, at: datetime) -> Prompt | None:
        """A line of ours came in from the room: settles the oldest one of that text whose answer was lost.

        One that is being sent is remembered, in case its answer is lost yet.
        """
        for prompt in self._queue.prompts:
            gone = prompt.state in (PromptState.UNKNOWN, PromptState.SENDING) and prompt.number not in self._seen
            if gone and one_line(approved_text(prompt) or "") == one_line(text):
                if prompt.state is PromptState.UNKNOWN:
                    return await self._settle(prompt.number, at)
                self._seen[prompt.number] = at
                return None
        return None

    async def close(self) -> None:
        """Stop sending. What has not left stays approved; what is leaving is waited for."""
        for number, task in self._leaving.items():
            if number not in self._sending:
                task.cancel()
        await asyncio.gather(*self._leaving.values(), return_exceptions=True)

    def _left(self, number: int, task: asyncio.Task[None]) -> None:
        if self._leaving.get(number) is task:
            del self._leaving[number]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("delivery of line %s failed", number, exc_info=error)

    async def _send_after(self, number: int, seconds: float) -> None:
        await self._patience.sleep(seconds)
        # From here on nobody cuts it off: a prompt left in ``sending`` would have an outcome nobody knows.
        self._sending.add(number)
        try:
            await self._send(number)
        finally:
            self._sending.discard(number)

    async def _send(self, number: int) -> None:
        prompt = self._queue.get(number)
        if prompt is None or prompt.state is not PromptState.APPROVED:
            return
        if reason := self.shut():
            await self._queue.step(number, PromptState.HELD, by=DELIVERY, reason=reason)
            return
        sending = await self._queue.step(number, PromptState.SENDING, by=DELIVERY)
        if sending is None:
            return
        text = approved_text(sending)
        receipt = Dropped("nobody approved a text for it") if text is None else await self._post(text)
        try:
            await self._note(number, receipt)
        except StorageError as error:
            log.warning("%s", error.sentence)
            self._queue.doubt(number, "it was sent, and what became of it could not be stored")

    async def _note(self, number: int, receipt: Receipt) -> None:
        match receipt:
            case Posted():
                await self._queue.step(number, PromptState.POSTED, by=DELIVERY, at=receipt.at)
            case Dropped(reason):
                await self._queue.step(number, PromptState.FAILED, by=DELIVERY, reason=reason)
            case Unknown(reason):
                await self._queue.step(number, PromptState.UNKNOWN, by=DELIVERY, reason=reason)
                if (seen_at := self._seen.get(number)) is not None:
                    await self._settle(number, seen_at)
            case _:
                assert_never(receipt)

    async def _settle(self, number: int, at: datetime) -> Prompt | None:
        reason = "it was seen in the room"
        return await self._queue.step(number, PromptState.POSTED, by=ROOM, reason=reason, at=at)

    async def _post(self, text: str) -> Receipt:
        try:
            return await self._sink.post(text)
        except Exception as error:
            log.exception("the sink failed")
            return Unknown(f"sending it failed in an unforeseen way ({type(error).__name__})")
