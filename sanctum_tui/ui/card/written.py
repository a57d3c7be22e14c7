"""A line that is being written, as the card shows it: as far as it is, and for as long as work on it goes on."""

BEAT_SECONDS = 0.2
"""A line that is being written grows so often on the screen: a model's pieces come up to ten times as fast."""
_LINGER_SECONDS = 2.0
"""How long a written line stays that does not grow, while no status says that work on it goes on.

Longer than the guard and the database need until it waits; one that came to nothing shall not stay.
"""
_MOST = 600
"""Characters of it that are shown; the guard lets far fewer stand."""


class Written:
    """What is written so far, and the status, which says in a few words what goes on."""

    def __init__(self) -> None:
        self.line = ""
        self.status = ""
        self._painted = ""
        """As much of the line as is on the screen."""
        self._quiet_beats = 0
        """Beats since it grew."""

    @property
    def shown(self) -> str:
        """The line, with a sign that it goes on; "" where none is written."""
        return f"{self.line}▌" if self.line else ""

    def grow(self, line: str) -> bool:
        """Take the line as far as it is; whether that cannot wait for a beat."""
        begins = not self.line
        self.line, self._quiet_beats = line[:_MOST], 0
        return begins or not line

    def say(self, status: str) -> bool:
        """Take the status; whether it is another one."""
        if status == self.status:
            return False
        self.status, self._quiet_beats = status, 0
        return True

    def beat(self) -> bool:
        """Let time pass; whether the screen shows something else than what is written."""
        self._quiet_beats += 1
        if not self.status and self._quiet_beats * BEAT_SECONDS > _LINGER_SECONDS:
            self.line = ""
        return self.line != self._painted

    def paint(self) -> None:
        """It is put on the screen as it is."""
        self._painted = self.line
