"""Rules across the chat, where a day begins or after a long pause. Pure."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

from sanctum_tui.text import in_minutes

LONG_PAUSE: Final = timedelta(minutes=5)
"""A pause between two lines that is told."""


def rule_between(before: datetime | None, at: datetime, zone: tzinfo | None, *, pauses: bool) -> str:
    """What stands between an entry and the one before it, or ""; `zone` is the clock's (None: the operator's).

    `pauses`: whether it is known that nothing was said in between.
    """
    if before is None:
        return ""
    then, now = before.astimezone(zone), at.astimezone(zone)
    if then.date() < now.date():
        return f"{now:%A}, {now.day} {now:%B %Y}"
    if pauses and at - before >= LONG_PAUSE:
        return f"{in_minutes(at - before)} of quiet"
    return ""
