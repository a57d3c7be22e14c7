"""A live evening: chat in, approved lines out, and no lie on the screen, on the fake Twitch over real sockets."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sanctum_tui.chat import ChatGap, ChatMessage, Live, Voice
from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import PromptState, Reason
from sanctum_tui.events import Broadcast, LinesHeard, RoomChanged, StorageFailed
from sanctum_tui.exports.markdown import render
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.twitch.errors import LoginNeededError, UnreachableError
from sanctum_tui.twitch.values import LinkState
from tests.builders import Heard, paths_in
from tests.fake_twitch import FakeTwitch
from tests.live import QUICK, LiveEvening, live_evening, live_settings, logged_in, until


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch() as fake:
        yield fake


def lines(heard: Heard) -> list[tuple[Voice, ChatMessage]]:
    """Every line that was told, and whose it was."""
    return [
        (line.voice, line.message) for event in heard.events if isinstance(event, LinesHeard) for line in event.lines
    ]


def said_by(live: LiveEvening, voice: Voice) -> list[str]:
    return [message.text for whose, message in lines(live.heard) if whose is voice]


async def test_what_is_said_on_twitch_is_in_the_room_and_in_the_database(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        await twitch.says("mira", "good evening", badges=["moderator/1"], colour="#1e90ff")
        await until(lambda: said_by(live, Voice.PERSON))
        message = lines(live.heard)[0][1]
        assert (message.name, message.badges, message.colour) == ("mira", ("moderator/1",), "#1e90ff")
        await live.evening.memory.writer.flush()
        stored = await live.evening.memory.evenings.lines_before(live.evening.keeping.session.id, 10, 10)
        assert [line.message.text for line in stored] == ["good evening"]


async def test_an_approved_line_is_posted_once_and_shown_once_as_the_agents(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, bot=True) as live:
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        await twitch.says("mira", "yes, it is")
        await until(lambda: said_by(live, Voice.PERSON))
        assert live.state(prompt.number) is PromptState.POSTED
        assert [(post.text, post.sender_login) for post in twitch.posted] == [(prompt.text, "chronicler")]
        assert said_by(live, Voice.AGENT) == [prompt.text]


async def test_the_streamers_own_words_are_a_persons_where_the_agent_posts_from_that_account(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        await twitch.says("quietharbor", "back in a minute")
        await until(lambda: said_by(live, Voice.PERSON))
        assert said_by(live, Voice.AGENT) == [prompt.text]
        assert said_by(live, Voice.PERSON) == ["back in a minute"]


async def test_bots_and_shared_chat_leave_the_silence_clock_alone(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        before = live.evening.room.quiet_since
        await twitch.says("nightbot", "drink some water")
        await twitch.says("pebble", "hello from next door", shared_from="otherharbor")
        await until(lambda: len(lines(live.heard)) == 2)
        assert live.evening.room.quiet_since == before
        await twitch.says("mira", "hello")
        await until(lambda: live.evening.room.quiet_since > before)


async def test_while_the_stream_is_offline_nothing_is_posted_and_the_line_asks_again_when_it_is_live(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    async with live_evening(tmp_path, twitch) as live:
        prompt = await live.draft()
        outcome = await live.evening.desk.approve(prompt.number)
        assert live.state(prompt.number) is PromptState.HELD
        assert "offline" in outcome.words
        await twitch.go_live()
        await until(lambda: live.state(prompt.number) is PromptState.PENDING)
        assert twitch.posted == []
        await live.evening.desk.approve(prompt.number)
        assert live.state(prompt.number) is PromptState.POSTED
        assert len(twitch.posted) == 1


async def test_a_line_held_by_hand_does_not_ask_again_by_itself(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        prompt = await live.draft()
        await live.evening.desk.hold(prompt.number)
        await twitch.go_live()
        await until(lambda: live.on_air.gate.live is Live.YES)
        await live.evening.orchestrator.look()
        assert live.state(prompt.number) is PromptState.HELD


async def test_offline_test_mode_opens_the_gate_and_says_so(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        live.evening.change("TWITCH_OFFLINE_CHAT_TEST_MODE", True)
        assert "offline test mode" in live.on_air.gate.why
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        assert live.state(prompt.number) is PromptState.POSTED
        live.evening.change("TWITCH_OFFLINE_CHAT_TEST_MODE", False)
        another = await live.draft("Another line.")
        await live.evening.desk.approve(another.number)
        assert live.state(another.number) is PromptState.HELD


async def test_a_lost_answer_is_settled_by_the_room(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        twitch.faults.unavailable_after(1)
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        await until(lambda: live.state(prompt.number) is PromptState.POSTED)
        assert len(twitch.posted) == 1
        await until(lambda: said_by(live, Voice.AGENT) == [prompt.text])


async def test_a_lost_answer_without_an_echo_is_unknown_and_never_sent_again(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        twitch.faults.lost_answer(1)
        twitch.faults.no_echo(1)
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        await until(lambda: live.state(prompt.number) is PromptState.UNKNOWN)
        await live.evening.orchestrator.look()
        assert len(twitch.posted) == 1
        await live.evening.desk.settle(prompt.number, posted=True)
        assert live.state(prompt.number) is PromptState.POSTED
        assert len(twitch.posted) == 1


async def test_an_echo_that_comes_late_settles_what_was_unknown(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        twitch.faults.lost_answer(1)
        twitch.faults.no_echo(1)
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        await until(lambda: live.state(prompt.number) is PromptState.UNKNOWN)
        await twitch.says("quietharbor", prompt.text)
        await until(lambda: live.state(prompt.number) is PromptState.POSTED)
        stored = live.evening.queue.get(prompt.number)
        assert stored is not None
        assert stored.steps[-1].by == "room"


async def test_a_refusal_is_told_in_words_and_can_be_approved_again(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        twitch.faults.drop_message(1, "msg_slowmode", "This room is in slow mode.")
        prompt = await live.draft()
        await live.evening.desk.approve(prompt.number)
        refused = live.evening.queue.get(prompt.number)
        assert refused is not None
        assert refused.state is PromptState.FAILED
        assert "slow" in refused.steps[-1].reason
        await live.evening.desk.approve(prompt.number)
        assert live.state(prompt.number) is PromptState.POSTED


async def test_while_chat_is_away_nothing_is_drafted_and_the_gap_is_told_and_kept(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, hearthkeeper_inactivity_minutes=0.0001) as live:
        await twitch.says("mira", "hello")
        await until(lambda: said_by(live, Voice.PERSON))
        await twitch.faults.refuse_connections(True)
        await until(lambda: live.on_air.link.state is LinkState.DOWN)
        later = live.evening.orchestrator.situation(live.evening.now() + timedelta(hours=1))
        assert not later.hearing
        await twitch.faults.refuse_connections(False)
        await live.connected()
        await until(lambda: any(isinstance(event, RoomChanged) for event in live.heard.events))
        gaps = [event.what for event in live.heard.events if isinstance(event, RoomChanged)]
        assert isinstance(gaps[0], ChatGap)
        record = await live.evening.record()
        assert len(record.gaps) == len(gaps)
        assert "Chat was away" in render(await live.evening.current_ledger())


async def test_a_session_takes_its_title_and_its_start_from_the_stream(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        opened = live.evening.keeping.session
        assert opened.title == "quietharbor"
        began = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=2)
        stream = await twitch.go_live("Night sail", started_at=began)
        await until(lambda: live.evening.keeping.session.title == "Night sail")
        session = live.evening.keeping.session
        assert (session.id, session.started_at) == (opened.id, began)
        record = await live.evening.record()
        assert [airing.stream for airing in record.airings] == [stream]


async def test_the_evening_ends_with_its_stream_when_the_grace_is_over(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, stream_end_grace_minutes=0.0) as live:
        await live.live()
        await twitch.go_offline()
        await asyncio.wait_for(asyncio.shield(live.living), 10)
        assert live.evening.broadcasting is not None
        assert live.evening.broadcasting.ended


async def test_an_evening_in_use_does_not_end_with_its_stream_but_asks(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, stream_end_grace_minutes=0.0) as live:
        await live.live()
        await live.draft()
        await twitch.go_offline()
        broadcasting = live.evening.broadcasting
        assert broadcasting is not None
        await until(lambda: broadcasting.question.question)
        assert not live.living.done()
        broadcasting.go_on()
        assert not broadcasting.question.question
        assert not live.living.done()


async def test_started_in_the_middle_of_a_stream_it_knows_at_once_and_does_not_take_its_past_for_silence(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    began = datetime.now(UTC) - timedelta(hours=2)
    await twitch.go_live("Night sail", started_at=began)
    async with live_evening(tmp_path, twitch) as live:
        assert live.on_air.gate.live is Live.YES
        session = live.evening.keeping.session
        assert abs((session.started_at - began).total_seconds()) < 2
        await until(lambda: any(isinstance(event, RoomChanged) for event in live.heard.events))
        decision = await live.evening.orchestrator.tick()
        assert decision.reason is Reason.NOT_QUIET_YET


async def test_after_a_restart_the_evening_goes_on_and_says_what_it_missed(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch) as live:
        await live.live()
        await twitch.says("mira", "before")
        await until(lambda: said_by(live, Voice.PERSON))
        prompt = await live.draft()
        number, session = prompt.number, live.evening.keeping.session.id
    async with live_evening(tmp_path, twitch, log_in=False) as live:
        assert live.evening.restored
        assert live.evening.keeping.session.id == session
        assert live.state(number) is PromptState.PENDING
        assert "mira" in live.evening.room.people


async def test_a_second_live_console_on_the_channel_is_refused(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        with pytest.raises(BadInputError, match="Another console is live"):
            await Evening.open(LivePlan(), live.evening.settings, live.evening.paths, Broadcast(), on_air=live.on_air)


async def test_without_a_login_it_says_what_to_do(tmp_path: Path, twitch: FakeTwitch) -> None:
    with pytest.raises(LoginNeededError, match="sanctum-tui login"):
        await OnAir.open(live_settings(twitch), paths_in(tmp_path), timing=QUICK)


async def test_without_a_network_it_says_so_and_leaves_nothing_behind(tmp_path: Path, twitch: FakeTwitch) -> None:
    paths = paths_in(tmp_path)
    logged_in(paths, twitch)
    await twitch.faults.refuse_connections(True)
    with pytest.raises(UnreachableError):
        await OnAir.open(live_settings(twitch), paths, timing=replace(QUICK, answer=0.5))


async def test_one_evening_follows_another_on_the_same_connection(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        await twitch.says("mira", "first")
        await until(lambda: said_by(live, Voice.PERSON))
        live.evening.origin.stop()
        await live.living
        await live.evening.finish("the operator ended the evening")
        await live.evening.close()
        await twitch.says("mira", "in between")
        evening = await Evening.open(
            LivePlan(), live.evening.settings, live.evening.paths, live.evening.broadcast, on_air=live.on_air
        )
        try:
            assert not evening.restored
            assert evening.keeping.session.id != live.evening.keeping.session.id
            living = asyncio.create_task(evening.run())
            await twitch.says("mira", "second")
            await until(lambda: said_by(live, Voice.PERSON) == ["first", "in between", "second"])
            assert evening.keeping.messages == 2
            evening.origin.stop()
            await living
        finally:
            await evening.close()


async def test_an_evening_ended_in_the_middle_of_a_stream_is_followed_by_one_with_a_start_of_its_own(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    began = datetime.now(UTC) - timedelta(hours=2)
    await twitch.go_live("Night sail", started_at=began)
    async with live_evening(tmp_path, twitch) as live:
        first = live.evening
        await until(lambda: any(isinstance(event, RoomChanged) for event in live.heard.events))
        first.origin.stop()
        await live.living
        await first.finish("the operator ended the evening")
        await first.close()
        evening = await Evening.open(LivePlan(), first.settings, first.paths, first.broadcast, on_air=live.on_air)
        try:
            living = asyncio.create_task(evening.run())
            await twitch.says("mira", "still here")
            await until(lambda: evening.keeping.messages == 1)
            record = await evening.record()
            assert (record.session.started_at - began).total_seconds() > 3600
            assert record.gaps == ()
            evening.origin.stop()
            await living
        finally:
            await evening.close()


async def test_a_database_that_fails_for_a_while_does_not_end_the_evening(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        id = await twitch.says("mira", "something rude")
        await until(lambda: said_by(live, Voice.PERSON))
        await live.evening.memory.writer.flush()
        database = live.evening.paths.database
        with sqlite3.connect(database, isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            await twitch.deletes(id, "mira")
            await twitch.says("mira", "goes on")
            await until(lambda: any(isinstance(event, StorageFailed) for event in live.heard.events))
            other.execute("ROLLBACK")
        other.close()
        await until(lambda: "goes on" in said_by(live, Voice.PERSON))
        await live.evening.orchestrator.tick()
        session = live.evening.keeping.session.id
        assert await live.evening.memory.evenings.deleted(session, 1, 10) == {1}
        assert not live.living.done()


async def test_whoever_speaks_to_the_agent_is_answered_through_the_same_queue_and_nobody_else_is(
    tmp_path: Path, twitch: FakeTwitch
) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, bot=True) as live:
        await twitch.says("pebble", "the old chronicle of the harbour is a good read")
        await twitch.says("mira", "@chronicler are you human?")
        await until(lambda: live.evening.queue.prompts)
        answer = live.evening.queue.prompts[0]
        assert (answer.mode, answer.state) == ("steward", PromptState.PENDING)
        assert "AI" in answer.line
        await twitch.says("pebble", "good question")
        await until(lambda: len(said_by(live, Voice.PERSON)) == 3)
        assert live.state(answer.number) is PromptState.PENDING
        assert twitch.posted == []
        assert len(live.evening.queue.prompts) == 1


async def test_a_muted_agent_answers_nobody(tmp_path: Path, twitch: FakeTwitch) -> None:
    await twitch.go_live()
    async with live_evening(tmp_path, twitch, bot=True) as live:
        await live.evening.orchestrator.set_muted(True)
        await twitch.says("mira", "@chronicler are you human?")
        await until(lambda: said_by(live, Voice.PERSON))
        await live.evening.orchestrator.tick()
        assert live.evening.queue.prompts == ()


async def test_an_operators_reason_for_a_skip_becomes_a_standing_note(tmp_path: Path, twitch: FakeTwitch) -> None:
    async with live_evening(tmp_path, twitch) as live:
        first = await live.draft("The sea is quiet tonight.")
        await live.evening.desk.skip(first.number)
        second = await live.draft("The gulls have gone home.")
        await live.evening.desk.skip(second.number, reason="fewer lines about birds")
        notes = live.evening.words.notes.read()
        assert [note.text for note in notes] == ["fewer lines about birds"]
