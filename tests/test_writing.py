"""The author with a model: there is a good line in time, whatever the models do, and it is told what goes on."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.context import TonightsChat
from sanctum_tui.llm.guard import inspect
from sanctum_tui.llm.hearing import Place
from sanctum_tui.llm.ports import Asked, Fault
from sanctum_tui.status.events import Kind
from tests.builders import says
from tests.writing import (
    LINE,
    LOUD,
    OFFLINE,
    OTHER,
    WORSE,
    Broken,
    Scripted,
    desk_of,
    failure,
    marked,
)


async def test_a_line_is_shown_as_it_is_written_and_says_who_wrote_it_from_what() -> None:
    desk = desk_of(Scripted("one", f"Well, then. {marked(LINE)} I hope that helps."))
    draft = await desk.write(recent=(says(0, "the lighthouse again"),), note="something about maps")
    assert (draft.line, draft.text, draft.writer) == (LINE, f"{LINE} — C", "one")
    assert draft.sources == ("your note", "tonight's plan", "tonight's chat")
    assert desk.shown[-1] == LINE
    assert len(desk.shown) > 3
    assert all(LINE.startswith(shown) for shown in desk.shown)
    assert desk.told == []
    assert desk.open_turns == 0


async def test_a_line_that_the_guard_refuses_goes_back_once_with_the_reason() -> None:
    model = Scripted("one", marked(LOUD), marked(LINE))
    desk = desk_of(model)
    assert (await desk.write()).line == LINE
    first, second = model.asked
    assert LOUD not in first.material
    assert "SMASH that follow button!!" in second.material
    assert "Why not:" in second.material
    assert first.instructions == second.instructions
    # What was refused was taken back before the next one was shown.
    assert "" in desk.shown
    assert desk.shown[-1] == LINE


async def test_one_that_the_guard_refuses_twice_makes_room_for_the_next_and_is_not_held_to_be_broken() -> None:
    one, two = Scripted("one", marked(LOUD)), Scripted("two", marked(LINE))
    desk = desk_of(one, two)
    for _ in range(4):
        assert (await desk.write()).writer == "two"
    assert (len(one.asked), len(two.asked)) == (8, 4)
    assert LOUD in two.asked[0].material
    assert {state.standing.state for state in desk.message.states()} == {State.CLOSED}
    assert desk.message.states()[0].standing.fault is None


async def test_where_every_model_is_refused_the_composer_writes() -> None:
    desk = desk_of(Scripted("one", marked(LOUD)))
    draft = await desk.write()
    assert draft.writer == OFFLINE
    assert inspect(draft.line).passed
    assert desk.shown[-1] == ""
    assert desk.told == []


async def test_where_nobody_has_a_line_that_stands_the_one_with_the_least_against_it_is_given() -> None:
    class Loud:
        async def write(self, context: Context) -> Draft | None:
            return Draft(WORSE, WORSE)

    one, two = Scripted("one", marked(WORSE)), Scripted("two", marked(WORSE), marked(LOUD))
    desk = desk_of(one, two, fallback=Loud())
    draft = await desk.write()
    assert (draft.line, draft.writer) == (LOUD, "two")
    assert desk.shown[-1] == ""


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.BUDGET])
async def test_whatever_goes_wrong_with_one_the_next_writes(fault: Fault) -> None:
    desk = desk_of(Scripted("one", failure(fault)), Scripted("two", marked(LINE)))
    assert (await desk.write()).writer == "two"
    assert desk.told == []


@pytest.mark.parametrize("said", ["", LINE, f"<line>{LINE}", "<line></line>", "<line> </line> <line>"])
async def test_an_answer_with_nothing_between_the_markers_is_none(said: str) -> None:
    desk = desk_of(Scripted("one", said), Scripted("two", marked(OTHER)))
    assert (await desk.write()).writer == "two"
    assert desk.message.states()[0].standing.fault is Fault.EMPTY


async def test_what_was_shown_of_a_line_that_broke_off_is_taken_back() -> None:
    class Cut(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            yield f"<line>{LINE[:30]}"
            raise failure()

    desk = desk_of(Cut("one", ""))
    assert (await desk.write()).writer == OFFLINE
    assert desk.shown[0] == LINE[:30].strip()
    assert desk.shown[-1] == ""


async def test_that_no_model_answers_is_told_once_and_that_one_does_again_resets_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    model = Scripted("one", failure(Fault.EMPTY), failure(Fault.EMPTY), marked(LINE), failure(Fault.EMPTY))
    desk = desk_of(model)
    writers = [(await desk.write()).writer for _ in range(4)]
    assert writers == [OFFLINE, OFFLINE, "one", OFFLINE]
    assert desk.told == ["one failed (empty) The offline composer writes."] * 2
    assert [event.tool for event in desk.events if event.is_error] == ["model"] * 3
    assert sum(record.message == "a draft by a model works again" for record in caplog.records) == 1


async def test_a_budget_that_is_reached_is_told_once_and_the_composer_writes() -> None:
    model = Scripted("one", marked(LINE))
    desk = desk_of(model, tokens=100)
    assert (await desk.write()).writer == "one"
    for _ in range(3):
        assert (await desk.write()).writer == OFFLINE
    assert len(model.asked) == 1
    (told,) = desk.told
    assert "LLM_BUDGET_TOKENS" in told
    desk.spending.limit()
    assert (await desk.write()).writer == "one"


async def test_an_author_that_fails_in_a_way_nobody_thought_of_costs_the_model_and_not_the_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = desk_of(Scripted("one", ValueError("what is this")))
    assert (await desk.write()).writer == OFFLINE
    assert desk.open_turns == 0
    assert "a draft by a model failed" in caplog.text


async def test_a_screen_that_fails_does_not_stop_the_line() -> None:
    desk = desk_of(Scripted("one", marked(LINE)))

    def torn(text: str) -> None:
        raise RuntimeError("no such card")

    desk.author._place = Place(torn)
    assert (await desk.write()).line == LINE


async def test_a_draft_has_a_time_and_then_the_composer_writes() -> None:
    model = Scripted("one", marked(LINE))
    model.stuck = True
    desk = desk_of(model, seconds=0.05)
    async with asyncio.timeout(2):
        draft = await desk.write()
    assert draft.writer == OFFLINE
    assert model.closed == 1
    assert desk.shown[-1] == ""
    assert "WRITING_SECONDS" in desk.told[0]
    # It had all the time there was, and no line: the next draft does not wait for it.
    standing = desk.message.states()[0].standing
    assert (standing.state, standing.fault) == (State.OPEN, Fault.TIMEOUT)


@pytest.mark.parametrize("behind", [True, False])
async def test_a_model_whose_first_line_was_refused_is_not_to_blame_for_the_draft_s_time(behind: bool) -> None:
    class Stalls(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            self.stuck = bool(self.asked)
            async for piece in super().write(asked):
                yield piece

    one = Stalls("one", marked(LOUD), marked(LINE))
    desk = desk_of(one, *([Scripted("two", marked(OTHER))] if behind else []), seconds=0.5)
    assert (await desk.write()).writer == ("two" if behind else OFFLINE)
    assert len(one.asked) == 2
    assert desk.message.states()[0].standing.state is State.CLOSED


async def test_a_draft_that_is_broken_off_leaves_nothing_behind() -> None:
    model = Scripted("one", marked(LINE))
    model.stuck = True
    desk = desk_of(model)
    writing = asyncio.create_task(desk.write())
    await model.reached.wait()
    assert desk.shown[-1] != ""
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert (desk.shown[-1], desk.open_turns, model.closed) == ("", 0, 1)
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()
    model.stuck = False
    assert (await desk.write()).line == LINE
    assert desk.shown[-1] == LINE


async def test_of_two_drafts_at_a_time_one_is_shown() -> None:
    one = Scripted("one", marked(LINE), marked(OTHER))
    desk = desk_of(one)
    first, second = await asyncio.gather(desk.write(), desk.write())
    assert {first.line, second.line} == {LINE, OTHER}
    assert all(LINE.startswith(shown) for shown in desk.shown)


async def test_a_line_that_is_there_does_not_wait_for_a_model_that_talks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanctum_tui.llm.hearing.LAST_WORDS_SECONDS", 0.05)

    class Talking(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            yield marked(LINE)
            try:
                await asyncio.Event().wait()
            finally:
                self.closed += 1

    model = Talking("one", "")
    async with asyncio.timeout(2):
        assert (await desk_of(model).write()).line == LINE
    assert model.closed == 1


async def test_a_note_of_the_first_phase_is_material_for_the_second() -> None:
    model = Scripted("one", marked(LINE), note="Lamps were talked about in stream 12.")
    desk = desk_of(model, informing=[model])
    draft = await desk.write()
    assert "Lamps were talked about in stream 12." in model.asked[0].material
    assert model.tools[:3] == ["recent_chat", "dashboard", "already_said"]
    assert draft.sources[-1] == "what was looked up"
    told = [(event.kind, event.stage) for event in desk.events]
    assert told == [
        (Kind.THINKING, "information"),
        (Kind.TOOL_START, "recent_chat"),
        (Kind.TOOL_END, "recent_chat"),
        (Kind.THINKING, "message"),
        (Kind.FINALIZING, "message"),
    ]


@pytest.mark.parametrize("trouble", [failure(), failure(Fault.REFUSED), "never"])
async def test_looking_up_that_fails_means_only_that_there_is_no_note(trouble: str | Exception) -> None:
    model = Scripted("one", marked(LINE))
    desk = desk_of(model, informing=[Scripted("two", "", note=trouble)], seconds=0.3)
    draft = await desk.write()
    assert (draft.line, draft.writer) == (LINE, "one")
    assert "what was looked up" not in draft.sources
    assert desk.told == []


async def test_a_provider_that_fails_is_told_of_once_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    desk = desk_of(Scripted("one", marked(LINE)), providers=(TonightsChat(), Broken()))
    for _ in range(2):
        assert (await desk.write()).line == LINE
    assert [event.tool for event in desk.events if event.is_error] == ["search_earlier_streams"] * 2
    assert sum("could not be fetched" in record.message for record in caplog.records) == 1


async def test_a_model_that_stalls_behind_its_first_word_leaves_time_for_the_next_and_rests() -> None:
    slow, good = Scripted("slow", marked(LINE)), Scripted("good", marked(OTHER))
    slow.stuck = True
    desk = desk_of(slow, good, seconds=0.6)
    for _ in range(3):
        draft = await desk.write()
        assert (draft.line, draft.writer) == (OTHER, "good")
    assert len(slow.asked) == 1
    standing = desk.message.states()[0].standing
    assert (standing.state, standing.fault) == (State.OPEN, Fault.TIMEOUT)
    assert "" in desk.shown[: desk.shown.index(OTHER)], "what it had begun is taken back"
    assert desk.told == []


async def test_no_second_line_is_asked_for_beyond_the_budget() -> None:
    model = Scripted("one", marked(LOUD))
    desk = desk_of(model, tokens=100)
    assert (await desk.write()).writer == OFFLINE
    assert (len(model.asked), desk.spending.total().tokens) == (1, 110)
    assert "LLM_BUDGET_TOKENS" in desk.told[0]
