"""Who asks is answered while it is still an answer, and what a moderator removed is never answered."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sanctum_tui.agent.keeping import Keeping
from sanctum_tui.agent.modes.steward import OLD_QUESTION_SECONDS
from sanctum_tui.agent.orchestrator import Orchestrator
from sanctum_tui.agent.room import RECENT
from sanctum_tui.chat import ChatCleared, ChatEvent, ChatMessage, MessageDeleted
from sanctum_tui.evening import PromptState, Session
from sanctum_tui.runtime.evening import Evening
from tests.answering import ANSWER, QUESTION, Answering, answering_in
from tests.builders import START, Gate, at, evening_of, says, settings
from tests.live import until
from tests.test_hearthkeeper import keeper


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
        it.seconds += seconds
        assert await it.is_written() == told


@pytest.mark.parametrize("ahead", [90.0, -90.0], ids=["ours is ahead", "ours is behind"])
async def test_whoever_asks_is_answered_though_the_services_clock_is_not_ours(tmp_path: Path, ahead: float) -> None:
    async with answering_in(tmp_path) as it:
        it.clock.set(at(100 + ahead))
        await it.hears(QUESTION)
        it.seconds += 5
        assert await it.is_written() == [ANSWER]


async def test_in_a_replay_that_runs_fast_whoever_asks_is_answered_all_the_same(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        await it.hears(QUESTION)
        # Six seconds of writing are a minute and more of this evening.
        it.seconds += 6
        it.clock.set(at(100 + 90))
        assert await it.is_written() == [ANSWER]


async def test_whoever_asks_while_a_line_is_written_for_the_quiet_room_need_not_wait_for_it(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        quiet = True
        drafted = asyncio.create_task(it.drafting.draft("quiet", lambda: quiet))
        await until(lambda: it.author.asked)
        it.take(QUESTION)
        quiet = False
        it.drafting.look()
        assert await asyncio.wait_for(drafted, 5)
        assert it.author.stopped == 1
        assert await it.is_written() == [ANSWER]
        assert it.queue.prompts[0].mode == "steward"


async def test_talk_that_leaves_the_line_wanted_does_not_stop_its_writing(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        drafted = asyncio.create_task(it.drafting.draft("quiet", lambda: True))
        await until(lambda: it.author.asked)
        it.drafting.look()
        it.author.let.set()
        await drafted
        assert it.author.stopped == 0
        assert it.queue.counts() == {"pending": 1}


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


# With the whole agent


@asynccontextmanager
async def agent_of(it: Answering) -> AsyncIterator[Orchestrator]:
    """An agent with slow writers, in a room that has been quiet for an hour; it has begun to write a line."""
    keeping = Keeping(it.memory, it.broadcast)

    async def goes_on(session: Session) -> bool:
        return True

    await keeping.begin(channel="quietharbor", source="replay:x", title="A", at=START, fresh=False, goes_on=goes_on)
    it.clock.set(at(3600))
    agent = Orchestrator(
        clock=it.clock,
        room=it.room,
        queue=it.queue,
        keeping=keeping,
        hearthkeeper=keeper(it.author, earlier=(ANSWER,)),
        steward=it.steward,
        gate=Gate(),
        broadcast=it.broadcast,
        settings=settings,
        on_air=lambda event: None,
    )
    ticked = asyncio.create_task(agent.tick())
    await until(lambda: it.author.asked)
    yield agent
    await ticked


async def test_people_who_talk_stop_the_writing_and_who_asked_among_them_is_answered(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it, agent_of(it) as agent:
        await agent.hear([says(3601, "steward, who wrote the letters?", id="q1")])
        await until(lambda: it.replier.asked)
        assert it.author.stopped == 1
        assert await it.is_written() == [ANSWER]


async def test_at_the_yes_an_answer_may_be_what_was_said_in_an_earlier_stream_and_may_still_not_shout(
    tmp_path: Path,
) -> None:
    async with answering_in(tmp_path) as it, agent_of(it) as agent:
        await agent.hear([says(3601, "steward, who wrote the letters?", id="q1")])
        await until(lambda: it.replier.asked)
        await it.is_written()
        assert agent.refused(1, ANSWER) == ""
        assert agent.refused(1, "SMASH that follow button!!")
        assert agent.refused(2, ANSWER)


@pytest.mark.parametrize("hush", ["mute", "let it be"])
async def test_an_operator_who_wants_silence_stops_the_writing_too(tmp_path: Path, hush: str) -> None:
    async with answering_in(tmp_path) as it, agent_of(it) as agent:
        if hush == "mute":
            await agent.set_muted(True)
        else:
            agent.let_it_be(10)
        await until(lambda: it.author.stopped)
    assert it.queue.prompts == ()


async def test_a_bots_timer_stops_no_writing(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it, agent_of(it) as agent:
        await agent.hear([says(3601, "!discord")])
        it.author.let.set()
        await until(lambda: it.queue.prompts)
        assert (it.author.stopped, it.queue.counts()) == (0, {"pending": 1})


async def test_talk_also_stops_the_drafting_anew_of_a_line_and_the_operator_is_told(tmp_path: Path) -> None:
    async with answering_in(tmp_path) as it:
        async with agent_of(it) as agent:
            it.author.let.set()
            await until(lambda: it.queue.prompts)
        it.author.let.clear()
        anew = asyncio.create_task(agent.redraft(1, "shorter"))
        await until(lambda: it.author.asked == 2)
        await agent.hear([says(3601, "hello again")])
        outcome = await anew
        assert (it.author.stopped, outcome.done) == (1, False)
        assert "Meanwhile somebody spoke" in outcome.words
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
