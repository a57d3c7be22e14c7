"""What a model used is counted however its answer ends, so that the evening's budget holds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.llm.answers import AnswerReader
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.hearing import hear
from sanctum_tui.llm.metering import metered
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError, Tool, Usage
from sanctum_tui.llm.spending import Spending
from tests.builders import START
from tests.mock_provider import USAGE, MockProvider, Reply, answer, delta, end, mock_provider, refusal, stream, whole
from tests.wire import ASKED, HTML, opened, read

QUESTION = -(-(len(ASKED.instructions) + len(ASKED.material)) // 4)
"""Tokens that the question is worth where nobody tells."""
THOUGHT = "The lamps again? No: the tide. "


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


async def broken_off(mock: MockProvider, model: Model) -> None:
    """The draft is not wanted any more, once the provider has the question."""
    mock.heard.clear()
    drafting = asyncio.create_task(read(model))
    await asyncio.wait_for(mock.heard.wait(), 5)
    drafting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drafting


async def test_a_draft_broken_off_before_its_first_word_costs_its_question(mock: MockProvider) -> None:
    mock.say(Reply(silent=True))
    async with opened(mock.choice()) as model:
        await broken_off(mock, model)
        assert model.used == Usage(QUESTION, 0)
        await broken_off(mock, model)
        assert model.used == Usage(2 * QUESTION, 0)


async def test_a_model_that_only_thinks_until_its_time_is_over_costs_its_thoughts(mock: MockProvider) -> None:
    mock.say(stream(*[delta(reasoning_content=THOUGHT)] * 40, done=False, stuck=True))
    async with opened(mock.choice(first_token_seconds=0.3, answer_seconds=0.5)) as model:
        with pytest.raises(ModelError) as told:
            await read(model)
        assert told.value.fault is Fault.TIMEOUT
        assert model.used == Usage(QUESTION, 40 * len(THOUGHT) // 4)


@pytest.mark.parametrize(
    "reply",
    [
        refusal(401, {"error": {"message": "wrong key"}}),
        refusal(429, {}),
        refusal(500, {}),
        refusal(200, HTML),
        stream({"error": "model not found"}),
    ],
)
async def test_a_provider_that_declines_costs_nothing(reply: Reply, mock: MockProvider) -> None:
    mock.say(reply)
    async with opened(mock.choice()) as model:
        with pytest.raises(ModelError):
            await read(model)
        assert model.used == Usage()


async def test_a_provider_that_is_not_there_costs_nothing(mock: MockProvider) -> None:
    async with opened(mock.choice(base_url="http://127.0.0.1:9/v1")) as model:
        with pytest.raises(ModelError):
            await read(model)
        assert model.used == Usage()


async def test_what_was_told_before_the_end_is_no_less_than_what_was_read(mock: MockProvider) -> None:
    so_far = {"prompt_tokens": 90, "completion_tokens": 1, "total_tokens": 91}
    begun = {**delta(content="The lamps "), "usage": so_far}
    mock.say(stream(begun, delta(content="are lit along the quay"), done=False, stuck=True))
    async with opened(mock.choice()) as model:
        async with aclosing(model.write(ASKED)) as writing:  # type: ignore[type-var]
            assert await anext(writing) + await anext(writing) == "The lamps are lit along the quay"
        assert model.used == Usage(90, 8)


def test_thoughts_billed_beside_the_answer_are_added_and_those_within_it_are_not() -> None:
    told = Usage(12, 20)
    assert metered(sent=0, read=0, told=told, thought=15, ended=True) == Usage(12, 20)
    assert metered(sent=0, read=0, told=told, thought=300, ended=True) == Usage(12, 320)


async def test_a_look_up_broken_off_in_its_second_round_costs_both(mock: MockProvider) -> None:
    found = "calm seas " * 40

    async def look_up(query: str) -> str:
        mock.heard.clear()
        return found

    tool = Tool("lamps", "", look_up)
    mock.say(whole(calls=[("lamps", {"query": "harbour"})]), Reply(silent=True))
    async with opened(mock.choice()) as model:
        looking = asyncio.create_task(model.inform(ASKED, [tool], calls=3, told=lambda use: None))
        async with asyncio.timeout(5):
            while len(mock.asked) < 2:
                await mock.heard.wait()
                await asyncio.sleep(0)
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await looking
        first = USAGE["prompt_tokens"]
        assert model.used.tokens_in >= first + QUESTION + len(found) // 4, "the second question holds what was found"
        assert model.used.tokens_out == USAGE["completion_tokens"]


async def test_a_budget_reached_while_something_is_looked_up_stops_the_next_round(mock: MockProvider) -> None:
    asked: list[str] = []
    spending = Spending([], tokens=USAGE["total_tokens"])
    mock.say(whole(calls=[("lamps", {"query": "a"})]))
    async with opened(mock.choice()) as model:
        chain = Chain(links([model], ReplayClock(START)), spending)

        async def look_up(query: str) -> str:
            chain.go_on(model.name)
            asked.append(query)
            return "lit"

        async def inform(one: Model) -> str:
            return await one.inform(ASKED, [Tool("lamps", "", look_up)], calls=3, told=lambda use: None)

        with pytest.raises(ModelError, match="LLM_BUDGET_TOKENS") as told:
            await chain.first(inform)
    assert (told.value.fault, asked, len(mock.asked)) == (Fault.BUDGET, [], 1)
    assert spending.total().tokens == USAGE["total_tokens"]


async def test_an_answer_that_has_its_line_is_read_on_to_what_it_cost(mock: MockProvider) -> None:
    usage = {"prompt_tokens": 5000, "completion_tokens": 3000, "total_tokens": 8000}
    mock.say(stream(delta(content="<line>Lit.</line>"), delta(content=" So."), end(),
                    {**delta(), "choices": [], "usage": usage}))  # fmt: skip
    reader = AnswerReader()

    def feed(piece: str) -> bool:
        reader.feed(piece)
        return reader.answer is not None

    async with opened(mock.choice()) as model:
        await hear(model, Asked("Write.", "Tonight."), feed)
        assert reader.answer == "Lit."
        assert model.used == Usage(5000, 3000)
