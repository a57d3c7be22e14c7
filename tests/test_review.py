"""The review queue and the outbox: that text and no other, at most once, and every key says what it did."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sanctum_tui.chat import Live, Receipt, Unknown
from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.events import Broadcast
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.review.delivery import Delivery
from sanctum_tui.review.desk import Desk
from sanctum_tui.review.ended import settle_ended
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


async def test_a_gate_that_shuts_while_the_line_waits_in_the_sink_holds_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = room.sink.post

    async def waits_for_its_turn(text: str, *, shut: Callable[[], str]) -> Receipt:
        assert shut() == ""
        room.gate.live = Live.NO
        return await posts(text, shut=shut)

    monkeypatch.setattr(room.sink, "post", waits_for_its_turn)
    prompt = await room.draft()
    await room.desk.approve(prompt.number)
    await room.wait(4)
    assert (room.sink.posted, room.states()) == ([], ["pending", "approved", "sending", "held"])
    held = room.queue.get(1)
    assert held is not None
    assert held.steps[-1].reason == "the stream is offline"
    monkeypatch.setattr(room.sink, "post", posts)
    room.gate.live = Live.YES
    await room.delivery.gate_opened()
    await room.wait(60)
    assert (room.sink.posted, room.states()[-1]) == ([], "pending")
    await room.desk.approve(prompt.number)
    await room.wait(4)
    assert len(room.sink.posted) == 1


async def test_while_it_is_being_sent_the_operator_cannot_hold_it(room: Room) -> None:
    prompt = await room.draft()
    await room.queue.step(prompt.number, S.APPROVED, by="operator")
    await room.queue.step(prompt.number, S.SENDING, by="delivery")
    outcome = await room.desk.hold(prompt.number)
    assert not outcome.done
    assert room.states()[-1] == "sending"


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


async def test_what_could_not_be_settled_for_a_full_disk_can_be_settled_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.draft()
    mend = broken(room, monkeypatch, number=1, to=S.POSTED)
    await room.desk.approve(1)
    await room.wait(4)
    for _ in range(2):
        assert room.states()[-1] == "unknown"
        with pytest.raises(StorageError):
            await room.desk.settle(1, posted=True)
    mend()
    assert (await room.desk.settle(1, posted=True)).done
    stored = await room.memory.evenings.prompts(room.session)
    assert (stored[0].state, len(room.sink.posted)) == (S.POSTED, 1)


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


async def test_one_line_that_cannot_be_stored_keeps_no_other_from_asking_again_and_is_not_lost(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.gate.live = Live.NO
    for number in (1, 2):
        await room.draft()
        await room.desk.approve(number)
    mend = broken(room, monkeypatch, number=1, to=S.PENDING)
    room.gate.live = Live.YES
    await room.delivery.gate_opened()
    assert (room.states(1)[-1], room.states(2)[-1]) == ("held", "pending")
    await room.delivery.gate_opened()
    mend()
    await room.delivery.gate_opened()
    await room.delivery.gate_opened()
    assert room.states(1) == room.states(2) == ["pending", "approved", "held", "pending"]


async def test_a_line_that_the_operator_takes_up_while_others_are_asked_about_is_left_to_them(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.gate.live = Live.NO
    for number in (1, 2, 3):
        await room.draft()
        await room.desk.approve(number)
    stored = room.memory.evenings.step_prompt
    pressed: list[asyncio.Task[None]] = []

    async def press() -> None:
        await room.queue.step(3, S.PENDING, by="operator")
        await room.desk.hold(3)

    async def slow(*which: object, step: PromptStep, **how: object) -> Prompt | None:
        if step.state is S.PENDING and not pressed:
            pressed.append(asyncio.create_task(press()))
            pressed.append(asyncio.create_task(approve()))
        return await stored(*which, step=step, **how)  # type: ignore[arg-type]

    async def approve() -> None:
        await room.desk.approve(2)

    monkeypatch.setattr(room.memory.evenings, "step_prompt", slow)
    room.gate.live = Live.YES
    await room.delivery.gate_opened()
    await asyncio.gather(*pressed)
    await room.delivery.gate_opened()
    assert room.states(1)[-1] == "pending"
    assert room.states(2)[-2:] == ["held", "approved"]
    assert room.states(3)[-2:] == ["pending", "held"]


async def test_a_gate_that_opens_while_the_line_is_being_held_makes_it_ask_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = room.memory.evenings.step_prompt

    async def opens_meanwhile(*which: object, step: PromptStep, **how: object) -> Prompt | None:
        if step.state is S.HELD:
            room.gate.live = Live.YES
            await room.delivery.gate_opened()
        return await stored(*which, step=step, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(room.memory.evenings, "step_prompt", opens_meanwhile)
    # Once at the yes itself, and once when its time to undo is over.
    room.gate.live = Live.NO
    await room.draft()
    outcome = await room.desk.approve(1)
    assert room.states(1) == ["pending", "approved", "held", "pending"]
    assert "approve it again" in outcome.words
    await room.draft()
    await room.desk.approve(2)
    room.gate.live = Live.NO
    await room.wait(4)
    assert room.states(2) == ["pending", "approved", "held", "pending"]
    assert room.sink.posted == []


@pytest.mark.parametrize(("live", "to"), [(Live.NO, S.HELD), (Live.YES, S.SENDING)])
async def test_a_line_that_could_not_be_stored_before_it_left_asks_again(
    room: Room, monkeypatch: pytest.MonkeyPatch, live: Live, to: PromptState
) -> None:
    await room.draft()
    await room.desk.approve(1)
    room.gate.live = live
    mend = broken(room, monkeypatch, number=1, to=to)
    await room.wait(4)
    await room.delivery.gate_opened()
    if to is S.HELD:
        assert room.states()[-1] == "approved"
    room.gate.live = Live.YES
    mend()
    await room.delivery.gate_opened()
    await room.wait(60)
    assert (room.states(), room.sink.posted) == (["pending", "approved", "held", "pending"], [])


@pytest.mark.parametrize("looked", [True, False])
async def test_a_line_that_was_taken_back_is_not_held_for_an_earlier_failure(
    room: Room, monkeypatch: pytest.MonkeyPatch, looked: bool
) -> None:
    await room.draft()
    await room.desk.approve(1)
    mend = broken(room, monkeypatch, number=1, to=S.SENDING)
    await room.wait(4)
    mend()
    await room.desk.undo()
    if looked:
        await room.delivery.gate_opened()
    assert room.states() == ["pending", "approved", "pending"]
    await room.desk.approve(1)
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "approved", "pending", "approved"]
    await room.wait(4)
    assert (room.states()[-1], len(room.sink.posted)) == ("posted", 1)


async def test_what_the_operator_kept_for_later_does_not_ask_by_itself(room: Room) -> None:
    await room.draft()
    await room.desk.hold(1)
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "held"]


async def test_the_rooms_own_word_settles_a_lost_answer(memory: Memory, session: int) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    room.sink.shown["another ticket"] = at(5)
    await room.delivery.echoed()
    assert room.states()[-1] == "unknown"
    room.sink.shown[LOST.ticket] = at(5)
    await room.delivery.echoed()
    settled = room.queue.get(1)
    assert settled is not None
    assert (settled.state, settled.steps[-1].by, settled.steps[-1].at) == (S.POSTED, "room", at(5))
    assert len(room.sink.posted) == 1


async def test_the_rooms_own_word_that_comes_before_the_answer_is_noted_settles_it_all_the_same(
    memory: Memory, session: int
) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    room.sink.shown[LOST.ticket] = at(3)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    assert room.states() == ["pending", "approved", "sending", "unknown", "posted"]


async def test_one_echo_settles_the_lost_line_that_it_is_of_and_no_other(memory: Memory, session: int) -> None:
    room = furnish(memory, session, Unknown("lost", "a"), Unknown("lost", "b"), undo=0.0)
    await room.queue.open(session)
    for number in (1, 2):
        await room.draft()
        await room.desk.approve(number)
    room.sink.shown["b"] = at(5)
    await room.delivery.echoed()
    assert (room.states(1)[-1], room.states(2)[-1]) == ("unknown", "posted")


async def test_what_the_operator_settled_stays_as_they_said(memory: Memory, session: int) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    await room.desk.settle(1, posted=False)
    room.sink.shown[LOST.ticket] = at(5)
    await room.delivery.echoed()
    assert room.states()[-1] == "failed"


async def test_the_rooms_word_on_an_earlier_attempt_does_not_settle_the_one_under_way(
    memory: Memory, session: int
) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    await room.desk.settle(1, posted=False)

    async def shows_the_earlier_one(text: str, *, shut: Callable[[], str]) -> Receipt:
        room.sink.shown[LOST.ticket] = at(5)
        await room.delivery.echoed()
        assert room.states()[-1] == "sending"
        return REFUSED

    room.sink.post = shows_the_earlier_one  # type: ignore[method-assign]
    await room.desk.approve(1)
    assert room.states()[-1] == "failed"


async def test_a_lost_answer_that_could_not_be_stored_is_settled_by_the_room_too(
    memory: Memory, session: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    await room.draft()
    mend = broken(room, monkeypatch, number=1, to=S.UNKNOWN)
    await room.desk.approve(1)
    assert room.states()[-1] == "unknown"
    mend()
    room.sink.shown[LOST.ticket] = at(5)
    await room.delivery.gate_opened()
    stored = await memory.evenings.prompts(session)
    assert (room.states()[-1], stored[0].state) == ("posted", S.POSTED)


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


async def test_a_line_whose_outcome_nobody_knows_stays_in_sight_until_it_is_settled(
    memory: Memory, session: int
) -> None:
    room = furnish(memory, session, LOST, undo=0.0)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1)
    assert room.queue.waiting is not None
    assert room.queue.current is not None
    assert room.queue.current.number == 1
    await room.desk.settle(1, posted=False)
    assert room.queue.waiting is None


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
