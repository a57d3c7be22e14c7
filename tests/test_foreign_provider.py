"""A mock provider that nobody here wrote: what we hold to be the wire is not only our own idea of it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.guard import inspect
from sanctum_tui.llm.ports import Asked, Fault, ModelError
from sanctum_tui.settings import ModelChoice
from tests.aimock import NotHereError, aimock, install
from tests.falling_back import DOWN, EMPTY, LIMITED, REFUSED, SLOW, WRITING_SECONDS, Trouble, falls_back, hurried
from tests.wire import opened
from tests.writing import LINE, LOUD, OFFLINE, OTHER, draft_of, marked, told_settings, words_of
from tests.writing import opened as words_opened

AIMOCK_FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "plain"}, "response": {"content": "The lamps are lit along the quay."}, "chunkSize": 4},
    {"match": {"userMessage": "limited"}, "response": {
        "error": {"message": "Too many", "type": "rate_limit_error"}, "status": 429, "retryAfter": 7}},
    {"match": {"userMessage": "trouble"}, "response": {"error": {"message": "Boom"}, "status": 500}},
    {"match": {"userMessage": "broken"}, "response": {"content": "The lamps are lit along the quay."},
     "chunkSize": 4, "truncateAfterChunks": 3},
    {"match": {"userMessage": "empty"}, "response": {"content": ""}},
    {"match": {"userMessage": "slow"}, "response": {"content": "late"}, "streamingProfile": {"ttft": 20_000}},
    # For whole drafts, in which the material is what it is: told apart by the model that is asked for.
    {"match": {"model": "good"}, "response": {"content": marked(LINE)}, "chunkSize": 5},
    {"match": {"model": "limited"}, "response": {
        "error": {"message": "Too many", "type": "rate_limit_error"}, "status": 429, "retryAfter": 7}},
    {"match": {"model": "trouble"}, "response": {"error": {"message": "Boom"}, "status": 500}},
    {"match": {"model": "broken"}, "response": {"content": marked(LINE)}, "chunkSize": 5, "truncateAfterChunks": 3},
    {"match": {"model": "empty"}, "response": {"content": ""}},
    {"match": {"model": "late"}, "response": {"content": marked(LINE)}, "streamingProfile": {"ttft": 20_000}},
    {"match": {"model": "loud"}, "response": {"content": marked(LOUD)}},
    {"match": {"model": "mending", "sequenceIndex": 0}, "response": {"content": marked(LOUD)}},
    {"match": {"model": "mending"}, "response": {"content": marked(OTHER)}},
    {"match": {"model": "drops"}, "response": {"content": marked(LINE)}, "chaos": {"dropRate": 1.0}},
    {"match": {"model": "garbles"}, "response": {"content": marked(LINE)}, "chaos": {"malformedRate": 1.0}},
    {"match": {"model": "hangs-up"}, "response": {"content": marked(LINE)}, "chaos": {"disconnectRate": 1.0}},
    {"match": {"model": "waits"}, "response": {"content": marked(LINE)}, "chaos": {"latencyMs": 20_000}},
    {"match": {"model": "moody"}, "response": {"content": marked(LINE)}, "chunkSize": 5,
     "chaos": {"dropRate": 0.2, "malformedRate": 0.2, "disconnectRate": 0.2, "rateLimitRate": 0.2}},
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


def choice_of(model: str, address: str) -> ModelChoice:
    return ModelChoice(name=model, provider="compatible", model=model, base_url=address)


async def test_a_good_line_is_shown_as_the_foreign_provider_writes_it(foreign: str, tmp_path: Path) -> None:
    good = hurried(choice_of("good", foreign), "good")
    async with words_of(tmp_path, told_settings(good, writing_seconds=WRITING_SECONDS)) as words:
        shown: list[str] = []
        words.on_writing = shown.append
        await words_opened(words)
        draft, verdict = await draft_of(words)
        assert (draft.line, draft.writer, verdict.passed) == (LINE, "good", True)
        assert len(shown) > 3
        assert all(LINE.startswith(text) for text in shown)
        assert words.states()[0].standing.state is State.CLOSED


@pytest.mark.parametrize(
    ("model", "trouble"),
    [
        ("limited", LIMITED),
        ("trouble", DOWN),
        ("broken", DOWN),
        ("empty", EMPTY),
        ("late", SLOW),
        ("loud", REFUSED),
        ("drops", DOWN),
        ("garbles", DOWN),
        ("hangs-up", DOWN),
        ("waits", SLOW),
    ],
)
async def test_whatever_the_foreign_provider_does_the_next_writes(
    model: str, trouble: Trouble, foreign: str, tmp_path: Path
) -> None:
    await falls_back(tmp_path, choice_of(model, foreign), choice_of("good", foreign), trouble)


async def test_a_line_that_goes_back_comes_again_from_the_same_model(foreign: str, tmp_path: Path) -> None:
    mending = hurried(choice_of("mending", foreign), "mending")
    async with words_of(tmp_path, told_settings(mending, writing_seconds=WRITING_SECONDS)) as words:
        await words_opened(words)
        draft, _ = await draft_of(words)
        assert (draft.line, draft.writer) == (OTHER, "mending")


async def test_in_chaos_every_draft_ends_in_a_good_line_in_time(foreign: str, tmp_path: Path) -> None:
    """Which calls fail is up to chance; what must hold does not depend on it."""
    moody = hurried(choice_of("moody", foreign), "moody")
    async with words_of(tmp_path, told_settings(moody, writing_seconds=WRITING_SECONDS)) as words:
        await words_opened(words)
        for _ in range(20):
            async with asyncio.timeout(WRITING_SECONDS + 2):
                draft, verdict = await draft_of(words)
            assert verdict.findings == inspect(draft.line).findings == ()
            standing = words.states()[0].standing
            if draft.writer == OFFLINE:
                assert standing.state is State.OPEN
                assert standing.fault in (Fault.TRANSIENT, Fault.RATE_LIMIT)
            else:
                assert (draft.line, standing.state, standing.fault) == (LINE, State.CLOSED, None)
            words.reset("moody")
