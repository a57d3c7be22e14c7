"""An evening as the agent lives it: silences, drafts, what makes them stale, and what a restart brings back."""

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from sanctum_tui.chat import ChatEvent, MessageDeleted
from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import PromptState, Reason
from sanctum_tui.events import DecisionChanged, SessionBegan
from sanctum_tui.exports.markdown import render
from sanctum_tui.runtime.evening import Evening
from tests.builders import Heard, at, evening_of, says, settings

HOUR = 3600.0


def quiet_from(seconds: float, until: float) -> list[ChatEvent]:
    """Somebody speaks, a bot's timer ends the log; nobody writes in between."""
    return [says(seconds), says(until, "a timer", "Nightbot")]


async def lived(folder: Path, events: Sequence[ChatEvent], **options: object) -> tuple[Heard, Evening]:
    heard = Heard()
    async with evening_of(folder, events, heard=heard, **options) as evening:  # type: ignore[arg-type]
        await evening.run()
        await evening.finish()
    return heard, evening


async def test_after_fifteen_quiet_minutes_one_line_is_drafted_and_waits(tmp_path: Path) -> None:
    heard, _ = await lived(tmp_path, quiet_from(0, HOUR))
    assert heard.steps() == [(1, "pending", 900.0), (1, "expired", HOUR)]


async def test_with_every_draft_approved_the_next_comes_after_the_interval(tmp_path: Path) -> None:
    heard, evening = await lived(tmp_path, quiet_from(0, HOUR), review="approve")
    posted = [when for _, state, when in heard.steps() if state == "posted"]
    assert posted == [900.0, 1800.0, 2700.0, 3600.0][: len(posted)]
    assert len(posted) >= 3
    assert evening.queue.counts() == {"posted": len(posted)}


async def test_a_skip_counts_for_the_interval_like_a_post(tmp_path: Path) -> None:
    heard, _ = await lived(tmp_path, quiet_from(0, 2000), review="skip")
    assert [when for _, state, when in heard.steps() if state == "pending"] == [900.0, 1800.0]


async def test_a_waiting_draft_goes_stale_the_moment_a_person_writes(tmp_path: Path) -> None:
    events = [says(0), says(1000.5, "back again"), says(1001), says(1100, "x", "Nightbot")]
    heard, _ = await lived(tmp_path, events)
    assert heard.steps() == [(1, "pending", 900.0), (1, "stale", 1000.5)]


async def test_bots_commands_scams_and_our_own_lines_do_not_break_a_silence(tmp_path: Path) -> None:
    noise = [
        says(300, "remember to stretch", "Nightbot"),
        says(400, "!discord", "pebble"),
        says(500, "Cheap viewers on streamboo .com (remove the space)", "viewlift88"),
        says(600, "a line of ours", "Chronicler"),
        says(2000, "end", "Nightbot"),
    ]
    heard, evening = await lived(tmp_path, [says(0), *noise])
    assert heard.steps()[0] == (1, "pending", 900.0)
    assert evening.room.longest.seconds == 2000
    assert [flag.name for flag in evening.room.flags] == ["viewlift88"]


async def test_commands_count_where_the_setting_says_so(tmp_path: Path) -> None:
    events = [says(0), says(400, "!discord", "pebble"), says(1200, "end", "Nightbot")]
    chosen = settings(silence_counts_commands=True)
    heard, evening = await lived(tmp_path, events, chosen=chosen)
    assert heard.steps() == []
    assert evening.room.longest.seconds == 800


async def test_while_people_talk_nothing_is_drafted(tmp_path: Path) -> None:
    heard, _ = await lived(tmp_path, [says(30.0 * n, f"line {n}") for n in range(120)])
    assert heard.steps() == []
    reasons = {event.decision.reason for event in heard.events if isinstance(event, DecisionChanged)}
    assert reasons == {Reason.CHAT_ACTIVE}


async def test_the_budget_ends_the_drafting(tmp_path: Path) -> None:
    chosen = settings(hearthkeeper_session_budget=2)
    heard, _ = await lived(tmp_path, quiet_from(0, 3 * HOUR), review="approve", chosen=chosen)
    assert sum(state == "posted" for _, state, _ in heard.steps()) == 2
    last = [event.decision.reason for event in heard.events if isinstance(event, DecisionChanged)][-1]
    assert last is Reason.OVER_BUDGET


