"""Every event, past tense, and the one broadcast that tells them.

Listeners are called at once and in order, on the event loop, by whoever owns the state that changed: so a
headless evening prints the same lines each time. A listener must be quick. One that has slow work to do
keeps its own bounded buffer, as the chat pane does.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sanctum_tui.chat import ChatCleared, ChatGap, ChatLine, ChatNotice, MessageDeleted
from sanctum_tui.evening import Decision, Flag, Mark, Prompt, PromptStep, Session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionBegan:
    session: Session
    restored: bool
    """True where it goes on after a restart."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    session: Session
    why: str


@dataclass(frozen=True, slots=True)
class LinesHeard:
    """Lines arrived together."""

    lines: tuple[ChatLine, ...]


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """Something other than a line happened in the room."""

    what: ChatNotice | MessageDeleted | ChatCleared | ChatGap


@dataclass(frozen=True, slots=True)
class DecisionChanged:
    """The policy decided differently from the tick before: another action or another reason."""

    decision: Decision
    words: str


@dataclass(frozen=True, slots=True)
class PromptStepped:
    """A prompt took a step; `prompt` is as it is after it."""

    prompt: Prompt
    step: PromptStep


@dataclass(frozen=True, slots=True)
class LineFlagged:
    flag: Flag


@dataclass(frozen=True, slots=True)
class MomentMarked:
    mark: Mark


@dataclass(frozen=True, slots=True)
class AgentMuted:
    muted: bool


@dataclass(frozen=True, slots=True)
class DashboardChanged:
    markdown: str
    by: str
    """``operator`` (typed here) or ``file`` (changed outside)."""


@dataclass(frozen=True, slots=True)
class AirChanged:
    """The connection to a live channel, or what is known of its stream, is another than before."""


@dataclass(frozen=True, slots=True)
class StorageFailed:
    """Storing failed; what is not stored yet is kept in memory, as far as the bound allows."""

    sentence: str


@dataclass(frozen=True, slots=True)
class StorageRecovered:
    pass


Event: TypeAlias = (
    SessionBegan
    | SessionEnded
    | LinesHeard
    | RoomChanged
    | DecisionChanged
    | PromptStepped
    | LineFlagged
    | MomentMarked
    | AgentMuted
    | DashboardChanged
    | AirChanged
    | StorageFailed
    | StorageRecovered
)
Listener: TypeAlias = Callable[[Event], None]


class Broadcast:
    """Tells every event to every listener."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each event from now on; returns its own unsubscribe."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def tell(self, event: Event) -> None:
        """Tell an event. A listener that fails does not keep the others from hearing it."""
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
