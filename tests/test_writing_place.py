"""The card has one place where a line is shown as it grows: the first to write has it, and nobody writes over it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.guard import Verdict, inspect
from sanctum_tui.llm.hearing import Page, Place
from sanctum_tui.llm.ports import Asked, Fault
from sanctum_tui.llm.prompts import Prompts
from sanctum_tui.llm.replying import Judge, ModelReplier
from sanctum_tui.llm.spending import Spending
from tests.builders import START
from tests.mock_provider import answer, delta, mock_provider, stream
from tests.writing import LINE, LOUD, OTHER, Scripted, failure, marked, opened, plain, words_of

SAID = "steward, what is the lighthouse for?"
HONEST = "That one is for the streamer."


def judge(line: str) -> Verdict:
    return inspect(line, language="en")


class Offline:
    """Answers without a model."""

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        return Draft(HONEST, HONEST)


def replier(
    *models: Scripted,
    told: list[str] | None = None,
    shown: list[str] | None = None,
    seconds: float = 10.0,
    tokens: int = 0,
) -> ModelReplier:
    spending = Spending([], tokens=tokens)
    chains = [Chain((link,), spending) for link in links(models, ReplayClock(START))]
    return ModelReplier(
        lambda: chains, Prompts, tuple, Offline(), lambda: "— C",
        place=Place((shown if shown is not None else []).append),
        told=(told if told is not None else []).append, seconds=seconds,
    )  # fmt: skip


async def line_of(replier: ModelReplier) -> str:
    draft = await replier.reply(SAID, Context(), judge)
    assert draft is not None
    return draft.line


# --- the place --------------------------------------------------------------------------------------


def place() -> tuple[Callable[[], AbstractContextManager[Page]], list[str], Place]:
    shown: list[str] = []
    made = Place(shown.append)
    return made.page, shown, made


def test_the_second_to_write_writes_unseen_and_the_third_is_seen_again() -> None:
    page, shown, _ = place()
    with page() as first:
        first.show("A tide")
        with page() as second:
            second.show("Some doors")
            second.keep()
        first.show("A tide table")
    with page() as third:
        third.show("The fog")
    assert shown == ["A tide", "A tide table", "", "The fog", ""]


def test_a_line_that_stood_stays_until_it_waits_on_its_card() -> None:
    page, shown, made = place()
    with page() as one:
        one.show(LINE)
        one.keep()
    assert shown == [LINE]
    made.clear()
    made.clear()
    assert shown == [LINE, ""]


def test_that_a_line_waits_on_its_card_does_not_wipe_out_the_one_that_is_written_now() -> None:
    page, shown, made = place()
    with page() as one:
        one.show(LINE)
        one.keep()
    with page() as two:
        two.show("Some doors")
        made.clear()
        assert shown == [LINE, "", "Some doors"]
        two.keep()
    made.clear()
    assert shown[-1] == ""


@pytest.mark.parametrize("first", ["preview", "answer"])
async def test_a_preview_and_an_answer_written_at_once_do_not_write_into_each_other(
    first: str, tmp_path: Path
) -> None:
    half, rest = delta(content="<line>A tide table is mostly"), delta(content=" a list of reasons to be late.</line>")
    stuck = stream(half, done=False, stuck=True)
    async with mock_provider(stuck) as mock, words_of(tmp_path, plain(mock)) as words:
        shown: list[str] = []
        seen = asyncio.Event()

        def show(text: str) -> None:
            shown.append(text)
            seen.set()

        words.on_writing = show
        await opened(words)
        replier = words.replier(lambda: ("steward",))
        context = Context(judge=judge)
        writers: dict[str, Callable[[], Coroutine[Any, Any, Draft | None]]] = {
            "preview": lambda: words.author.write(context),
            "answer": lambda: replier.reply(SAID, context, judge),
        }
        one = asyncio.create_task(writers.pop(first)())
        async with asyncio.timeout(5):
            await seen.wait()
        (second,) = writers.values()
        mock.say(answer(marked(OTHER)))
        draft = await second()
        assert draft is not None
        assert draft.line == OTHER
        assert shown == ["A tide table is mostly"], "the second was written over the first"
        one.cancel()
        await asyncio.gather(one, return_exceptions=True)
        assert shown[-1] == ""
        # The place is free again.
        mock.say(stream(half, rest))
        draft = await second()
        assert draft is not None
        assert (draft.line, shown[-1]) == (LINE, LINE)


# --- answers in trouble -----------------------------------------------------------------------------


async def test_somebody_who_asks_is_answered_though_the_model_fails_in_a_way_nobody_thought_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []
    shown: list[str] = []
    model = Scripted("one", RuntimeError("no such thing"))
    asked = replier(model, told=told, shown=shown)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            assert await line_of(asked) == HONEST
        assert told == ["An answer by a model failed; the log says why."]
        assert [record.exc_info is not None for record in caplog.records if record.levelno >= logging.WARNING] == [
            True
        ]
        model.script = [marked(LINE), RuntimeError("again")]
        assert await line_of(asked) == LINE
        assert caplog.messages[-1] == "an answer by a model works again"
        assert shown[-1] == LINE
        assert await line_of(asked) == HONEST
    assert len(told) == 2


async def test_models_that_cannot_even_be_listed_cost_nobody_the_answer() -> None:
    told: list[str] = []

    def broken() -> list[Chain]:
        raise KeyError("near")

    asked = ModelReplier(broken, Prompts, tuple, Offline(), lambda: "", told=told.append)
    assert await line_of(asked) == HONEST
    assert len(told) == 1


async def test_what_was_seen_of_an_answer_is_taken_back_where_the_model_breaks_off() -> None:
    class Torn(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            yield "<line>A tide table"
            raise RuntimeError("torn")

    shown: list[str] = []
    assert await line_of(replier(Torn("one", ""), shown=shown)) == HONEST
    assert shown == ["A tide table", ""]


async def test_models_without_an_answer_in_time_are_told_of_once() -> None:
    told: list[str] = []
    model = Scripted("one", marked(LINE))
    model.stuck = True
    asked = replier(model, told=told, seconds=0.05)
    for _ in range(2):
        assert await line_of(asked) == HONEST
    assert told == ["The models had no answer after 0.05 s."]


async def test_a_model_that_just_fails_is_its_breakers_matter() -> None:
    told: list[str] = []
    assert await line_of(replier(Scripted("one", failure(Fault.AUTH)), told=told)) == HONEST
    assert await line_of(replier(Scripted("one", marked(LOUD)), told=told)) == HONEST
    assert told == []


async def test_a_model_that_stalls_leaves_time_for_the_next_to_answer() -> None:
    shown: list[str] = []
    slow, good = Scripted("slow", marked(LINE)), Scripted("good", marked(OTHER))
    slow.stuck = True
    asked = replier(slow, good, shown=shown, seconds=0.6)
    for _ in range(2):
        assert await line_of(asked) == OTHER
    assert len(slow.asked) == 1, "it rests"
    assert "" in shown[: shown.index(OTHER)], "what it had begun is taken back"


async def test_no_second_answer_is_asked_for_beyond_the_budget() -> None:
    loud, other = Scripted("one", marked(LOUD)), Scripted("two", marked(LINE))
    assert await line_of(replier(loud, other, tokens=100)) == HONEST
    assert (len(loud.asked), len(other.asked)) == (1, 0)
