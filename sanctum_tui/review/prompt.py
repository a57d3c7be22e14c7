"""A prompt's life: which step may follow which, and in what words. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sanctum_tui.evening import Prompt, PromptState, PromptStep
from sanctum_tui.text import clean_line, first_seen

S = PromptState

NEXT: dict[PromptState, frozenset[PromptState]] = {
    S.PENDING: frozenset({S.APPROVED, S.SKIPPED, S.HELD, S.STALE, S.SUPERSEDED, S.EXPIRED, S.REJECTED}),
    S.REJECTED: frozenset({S.APPROVED, S.SKIPPED, S.SUPERSEDED, S.EXPIRED}),
    S.HELD: frozenset({S.APPROVED, S.PENDING, S.REJECTED, S.SKIPPED, S.SUPERSEDED, S.EXPIRED}),
    S.APPROVED: frozenset({S.SENDING, S.PENDING, S.REJECTED, S.HELD, S.EXPIRED}),
    S.SENDING: frozenset({S.POSTED, S.FAILED, S.UNKNOWN, S.HELD}),
    S.UNKNOWN: frozenset({S.POSTED, S.FAILED}),
    S.FAILED: frozenset({S.APPROVED, S.SKIPPED}),
    S.SKIPPED: frozenset({S.PENDING, S.REJECTED}),
    S.POSTED: frozenset(),
    S.STALE: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.EXPIRED: frozenset(),
}
"""What may follow what. Only `APPROVED` leads to `SENDING`, and nothing leads back to it without another yes:
a line goes out at most once for each time that the operator said yes."""

_OUTBOX = frozenset({(S.SENDING, S.HELD)})
"""Steps that the outbox alone may take: it alone knows that what was about to leave has not left."""

WAITING = frozenset({S.PENDING, S.HELD, S.APPROVED, S.SENDING, S.UNKNOWN})
"""While a prompt is in one of these, no second one is drafted."""

OPEN = WAITING | {S.REJECTED, S.FAILED}
"""The operator may still want to do something about it."""

SETTLED = frozenset({S.POSTED, S.SKIPPED, S.UNKNOWN, S.FAILED, S.REJECTED})
"""From these the prompt interval counts: an unknown one may well have been posted, and after one that the room
or the guard refused, the next is not tried at every tick."""

DELIVERY = "delivery"
"""Author of the steps that the outbox takes."""

ROOM = "room"
"""Author of the steps that follow from what was said in the room."""

GUARD = "guard"
"""Author of the step into ``rejected`` with which the guard refuses a draft."""

OVERRIDE = "operator overrode the guard: "
"""What the reason of a yes begins with that was said though the guard had said no; its rules follow."""

MOST_CHARACTERS = 500
"""The longest chat message Twitch takes, in characters, signature included."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of something the operator asked for, in words for the screen."""

    done: bool
    words: str
    prompt: Prompt | None = None


def may_step(state: PromptState, to: PromptState, *, by: str = "") -> bool:
    """Whether a prompt in `state` may step to `to`; `by` is who wants it, where that is `DELIVERY`."""
    return to in NEXT[state] and (by == DELIVERY or (state, to) not in _OUTBOX)


def approved_text(prompt: Prompt) -> str | None:
    """The text the operator last said yes to, character for character, or None where nobody has."""
    for step in reversed(prompt.steps):
        if step.state is S.APPROVED:
            return step.text
    return None


def last_step(prompt: Prompt, state: PromptState) -> PromptStep | None:
    """The latest step into a state."""
    return next((step for step in reversed(prompt.steps) if step.state is state), None)


def refused_before(prompt: Prompt) -> str:
    """Why the guard says no to the words as they stand, or "" where its last word on them was not no.

    It refused them as a draft, or the operator said yes to them against its word, which holds for that once.
    """
    for step in reversed(prompt.steps):
        if step.text != prompt.text:
            continue
        if step.state is S.APPROVED or (step.state is S.REJECTED and step.by == GUARD):
            return step.reason.removeprefix(OVERRIDE)
    return ""


def waits_as(prompt: Prompt) -> PromptState:
    """What a line is again when a yes or a skip is taken back: one that the guard refused is refused still."""
    return S.REJECTED if refused_before(prompt) else S.PENDING


def last_decided(prompts: Iterable[Prompt]) -> Prompt | None:
    """The line that something was last decided about; one that has only been drafted since is not it."""
    decided = (prompt for prompt in prompts if len(prompt.steps) > 1)
    return max(decided, key=lambda prompt: (prompt.changed_at, prompt.number), default=None)


def kept_out_by(prompt: Prompt, waiting: Prompt | None) -> Prompt | None:
    """The line that waits in the place of a skipped one, which therefore cannot come back: one waits at a time.

    A yes is taken back whatever waits: it would go out.
    """
    taken = waiting is not None and waiting.number != prompt.number and prompt.state is S.SKIPPED
    return waiting if taken else None


def judged_at(prompt: Prompt) -> datetime:
    """When it was last thought to fit the moment: when it was drafted, or by a step of somebody's own.

    The outbox, which holds a line and asks again, judges nothing.
    """
    own = (step.at for step in reversed(prompt.steps) if step.by != DELIVERY)
    return max(prompt.drafted_at, next(own, prompt.drafted_at))


def held_by_gate(prompt: Prompt) -> bool:
    """Whether the operator said yes and the gate was shut; one kept for later by hand is not."""
    return prompt.state is S.HELD and (step := last_step(prompt, S.HELD)) is not None and step.by == DELIVERY


def unsendable(text: str) -> str | None:
    """Why no chat would take this text as it stands, or None where it would.

    Twitch takes 500 characters at most, reads a leading ``/`` or ``.`` as a command (and strips the first
    word of some), and refuses an empty line.
    """
    first = first_seen(text)
    if not first:
        return "There are no words in it."
    if first in "/.":
        return f"It begins with “{first}”, which chat takes for a command."
    if len(text) > MOST_CHARACTERS:
        return f"It has {len(text)} characters with the signature; chat takes {MOST_CHARACTERS}."
    if clean_line(text) != text:
        return "It has a line break, or signs that chat would obey instead of show."
    return None


def too_late(prompt: Prompt, now: datetime) -> str:
    """One sentence for a key pressed on a prompt that has moved on: what it is by now, and what to do."""
    ago = max(0, round((now - prompt.changed_at).total_seconds()))
    when = "just now" if ago < 2 else f"{ago} s ago" if ago < 120 else f"{ago // 60} min ago"
    told = {
        S.APPROVED: "is approved already and about to go out; u takes it back.",
        S.SENDING: "is being posted at this moment.",
        S.POSTED: f"was posted {when}.",
        S.SKIPPED: f"was skipped {when}.",
        S.EXPIRED: f"expired {when}: {prompt.steps[-1].reason if prompt.steps else ''}.",
        S.STALE: f"went stale {when}: {prompt.steps[-1].reason if prompt.steps else ''}. Nothing was posted.",
        S.SUPERSEDED: f"was drafted anew {when}; a newer line took its place.",
        S.REJECTED: "was refused by the style guard; e edits it.",
        S.HELD: "is held; a approves it, s lets it go.",
        S.FAILED: "was refused by the room; it was not posted.",
        S.UNKNOWN: "was sent, and the answer lost; settle it first.",
        S.PENDING: "still waits for you.",
    }
    return f"Line {prompt.number} {told[prompt.state]}"
