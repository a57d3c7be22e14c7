"""What the operator's keys do to a line: that text and no other, at most once, and every key says what it did."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sanctum_tui.evening import Draft, PromptState
from sanctum_tui.memory.engine import Memory
from tests.reviewing import LINE, Room, begun, kept_in, reviewing

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


async def test_what_was_approved_is_posted_character_for_character(room: Room) -> None:
    prompt = await room.draft()
    outcome = await room.desk.approve(prompt.number)
    assert outcome.done
    assert room.sink.posted == []
    await room.wait(4)
    assert room.sink.posted == [f"{LINE} — AI"]
    assert room.states() == ["pending", "approved", "sending", "posted"]


async def test_an_edited_line_is_posted_as_edited_and_the_draft_is_kept(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number, line="Is the sea empty tonight?")
    await room.wait(4)
    assert room.sink.posted == ["Is the sea empty tonight? — AI"]
    edited = room.queue.get(1)
    assert edited is not None
    assert (edited.edited, edited.draft.line) == (True, LINE)


async def test_nothing_is_posted_that_nobody_approved(room: Room) -> None:
    await room.draft()
    await room.wait(100_000)
    assert room.sink.posted == []


async def test_the_key_pressed_twice_posts_once_and_says_so(room: Room) -> None:
    prompt = await room.draft()
    outcomes = await asyncio.gather(room.desk.approve(prompt.number), room.desk.approve(prompt.number))
    assert sorted(outcome.done for outcome in outcomes) == [False, True]
    assert any("approved already" in outcome.words for outcome in outcomes)
    await room.wait(10)
    assert len(room.sink.posted) == 1
    late = await room.desk.approve(prompt.number)
    assert not late.done
    assert "was posted" in late.words
    await room.wait(10)
    assert len(room.sink.posted) == 1


async def test_held_and_approved_again_a_line_has_its_whole_time_to_undo(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(3)
    await room.desk.hold(prompt.number)
    await asyncio.sleep(0)
    assert room.clock.next_deadline is None
    await room.desk.approve(prompt.number)
    await room.wait(3)
    assert (room.sink.posted, room.states()[-1]) == ([], "approved")
    assert (await room.desk.undo()).done
    await room.wait(60)
    assert room.sink.posted == []


async def test_a_line_that_is_taken_a_second_time_leaves_once_and_by_the_later_time(room: Room) -> None:
    prompt = await room.draft()
    approved = await room.queue.step(prompt.number, S.APPROVED, by="operator")
    assert approved is not None
    await room.delivery.take(approved)
    await room.wait(3)
    await room.delivery.take(approved)
    await room.wait(3)
    assert room.sink.posted == []
    await room.wait(1)
    assert room.states()[-1] == "posted"
    await room.wait(60)
    assert len(room.sink.posted) == 1


async def test_an_approval_is_taken_back_while_there_is_time(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(3)
    assert (await room.desk.undo()).done
    await room.wait(60)
    assert room.sink.posted == []
    assert room.states() == ["pending", "approved", "pending"]


async def test_what_has_gone_out_cannot_be_taken_back_and_says_so(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(4)
    outcome = await room.desk.undo()
    assert not outcome.done
    assert "nothing to take back" in outcome.words


async def test_a_skip_keeps_its_reason_and_can_be_taken_back(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.skip(prompt.number, reason="too early")
    skipped = room.queue.get(1)
    assert skipped is not None
    assert (skipped.state, skipped.steps[-1].reason) == (S.SKIPPED, "too early")
    assert (await room.desk.undo()).done
    assert room.states()[-1] == "pending"


async def test_closing_the_console_does_not_send_what_could_still_be_taken_back(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(1)
    await room.delivery.close()
    await room.wait(60)
    assert (room.sink.posted, room.states()[-1]) == ([], "approved")


@pytest.mark.parametrize(
    "line",
    ["/ban mira", ".timeout mira", "  ", "x" * 600, "two\nlines", "\u200b/ban mira", "\x1b]0;x\x07hi", "\u202eevil"],
)
async def test_what_chat_would_not_take_is_refused_before_it_is_approved(room: Room, line: str) -> None:
    prompt = await room.draft()
    outcome = await room.desk.approve(prompt.number, line=line)
    assert not outcome.done
    assert "Nothing was approved" in outcome.words
    assert room.states() == ["pending"]


async def test_a_stale_line_cannot_be_approved_and_says_what_became_of_it(room: Room) -> None:
    prompt = await room.draft()
    await room.queue.step(prompt.number, S.STALE, by="room")
    outcome = await room.desk.approve(prompt.number)
    assert not outcome.done
    assert "went stale" in outcome.words
    await room.wait(60)
    assert room.sink.posted == []


async def test_keys_on_an_empty_queue_say_that_nothing_waits(room: Room) -> None:
    for outcome in (await room.desk.approve(1), await room.desk.skip(1), await room.desk.hold(1)):
        assert (outcome.done, outcome.words) == (False, "Nothing waits for you.")
    assert not (await room.desk.undo()).done


async def test_of_two_steps_at_one_moment_the_newer_line_is_taken_back(room: Room) -> None:
    old = await room.draft("The sea is quiet.")
    await room.queue.step(old.number, S.SUPERSEDED, by="operator")
    new = await room.draft("Is the sea quiet?")
    await room.desk.skip(new.number)
    outcome = await room.desk.undo()
    assert outcome.done
    assert room.states(2)[-1] == "pending"


async def test_a_held_line_waits_for_the_operator(room: Room) -> None:
    prompt = await room.draft()
    assert (await room.desk.hold(prompt.number)).done
    assert room.queue.waiting is not None
    await room.wait(100_000)
    assert room.sink.posted == []
    await room.desk.approve(prompt.number)
    await room.wait(4)
    assert len(room.sink.posted) == 1


async def test_what_is_noted_is_what_is_posted_to_the_last_blank(room: Room) -> None:
    await room.queue.add(Draft("Two  spaces.", " Two  spaces.  — AI"), mode="hearthkeeper", why="quiet")
    await room.draft()
    first = await room.desk.approve(1)
    second = await room.desk.approve(2, line=" Is  the sea\u00a0 empty? ")
    await room.wait(4)
    assert room.sink.posted == ["Two spaces. — AI", "Is the sea empty? — AI"]
    for outcome, stored in zip((first, second), await room.memory.evenings.prompts(room.session), strict=True):
        shown = outcome.prompt
        assert shown is not None
        assert (shown.line, shown.text) == (stored.line, stored.text)
        assert stored.text == room.sink.posted[stored.number - 1]
        assert {step.text for step in stored.steps[1:]} == {stored.text}


async def test_an_approval_as_it_stands_is_no_edit(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    approved = room.queue.get(1)
    assert approved is not None
    assert not approved.edited


async def test_an_approval_can_be_taken_back_also_when_another_line_was_drafted_since(room: Room) -> None:
    await room.draft()
    await room.desk.approve(1)
    await room.wait(1)
    await room.draft("Another line, for somebody who asked.")
    outcome = await room.desk.undo()
    assert outcome.done
    assert room.states(1)[-1] == "pending"
    await room.wait(60)
    assert room.sink.posted == []
