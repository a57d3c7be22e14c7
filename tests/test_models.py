"""Models over a real wire: what a provider writes is one text, to the letter, and nothing else goes either way."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from sanctum_tui.clock import SystemClock
from sanctum_tui.llm.chain import Chain, links, open_models
from sanctum_tui.llm.ports import Fault, ModelError, Usage
from sanctum_tui.llm.spending import Spending
from tests.long_stream import USED, long_stream
from tests.mock_provider import (
    KEY,
    USAGE,
    MockProvider,
    Reply,
    answer,
    delta,
    end,
    mock_provider,
    refusal,
    stream,
)
from tests.wire import (
    ASKED,
    PROMPT,
    failure,
    opened,
    read,
    written,
)

CHUNKS = Path(__file__).parent / "fixtures" / "models"


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


async def test_a_line_is_written_piece_by_piece_and_counted(mock: MockProvider) -> None:
    mock.say(answer("The lamps", " are lit", " along the quay."))
    pieces: list[str] = []
    async with opened(mock.choice()) as model:
        await read(model, pieces)
        assert model.used == Usage(USAGE["prompt_tokens"], USAGE["completion_tokens"])
    assert pieces == ["The lamps", " are lit", " along the quay."]
    assert mock.keys == [KEY]


async def test_what_never_changes_is_sent_first_and_as_it_is(mock: MockProvider) -> None:
    async with opened(mock.choice()) as model:
        await read(model)
        await read(model)
    first, second = mock.asked
    assert first == second
    assert first["messages"] == [
        {"role": "system", "content": ASKED.instructions},
        {"role": "user", "content": ASKED.material},
    ]


@pytest.mark.parametrize("name", ["openai-text", "deepseek-reasoning", "magistral-parts", "azure-router"])
async def test_streams_as_providers_send_them_are_read_to_the_exact_text(name: str, mock: MockProvider) -> None:
    lines = CHUNKS.joinpath(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    told = json.loads(lines[0])
    mock.say(stream(*lines[1:]))
    for thinking in (False, True):
        async with opened(mock.choice(thinking=thinking)) as model:
            assert await read(model) == told["text"]
            assert model.used == Usage(*told["used"])


@pytest.mark.parametrize("aside", ["reasoning_content", "reasoning"])
@pytest.mark.parametrize("seed", range(3))
async def test_an_answer_of_hundreds_of_chunks_is_read_to_the_exact_text(
    seed: int, aside: str, mock: MockProvider
) -> None:
    reply, text = long_stream(seed, aside=aside)
    mock.say(reply)
    for thinking in (False, True):
        async with opened(mock.choice(thinking=thinking)) as model:
            assert await read(model) == text
            assert model.used == Usage(USED["prompt_tokens"], USED["completion_tokens"])


async def test_a_long_answer_that_is_cut_off_anywhere_is_none_and_what_came_of_it_is_the_texts_beginning(
    mock: MockProvider,
) -> None:
    reply, text = long_stream(7)
    for packets in (len(reply.pieces) // 2, len(reply.pieces) - 12):
        mock.say(Reply(reply.pieces[:packets], cut=True))
        pieces: list[str] = []
        assert (await failure(mock.choice(), pieces)).fault is Fault.TRANSIENT
        written_so_far = "".join(pieces)
        assert 0 < len(written_so_far) < len(text)
        assert text.startswith(written_so_far)


async def test_what_was_written_before_the_connection_broke_has_been_given_out(mock: MockProvider) -> None:
    mock.say(stream(delta(content="The lamps"), done=False, cut=True))
    pieces: list[str] = []
    await failure(mock.choice(), pieces)
    assert pieces == ["The lamps"]


async def test_comments_empty_choices_and_null_deltas_are_no_answer_and_no_error(mock: MockProvider) -> None:
    hollow = {**delta(), "choices": [{"index": 0, "delta": None, "finish_reason": None}]}
    mock.say(
        stream(
            b": OPENROUTER PROCESSING\n\n", {**delta(), "choices": []}, hollow, b":\n\n", delta(content="ok"), end()
        )
    )
    assert await written(mock) == "ok"


async def test_a_server_that_never_hangs_up_ends_with_its_last_word(mock: MockProvider) -> None:
    mock.say(answer("ok", stuck=True))
    assert await written(mock, answer_seconds=5.0) == "ok"


async def test_an_answer_cut_at_its_limit_is_still_what_was_written(mock: MockProvider) -> None:
    mock.say(stream(delta(content="The lamps are"), end("length")))
    assert await written(mock) == "The lamps are"


async def test_a_draft_that_is_broken_off_closes_its_connection_and_is_counted(mock: MockProvider) -> None:
    mock.say(stream(delta(content="The lamps "), done=False, stuck=True))
    async with opened(mock.choice()) as model:
        async with aclosing(model.write(ASKED)) as writing:  # type: ignore[type-var]
            assert await anext(writing) == "The lamps "
        await asyncio.wait_for(mock.left.wait(), 5)
        assert model.used.tokens_out > 0
        mock.heard.clear()
        drafting = asyncio.create_task(read(model))
        await mock.heard.wait()
        drafting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await drafting
        mock.say(answer("again"))
        assert await read(model) == "again"


async def test_two_drafts_at_once_do_not_mix(mock: MockProvider) -> None:
    mock.say(answer("one"), stream({"error": "model not found"}), answer("three"))
    async with opened(mock.choice()) as model:
        told = await asyncio.gather(*(read(model) for _ in range(3)), return_exceptions=True)
    assert sorted(str(answer) for answer in told if isinstance(answer, str)) == ["one", "three"]
    (error,) = (error for error in told if isinstance(error, ModelError))
    assert error.fault is Fault.NOT_FOUND


async def test_nothing_of_the_environment_goes_to_a_server_that_is_not_openai(
    mock: MockProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, "sk-from-the-environment")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    for provider in ("compatible", "ollama", "lmstudio"):
        choice = mock.choice(provider=provider, api_key=type(mock.choice().api_key)())
        async with opened(choice) as model:
            await read(model)
    assert "sk-from-the-environment" not in json.dumps(mock.headers)


async def test_no_log_tells_the_prompt_or_the_key(mock: MockProvider, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await written(mock)
        mock.say(refusal(400, {"error": {"message": f"{PROMPT} {KEY}"}}))
        await failure(mock.choice())
        async with opened(mock.choice()) as model:
            with pytest.raises(ModelError):
                await model.inform(ASKED, [], calls=1, told=lambda use: None)
    assert PROMPT not in caplog.text
    assert KEY not in caplog.text


async def test_thoughts_that_are_billed_beside_the_answer_are_counted(mock: MockProvider) -> None:
    mock.say(answer("x", usage={"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 354,
                                "completion_tokens_details": {"reasoning_tokens": 340}}))  # fmt: skip
    async with opened(mock.choice()) as model:
        await read(model)
        assert model.used == Usage(12, 342)


async def test_a_chain_over_the_wire_falls_back_and_stops_asking_the_dead(mock: MockProvider) -> None:
    dead = mock.choice("dead", base_url="http://127.0.0.1:9/v1")
    models = await open_models([dead, mock.choice("alive")])
    asked = Chain(links(models, SystemClock()), Spending([]))
    assert await asked.first(read) == "hello"
    assert asked.states()[0].standing.fault is Fault.TRANSIENT
    assert await asked.first(read) == "hello"
    for model in models:
        await model.aclose()
