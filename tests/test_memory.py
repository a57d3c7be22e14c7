"""What is told to the memory can be asked of it again, as it was, by any number of consoles."""

import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanctum_tui.chat import ChatCleared, ChatGap, ChatLine, ChatMessage, Voice
from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.evening import (
    Action,
    Airing,
    Decision,
    Draft,
    EveningRecord,
    Flag,
    Mark,
    Prompt,
    PromptState,
    PromptStep,
    Reason,
    Session,
)
from sanctum_tui.memory import Memory, open_memory
from sanctum_tui.memory.removed import Removed
from sanctum_tui.text import clean_line

NOW = datetime(2026, 3, 1, 20, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DRAFT = Draft(
    "A quiet sea.", "A quiet sea. — Steward", ("tonight's angle", "the talk, of foghorns"), "a writer", "echo"
)


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    opened = await open_memory(url_in(tmp_path), lock_folder=None)
    yield opened
    await opened.close()


def url_in(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'sanctum.db'}"


async def begin(memory: Memory, channel: str = "harbour", source: str = "live", at: datetime = NOW) -> Session:
    return await memory.evenings.begin(channel=channel, source=source, title="Night sail", at=at)


async def draft(memory: Memory, session: Session, number: int = 1, draft: Draft = DRAFT) -> Prompt:
    return await memory.evenings.add_prompt(
        session_id=session.id, number=number, mode="hearthkeeper", draft=draft, why="Quiet for 15 min.", at=NOW
    )


def step(state: PromptState, text: str = DRAFT.text, reason: str = "") -> PromptStep:
    return PromptStep(NOW + MINUTE, state, "operator", text, reason)


def line(number: int, login: str = "ada", text: str = "hello", **more: object) -> ChatLine:
    said = ChatMessage(NOW + number * MINUTE / 60, login, login.title(), text, id=f"id-{number}", **more)  # type: ignore[arg-type]
    return ChatLine(number, Voice.PERSON, said)


async def store(memory: Memory, session: Session, *lines: ChatLine) -> None:
    memory.writer.put(session.id, lines, clock_at=NOW, position=len(lines), messages=len(lines))
    await memory.writer.flush()


async def test_a_session_is_restored_as_it_was(memory: Memory) -> None:
    begun = await begin(memory)
    assert begun == Session(begun.id, "harbour", "live", "Night sail", NOW)
    memory.writer.put(begun.id, (), clock_at=NOW + MINUTE, position=7, messages=5)
    await memory.writer.flush()
    restored = await memory.evenings.session(begun.id)
    assert restored == Session(begun.id, "harbour", "live", "Night sail", NOW, None, NOW + MINUTE, 7, 5)


async def test_only_sessions_of_the_channel_that_have_not_ended_are_unfinished(memory: Memory) -> None:
    first, second, ended = [await begin(memory) for _ in range(3)]
    await begin(memory, channel="elsewhere")
    await memory.evenings.end(ended.id, at=NOW + MINUTE)
    assert await memory.evenings.unfinished("harbour") == (second, first)


async def test_a_session_ends_once(memory: Memory) -> None:
    begun = await begin(memory)
    await memory.evenings.end(begun.id, at=NOW + MINUTE)
    await memory.evenings.end(begun.id, at=NOW + 2 * MINUTE)
    ended = await memory.evenings.session(begun.id)
    assert ended is not None
    assert ended.ended_at == NOW + MINUTE


async def test_a_session_takes_title_and_start_from_the_stream_that_comes_to_it(memory: Memory) -> None:
    begun = await begin(memory)
    first = Airing("s1", NOW - MINUTE)
    taken = await memory.evenings.went_on_air(begun.id, first, title="Night sail, live", starts_session=True)
    assert (taken.title, taken.started_at) == ("Night sail, live", NOW - MINUTE)
    await memory.evenings.went_off_air(begun.id, NOW + MINUTE)
    assert await memory.evenings.airings(begun.id) == (replace(first, ended_at=NOW + MINUTE),)


async def test_a_stream_that_came_back_is_the_same_or_another_of_the_session(memory: Memory) -> None:
    begun = await begin(memory)
    for stream in ("s1", "s1", "s2"):
        airing = Airing(stream, NOW + MINUTE)
        taken = await memory.evenings.went_on_air(begun.id, airing, title="", starts_session=False)
        assert (taken.title, taken.started_at) == (begun.title, begun.started_at)
        if stream == "s1":
            await memory.evenings.went_off_air(begun.id, NOW + 2 * MINUTE)
    assert [(one.stream, one.ended_at) for one in await memory.evenings.airings(begun.id)] == [
        ("s1", NOW + 2 * MINUTE),
        ("s2", None),
    ]


async def test_gaps_are_kept_with_the_session(memory: Memory) -> None:
    begun = await begin(memory)
    await memory.evenings.add_gap(begun.id, ChatGap(NOW, 41.5))
    assert (await memory.evenings.record(begun.id)).gaps == (ChatGap(NOW, 41.5),)


async def test_sessions_come_with_the_one_begun_last_first(memory: Memory) -> None:
    tonight = await begin(memory)
    replayed = await begin(memory, source="replay:abc", at=NOW - timedelta(days=900))
    assert await memory.evenings.sessions() == (replayed, tonight)
    assert await memory.evenings.sessions(limit=1) == (replayed,)


async def test_a_session_that_is_not_there_is_told(memory: Memory) -> None:
    assert await memory.evenings.session(7) is None
    assert await memory.evenings.prompt(7) is None
    with pytest.raises(BadInputError, match="no session 7"):
        await memory.evenings.record(7)


async def test_a_prompt_is_stored_with_its_first_step(memory: Memory) -> None:
    session = await begin(memory)
    added = await draft(memory, session)
    first = PromptStep(NOW, PromptState.PENDING, "agent", DRAFT.text)
    assert added.steps == (first,)
    assert (added.state, added.line, added.text, added.draft) == (PromptState.PENDING, DRAFT.line, DRAFT.text, DRAFT)
    assert await memory.evenings.prompt(added.id) == added
    assert await memory.evenings.prompts(session.id) == (added,)


async def test_a_prompt_number_is_taken_once_and_nothing_is_left_of_the_second(memory: Memory) -> None:
    session = await begin(memory)
    added = await draft(memory, session)
    with pytest.raises(StorageError, match="no other console"):
        await draft(memory, session)
    assert await memory.evenings.prompts(session.id) == (added,)


async def test_a_step_changes_the_prompt_and_is_kept(memory: Memory) -> None:
    added = await draft(memory, await begin(memory))
    skipped = step(PromptState.SKIPPED, reason="not now")
    after = await memory.evenings.step_prompt(added.id, expected=PromptState.PENDING, step=skipped)
    assert after is not None
    assert (after.state, after.changed_at, after.drafted_at) == (PromptState.SKIPPED, NOW + MINUTE, NOW)
    assert (after.line, after.text, after.edited) == (DRAFT.line, DRAFT.text, False)
    assert after.steps == (*added.steps, skipped)
    assert await memory.evenings.prompt(added.id) == after


async def test_an_edit_keeps_what_was_first_written(memory: Memory) -> None:
    added = await draft(memory, await begin(memory))
    edited = step(PromptState.APPROVED, text="A calm sea. — Steward")
    after = await memory.evenings.step_prompt(added.id, expected=PromptState.PENDING, step=edited, line="A calm sea.")
    assert after is not None
    assert (after.line, after.text, after.draft, after.edited) == ("A calm sea.", edited.text, DRAFT, True)


async def test_a_step_from_a_state_that_is_over_changes_nothing(memory: Memory) -> None:
    added = await draft(memory, await begin(memory))
    stale = await memory.evenings.step_prompt(added.id, expected=PromptState.PENDING, step=step(PromptState.STALE))
    late = step(PromptState.APPROVED, text="other words")
    assert await memory.evenings.step_prompt(added.id, expected=PromptState.PENDING, step=late, line="other") is None
    assert await memory.evenings.prompt(added.id) == stale
    assert await memory.evenings.step_prompt(99, expected=PromptState.PENDING, step=late) is None


async def test_of_many_consoles_exactly_one_approves(memory: Memory, tmp_path: Path) -> None:
    other = await open_memory(url_in(tmp_path), lock_folder=None)
    session = await begin(memory)
    for number in range(1, 6):
        prompt = await draft(memory, session, number)
        answers = await asyncio.gather(
            *(
                console.evenings.step_prompt(prompt.id, expected=PromptState.PENDING, step=step(PromptState.APPROVED))
                for console in (memory, other) * 4
            )
        )
        assert sum(answer is not None for answer in answers) == 1
        stored = await other.evenings.prompt(prompt.id)
        assert stored is not None
        assert [taken.state for taken in stored.steps] == [PromptState.PENDING, PromptState.APPROVED]
    await other.close()


CONSOLE = """
import asyncio, sys
from tests.test_memory import begin, draft, line, step, open_memory, PromptState
async def main(url):
    memory = await open_memory(url, lock_folder=None)
    session = await begin(memory, channel="shared")
    for number in range(1, 21):
        prompt = await draft(memory, session, number)
        memory.writer.put(session.id, [line(number)], clock_at=prompt.drafted_at, position=number, messages=number)
        await memory.evenings.step_prompt(prompt.id, expected=PromptState.PENDING, step=step(PromptState.STALE))
    await memory.close()
asyncio.run(main(sys.argv[1]))
"""


async def test_three_consoles_write_at_once_and_none_finds_the_database_locked(tmp_path: Path) -> None:
    consoles = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", "-c", CONSOLE, url_in(tmp_path), stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for console in consoles:
        _, errors = await console.communicate()
        assert (console.returncode, errors.decode()) == (0, "")
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    sessions = await memory.evenings.unfinished("shared")
    assert [session.position for session in sessions] == [20, 20, 20]
    for session in sessions:
        assert len(await memory.evenings.lines_after(session.id, 0)) == 20
        assert [len(prompt.steps) for prompt in await memory.evenings.prompts(session.id)] == [2] * 20
    await memory.close()


async def test_a_record_holds_all_that_was_noted(memory: Memory) -> None:
    session, other = await begin(memory), await begin(memory)
    decisions = (
        Decision(NOW, Action.QUIET, Reason.NOT_QUIET_YET, {"silence_seconds": 12.5, "needed": 900}, NOW + MINUTE),
        Decision(NOW + MINUTE, Action.DRAFT, Reason.QUIET_ENOUGH, {"silence_seconds": float("inf")}),
    )
    for decision in decisions:
        await memory.evenings.add_decision(session.id, decision)
    flag = Flag(NOW, 3, "Ada", "[/] buy followers", "scam", "It sells followers.")
    await memory.evenings.add_flag(session.id, flag)
    mark = Mark(NOW, "the lighthouse")
    await memory.evenings.add_mark(session.id, mark)
    await memory.evenings.add_mark(other.id, Mark(NOW, "elsewhere"))
    prompts = tuple([await draft(memory, session, number) for number in (1, 2)])
    await memory.evenings.save_dashboard(session.id, "# Tonight", NOW)
    expected = EveningRecord(session, "# Tonight", prompts, decisions, (flag,), (mark,))
    assert await memory.evenings.record(session.id) == expected
    assert await memory.evenings.decisions(session.id) == decisions
    assert await memory.evenings.flags(session.id) == (flag,)
    assert await memory.evenings.marks(session.id) == (mark,)


async def test_a_dashboard_is_kept_byte_for_byte_and_the_latest_counts(memory: Memory) -> None:
    session = await begin(memory)
    assert await memory.evenings.dashboard(session.id) == ""
    for markdown in ("old", "\ufeff# Tonight\r\n\r\n\ttrailing  \r\n\x1b[31m\u202e潮\r", "x\n"):
        await memory.evenings.save_dashboard(session.id, markdown, NOW)
        assert await memory.evenings.dashboard(session.id) == markdown


async def test_only_lines_posted_in_earlier_live_streams_of_the_channel_count_as_posted(memory: Memory) -> None:
    async def posted(channel: str, source: str, at: datetime, line: str, state: PromptState) -> None:
        session = await begin(memory, channel, source, at)
        prompt = await draft(memory, session, draft=Draft(line, f"{line} — Steward"))
        assert await memory.evenings.step_prompt(prompt.id, expected=PromptState.PENDING, step=step(state))

    await posted("harbour", "live", NOW - 3 * MINUTE, "first", PromptState.POSTED)
    await posted("harbour", "live", NOW - 2 * MINUTE, "second", PromptState.POSTED)
    await posted("harbour", "live", NOW - MINUTE, "skipped", PromptState.SKIPPED)
    await posted("harbour", "replay:abc", NOW - MINUTE, "replayed", PromptState.POSTED)
    await posted("elsewhere", "live", NOW - MINUTE, "elsewhere", PromptState.POSTED)
    await posted("harbour", "live", NOW, "tonight", PromptState.POSTED)
    assert await memory.evenings.posted_texts("harbour", NOW, 10) == ("second", "first")
    assert await memory.evenings.posted_texts("harbour", NOW, 1) == ("second",)


async def test_lines_are_read_in_pages_of_their_session(memory: Memory) -> None:
    session, other = await begin(memory), await begin(memory)
    lines = tuple(line(number) for number in range(1, 21))
    await store(memory, session, *lines)
    await store(memory, other, *lines[:3])
    evenings = memory.evenings
    assert await evenings.lines_before(session.id, 11, limit=4) == lines[6:10]
    assert await evenings.lines_before(session.id, 3) == lines[:2]
    assert await evenings.lines_before(session.id, 1) == ()
    assert await evenings.lines_after(session.id, 15, limit=3) == lines[15:18]
    assert await evenings.lines_after(session.id, 20) == ()
    assert await evenings.lines_after(other.id, 0) == lines[:3]


async def test_all_lines_come_once_and_in_order_however_many_pages_they_take(memory: Memory) -> None:
    session = await begin(memory)
    lines = [line(number) for number in range(1, 4_500)]
    await store(memory, session, *lines)
    pages = [page async for page in memory.evenings.pages(session.id)]
    assert len(pages) > 2
    assert [read for page in pages for read in page] == lines


async def test_a_removed_line_is_marked_even_while_it_waits_to_be_stored(memory: Memory) -> None:
    session, other = await begin(memory), await begin(memory)
    lines = [line(number) for number in range(1, 6)]
    await store(memory, other, *lines)
    memory.writer.put(session.id, lines, clock_at=NOW, position=5, messages=5)
    await memory.evenings.mark_deleted(session.id, "id-4")
    await memory.evenings.mark_deleted(session.id, "an id of no line")
    await memory.evenings.mark_deleted(session.id, "")
    assert await memory.evenings.deleted(session.id, 1, 5) == {4}
    assert await memory.evenings.deleted(session.id, 1, 3) == frozenset()
    assert await memory.evenings.deleted(other.id, 1, 5) == frozenset()


async def test_a_cleared_person_loses_all_lines_and_a_cleared_room_everybody(memory: Memory) -> None:
    session = await begin(memory)
    await store(memory, session, line(1), line(2, "bob"), line(3), line(4, "bob"))
    await memory.evenings.mark_cleared(session.id, "bob", upto=4)
    assert await memory.evenings.deleted(session.id, 1, 4) == {2, 4}
    await memory.evenings.mark_cleared(session.id, "", upto=4)
    assert await memory.evenings.deleted(session.id, 1, 4) == {1, 2, 3, 4}


async def test_whose_lines_were_cleared_is_kept_with_the_line_before_it(memory: Memory) -> None:
    session, other = await begin(memory), await begin(memory)
    await store(memory, session, line(1), line(2, "bob"), line(3))
    await memory.evenings.mark_cleared(session.id, "bob", upto=2, at=NOW)
    await memory.evenings.mark_cleared(session.id, "", upto=3, at=NOW)
    bob, all_of_them = (2, ChatCleared(NOW, "bob")), (3, ChatCleared(NOW))
    assert await memory.evenings.removed(session.id, 1, 3) == Removed(frozenset({1, 2, 3}), (bob, all_of_them))
    assert (await memory.evenings.removed(session.id, 3, 3)).clearings == (all_of_them,)
    assert await memory.evenings.removed(other.id, 1, 3) == Removed()


async def test_a_database_in_memory_takes_many_askers_at_once() -> None:
    memory = await open_memory("sqlite+aiosqlite://", lock_folder=None)
    session = await begin(memory)
    memory.writer.put(session.id, [line(1)], clock_at=NOW, position=1, messages=1)
    await asyncio.gather(*(draft(memory, session, number) for number in range(1, 9)), memory.writer.flush())
    assert len(await memory.evenings.prompts(session.id)) == 8
    assert await memory.evenings.lines_after(session.id, 0) == (line(1),)
    await memory.close()


async def test_damage_found_later_is_told_in_one_sentence(tmp_path: Path) -> None:
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    with sqlite3.connect(tmp_path / "sanctum.db") as connection:
        connection.execute("DROP TABLE marks")
    connection.close()
    with pytest.raises(StorageError, match=r"sanctum\.db could not be used \(no such table: marks\)"):
        await memory.evenings.add_mark(1, Mark(NOW, "x"))
    await memory.close()


WORDS = st.text(max_size=30).map(clean_line)
MESSAGES = st.builds(
    ChatMessage,
    at=st.datetimes(timezones=st.just(UTC)),
    login=WORDS,
    name=WORDS,
    text=st.text(max_size=200).map(clean_line),
    id=WORDS,
    colour=WORDS,
    badges=st.lists(WORDS, max_size=4).map(tuple),
    action=st.booleans(),
    bits=st.integers(0, 2**31 - 1),
    reply_to=WORDS,
    shared_from=WORDS,
    reply_words=WORDS,
)


@given(said=st.lists(st.tuples(st.sampled_from(Voice), MESSAGES), min_size=1, max_size=8))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_line_comes_back_as_it_was(memory: Memory, said: list[tuple[Voice, ChatMessage]]) -> None:
    session = await begin(memory)
    lines = tuple(ChatLine(number, *one) for number, one in enumerate(said, start=1))
    await store(memory, session, *lines)
    assert await memory.evenings.lines_after(session.id, 0) == lines
    assert await memory.evenings.lines_before(session.id, len(lines) + 1) == lines
