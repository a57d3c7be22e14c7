"""What tonight offers the offline composer to write from: pieces of the dashboard, the talk and the note.

Few and robust extractors: each gives a piece that is sure to be a good part of an English sentence, or
nothing. From chat only words of the phrasebook's own list are taken, so nobody in the room can put a word
into a line; the dashboard is the operator's, but its markdown and its enthusiasm stay behind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sanctum_tui.chat import ChatMessage
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.phrasebook import Noun, Phrasebook, Words, with_article

RECENT_LINES = 80
"""How far back the room's talk counts as lately; more than a calm room writes in half an hour."""
ROOM_WORDS = 6
"""How many words of the room are taken up at a time, the latest first."""

LONGEST_GOAL = 56
"""Characters of a goal that still fit into a sentence without filling it."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.?!]+[.?!]?")
_MARKUP = re.compile(r"[*_`~#>|\[\]<>{}\\]")
_PLAIN = re.compile(r"[A-Za-zÀ-ÿ0-9 ,;:'’&/.?–—-]+")
_OPPOSED = (
    re.compile(r"\b([a-z-]{3,16}),? (?:or|versus|vs\.?) ([a-z-]{3,16})\b"),
    re.compile(r"\bbetween ([a-z-]{3,16}) and ([a-z-]{3,16})\b"),
    re.compile(r"\b([a-z-]{3,16}) and ([a-z-]{3,16})\b"),
)
_BETWEEN = re.compile(r"\bthe (?:difference|distance|line|border|gap|tension) between [a-z' -]+ and [a-z' -]+$")
_CLAUSE = re.compile(r"\b(how|why|what|where|when|whether) (?!does|do|did|is|are|was|were|can|could|would|will)")


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing to write from."""

    kind: str
    """What a shape asks for in its `needs`."""
    origin: str
    """Whose it is: ``note``, ``room``, ``angle``, ``title``, ``mood``, ``goals``, ``game``, ``post`` or nothing."""
    source: str
    """In words for the operator, or empty where it says nothing."""
    key: str
    """The word it turns on, in lower case, so that two lines in a row do not turn on the same."""
    slots: Mapping[str, str]


