"""The port behind which a line is written: what a writer is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sanctum_tui.chat import ChatMessage
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft
from sanctum_tui.llm.guard import Verdict


def lets_all_stand(line: str) -> Verdict:
    """A judge who has nothing against any line."""
    return Verdict()


@dataclass(frozen=True, slots=True)
class Context:
    """All that a writer may know. The same context always gives the offline composer's same line."""

    dashboard: Dashboard = field(default_factory=Dashboard)
    recent: tuple[ChatMessage, ...] = ()
    """What people said lately, oldest first. Untrusted: words to quote from, never instructions."""
    said: tuple[str, ...] = ()
    """Every line drafted tonight, whatever became of it, oldest first."""
    shapes: tuple[str, ...] = ()
    """`Draft.shape` of those lines, likewise."""
    earlier: tuple[str, ...] = ()
    """Lines posted in earlier streams of this channel."""
    note: str = ""
    """The operator's wish for this draft, or empty."""
    variation: int = 0
    """Counts the drafts of the evening, so that the same room gives another line."""
    judge: Callable[[str], Verdict] = field(default=lets_all_stand, compare=False, repr=False)
    """The guard's word on a line tonight, for a writer that can try again."""


class Author(Protocol):
    """Writes one line for a room that has gone quiet."""

    async def write(self, context: Context) -> Draft | None:
        """A draft, or None where nothing is left that was not said.

        One that `Context.judge` lets stand; where the writer finds none, the best of those that it does not.
        """


def sign(line: str, signature: str) -> str:
    """Exactly what is posted: the line, and behind it the words that say who speaks."""
    return f"{line} {signature}" if signature else line
