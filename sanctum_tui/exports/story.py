"""What the agent did, told from the stored steps: each prompt's life, and when the agent kept quiet on order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from sanctum_tui.evening import Decision, Prompt, PromptState, PromptStep, Reason
from sanctum_tui.exports.quiet import Pause, answer_to
from sanctum_tui.exports.talk import Quote

TELLING = frozenset({Reason.MUTED, Reason.LET_IT_BE, Reason.GATE_SHUT, Reason.NOT_HEARING, Reason.OVER_BUDGET})
"""Reasons to stay quiet that somebody gave, or ran into; the others are the evening's ordinary course."""


class Kind(StrEnum):
    """What became of some words between the draft and the last version."""

    KEPT = "kept"
    STRUCK = "struck"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of an edited line, and what became of them."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class PromptStory:
    """One drafted line, from why it was written to what became of it."""

    number: int
    mode: str
    why: str
    writer: str
    sources: tuple[str, ...]
    drafted_at: datetime
    drafted: str
    """The line as it was first written, without the signature."""
    line: str
    """The line as it was left, without the signature."""
    edit: tuple[Piece, ...]
    """From the one to the other, word by word; empty where they are the same."""
    outcome: PromptState
    by: str
    """Who took the last step."""
    reason: str
    """Why the last step was taken."""
    settled_at: datetime
    approved_by: str
    approved_at: datetime | None
    """The last approval before it was posted, or before it ended otherwise."""
    posted_at: datetime | None
    posted_text: str
    """Exactly what was posted, with the signature; empty where nothing was."""
    answer: Quote | None
    """What somebody said soon after it was posted."""
    steps: tuple[PromptStep, ...]


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which the agent stayed quiet for a reason worth telling."""

    reason: Reason
    start: datetime
    end: datetime | None
    """None where it lasted to the end of what is stored."""


def tell(prompt: Prompt, pauses: Sequence[Pause]) -> PromptStory:
    """The story of one prompt, in an evening that had these pauses."""
    posted = _last(prompt.steps, PromptState.POSTED)
    approved = _last(prompt.steps, PromptState.APPROVED)
    last = prompt.steps[-1] if prompt.steps else None
    return PromptStory(
        number=prompt.number,
        mode=prompt.mode,
        why=prompt.why,
        writer=prompt.draft.writer,
        sources=prompt.draft.sources,
        drafted_at=prompt.drafted_at,
        drafted=prompt.draft.line,
        line=prompt.line,
        edit=difference(prompt.draft.line, prompt.line),
        outcome=prompt.state,
        by=last.by if last else "",
        reason=last.reason if last else "",
        settled_at=last.at if last else prompt.changed_at,
        approved_by=approved.by if approved else "",
        approved_at=approved.at if approved else None,
        posted_at=posted.at if posted else None,
        posted_text=posted.text if posted else "",
        answer=answer_to(posted.at, pauses) if posted else None,
        steps=prompt.steps,
    )


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """What an edit struck and added, word by word, in reading order; empty where only white space changed."""
    old, new = before.split(), after.split()
    if old == new:
        return ()
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(Kind.KEPT, " ".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece(Kind.STRUCK, " ".join(old[a:b])))
        if c < d:
            pieces.append(Piece(Kind.ADDED, " ".join(new[c:d])))
    return tuple(pieces)


def spells(decisions: Sequence[Decision]) -> tuple[Spell, ...]:
    """When the agent was muted, let be, shut out or out of lines; each from its first decision to the next other."""
    told: list[Spell] = []
    reason: Reason | None = None
    start: datetime | None = None
    for decision in decisions:
        if decision.reason is reason:
            continue
        if reason in TELLING and start is not None:
            told.append(Spell(reason, start, decision.at))
        reason, start = decision.reason, decision.at
    if reason in TELLING and start is not None:
        told.append(Spell(reason, start, None))
    return tuple(told)


def _last(steps: Sequence[PromptStep], state: PromptState) -> PromptStep | None:
    return next((step for step in reversed(steps) if step.state is state), None)
