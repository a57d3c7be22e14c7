"""The names of viewers, as the guard looks for them in a line: an evening's worth of them, at every key press."""

from collections.abc import Collection, Iterable, Iterator

from sanctum_tui.llm.guard_checks import DATA
from sanctum_tui.llm.guard_echo import tokens
from sanctum_tui.lookalikes import fold

_EVERYDAY = frozenset(DATA["everyday_words"])
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

    def found_in(self, line: str) -> str | None:
        """A name that the line has, in any disguise, or None. An everyday word is no name."""
        self._read()
        words = tokens(fold(line)).split()
        for start in range(len(words)):
            for end in range(start + 1, min(start + self._most_words, len(words)) + 1):
                if (name := self._by_look.get(" ".join(words[start:end]))) is not None:
                    return name
        if line.isascii():
            return None
        for length in self._lengths:
            for start in range(len(line) - length + 1):
                piece = line[start : start + length]
                if not piece.isascii() and piece in self._known:
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
            words = tokens(fold(name)).split()
            look = " ".join(words)
            if len(look) >= _SHORTEST and look not in _EVERYDAY:
                self._by_look.setdefault(look, name)
                self._most_words = max(self._most_words, len(words))
            if len(name) > 1 and not name.isascii():
                self._lengths.add(len(name))


def viewer_named(line: str, names: Collection[str]) -> str | None:
    """The viewer that the line names, as whole words where its script has them."""
    return (names if isinstance(names, Names) else Names(names)).found_in(line)
