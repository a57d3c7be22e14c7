"""The offline composer's stock: shapes of lines, scenes, and the only words it may pick up from others.

The stock is the TOML under ``phrases/``. Whatever a dashboard or a chat contains, a line consists of words
written there, but for the operator's own: the game's name, the title, the angle and the goals.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

_VOWEL_SOUND = ("heir", "honest", "honour", "hour")
_WORD = re.compile(r"(?<!\{)\b[^\W\d_]+\b(?!\})")
_CONSONANT_SOUND = ("eu", "one", "uni", "use", "usu", "ewe")


class Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of line: what it has to be grounded in, and its wordings."""

    id: str
    texts: tuple[str, ...]
    """Whole sentences, with ``{slots}`` that the grounds in `needs` fill."""
    needs: tuple[str, ...] = ()
    """Kinds of `grounds.Ground`; none where the line stands alone."""
    tags: tuple[str, ...] = ()
    """Words an operator may ask for it by, besides those it contains."""


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that evenings are often set in: the sea, the road, a library."""

    id: str
    name: str
    """With its article, as it stands inside a sentence."""
    keywords: tuple[str, ...]
    qualities: tuple[tuple[str, str], ...]
    """Two ways in which it may seem, as adjectives."""
    games: tuple[str, ...] = ()
    """Games that are set there, in lower case."""


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nouns: dict[str, tuple[str, ...]]
    spellings: dict[str, str]
    abstract: tuple[str, ...]
    paired: tuple[str, ...]
    adjectives: tuple[str, ...]
    adjective_endings: tuple[str, ...]
    not_adjectives: tuple[str, ...]
    verbs: tuple[str, ...]
    clause_verbs: tuple[str, ...]
    not_games: tuple[str, ...]
    not_in_goals: tuple[str, ...]
    small: tuple[str, ...]
    personal: tuple[str, ...]
    loose_ends: tuple[str, ...]
    asking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noun:
    """An image or a thing that the composer may take up from what people say."""

    one: str
    many: str
    kind: str
    """What may be said of it: ``place``, ``thing``, ``creature``, ``weather``, ``sound`` or ``hour``."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the composer knows of English: closed lists, so that nothing else gets into a line."""

    nouns: Mapping[str, Noun]
    """By singular, plural and other spellings."""
    abstract: frozenset[str]
    """Nouns that stand without an article and can carry a line: ``solitude``."""
    paired: frozenset[str]
    """Those that do so beside another: ``home or exile``; all of `abstract` are among them."""
    adjectives: frozenset[str]
    adjective_endings: tuple[str, ...]
    not_adjectives: frozenset[str]
    gerunds: Mapping[str, str]
    clause_verbs: frozenset[str]
    """Verbs behind which an angle says its question: ``explore how ...``."""
    not_games: frozenset[str]
    """Categories of a streaming service that are no games."""
    not_in_goals: frozenset[str]
    """Words of a goal that is about the stream or its people and not about the evening's play."""
    personal: frozenset[str]
    """Words of a sentence that speaks of or to somebody; it is not taken over."""
    loose_ends: frozenset[str]
    """Words that a phrase cannot end on."""
    small: frozenset[str]
    """Words with too little meaning to name a person or to be a wish."""
    asking: frozenset[str]
    """What an operator writes around a wish: "please", "another"."""

    def is_adjective(self, word: str) -> bool:
        """Whether it surely is an adjective: ``salt-worn``."""
        return word in self.adjectives or (
            len(word) > 5 and word.endswith(self.adjective_endings) and word not in self.not_adjectives
        )


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Everything under ``phrases/``."""

    shapes: tuple[Shape, ...]
    scenes: tuple[Scene, ...]
    words: Words

    def vocabulary(self) -> frozenset[str]:
        """Every word of it, in lower case: ordinary English, as far as the composer knows any."""
        known = self.words
        lists: tuple[Iterable[str], ...] = (
            *(known.nouns, known.abstract, known.paired, known.adjectives, known.not_adjectives, known.gerunds),
            *(known.gerunds.values(), known.clause_verbs, known.not_in_goals, known.personal, known.loose_ends),
            *(known.small, known.asking),
            *(shape.texts for shape in self.shapes),
            *((*scene.keywords, *(quality for pair in scene.qualities for quality in pair)) for scene in self.scenes),
        )
        return frozenset(word for texts in lists for text in texts for word in _WORD.findall(text.casefold()))


def with_article(word: str) -> str:
    """The word behind the indefinite article that its sound asks for: ``an hour``, ``a uniform``."""
    bare = word.lower()
    vowel = bare.startswith(_VOWEL_SOUND) or (bare[:1] in "aeiou" and not bare.startswith(_CONSONANT_SOUND))
    return f"{'an' if vowel else 'a'} {word}"


@cache
def load() -> Phrasebook:
    """Read the stock, once."""
    shapes: list[Shape] = []
    scenes: list[Scene] = []
    words: Words | None = None
    folder = files("sanctum_tui.llm") / "phrases"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        shapes.extend(msgspec.convert(table.get("shape", []), list[Shape]))
        scenes.extend(msgspec.convert(table.get("scene", []), list[Scene]))
        if "words" in table:
            words = _words(msgspec.convert(table["words"], _Words))
    if words is None:
        raise FileNotFoundError("the word lists of the offline composer are missing from the package")
    return Phrasebook(tuple(shapes), tuple(scenes), words)


def _words(raw: _Words) -> Words:
    nouns: dict[str, Noun] = {}
    for kind, entries in raw.nouns.items():
        for entry in entries:
            one, slash, many = entry.partition("/")
            noun = Noun(one, many if slash else _plural(one), kind)
            nouns[noun.one] = nouns[noun.many] = noun
    for spelling, usual in raw.spellings.items():
        nouns[spelling] = nouns[usual]
    return Words(
        nouns=nouns,
        abstract=frozenset(raw.abstract),
        paired=frozenset(raw.paired) | frozenset(raw.abstract),
        adjectives=frozenset(raw.adjectives),
        adjective_endings=raw.adjective_endings,
        not_adjectives=frozenset(raw.not_adjectives),
        gerunds=dict(_gerunds(raw.verbs)),
        clause_verbs=frozenset(raw.clause_verbs),
        not_games=frozenset(raw.not_games),
        not_in_goals=frozenset(raw.not_in_goals),
        personal=frozenset(raw.personal),
        loose_ends=frozenset(raw.loose_ends),
        small=frozenset(raw.small),
        asking=frozenset(raw.asking),
    )


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def _gerunds(verbs: Iterable[str]) -> Iterable[tuple[str, str]]:
    for entry in verbs:
        verb, slash, gerund = entry.partition("/")
        if not slash:
            gerund = f"{verb[:-1]}ing" if verb.endswith("e") and not verb.endswith("ee") else f"{verb}ing"
        yield verb, gerund
