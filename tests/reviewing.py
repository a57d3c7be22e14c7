"""A review queue on a real database, with all that hangs on it: a sink, a gate, a clock, and the operator's desk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sanctum_tui.chat import Receipt
from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.events import Broadcast
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.queue import ReviewQueue
from tests.builders import START, Gate, Sink, at

LINE = "Does the sea in Windrose feel empty, or contemplative?"


@dataclass
class Room:
    """A queue with all that hangs on it."""

    memory: Memory
    session: int
    clock: ReplayClock
    gate: Gate
    sink: Sink
    queue: ReviewQueue
    delivery: Delivery
    desk: Desk
    muted: str = ""

    async def draft(self, line: str = LINE) -> Prompt:
        return await self.queue.add(Draft(line, f"{line} — AI"), mode="hearthkeeper", why="quiet")

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)
        await self.clock.advance_to(at((self.clock.now() - START).total_seconds() + seconds))

    def states(self, number: int = 1) -> list[str]:
        prompt = self.queue.get(number)
        assert prompt is not None
        return [step.state.value for step in prompt.steps]


def _lets_stand(number: int, line: str) -> str:
    return ""


def furnish(
    memory: Memory,
    session: int,
    *answers: Receipt | Exception,
    undo: float = 4.0,
    refused: Callable[[int, str], str] = _lets_stand,
) -> Room:
    """A console on a session's queue. `refused` is the guard's word on a line at the moment of the yes."""
    clock, gate, sink = ReplayClock(START), Gate(), Sink(*answers)
    queue = ReviewQueue(memory.evenings, Broadcast(), clock)
    room: Room
    delivery = Delivery(queue, sink, gate, patience=clock, undo_seconds=lambda: undo, closed=lambda: room.muted)
    desk = Desk(queue, delivery, clock, sign=lambda line: f"{line} — AI", undo_seconds=lambda: undo, refused=refused)
    room = Room(memory, session, clock, gate, sink, queue, delivery, desk)
    return room


@asynccontextmanager
async def kept_in(folder: Path) -> AsyncIterator[Memory]:
    """A memory in this folder."""
    opened = await open_memory(f"sqlite+aiosqlite:///{folder / 'evening.db'}", lock_folder=folder)
    try:
        yield opened
    finally:
        await opened.close()


async def begun(memory: Memory) -> int:
    """The number of a session that was begun."""
    return (await memory.evenings.begin(channel="quietharbor", source="replay:x", title="A", at=START)).id


@asynccontextmanager
async def reviewing(memory: Memory, session: int) -> AsyncIterator[Room]:
    """One console on a session's queue, open."""
    made = furnish(memory, session)
    await made.queue.open(session)
    try:
        yield made
    finally:
        await made.delivery.close()


def broken(room: Room, monkeypatch: pytest.MonkeyPatch, *, number: int, to: PromptState) -> Callable[[], None]:
    """Let this one step fail, where it would be written, until the answer is called."""
    stored = room.memory.evenings.step_prompt
    working = False

    async def failing(id: int, *, step: PromptStep, **how: object) -> Prompt | None:
        prompt = room.queue.get(number)
        if not working and prompt is not None and id == prompt.id and step.state is to:
            kept = await room.memory.evenings.prompt(id)
            if kept is None or kept.state is not how["expected"]:
                return None
            raise StorageError("The disk is full.")
        return await stored(id, step=step, **how)  # type: ignore[arg-type]

    def mend() -> None:
        nonlocal working
        working = True

    monkeypatch.setattr(room.memory.evenings, "step_prompt", failing)
    return mend
