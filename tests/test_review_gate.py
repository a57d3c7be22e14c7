"""While nothing may be posted an approved line is held, says why, and asks again: it never goes out by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sanctum_tui.chat import Live, Receipt
from sanctum_tui.evening import Prompt, PromptState, PromptStep
from sanctum_tui.memory.engine import Memory
from tests.reviewing import Room, begun, broken, kept_in, reviewing

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
