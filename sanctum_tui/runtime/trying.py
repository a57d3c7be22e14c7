"""Tries a language model before anything depends on it: one word, however it is reached."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sanctum_tui.llm.chain import OpenModel, open_models
from sanctum_tui.llm.ports import Fault, ModelError
from sanctum_tui.runtime.words import one_word
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import ModelChoice

PATIENCE_SECONDS = 30.0
"""A model on this machine may have to be loaded first."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The word a model said, and how long it took."""

    word: str
    seconds: float


async def try_model(
    choice: ModelChoice,
    *,
    patience: float = PATIENCE_SECONDS,
    opening: Callable[[Sequence[ModelChoice]], Awaitable[Sequence[OpenModel]]] = open_models,
) -> Answered:
    """Ask the model for one word. Raises ModelError, a sentence, where it does not answer in time or at all."""
    REDACTOR.learn(choice.api_key.reveal())
    models = await opening((choice,))
    began = time.monotonic()
    try:
        async with asyncio.timeout(patience):
            word = await one_word(models[0])
    except TimeoutError:
        raise ModelError(
            f"{choice.name} did not answer within {patience:g} s; one that is just being loaded may the next time.",
            Fault.TIMEOUT,
        ) from None
    finally:
        await asyncio.gather(*(model.aclose() for model in models), return_exceptions=True)
    # A server may answer with what it was sent.
    return Answered(REDACTOR.redact(word), time.monotonic() - began)
