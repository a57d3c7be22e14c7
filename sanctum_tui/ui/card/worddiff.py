"""What became of a text, word by word. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

_BESIDE = 2
"""Kept words that tell where something changed."""


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


def shortened(found: tuple[Change, ...]) -> tuple[Change, ...]:
    """The same with no more of what was kept than the words right beside what was not."""
    last = len(found) - 1
    return tuple(
        replace(change, words=_beside(change.words.split(), after=place > 0, before=place < last))
        if change.fate is Fate.KEPT
        else change
        for place, change in enumerate(found)
    )


def _beside(words: list[str], *, after: bool, before: bool) -> str:
    first, last = words[: _BESIDE * after], words[-_BESIDE * before :] if before else []
    return " ".join(words if len(first) + len(last) + 1 >= len(words) else [*first, "…", *last])
