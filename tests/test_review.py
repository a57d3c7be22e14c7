"""The review queue and the outbox: that text and no other, at most once, and every key says what it did."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sanctum_tui.chat import Live, Receipt
from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.events import Broadcast
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.queue import ReviewQueue
from tests.builders import LOST, REFUSED, START, Gate, Sink, at

S = PromptState
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


def furnish(memory: Memory, session: int, *answers: Receipt | Exception, undo: float = 4.0) -> Room:
    """A console on a session's queue."""
    clock, gate, sink = ReplayClock(START), Gate(), Sink(*answers)
    queue = ReviewQueue(memory.evenings, Broadcast(), clock)
    room: Room
    delivery = Delivery(queue, sink, gate, patience=clock, undo_seconds=lambda: undo, closed=lambda: room.muted)
    desk = Desk(queue, delivery, clock, sign=lambda line: f"{line} — AI", undo_seconds=lambda: undo)
    room = Room(memory, session, clock, gate, sink, queue, delivery, desk)
    return room


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    opened = await open_memory(f"sqlite+aiosqlite:///{tmp_path / 'evening.db'}", lock_folder=tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def session(memory: Memory) -> int:
    return (await memory.evenings.begin(channel="quietharbor", source="replay:x", title="A", at=START)).id


@pytest.fixture
async def room(memory: Memory, session: int) -> AsyncIterator[Room]:
    made = furnish(memory, session)
    await made.queue.open(session)
    yield made
    await made.delivery.close()


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


@pytest.mark.parametrize("live", [Live.NO, Live.UNKNOWN])
async def test_with_the_gate_shut_an_approval_is_held_and_says_why(room: Room, live: Live) -> None:
    room.gate.live = live
    prompt = await room.draft()
    outcome = await room.desk.approve(prompt.number)
    assert "held: the stream is offline" in outcome.words
    await room.wait(60)
    assert room.sink.posted == []
    room.gate.live = Live.YES
    await room.desk.approve(prompt.number)
    await room.wait(4)
    assert len(room.sink.posted) == 1


async def test_a_gate_that_shuts_after_the_yes_holds_the_line(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    room.gate.live = Live.NO
    await room.wait(60)
    assert room.sink.posted == []
    assert room.states() == ["pending", "approved", "held"]


async def test_muted_after_the_yes_nothing_is_posted(room: Room) -> None:
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    room.muted = "the agent is muted"
    await room.wait(60)
    assert room.sink.posted == []
    held = room.queue.get(1)
    assert held is not None
    assert held.steps[-1].reason == "the agent is muted"


async def test_a_line_the_room_refuses_is_shown_as_not_posted(memory: Memory, session: int) -> None:
    room = furnish(memory, session, REFUSED)
    await room.queue.open(session)
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(4)
    failed = room.queue.get(1)
    assert failed is not None
    assert (failed.state, failed.steps[-1].reason) == (S.FAILED, "the room is in followers-only mode")


@pytest.mark.parametrize("answer", [LOST, RuntimeError("a bug")])
async def test_a_lost_answer_is_unknown_and_never_sent_again_by_itself(
    memory: Memory, session: int, answer: Receipt | Exception
) -> None:
    room = furnish(memory, session, answer)
    await room.queue.open(session)
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(1000)
    assert room.states()[-1] == "unknown"
    assert len(room.sink.posted) == 1
    assert not (await room.desk.approve(prompt.number)).done
    assert (await room.desk.settle(prompt.number, posted=True)).done
    await room.wait(1000)
    assert (room.states()[-1], len(room.sink.posted)) == ("posted", 1)


async def test_posted_but_not_stored_a_line_is_unknown_until_it_is_settled(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = await room.draft()
    stored = room.memory.evenings.step_prompt

    async def failing(*which: object, step: PromptStep, **how: object) -> Prompt | None:
        if step.state is S.POSTED and step.by == "delivery":
            raise StorageError("The disk is full.")
        return await stored(*which, step=step, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(room.memory.evenings, "step_prompt", failing)
    await room.desk.approve(prompt.number)
    await room.wait(4)
    assert (room.states()[-1], room.sink.posted) == ("unknown", [f"{LINE} — AI"])
    assert not (await room.desk.approve(prompt.number)).done
    assert (await room.desk.settle(prompt.number, posted=True)).done
    await room.wait(100)
    assert (room.states()[-1], len(room.sink.posted)) == ("posted", 1)


async def test_after_a_crash_while_sending_the_outcome_is_unknown(memory: Memory, session: int) -> None:
    before = furnish(memory, session)
    await before.queue.open(session)
    prompt = await before.draft()
    await before.queue.step(prompt.number, S.APPROVED, by="operator")
    await before.queue.step(prompt.number, S.SENDING, by="delivery")
    after = furnish(memory, session)
    await after.queue.open(session)
    await after.delivery.recover()
    await after.wait(1000)
    assert (after.states()[-1], after.sink.posted) == ("unknown", [])


async def test_after_a_crash_before_sending_the_line_is_held_for_another_yes(memory: Memory, session: int) -> None:
    before = furnish(memory, session)
    await before.queue.open(session)
    prompt = await before.draft()
    await before.queue.step(prompt.number, S.APPROVED, by="operator")
    after = furnish(memory, session)
    await after.queue.open(session)
    await after.delivery.recover()
    await after.wait(1000)
    assert (after.states()[-1], after.sink.posted) == ("held", [])
    await after.desk.approve(prompt.number)
    await after.wait(4)
    assert len(after.sink.posted) == 1


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


@pytest.mark.parametrize("why", ["gate", "muted"])
async def test_what_was_approved_while_nothing_could_be_posted_asks_again_when_it_can(room: Room, why: str) -> None:
    room.gate.live = Live.NO if why == "gate" else Live.YES
    room.muted = "the agent is muted" if why == "muted" else ""
    await room.draft()
    await room.desk.approve(1)
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "approved", "held"]
    room.gate.live, room.muted = Live.YES, ""
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "approved", "held", "pending"]
    await room.wait(60)
    assert room.sink.posted == []


async def test_what_the_operator_kept_for_later_does_not_ask_by_itself(room: Room) -> None:
    await room.draft()
    await room.desk.hold(1)
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "held"]


async def test_the_rooms_own_word_settles_a_lost_answer(memory: Memory, session: int) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    prompt = await room.draft()
    await room.desk.approve(1)
    assert await room.delivery.echoed("something else", at(5)) is None
    assert room.states()[-1] == "unknown"
    # White space is the room's to change.
    await room.delivery.echoed(prompt.text.replace(" ", "  "), at(5))
    assert room.states()[-1] == "posted"
    assert room.queue.get(1).steps[-1].by == "room"  # type: ignore[union-attr]
    assert len(room.sink.posted) == 1


async def test_an_echo_that_comes_before_the_answer_is_lost_settles_it_all_the_same(
    memory: Memory, session: int
) -> None:
    room = furnish(memory, session, undo=0.0)

    async def shown_and_then_lost(text: str) -> Receipt:
        await room.delivery.echoed(text, at(3))
        return LOST

    room.sink.post = shown_and_then_lost  # type: ignore[method-assign]
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    assert room.states() == ["pending", "approved", "sending", "unknown", "posted"]


async def test_of_two_lost_lines_with_the_same_words_one_echo_settles_one(memory: Memory, session: int) -> None:
    room = furnish(memory, session, LOST, LOST, undo=0.0)
    await room.queue.open(session)
    for number in (1, 2):
        prompt = await room.draft()
        await room.desk.approve(number)
    await room.delivery.echoed(prompt.text, at(5))
    assert (room.states(1)[-1], room.states(2)[-1]) == ("posted", "unknown")
