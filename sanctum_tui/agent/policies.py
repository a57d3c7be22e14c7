"""Whether the Hearthkeeper may draft: the situation in, a decision and its reason out. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sanctum_tui.chat import Live
from sanctum_tui.evening import Action, Decision, PromptState, Reason

ACTIVE_SECONDS = 60.0
"""Chat is active while a person wrote within the last minute; nobody is interrupted then."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the policy looks at."""

    now: datetime
    quiet_since: datetime
    """When a person last wrote, or the session's start where nobody has yet."""
    people_last_minute: int = 0
    """Lines that people wrote within `ACTIVE_SECONDS`."""
    waiting: PromptState | None = None
    """State of the prompt that waits, if one does."""
    settled_at: datetime | None = None
    """When its own line was last posted or skipped, or an answer posted."""
    posted: int = 0
    """How many of its own lines were posted; answers are not counted."""
    live: Live = Live.YES
    hearing: bool = True
    """Chat is connected; while it is not, silence is no silence."""
    muted: bool = False
    let_it_be_until: datetime | None = None
    inactivity_seconds: float = 900.0
    interval_seconds: float = 900.0
    budget: int = 8
    nothing_to_say: bool = False
    """The writer found no line that it has not said tonight, and people have said nothing new since."""


def decide(situation: Situation) -> Decision:
    """Draft, or stay quiet; with the first reason that holds, in the order in which an operator would ask."""
    s = situation
    silence = max(0.0, (s.now - s.quiet_since).total_seconds())
    quiet_at = s.quiet_since + timedelta(seconds=s.inactivity_seconds)
    ready_at = None if s.settled_at is None else s.settled_at + timedelta(seconds=s.interval_seconds)
    numbers = {
        "silence_seconds": silence,
        "inactivity_seconds": s.inactivity_seconds,
        "people_last_minute": float(s.people_last_minute),
        "interval_seconds": s.interval_seconds,
        "posted": float(s.posted),
        "budget": float(s.budget),
    }
    if s.settled_at is not None:
        numbers["since_last_seconds"] = max(0.0, (s.now - s.settled_at).total_seconds())
    opens_at = max(quiet_at, ready_at) if ready_at is not None else quiet_at

    def quiet(reason: Reason, until: datetime | None) -> Decision:
        return Decision(s.now, Action.QUIET, reason, numbers, until)

    if s.muted:
        return quiet(Reason.MUTED, None)
    if s.live is not Live.YES:
        return quiet(Reason.GATE_SHUT, None)
    if not s.hearing:
        return quiet(Reason.NOT_HEARING, None)
    if s.let_it_be_until is not None and s.now < s.let_it_be_until:
        numbers["let_it_be_seconds"] = (s.let_it_be_until - s.now).total_seconds()
        return quiet(Reason.LET_IT_BE, max(s.let_it_be_until, opens_at))
    if s.posted >= s.budget:
        return quiet(Reason.OVER_BUDGET, None)
    if s.waiting is not None:
        return quiet(Reason.PROMPT_WAITING, None)
    if s.people_last_minute:
        return quiet(Reason.CHAT_ACTIVE, max(opens_at, s.quiet_since + timedelta(seconds=ACTIVE_SECONDS)))
    if s.now < quiet_at:
        return quiet(Reason.NOT_QUIET_YET, opens_at)
    if ready_at is not None and s.now < ready_at:
        return quiet(Reason.INTERVAL, ready_at)
    if s.nothing_to_say:
        return quiet(Reason.NOTHING_TO_SAY, None)
    return Decision(s.now, Action.DRAFT, Reason.QUIET_ENOUGH, numbers, None)


def minutes(seconds: float) -> str:
    """A length of time as the timer shows it: ``9:12``, ``1:02:00``."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def explain(decision: Decision, now: datetime | None = None) -> str:
    """The decision in one or two short sentences, as of `now` (a countdown runs between two ticks)."""
    moment = now or decision.at
    numbers = decision.numbers
    quiet = f"Quiet {minutes(numbers.get('silence_seconds', 0.0))}."
    left = "" if decision.until is None else minutes((decision.until - moment).total_seconds())
    asked = minutes(numbers.get("let_it_be_seconds", 0.0) - (moment - decision.at).total_seconds())
    told = {
        Reason.QUIET_ENOUGH: f"{quiet} It may speak.",
        Reason.MUTED: f"{quiet} The agent is muted.",
        Reason.LET_IT_BE: f"{quiet} You asked to let it be; {asked} to go.",
        Reason.GATE_SHUT: f"{quiet} Nothing may be posted: the stream is not known to be live.",
        Reason.NOT_HEARING: "Chat is away; whether the room is quiet, nobody knows.",
        Reason.OVER_BUDGET: f"{quiet} Tonight's {numbers.get('budget', 0):g} lines are spent.",
        Reason.PROMPT_WAITING: f"{quiet} A line waits for you.",
        Reason.CHAT_ACTIVE: "People are talking.",
        Reason.NOT_QUIET_YET: f"{quiet} May draft in {left}.",
        Reason.INTERVAL: f"{quiet} A line was decided lately; may draft in {left}.",
        Reason.NOTHING_TO_SAY: f"{quiet} Nothing left to say that was not said tonight.",
    }
    return told[decision.reason]