async def test_muted_it_drafts_nothing(tmp_path: Path) -> None:
    heard = Heard()
    async with evening_of(tmp_path, quiet_from(0, HOUR), heard=heard) as evening:
        await evening.orchestrator.set_muted(True)
        await evening.run()
    assert heard.steps() == []


async def test_a_silence_the_operator_wants_is_let_be(tmp_path: Path) -> None:
    heard = Heard()
    async with evening_of(tmp_path, quiet_from(0, HOUR), heard=heard) as evening:
        evening.orchestrator.let_it_be(40)
        await evening.run()
    assert heard.steps()[0] == (1, "pending", 2400.0)


async def test_a_preview_sends_records_and_moves_nothing(tmp_path: Path) -> None:
    heard = Heard()
    async with evening_of(tmp_path, quiet_from(0, HOUR), heard=heard) as evening:
        seen_before, told_before = evening.orchestrator.situation(), len(heard.events)
        shown = await evening.orchestrator.preview()
        assert shown is not None
        assert evening.orchestrator.situation() == seen_before
        assert (len(heard.events), evening.queue.prompts) == (told_before, ())
        again = await evening.orchestrator.preview()
        assert again == shown


async def test_drafted_anew_the_old_line_is_superseded_and_the_note_is_kept(tmp_path: Path) -> None:
    heard = Heard()
    async with evening_of(tmp_path, quiet_from(0, HOUR), heard=heard) as evening:
        await evening.orchestrator.hear([says(0)])
        evening.player.clock.set(at(1000))
        await evening.orchestrator.tick()
        outcome = await evening.orchestrator.redraft(1, "something about the harbour")
        assert outcome.done
        old, new = evening.queue.prompts
        assert (old.state, old.steps[-1].reason) == (PromptState.SUPERSEDED, "something about the harbour")
        assert new.state is PromptState.PENDING
        assert new.line != old.line


async def test_a_skip_taken_back_after_people_talked_goes_stale(tmp_path: Path) -> None:
    async with evening_of(tmp_path, quiet_from(0, HOUR)) as evening:
        await evening.orchestrator.hear([says(0)])
        evening.player.clock.set(at(1000))
        await evening.orchestrator.tick()
        await evening.desk.skip(1)
        await evening.orchestrator.hear([says(1010, "hello again")])
        await evening.desk.undo()
        assert await evening.orchestrator.undone(1)
        assert evening.queue.prompts[0].state is PromptState.STALE


async def test_the_tick_interval_can_change_while_it_runs(tmp_path: Path) -> None:
    heard = Heard()
    async with evening_of(tmp_path, quiet_from(0, 1000), heard=heard) as evening:
        evening.change("AGENT_LOOP_INTERVAL_SECONDS", "7")
        await evening.run()
    assert heard.steps()[0] == (1, "pending", 903.0)


async def test_what_is_read_at_the_start_alone_cannot_change_while_it_runs(tmp_path: Path) -> None:
    async with evening_of(tmp_path, quiet_from(0, 1000)) as evening:
        assert evening.change("LET_IT_BE_MINUTES", "20") == "LET_IT_BE_MINUTES is 20 for this evening."
        for name, value in (("KNOWN_BOTS", "tide"), ("LET_IT_BE_MINUTES", "-1"), ("NO_SUCH_THING", "1")):
            with pytest.raises(BadInputError, match=name):
                evening.change(name, value)
        assert evening.settings.let_it_be_minutes == 20


async def test_the_ledger_and_the_memory_know_every_line(tmp_path: Path) -> None:
    events = [says(n, f"line {n}") for n in range(500)]
    heard = Heard()
    async with evening_of(tmp_path, [*events, MessageDeleted(at(600), "nobody")], heard=heard) as evening:
        await evening.run()
        await evening.finish()
        session = evening.keeping.session
        stored = [line async for page in evening.memory.evenings.pages(session.id) for line in page]
    assert [line.message for line in stored] == events
    assert (session.messages, session.position) == (500, 501)


