"""A room in which lines are written when the test says so, and stored where its disk lets them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sanctum_tui.agent.drafting import Drafting
from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.modes.steward import Steward
from sanctum_tui.agent.room import Room
from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import ReplayClock
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft
from sanctum_tui.events import Broadcast
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.guard import inspect
from sanctum_tui.llm.replying import Judge
from sanctum_tui.memory.engine import Memory
from sanctum_tui.review.queue import ReviewQueue
from tests.builders import Heard, at, says
from tests.live import until
from tests.reviewing import begun, kept_in
from tests.test_hearthkeeper import keeper, room_of

QUESTION = says(100, "steward, who wrote the letters?", id="q1")
ANSWER = "The keeper wrote them, one each winter."
QUIET_LINE = "The lamp in the lighthouse has been out the whole crossing."


@dataclass
class Slow:
    """Writes a line, as an answer or for the quiet room, when it is let, and not before."""

    line: str
    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    stopped: int = 0

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        return await self.write(context)

    async def write(self, context: Context) -> Draft | None:
        self.asked += 1
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return Draft(self.line, f"{self.line} — Chronicler")


@dataclass
class Answering:
    """A room in which somebody speaks to the steward, whose answer is written when the test says so."""

    clock: ReplayClock
    room: Room
    queue: ReviewQueue
    steward: Steward
    drafting: Drafting
    author: Slow
    replier: Slow
    broadcast: Broadcast
    heard: Heard
    memory: Memory
    seconds: float = 0.0
    """The operator's own time."""

    async def hears(self, *messages: ChatMessage) -> None:
        self.clock.set(messages[-1].at)
        self.take(*messages)
        await until(lambda: self.replier.asked)

    def take(self, *messages: ChatMessage) -> None:
        self.room.take(messages)
        for message in messages:
            self.drafting.answer(message, lambda: True)

    async def is_written(self) -> list[str]:
        """What is in the queue when everything that was being written has been."""
        self.replier.let.set()
        for task in [task for task in asyncio.all_tasks() if task.get_name() == "answer"]:
            await task
        return [prompt.line for prompt in self.queue.prompts]


async def disk_fails(memory: Memory) -> None:
    """No line can be put into the queue any more."""
    full = "CREATE TRIGGER full BEFORE INSERT ON prompts BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    async with memory.store.write() as connection:
        await connection.exec_driver_sql(full)


async def disk_is_mended(memory: Memory) -> None:
    """What `disk_fails` did is over."""
    async with memory.store.write() as connection:
        await connection.exec_driver_sql("DROP TRIGGER full")


@asynccontextmanager
async def answering_in(folder: Path) -> AsyncIterator[Answering]:
    async with kept_in(folder) as memory:
        session = await begun(memory)
        clock, room, broadcast, heard = ReplayClock(at(0)), room_of(), Broadcast(), Heard()
        broadcast.subscribe(heard)
        author, replier = Slow(QUIET_LINE), Slow(ANSWER)
        queue = ReviewQueue(memory.evenings, broadcast, clock)
        await queue.open(session)
        steward = Steward(
            replier,
            login="sanctumbot",
            bots=lambda: (),
            suspicion=lambda message: None,
            dashboard=Dashboard,
            verdict=lambda line, room, prompts: inspect(line),
        )
        drafting = Drafting(
            clock=clock,
            room=room,
            queue=queue,
            hearthkeeper=keeper(author),
            steward=steward,
            standing_order=None,
            on_written=lambda: None,
            attempt=Keeping(memory, broadcast).attempt,
            monotonic=lambda: it.seconds,
        )
        it = Answering(clock, room, queue, steward, drafting, author, replier, broadcast, heard, memory)
        drafting.start()
        try:
            yield it
        finally:
            await drafting.stop()
