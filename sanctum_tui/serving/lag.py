"""Whether a page shows what it should by now: nothing may be done about a line that the page has yet to paint.

The console takes no yes for a line within 0.3 s of its coming up, which is of use only to who sees it come up. So a
page that has painted all that is older than `LATE_SECONDS` may go on; the rest of the console's 0.3 s is for what
happens before a picture is here. A page that was later than that has to be looked at first.
"""

from collections import deque

LATE_SECONDS = 0.15
"""From the console's writing something until the page says that it shows it: several times what it takes at home."""
LOOK_SECONDS = 0.3
"""What a page was late with is looked at for so long before it is acted on, as with the console itself."""


class Due:
    """Which change of the screen every page should have painted by now."""

    def __init__(self) -> None:
        self._due = -1
        self._last = -1
        self._fresh: deque[tuple[int, float]] = deque()
        """Versions in which the screen changed, and when: those that no page has to have painted yet."""

    def changed(self, version: int, now: float) -> None:
        """Rows have changed last in `version`."""
        self.by(now)
        if version > self._last:
            self._last = version
            self._fresh.append((version, now))

    def by(self, now: float) -> int:
        """The version that should be in sight at this time; -1 before there was any."""
        while self._fresh and now - self._fresh[0][1] > LATE_SECONDS:
            self._due = self._fresh.popleft()[0]
        return self._due
