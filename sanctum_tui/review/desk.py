"""The operator's hand on the queue: approve, edit, skip, hold, undo, settle. Each answers in words."""

from collections.abc import Callable

from sanctum_tui.clock import Clock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.prompt import (
    Outcome,
    kept_out_by,
    last_decided,
    may_step,
    refused_before,
    too_late,
    unsendable,
    waits_as,
)
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.text import single_spaced

NOTHING_WAITS = "Nothing waits for you."


class Desk:
    """What the keys do. Pressed twice, or on something that has moved on, a key says so and does no harm."""

    def __init__(
        self,
        queue: ReviewQueue,
        delivery: Delivery,
        clock: Clock,
        *,
        sign: Callable[[str], str],
        undo_seconds: Callable[[], float],
        refused: Callable[[int, str], str],
    ) -> None:
        """`sign` puts the signature behind a line, so that an edited one is what will be posted.

        `refused` is why the guard says no to these words for the line of that number, at this moment, or "".
        """
        self._queue = queue
        self._delivery = delivery
        self._clock = clock
        self._sign = sign
        self._undo_seconds = undo_seconds
        self._refused = refused

    async def approve(
        self, number: int, *, line: str | None = None, by: str = "operator", reason: str = "", wait: bool = True
    ) -> Outcome:
        """Say yes to exactly the text shown, or to `line`, the operator's own words for it.

        Runs of white space become one space here, as chat would make of them: what is noted is what is posted.
        `reason` records an override, where the guard had said no to `line`: without one nothing is approved that it
        says no to, nor what it said no to before, whatever became of the line since. Without time to undo it goes
        out at once; who cannot `wait` for that hears of it from the queue.
        """
        prompt = self._queue.get(number)
        if prompt is None:
            return Outcome(False, NOTHING_WAITS)
        words = prompt.line if line is None else line
        text = prompt.text if line is None else self._sign(line)
        # The words too, for the signature alone would make a line of no words look like one.
        if why := unsendable(words) or unsendable(text):
            return Outcome(False, f"{why} Nothing was approved.", prompt)
        if prompt.state is PromptState.REJECTED and line is None:
            return Outcome(False, too_late(prompt, self._clock.now()), prompt)
        if not reason and may_step(prompt.state, PromptState.APPROVED):
            before = refused_before(prompt) if line is None else ""
            # What the guard says now comes first: of an insistence, only the names of rules are kept.
            if why := self._refused(number, words) or before:
                why = f"{why.rstrip(' .')}. e edits it, s lets it go. Nothing was approved."
                no = f"The guard says no to line {number}: {why}"
                return Outcome(False, no, prompt)
        words, text = single_spaced(words), single_spaced(text)
        new = None if (words, text) == (prompt.line, prompt.text) else words
        approved = await self._queue.step(number, PromptState.APPROVED, by=by, line=new, text=text, reason=reason)
        if approved is None:
            return self._too_late(number)
        if shut := self._delivery.shut():
            held = await self._delivery.hold(number, shut)
            told = f"Approved, and held: {shut}."
            if held is not None and held.state is PromptState.PENDING:
                told += " By now it can be posted: approve it again if it still fits."
            elif held is not None and held.state is PromptState.REJECTED:
                told += " By now it can be posted: e, and insist again if it still fits."
            return Outcome(True, told, held or self._queue.get(number))
        await self._delivery.take(approved, wait=wait)
        seconds = self._undo_seconds()
        words = f"Approved. It goes out in {seconds:g} s; u takes it back." if seconds > 0 else "Approved."
        return Outcome(True, words, self._queue.get(number))

    async def skip(self, number: int, *, reason: str = "", by: str = "operator") -> Outcome:
        """Let it go, with a reason where the operator gives one."""
        skipped = await self._queue.step(number, PromptState.SKIPPED, by=by, reason=reason)
        if skipped is None:
            return self._too_late(number)
        return Outcome(True, "Skipped. Nothing was posted; u takes it back.", skipped)

    async def hold(self, number: int) -> Outcome:
        """Keep it for later: it does not go stale, and does not go out before it is approved."""
        held = await self._queue.step(number, PromptState.HELD, by="operator", reason="kept for later")
        if held is None:
            return self._too_late(number)
        self._delivery.stop(number)
        return Outcome(
            True,
            "Held for later: a posts it, s lets it go. Until then no other is drafted; a replay keeps to real time.",
            held,
        )

    async def undo(self) -> Outcome:
        """Take back the last yes or skip, while that is possible."""
        last = last_decided(self._queue.prompts)
        if last is None:
            return Outcome(False, "There is nothing to take back.")
        if not may_step(last.state, PromptState.PENDING):
            return Outcome(False, f"There is nothing to take back. {too_late(last, self._clock.now())}", last)
        if (waiting := kept_out_by(last, self._queue.waiting)) is not None:
            told = f"Line {waiting.number} waits for you; line {last.number} does not come back beside it."
            return Outcome(False, f"{told} Nothing was changed.", last)
        to, why = waits_as(last), refused_before(last)
        reason = f"{why} (taken back)" if why else "taken back"
        # The step first: where delivery was faster it fails, and then what is being sent must not be cut off.
        back = await self._queue.step(
            last.number, to, by="operator", reason=reason, where=lambda seen: waits_as(seen) is to
        )
        if back is None:
            return self._too_late(last.number)
        self._delivery.stop(last.number)
        if why:
            return Outcome(
                True, f"Taken back. The guard says no to line {back.number}; e edits it, s lets it go.", back
            )
        return Outcome(True, f"Taken back. Line {back.number} waits for you again.", back)

    async def settle(self, number: int, *, posted: bool) -> Outcome:
        """Say what became of a line whose answer was lost."""
        prompt = self._queue.get(number)
        if prompt is None or prompt.state is not PromptState.UNKNOWN:
            return Outcome(False, "No line's outcome is unknown.", prompt)
        to = PromptState.POSTED if posted else PromptState.FAILED
        settled = await self._queue.step(number, to, by="operator", reason="settled by the operator")
        stored = self._queue.get(number)
        if settled is None and stored is not None and stored.state is PromptState.SENDING:
            # Its outcome could not be stored when it was sent, so the database still says that it is being sent.
            if self._delivery.is_sending(number):
                return self._too_late(number)
            try:
                settled = await self._queue.step(number, to, by="operator", reason="settled by the operator")
            except StorageError:
                self._queue.doubt(number, "what you said became of it could not be stored")
                raise
        if settled is None:
            return self._too_late(number)
        return Outcome(True, f"Line {number} is noted as {'posted' if posted else 'not posted'}.", settled)

    def _too_late(self, number: int) -> Outcome:
        prompt: Prompt | None = self._queue.get(number)
        if prompt is None:
            return Outcome(False, NOTHING_WAITS)
        return Outcome(False, too_late(prompt, self._clock.now()), prompt)
