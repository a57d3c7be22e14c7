"""Models over a real wire: every way in which a provider answers, or does not, is one text or one fault."""

import asyncio
import json
import logging
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.clock import SystemClock
from sanctum_tui.llm.chain import Chain, links, open_models
from sanctum_tui.llm.faults import Tap, fault_of
from sanctum_tui.llm.models import RemoteModel, make
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError, Tool, ToolUse, Usage
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.thinking import BRIEF, Stripper, strip, thinks_by_name
from sanctum_tui.settings import ModelChoice
from tests.aimock import NotHereError, aimock, install
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
    whole,
)

CHUNKS = Path(__file__).parent / "fixtures" / "models"
PROMPT = "the-prompt-that-nobody-else-may-read"
ASKED = Asked(f"Write one line. {PROMPT}", f"Tonight: a harbour. {PROMPT}")
HTML = f"<!DOCTYPE html><html><body>{PROMPT}</body></html>"


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


@asynccontextmanager
async def opened(choice: ModelChoice) -> AsyncIterator[RemoteModel]:
    model = make(choice)
    try:
        yield model
    finally:
        await model.aclose()


async def read(model: Model, into: list[str] | None = None) -> str:
    """What the model writes; the pieces too, also where it fails on the way."""
    pieces = [] if into is None else into
    async with aclosing(model.write(ASKED)) as writing:  # type: ignore[type-var]
        async for piece in writing:
            pieces.append(piece)
    return "".join(pieces)


async def failure(choice: ModelChoice, into: list[str] | None = None) -> ModelError:
    """The error with which writing ends; nothing of it, or behind it, tells the key or the prompt."""
    async with opened(choice) as model:
        with pytest.raises(ModelError) as told:
            await read(model, into)
    error = told.value
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    for secret in (KEY, PROMPT):
        assert secret not in error.sentence
    assert error.sentence.endswith((".", "?"))
    assert choice.name in error.sentence
    return error


async def written(mock: MockProvider, **fields: Any) -> str:
    async with opened(mock.choice(**fields)) as model:
        return await read(model)


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


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (401, {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}, Fault.AUTH),
        (403, {"error": "not for you"}, Fault.AUTH),
        (403, HTML, Fault.AUTH),
        (404, {"error": {"message": "model 'x' not found, try pulling it first"}}, Fault.NOT_FOUND),
        (404, HTML, Fault.NOT_FOUND),
        (302, "", Fault.NOT_FOUND),
        (402, {"error": {"message": "Insufficient credits"}}, Fault.QUOTA),
        (429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}, Fault.QUOTA),
        (429, {"error": {"message": "Rate limit reached for requests"}}, Fault.RATE_LIMIT),
        (429, HTML, Fault.RATE_LIMIT),
        (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}, Fault.CONTEXT),
        (400, {"error": {"message": f"This model's maximum context length is 4097 tokens. {PROMPT}"}}, Fault.CONTEXT),
        (500, {"error": "Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)"}, Fault.CONTEXT),
        (413, HTML, Fault.CONTEXT),
        (400, {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: x"}, Fault.AUTH),
        (400, {"error": {"message": "flagged by our content policy", "code": "content_filter"}}, Fault.REFUSED),
        (400, {"error": {"message": "Unknown parameter"}}, Fault.REFUSED),
        (400, {"error": {"message": "No models loaded. Please load a model first."}}, Fault.NOT_FOUND),
        (500, {"error": {"message": "Boom"}}, Fault.TRANSIENT),
        (502, HTML, Fault.TRANSIENT),
        (503, {"error": {"message": "Loading model"}}, Fault.TRANSIENT),
        (529, {"error": {"type": "overloaded_error", "message": "Overloaded"}}, Fault.TRANSIENT),
        (504, HTML, Fault.TIMEOUT),
        (500, "", Fault.TRANSIENT),
        (500, [], Fault.TRANSIENT),
    ],
)
async def test_every_status_is_the_right_fault(status: int, body: object, fault: Fault, mock: MockProvider) -> None:
    mock.say(refusal(status, body))
    error = await failure(mock.choice())
    assert error.fault is fault
    assert len(mock.asked) == 1, "it tries once"


