"""The offline composer: writes one restrained line from tonight's dashboard and talk when no model is set up."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rapidfuzz import fuzz

from sanctum_tui.chat import ChatMessage
from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Context, sign
from sanctum_tui.llm.grounds import RECENT_LINES, Ground, gather, words_of
from sanctum_tui.llm.guard import Style, inspect
from sanctum_tui.llm.phrasebook import Phrasebook, Shape, Words, load

SHAPE_REST = 12
"""How many drafts a shape rests after it was used, while others fit."""
KEY_REST = 5
"""How many drafts a word rests that a line turned on."""
KIND_REST = 3
"""How many drafts a subject rests (the sea, an opposed pair), while there are others."""
ALIKE = 76.0
"""`rapidfuzz.fuzz.ratio` from which two lines are the same to a listener; some room is left below the guard's."""
ALIKE_SORTED = 82.0
"""The same for `token_sort_ratio`, which sees through another order of words."""
QUOTED_WORDS = 4
"""So many words in a row, as somebody wrote them, would be a quotation; a line never has them."""
MOST_JUDGED = 24
"""Lines that are put before the evening's judge, a few milliseconds each; then the best of them is given as it is."""
SHORT = 80
"""Characters of a line that counts as short when the operator asks for one."""

_ORIGINS = {
    "note": 12.0,
    "room": 6.0,
    "angle": 4.5,
    "game": 3.5,
    "title": 3.0,
    "mood": 3.0,
    "goals": 2.5,
    "post": 2.5,
}
_NAMED: dict[str, frozenset[str]] = {
    "angle": frozenset({"angle"}),
    "game": frozenset({"game"}),
    "mood": frozenset({"mood"}),
    "goals": frozenset({"goal", "goals"}),
    "title": frozenset({"title"}),
    "room": frozenset({"room", "talk", "conversation"}),
}
_PARTS = frozenset(name for names in _NAMED.values() for name in names)
_WELL_FORMED = re.compile(r"[A-Z\"](?!.*(?:  | [,.?;:]|[,.?;:]{2}))[^{}]*[.?]")
_NEGATIONS = frozenset({"no", "not", "without", "avoid", "less", "fewer", "never", "skip", "don't", "drop"})
_TURNS = frozenset({"but", "rather", "instead"})
_QUESTION = frozenset({"question", "questions", "ask", "asking"})
_STATEMENT = frozenset({"statement", "statements", "observation"})
_SHORTER = frozenset({"short", "shorter", "brief", "briefer"})


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the operator's note asks for."""

    wanted: frozenset[str]
    unwanted: frozenset[str]
    question: bool | None
    """True for a question, False for a statement, None where the note leaves it open."""
    short: bool


@dataclass(frozen=True, slots=True)
class _Candidate:
    line: str
    shape: Shape
    grounds: tuple[Ground, ...]


class OfflineComposer:
    """An `Author` with no model behind it: the same context always gives the same line.

    It writes what its phrasebook holds, filled from the dashboard; from chat it takes up single words of its
    own list and no name. Every line has passed the style guard's rules for a line alone and is unlike all that was
    said; where `Context.judge` refuses the best of them one after the other, the very best is given all the same.
    """

    def __init__(self, style: Callable[[], Style], signature: Callable[[], str]) -> None:
        self._style = style
        self._signature = signature

    async def write(self, context: Context) -> Draft | None:
        return self.compose(context)

    def compose(self, context: Context) -> Draft | None:
        """The line that suits the evening best now, or None where nothing is left that was not said."""
        book = load()
        style = self._style()
        wish = _wish(context.note, book.words)
        said = (*context.earlier, *context.said)
        names = {name.strip() for message in context.recent for name in (message.login, message.name)}
        forbidden = _finder(names, book.words)
        quotable = _runs(context.recent)
        judged: list[Draft] = []
        for candidate in _ranked(_candidates(gather(context, book), book), context, book, wish):
            line = candidate.line
            if (
                _WELL_FORMED.fullmatch(line)
                and not (forbidden and forbidden.search(line))
                and quotable.isdisjoint(_windows(words_of(line)))
                and not _repeats(line, said)
                and inspect(line, style, said=said, names=names).passed
            ):
                sources = _sources(candidate, wish)
                text = sign(line, self._signature())
                draft = Draft(line=line, text=text, sources=sources, shape=candidate.shape.id)
                if context.judge(line).passed:
                    return draft
                judged.append(draft)
                if len(judged) == MOST_JUDGED:
                    break
        return judged[0] if judged else None


def _candidates(grounds: Sequence[Ground], book: Phrasebook) -> Iterator[_Candidate]:
    by_kind: dict[str, list[Ground]] = {}
    for ground in grounds:
        by_kind.setdefault(ground.kind, []).append(ground)
    for shape in book.shapes:
        for chosen in product(*(by_kind.get(need, ()) for need in shape.needs)):
            slots = {name: value for ground in chosen for name, value in ground.slots.items()}
            for text in shape.texts:
                yield _Candidate(text.format_map(slots), shape, chosen)


