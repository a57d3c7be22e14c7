"""What the chat pane may ask of the store: lines of every evening that was on this screen, by their numbers."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sanctum_tui.chat import ChatLine
from sanctum_tui.memory.removed import NOTHING, Removed
from sanctum_tui.memory.wanted import Wanted

if TYPE_CHECKING:
    from sanctum_tui.memory.engine import Memory


class History:
    """Several evenings may follow each other on one screen; their lines are numbered on."""

    def __init__(self, memory: "Callable[[], Memory | None]", sessions: Callable[[], Sequence[int]]) -> None:
        """`sessions` are those so far, the latest first."""
        self._memory = memory
        self._sessions = sessions

    async def wanted_before(self, wanted: Wanted, number: int, limit: int) -> tuple[ChatLine, ...]:
        """Up to so many wanted lines with numbers below this one, the nearest ones, ascending."""
        memory = self._memory()
        found: tuple[ChatLine, ...] = ()
        for session in self._sessions():
            if memory is not None and len(found) < limit:
                found = await memory.people.wanted_before(session, wanted, number, limit - len(found)) + found
        return found

    async def wanted_after(self, wanted: Wanted, number: int, limit: int) -> tuple[ChatLine, ...]:
        """Up to so many wanted lines with numbers above this one, the nearest ones, ascending."""
        memory = self._memory()
        found: tuple[ChatLine, ...] = ()
        for session in reversed(self._sessions()):
            if memory is not None and len(found) < limit:
                found += await memory.people.wanted_after(session, wanted, number, limit - len(found))
        return found

    async def removed(self, first: int, last: int) -> Removed:
        """What moderators removed, from one line to the other."""
        memory = self._memory()
        found = NOTHING
        for session in reversed(self._sessions()):
            if memory is not None:
                found |= await memory.evenings.removed(session, first, last)
        return found