async def test_retry_after_is_read_as_seconds_and_as_a_date(mock: MockProvider) -> None:
    mock.say(refusal(429, {}, Retry_After="7"))
    assert (await failure(mock.choice())).retry_seconds == 7
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)
    mock.say(refusal(503, {}, Retry_After=later))
    assert (await failure(mock.choice())).retry_seconds == pytest.approx(300, abs=5)
    for nonsense in ("soon", "-3", "inf", "nan"):
        mock.say(refusal(429, {}, Retry_After=nonsense))
        assert (await failure(mock.choice())).retry_seconds is None


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (stream(delta(content="Hel"), {"error": {"message": "Rate limit reached", "code": 429}}), Fault.RATE_LIMIT),
        (stream({"error": "an error was encountered while running the model"}), Fault.TRANSIENT),
        (stream({"error": "The prompt is larger than the context window"}, done=False), Fault.CONTEXT),
        (stream({"error": {"message": "No API key", "code": "invalid_api_key"}}), Fault.AUTH),
        (stream(b'event: error\ndata: {"message": "prompt is too long"}\n\n', done=False), Fault.CONTEXT),
        (stream({"type": "error", "error": {"code": "insufficient_quota", "message": "none left"}}), Fault.QUOTA),
        (Reply((b'{"error":"model requires more system memory"}\n',)), Fault.TRANSIENT),
        (Reply((b'{"error":{"message":"model not found"}}',), headers={"Content-Type": "application/json"}),
         Fault.NOT_FOUND),
        (stream(), Fault.EMPTY),
        (stream(delta(role="assistant", content=""), end()), Fault.EMPTY),
        (stream({**delta(), "choices": []}), Fault.EMPTY),
        (stream({**delta(), "choices": None}), Fault.EMPTY),
        (answer("  ", "\n"), Fault.EMPTY),
        (answer("<think>all of it", " is thought"), Fault.EMPTY),
        (stream(delta(tool_calls=[{"index": 0, "id": "t", "type": "function",
                                   "function": {"name": "f", "arguments": "{}"}}]), end("tool_calls")), Fault.EMPTY),
        (stream(delta(refusal="I cannot help with that."), end()), Fault.REFUSED),
        (stream(delta(content="So"), end("content_filter")), Fault.REFUSED),
        (stream(delta(content="Hel"), done=False), Fault.TRANSIENT),
        (stream(delta(content="Hel"), done=False, cut=True), Fault.TRANSIENT),
        (stream(done=False, cut=True), Fault.TRANSIENT),
        (Reply(), Fault.TRANSIENT),
        (stream('{"id": "c1", "choi'), Fault.TRANSIENT),
        (stream(b"data: \xff\xfe\n\n"), Fault.TRANSIENT),
        (refusal(200, HTML), Fault.NOT_FOUND),
    ],
)  # fmt: skip
async def test_what_goes_wrong_behind_a_200_is_recognised(reply: Reply, fault: Fault, mock: MockProvider) -> None:
    mock.say(reply)
    assert (await failure(mock.choice())).fault is fault


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


async def test_the_first_word_and_the_last_each_have_their_time(mock: MockProvider) -> None:
    mock.say(Reply(silent=True))
    began = time.monotonic()
    error = await failure(mock.choice(first_token_seconds=0.2, answer_seconds=30.0))
    assert (error.fault, "wrote nothing for 0.2 s" in error.sentence) == (Fault.TIMEOUT, True)
    mock.say(stream(b": still here\n\n", done=False, stuck=True))
    assert (await failure(mock.choice(first_token_seconds=0.2, answer_seconds=30.0))).fault is Fault.TIMEOUT
    mock.say(stream(delta(content="The"), done=False, stuck=True))
    error = await failure(mock.choice(first_token_seconds=0.2, answer_seconds=0.4))
    assert (error.fault, "after 0.4 s" in error.sentence) == (Fault.TIMEOUT, True)
    assert time.monotonic() - began < 5


