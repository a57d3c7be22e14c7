"""Beginnings for something to write later: the evening's angle, and what people and the operator made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.exports.quiet import Pause
from sanctum_tui.exports.story import PromptStory
from sanctum_tui.exports.talk import Discussion, Quote, is_question
from sanctum_tui.exports.wordlists import length_in_words, topic, words

MOST = 4
LONG_ENOUGH = 7
"""Words a line needs to be worth writing about."""
LONG_SILENCE = 600.0
"""Seconds after which a broken silence is a story of its own."""


class SeedKind(StrEnum):
    """Where a beginning comes from."""

    ANGLE = "angle"
    QUESTION = "question"
    THOUGHT = "thought"
    EDIT = "edit"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Seed:
    """Something to begin writing from."""

    kind: SeedKind
    angle: str = ""
    quotes: tuple[Quote, ...] = ()
    edited: PromptStory | None = None
    pause: Pause | None = None


def seeds(
    dashboard: Dashboard,
    discussions: Sequence[Discussion],
    stories: Sequence[PromptStory],
    pauses: Sequence[Pause],
) -> tuple[Seed, ...]:
    """Up to four beginnings, none of which uses a line that another uses; none where the evening gave none."""
    found: list[Seed] = []
    left = [quote for discussion in discussions for quote in discussion.quotes if _length(quote) >= LONG_ENOUGH]
    if dashboard.angle:
        near = _nearest(dashboard.angle, left)
        found.append(Seed(SeedKind.ANGLE, angle=dashboard.angle, quotes=(near,) if near else ()))
        left = [quote for quote in left if quote is not near]
    for kind, fits in ((SeedKind.QUESTION, True), (SeedKind.THOUGHT, False)):
        kin = [quote for quote in left if is_question(quote.text) is fits]
        if kin:
            best = max(kin, key=lambda quote: (_worth(quote), -quote.at.timestamp()))
            found.append(Seed(kind, quotes=(best,)))
    edited = [story for story in stories if story.edit and story.posted_text]
    if edited:
        found.append(Seed(SeedKind.EDIT, edited=edited[-1]))
    broken = [pause for pause in pauses if pause.first and pause.silence.seconds >= LONG_SILENCE]
    if broken:
        longest = max(broken, key=lambda pause: pause.silence.seconds)
        found.append(Seed(SeedKind.SILENCE, pause=longest))
    return tuple(found[:MOST])


def _nearest(angle: str, quotes: Sequence[Quote]) -> Quote | None:
    """The quote that shares most of its subject with the angle, or None where none does."""
    wanted = _topics(angle)
    shared = [(len(wanted & _topics(quote.text)), quote) for quote in quotes]
    best = max(shared, key=lambda pair: (pair[0], _worth(pair[1])), default=None)
    return best[1] if best and best[0] else None


def _topics(text: str) -> set[str]:
    return {stem for word in words(text) if (stem := topic(word))}


def _length(quote: Quote) -> int:
    return length_in_words(words(quote.text))


def _worth(quote: Quote) -> float:
    return min(_length(quote), 30) + 3 * len(_topics(quote.text))
