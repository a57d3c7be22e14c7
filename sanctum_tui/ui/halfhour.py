"""Keeps the pulse of an evening: from what is stored where it goes on, and from what happens then."""

from datetime import datetime
from typing import TYPE_CHECKING

from sanctum_tui.evening import Silence
from sanctum_tui.events import Event, LinesHeard, MomentMarked, PromptStepped
from sanctum_tui.ui.pulse import HALF_HOUR, Pulse, Trace

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening

_PAGE = 2048
_MOST_PAGES = 32
"""A room of two thousand lines a minute; in a busier one the first minutes after a restart look calmer."""
_MOST_SILENCES = 60
"""The shortest that count are a minute and more: half an hour holds no more of them."""


class HalfHour:
    """What the silence pane draws of the last half hour."""

    def __init__(self, evening: "Evening") -> None:
        self._evening = evening
        self._pulse = Pulse()
        self._drawn: tuple[Pulse, datetime, int, bool] | None = None
        self._trace = Trace()

    async def restore(self) -> None:
        """Take in the half hour before the evening was left."""
        evening = self._evening
        for prompt in evening.queue.prompts:
            self._pulse = self._pulse.stepped(prompt)
        for mark in (await evening.record()).marks:
            self._pulse = self._pulse.marked(mark.at)
        session, number, since = evening.keeping.session.id, evening.room.count + 1, evening.now() - HALF_HOUR
        for _ in range(_MOST_PAGES):
            page = await evening.memory.evenings.lines_before(session, number, _PAGE)
            if not page:
                return
            self._pulse = self._pulse.heard(page)
            if page[0].message.at < since:
                return
            number = page[0].number

    def hear(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case LinesHeard(lines):
                self._pulse = self._pulse.heard(lines)
            case PromptStepped(prompt):
                self._pulse = self._pulse.stepped(prompt)
            case MomentMarked(mark):
                self._pulse = self._pulse.marked(mark.at)
            case _:
                pass

    def trace(self) -> Trace:
        """The half hour as it is at this moment, with the silence that still goes on where it is long enough."""
        evening, now = self._evening, self._evening.now()
        room, silences = evening.room, evening.room.silences
        since = (now - room.quiet_since).total_seconds()
        lasting = since > evening.settings.hearthkeeper_inactivity_minutes * 60
        # It is asked for each second, and looks different once a minute.
        drawn = self._pulse, now.replace(second=0, microsecond=0), len(silences), lasting
        if self._drawn != drawn:
            self._drawn = drawn
            going_on = [Silence(room.quiet_since, since)] if lasting else []
            self._trace = self._pulse.trace(now, [*silences[-_MOST_SILENCES:], *going_on])
        return self._trace
