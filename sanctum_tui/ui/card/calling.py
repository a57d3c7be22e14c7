"""Calls the operator when a line waits, by the ways that the settings name: once a line, and quietly."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.ui.card.noticing import TITLE_WAITS, WAITS, dialect, notification, title, title_restored

if TYPE_CHECKING:
    from sanctum_tui.settings import Settings

CALLING = frozenset({PromptState.PENDING, PromptState.UNKNOWN})
"""What only the operator can move on, and should soon: nothing else is drafted meanwhile."""


class Caller:
    """Writes to the terminal beside the screen; what was changed there is put back by `close`."""

    def __init__(
        self, write: Callable[[str], None], bell: Callable[[], None], environment: Mapping[str, str]
    ) -> None:
        self._write = write
        self._bell = bell
        self._environment = environment
        self._called_for = 0
        """Number of the last line that was called for."""
        self._titled = False

    def arrived(self, prompt: Prompt, settings: "Settings") -> None:
        """A line took a step. One that waits for the first time rings and notifies; it does so once."""
        if prompt.state is not PromptState.PENDING or prompt.number <= self._called_for:
            return
        self._called_for = prompt.number
        if settings.bell:
            self._bell()
        spoken = dialect(settings.notify_desktop, self._environment)
        if sequence := notification(spoken, WAITS, self._environment):
            self._write(sequence)

    def stands(self, current: Prompt | None, settings: "Settings", *, playing: bool = True) -> bool:
        """How it stands by now: the title says so while a line waits. Whether one does."""
        waits = playing and current is not None and current.state in CALLING
        titled = waits and settings.notify_title
        if titled and not self._titled:
            self._write(title(TITLE_WAITS))
        elif self._titled and not titled:
            self._write(title_restored())
        self._titled = titled
        return waits

    def close(self) -> None:
        """Nobody is called any more; the title is as it was."""
        if self._titled:
            self._titled = False
            self._write(title_restored())
