"""Who asks is answered while it is still an answer, and what a moderator removed is never answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sanctum_tui.agent.drafting import Drafting
from sanctum_tui.agent.modes.steward import OLD_QUESTION_SECONDS, Steward
from sanctum_tui.agent.room import RECENT, Room
from sanctum_tui.chat import ChatCleared, ChatEvent, ChatMessage, MessageDeleted
from sanctum_tui.clock import ReplayClock
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft, PromptState
from sanctum_tui.events import Broadcast
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.guard import inspect
from sanctum_tui.llm.replying import Judge
from sanctum_tui.review.queue import ReviewQueue
from sanctum_tui.runtime.evening import Evening
from tests.builders import Author, at, evening_of, says, settings
from tests.live import until
from tests.reviewing import begun, kept_in
from tests.test_hearthkeeper import keeper, room_of

QUESTION = says(100, "steward, who wrote the letters?", id="q1")
ANSWER = "The keeper wrote them, one each winter."


@dataclass
class Slow:
    """Writes an answer when it is let, and not before."""

    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        self.asked += 1
        await self.let.wait()
        return Draft(ANSWER, f"{ANSWER} — Chronicler")


@dataclass
class Answering:
    """A room in which somebody speaks to the steward, whose answer is written when the test says so."""

    clock: ReplayClock
    room: Room
    queue: ReviewQueue
    drafting: Drafting
    replier: Slow
    broadcast: Broadcast

    async def hears(self, *messages: ChatMessage) -> None:
        self.room.take(messages)
        self.clock.set(messages[-1].at)
        for message in messages:
            self.drafting.answer(message, lambda: True)
        await until(lambda: self.replier.asked)

    async def is_written(self) -> list[str]:
        """What is in the queue when everything that was being written has been."""
        self.replier.let.set()
        for task in [task for task in asyncio.all_tasks() if task.get_name() == "answer"]:
            await task
        return [prompt.line for prompt in self.queue.prompts]


@asynccontextmanager
async def answering_in(folder: Path) -> AsyncIterator[Answering]:
    async with kept_in(folder) as memory:
        session = await begun(memory)
        clock, room, replier, broadcast = ReplayClock(at(0)), room_of(), Slow(), Broadcast()
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
            hearthkeeper=keeper(Author()),
            steward=steward,
            standing_order=None,
            on_written=lambda: None,
        )
        drafting.start()
        try:
            yield Answering(clock, room, queue, drafting, replier, broadcast)
        finally:
            await drafting.stop()


def busy(since: float, seconds: float = 20.0) -> list[ChatMessage]:
    """Far more lines than are kept for the next draft, within so many seconds."""
    return [says(since + seconds * n / 300, f"line {n}", f"guest{n}") for n in range(RECENT * 2)]


@pytest.mark.parametrize(
    "removed",
    [MessageDeleted(at(125), "q1"), ChatCleared(at(125), "mira"), ChatCleared(at(125))],
    ids=["the line", "all of the person's", "everything"],
)
@pytest.mark.parametrize("talk", ["quiet", "busy"])
async def test_what_a_moderator_removes_while_the_answer_is_written_is_never_answered(
    tmp_path: Path, removed: MessageDeleted | ChatCleared, talk: str
) -> None:
    async with answering_in(tmp_path) as it:
        await it.hears(QUESTION)
        if talk == "busy":
            await it.hears(*busy(101))
        assert it.replier.asked == 1
        it.room.withdraw(removed)
        assert await it.is_written() == []


async def test_in_a_busy_room_a_question_that_nobody_removed_is_answered(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        await it.hears(QUESTION, *busy(101))
        it.room.withdraw(MessageDeleted(at(125), "another"))
        it.room.withdraw(ChatCleared(at(125), "guest7"))
        assert await it.is_written() == [ANSWER]


@pytest.mark.parametrize(("seconds", "told"), [(OLD_QUESTION_SECONDS, [ANSWER]), (OLD_QUESTION_SECONDS + 1, [])])
async def test_an_answer_that_is_written_a_minute_late_is_dropped(
    tmp_path: Path, seconds: float, told: list[str]
) -> None:
    async with answering_in(tmp_path) as it:
        await it.hears(QUESTION)
        it.clock.set(at(100 + seconds))
        assert await it.is_written() == told


async def test_nobody_is_kept_busy_with_a_question_that_was_removed_before_its_turn_came(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        it.room.take([QUESTION])
        it.drafting.answer(QUESTION, lambda: True)
        it.room.withdraw(MessageDeleted(at(100), "q1"))
        assert await it.is_written() == []
        assert it.replier.asked == 0


async def test_removed_at_the_very_moment_at_which_its_answer_is_stored_a_question_is_not_answered_either(
    tmp_path: Path,
) -> None:
    async with answering_in(tmp_path) as it:
        await it.hears(QUESTION)
        it.broadcast.subscribe(lambda _: it.room.withdraw(MessageDeleted(at(101), "q1")))
        await it.is_written()
        assert it.queue.counts() == {"stale": 1}


# In an evening

ASKED = says(10, "steward, are you human?", id="q1")


@asynccontextmanager
async def attended(folder: Path, **chosen: object) -> AsyncIterator[Evening]:
    """An evening with somebody at the desk, whose yes goes out at once; it stands still until the test moves it."""
    events = [says(0), ASKED, says(90_000, "a timer", "Nightbot")]
    wanted = settings(review_undo_seconds=0.0, **chosen)
    async with evening_of(folder, events, chosen=wanted, review="operator") as evening:
        yield evening


async def hear(evening: Evening, *events: ChatEvent) -> None:
    evening.player.clock.set(max(evening.player.clock.now(), events[-1].at))
    await evening.orchestrator.hear(events)


async def is_answered(evening: Evening) -> None:
    """Somebody asks, and an answer waits."""
    await hear(evening, says(0), ASKED)
    await until(lambda: evening.queue.waiting)
    assert evening.queue.prompts[0].mode == "steward"


@pytest.mark.parametrize(
    "removed", [MessageDeleted(at(20), "q1"), ChatCleared(at(20), "mira")], ids=["the line", "all of the person's"]
)
async def test_an_answer_that_waits_goes_stale_when_what_it_answers_is_removed(
    tmp_path: Path, removed: MessageDeleted | ChatCleared
) -> None:
    async with attended(tmp_path) as evening:
        await is_answered(evening)
        await hear(evening, says(15, "good question", "pebble"), MessageDeleted(at(16), "other"))
        assert evening.queue.counts() == {"pending": 1}
        await hear(evening, removed)
        late = await evening.desk.approve(1)
        assert evening.queue.counts() == {"stale": 1}
        assert "what it answers was removed" in late.words


async def test_an_answer_costs_none_of_the_hearthkeepers_lines_and_begins_its_rest_also_after_a_restart(
    tmp_path: Path,
) -> None:
    async with attended(tmp_path, hearthkeeper_session_budget=1) as before:
        await is_answered(before)
        await before.desk.hold(1)
        # The operator takes their time: by now the room has been quiet for long.
        before.player.clock.set(at(3000))
        await before.desk.approve(1)
        assert before.queue.prompts[0].state is PromptState.POSTED
        posted_at = before.queue.prompts[0].changed_at
        told = await before.orchestrator.tick()
        assert (told.reason.value, told.numbers["posted"]) == ("interval", 0.0)
    async with attended(tmp_path, hearthkeeper_session_budget=1) as after:
        situation = after.orchestrator.situation()
        assert (situation.posted, situation.settled_at) == (0, posted_at)
        after.player.clock.set(at(3000 + 901))
        assert (await after.orchestrator.tick()).action.value == "draft"
        assert [prompt.mode for prompt in after.queue.prompts] == ["steward", "hearthkeeper"]
