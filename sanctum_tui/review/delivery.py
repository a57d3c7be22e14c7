"""The outbox: posts what the operator approved, that text and no other, at most once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from sanctum_tui.chat import ChatSink, Dropped, Live, LiveGate, NotSent, Posted, Receipt, Unknown
from sanctum_tui.clock import Clock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.prompt import DELIVERY, ROOM, approved_text, held_by_gate, refused_before, waits_as
from sanctum_tui.review.queue import ReviewQueue

log = logging.getLogger(__name__)


class Delivery:
    """Sends approved prompts when their time to undo is over and nothing keeps the gate shut.

    A prompt is moved to ``sending`` in the database before its text leaves. Whatever happens after that, a
    lost answer or a killed process, it is never sent again from here: it becomes *unknown*, and the operator
    settles it. Only where it is certain that the text did not leave is it held, for another yes.
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
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving: dict[int, asyncio.Task[None]] = {}
        """Those that may still be taken back, by their numbers."""
        self._sending: set[int] = set()
        self._stranded: dict[int, str] = {}
        """Lines that did not leave, and why, where it could not be stored that they are held."""
        self._lost: dict[int, str] = {}
        """Lines whose answer was lost, and the ticket by which the sink knows what the room showed since."""
        self._troubled = False

    def shut(self) -> str:
        """Why nothing may be posted now, in words, or "" where it may."""
        if reason := self._closed():
            return reason
        return "" if self._gate.live is Live.YES else self._gate.why

    async def take(self, prompt: Prompt, *, wait: bool = True) -> None:
        """Let an approved prompt go out: after the time to undo, or at once, and then `wait` until it is out."""
        number, seconds = prompt.number, self._undo_seconds()
        self.stop(number)
        self._stranded.pop(number, None)
        task = asyncio.create_task(self._leave(number, seconds), name=f"leave {number}")
        self._tasks.add(task)
        self._leaving[number] = task
        task.add_done_callback(lambda done: self._left(number, done))
        if seconds <= 0 and wait:
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

    async def hold(self, number: int, reason: str) -> Prompt | None:
        """Keep a line that did not leave until it can be posted; where it can be by now, it asks again at once.

        None where it has moved on. Raises StorageError; `gate_opened` makes up for it then.
        """
        try:
            held = await self._queue.step(number, PromptState.HELD, by=DELIVERY, reason=reason, where=_was_leaving)
        except StorageError:
            self._stranded[number] = reason
            raise
        self._stranded.pop(number, None)
        # The gate may have opened while that was stored, and who told of it found nothing held yet.
        return held if held is None or self.shut() else await self._ask_again(number) or held

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
        """Ask again about what was approved while nothing could be posted: it may not fit the moment any more.

        To be called when the gate may have opened, and besides as often as one likes: what could not be stored
        is not raised, but made up for by the next call.
        """
        for number, reason in list(self._stranded.items()):
            await self._try(self.hold(number, reason))
        for prompt in self._queue.prompts:
            if held_by_gate(prompt) and not self.shut():
                await self._try(self._ask_again(prompt.number))
        await self.echoed()

    async def echoed(self) -> None:
        """A line of ours came in from the room: settles a line whose answer was lost, where it is that one.

        Which one it is only the sink knows. May be called at any time, like `gate_opened`.
        """
        for number, ticket in list(self._lost.items()):
            if (at := self._sink.shown_at(ticket)) is not None:
                await self._try(self._settle(number, at))

    async def close(self) -> None:
        """Stop sending. What has not left stays approved; what is leaving is waited for."""
        for number in list(self._leaving):
            self.stop(number)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _left(self, number: int, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._leaving.get(number) is task:
            del self._leaving[number]
        if task.cancelled():
            return
        match task.exception():
            case None:
                pass
            case StorageError() as error:
                log.warning("line %s did not go out: %s", number, error.sentence)
            case error:
                log.error("delivery of line %s failed", number, exc_info=error)

    async def _leave(self, number: int, seconds: float) -> None:
        if seconds > 0:
            await self._patience.sleep(seconds)
        # From here on nobody cuts it off: a prompt left in ``sending`` would have an outcome nobody knows.
        self._sending.add(number)
        try:
            await self._send(number)
        finally:
            self._sending.discard(number)

    async def _send(self, number: int) -> None:
        if self._state(number) is not PromptState.APPROVED:
            return
        if reason := self.shut():
            await self.hold(number, reason)
            return
        try:
            sending = await self._queue.step(number, PromptState.SENDING, by=DELIVERY)
        except StorageError:
            self._stranded[number] = "it could not be stored that it goes out, so it did not"
            raise
        if sending is None:
            return
        self._lost.pop(number, None)
        text = approved_text(sending)
        receipt = Dropped("nobody approved a text for it") if text is None else await self._post(text)
        try:
            await self._note(number, receipt)
        except StorageError as error:
            log.warning("%s", error.sentence)
            if not isinstance(receipt, NotSent):
                self._queue.doubt(number, "it was sent, and what became of it could not be stored")
        # The answer may have shown that a line of the room, taken for this one, is another's of the same words.
        await self.echoed()

    async def _note(self, number: int, receipt: Receipt) -> None:
        match receipt:
            case Posted():
                await self._queue.step(number, PromptState.POSTED, by=DELIVERY, at=receipt.at)
            case Dropped(reason):
                await self._queue.step(number, PromptState.FAILED, by=DELIVERY, reason=reason)
            case NotSent(reason):
                await self.hold(number, reason)
            case Unknown(reason, ticket):
                self._lost[number] = ticket
                await self._queue.step(number, PromptState.UNKNOWN, by=DELIVERY, reason=reason)
            case _:
                assert_never(receipt)

    async def _ask_again(self, number: int) -> Prompt | None:
        held = self._queue.get(number)
        if held is None:
            return None
        to, reason = waits_as(held), "it can be posted now; approve it again if it still fits"
        if why := refused_before(held):
            # The operator insisted once, and that was for another moment.
            reason = f"{why} (it can be posted now; e edits it, if you still insist)"
        return await self._queue.step(
            number, to, by=DELIVERY, reason=reason, where=lambda seen: held_by_gate(seen) and waits_as(seen) is to
        )

    async def _settle(self, number: int, at: datetime) -> None:
        # Twice, for the database may have it still being sent where it is unknown here already, or the other way.
        for _ in range(2):
            if self._state(number) in (PromptState.SENDING, PromptState.UNKNOWN):
                reason = "it was seen in the room"
                await self._queue.step(number, PromptState.POSTED, by=ROOM, reason=reason, at=at)
        self._lost.pop(number, None)

    async def _try(self, change: Awaitable[object]) -> None:
        """Make a change that can be made later as well; that it fails is told once."""
        try:
            await change
        except StorageError as error:
            if not self._troubled:
                log.warning("%s It is tried again.", error.sentence)
            self._troubled = True
        else:
            self._troubled = False

    def _state(self, number: int) -> PromptState | None:
        prompt = self._queue.get(number)
        return None if prompt is None else prompt.state

    async def _post(self, text: str) -> Receipt:
        try:
            return await self._sink.post(text, shut=self.shut)
        except Exception as error:
            log.exception("the sink failed")
            return Unknown(f"sending it failed in an unforeseen way ({type(error).__name__})")


def _was_leaving(prompt: Prompt) -> bool:
    return prompt.state in (PromptState.APPROVED, PromptState.SENDING)
