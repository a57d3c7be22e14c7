"""What the guard said no to goes out only when the operator insists, each time anew, and the record says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sanctum_tui.chat import Live
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.memory.engine import Memory
from sanctum_tui.review.prompt import OVERRIDE, refused_before
from tests.builders import REFUSED
from tests.reviewing import LINE, Room, begun, furnish, kept_in, reviewing

LOUD = "SMASH that follow button!!"
INSISTS = OVERRIDE + "hype"


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    async with kept_in(tmp_path) as opened:
        yield opened


@pytest.fixture
async def room(memory: Memory) -> AsyncIterator[Room]:
    async with reviewing(memory, await begun(memory)) as made:
        yield made


async def refused_draft(room: Room) -> Prompt:
    draft = Draft(LOUD, f"{LOUD} — AI")
    return await room.queue.add(draft, mode="hearthkeeper", why="quiet", refused="It shouts.")


async def a_plain_yes_does_nothing(room: Room) -> None:
    before = room.states()
    outcome = await room.desk.approve(1)
    await room.wait(60)
    assert (outcome.done, room.states(), room.sink.posted) == (False, before, [])
    assert "e edits it" in outcome.words


async def test_a_refused_line_that_was_skipped_and_taken_back_is_refused_again(room: Room) -> None:
    await refused_draft(room)
    for _ in range(2):
        await room.desk.skip(1)
        back = await room.desk.undo()
        assert back.done
        assert "The guard says no" in back.words
        assert room.states()[-1] == "rejected"
        refused = room.queue.get(1)
        assert refused is not None
        assert (refused.steps[-1].by, refused.steps[-1].reason) == ("operator", "It shouts. (taken back)")
        await a_plain_yes_does_nothing(room)


async def test_an_insistence_that_was_taken_back_needs_another_one(room: Room) -> None:
    await room.draft()
    assert (await room.desk.approve(1, line=LOUD, reason=INSISTS)).done
    assert (await room.desk.undo()).done
    assert room.states() == ["pending", "approved", "rejected"]
    await a_plain_yes_does_nothing(room)
    assert (await room.desk.approve(1, line=LOUD, reason=INSISTS)).done
    await room.wait(4)
    assert room.sink.posted == [f"{LOUD} — AI"]
    assert (approved := room.queue.get(1)) is not None
    assert approved.steps[-3].reason == INSISTS


async def test_the_operators_own_calm_words_for_a_refused_line_wait_as_usual_when_taken_back(room: Room) -> None:
    await refused_draft(room)
    assert (await room.desk.approve(1, line=LINE)).done
    assert (await room.desk.undo()).done
    assert room.states()[-1] == "pending"
    assert (await room.desk.approve(1)).done


async def test_a_skip_of_a_line_that_the_guard_let_stand_is_taken_back_as_ever(room: Room) -> None:
    await room.draft()
    await room.desk.skip(1)
    assert "waits for you again" in (await room.desk.undo()).words
    assert room.states()[-1] == "pending"


async def test_what_was_insisted_on_and_held_by_the_gate_does_not_come_back_as_a_line_like_any_other(
    room: Room,
) -> None:
    await room.draft()
    room.gate.live = Live.NO
    await room.desk.approve(1, line=LOUD, reason=INSISTS)
    assert room.states()[-1] == "held"
    room.gate.live = Live.YES
    await room.delivery.gate_opened()
    assert room.states() == ["pending", "approved", "held", "rejected"]
    await a_plain_yes_does_nothing(room)


async def test_what_was_insisted_on_and_kept_for_later_is_no_plain_yes_away(room: Room) -> None:
    await room.draft()
    await room.desk.approve(1, line=LOUD, reason=INSISTS)
    await room.desk.hold(1)
    await a_plain_yes_does_nothing(room)
    assert "no to line 1: hype. e edits it" in (await room.desk.approve(1)).words
    assert (await room.desk.undo()).done
    assert room.states()[-1] == "rejected"


async def test_what_was_insisted_on_and_refused_by_the_room_is_no_plain_yes_away(memory: Memory) -> None:
    session = await begun(memory)
    room = furnish(memory, session, REFUSED)
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1, line=LOUD, reason=INSISTS)
    await room.wait(4)
    assert room.states()[-1] == "failed"
    posted = list(room.sink.posted)
    outcome = await room.desk.approve(1)
    await room.wait(60)
    assert (outcome.done, room.states()[-1], room.sink.posted) == (False, "failed", posted)
    await room.delivery.close()


async def test_a_line_that_waited_before_this_was_known_is_refused_after_a_restart_too(memory: Memory) -> None:
    session = await begun(memory)
    before = furnish(memory, session)
    await before.queue.open(session)
    await refused_draft(before)
    # As an earlier version left it: refused once, and yet among those that wait.
    stored = before.queue.get(1)
    assert stored is not None
    assert refused_before(stored) == "It shouts."
    async with memory.store.write() as connection:
        await connection.exec_driver_sql("UPDATE prompts SET state = 'pending'")
    after = furnish(memory, session)
    await after.queue.open(session)
    assert (waiting := after.queue.waiting) is not None
    assert waiting.state is PromptState.PENDING
    await a_plain_yes_does_nothing(after)


async def test_what_was_insisted_on_is_refused_in_the_guards_own_words(memory: Memory) -> None:
    session = await begun(memory)
    room = furnish(memory, session, refused=lambda number, line: "It has a link: x.example" if line == LOUD else "")
    await room.queue.open(session)
    await room.draft()
    await room.desk.approve(1, line=LOUD, reason=INSISTS)
    await room.desk.hold(1)
    assert "no to line 1: It has a link: x.example. e edits it" in (await room.desk.approve(1)).words
    await room.delivery.close()


async def test_the_guard_is_asked_at_the_yes_as_well_for_the_evening_has_gone_on_since(memory: Memory) -> None:
    session = await begun(memory)
    said: list[str] = []
    room = furnish(memory, session, refused=lambda number, line: "That was said just now." if line in said else "")
    await room.queue.open(session)
    await room.draft()
    said.append(LINE)
    outcome = await room.desk.approve(1)
    assert "That was said just now." in outcome.words
    await a_plain_yes_does_nothing(room)
    # Nor do the same words as an edit, where nobody insisted; whoever does, knows.
    assert not (await room.desk.approve(1, line=LINE)).done
    assert (await room.desk.approve(1, line=LINE, reason=INSISTS)).done
    await room.wait(4)
    assert room.sink.posted == [f"{LINE} — AI"]
    await room.delivery.close()