async def test_a_server_that_does_not_run_is_told(mock: MockProvider) -> None:
    error = await failure(mock.choice(base_url="http://127.0.0.1:9/v1"))
    assert error.fault is Fault.TRANSIENT
    assert "nothing answers at 127.0.0.1:9; is its server running?" in error.sentence


@pytest.mark.parametrize(
    ("code", "fault", "said"),
    [
        (socket.EAI_NONAME, Fault.NOT_FOUND, "there is no host nowhere.invalid"),
        (socket.EAI_AGAIN, Fault.TRANSIENT, "is there a network?"),
    ],
)
async def test_no_such_host_and_no_network_are_told_apart(
    code: int, fault: Fault, said: str, mock: MockProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "as a resolver says it")

    # The one thing that cannot be had on loopback: a name server that knows no such name.
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    error = await failure(mock.choice(base_url="http://nowhere.invalid/v1"))
    assert error.fault is fault
    assert said in error.sentence


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


async def test_a_server_that_sends_us_elsewhere_is_not_followed(mock: MockProvider) -> None:
    async with mock_provider(answer("from elsewhere")) as other:
        mock.say(refusal(307, "", Location=f"{other.base_url}/chat/completions"))
        assert (await failure(mock.choice())).fault is Fault.NOT_FOUND
        assert other.asked == []


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


@given(
    st.binary(max_size=300) | st.just(b'{"a":' * 3000 + b"1" + b"}" * 3000), st.lists(st.integers(1, 40), max_size=20)
)
def test_the_tap_takes_whatever_comes(data: bytes, cuts: list[int]) -> None:
    tap = Tap()
    tap.begin("text/event-stream")
    for cut in cuts:
        tap.feed(data[:cut])
    tap.feed(data)
    assert isinstance(fault_of(None, tap.error() or ""), Fault)


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


AIMOCK_FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "plain"}, "response": {"content": "The lamps are lit along the quay."}, "chunkSize": 4},
    {"match": {"userMessage": "limited"}, "response": {
        "error": {"message": "Too many", "type": "rate_limit_error"}, "status": 429, "retryAfter": 7}},
    {"match": {"userMessage": "trouble"}, "response": {"error": {"message": "Boom"}, "status": 500}},
    {"match": {"userMessage": "broken"}, "response": {"content": "The lamps are lit along the quay."},
     "chunkSize": 4, "truncateAfterChunks": 3},
    {"match": {"userMessage": "empty"}, "response": {"content": ""}},
    {"match": {"userMessage": "slow"}, "response": {"content": "late"}, "streamingProfile": {"ttft": 20_000}},
]  # fmt: skip


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a mock provider that nobody here wrote."""
    try:
        program = install(tmp_path_factory.mktemp("aimock"))
    except NotHereError as error:
        pytest.skip(str(error))
    with aimock(program, AIMOCK_FIXTURES) as address:
        yield address


@pytest.mark.parametrize(
    ("wish", "fault", "retry"),
    [
        ("limited", Fault.RATE_LIMIT, 7),
        ("trouble", Fault.TRANSIENT, None),
        ("broken", Fault.TRANSIENT, None),
        ("empty", Fault.EMPTY, None),
        ("slow", Fault.TIMEOUT, None),
    ],
)
async def test_a_foreign_mock_provider_is_understood(
    wish: str, fault: Fault, retry: float | None, foreign: str
) -> None:
    choice = ModelChoice(
        name="foreign", provider="compatible", model="any", base_url=foreign, first_token_seconds=0.5
    )
    asked = Asked("Write one line.", wish)
    async with opened(choice) as model:
        with pytest.raises(ModelError) as error:
            async for _ in model.write(asked):
                pass
        assert (error.value.fault, error.value.retry_seconds) == (fault, retry)
        text = "".join([piece async for piece in model.write(Asked("Write one line.", "plain"))])
    assert text == "The lamps are lit along the quay."
