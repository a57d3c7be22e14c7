"""What was sent to the room a short while ago, and which of the room's lines are that: by id, else by the words."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import Clock
from sanctum_tui.text import one_line, single_spaced

ECHO_MINUTES = 10
"""How long after a line was sent the room may still show it: as long as Twitch repeats undelivered events."""
_MOST_IDS = 1_000


@dataclass(slots=True, eq=False)
class Sent:
    """A text on its way, or sent a short while ago."""

    ticket: str
    text: str
    at: datetime
    left: bool = False
    """A request with it was made: it may be in the room."""
    unknown: bool = False
    """Its answer was lost: it may as well not be in the room."""
    awaited: bool = False
    """The room may show it with an id that we have not been told."""
    shown: ChatMessage | None = None
    """The line of the room that was taken for it."""
    echoed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a line was taken for it."""

    @property
    def shown_id(self) -> str:
        return self.shown.id if self.shown is not None else ""


class SentTexts:
    """Remembers what was sent, for ten minutes; each text accounts for one line of the room."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: list[Sent] = []
        self._ids: OrderedDict[str, None] = OrderedDict()
        self._tickets = count(1)

    def add(self, text: str) -> Sent:
        """This text is about to be sent."""
        self._sent = [sent for sent in self._sent if self._is_recent(sent)]
        sent = Sent(str(next(self._tickets)), text, self._clock.now())
        self._sent.append(sent)
        return sent

    def seconds_since(self, text: str) -> float | None:
        """How long ago exactly this text was last sent, or None where that is long past."""
        return min(
            (self._age(sent) for sent in self._sent if sent.text == text and self._is_recent(sent)), default=None
        )

    def leaves(self, sent: Sent) -> None:
        """The request is made: from now on the room may show it."""
        sent.left = True
        sent.awaited = sent.shown is None

    def arrived(self, sent: Sent, id: str) -> None:
        """It is in the room, with that id, and a line that was taken for it by its words may be another text's."""
        sent.awaited = False
        if sent.shown_id not in ("", id):
            self._pass_on(sent)
        self._know(id)

    def never_arrived(self, sent: Sent) -> None:
        """It is certainly not in the room, and a line that was taken for it is another text's."""
        self._sent = [other for other in self._sent if other is not sent]
        self._pass_on(sent)

    def is_one(self, message: ChatMessage) -> bool:
        """Whether this line from our account was sent from here. One that is known by its words counts once."""
        if message.id and message.id in self._ids:
            return True
        return not message.shared_from and self._claim(message)

    def shown_at(self, ticket: str) -> datetime | None:
        """When the room showed the text of that ticket, or None: it has not, or it was sent too long ago."""
        return next((sent.shown.at for sent in self._sent if sent.ticket == ticket and sent.shown is not None), None)

    def _claim(self, message: ChatMessage) -> bool:
        """Take the line for the text that it most likely is.

        One that is in the room or on its way there comes before one of which nobody knows; of several of those it
        is the last, for an echo comes soon if it comes at all.
        """
        words = _folded(message.text)
        may_be = [
            sent for sent in self._sent if sent.awaited and self._is_recent(sent) and _folded(sent.text) == words
        ]
        if not may_be:
            return False
        sent = min(may_be, key=lambda one: (one.unknown, one.text != single_spaced(message.text), self._age(one)))
        sent.awaited, sent.shown = False, message
        sent.echoed.set()
        self._know(message.id)
        return True

    def _pass_on(self, sent: Sent) -> None:
        message, sent.shown = sent.shown, None
        if message is not None:
            self._claim(message)

    def _know(self, id: str) -> None:
        if id:
            self._ids[id] = None
            if len(self._ids) > _MOST_IDS:
                self._ids.popitem(last=False)

    def _age(self, sent: Sent) -> float:
        return max(0.0, (self._clock.now() - sent.at).total_seconds())

    def _is_recent(self, sent: Sent) -> bool:
        return self._age(sent) < ECHO_MINUTES * 60


def _folded(text: str) -> str:
    return one_line(text).casefold()
