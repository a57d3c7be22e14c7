"""Leaves a model that failed alone for a while, and then tries it with exactly one call.

Closed: calls go through. Open: none does, until a rest is over that depends on what failed and grows with
each repeat. Half-open: one call goes through, the probe; what becomes of it closes or opens again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sanctum_tui.clock import Clock
from sanctum_tui.llm.ports import Fault, ModelError

LONGEST_REST = 3600.0
"""Seconds; growing stops here. An evening has few hours, and a model that came back is worth one failed call."""
LONGEST_ASKED = 86_400.0
"""Seconds; a provider that asks for more than a day is not believed."""
_SHORTEST_ASKED = 1.0
"""Seconds; one that says "at once" has just failed all the same."""


@dataclass(frozen=True, slots=True)
class Rest:
    """How long a model is left alone after a kind of failure, and how many in a row it takes."""

    seconds: float
    after: int = 1


RESTS: Mapping[Fault, Rest] = {
    # Only the operator can mend these, with a new key, name or payment.
    Fault.AUTH: Rest(300),
    Fault.NOT_FOUND: Rest(300),
    Fault.QUOTA: Rest(600),
    # Where the provider says when to come back, that is what counts.
    Fault.RATE_LIMIT: Rest(30),
    Fault.TRANSIENT: Rest(15),
    Fault.TIMEOUT: Rest(30),
    # These say more about what was asked than about the model, until it does nothing else.
    Fault.CONTEXT: Rest(60, after=3),
    Fault.REFUSED: Rest(60, after=3),
    Fault.EMPTY: Rest(60, after=3),
}
"""Fault.BUDGET is missing: it is no fault of a model."""
_PASSING = frozenset({Fault.RATE_LIMIT, Fault.TRANSIENT, Fault.TIMEOUT})
"""Where ``Retry-After`` may also make a first rest shorter."""


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a breaker stands, for a screen."""

    state: State
    fault: Fault | None = None
    """What failed last, or None once a call went well."""
    reason: str = ""
    """The sentence of that failure."""
    seconds: float = 0.0
    """Until it is tried again; 0 unless it is open."""
    repeats: int = 0
    """How often in a row it was left alone."""
    probing: bool = False
    """The one call that is let through while half-open is under way."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave for one call, given back with what became of it."""

    turn: int


class Breaker:
    """The breaker of one model. Not for use from several threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = 0
        """Counts changes of state, so that news of a call from before the last one is known as old."""
        self._since: datetime | None = None
        """When the rest began; None while closed."""
        self._rest = 0.0
        self._probe: Pass | None = None
        self._fault: Fault | None = None
        self._reason = ""
        self._failures = 0
        """In a row, while closed."""
        self._repeats = 0

    def standing(self) -> Standing:
        """State, reason and countdown as they are now."""
        left = self._left()
        state = State.CLOSED if self._since is None else State.OPEN if left > 0 else State.HALF_OPEN
        return Standing(state, self._fault, self._reason, left, self._repeats, self._probe is not None)

    def admit(self) -> Pass | None:
        """Leave for a call, or None while the model is left alone. Every pass is settled or given back."""
        if self._since is None:
            return Pass(self._turn)
        if self._left() > 0 or self._probe is not None:
            return None
        self._turn += 1
        self._probe = Pass(self._turn)
        return self._probe

    def succeeded(self, leave: Pass) -> None:
        """The call went well: everything before it is forgotten."""
        if leave.turn == self._turn:
            self.reset()

    def failed(self, leave: Pass, error: ModelError) -> None:
        """The call failed; the model is left alone where this fault asks for it."""
        rest = RESTS.get(error.fault)
        if leave.turn != self._turn:
            return
        if rest is None:
            self.give_back(leave)
            return
        self._fault, self._reason = error.fault, error.sentence
        self._failures += 1
        if self._probe is None and self._failures < rest.after:
            return
        self._repeats += 1
        # The exponent is bounded only so that the number stays one.
        grown = min(rest.seconds * 2.0 ** min(self._repeats - 1, 32), LONGEST_REST)
        asked = error.retry_seconds or 0.0
        if asked > 0:
            asked = min(max(asked, _SHORTEST_ASKED), LONGEST_ASKED)
            believed = self._repeats == 1 and error.fault in _PASSING
            grown = asked if believed else max(grown, asked)
        self._open(grown)

    def give_back(self, leave: Pass) -> None:
        """The call was broken off and says nothing; a probe may be tried again at once."""
        if self._probe is not None and leave == self._probe:
            self._probe = None

    def reset(self) -> None:
        """Close, and forget everything."""
        self._turn += 1
        self._since = self._probe = self._fault = None
        self._reason = ""
        self._rest = 0.0
        self._failures = self._repeats = 0

    def try_now(self) -> None:
        """End the rest at once; the next call is the probe. What failed so far still counts."""
        if self._since is not None:
            self._rest = 0.0

    def _open(self, seconds: float) -> None:
        self._turn += 1
        self._probe = None
        self._since = self._clock.now()
        self._rest = seconds

    def _left(self) -> float:
        if self._since is None:
            return 0.0
        now = self._clock.now()
        if now < self._since:
            # The clock was set back: a rest never becomes longer by that.
            self._since = now
        return max(0.0, (self._since + timedelta(seconds=self._rest) - now).total_seconds())
