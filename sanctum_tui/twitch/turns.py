"""The bounded queue between the network and the evenings, which take their turns at it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from sanctum_tui.chat import ChatEvent

BATCH_EVENTS = 200
"""Events handed out at once, so that whoever takes them gives the event loop its turn."""


class _Turn:
    """One evening's share of what happens."""

    def __init__(self) -> None:
        self.last: int | None = None
        """Number of the last event that is its; None while all that comes is."""


class Turns:
    """Events in order, each handed out once, to the evening whose turn it is."""

    def __init__(self, bound: int) -> None:
        """So many events may wait before whoever brings them waits in `room`."""
        self._bound = bound
        self._events: deque[ChatEvent] = deque()
        self._put = 0
        self._handed = 0
        """How many events were ever put in, and handed out."""
        self._turn = _Turn()
        self._some = asyncio.Event()
        self._roomy = asyncio.Event()
        self._ended = False

    @property
    def over(self) -> bool:
        """Whether the turn is to end, or all of them."""
        return self._ended or self._turn.last is not None

    def begin(self) -> None:
        """Another evening's turn: it takes what is there and what comes. An `end_turn` from before is forgotten."""
        self._turn = _Turn()
        self._some.set()

    async def batches(self) -> AsyncIterator[Sequence[ChatEvent]]:
        """What there is, as much at a time, up to a bound; ends with the turn, or when all before `end` is told."""
        turn = self._turn
        while turn is self._turn:
            share = len(self._events) if turn.last is None else min(len(self._events), turn.last - self._handed)
            if share > 0:
                batch = [self._events.popleft() for _ in range(min(share, BATCH_EVENTS))]
                self._handed += len(batch)
                if len(self._events) < self._bound:
                    self._roomy.set()
                yield batch
                await asyncio.sleep(0)
            elif turn.last is not None:
                self._turn = _Turn()
            elif self._ended:
                return
            else:
                self._some.clear()
                await self._some.wait()

    def end_turn(self) -> None:
        """All that is there by now still belongs to this turn; what comes later is the next one's.

        It holds for the batches under way, or, where nobody takes any yet, for those that are asked for next.
        """
        if self._turn.last is None:
            self._turn.last = self._put
            self._some.set()

    def put(self, event: ChatEvent) -> None:
        """Take in an event; never waits. Nothing after `end`."""
        if not self._ended:
            self._events.append(event)
            self._put += 1
            self._some.set()

    async def room(self) -> None:
        """Wait until the queue is shorter than its bound."""
        while len(self._events) >= self._bound and not self._ended:
            self._roomy.clear()
            await self._roomy.wait()

    def end(self) -> None:
        """Nothing is taken in from now on, and what was is still told."""
        self._ended = True
        self._some.set()
        self._roomy.set()
