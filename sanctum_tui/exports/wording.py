"""Numbers, times and names as a person would say them; what is quoted comes out escaped."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from sanctum_tui.evening import PromptState, Reason
from sanctum_tui.exports.escaping import escape
from sanctum_tui.exports.talk import Quote
from sanctum_tui.text import shorten

LONGEST_QUOTE = 320
"""Characters of a chat line that are quoted; what was posted is never cut."""

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_ACTORS = {"operator": "the operator", "agent": "the agent", "room": "the room", "delivery": "delivery"}

OUTCOMES = {
    PromptState.PENDING: "still waiting",
    PromptState.APPROVED: "approved, and not out yet",
    PromptState.SENDING: "on its way",
    PromptState.POSTED: "posted",
    PromptState.SKIPPED: "skipped",
    PromptState.EXPIRED: "expired",
    PromptState.STALE: "gone stale",
    PromptState.SUPERSEDED: "drafted anew",
    PromptState.REJECTED: "refused by the style guard",
    PromptState.HELD: "held back",
    PromptState.FAILED: "not posted",
    PromptState.UNKNOWN: "sent, with its outcome unknown",
}
"""What became of a prompt, to go behind a number or "it was"."""

SPELLS = {
    Reason.MUTED: "The agent was muted",
    Reason.LET_IT_BE: "The operator let the silence be",
    Reason.GATE_SHUT: "Nothing could be posted",
    Reason.NOT_HEARING: "Chat was away",
    Reason.OVER_BUDGET: "The evening's lines were used up",
}
"""Why the agent stayed quiet, to go before "from ... to ..."."""


def number(count: int) -> str:
    """A small number in words, a large one in digits, with its thousands apart."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def counted(count: int, one: str, many: str = "") -> str:
    """``one line``, ``three lines``, ``1,024 lines``."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def capital(sentence: str) -> str:
    """The sentence with its first letter large."""
    return sentence[:1].upper() + sentence[1:]


def hour(at: datetime, zone: tzinfo = UTC) -> str:
    """``21:14``."""
    return f"{at.astimezone(zone):%H:%M}"


def hour_exactly(at: datetime, zone: tzinfo = UTC) -> str:
    """``21:14:05``."""
    return f"{at.astimezone(zone):%H:%M:%S}"


def day(at: datetime, zone: tzinfo = UTC) -> str:
    """``2026-03-01``."""
    return f"{at.astimezone(zone):%Y-%m-%d}"


def offset(at: datetime, zone: tzinfo = UTC) -> str:
    """``UTC``, or ``UTC+01:00``: how far the evening's clock is from it."""
    off = at.astimezone(zone).utcoffset() or timedelta()
    minutes = round(off.total_seconds() / 60)
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def stream_time(seconds: float) -> str:
    """``01:02:03`` from the start of the stream, as a recording counts."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


def lasting(seconds: float) -> str:
    """``40 seconds``, ``9 minutes``, ``2 hours 5 minutes``."""
    if seconds < 99.5:
        whole = round(seconds)
        return f"{whole} {'second' if whole == 1 else 'seconds'}"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    told = [f"{hours} {'hour' if hours == 1 else 'hours'}"] if hours else []
    if rest or not hours:
        told.append(f"{rest} {'minute' if rest == 1 else 'minutes'}")
    return " ".join(told)


def actor(by: str) -> str:
    """Who took a step, in the middle of a sentence."""
    return _ACTORS.get(by) or escape(by) or "somebody"


def said(text: str) -> str:
    """A chat line in quotation marks, shortened where it is very long."""
    return f"“{escape(shorten(' '.join(text.split()), LONGEST_QUOTE))}”"


def block(quote: Quote, zone: tzinfo = UTC) -> str:
    """A line of the room as a quotation of its own."""
    text = escape(shorten(" ".join(quote.text.split()), LONGEST_QUOTE))
    return f"> {text}\n>\n> — {escape(quote.name)}, {hour(quote.at, zone)}"
