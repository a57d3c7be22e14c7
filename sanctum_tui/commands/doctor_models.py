"""The doctor's look at the language models: each is asked for one word, side by side."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from sanctum_tui.commands.findings import Finding
from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.chain import OpenModel, open_models
from sanctum_tui.llm.ports import Model, ModelError
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import ModelChoice, Settings, models_of, secrets_of

PATIENCE_SECONDS = 10.0
"""How long the doctor waits for the models, all in all; loading their library comes before it."""
NONE_SET = "none set; the offline composer writes"


async def findings(
    settings: Settings,
    *,
    ask: bool,
    patience: float = PATIENCE_SECONDS,
    opening: Callable[[Sequence[ModelChoice]], Awaitable[Sequence[OpenModel]]] = open_models,
) -> list[Finding]:
    """One finding a model; none is asked, and nothing loaded, unless it is to `ask`."""
    try:
        choices = models_of(settings)
    except SanctumError as error:
        return [Finding("missing", "model", error.sentence)]
    if not choices:
        return [Finding("ready", "model", NONE_SET)]
    if not ask:
        return [Finding("ready", "model", f"{_told(choice)}; not asked now") for choice in choices]
    REDACTOR.learn(*(secret.reveal() for secret in secrets_of(settings)))
    models = await opening(choices)
    try:
        asking = [_ask(choice, model, patience) for choice, model in zip(choices, models, strict=True)]
        return list(await asyncio.gather(*asking))
    finally:
        await asyncio.gather(*(model.aclose() for model in models), return_exceptions=True)


async def _ask(choice: ModelChoice, model: Model, patience: float) -> Finding:
    from sanctum_tui.runtime.words import one_word

    began = time.monotonic()
    try:
        async with asyncio.timeout(patience):
            word = await one_word(model)
    except TimeoutError:
        words = f"did not answer within {patience:g} s; one that is just being loaded may the next time."
        return Finding("missing", "model", f"{_told(choice)} {words}")
    except ModelError as error:
        return Finding("missing", "model", error.sentence)
    took = time.monotonic() - began
    # A server may answer with what it was sent.
    return Finding("ready", "model", f"{_told(choice)} answered “{REDACTOR.redact(word)}” in {took:.1f} s")


def _told(choice: ModelChoice) -> str:
    return choice.name if choice.name == choice.model else f"{choice.name} ({choice.model})"
