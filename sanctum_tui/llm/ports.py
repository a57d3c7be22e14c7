"""What a language model is to us: two calls behind a port, and the ways in which they fail."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sanctum_tui.errors import ExitCode, SanctumError


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked: first what never changes, so that a provider can keep it, then tonight."""

    instructions: str
    """The static part: byte for byte the same from call to call."""
    material: str
    """The part that changes. What people wrote is in it as quoted data."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost, as far as the provider says."""

    tokens_in: int = 0
    tokens_out: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a tool found, as it lies in its file."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that the information phase may look up. Reads; changes nothing."""

    name: str
    """As the model calls it: ``search_earlier_streams``."""
    purpose: str
    """For the model: when to call it, and what the query is."""
    look_up: Callable[[str], Awaitable[str | Picture]]
    """The query in, text or a picture out. May raise anything; the model is told that there is nothing.

    A ModelError ends the whole call: nothing more may be asked.
    """
    shows: bool = False
    """It finds pictures, and is offered only to a model that sees."""


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool was called."""

    tool: str
    query: str
    seconds: float
    failed: bool = False


class Fault(StrEnum):
    """Why a model did not answer; how long it is left alone depends on it."""

    AUTH = "auth"
    """The key is wrong, or may not use this model."""
    NOT_FOUND = "not found"
    """No such model, or no such address."""
    QUOTA = "quota"
    """Nothing left to spend."""
    RATE_LIMIT = "rate limit"
    CONTEXT = "context"
    """It was asked more than it can hold."""
    REFUSED = "refused"
    """It was understood and declined."""
    EMPTY = "empty"
    """It answered with nothing, or with nothing between the markers."""
    TIMEOUT = "timeout"
    TRANSIENT = "transient"
    """A connection that broke, a server in trouble, an answer that could not be read."""
    BUDGET = "budget"
    """The operator's own limit for the evening is reached."""


class ModelError(SanctumError):
    """A model did not answer. The sentence names it and holds no key."""

    exit_code = ExitCode.NOT_READY

    def __init__(self, sentence: str, fault: Fault, *, retry_seconds: float | None = None) -> None:
        """`retry_seconds` is when the provider says to come back, where it does (``Retry-After``)."""
        super().__init__(sentence)
        self.fault = fault
        self.retry_seconds = retry_seconds


class Model(Protocol):
    """One model of one provider. Raises ModelError, and nothing else; tries once."""

    @property
    def name(self) -> str:
        """As the operator calls it."""

    def write(self, asked: Asked) -> AsyncIterator[str]:
        """The answer as it is written, piece by piece, without the model's own thoughts."""

    async def inform(
        self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
    ) -> str:
        """A note on what it found with these tools, in at most so many calls of them."""

    @property
    def used(self) -> Usage:
        """All that was used so far."""
