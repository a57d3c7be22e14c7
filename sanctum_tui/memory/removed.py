"""What moderators took away of a stretch of lines: which lines, and whose they cleared. Pure."""

from dataclasses import dataclass

from sanctum_tui.chat import ChatCleared


@dataclass(frozen=True, slots=True)
class Removed:
    """Of the lines from one number to another."""

    numbers: frozenset[int] = frozenset()
    """Lines that are no longer to be shown."""
    clearings: tuple[tuple[int, ChatCleared], ...] = ()
    """Whose lines were removed, each behind the line of that number, in the order in which it happened."""

    def __or__(self, other: "Removed") -> "Removed":
        return Removed(self.numbers | other.numbers, self.clearings + other.clearings)


NOTHING = Removed()
