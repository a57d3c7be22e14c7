"""What became of a line that was sent: posted, refused, or unknown until the room or the operator settles it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sanctum_tui.chat import Receipt, Unknown
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Prompt, PromptState, PromptStep
from sanctum_tui.memory.engine import Memory
from tests.builders import LOST, REFUSED, at
from tests.reviewing import LINE, Room, begun, broken, furnish, kept_in, reviewing

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
