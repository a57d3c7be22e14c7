"""A model over a real wire, and what comes of asking it: for tests of providers."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from sanctum_tui.llm.models import RemoteModel, make
from sanctum_tui.llm.ports import Asked, Model, ModelError
from sanctum_tui.settings import ModelChoice
from tests.mock_provider import (
    KEY,
    MockProvider,
)

PROMPT = "the-prompt-that-nobody-else-may-read"
ASKED = Asked(f"Write one line. {PROMPT}", f"Tonight: a harbour. {PROMPT}")
HTML = f"<!DOCTYPE html><html><body>{PROMPT}</body></html>"


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
