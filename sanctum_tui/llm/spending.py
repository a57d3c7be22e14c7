"""What the models used and cost this evening, and the operator's limit on it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sanctum_tui.llm.ports import Usage
from sanctum_tui.settings.models import ModelChoice

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """What one model, or all of them, used. Cost is in whatever currency the prices are in."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens_in + other.tokens_in, self.tokens_out + other.tokens_out, self.cost + other.cost)


def _nothing_of(name: str, spent: Spent) -> None:
    """Where nobody wants to be told."""


class Spending:
    """The account of one evening. One that goes on after a restart is given what it had by `restore`."""

    def __init__(self, choices: Iterable[ModelChoice], *, tokens: int = 0, cost: float = 0.0) -> None:
        """`tokens` and `cost` are the limits of the evening; 0: none."""
        self._prices = {choice.name: (choice.price_in, choice.price_out) for choice in choices}
        self._spent: dict[str, Spent] = {}
        self.on_count: Callable[[str, Spent], None] = _nothing_of
        """Called with each call's model and what it used."""
        self.limit(tokens=tokens, cost=cost)

    def limit(self, *, tokens: int = 0, cost: float = 0.0) -> None:
        """Set the limits anew; 0: none."""
        self._most_tokens = tokens
        self._most_cost = cost

    def count(self, name: str, used: Usage) -> None:
        """A call of this model used so much."""
        price_in, price_out = self._prices.get(name, (0.0, 0.0))
        cost = (used.tokens_in * price_in + used.tokens_out * price_out) / _MILLION
        spent = Spent(used.tokens_in, used.tokens_out, cost)
        self._spent[name] = self.of(name) + spent
        self.on_count(name, spent)

    def restore(self, before: Mapping[str, Spent]) -> None:
        """What these models used before a restart; it cost what it cost then, whatever the prices are now."""
        for name, spent in before.items():
            self._spent[name] = self.of(name) + spent

    def of(self, name: str) -> Spent:
        return self._spent.get(name, Spent())

    def total(self) -> Spent:
        return sum(self._spent.values(), Spent())

    def reached(self) -> str:
        """The sentence that says which limit is reached, or empty while none is."""
        total = self.total()
        if self._most_tokens and total.tokens >= self._most_tokens:
            return (
                f"The models have used {total.tokens:,} tokens tonight, and LLM_BUDGET_TOKENS is "
                f"{self._most_tokens:,}; they are not asked any more. Raise it to go on."
            )
        if self._most_cost and total.cost >= self._most_cost:
            return (
                f"The models have cost {total.cost:.2f} tonight, and LLM_BUDGET_COST is {self._most_cost:g}; "
                "they are not asked any more. Raise it to go on."
            )
        return ""
