"""The queue in the database: consoles that share it, answers that are lost, and what a session left open."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.memory.engine import Memory
from sanctum_tui.review.ended import settle_ended
from tests.builders import START, at
from tests.reviewing import Room, begun, furnish, kept_in, reviewing

S = PromptState


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


async def test_two_consoles_on_one_queue_post_once(memory: Memory, session: int) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    prompt = await one.draft()
    await other.queue.open(session)
    outcomes = await asyncio.gather(one.desk.approve(prompt.number), other.desk.approve(prompt.number))
    assert sorted(outcome.done for outcome in outcomes) == [False, True]
    await one.wait(4)
    await other.wait(4)
    assert len(one.sink.posted) + len(other.sink.posted) == 1
    await one.delivery.close()
    await other.delivery.close()


async def test_one_consoles_skip_is_the_others_too_late(memory: Memory, session: int) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    prompt = await one.draft()
    await other.queue.open(session)
    await other.desk.skip(prompt.number, reason="not tonight")
    late = await one.desk.approve(prompt.number)
    assert not late.done
    assert "was skipped" in late.words
    await one.wait(10)
    assert one.sink.posted == []


async def test_whoever_is_cancelled_the_queue_knows_what_is_stored(room: Room) -> None:
    for number in range(1, 31):
        adding = asyncio.create_task(room.draft(f"Line {number}."))
        for _ in range(number):
            await asyncio.sleep(0)
        adding.cancel()
        adding.cancel()
        await asyncio.gather(adding, return_exceptions=True)
        stored = await room.memory.evenings.prompts(room.session)
        assert room.queue.prompts == stored
    # Those that were cancelled before they began have left nothing.
    assert 0 < len(stored) <= 30
    holding = asyncio.create_task(room.desk.hold(1))
    for _ in range(5):
        await asyncio.sleep(0)
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert room.queue.get(1) == (await room.memory.evenings.prompts(room.session))[0]
    assert room.states()[-1] == "held"


async def test_a_number_that_another_console_took_is_not_taken_twice(memory: Memory, session: int) -> None:
    one, other = furnish(memory, session), furnish(memory, session)
    await one.queue.open(session)
    await other.queue.open(session)
    await one.draft("The first line.")
    prompt = await other.draft("The second line.")
    assert prompt.number == 2
    assert other.queue.prompts == await memory.evenings.prompts(session)


async def test_a_change_that_was_stored_though_its_answer_was_lost_counts_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, step = room.memory.evenings.add_prompt, room.memory.evenings.step_prompt

    async def added_and_lost(**how: object) -> Prompt:
        await add(**how)  # type: ignore[arg-type]
        raise StorageError("The connection to the database broke.")

    async def stepped_and_lost(*which: object, **how: object) -> Prompt | None:
        await step(*which, **how)  # type: ignore[arg-type]
        raise StorageError("The connection to the database broke.")

    monkeypatch.setattr(room.memory.evenings, "add_prompt", added_and_lost)
    monkeypatch.setattr(room.memory.evenings, "step_prompt", stepped_and_lost)
    assert (await room.draft()).number == 1
    assert (await room.desk.hold(1)).done
    assert room.queue.prompts == await room.memory.evenings.prompts(room.session)
    assert room.states() == ["pending", "held"]


async def test_what_a_session_left_open_comes_to_its_end_with_it(memory: Memory, session: int) -> None:
    room = furnish(memory, session)
    await room.queue.open(session)
    lives: list[list[PromptState]] = [[], [S.HELD], [S.APPROVED], [S.APPROVED, S.SENDING], [S.SKIPPED], [S.REJECTED]]
    for number, life in enumerate(lives, 1):
        await room.draft()
        for state in life:
            await room.queue.step(number, state, by="delivery")
    for _ in range(2):
        await settle_ended(memory.evenings, session, at=at(-60), why="a new evening began")
    left = await memory.evenings.prompts(session)
    assert [prompt.state for prompt in left] == [S.EXPIRED] * 3 + [S.UNKNOWN, S.SKIPPED, S.REJECTED]
    assert [prompt.steps[-1].reason for prompt in left[:4]] == [
        "undecided when a new evening began",
        "it was held, and a new evening began",
        "undecided when a new evening began",
        "the console stopped while it was being sent",
    ]
    # Never before the step that came before it.
    assert {prompt.changed_at for prompt in left} == {START}