def _ranked(candidates: Iterable[_Candidate], context: Context, book: Phrasebook, wish: _Wish) -> list[_Candidate]:
    """Best first. Ties, and much of what is nearly one, are settled by a digest of the whole context."""
    seed = _digest(context)
    resting = frozenset(context.shapes[-SHAPE_REST:])
    used = {shape: context.shapes.count(shape) for shape in context.shapes}
    needs = {shape.id: shape.needs for shape in book.shapes}
    kinds = frozenset(need for shape in context.shapes[-KIND_REST:] for need in needs.get(shape, ()))
    lately = frozenset(word for line in context.said[-KEY_REST:] for word in words_of(line))
    last = " ".join(context.said[-KEY_REST:]).casefold()
    asked = [line.endswith("?") for line in context.said[-2:]]

    def score(candidate: _Candidate) -> float:
        keys = [ground.key for ground in candidate.grounds if ground.key]
        value = max((_ORIGINS.get(ground.origin, 0.0) for ground in candidate.grounds), default=0.0)
        value += 0.4 * (len(keys) - 1)
        value -= 100.0 * (candidate.shape.id in resting) + 1.5 * used.get(candidate.shape.id, 0)
        value -= 4.0 * any(key in lately or (" " in key and key in last) for key in keys)
        value -= 2.5 * any(ground.source and ground.kind in kinds for ground in candidate.grounds)
        value -= 1.2 * asked.count(candidate.line.endswith("?"))
        return value + _granted(candidate, wish) + 3.0 * _noise(seed, candidate.line)

    return sorted(candidates, key=lambda candidate: (-score(candidate), candidate.line))


def _digest(context: Context) -> bytes:
    dashboard = context.dashboard
    heard = [(message.login, message.text) for message in context.recent[-RECENT_LINES:]]
    plan = (dashboard.markdown, dashboard.title, dashboard.game, dashboard.mood, dashboard.goals, dashboard.angle)
    whole = repr((plan, heard, context.said, context.note, context.variation))
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _noise(seed: bytes, line: str) -> float:
    """A number from 0 to 1 that depends on the context and the line, and on nothing else."""
    digest = hashlib.blake2b(line.encode(), digest_size=4, key=seed).digest()
    return int.from_bytes(digest) / 0xFFFFFFFF


def _wish(note: str, words: Words) -> _Wish:
    wanted: set[str] = set()
    unwanted: set[str] = set()
    denied = 0
    for word in words_of(note):
        if word in _NEGATIONS:
            denied = 4
        elif word in _TURNS:
            denied = 0
        elif word not in words.small and word not in words.asking:
            (unwanted if denied else wanted).add(word)
        denied = max(0, denied - 1)
    question: bool | None = None
    if wanted & _QUESTION or unwanted & _STATEMENT:
        question = True
    elif wanted & _STATEMENT or unwanted & _QUESTION:
        question = False
    form = _QUESTION | _STATEMENT | _SHORTER
    return _Wish(frozenset(wanted - form), frozenset(unwanted - form), question, bool(wanted & _SHORTER))


def _granted(candidate: _Candidate, wish: _Wish) -> float:
    """How well a line does what the note asks for."""
    value = 0.0
    if wish.question is not None:
        value += 15.0 if candidate.line.endswith("?") is wish.question else -15.0
    if wish.short:
        value += 15.0 if len(candidate.line) <= SHORT else -len(candidate.line) / 10
    return value + 15.0 * _mentioned(candidate, wish.wanted) - 40.0 * _mentioned(candidate, wish.unwanted)


def _mentioned(candidate: _Candidate, wanted: frozenset[str]) -> float:
    """How many of the words a line is about: wholly where it says them, half where only its subject does."""
    if not wanted:
        return 0.0
    origins = frozenset(name for ground in candidate.grounds for name in _NAMED.get(ground.origin, ()))
    told = words_of(candidate.line)
    meant = {*candidate.shape.tags, *(word for ground in candidate.grounds for word in (ground.kind, ground.key))}
    count = 0.0
    for word in wanted:
        if word in _PARTS:
            count += word in origins
        elif any(_akin(word, other) for other in told):
            count += 1.0
        elif any(_akin(word, other) for other in meant):
            count += 0.5
    return count


def _akin(word: str, other: str) -> bool:
    """The same word, or one grown from the other: quiet, quieter."""
    short, long = sorted((word, other), key=len)
    return word == other or (len(short) >= 4 and long.startswith(short))


def _sources(candidate: _Candidate, wish: _Wish) -> tuple[str, ...]:
    short = wish.short and len(candidate.line) <= SHORT
    asked = wish.question is not None and candidate.line.endswith("?") is wish.question
    noted = ("your note",) if short or asked or _mentioned(candidate, wish.wanted) else ()
    sources = dict.fromkeys((*noted, *(ground.source for ground in candidate.grounds if ground.source)))
    return tuple(sources) or ("a line that stands alone",)


def _repeats(line: str, said: Sequence[str]) -> bool:
    return any(
        fuzz.ratio(line, other) >= ALIKE or fuzz.token_sort_ratio(line, other) >= ALIKE_SORTED for other in said
    )


def _finder(names: Iterable[str], words: Words) -> re.Pattern[str] | None:
    """Finds any of the names. One that is a word like "the" names nobody in a sentence."""
    telling = sorted(name for name in names if name and name.casefold() not in words.small)
    if not telling:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, telling))})(?!\w)", re.IGNORECASE)


def _runs(recent: Sequence[ChatMessage]) -> frozenset[tuple[str, ...]]:
    return frozenset(window for message in recent for window in _windows(words_of(message.text)))


def _windows(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - QUOTED_WORDS + 1):
        yield tuple(words[start : start + QUOTED_WORDS])
