"""What holds whatever a provider does, ours or a foreign one: a good line in time; the breaker knows why."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.ports import Fault
from sanctum_tui.settings import ModelChoice
from tests.builders import says
from tests.writing import LINE, OFFLINE, draft_of, opened, told_settings, words_of

FIRST_WORD_SECONDS = 0.5
"""A model's time to its first word, and in all: short, so that one that hangs does not hold up the tests."""
WRITING_SECONDS = 3.0
"""The whole draft's. On a slow machine a little more than that passes until it is here."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a provider does, and what is to be held against it."""

    fault: Fault | None
    state: State
    rest: float = 0.0
    """Seconds until it is tried again, where it says so itself."""


OPEN, CLOSED = State.OPEN, State.CLOSED
LIMITED = Trouble(Fault.RATE_LIMIT, OPEN, 7)
DOWN = Trouble(Fault.TRANSIENT, OPEN)
SLOW = Trouble(Fault.TIMEOUT, OPEN)
EMPTY = Trouble(Fault.EMPTY, CLOSED)
"""Once is no reason yet to leave it alone."""
REFUSED = Trouble(None, CLOSED)
"""The guard did not let its line stand, for which nobody is left alone."""


def hurried(choice: ModelChoice, name: str) -> ModelChoice:
    """The same model under this name, with little time and no tools."""
    return ModelChoice(
        name=name,
        provider=choice.provider,
        model=choice.model,
        base_url=choice.base_url,
        api_key=choice.api_key,
        first_token_seconds=FIRST_WORD_SECONDS,
        answer_seconds=2 * FIRST_WORD_SECONDS,
        tools=False,
    )


async def falls_back(folder: Path, bad: ModelChoice, good: ModelChoice, trouble: Trouble) -> None:
    """A draft with only the bad one, one more with the good one behind it, and one while the bad one rests."""
    bad, good = hurried(bad, "bad"), hurried(good, "good")
    async with words_of(folder / "alone", told_settings(bad, writing_seconds=WRITING_SECONDS)) as words:
        shown: list[str] = []
        words.on_writing = shown.append
        await opened(words)
        async with asyncio.timeout(WRITING_SECONDS + 2):
            draft, verdict = await draft_of(words, says(0, "the lighthouse again"))
        assert (draft.writer, verdict.findings) == (OFFLINE, ())
        assert shown[-1:] in ([], [""]), "what was shown of it is taken back"
        (state,) = words.states()
        assert (state.standing.state, state.standing.fault) == (trouble.state, trouble.fault)
        if trouble.rest:
            assert trouble.rest - 5 < state.standing.seconds <= trouble.rest
    async with words_of(folder / "both", told_settings(bad, good, writing_seconds=WRITING_SECONDS)) as words:
        await opened(words)
        async with asyncio.timeout(WRITING_SECONDS + 2):
            draft, verdict = await draft_of(words)
        assert (draft.line, draft.writer, verdict.passed) == (LINE, "good", True)
        assert [state.standing.state for state in words.states()] == [trouble.state, CLOSED]
        assert words.states()[1].standing.fault is None
        if trouble.state is OPEN:
            spent = words.states()[0].spent
            began = monotonic()
            assert (await draft_of(words))[0].writer == "good"
            assert monotonic() - began < FIRST_WORD_SECONDS, "one that rests is not waited for again"
            assert words.states()[0].spent == spent
