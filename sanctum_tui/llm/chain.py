"""The models of a phase, tried in order until one answers; those that failed lately are passed over."""

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sanctum_tui.clock import Clock
from sanctum_tui.llm.breaker import Breaker, Pass, Standing
from sanctum_tui.llm.ports import Fault, Model, ModelError, Usage
from sanctum_tui.llm.spending import Spending, Spent
from sanctum_tui.settings.models import ModelChoice

T = TypeVar("T")
SHARE = 2 / 3
"""Of the time that is left, for a model with another behind it: one that hangs leaves time for the next."""
_LOG = logging.getLogger(__name__)
_MODELS = "sanctum_tui.llm.models"


def _always(answer: object) -> bool:
    return True


@dataclass(slots=True)
class Link:
    """A model behind its breaker. The chains of both phases share it, so that what one learns the other knows."""

    model: Model
    breaker: Breaker
    counted: Usage = field(default_factory=Usage)
    """What of the model's usage is in the account already."""

    @property
    def ready(self) -> bool:
        """Whether it would be asked now."""
        standing = self.breaker.standing()
        return not standing.seconds and not standing.probing


@dataclass(slots=True)
class _Asking:
    """One model while it is asked for an answer, in one call or several."""

    until: float | None
    """When it is broken off by whoever asks, by the loop's clock."""
    shares: bool
    """Whether another is behind it, who is to have some of that time."""
    limit: asyncio.Timeout | None = None
    answered: bool = False
    """A call of it was answered, whatever the answer was worth."""

    def share(self) -> float | None:
        if self.until is None or not self.shares:
            return None
        return max(0.0, self.until - asyncio.get_running_loop().time()) * SHARE

    def go_on(self) -> None:
        """It was answered: the next call has a share of its own."""
        self.answered = True
        share = self.share()
        if share is not None and self.limit is not None and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time() + share)

    @property
    def over(self) -> bool:
        """Whether all the time there was went by."""
        return self.until is not None and asyncio.get_running_loop().time() >= self.until


