"""Where approved lines go while a log is replayed: into the room on the screen and the ledger, never to a network."""

from collections.abc import Awaitable, Callable

from sanctum_tui.chat import ChatMessage, NotSent, Posted, Receipt
from sanctum_tui.clock import Clock


class ReplaySink:
    """Puts a posted line into the replayed room, at the replay's own time."""

    def __init__(
        self, clock: Clock, *, login: str, name: str, echo: Callable[[ChatMessage], Awaitable[None]]
    ) -> None:
        """`echo` takes the line in as part of the room."""
        self._clock = clock
        self._login = login
        self._name = name
        self._posted = 0
        self._echo = echo

    async def post(self, text: str, *, shut: Callable[[], str]) -> Receipt:
        if reason := shut():
            return NotSent(reason)
        self._posted += 1
        at = self._clock.now()
        message = ChatMessage(at, self._login, self._name, text, id=f"replay-post-{self._posted}")
        await self._echo(message)
        return Posted(message.id, at)

    def shown_at(self, ticket: str) -> None:
        """Nothing to ask: here no outcome is ever unknown."""
