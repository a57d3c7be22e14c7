"""What an evening promises in its corners: gates, mutes, restarts, recordings, and words from outside."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sanctum_tui.chat import (
    ChatEvent,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
    StreamWentOffline,
    StreamWentOnline,
    Voice,
)
from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import Draft, PromptState
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.replay.formats import open_log
from sanctum_tui.runtime import archive
from tests.builders import Heard, at, evening_of, paths_in, says, settings


def nightbot(seconds: float) -> ChatMessage:
    return says(seconds, "a timer", "Nightbot")


async def steps(folder: Path, events: Sequence[ChatEvent], **options: object) -> list[tuple[int, str, float]]:
    heard = Heard()
    async with evening_of(folder, events, heard=heard, **options) as evening:  # type: ignore[arg-type]
        await evening.run()
        await evening.finish()
    return heard.steps()


async def test_an_evening_that_starts_in_a_silence_is_quiet_from_there(tmp_path: Path) -> None:
    taken = await steps(tmp_path, [says(0), nightbot(6000)], start_at=timedelta(seconds=100))
    assert taken[0] == (1, "pending", 1000.0)


async def test_restored_in_a_silence_it_drafts_in_that_silence(tmp_path: Path) -> None:
    events = [says(0), nightbot(6000)]
    async with evening_of(tmp_path, events) as before:
        await before.orchestrator.hear(events[:1])
        before.player.clock.set(at(300))
        await before.orchestrator.tick()
    taken = await steps(tmp_path, events)
    assert taken[0] == (1, "pending", 900.0)


async def test_while_the_log_says_the_stream_is_offline_nothing_is_drafted_or_posted(tmp_path: Path) -> None:
    events: list[ChatEvent] = [says(0), StreamWentOffline(at(60)), StreamWentOnline(at(2000)), nightbot(3100)]
    taken = await steps(tmp_path, events, review="approve")
    assert [(state, when) for _, state, when in taken if state in ("pending", "posted")] == [
        ("pending", 2940.0),
        ("posted", 2940.0),
    ]


async def test_approved_while_muted_a_line_is_held(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(100)]) as evening:
        await evening.orchestrator.hear([says(0)])
        evening.player.clock.set(at(1000))
        await evening.orchestrator.tick()
        await evening.orchestrator.set_muted(True)
        outcome = await evening.desk.approve(1)
        assert outcome.words == "Approved, and held: the agent is muted."
        assert evening.room.count == 1


async def test_muted_before_a_crash_it_is_muted_after_it(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(6000)]) as before:
        await before.orchestrator.hear([says(0)])
        await before.orchestrator.set_muted(True)
    async with evening_of(tmp_path, [says(0), nightbot(6000)]) as after:
        assert after.orchestrator.muted
        await after.run()
        assert after.queue.prompts == ()


async def test_another_rooms_lines_in_a_shared_chat_break_no_silence(tmp_path: Path) -> None:
    elsewhere = says(500, "hello from next door", "neighbour", shared_from="otherroom")
    taken = await steps(tmp_path, [says(0), elsewhere, nightbot(1000)])
    assert taken[0] == (1, "pending", 900.0)


@pytest.mark.parametrize("happening", ["people talk", "muted"])
async def test_what_happens_while_a_line_is_written_counts(
    tmp_path: Path, happening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(100)]) as evening:

        async def write(composer: OfflineComposer, context: Context) -> Draft | None:
            if happening == "muted":
                await evening.orchestrator.set_muted(True)
            else:
                await evening.orchestrator.hear([says(1000, "I am here after all")])
            return composer.compose(context)

        monkeypatch.setattr(OfflineComposer, "write", write)
        await evening.orchestrator.hear([says(0)])
        evening.player.clock.set(at(1000))
        await evening.orchestrator.tick()
        assert evening.queue.prompts == ()


async def test_a_flag_whose_line_was_lost_in_a_crash_is_not_counted_twice(tmp_path: Path) -> None:
    scam = says(10, "Cheap viewers on streamboo .com (remove the space)", "viewlift88")
    events = [says(0), scam, nightbot(100)]
    async with evening_of(tmp_path, events) as before:
        await before.orchestrator.hear(events[:2])
        session = before.keeping.session
        (flag,) = await before.memory.evenings.flags(session.id)
        await before.memory.evenings.add_flag(session.id, type(flag)(flag.at, 99, "x", "y", "z", "lost"))
    async with evening_of(tmp_path, events) as after:
        assert after.room.flags == [flag]
        assert await after.memory.evenings.flags(session.id) == (flag,)


async def test_what_the_service_announced_is_stored_like_any_line_that_was_shown(tmp_path: Path) -> None:
    events: list[ChatEvent] = [says(0), ChatNotice(at(5), "Tide has subscribed", "tide", "Tide"), nightbot(100)]
    async with evening_of(tmp_path, events) as evening:
        await evening.run()
        await evening.finish()
        session = evening.keeping.session
        lines = await evening.memory.evenings.lines_after(session.id, 0)
    assert [(line.voice, line.message.text) for line in lines][1] == (Voice.NOTICE, "Tide has subscribed")
    assert (session.messages, session.position) == (2, 3)


async def test_a_recording_has_what_the_room_said_and_what_was_taken_back_and_not_our_own_lines(
    tmp_path: Path,
) -> None:
    events: list[ChatEvent] = [
        says(0, "one", id="a"),
        says(1, "rude", "rude", id="b"),
        ChatNotice(at(2), "Tide has subscribed", "tide", "Tide"),
        MessageDeleted(at(3), "b"),
        says(2000, "two", id="c"),
    ]
    async with evening_of(tmp_path, events, review="approve") as evening:
        await evening.run()
        await evening.finish()
        assert evening.queue.counts()["posted"] >= 1
    to = tmp_path / "again.jsonl"
    await archive.record_session(settings(), paths_in(tmp_path), None, to)
    again = [event for batch in open_log(to).batches() for event in batch]
    assert [type(event).__name__ for event in again] == [
        "ChatMessage", "ChatMessage", "MessageDeleted", "ChatNotice", "ChatMessage",
    ]  # fmt: skip
    assert [event for event in again if isinstance(event, ChatMessage)] == [
        event for event in events if isinstance(event, ChatMessage)
    ]


async def test_two_evenings_of_one_channel_at_once_do_not_end_each_other(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(100)]) as first:
        other = tmp_path / "other"
        other.mkdir()
        log = other / "chat.jsonl"
        log.write_bytes((tmp_path / "chat.jsonl").read_bytes() + b'{"at":9000,"user":"x","text":"more"}\n')
        async with evening_of(tmp_path, [says(0), nightbot(100)], log=log) as second:
            assert second.notes == ["Another console is on an evening of quietharbor; this one keeps nothing."]
        stored = await first.memory.evenings.session(first.keeping.session.id)
        assert stored is not None
        assert stored.ended_at is None


async def test_the_dashboard_of_the_settings_is_tonights_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plans" / "mine.md"
    plan.parent.mkdir()
    plan.write_text("### Stream Title\nMy own plan\n")
    events = [says(0), nightbot(100)]
    async with evening_of(tmp_path, events, chosen=settings(dashboard_path=str(plan))) as evening:
        assert evening.dashboard.title == "My own plan"
    with pytest.raises(BadInputError, match="DASHBOARD_PATH"):
        async with evening_of(tmp_path, events, chosen=settings(dashboard_path=str(tmp_path / "gone.md"))):
            pass


async def test_a_line_whose_outcome_is_unknown_counts_for_interval_and_budget(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0), nightbot(100)]) as evening:
        await evening.orchestrator.hear([says(0)])
        evening.player.clock.set(at(1000))
        await evening.orchestrator.tick()
        for state in (PromptState.APPROVED, PromptState.SENDING, PromptState.UNKNOWN):
            await evening.queue.step(1, state, by="delivery")
        assert evening.orchestrator.situation().posted == 1
        assert evening.orchestrator.situation().settled_at == at(1000)


async def test_a_preview_is_there_also_when_the_evening_has_ended(tmp_path: Path) -> None:
    async with evening_of(tmp_path, [says(0, "the sea is quiet tonight"), nightbot(1200)]) as evening:
        await evening.run()
        await evening.finish()
        assert await evening.orchestrator.preview() is not None
