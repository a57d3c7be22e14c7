"""The guard's rules about what others said: repetition, echoes of chat, and what is private."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from sanctum_tui.llm.guard_checks import DATA
from sanctum_tui.llm.guard_disguises import readings
from sanctum_tui.llm.guard_language import ENGLISH
from sanctum_tui.lookalikes import fold

TOO_ALIKE = 80.0
"""Likeness in per cent (rapidfuzz) from which two lines count as the same one."""
SAME_WORDS = 90.0
"""Likeness from which two lines of the same words in another order count as the same one."""

ECHOED_WORDS = 5
"""So many words in a row, as somebody wrote them, are an echo, where two of them say something. Where only one does,
it takes one more; where they are words such as "at the end of the", two more.
"""
ECHOED_SIGNS = 8
"""The same in scripts that do not set words apart, in letters."""
KEY_PIECE = 8
"""So many letters of a key in a row give it away."""
_SHORTEST_KEY = 12
"""Letters from which a private word with digits in it is a key, any piece of which is secret."""
_SHORTEST_PRIVATE = 4

WORD = re.compile(r"\w+")
_EVERYDAY = frozenset(DATA["everyday_words"])
_SMALL = _EVERYDAY | ENGLISH
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]{8,}")
_QUOTATION = re.compile(r'["“「『«](.{1,60}?)["”」』»]')
_MOST_TITLE_WORDS = 6
fold_known = lru_cache(maxsize=4096)(fold)


def telling(word: str) -> bool:
    """Whether a word says something, and is not one that any sentence has."""
    return len(word) > 2 and word not in _SMALL and not word.isdecimal()


def tokens(folded: str) -> str:
    """The words of a folded text, each with a space on both sides."""
    return f" {' '.join(WORD.findall(folded))} "


@lru_cache(maxsize=4096)
def tokens_known(text: str) -> str:
    return tokens(fold(text))


def said_before(line: str, said: Sequence[str]) -> str | None:
    """The line of these that this one is too close to."""
    # Only here: most lines are looked at with nothing said yet.
    from rapidfuzz import fuzz, process

    folded = fold(line)
    earlier = [fold_known(other) for other in said]
    for likeness, least in ((fuzz.ratio, TOO_ALIKE), (fuzz.token_sort_ratio, SAME_WORDS)):
        if match := process.extractOne(folded, earlier, scorer=likeness, score_cutoff=least):
            return said[match[2]]
    return None


def echoed(plain: str, chat: Sequence[str]) -> str | None:
    """Words in a row that somebody in chat wrote; a quoted title is nobody's words."""
    return _shared_words(tokens(fold(_untitled(plain))), "\n".join(map(tokens_known, chat))) or _shared_signs(
        plain, chat
    )


def _untitled(plain: str) -> str:
    """The line without quotations that are written like a title, each word of weight with a capital."""
    return _QUOTATION.sub(lambda match: " ; " if _is_title(match[1]) else match[0], plain)


def _is_title(quoted: str) -> bool:
    words = WORD.findall(quoted)
    weighty = [word for word in words if len(word) > 3]
    return 0 < len(words) <= _MOST_TITLE_WORDS and bool(weighty) and all(word[0].isupper() for word in weighty)


def _shared_words(said: str, others: str) -> str | None:
    words = said.split()
    for start in range(len(words) - ECHOED_WORDS + 1):
        run = words[start : start + ECHOED_WORDS]
        if f" {' '.join(run)} " not in others:
            continue
        weight = sum(map(telling, run))
        while weight < 2 and len(run) < ECHOED_WORDS + 2 and start + len(run) < len(words):
            run.append(words[start + len(run)])
            weight += 1 + telling(run[-1])
        if weight > 1 and f" {' '.join(run)} " in others:
            return " ".join(run)
    return None


def _shared_signs(plain: str, others: Sequence[str]) -> str | None:
    if plain.isascii():
        return None
    for match in _UNSPACED.finditer(plain):
        for start in range(len(match[0]) - ECHOED_SIGNS + 1):
            run = match[0][start : start + ECHOED_SIGNS]
            if any(run in other for other in others):
                return run
    return None


def leaked(line: str, private: Sequence[str]) -> str | None:
    """What the line tells of texts that are nobody's business: words in a row of a prompt, a name, a piece of a key.

    A private text with white space in it is a text; one without is a name, or, long and with digits, a key.
    """
    texts = "\n".join(tokens_known(text) for text in private if " " in text.strip())
    words = [text.strip() for text in private if text.strip() and " " not in text.strip()]
    forms = readings(line, every=True)
    for form in forms:
        if found := _shared_words(tokens(fold(form)), texts) or _shared_signs(form, private):
            return found
    for form in forms:
        for bare in _squeezed_forms(form):
            if any(_holds(bare, word) for word in words):
                return "part of a key or a password"
        said = f" {' '.join(WORD.findall(form.casefold()))} "
        for word in words:
            if len(word) >= _SHORTEST_PRIVATE and f" {' '.join(WORD.findall(word.casefold()))} " in said:
                return word if not _is_key(word) else "a key or a password"
    return None


def _is_key(word: str) -> bool:
    return len(word) >= _SHORTEST_KEY and any(map(str.isdecimal, word)) and "://" not in word


def _squeezed_forms(form: str) -> Iterator[str]:
    """A text's letters and digits without anything between them, as written, as they look, and from the end."""
    written = _squeeze(unicodedata.normalize("NFKC", form).casefold())
    yield written
    yield written[::-1]
    if not form.isascii():
        yield _squeeze("".join(map(fold_known, form)))


def _squeeze(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _holds(bare: str, word: str) -> bool:
    if not _is_key(word):
        return False
    return any(piece in bare for piece in _pieces(word))


@lru_cache(maxsize=64)
def _pieces(key: str) -> tuple[str, ...]:
    bare = _squeeze(key.casefold())
    return tuple(bare[start : start + KEY_PIECE] for start in range(max(1, len(bare) - KEY_PIECE + 1)))
