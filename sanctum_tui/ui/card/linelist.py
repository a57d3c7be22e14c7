"""Tonight's lines as a list to read and to search: what became of each, by whom, when, and its whole story. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from sanctum_tui.evening import Prompt, PromptState, PromptStep
from sanctum_tui.review.prompt import OPEN, may_step
from sanctum_tui.ui.card.cards import HIDDEN, SIGNS

_S = PromptState


class Sieve(Enum):
    """Which lines are listed: a word, and their states."""

    ALL = ("all", frozenset(PromptState))
    OPEN = ("undecided", OPEN)
    POSTED = ("posted", frozenset({_S.POSTED}))
    SKIPPED = ("skipped", frozenset({_S.SKIPPED}))
    GONE = ("passed by", frozenset({_S.STALE, _S.EXPIRED, _S.SUPERSEDED}))

    def __init__(self, word: str, states: frozenset[PromptState]) -> None:
        self.word = word
        self.states = states

    def next(self) -> "Sieve":
        """The one behind it, and behind the last the first."""
        sieves = list(Sieve)
        return sieves[(sieves.index(self) + 1) % len(sieves)]


@dataclass(frozen=True, slots=True)
class Row:
    """One line in the list."""

    number: int
    state: str
    """Sign and word."""
    told: str
    """When it came to that, by whom, and why."""
    line: str
    skippable: bool


def listed(prompts: Sequence[Prompt], sieve: Sieve, query: str, *, private: bool) -> tuple[Row, ...]:
    """The lines that a search finds, the newest first. In private mode reasons are neither shown nor searched."""
    words = query.lower().split()
    rows = [_row(prompt, private=private) for prompt in prompts if prompt.state in sieve.states]
    found = (
        row
        for row in rows
        if all(word in f"{row.number} {row.state} {row.told} {row.line}".lower() for word in words)
    )
    return tuple(sorted(found, key=lambda row: -row.number))


def story_of(prompt: Prompt, *, private: bool) -> list[tuple[str, str]]:
    """All that a line went through, as headings each with its text."""
    told = [("As it stands now", prompt.line)]
    if prompt.edited:
        told.append(("As it was drafted", prompt.draft.line))
    steps = "\n".join(
        f"{SIGNS[step.state]} {step.state.value:<11}{_told(step, private=private)}" for step in prompt.steps
    )
    told.append(("What became of it", steps or "Nothing yet."))
    if sent := next((step for step in prompt.steps if step.state is _S.SENDING), None):
        told.append(("Sent exactly as", sent.text))
    return [
        *told,
        ("Why then", HIDDEN if private else prompt.why),
        ("From", HIDDEN if private else ", ".join(prompt.draft.sources) or "nothing in particular"),
        ("Written by", prompt.draft.writer),
    ]


def _row(prompt: Prompt, *, private: bool) -> Row:
    told = _told(prompt.steps[-1], private=private) if prompt.steps else ""
    state = f"{SIGNS[prompt.state]} {prompt.state.value}"
    return Row(prompt.number, state, told, prompt.line, may_step(prompt.state, _S.SKIPPED))


def _told(step: PromptStep, *, private: bool) -> str:
    reason = f": {HIDDEN if private else step.reason}" if step.reason else ""
    return f"{step.at.astimezone():%H:%M:%S}  {step.by}{reason}"
