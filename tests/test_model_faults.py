"""Models over a real wire: every way in which a provider does not answer is one fault, told in one sentence."""

import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.llm.faults import Tap, fault_of
from sanctum_tui.llm.ports import Fault
from tests.mock_provider import (
    KEY,
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
    HTML,
    PROMPT,
    failure,
)


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer("hello")) as provider:
        yield provider


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


async def test_a_server_that_sends_us_elsewhere_is_not_followed(mock: MockProvider) -> None:
    async with mock_provider(answer("from elsewhere")) as other:
        mock.say(refusal(307, "", Location=f"{other.base_url}/chat/completions"))
        assert (await failure(mock.choice())).fault is Fault.NOT_FOUND
        assert other.asked == []


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
