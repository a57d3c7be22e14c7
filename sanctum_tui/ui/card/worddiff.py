"""What became of a text, word by word. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of some words."""

    KEPT = ""
    GONE = "−"
    NEW = "+"


@dataclass(frozen=True, slots=True)
class Change:
    """Words that stand together, and what became of them; the fate's value is the sign they are marked by."""

    fate: Fate
    words: str


def changes(before: str, after: str) -> tuple[Change, ...]:
    """How one text became the other; where nothing but spaces changed, that all was kept."""
    # Here, for nobody edits a line before the first paint.
    from difflib import SequenceMatcher

    old, new = before.split(), after.split()
    found: list[Change] = []
    for kind, start, end, to, upto in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change(Fate.KEPT, " ".join(old[start:end])))
            continue
        if end > start:
            found.append(Change(Fate.GONE, " ".join(old[start:end])))
        if upto > to:
            found.append(Change(Fate.NEW, " ".join(new[to:upto])))
    return tuple(found)
