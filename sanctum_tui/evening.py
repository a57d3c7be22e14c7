"""The nouns of an evening, as values: session, draft, prompt and its steps, decision, flag, mark.

The rules over them live in their own rooms: a prompt's steps in `review.prompt`, decisions in
`agent.policies`, flags in `agent.modes.warden`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sanctum_tui.chat import ChatGap

LIVE_SOURCE = "live"
"""`Session.source` of every evening that was live."""


@dataclass(frozen=True, slots=True)
class Session:
    """One stream of one channel, from start to end."""

    id: int
    channel: str
    source: str
    """Where its chat comes from: ``live``, or ``replay:`` and a fingerprint of the log."""
    title: str
    started_at: datetime
    ended_at: datetime | None = None
    clock_at: datetime | None = None
    """The last moment that was stored; where a restored session goes on."""
    position: int = 0
    """How many events of its source are stored; where a restored replay goes on."""
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Airing:
    """A stream that belongs to a session. A session has more than one where the stream broke off and came back."""

    stream: str
    """The service's id of it."""
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One line as it was written, before anybody has seen it."""

    line: str
    """The words, without the signature."""
    text: str
    """Exactly what would be posted: the line with the signature."""
    sources: tuple[str, ...] = ()
    """What it was written from, in words for the operator: "tonight's angle", "the talk about lighthouses"."""
    writer: str = "offline composer"
    shape: str = ""
    """The composer's name for the kind of line, so that it does not come twice."""
    heard: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """What others wrote, of all its writer was given: the line is judged by it too. Not stored."""


class PromptState(StrEnum):
    """Where a prompt is in its life; `review.prompt` says which step may follow which."""

    PENDING = "pending"
    """Waits for the operator."""
    APPROVED = "approved"
    """The operator said yes; it goes out when the time to undo is over."""
    SENDING = "sending"
    POSTED = "posted"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    """Nobody decided before the session ended."""
    STALE = "stale"
    """People talked again before anybody decided."""
    SUPERSEDED = "superseded"
    """Drafted anew at the operator's wish."""
    REJECTED = "rejected"
    """The style guard refused it."""
    HELD = "held"
    """Kept for later: by the operator, or approved while the gate was shut."""
    FAILED = "failed"
    """The room refused it; it was not posted."""
    UNKNOWN = "unknown"
    """Sent, and the answer lost: the operator settles whether it was posted."""


@dataclass(frozen=True, slots=True)
class PromptStep:
    """One step of a prompt's life: a row that is written once and never changed."""

    at: datetime
    state: PromptState
    by: str
    """Who did it: ``operator``, ``agent``, ``room`` (people talked), ``delivery``, or a standing order's name."""
    text: str
    """Exactly what would be, or was, posted as of this step."""
    reason: str = ""
    """Why: a skip's reason, a note for the next draft, what the room answered."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One drafted line and its life so far."""

    id: int
    session_id: int
    number: int
    """Counted from 1 in its session; what people call it by."""
    mode: str
    """The mode that asked for it: ``hearthkeeper``."""
    state: PromptState
    line: str
    """The words as they stand now, without the signature."""
    text: str
    """Exactly what approval would post."""
    draft: Draft
    """As it was first written; where it differs from `line`, the operator edited it."""
    why: str
    """The decision's sentence: why now."""
    drafted_at: datetime
    changed_at: datetime
    steps: tuple[PromptStep, ...] = ()

    @property
    def edited(self) -> bool:
        return self.line != self.draft.line


class Action(StrEnum):
    DRAFT = "draft"
    QUIET = "quiet"


class Reason(StrEnum):
    """Why the agent drafts, or stays quiet: one code a rule."""

    QUIET_ENOUGH = "quiet_enough"
    MUTED = "muted"
    LET_IT_BE = "let_it_be"
    GATE_SHUT = "gate_shut"
    NOT_HEARING = "not_hearing"
    """Chat is not connected: nobody knows whether the room is quiet."""
    OVER_BUDGET = "over_budget"
    PROMPT_WAITING = "prompt_waiting"
    CHAT_ACTIVE = "chat_active"
    NOT_QUIET_YET = "not_quiet_yet"
    INTERVAL = "interval"
    NOTHING_TO_SAY = "nothing_to_say"
    """The composer has no line left that it has not said tonight."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy said at a tick, why, from which numbers, and when it could say something else."""

    at: datetime
    action: Action
    reason: Reason
    numbers: dict[str, float] = field(default_factory=dict)
    """What it looked at, by name, in the unit the name ends on (``silence_seconds``)."""
    until: datetime | None = None
    """When it may change by itself, or None where only people can change it."""


@dataclass(frozen=True, slots=True)
class Flag:
    """The Warden's word on one line. It never acts on it."""

    at: datetime
    line: int
    """`ChatLine.number` of the flagged line."""
    name: str
    text: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment the operator wanted to keep."""

    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch in which no person wrote."""

    start: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class EveningRecord:
    """All that is stored of a session, but its chat lines (there may be a million; they are read in pages)."""

    session: Session
    dashboard_markdown: str = ""
    prompts: tuple[Prompt, ...] = ()
    """With all their steps, in the order of their numbers."""
    decisions: tuple[Decision, ...] = ()
    flags: tuple[Flag, ...] = ()
    marks: tuple[Mark, ...] = ()
    gaps: tuple[ChatGap, ...] = ()
    """Times in which chat was away; its lines may be missing."""
    airings: tuple[Airing, ...] = ()
