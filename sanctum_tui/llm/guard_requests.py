"""Whether a line does what a line of chat told the machine to do: the words, codes and quotations it asked for."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sanctum_tui.llm.guard_checks import read_data
from sanctum_tui.llm.guard_disguises import readings
from sanctum_tui.llm.guard_echo import WORD, telling, tokens
from sanctum_tui.lookalikes import fold

MOST_WORDS = 4
"""Of a longer request, so many words in a row are enough to know it by."""
_MOST_ASKED = 12
"""Words behind a verb that may be what is asked for."""
_OWN_WORDS = 3
"""So many telling words of a line that speaks to the machine, and half of all the line has, are obedience."""

_DATA = read_data("guard_words.toml")
_CARRIERS = frozenset(_DATA["carriers"])
_MACHINE_WORDS = frozenset(_DATA["machine_words"])
_ADDRESSED = (
    r"(?:^|[^\w\s'] ?|\b(?:please(?: \w+){0,4}|now|must|just|to|and|then|you|will|only|should|can|always|steward|"
    r"chronicler|bot|ai|assistant|hearthkeeper|por favor|bitte)\s+)"
)
_ASKED = r"[\s:,=>*_'\"-]*([^\n.?!|<>\[\]{}#\"]*)"


# Those of long lists are compiled at the first line of chat: start-up must not wait for them.


@cache
def _to_the_machine() -> re.Pattern[str]:
    return re.compile("|".join(_DATA["to_the_machine"]))


@cache
def _verbs(*lists: str) -> re.Pattern[str]:
    verbs = sorted((verb for name in lists for verb in _DATA[name]), key=len, reverse=True)
    return re.compile(rf"{_ADDRESSED}(?:{'|'.join(verbs)})\b{_ASKED}")


_NAMED = re.compile(rf"\b(?:{'|'.join(_DATA['naming'])})\b(?: is| are| of|:)? ?[\"'“‘]?([\w-]+)")
_LITERAL_WRITTEN = re.compile(
    # Where a clause begins: "he said" asks for nothing.
    rf"(?:^|[\s,.:!?，。：！？、「『]|请|請)(?:{'|'.join(_DATA['literal_written'])})\s*[:：,，]?\s*([^\n。.?!]{{2,60}})"
)
_QUOTED = re.compile(r"[\"“”„«»「」『』`*]{1,3}([^\"“”„«»「」『』`*]{2,120})[\"“”«»「」『』`*]{1,3}")
_SINGLE_QUOTED = re.compile(r"(?<!\w)['‘]([^'‘’]{2,120})['’](?!\w)")
_TAGGED = re.compile(r"<[^<>]{1,30}>([^<>]{2,200})</?[^<>]{1,30}>|\]\s*([^\[\]]{2,200})\[/|[:=]\s*([^:={}]{2,120})$")
_CODE = re.compile(
    r"(?<!\w)(?=[\w-]*[A-Z\d])(?:[A-Z]{4,}(?:[-_ ][A-Z\d]+)*|[\w-]*\d[\w-]{3,}|[A-Za-z]+_\w+|\d{4,})(?!\w)"
)


@dataclass(frozen=True, slots=True)
class _Request:
    """What a line of chat asks for."""

    wanted: tuple[str, ...] = ()
    """Runs of words, as `tokens` gives them."""
    written: tuple[str, ...] = ()
    """The same in scripts that do not set words apart."""
    own_words: frozenset[str] = frozenset()
    """Telling words of a line that speaks to the machine."""


def obeyed(plain: str, chat: Sequence[str], titles: Collection[str]) -> str | None:
    """What the line has of a request in chat, or None. The words of tonight's titles are free."""
    said = tokens(fold(plain))
    free = tokens(fold(" ".join(titles))).split()
    own = {word for word in said.split() if telling(word)}
    for text in chat:
        request = _request(text)
        for wanted in request.wanted:
            if wanted in said and any(word not in free for word in wanted.split() if _weighs(word)):
                return wanted
        for written in request.written:
            if written in plain:
                return written
        common = own & request.own_words
        if len(common) >= _OWN_WORDS and len(common) * 2 >= len(own):
            return " ".join(sorted(common))
    return None


def asks(text: str) -> bool:
    """Whether a text asks for anything that a line could obey."""
    request = _request(text)
    return bool(request.wanted or request.written or request.own_words)


@lru_cache(maxsize=1024)
def _request(text: str) -> _Request:
    """Read a line of chat for what it asks of the machine. Most ask nothing."""
    wanted: dict[str, None] = {}
    written: dict[str, None] = {}
    own: set[str] = set()
    forms = readings(text)
    for reading in forms:
        folded = fold(reading)
        to_the_machine = _to_the_machine().search(folded) is not None
        verbs = _verbs("literal", "literal_to_the_machine") if to_the_machine else _verbs("literal")
        asks = list(verbs.finditer(folded))
        foreign = [match[1] for match in _LITERAL_WRITTEN.finditer(reading)]
        if not (to_the_machine or asks or foreign):
            continue
        if to_the_machine:
            own |= {word for word in WORD.findall(folded) if telling(word)}
        for match in asks:
            # Among people "say" asks for a thing said, too: one word of theirs is free, unless all they wrote is it.
            one_is_enough = to_the_machine or match.start() == 0
            wanted |= dict.fromkeys(run for run in _runs(match[1]) if one_is_enough or len(run.split()) > 1)
        named = [match[1] for match in _NAMED.finditer(folded)] if to_the_machine or asks else []
        for asked in (*named, *_set_apart(reading, to_the_machine)):
            wanted |= dict.fromkeys(_runs(fold(asked)))
        for asked in foreign:
            bare = asked.strip(" 「」『』“”\"'")
            written |= dict.fromkeys(
                bare[start : start + 4] for start in range(max(1, len(bare) - 3)) if len(bare) > 1
            )
    return _Request(tuple(wanted), tuple(written), frozenset(own))


def _set_apart(text: str, to_the_machine: bool) -> Iterator[str]:
    """What stands in quotation marks or is written like a code, and, for the machine, in tags or behind a colon."""
    for pattern in (_QUOTED, _SINGLE_QUOTED, _TAGGED) if to_the_machine else (_QUOTED, _SINGLE_QUOTED):
        for match in pattern.finditer(text):
            yield next(filter(None, match.groups()))
    for match in _CODE.finditer(text):
        yield match[0]


def _runs(asked: str) -> Iterator[str]:
    """The words that are asked for, without those that only carry them; of many, every few in a row."""
    words = WORD.findall(asked)[:_MOST_ASKED]
    while words and (words[0] in _CARRIERS or not _weighs(words[0])):
        del words[0]
    while words and not _weighs(words[-1]):
        del words[-1]
    for start in range(max(1, len(words) - MOST_WORDS + 1)):
        run = words[start : start + MOST_WORDS]
        if any(map(_weighs, run)):
            yield f" {' '.join(run)} "


def _weighs(word: str) -> bool:
    return (telling(word) and word not in _MACHINE_WORDS) or (word.isdecimal() and len(word) > 3)
