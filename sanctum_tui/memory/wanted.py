"""Which chat lines are wanted: everybody's, people's, the agent's, flagged ones, those with some words. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sanctum_tui.chat import ChatLine, Voice

_WHO: Final = "name:"


class Whose(StrEnum):
    """Whose lines, in the order in which one key goes through them."""

    ALL = "everything"
    PEOPLE = "people only"
    AGENT = "the agent only"
    FLAGGED = "flagged only"

    @property
    def next(self) -> "Whose":
        order = tuple(Whose)
        return order[(order.index(self) + 1) % len(order)]


VOICES: Final = {
    Whose.ALL: frozenset(Voice),
    Whose.PEOPLE: frozenset({Voice.PERSON, Voice.COMMAND, Voice.SHARED}),
    Whose.AGENT: frozenset({Voice.AGENT}),
    Whose.FLAGGED: frozenset({Voice.SPAM}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of lines: all of what it names must hold."""

    whose: Whose = Whose.ALL
    words: tuple[str, ...] = ()
    """Each must be somewhere in the text, in capitals or not."""
    names: tuple[str, ...] = ()
    """Each must be somewhere in the login or the shown name."""

    @property
    def everything(self) -> bool:
        return self.whose is Whose.ALL and not self.words and not self.names

    def fits(self, line: ChatLine) -> bool:
        """Whether a line is wanted. The database only narrows down; this decides."""
        if line.voice not in VOICES[self.whose]:
            return False
        text = folded(line.message.text)
        who = folded(f"{line.message.login}\n{line.message.name}")
        return all(folded(word) in text for word in self.words) and all(folded(name) in who for name in self.names)

    def __str__(self) -> str:
        """As it is told in the frame."""
        looked_for = " ".join([*(f"{_WHO}{name}" for name in self.names), *self.words])
        whose = "" if self.whose is Whose.ALL and looked_for else self.whose.value
        return " · ".join(part for part in (whose, f"“{looked_for}”" if looked_for else "") if part)


EVERYTHING: Final = Wanted()


def wanted_of(query: str, whose: Whose = Whose.ALL) -> Wanted:
    """What a search asks for: its words, and after ``name:`` whose lines they should be."""
    parts = query.split()
    names = tuple(part[len(_WHO) :] for part in parts if part.startswith(_WHO) and len(part) > len(_WHO))
    return Wanted(whose, tuple(part for part in parts if not part.startswith(_WHO)), names)


def folded(text: str) -> str:
    """A text as it is compared: in lower case, sign for sign, so that what is ASCII stays so and nothing else is."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def like(word: str) -> str:
    r"""A pattern for LIKE that finds at least what contains the word; ``\`` escapes.

    Databases agree about the capitals of ASCII only, so any other letter that has one stands for any sign.
    """
    return f"%{''.join(_sign(char) for char in folded(word))}%"


def _sign(char: str) -> str:
    if char in "\\%_":
        return f"\\{char}"
    return char if char.isascii() or char.lower() == char.upper() else "_"


def _lower(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 and lower.isascii() == char.isascii() else char