_asking: ContextVar[_Asking | None] = ContextVar("_asking", default=None)
"""What `first` asks just now, for `go_on`: the same chain may be asked for several answers at a time."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """One model as a screen shows it."""

    name: str
    place: int
    """From 1: when it is asked."""
    standing: Standing
    spent: Spent


class OpenModel(Model, Protocol):
    """A model that holds connections."""

    async def aclose(self) -> None:
        """Close them."""


async def open_models(choices: Sequence[ModelChoice]) -> tuple[OpenModel, ...]:
    """Load the model library, which takes seconds, in a thread, and make these models. None: nothing is loaded.

    Whoever opens them closes each.
    """

    def load() -> tuple[OpenModel, ...]:
        # A full collection amid so many new modules holds every thread for 60 ms, and there is nothing to collect;
        # what has been imported stays for good, so that no later one looks through it either.
        fresh, collecting = _MODELS not in sys.modules, gc.isenabled()
        if fresh:
            gc.disable()
        try:
            from sanctum_tui.llm.models import make

            return tuple(map(make, choices))
        finally:
            if fresh:
                gc.freeze()
            if fresh and collecting:
                gc.enable()

    return await asyncio.to_thread(load) if choices else ()


def links(models: Sequence[Model], clock: Clock) -> tuple[Link, ...]:
    """Each model behind a breaker of its own, closed."""
    return tuple(Link(model, Breaker(clock)) for model in models)


class Chain:
    """Asks the models in order. Holds no task and no connection of its own."""

    def __init__(self, order: Sequence[Link], spending: Spending) -> None:
        self._order = tuple(order)
        self._spending = spending

    def __len__(self) -> int:
        return len(self._order)

    @property
    def ready(self) -> bool:
        """Whether any of its models would be asked now."""
        return any(link.ready for link in self._order)

    def without(self, names: Collection[str]) -> "Chain":
        """The same chain, but for these models."""
        return Chain([link for link in self._order if link.model.name not in names], self._spending)

    async def first(
        self,
        do: Callable[[Model], Awaitable[T]],
        *,
        enough: Callable[[T], bool] = _always,
        until: float | None = None,
        behind: bool = False,
    ) -> T:
        """What the first model gives with which `do` does not raise ModelError, and which is `enough`.

        An answer that is not enough is held against no model: the next one is asked, and where no other does
        better, the first such answer is given. Raises the last model's ModelError where none answers, or one that
        says which are left alone and for how long. A budget that is reached stops it before the next call, with
        Fault.BUDGET. What else `do` raises goes through and is held against nobody.

        `until` is when whoever asks will break it off, by the loop's clock: a model with another behind it, here or
        `behind` this chain, gets a share of the time that is left, and one that is not done in it has timed out. So
        has the last one, with all of that time, when it is broken off then. Each further call (`go_on`) has a share
        of its own; whoever has answered once has not timed out, though its next answer came too late.
        """
        last: ModelError | None = None
        others: list[T] = []
        for place, link in enumerate(self._order):
            if reached := self._spending.reached():
                raise ModelError(reached, Fault.BUDGET)
            leave = link.breaker.admit()
            if leave is None:
                continue
            known = link.breaker.standing().fault
            asking = _Asking(until, behind or any(other.ready for other in self._order[place + 1 :]))
            try:
                answer = await _within_share(asking, link.model.name, do(link.model))
            except _LateError as error:
                last = error
                link.breaker.succeeded(leave)
                _LOG.info("%s", error.sentence)
            except ModelError as error:
                if error.fault is Fault.BUDGET:
                    link.breaker.give_back(leave)
                    raise
                last = error
                _failed(link, leave, error, known)
            except asyncio.CancelledError:
                if asking.over and not asking.answered:
                    sentence = f"{link.model.name} had no answer in all the time there was for one."
                    _failed(link, leave, ModelError(sentence, Fault.TIMEOUT), known)
                else:
                    link.breaker.give_back(leave)
                raise
            except BaseException:
                link.breaker.give_back(leave)
                raise
            else:
                link.breaker.succeeded(leave)
                if known is not None:
                    _LOG.info("%s answers again", link.model.name)
                if enough(answer):
                    return answer
                others.append(answer)
            finally:
                self._count(link)
        if others:
            return others[0]
        raise last or self._nobody()

    def go_on(self, name: str) -> None:
        """To be asked before each further call of this model within one answer, when the call before was answered.

        Raises ModelError with Fault.BUDGET where the budget is reached by now.
        """
        for link in self._named(name):
            self._count(link)
        if reached := self._spending.reached():
            raise ModelError(reached, Fault.BUDGET)
        if (asking := _asking.get()) is not None:
            asking.go_on()

    def states(self) -> tuple[ModelState, ...]:
        """All models, in the order in which they are asked."""
        return tuple(
            ModelState(link.model.name, place, link.breaker.standing(), self._spending.of(link.model.name))
            for place, link in enumerate(self._order, 1)
        )

    def reset(self, name: str) -> None:
        """Forget this model's failures."""
        for link in self._named(name):
            link.breaker.reset()

    def try_now(self, name: str) -> None:
        """Ask this model again from the next call on, without waiting for the end of its rest."""
        for link in self._named(name):
            link.breaker.try_now()

    def _named(self, name: str) -> Sequence[Link]:
        return [link for link in self._order if link.model.name == name]

    def _count(self, link: Link) -> None:
        used, before = link.model.used, link.counted
        link.counted = used
        new = Usage(used.tokens_in - before.tokens_in, used.tokens_out - before.tokens_out)
        if new != Usage():
            self._spending.count(link.model.name, new)

    def _nobody(self) -> ModelError:
        if not self._order:
            return ModelError("No model is set up for this; list one under [[models]].", Fault.NOT_FOUND)
        standings = [(link.model.name, link.breaker.standing()) for link in self._order]
        name, soonest = min(standings, key=lambda told: told[1].seconds)
        when = f"{name} is tried again in {soonest.seconds:.0f} s" if soonest.seconds else f"{name} is being tried"
        sentence = f"Every model is left alone for now after failing; {when}."
        return ModelError(sentence, soonest.fault or Fault.TRANSIENT, retry_seconds=soonest.seconds)


class _LateError(ModelError):
    """A further answer of a model that had answered came too late: no fault of it."""


def _failed(link: Link, leave: Pass, error: ModelError, known: Fault | None) -> None:
    link.breaker.failed(leave, error)
    if error.fault is not known:
        _LOG.warning("%s: %s", link.model.name, error.sentence)


async def _within_share(asking: _Asking, name: str, doing: Awaitable[T]) -> T:
    """What comes of it. Raises ModelError with Fault.TIMEOUT where its share of the time is over."""
    seconds = asking.share()
    before = _asking.set(asking)
    try:
        async with asyncio.timeout(seconds) as limit:
            asking.limit = limit
            return await doing
    except TimeoutError:
        if not limit.expired():
            raise
    finally:
        _asking.reset(before)
    if asking.answered:
        raise _LateError(f"{name} had no time for another try; the next one is asked.", Fault.TIMEOUT)
    sentence = f"{name} was not done within {seconds:.3g} s, its share of the time; the next one is asked."
    raise ModelError(sentence, Fault.TIMEOUT)