def gather(context: Context, book: Phrasebook) -> tuple[Ground, ...]:
    """Everything the context offers, the operator's note first, each thing once."""
    dashboard = context.dashboard
    found: list[Ground] = []
    if dashboard.game.strip().casefold() not in book.words.not_games:
        found.append(Ground("play", "", "", "", {}))
    found += _from_note(context.note, book)
    found += _from_room(context.recent[-RECENT_LINES:], book.words)
    found += _from_angle(dashboard.angle, book.words)
    found += _from_plan(dashboard, book.words)
    found += _scenes(context, book)
    unique: dict[tuple[str, str], Ground] = {}
    for ground in found:
        unique.setdefault((ground.kind, ground.key), ground)
    return tuple(unique.values())


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without its signs."""
    return tuple(word.casefold().replace("’", "'") for word in _WORD.findall(text))


def game_name(game: str, words: Words) -> str:
    """The game as it can stand in a sentence, or empty where it cannot."""
    name = _plain(re.split(r"\s[-–—|(]|\(|\|", game)[0])
    if len(name) > 32 and ":" in name:
        name = name.partition(":")[0]
    if not 2 <= len(name) <= 32 or name.casefold() in words.not_games or name.endswith((".", "?", ":", ",")):
        return ""
    return " ".join(map(_calm, name.split())) if name[0].isupper() or name[0].isdigit() else ""


def goal_phrase(goal: str, words: Words) -> str:
    """A goal as what is being done ("reaching the outer isles"), or empty where it is not surely one."""
    text = _plain(goal)
    verb, _, rest = text.partition(" ")
    gerund = words.gerunds.get(verb.casefold(), "")
    spoken = set(words_of(text))
    if not gerund or spoken & (words.personal | words.not_in_goals) or spoken & {"between", "both"}:
        return ""
    rest = re.split(r"[.,;:?/–—]| - | and | or | but | then | so that ", rest, maxsplit=1)[0].strip()
    if len(rest) > LONGEST_GOAL:
        rest = re.split(r" (?:without|before|until|while|instead of|after) ", rest, maxsplit=1)[0]
    parts = rest.split()
    if len(parts) < 2 or len(rest) > LONGEST_GOAL or parts[-1].casefold() in words.loose_ends:
        return ""
    return f"{gerund} {rest}"


def _calm(word: str) -> str:
    """A word of a name without its shouting: DREDGE is Dredge, XVI and ICO stay."""
    return word.capitalize() if len(word) > 3 and word.isupper() and word.strip("IVXLC") else word


def _from_note(note: str, book: Phrasebook) -> Iterator[Ground]:
    spoken = words_of(note)
    for word in dict.fromkeys(spoken):
        noun = book.words.nouns.get(word)
        if noun is not None:
            yield _noun(noun, "note", "your note")
        elif word in book.words.abstract:
            yield _theme(word, "note", "your note")


def _from_room(recent: Sequence[ChatMessage], words: Words) -> Iterator[Ground]:
    """Nouns that two people used or one used in two lines, the latest first, and those of open questions."""
    lines: dict[Noun, list[int]] = {}
    for number, message in enumerate(recent):
        if "://" in message.text:
            continue
        for noun in {words.nouns[token] for token in words_of(message.text) if token in words.nouns}:
            lines.setdefault(noun, []).append(number)
    latest = sorted(lines, key=lambda noun: (-lines[noun][-1], noun.one))
    for noun in [noun for noun in latest if len(lines[noun]) > 1][:ROOM_WORDS]:
        source = f"the talk about {noun.many}"
        yield _noun(noun, "room", source)
        yield Ground("talk", "room", source, noun.one, {"words": noun.many})
    for noun in latest:
        if len(lines[noun]) == 1 and recent[lines[noun][0]].text.rstrip().endswith("?"):
            yield Ground("asked", "room", f"a question left open about {noun.many}", noun.one, {"words": noun.many})
            break


def _from_angle(angle: str, words: Words) -> Iterator[Ground]:
    source = "tonight's angle"
    text = _plain(angle)
    sentences = [found.strip() for found in _SENTENCE.findall(text) if found.strip(" .?")]
    for sentence in sentences:
        spoken = set(words_of(sentence))
        if spoken & words.personal or not 12 <= len(sentence) <= 150:
            continue
        if between := _BETWEEN.search(sentence.casefold().rstrip(".")):
            yield Ground("between", "angle", source, between[0], {"between": between[0]})
        if sentence.endswith("?") and sentence[0].isupper():
            yield Ground("question", "angle", source, sentence.casefold(), {"question": sentence})
            continue
        clause = _clause(sentence.rstrip("."), words)
        if clause:
            yield Ground("clause", "angle", source, clause.casefold(), {"clause": clause})
        elif sentence[0].isupper() and len(sentence) <= 90 and words_of(sentence)[0] not in words.gerunds:
            yield Ground("angle", "angle", source, sentence.casefold(), {"angle": sentence})
    yield from _pairs(text, words, "angle", source)
    for word in words_of(text):
        if word in words.abstract:
            yield _theme(word, "angle", source)


def _clause(sentence: str, words: Words) -> str:
    """The indirect question in a sentence such as "explore how silence makes a place", without its verb."""
    found = _CLAUSE.search(sentence.casefold())
    if found is None or sentence.endswith("?"):
        return ""
    before = words_of(sentence[: found.start()])
    if before and (before[0] not in words.clause_verbs or len(before) > 3):
        return ""
    clause = sentence[found.start() :]
    clause = clause[0].lower() + clause[1:]
    ends_well = words_of(clause)[-1] not in words.loose_ends
    return clause if len(clause.split()) >= 4 and len(clause) <= 90 and ends_well else ""


def _from_plan(dashboard: Dashboard, words: Words) -> Iterator[Ground]:
    if name := game_name(dashboard.game, words):
        yield Ground("game", "game", "the game", name.casefold(), {"game": name})
    if title := _title(dashboard):
        yield Ground("title", "title", "tonight's title", title.casefold(), {"title": title})
    yield from _pairs(_plain(dashboard.title), words, "title", "tonight's title")
    for text, origin, source in (
        (dashboard.title, "title", "tonight's title"),
        (dashboard.mood, "mood", "tonight's mood"),
        (" ".join(dashboard.goals), "goals", "tonight's goals"),
    ):
        for word in words_of(text):
            if word in words.abstract:
                yield _theme(word, origin, source)
    moods = [word for word in words_of(dashboard.mood) if words.is_adjective(word)][:4]
    for word in moods:
        yield Ground("mood", "mood", "tonight's mood", word, {"mood": word, "a_mood": with_article(word)})
    for first, second in pairwise(moods):
        slots = {"mood": first, "second": second, "a_mood": with_article(first), "Mood": first.capitalize()}
        yield Ground("moods", "mood", "tonight's mood", first, slots)
    for goal in dashboard.goals:
        if phrase := goal_phrase(goal, words):
            slots = {"goal": phrase, "Goal": phrase[0].upper() + phrase[1:]}
            yield Ground("goal", "goals", "tonight's goals", phrase.casefold(), slots)


def _title(dashboard: Dashboard) -> str:
    parts = re.split(r"\s[-–—|•·]+\s|\||:\s", dashboard.title)
    game = dashboard.game.strip().casefold()
    for part in parts:
        text = _plain(part)
        shouted = sum(word.isupper() for word in text.split() if len(word) > 1) > 1
        if len(text.split()) >= 2 and len(text) <= 48 and text.casefold() != game and not shouted:
            return text.rstrip(".,;:")
    return ""


def _pairs(text: str, words: Words, origin: str, source: str) -> Iterator[Ground]:
    for pattern in _OPPOSED:
        for one, other in pattern.findall(text.casefold()):
            if one == other:
                continue
            slots = {"one": one, "other": other, "One": one.capitalize(), "Other": other.capitalize()}
            if one in words.paired and other in words.paired:
                yield Ground("pair", origin, source, f"{one} {other}", slots)
            elif words.is_adjective(one) and words.is_adjective(other) and pattern is not _OPPOSED[2]:
                yield Ground("ways", origin, source, f"{one} {other}", slots)


def _scenes(context: Context, book: Phrasebook) -> Iterator[Ground]:
    dashboard = context.dashboard
    spoken: dict[str, int] = {}
    for message in context.recent[-RECENT_LINES:]:
        for word in set(words_of(message.text)):
            spoken[word] = spoken.get(word, 0) + 1
    fields: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("note", "your note", words_of(context.note)),
        ("room", "", (word for word, lines in spoken.items() if lines > 1)),
        ("angle", "tonight's angle", words_of(dashboard.angle)),
        ("title", "tonight's title", words_of(dashboard.title)),
        ("mood", "tonight's mood", words_of(dashboard.mood)),
        ("goals", "tonight's goals", words_of(" ".join(dashboard.goals))),
        ("game", "the game", words_of(dashboard.game)),
        ("post", "tonight's notification", words_of(f"{dashboard.notification} {dashboard.social_post}")),
    )
    told = [(origin, source, frozenset(found)) for origin, source, found in fields]
    game = dashboard.game.casefold()
    nouns = book.words.nouns
    for scene in book.scenes:
        hits = [
            (origin, source or f"the talk about {nouns[word].many if word in nouns else scene.name}")
            for origin, source, found in told
            for word in scene.keywords
            if word in found
        ]
        if not hits and any(game.startswith(name) for name in scene.games):
            hits = [("game", "the game")]
        if not hits:
            continue
        origin, source = hits[0]
        yield Ground(scene.id, origin, source, scene.id, {})
        if origin not in ("angle", "title", "goals", "game"):
            continue  # only those say that it is there in the game
        for one, other in scene.qualities:
            slots = {"scene": scene.name, "Scene": scene.name[0].upper() + scene.name[1:], "one": one, "other": other}
            yield Ground("scene", origin, source, f"{scene.name} {one}", slots)


def _noun(noun: Noun, origin: str, source: str) -> Ground:
    if noun.kind in ("weather", "hour"):
        forms = {"word": noun.one, "Word": noun.one.capitalize(), "the": f"the {noun.one}", "words": noun.one}
        return Ground(noun.kind, origin, source, noun.one, forms)
    article = with_article(noun.one)
    forms = {
        "word": noun.one,
        "words": noun.many,
        "Words": noun.many.capitalize(),
        "a": article,
        "A": article[0].upper() + article[1:],
        "the": f"the {noun.one}",
        "The": f"The {noun.one}",
    }
    return Ground(noun.kind, origin, source, noun.one, forms)


def _theme(word: str, origin: str, source: str) -> Ground:
    return Ground("theme", origin, source, word, {"theme": word, "Theme": word.capitalize()})


def _plain(text: str) -> str:
    """A piece of a dashboard without its markdown, or empty where it holds anything but plain words."""
    text = " ".join(_MARKUP.sub("", text).split()).strip(" -–—,;")
    text = text.strip("\"“”'‘ ")
    return text if _PLAIN.fullmatch(text) and "/" not in text and ".." not in text else ""