async def test_a_restart_brings_back_clock_count_dashboard_and_queue(tmp_path: Path) -> None:
    events = [says(0), says(10, "two"), *quiet_from(20, 950), says(5000, "late", "Nightbot")]
    (tmp_path / "dashboard.md").write_text("### 1. Stream Title\nThe quiet sea\n")
    async with evening_of(tmp_path, events) as before:
        await before.orchestrator.hear([says(0), says(10, "two"), says(20), says(950, "a timer", "Nightbot")])
        before.player.clock.set(at(960))
        await before.orchestrator.tick()
        waiting = before.queue.waiting
        assert waiting is not None
    heard = Heard()
    async with evening_of(tmp_path, events, heard=heard) as after:
        assert after.restored
        assert after.clock.now() == at(960)
        assert after.room.quiet_since == at(20)
        assert after.keeping.messages == 4
        assert after.dashboard.title == "The quiet sea"
        assert after.queue.waiting == waiting
        await after.run()
        assert after.keeping.messages == 5
        assert after.room.count == 5
    assert any(isinstance(event, SessionBegan) and event.restored for event in heard.events)


async def test_a_restored_replay_does_not_run_past_the_line_that_waits(tmp_path: Path) -> None:
    events = [says(0), says(5000, "late", "Nightbot")]
    async with evening_of(tmp_path, events, review="operator") as before:
        await before.orchestrator.hear(events[:1])
        before.player.clock.set(at(960))
        await before.orchestrator.tick()
        assert before.player.pace == 1.0
    async with evening_of(tmp_path, events, review="operator") as after:
        assert (after.player.speed, after.player.pace) == (math.inf, 1.0)
        assert after.clock.now() == at(960)
        await after.desk.skip(1)
        assert after.player.pace == math.inf


async def test_what_a_moderator_removed_is_quoted_nowhere_also_after_a_restart(tmp_path: Path) -> None:
    rude = "a long and unkind remark about lighthouses that nobody wants to read again, ever?"
    talk = [says(n, f"what of the lighthouse keeper, number {n}?", f"viewer{n % 3}", id=f"m{n}") for n in range(20)]
    events: list[ChatEvent] = [
        *talk,
        says(30, rude, "rude", id="gone"),
        MessageDeleted(at(31), "gone"),
        says(40, "well", id="z"),
    ]
    async with evening_of(tmp_path, events) as before:
        await before.orchestrator.hear(events)
        assert rude not in [message.text for message in before.room.recent]
    async with evening_of(tmp_path, events) as after:
        assert rude not in [message.text for message in after.room.recent]
        assert "unkind" not in render(await after.current_ledger())


async def test_a_plan_given_once_is_the_restored_evenings_plan_too(tmp_path: Path) -> None:
    plan = tmp_path / "plans" / "tonight.md"
    plan.parent.mkdir()
    plan.write_text("### 1. Stream Title\nThe quiet sea\n")
    async with evening_of(tmp_path, quiet_from(0, 100), dashboard=plan) as before:
        await before.orchestrator.hear([says(0)])
    async with evening_of(tmp_path, quiet_from(0, 100)) as after:
        assert (after.restored, after.dashboard.title) == (True, "The quiet sea")


async def test_begun_afresh_the_interrupted_session_is_ended(tmp_path: Path) -> None:
    async with evening_of(tmp_path, quiet_from(0, 100)) as first:
        await first.orchestrator.hear([says(0)])
        interrupted = first.keeping.session.id
    async with evening_of(tmp_path, quiet_from(0, 100), fresh=True) as second:
        assert not second.restored
        assert second.keeping.session.id != interrupted
        left = await second.memory.evenings.unfinished("quietharbor")
        assert [session.id for session in left] == [second.keeping.session.id]


async def test_a_second_console_on_the_same_evening_keeps_nothing(tmp_path: Path) -> None:
    async with evening_of(tmp_path, quiet_from(0, 100)) as first, evening_of(tmp_path, quiet_from(0, 100)) as second:
        await second.run()
        assert second.notes
        assert [session.id for session in await first.memory.evenings.sessions()] == [first.keeping.session.id]


@pytest.mark.parametrize("after", [900.0, 900.5])
async def test_at_the_very_moment_both_are_due_people_come_first(tmp_path: Path, after: float) -> None:
    heard, _ = await lived(tmp_path, [says(0), says(after, "I am here"), says(1000, "x", "Nightbot")])
    assert [state for _, state, _ in heard.steps()] == ([] if after == 900.0 else ["pending", "stale"])
