"""Looking things up costs a draft little: a model that hangs there, or is too slow for it, does so once."""

import asyncio
import math
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.context import Gathered, Knowledge, Piece
from sanctum_tui.llm.informing import SLOW_REST_SECONDS, Informing
from sanctum_tui.llm.knowledge import KnowledgeFolder
from sanctum_tui.llm.ports import Asked, Fault, ModelError, Tool, ToolUse
from sanctum_tui.llm.prompts import Prompts
from sanctum_tui.llm.spending import Spending
from sanctum_tui.status.turns import Turn
from tests.builders import START
from tests.mock_provider import Reply, delta, mock_provider, stream, whole
from tests.wire import ASKED
from tests.wire import opened as opened_model
from tests.writing import LINE, Scripted, desk_of, marked, opened, told_settings, words_of

NOTE = "Lamps were talked about in stream 12."


def turn() -> Turn:
    return Turn(1, "hearthkeeper", clock=ReplayClock(START), tell=lambda event: None, over=lambda turn: None)


class Bench:
    """The information phase on these models."""

    def __init__(self, *models: Scripted) -> None:
        self.clock = ReplayClock(START)
        self.chain = Chain(links(models, self.clock), Spending([]))
        self.informing = Informing(self.chain, lambda name: Prompts(), (), self.clock)

    async def note(self, seconds: float = 0.1) -> str:
        async with asyncio.timeout(5):
            return (await self.informing.note(Context(), Gathered(), turn(), seconds))[0]


async def test_a_model_too_slow_to_look_things_up_costs_one_draft_its_time_and_goes_on_writing() -> None:
    slow = Scripted("one", marked(LINE), note="never")
    desk = desk_of(slow, informing=[slow], seconds=0.3)
    loop = asyncio.get_running_loop()
    for asked in (1, 1, 1):
        began = loop.time()
        draft = await desk.write()
        assert (draft.line, draft.writer) == (LINE, "one"), "it is slow, and not broken: it still writes"
        assert len(slow.informed) == asked
    # Nothing was waited for: the last draft took no share of the 0.3 s.
    assert loop.time() - began < 0.1
    assert desk.message.states()[0].standing.state is State.CLOSED


async def test_the_next_model_looks_things_up_while_the_slow_one_rests_and_later_it_is_tried_again() -> None:
    slow, quick = Scripted("slow", "", note="never"), Scripted("quick", "", note=NOTE)
    bench = Bench(slow, quick)
    assert await bench.note() == ""
    assert (len(slow.informed), len(quick.informed)) == (1, 0)
    assert await bench.note() == NOTE
    bench.clock.set(START + timedelta(seconds=SLOW_REST_SECONDS + 1))
    slow.note = NOTE
    assert await bench.note() == NOTE
    assert (len(slow.informed), len(quick.informed)) == (2, 1)


async def test_a_model_that_came_last_is_not_blamed_for_the_time_that_the_first_one_took() -> None:
    class Dawdling(Scripted):
        async def inform(
            self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
        ) -> str:
            try:
                async with asyncio.timeout(0.15):
                    await asyncio.Event().wait()
            except TimeoutError:
                raise ModelError("It wrote nothing for 0.15 s.", Fault.TIMEOUT) from None
            return ""

    quick = Scripted("quick", "", note="never")
    bench = Bench(Dawdling("slow", ""), quick)
    assert await bench.note(0.2) == ""
    quick.note = NOTE
    assert await bench.note(0.2) == NOTE, "it had no time, and is not held to be slow"
    first, second = bench.chain.states()
    assert (first.standing.state, second.standing.state) == (State.OPEN, State.CLOSED)


async def test_a_model_is_not_blamed_for_a_folder_of_notes_on_a_slow_disk(tmp_path: Path) -> None:
    class Stuck(Knowledge):
        """Notes on a disk that never answers."""

        async def find(self, query: str, most: int = 4) -> Sequence[Piece]:
            await asyncio.Event().wait()
            return ()

    class Looking(Scripted):
        async def inform(
            self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
        ) -> str:
            (tool,) = [tool for tool in tools if tool.name == "knowledge_notes"]
            self.informed.append(asked)
            return str(await tool.look_up("lamp"))

    model = Looking("one", "")
    clock = ReplayClock(START)
    chain = Chain(links([model], clock), Spending([]))
    informing = Informing(chain, lambda name: Prompts(), (Stuck(KnowledgeFolder(tmp_path)),), clock)
    for _ in range(2):
        async with asyncio.timeout(5):
            assert await informing.note(Context(), Gathered(), turn(), 0.1) == ("", ())
    assert len(model.informed) == 2


# --- over the wire ----------------------------------------------------------------------------------


@pytest.mark.parametrize("silent_at", ["first request", "after a look-up"])
async def test_a_provider_that_takes_a_question_and_says_nothing_is_given_its_first_token_time(
    silent_at: str,
) -> None:
    silent = Reply(silent=True)
    replies = [silent] if silent_at == "first request" else [whole(calls=[("lamps", {"query": "a"})]), silent]

    async def look_up(query: str) -> str:
        return "lit"

    async with mock_provider(*replies) as mock:
        choice = mock.choice(first_token_seconds=0.2, answer_seconds=60.0)
        async with opened_model(choice) as model:
            async with asyncio.timeout(5):
                with pytest.raises(ModelError, match=r"wrote nothing for 0\.2 s") as error:
                    await model.inform(ASKED, [Tool("lamps", "", look_up)], calls=3, told=lambda use: None)
    assert error.value.fault is Fault.TIMEOUT


async def test_a_note_that_breaks_off_is_none() -> None:
    cut = stream(delta(content="Lamps were"), done=False)
    async with mock_provider(cut) as mock, opened_model(mock.choice()) as model:
        with pytest.raises(ModelError) as error:
            await model.inform(ASKED, [], calls=1, told=lambda use: None)
    assert error.value.fault is Fault.TRANSIENT


async def test_a_provider_that_hangs_costs_the_first_draft_its_time_and_the_second_none(tmp_path: Path) -> None:
    async with mock_provider(Reply(silent=True)) as hanging, mock_provider(whole(marked(LINE))) as good:
        chosen = told_settings(
            hanging.choice("hanging", first_token_seconds=0.2), good.choice("good"), writing_seconds=30.0
        )
        async with words_of(tmp_path, chosen) as words:
            await opened(words)
            for asked in (1, 1):
                draft = await words.author.write(Context())
                assert draft is not None
                assert (draft.line, draft.writer) == (LINE, "good")
                assert len(hanging.asked) == asked
            standing = words.states()[0].standing
            assert (standing.state, standing.fault) == (State.OPEN, Fault.TIMEOUT)
            assert math.isclose(standing.seconds, 30, abs_tol=5)


async def test_a_budget_reached_by_looking_things_up_is_not_gone_beyond() -> None:
    call = whole(calls=[("recent_chat", {"query": "lamps"})])
    async with mock_provider(call) as mock, opened_model(mock.choice()) as model:
        clock, spending = ReplayClock(START), Spending([], tokens=30)
        chain = Chain(links([model], clock), spending)
        informing = Informing(chain, lambda name: Prompts(), (), clock)
        async with asyncio.timeout(10):
            assert await informing.note(Context(), Gathered(), turn(), 5.0) == ("", ())
        assert len(mock.asked) == 2, "18 tokens, then 36 of 30"
        assert spending.total().tokens == 36
