"""Models that look things up: within their limits, and a failure there is told as any other."""

from collections.abc import AsyncIterator

import pytest

from sanctum_tui.llm.ports import Fault, ModelError, Tool, ToolUse, Usage
from tests.mock_provider import (
    USAGE,
    MockProvider,
    Reply,
    answer,
    mock_provider,
    refusal,
    whole,
)
from tests.wire import (
    ASKED,
    HTML,
    PROMPT,
    opened,
)


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


def lookup(found: str | Exception = "calm seas", name: str = "search_earlier_streams") -> tuple[Tool, list[str]]:
    """A tool that finds this, and what it was asked."""
    asked: list[str] = []

    async def look_up(query: str) -> str:
        asked.append(query)
        if isinstance(found, Exception):
            raise found
        return found

    return Tool(name, "Looks something up.", look_up), asked


async def test_a_model_looks_things_up_and_writes_a_note(mock: MockProvider) -> None:
    tool, asked = lookup()
    told: list[ToolUse] = []
    mock.say(whole(calls=[(tool.name, {"query": "harbour"})]), whole("<think>hm</think>Calm seas were spoken of."))
    async with opened(mock.choice()) as model:
        note = await model.inform(ASKED, [tool], calls=3, told=told.append)
        assert model.used == Usage(2 * USAGE["prompt_tokens"], 2 * USAGE["completion_tokens"])
    assert note == "Calm seas were spoken of."
    assert asked == ["harbour"]
    assert [(use.tool, use.query, use.failed) for use in told] == [(tool.name, "harbour", False)]
    assert mock.asked[1]["messages"][-1]["content"] == "calm seas"


async def test_a_model_that_goes_on_looking_things_up_is_stopped_at_its_limit(mock: MockProvider) -> None:
    tool, asked = lookup()
    call = (tool.name, {"query": "more"})
    mock.say(whole(calls=[call, call]), whole(calls=[call, call]), whole("A note."))
    async with opened(mock.choice()) as model:
        assert await model.inform(ASKED, [tool], calls=3, told=lambda use: None) == "A note."
    assert len(asked) == 3
    assert [bool(request.get("tools")) for request in mock.asked] == [True, True, False]
    mock.say(whole(calls=[call]))
    async with opened(mock.choice()) as model:
        with pytest.raises(ModelError) as error:
            await model.inform(ASKED, [tool], calls=2, told=lambda use: None)
    assert error.value.fault in (Fault.EMPTY, Fault.TRANSIENT)
    assert len(asked) == 5


async def test_a_tool_that_fails_is_an_answer_and_is_told(mock: MockProvider) -> None:
    tool, _ = lookup(OSError(PROMPT))
    told: list[ToolUse] = []
    mock.say(whole(calls=[(tool.name, {"query": 7})]), whole("Nothing was found."))
    async with opened(mock.choice()) as model:
        assert await model.inform(ASKED, [tool], calls=3, told=told.append) == "Nothing was found."
    assert [(use.query, use.failed) for use in told] == [("7", True)]
    assert PROMPT not in mock.asked[1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (whole(""), Fault.EMPTY),
        (whole("<think>only"), Fault.EMPTY),
        (refusal(429, {}, Retry_After="9"), Fault.RATE_LIMIT),
        (refusal(200, HTML), Fault.NOT_FOUND),
        (Reply((b'{"error": "larger than the context"}',), headers={"Content-Type": "application/json"}),
         Fault.CONTEXT),
        (Reply((b"{}",), headers={"Content-Type": "application/json"}), Fault.TRANSIENT),
        (Reply(silent=True), Fault.TIMEOUT),
    ],
)  # fmt: skip
async def test_looking_up_fails_as_writing_does(reply: Reply, fault: Fault, mock: MockProvider) -> None:
    mock.say(reply)
    async with opened(mock.choice(first_token_seconds=0.3, answer_seconds=0.3)) as model:
        with pytest.raises(ModelError) as error:
            await model.inform(ASKED, [lookup()[0]], calls=2, told=lambda use: None)
    assert error.value.fault is fault


async def test_a_model_without_tools_says_so(mock: MockProvider) -> None:
    async with opened(mock.choice(tools=False)) as model:
        with pytest.raises(ModelError, match=r"tools are off"):
            await model.inform(ASKED, [], calls=1, told=lambda use: None)
    assert mock.asked == []
