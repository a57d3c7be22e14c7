"""Models in order: the first that answers writes, one that failed lately costs nothing, and the budget holds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.chain import Chain, Link, _asking, links, open_models
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError, Tool, ToolUse, Usage
from sanctum_tui.llm.spending import Spending
from sanctum_tui.settings import ModelChoice
from tests.builders import START


class Scripted:
    """A model that gives what it is told to, in order, and then again what was last."""

    def __init__(self, name: str, *script: str | Exception) -> None:
        self.name = name
        self.script = list(script)
        self.asked = 0
        self.used = Usage()

    async def write(self, asked: Asked) -> AsyncIterator[str]:
        self.asked += 1
        self.used = Usage(self.used.tokens_in + 1000, self.used.tokens_out + 100)
        told = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(told, Exception):
            raise told
        yield told

    async def inform(
        self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
    ) -> str:
        raise NotImplementedError


def failure(fault: Fault = Fault.TRANSIENT, retry: float | None = None) -> ModelError:
    return ModelError(f"it failed ({fault})", fault, retry_seconds=retry)


def listed(name: str, price_in: float = 0.0, price_out: float = 0.0) -> ModelChoice:
    return ModelChoice(name=name, provider="ollama", model=name, price_in=price_in, price_out=price_out)


async def written(model: Model) -> str:
    return "".join([piece async for piece in model.write(Asked("", ""))])


def chain(*models: Scripted, clock: ReplayClock | None = None, spending: Spending | None = None) -> Chain:
    return Chain(links(models, clock or ReplayClock(START)), spending or Spending([]))


async def test_the_first_that_answers_writes_and_the_rest_is_not_asked() -> None:
    one, two = Scripted("one", "a line"), Scripted("two", "another")
    assert await chain(one, two).first(written) == "a line"
    assert two.asked == 0


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.BUDGET])
async def test_whatever_goes_wrong_the_next_one_is_asked(fault: Fault) -> None:
    one, two = Scripted("one", failure(fault)), Scripted("two", "a line")
    assert await chain(one, two).first(written) == "a line"


async def test_a_dead_provider_costs_next_to_nothing_from_the_second_draft_on() -> None:
    dead, alive = Scripted("dead", failure()), Scripted("alive", "a line")
    asked = chain(dead, alive)
    await asked.first(written)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert await asked.first(written) == "a line"
        took.append(time.perf_counter() - began)
    assert dead.asked == 1
    assert sorted(took)[10] < 0.005


async def test_where_none_answers_the_last_error_is_told_and_then_who_comes_back_when() -> None:
    asked = chain(Scripted("one", failure(Fault.TIMEOUT)), Scripted("two", failure(Fault.RATE_LIMIT, 12)))
    with pytest.raises(ModelError) as told:
        await asked.first(written)
    assert told.value.fault is Fault.RATE_LIMIT
    with pytest.raises(ModelError, match=r"two is tried again in 12 s") as told:
        await asked.first(written)
    assert told.value.retry_seconds == 12


async def test_a_model_that_came_back_is_asked_again_and_first() -> None:
    clock = ReplayClock(START)
    one, two = Scripted("one", failure(), "from one"), Scripted("two", "from two")
    asked = chain(one, two, clock=clock)
    assert await asked.first(written) == "from two"
    await clock.advance_to(START + timedelta(minutes=5))
    assert await asked.first(written) == "from one"
    assert asked.states()[0].standing.state is State.CLOSED


async def test_two_drafts_at_once_probe_with_one_call() -> None:
    clock = ReplayClock(START)
    one, two = Scripted("one", failure()), Scripted("two", "from two")
    asked = chain(one, two, clock=clock)
    await asked.first(written)
    await clock.advance_to(START + timedelta(minutes=5))
    held = asyncio.Event()

    async def slowly(model: Model) -> str:
        if model.name == "one":
            await held.wait()
        return await written(model)

    probing = asyncio.create_task(asked.first(slowly))
    await asyncio.sleep(0)
    assert await asked.first(slowly) == "from two"
    held.set()
    assert await probing == "from two"
    assert one.asked == 2


async def test_a_draft_that_is_broken_off_holds_nothing_against_the_model() -> None:
    clock = ReplayClock(START)
    asked = chain(Scripted("one", failure(), "a line"), clock=clock)
    with pytest.raises(ModelError):
        await asked.first(written)
    await clock.advance_to(START + timedelta(minutes=5))

    async def forever(model: Model) -> str:
        await asyncio.Event().wait()
        return ""

    drafting = asyncio.create_task(asked.first(forever))
    await asyncio.sleep(0)
    drafting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drafting
    assert await asked.first(written) == "a line"


async def test_an_error_of_ours_goes_through_and_blames_nobody() -> None:
    asked = chain(Scripted("one", "a line"), Scripted("two", "another"))

    async def breaks(model: Model) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await asked.first(breaks)
    assert asked.states()[0].standing.state is State.CLOSED


async def test_the_states_can_be_reset_and_tried_by_name() -> None:
    one = Scripted("one", failure(Fault.AUTH))
    asked = chain(one)
    with pytest.raises(ModelError):
        await asked.first(written)
    (state,) = asked.states()
    assert (state.name, state.place, state.standing.state, state.standing.reason) == (
        "one",
        1,
        State.OPEN,
        "it failed (auth)",
    )
    asked.try_now("one")
    with pytest.raises(ModelError):
        await asked.first(written)
    assert one.asked == 2
    asked.reset("one")
    assert asked.states()[0].standing.repeats == 0


async def test_both_phases_know_what_either_learnt() -> None:
    shared = links([Scripted("one", failure()), Scripted("two", "a line")], ReplayClock(START))
    spending = Spending([])
    information, message = Chain(shared[::-1], spending), Chain(shared, spending)
    await message.first(written)
    assert information.states()[1].standing.state is State.OPEN
    assert information.states()[1].name == "one"


async def test_nobody_to_ask_is_one_sentence() -> None:
    with pytest.raises(ModelError, match=r"No model is set up") as told:
        await chain().first(written)
    assert told.value.fault is Fault.NOT_FOUND


async def test_a_failure_is_logged_once_and_the_recovery_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = ReplayClock(START)
    asked = chain(Scripted("one", *[failure() for _ in range(4)], "a line"), Scripted("two", "x"), clock=clock)
    with caplog.at_level(logging.INFO, "sanctum_tui"):
        for minutes in range(0, 600, 60):
            await clock.advance_to(START + timedelta(minutes=minutes))
            await asked.first(written)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_tokens_and_cost_are_counted_by_model() -> None:
    spending = Spending([listed("one", 3.0, 15.0), listed("two")])
    asked = chain(Scripted("one", "a", failure()), Scripted("two", "b"), spending=spending)
    await asked.first(written)
    await asked.first(written)
    assert (spending.of("one").tokens_in, spending.of("one").tokens_out) == (2000, 200), "a failed call costs too"
    assert spending.of("one").cost == pytest.approx(0.009)
    assert spending.of("two").tokens == 1100
    assert spending.total().cost == pytest.approx(0.009)
    assert asked.states()[0].spent == spending.of("one")


@pytest.mark.parametrize("limit", [{"tokens": 1100}, {"cost": 0.0045}])
async def test_the_budget_stops_calls_and_says_so(limit: dict[str, float]) -> None:
    spending = Spending([listed("one", 3.0, 15.0)], **limit)  # type: ignore[arg-type]
    model = Scripted("one", "a line")
    asked = chain(model, spending=spending)
    await asked.first(written)
    with pytest.raises(ModelError, match=r"LLM_BUDGET_(TOKENS|COST)") as told:
        await asked.first(written)
    assert told.value.fault is Fault.BUDGET
    assert model.asked == 1
    assert asked.states()[0].standing.state is State.CLOSED
    spending.limit()
    assert await asked.first(written) == "a line"


async def test_a_budget_that_is_reached_within_a_draft_stops_the_next_model_too() -> None:
    two = Scripted("two", "a line")
    asked = chain(Scripted("one", failure()), two, spending=Spending([], tokens=500))
    with pytest.raises(ModelError) as told:
        await asked.first(written)
    assert (told.value.fault, two.asked) == (Fault.BUDGET, 0)


async def test_with_no_model_the_library_is_not_loaded() -> None:
    assert await open_models([]) == ()


def test_a_link_starts_closed() -> None:
    (link,) = links([Scripted("one", "a")], ReplayClock(START))
    assert isinstance(link, Link)
    assert link.breaker.standing().state is State.CLOSED


async def forever(model: Model) -> str:
    await asyncio.Event().wait()
    return ""


def hanging(name: str) -> Callable[[Model], Awaitable[str]]:
    """Asks the models; this one never comes back."""

    async def ask(model: Model) -> str:
        return await (forever if model.name == name else written)(model)

    return ask


def soon(seconds: float = 0.3) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_one_that_hangs_leaves_time_for_the_next_and_rests() -> None:
    one, two = Scripted("one", "never"), Scripted("two", "a line")
    asked = chain(one, two)
    async with asyncio.timeout(5):
        assert await asked.first(hanging("one"), until=soon()) == "a line"
    standing = asked.states()[0].standing
    assert (standing.state, standing.fault) == (State.OPEN, Fault.TIMEOUT)
    assert "its share of the time" in standing.reason
    assert await asked.first(hanging("one"), until=soon()) == "a line", "it is not waited for again"


@pytest.mark.parametrize("others", [(), ("resting",)])
async def test_the_last_that_can_be_asked_has_all_the_time_and_rests_where_it_gave_no_answer_in_it(
    others: tuple[str, ...],
) -> None:
    asked = chain(Scripted("one", "a line"), *(Scripted(name, failure()) for name in others))
    if others:
        with pytest.raises(ModelError):
            await Chain(asked._order[1:], Spending([])).first(written)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05) as limit:
            await asked.first(forever, until=limit.when())
    standing = asked.states()[0].standing
    assert (standing.state, standing.fault) == (State.OPEN, Fault.TIMEOUT)


async def test_the_last_is_not_to_blame_where_whoever_asks_has_gone_away() -> None:
    asked = chain(Scripted("one", "never"))
    asking = asyncio.create_task(asked.first(forever, until=soon(60)))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert asked.states()[0].standing.state is State.CLOSED


@pytest.mark.parametrize("last", [True, False])
async def test_a_model_that_has_answered_once_did_not_time_out_with_its_second_try(last: bool) -> None:
    asked = chain(Scripted("one", "a line"), *([] if last else [Scripted("two", "from two")]))

    async def again(model: Model) -> str:
        line = await written(model)
        if model.name == "two":
            return line
        asked.go_on(model.name)
        return await forever(model)

    if last:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05) as limit:
                await asked.first(again, until=limit.when())
    else:
        assert await asked.first(again, until=soon()) == "from two"
    assert asked.states()[0].standing.state is State.CLOSED


async def test_each_try_has_a_share_of_its_own_of_the_time() -> None:
    one, two = Scripted("one", "a line"), Scripted("two", "another")
    asked = chain(one, two)
    limits: list[float | None] = []

    async def twice(model: Model) -> str:
        asking = _asking.get()
        assert asking is not None
        assert asking.limit is not None
        limits.append(asking.limit.when())
        asked.go_on(model.name)
        limits.append(asking.limit.when())
        return await written(model)

    until = soon(60)
    began = asyncio.get_running_loop().time()
    limits.append(until)
    assert await asked.first(twice, until=until) == "a line"
    _, first, second = limits
    assert first is not None
    assert second is not None
    assert began < first <= second < until
    assert _asking.get() is None, "nothing of it is left"


async def test_a_model_in_a_chain_of_its_own_leaves_time_for_those_behind_it() -> None:
    alone = chain(Scripted("one", "never"))
    with pytest.raises(ModelError) as told:
        await alone.first(forever, until=soon(0.05), behind=True)
    assert told.value.fault is Fault.TIMEOUT
    assert not alone.ready
    assert chain(Scripted("two", "a line")).ready


async def test_a_time_that_was_over_within_a_call_is_not_the_share() -> None:
    async def late(model: Model) -> str:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await chain(Scripted("one", "a"), Scripted("two", "b")).first(late, until=soon(60))


async def test_the_budget_is_asked_before_each_further_call_of_one_answer() -> None:
    spending = Spending([], tokens=1100)
    one, two = Scripted("one", "a line"), Scripted("two", "another")
    asked = chain(one, two, spending=spending)

    async def twice(model: Model) -> str:
        await written(model)
        asked.go_on(model.name)
        return await written(model)

    with pytest.raises(ModelError, match="LLM_BUDGET_TOKENS") as told:
        await asked.first(twice)
    assert (told.value.fault, one.asked, two.asked) == (Fault.BUDGET, 1, 0)
    assert spending.total().tokens == 1100, "each call is counted once"
    assert asked.states()[0].standing.state is State.CLOSED
    spending.limit()
    assert await asked.first(twice) == "a line"
