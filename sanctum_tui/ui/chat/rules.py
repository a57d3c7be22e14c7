"""Rules across the chat, where a day begins or after a long pause. Pure."""

from datetime import datetime, timedelta, tzinfo
from typing import Final

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
        return f"{_long(at - before)} of quiet"
    return ""


def _long(pause: timedelta) -> str:
    minutes = int(pause.total_seconds()) // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
