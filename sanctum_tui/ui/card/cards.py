"""The review card as a value: what it says of the line that the keys are about. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sanctum_tui.agent.policies import minutes
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.prompt import OPEN, too_late

HIDDEN = "hidden in private mode"
CHANGED_JUST_NOW = "The card just changed; press again."
SETTLE_SECONDS = 0.3
"""A key pressed sooner than this after the card turned to another line was meant for the one before."""

_S = PromptState
SIGNS = {
    _S.PENDING: "◆", _S.APPROVED: "✓", _S.SENDING: "→", _S.POSTED: "✓", _S.SKIPPED: "–", _S.EXPIRED: "·",
    _S.STALE: "~", _S.SUPERSEDED: "↻", _S.REJECTED: "✕", _S.HELD: "‖", _S.FAILED: "✕", _S.UNKNOWN: "?",
}  # fmt: skip
_STYLES = {
    _S.PENDING: "-ready", _S.APPROVED: "-active", _S.SENDING: "-active", _S.HELD: "-settling",
    _S.REJECTED: "-wrong", _S.FAILED: "-wrong", _S.UNKNOWN: "-wrong",
}  # fmt: skip
_EARLIER = 6
"""Earlier lines that the card lists."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A line that is done with."""

    told: str
    """What became of it, in one sentence."""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What the review pane shows. With no `number` nothing waits."""

    number: int | None = None
    state: PromptState | None = None
    heading: str = "Nothing waits for you."
    reason: str = ""
    """Why it stands so, as somebody noted it."""
    style: str = ""
    line: str = ""
    exact: str = ""
    """Exactly what would be posted, or was; empty where nothing waits."""
    exact_label: str = ""
    why: str = ""
    sources: str = ""
    lapses: str = ""
    """When it will be too late for the line."""
    earlier: tuple[Earlier, ...] = ()
    """The latest lines that are done with, newest first."""


@dataclass(frozen=True, slots=True)
class Check:
    """What is said of a line while it is edited."""

    exact: str
    count: str
    verdict: str
    passed: bool
    line: str = ""
    """The words as they would be approved, which the exact text begins with."""
    rules: tuple[str, ...] = ()
    """What the guard has against them."""
    then: str = ""
    """What Enter does."""
    insists: bool = False
    """Whether Enter posts them against the guard's word."""


def card_of(
    prompts: Sequence[Prompt],
    current: Prompt | None,
    now: datetime,
    *,
    leaves_in: int | None = None,
    lapses: str = "",
    muted: bool = False,
) -> Card:
    """The card for the line the keys are about; `leaves_in` counts the seconds until an approved one goes out.

    `lapses` is what `lapse_of` says of it. While the agent is muted, what is approved is held.
    """
    earlier = tuple(
        Earlier(f"{SIGNS[prompt.state]} {too_late(prompt, now)}", prompt.line)
        for prompt in sorted(prompts, key=lambda prompt: -prompt.number)
        if prompt.state not in OPEN
    )[:_EARLIER]
    if current is None or current.state not in OPEN:
        return Card(earlier=earlier)
    state = current.state
    sign, number = SIGNS[state], current.number
    return Card(
        number=number,
        state=state,
        heading=f"{sign} {_heading(current, leaves_in, muted=muted)}",
        reason=current.steps[-1].reason if current.steps and state in _REASONED else "",
        style=_STYLES.get(state, ""),
        line=current.line,
        exact=current.text,
        exact_label=_LABELS.get(state, "Will be posted exactly as:"),
        why=current.why,
        sources=", ".join(current.draft.sources),
        lapses=lapses,
        earlier=earlier,
    )


_LABELS = {
    _S.REJECTED: "It would have been posted as:",
    _S.FAILED: "It was to be posted as:",
    _S.UNKNOWN: "It was sent exactly as:",
    _S.SENDING: "Goes out exactly as:",
    _S.APPROVED: "Goes out exactly as:",
}


def lapse_of(prompt: Prompt, now: datetime, *, answer_until: datetime | None, ends_in: float | None) -> str:
    """When it will be too late for a line, and by what.

    `answer_until` is for an answer to somebody, which time makes stale and talk does not; `ends_in` are the
    seconds to the evening's end, where that is known.
    """
    end = "when the evening ends" if ends_in is None else f"in {minutes(ends_in)}, when the evening ends"
    match prompt.state:
        case _S.PENDING if answer_until is not None:
            left = minutes((answer_until - now).total_seconds())
            return f"As an answer it goes stale in {left}; talk leaves it alone."
        case _S.PENDING:
            return f"Goes stale when people talk; expires {end}."
        case _S.HELD:
            return f"Talk leaves it alone; expires {end}."
        case _S.REJECTED | _S.FAILED:
            return "It stays until you decide, and keeps no other line back."
        case _:
            return ""


_REASONED = frozenset({_S.HELD, _S.REJECTED, _S.FAILED, _S.UNKNOWN})


def _heading(prompt: Prompt, leaves_in: int | None, *, muted: bool) -> str:
    number = prompt.number
    match prompt.state:
        case _S.PENDING:
            return f"Line {number} waits for you{'; muted, a yes holds it' if muted else ''}"
        case _S.APPROVED:
            when = "" if leaves_in is None else f" in {leaves_in} s"
            if muted:
                return f"Line {number} is held{when}, as you muted; u takes it back"
            return f"Line {number} goes out{when}; u takes it back"
        case _S.SENDING:
            return f"Line {number} is being posted"
        case _S.HELD:
            return f"Line {number} is held"
        case _S.REJECTED:
            return f"The style guard refused line {number}; e edits it"
        case _S.FAILED:
            return f"Line {number} was not posted"
        case _:
            return f"Nobody knows whether line {number} was posted: is it in the room?"
