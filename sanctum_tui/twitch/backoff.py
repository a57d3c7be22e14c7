"""How long to wait before the next attempt: twice as long after each failure, up to a bound, and never in step."""

from collections.abc import Callable
from dataclasses import dataclass

from sanctum_tui.twitch.values import Timing


@dataclass(frozen=True, slots=True)
class Backoff:
    """The waits of one who tries again."""

    timing: Timing
    random: Callable[[], float]
    """At least 0, below 1."""

    def longest(self, failures: int) -> float:
        """Seconds that the wait after so many failures, besides this one, takes at most."""
        doubled = self.timing.retry_first * 2.0 ** min(failures, 32)
        return min(doubled, self.timing.retry_most)

    def seconds(self, failures: int) -> float:
        """A wait: from half of the longest up to it, so that many consoles do not come back at one moment."""
        return self.longest(failures) * (0.5 + self.random() / 2)
