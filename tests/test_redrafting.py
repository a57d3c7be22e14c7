"""Drafted anew, a line is never lost and never doubled: whatever fails, and however many consoles press the key."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.events import Broadcast, PromptStepped
from sanctum_tui.memory.engine import Memory
from sanctum_tui.memory.evenings import Evenings
from sanctum_tui.review.prompt import OPEN
from sanctum_tui.review.queue import ReviewQueue
from tests.builders import START, Heard
from tests.reviewing import Room, begun, furnish, kept_in, reviewing

OTHER = Draft("The gulls have gone home.", "The gulls have gone home. — AI")


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    async with kept_in(tmp_path) as opened:
        yield opened


@pytest.fixture
async def session(memory: Memory) -> int:
    return await begun(memory)


@pytest.fixture
async def room(memory: Memory, session: int) -> AsyncIterator[Room]:
    async with reviewing(memory, session) as made:
        yield made


async def anew(queue: ReviewQueue, number: int = 1, draft: Draft = OTHER, refused: str = "") -> Prompt | None:
    return await queue.replace(
        number, draft, mode="hearthkeeper", why="anew", by="operator", reason="shorter", refused=refused
    )


async def on_disk(room: Room) -> list[str]:
    return [prompt.state.value for prompt in await room.memory.evenings.prompts(room.session)]


def open_ones(queue: ReviewQueue) -> list[int]:
    return [prompt.number for prompt in queue.prompts if prompt.state in OPEN]


async def run(memory: Memory, statement: str) -> None:
    async with memory.store.write() as connection:
        await connection.exec_driver_sql(statement)


async def test_the_new_line_takes_the_place_of_the_old_one_with_the_operators_note(room: Room) -> None:
    await room.draft()
    new = await anew(room.queue)
    assert new is not None
    assert (new.number, new.state, new.draft) == (2, PromptState.PENDING, OTHER)
    assert room.states(1) == ["pending", "superseded"]
    assert room.queue.prompts[0].steps[-1].reason == "shorter"
    assert room.queue.prompts == await room.memory.evenings.prompts(room.session)


@pytest.mark.parametrize(
    "breaks",
    [
        "UPDATE ON prompts",
        "INSERT ON prompts",
        "INSERT ON prompt_steps WHEN NEW.state = 'superseded'",
        "INSERT ON prompt_steps WHEN NEW.state = 'pending'",
        "INSERT ON prompt_steps WHEN NEW.state = 'rejected'",
    ],
)
async def test_wherever_the_disk_fails_the_old_line_still_waits_and_nothing_is_left_of_the_new(
    room: Room, breaks: str
) -> None:
    await room.draft()
    await run(room.memory, f"CREATE TRIGGER full BEFORE {breaks} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(StorageError):
        await anew(room.queue, refused="It shouts.")
    assert (await on_disk(room), open_ones(room.queue)) == (["pending"], [1])
    await run(room.memory, "DROP TRIGGER full")
    assert await anew(room.queue) is not None
    assert (await on_disk(room), open_ones(room.queue)) == (["superseded", "pending"], [2])


class Loses(Evenings):
    """A database whose answer to a line that was drafted anew never comes."""

    async def replace_prompt(self, *which: object, **how: object) -> tuple[Prompt, Prompt] | None:
        await super().replace_prompt(*which, **how)  # type: ignore[arg-type]
        raise StorageError("The connection to the database broke.")


async def test_stored_though_the_answer_was_lost_it_counts_once(room: Room) -> None:
    await room.draft()
    queue = ReviewQueue(Loses(room.memory.store, room.memory.writer), Broadcast(), ReplayClock(START))
    await queue.open(room.session)
    new = await anew(queue)
    assert new is not None
    assert (new.number, await on_disk(room), open_ones(queue)) == (2, ["superseded", "pending"], [2])


async def test_two_consoles_that_press_the_key_at_once_leave_one_line_and_both_see_it(
    memory: Memory, session: int
) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    await one.draft()
    await other.queue.open(session)
    came = await asyncio.gather(anew(one.queue), anew(other.queue, draft=Draft("Late.", "Late. — AI")))
    assert sum(new is not None for new in came) == 1
    assert await on_disk(one) == ["superseded", "pending"]
    assert one.queue.prompts == other.queue.prompts == await memory.evenings.prompts(session)


async def test_a_line_that_was_approved_meanwhile_on_another_console_is_not_taken_away(
    memory: Memory, session: int
) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    await one.draft()
    await other.queue.open(session)
    await other.queue.step(1, PromptState.APPROVED, by="operator")
    assert await anew(one.queue) is None
    assert await on_disk(one) == ["approved"]
    assert one.states() == ["pending", "approved"]


async def test_a_number_that_another_console_took_meanwhile_is_not_taken_twice(memory: Memory, session: int) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    await one.draft()
    await other.queue.open(session)
    await other.draft("An answer to somebody.")
    new = await anew(one.queue)
    assert new is not None
    assert (new.number, await on_disk(one)) == (3, ["superseded", "pending", "pending"])
    assert one.queue.prompts == await memory.evenings.prompts(session)


async def test_a_key_on_a_line_that_another_console_drafted_anew_shows_the_new_one(
    memory: Memory, session: int
) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    await one.draft()
    await other.queue.open(session)
    await anew(other.queue)
    late = await one.desk.approve(1)
    assert "a newer line took its place" in late.words
    assert one.queue.current == other.queue.current


async def test_who_hears_that_a_line_was_superseded_finds_the_new_one_waiting(memory: Memory, session: int) -> None:
    heard, broadcast, waiting = Heard(), Broadcast(), list[int]()
    queue = ReviewQueue(memory.evenings, broadcast, ReplayClock(START))
    await queue.open(session)
    await queue.add(OTHER, mode="hearthkeeper", why="quiet")
    broadcast.subscribe(heard)
    broadcast.subscribe(lambda _: waiting.append(queue.waiting.number if queue.waiting else 0))
    await anew(queue)
    assert [(number, state) for number, state, _ in heard.steps()] == [(1, "superseded"), (2, "pending")]
    assert waiting == [2, 2]


async def test_a_line_that_the_guard_refuses_is_stored_refused_or_not_at_all(room: Room) -> None:
    full = "CREATE TRIGGER full BEFORE INSERT ON prompt_steps WHEN NEW.state = 'rejected' "
    await run(room.memory, full + "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(StorageError):
        await room.queue.add(OTHER, mode="hearthkeeper", why="quiet", refused="It shouts.")
    assert (await on_disk(room), room.queue.prompts) == ([], ())
    await run(room.memory, "DROP TRIGGER full")
    refused = await room.queue.add(OTHER, mode="hearthkeeper", why="quiet", refused="It shouts.")
    assert (refused.state, refused.steps[-1].reason, refused.steps[-1].by) == (
        PromptState.REJECTED,
        "It shouts.",
        "guard",
    )
    assert room.queue.prompts == await room.memory.evenings.prompts(room.session)


async def test_each_step_of_a_refused_line_is_told_as_it_was(memory: Memory, session: int) -> None:
    heard, broadcast = Heard(), Broadcast()
    broadcast.subscribe(heard)
    queue = ReviewQueue(memory.evenings, broadcast, ReplayClock(START))
    await queue.open(session)
    await queue.add(OTHER, mode="hearthkeeper", why="quiet", refused="It shouts.")
    told = [event for event in heard.events if isinstance(event, PromptStepped)]
    assert [event.step.state for event in told] == [PromptState.PENDING, PromptState.REJECTED]
    assert [event.prompt.state for event in told] == [PromptState.PENDING, PromptState.REJECTED]
    assert all(event.prompt.steps[-1] == event.step for event in told)
