"""The same evening without a screen: what happens, as one JSON object a line."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TextIO

from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Decision, Prompt, PromptStep, Silence
from sanctum_tui.events import (
    Broadcast,
    DecisionChanged,
    Event,
    LineFlagged,
    LinesHeard,
    PromptStepped,
    SessionBegan,
    SessionEnded,
    StorageFailed,
)
from sanctum_tui.paths import Paths
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.settings import Settings

_PROGRESS_SECONDS = 1.0


async def run(plan: Plan, settings: Settings, paths: Paths, *, out: TextIO, err: TextIO) -> None:
    """Live through an evening and print it. Raises SanctumError where it cannot be opened or stored."""
    broadcast = Broadcast()
    started = time.monotonic()
    evening = await Evening.open(plan, settings, paths, broadcast)
    reporter = _Reporter(evening, out=out, err=err)
    try:
        for note in evening.notes:
            print(note, file=err)
        # What happened while it was opened (a restored queue, the session's beginning) comes first.
        reporter.began()
        unsubscribe = broadcast.subscribe(reporter.hear)
        await _while_it_can_be_told(evening, broadcast, reporter)
        await evening.finish()
        unsubscribe()
        reporter.summary()
    finally:
        await _close(evening)
    took = time.monotonic() - started
    messages = evening.keeping.messages
    print(
        f"{evening.replay.log.format}: {messages} messages in {took:.1f} s ({messages / max(took, 0.001):,.0f}/s).",
        file=err,
    )


async def _close(evening: Evening) -> None:
    """Close the evening. While another error is on its way, that lines could not be stored is no news."""
    on_its_way = sys.exc_info()[1] is not None
    try:
        await evening.close()
    except StorageError:
        if not on_its_way:
            raise


async def _while_it_can_be_told(evening: Evening, broadcast: Broadcast, reporter: "_Reporter") -> None:
    """Live through the evening; stops as soon as it cannot be stored or printed, for nobody is there to mend it.

    Raises StorageError, or the OSError that printing met.
    """
    living = asyncio.create_task(evening.run(), name="evening")
    failures: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, StorageFailed):
            failures.append(event.sentence)
        if failures or reporter.failure is not None:
            living.cancel()

    unsubscribe = broadcast.subscribe(listen)
    try:
        await living
    except asyncio.CancelledError:
        if reporter.failure is not None:
            raise reporter.failure from None
        if failures:
            raise StorageError(failures[0]) from None
        raise
    finally:
        unsubscribe()
        living.cancel()


class _Reporter:
    """Turns events into lines. Keys stand in one order, and nothing in them depends on the machine."""

    def __init__(self, evening: Evening, *, out: TextIO, err: TextIO) -> None:
        self._evening = evening
        self._out = out
        self._err = err
        self._first_at = evening.player.first_at
        self._told_at = time.monotonic()
        self._progress = err.isatty()
        self.failure: OSError | None = None
        """Why nothing more could be printed."""

    def began(self) -> None:
        session = self._evening.keeping.session
        self._session(SessionBegan(session, self._evening.restored))

    def hear(self, event: Event) -> None:
        """Print an event, if it is of the kinds that are printed."""
        match event:
            case LinesHeard():
                self._tell_progress()
            case DecisionChanged(decision, words):
                self._decision(decision, words)
            case PromptStepped(prompt, step):
                self._prompt(prompt, step)
            case LineFlagged(flag):
                self._print(
                    "flag", flag.at, line=flag.line, name=flag.name, rule=flag.rule, why=flag.why, text=flag.text
                )
            case SessionBegan() | SessionEnded():
                self._session(event)
            case _:
                pass

    def summary(self) -> None:
        """The last line: the evening in numbers."""
        evening, room = self._evening, self._evening.room
        skipped = dict(sorted(self._evening.replay.log.notes.skipped.items()))
        if self._evening.replay.player.left_out:
            skipped["before --start-at"] = self._evening.replay.player.left_out
        self._print(
            "summary",
            room.last_at,
            messages=evening.keeping.messages,
            skipped=skipped,
            notes=self._notes(),
            people=len(room.people),
            bots=len(room.bots_seen),
            longest_silence=self._silence(room.longest),
            silences=[self._silence(silence) for silence in room.silences],
            prompts=evening.queue.counts(),
            flags=len(room.flags),
        )

    def _notes(self) -> dict[str, int]:
        replayed = self._evening.replay
        leaps = {"clock leapt": replayed.player.leaps} if replayed.player.leaps else {}
        return dict(sorted({**replayed.log.notes.notes, **leaps}.items()))

    def _decision(self, decision: Decision, words: str) -> None:
        until = None if decision.until is None else self._seconds(decision.until)
        self._print(
            "decision",
            decision.at,
            action=decision.action.value,
            reason=decision.reason.value,
            words=words,
            numbers={name: round(value, 3) for name, value in decision.numbers.items()},
            until=until,
        )

    def _prompt(self, prompt: Prompt, step: PromptStep) -> None:
        self._print(
            "prompt",
            step.at,
            prompt=prompt.number,
            mode=prompt.mode,
            state=step.state.value,
            by=step.by,
            reason=step.reason,
            text=step.text,
            sources=list(prompt.draft.sources),
        )

    def _session(self, event: SessionBegan | SessionEnded) -> None:
        if isinstance(event, SessionBegan):
            state, at = ("restored" if event.restored else "began"), self._evening.clock.now()
            why = ""
        else:
            state, at, why = "ended", event.session.ended_at or self._evening.clock.now(), event.why
        self._print("session", at, state=state, channel=event.session.channel, title=event.session.title, why=why)

    def _silence(self, silence: Silence) -> dict[str, float]:
        return {"start": self._seconds(silence.start), "seconds": round(silence.seconds, 3)}

    def _seconds(self, moment: datetime) -> float:
        return round((moment - self._first_at).total_seconds(), 3)

    def _print(self, event: str, at: datetime, **fields: Any) -> None:
        try:
            print(json.dumps({"event": event, "at": self._seconds(at), **fields}, ensure_ascii=False), file=self._out)
        except OSError as error:
            self.failure = self.failure or error

    def _tell_progress(self) -> None:
        if self._progress and (now := time.monotonic()) - self._told_at >= _PROGRESS_SECONDS:
            self._told_at = now
            at = self._seconds(self._evening.clock.now())
            print(
                f"\r{at:,.0f} s of the evening, {self._evening.keeping.messages:,} messages", end="", file=self._err
            )


def standard_streams() -> tuple[TextIO, TextIO]:
    """Standard output for JSON, always UTF-8 whatever the locale, and standard error."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")
    return sys.stdout, sys.stderr
