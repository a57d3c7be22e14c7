"""The room's state in a word, a sign and a colour's name, and the whole story of a decision. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sanctum_tui.agent.policies import ACTIVE_SECONDS, explain, minutes
from sanctum_tui.evening import Decision, PromptState, Reason


class Mood(Enum):
    """How the room is: a word, a sign, and the CSS class that colours both."""

    NONE = ("no evening", "–", "-quiet")
    OPENING = ("opening", "…", "-quiet")
    ACTIVE = ("active", "●", "-active")
    SETTLING = ("settling", "◐", "-settling")
    QUIET = ("quiet", "○", "-quiet")
    MAY_SPEAK = ("may speak", "◆", "-ready")
    LINE_WAITS = ("a line waits", "◆", "-ready")
    LINE_GOES = ("a line goes out", "▸", "-ready")
    LINE_HELD = ("a line is held", "‖", "-ready")
    MUTED = ("muted", "✕", "-muted")
    LET_IT_BE = ("let it be", "☾", "-muted")
    SHUT = ("nothing may be posted", "✕", "-muted")
    AWAY = ("chat is away", "✕", "-muted")
    ENDED = ("ended", "■", "-quiet")

    def __init__(self, word: str, sign: str, style: str) -> None:
        self.word = word
        self.sign = sign
        self.style = style


SETTLED_SHARE = 0.5
"""The share of the threshold from which a room that settles is called quiet."""


@dataclass(frozen=True, slots=True)
class Timer:
    """What the silence timer shows."""

    mood: Mood = Mood.NONE
    time: str = "0:00"
    share: float = 0.0
    """How much of the threshold has passed, 0 to 1."""
    threshold: str = ""
    interval_share: float = 1.0
    """How much of the time between two lines has passed, 0 to 1; all of it where there was none yet."""
    interval: str = ""
    words: str = "No evening is open."
    spoke: bool = False
    """Whether there was a line to count the time between two from."""

    @property
    def rested(self) -> bool:
        """Whether the agent has left the room alone for long enough since its last line."""
        return self.interval_share >= 1.0


OPENING = Timer(mood=Mood.OPENING, words="Opening the evening.")
"""Shown from the choice of an evening until it is there."""
ENDED = "The evening has ended."
ANOTHER = "For another one q quits, and `sanctum-tui` offers what there is."
ENDED_LOG = f"{ENDED} {ANOTHER}"
NEXT_LIVE = "Another evening begins by itself, and the agent looks at the room again."


def mood_of(decision: Decision) -> Mood:
    """The state that a decision says the room is in."""
    match decision.reason:
        case Reason.QUIET_ENOUGH:
            return Mood.MAY_SPEAK
        case Reason.PROMPT_WAITING:
            return Mood.LINE_WAITS
        case Reason.MUTED:
            return Mood.MUTED
        case Reason.LET_IT_BE:
            return Mood.LET_IT_BE
        case Reason.GATE_SHUT:
            return Mood.SHUT
        case Reason.NOT_HEARING:
            return Mood.AWAY
        case Reason.CHAT_ACTIVE:
            return Mood.ACTIVE
        case Reason.NOT_QUIET_YET if _share(decision) < SETTLED_SHARE:
            return Mood.SETTLING
        case _:
            return Mood.QUIET


def timer_of(
    decision: Decision, *, ended: bool = False, live: bool = False, card: PromptState | None = None
) -> Timer:
    """The silence timer for a decision of this moment; where the evening has `ended` it stands still.

    `card` is how the line on the card stands: the policy knows no more of it than that there is one. On a `live`
    channel the next evening follows by itself; after a log nothing does, and nothing may be drafted.
    """
    numbers = decision.numbers
    words, mood = explain(decision), mood_of(decision)
    if mood is Mood.LINE_WAITS and card in _GOING:
        mood, told = _GOING[card]
        words = f"Quiet {minutes(numbers['silence_seconds'])}. {told}"
    return Timer(
        mood=Mood.ENDED if ended else mood,
        time=minutes(numbers["silence_seconds"]),
        share=_share(decision),
        threshold="" if ended else minutes(numbers["inactivity_seconds"]),
        interval_share=_interval_share(decision),
        interval="" if ended else minutes(numbers["interval_seconds"]),
        spoke="since_last_seconds" in numbers,
        words=(ENDED if live else ENDED_LOG) if ended else words,
    )


_GOING = {
    PromptState.APPROVED: (Mood.LINE_GOES, "Your line goes out in a moment."),
    PromptState.SENDING: (Mood.LINE_GOES, "Your line goes out."),
    PromptState.HELD: (Mood.LINE_HELD, "A line is held for you."),
}


def _share(decision: Decision) -> float:
    numbers = decision.numbers
    return min(1.0, numbers["silence_seconds"] / numbers["inactivity_seconds"])


def _interval_share(decision: Decision) -> float:
    numbers = decision.numbers
    since, interval = numbers.get("since_last_seconds"), numbers["interval_seconds"]
    return 1.0 if since is None or interval <= 0 else min(1.0, since / interval)


def numbers_of(decision: Decision) -> tuple[tuple[str, str], ...]:
    """What the policy looked at, as a person would name it, with units."""
    numbers = decision.numbers
    told = [
        ("Nobody has written for", minutes(numbers["silence_seconds"])),
        ("It may draft after", minutes(numbers["inactivity_seconds"])),
        (f"People's lines in the last {ACTIVE_SECONDS:g} s", f"{numbers['people_last_minute']:g}"),
    ]
    if (asked := numbers.get("let_it_be_seconds")) is not None:
        told.append(("The silence you asked for goes on for", minutes(asked)))
    since = numbers.get("since_last_seconds")
    told.append(("Since a line was last posted or skipped", "none yet" if since is None else minutes(since)))
    told.append(("Time between two lines", minutes(numbers["interval_seconds"])))
    return (*told, _posted(decision))


def _posted(decision: Decision) -> tuple[str, str]:
    numbers = decision.numbers
    return "Lines posted tonight", f"{numbers['posted']:g} of {numbers['budget']:g}, answers apart"


_CHANGES = {
    Reason.QUIET_ENOUGH: "It drafts at its next look at the room, unless somebody writes first.",
    Reason.MUTED: "Only you can change it: m unmutes the agent.",
    Reason.LET_IT_BE: "You asked for this silence: l ends it, or its time runs out.",
    Reason.GATE_SHUT: "Nothing may be posted while the stream is not known to be live.",
    Reason.NOT_HEARING: "Chat is away, and is tried again by itself; the line at the top says how that goes.",
    Reason.OVER_BUDGET: "HEARTHKEEPER_SESSION_BUDGET lines are spent; a higher number would let it draft again.",
    Reason.PROMPT_WAITING: "A line waits for you: once it is decided, the agent looks at the room again.",
    Reason.CHAT_ACTIVE: "People are talking; it waits until nobody has written for a while.",
    Reason.NOT_QUIET_YET: "Nobody writing until then; whoever writes starts the clock anew.",
    Reason.INTERVAL: "Only time: it leaves the room alone for a while after each line.",
    Reason.NOTHING_TO_SAY: "Something new: people's words, or a change to the dashboard.",
}


def change_of(decision: Decision, now: datetime) -> str:
    """What would change the decision, and when it could at the earliest."""
    told = _CHANGES[decision.reason]
    if decision.until is None or decision.until <= now:
        return told
    return f"{told} At the earliest in {minutes((decision.until - now).total_seconds())}."


@dataclass(frozen=True, slots=True)
class Account:
    """How a decision is accounted for, in words."""

    words: str
    numbers: tuple[tuple[str, str], ...]
    """What it looked at, by name."""
    change: str
    """What would change it."""


def account_of(decision: Decision, *, ended: bool = False, live: bool = False) -> Account:
    """The whole story of a decision, as of its own moment; where the evening has `ended`, none is made any more."""
    if ended:
        return Account(ENDED, (_posted(decision),), NEXT_LIVE if live else ANOTHER)
    return Account(explain(decision), numbers_of(decision), change_of(decision, decision.at))
