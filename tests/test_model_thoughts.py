"""Models that think: their thoughts are never shown, however they are sent, and they are told to be brief."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.llm.ports import Fault, ModelError
from sanctum_tui.llm.thinking import BRIEF, Stripper, strip, thinks_by_name
from tests.mock_provider import (
    MockProvider,
    answer,
    delta,
    end,
    mock_provider,
    stream,
)
from tests.wire import (
    ASKED,
    opened,
    read,
    written,
)


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>a thought</think>\n\n", "The lamps"),
        ("<th", "ink>a thou", "ght</thi", "nk>The", " lamps"),
        ("<THINK>\nx\n</THINK>\n", "The lamps"),
        ("The <think>no, wait</think>lamps",),
        ("[THINK]x[/THINK]The lamps",),
        ("<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>The lamps",),
    ],
)
async def test_thoughts_are_taken_out_however_they_are_cut(pieces: tuple[str, ...], mock: MockProvider) -> None:
    mock.say(answer(*pieces))
    assert await written(mock) == "The lamps"
    assert strip("".join(pieces)) == "The lamps"


async def test_thoughts_in_a_field_of_their_own_are_taken_out(mock: MockProvider) -> None:
    for field in ("reasoning", "reasoning_content"):
        mock.say(stream(delta(**{field: "so"}), delta(**{field: " what"}), delta(content="The lamps"), end()))
        for provider in ("compatible", "ollama"):
            assert await written(mock, provider=provider) == "The lamps"


async def test_thoughts_that_come_apart_do_not_hold_the_line_back(mock: MockProvider) -> None:
    mock.say(stream(delta(reasoning_content="so"), delta(content="The "), delta(content="lamps"), end()))
    pieces: list[str] = []
    async with opened(mock.choice(thinking=True)) as model:
        await read(model, pieces)
    assert pieces == ["The ", "lamps"]


async def test_thoughts_without_a_beginning_are_never_shown_twice(mock: MockProvider) -> None:
    mock.say(answer("The user wants", " a line.", "</think>", "\n\nThe lamps"))
    assert await written(mock, model="deepseek-r1:8b") == "The lamps", "known to think: held until it is sure"
    pieces: list[str] = []
    async with opened(mock.choice()) as model:
        with pytest.raises(ModelError, match=r"mixed its thoughts into its answer") as told:
            await read(model, pieces)
        assert told.value.fault is Fault.EMPTY
        assert "The lamps" not in "".join(pieces)
        assert await read(model) == "The lamps", "it has been learnt"


async def test_those_that_think_are_told_to_be_brief_behind_everything_else(mock: MockProvider) -> None:
    await written(mock, model="qwen3:8b")
    await written(mock, model="llama-3.2", thinking=True)
    await written(mock, model="qwen3:8b", thinking=False)
    await written(mock, model="llama-3.2")
    users = [asked["messages"][1]["content"] for asked in mock.asked]
    assert [user.endswith(BRIEF) for user in users] == [True, True, False, False]
    assert {asked["messages"][0]["content"] for asked in mock.asked} == {ASKED.instructions}
    mock.say(answer("<think>x</think>The lamps"))
    async with opened(mock.choice(model="unheard-of")) as model:
        await read(model)
        await read(model)
    assert [asked["messages"][1]["content"].endswith(BRIEF) for asked in mock.asked[-2:]] == [False, True]


def test_who_thinks_is_known_by_name() -> None:
    thinks = ("o3-mini", "gpt-5-mini", "deepseek-r1:14b", "deepseek/deepseek-reasoner", "qwen3:8b", "gpt-oss:20b",
              "Qwen/Qwen3-4B-Thinking-2507", "magistral-small", "phi-4-reasoning", "qwq")  # fmt: skip
    not_so = ("gpt-4.1-nano", "llama3.2", "qwen2.5:7b", "qwen3-4b-instruct", "mistral-small", "gemma3", "gpt-4o",
              "deepseek-chat", "gpt-5-chat-latest", "solo1")  # fmt: skip
    assert [name for name in (*thinks, *not_so) if thinks_by_name(name)] == list(thinks)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<thi", "nk>", "a", " b", "<", "[THINK]", "[/THINK]", "\n"])))
def test_however_a_stream_is_cut_it_is_stripped_as_the_whole(parts: list[str]) -> None:
    stripper = Stripper(held=True)
    streamed = "".join(map(stripper.feed, "".join(parts))) + stripper.finish()
    assert streamed.strip() == strip("".join(parts)).strip()
