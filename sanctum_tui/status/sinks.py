"""Where status lines go."""

import logging
from collections.abc import Callable
from typing import Protocol

from sanctum_tui.status.events import Kind, Status

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Takes the lines of one place after the other. It may fail, or take too long: the others do not notice."""

    async def show(self, status: Status) -> None:
        """This is going on now; the line before it is out of date."""

    async def over(self, turn: int) -> None:
        """This turn, which had shown something, is over."""


class LogSink:
    """The log file: errors as warnings, what is merely still going on only for who looks closely."""

    async def show(self, status: Status) -> None:
        level = {Kind.TOOL_ERROR: logging.WARNING, Kind.TOOL_PROGRESS: logging.DEBUG}
        event = status.event
        log.log(level.get(event.kind, logging.INFO), "%s, turn %d: %s", event.source, event.turn, status.text)

    async def over(self, turn: int) -> None:
        log.debug("turn %d is over", turn)


class CallbackSink:
    """The screen: calls with each line, and with None when the turn whose line is shown is over."""

    def __init__(self, callback: Callable[[Status | None], None]) -> None:
        self._callback = callback
        self._turn: int | None = None

    async def show(self, status: Status) -> None:
        self._turn = status.event.turn
        self._callback(status)

    async def over(self, turn: int) -> None:
        if turn == self._turn:
            self._turn = None
            self._callback(None)
