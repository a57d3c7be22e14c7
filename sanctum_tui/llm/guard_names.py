"""The names of viewers, as the guard looks for them in a line: an evening's worth of them, at every key press."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache

from sanctum_tui.llm.guard_checks import DATA
from sanctum_tui.llm.guard_echo import WORD, tokens
from sanctum_tui.llm.guard_language import ENGLISH
from sanctum_tui.llm.phrasebook import load
from sanctum_tui.lookalikes import fold

_EVERYDAY = frozenset(DATA["everyday_words"])
_SENTENCE_START = re.compile(r"(?:^|[.?!…][\"'”’)\]]*\s)[\s\"'“‘(\[]*$")
_SHORTEST = 3
"""Letters of a name as it looks; a shorter one is in too many words' way."""


class Names(Collection[str]):
    """Names that were met. To take one in costs next to nothing; it is read when a line is looked at next."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._new = {*names}
        self._known: dict[str, None] = {}
        self._by_look: dict[str, str] = {}
        """Each name by its words as they look."""
        self._most_words = 0
        self._lengths: set[int] = set()
        """Of names in scripts that may be written without spaces, which have no whole words."""

    def update(self, names: Iterable[str]) -> None:
        """Take in these, whether or not they are known."""
        self._new.update(names)

    def found_in(self, line: str, plan: Sequence[str] = ()) -> str | None:
        """A name that the line has, in any disguise, or None.

        An everyday word is no name. Nor is any ordinary word that is written like one, nor a word of tonight's plan.
        """
        self._read()
        words = _words(line)
        plain: list[str] | None = None
        for start in range(len(words)):
            for end in range(start + 1, min(start + self._most_words, len(words)) + 1):
                name = self._by_look.get(_look(words[start:end]))
                if name is None:
                    continue
                plain = [*_plain(line, plan)] if plain is None else plain
                run = words[start:end]
                # Whoever mixes the word and the name means the name.
                if _times(run, plain) < _times(run, words):
                    return name
        if line.isascii():
            return None
        for length in self._lengths:
            for start in range(len(line) - length + 1):
                piece = line[start : start + length]
                if not piece.isascii() and piece in self._known and not any(piece in text for text in plan):
                    return piece
        return None

    def __len__(self) -> int:
        self._read()
        return len(self._known)

    def __bool__(self) -> bool:
        return bool(self._known or self._new)

    def __iter__(self) -> Iterator[str]:
        self._read()
        return iter(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._new

    def _read(self) -> None:
        new, self._new = self._new, set()
        for name in sorted(new - self._known.keys()):
            self._known[name] = None
            words = _words(name)
            look = _look(words)
            if len(look) >= _SHORTEST and look not in _EVERYDAY:
                self._by_look.setdefault(look, name)
                self._most_words = max(self._most_words, len(look.split()))
            if len(name) > 1 and not name.isascii():
                self._lengths.add(len(name))


def viewer_named(line: str, names: Collection[str], plan: Sequence[str] = ()) -> str | None:
    """The viewer that the line names, as whole words where its script has them. The words of `plan` name nobody."""
    return (names if isinstance(names, Names) else Names(names)).found_in(line, plan)


def _words(text: str) -> list[str]:
    """The words of a text as they look."""
    return [*filter(None, (word.strip("_") for word in tokens(fold(text)).split()))]


def _look(words: Iterable[str]) -> str:
    """What a name of these words is known by: whether a line has it with its underscores or with spaces."""
    return " ".join(" ".join(words).replace("_", " ").split())


def _plain(line: str, plan: Sequence[str]) -> Iterator[str]:
    """The line word by word, with nothing in the place of one that is not written as an ordinary word is."""
    planned = {word for text in plan for word in (*WORD.findall(text.casefold()), *tokens(fold(text)).split())}
    for match in WORD.finditer(line):
        word, before = match[0], line[: match.start()]
        low = word.casefold()
        calm = word == low or word == "I" or (word == low.capitalize() and _SENTENCE_START.search(before))
        if not before.endswith("@") and (low in planned or (calm and low in _common())):
            yield from _words(low)
        else:
            yield ""


def _times(run: Sequence[str], words: Sequence[str]) -> int:
    """How often these words stand there in a row."""
    return sum(words[start : start + len(run)] == run for start in range(len(words) - len(run) + 1))


@cache
def _common() -> frozenset[str]:
    """Words that people are called by and that lines need: the composer's own, those of any sentence, and what is
    left of one behind an apostrophe.
    """
    return load().vocabulary() | ENGLISH | _EVERYDAY | {"am", "d", "ll", "m", "re", "s", "t", "ve"}
