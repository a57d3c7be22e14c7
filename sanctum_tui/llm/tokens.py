"""How many tokens a text may be for a model, estimated without knowing whose model it is.

Cheap, and wrong on the safe side: what is sent must fit. The weights lie above what the tokenizers of the GPT
(cl100k, o200k) and Llama 2 and 3 families were seen to need for running text of each script; a tokenizer that
falls back to bytes needs up to the bytes of the text, so for rare signs its bytes are what is counted.
"""

import re

_RUN = re.compile(
    r"(?P<words>[A-Za-z]+)|(?P<digits>[0-9]+)|(?P<breaks>\n+)|(?P<space>[^\S\n]+)|(?P<ascii>[!-/:-@\[-`{-~])"
    r"|(?P<latin>[\u00c0-\u024f]+)|(?P<alphabet>[\u0370-\u052f]+)"
    r"|(?P<signs>[\u2010-\u2027])|(?P<rest>[^\x00-\x7f\u00c0-\u024f\u0370-\u052f\u2010-\u2027]+)|(?P<control>.)",
    re.DOTALL,
)
_VOWELS = frozenset("aeiouyAEIOUY")


def estimate(text: str) -> int:
    """Tokens that the text is at most, for ordinary text; never less than half of what any tokenizer needs."""
    return sum(_weight(found.lastgroup or "", found[0]) for found in _RUN.finditer(text)) + bool(text)


def clip(text: str, tokens: int) -> str:
    """As much of the text's beginning as fits, cut at a word where there is one; empty where nothing does."""
    if estimate(text) <= tokens:
        return text
    low, high = 0, min(len(text), 4 * max(0, tokens))
    while low < high:
        middle = (low + high + 1) // 2
        if estimate(text[:middle]) + 1 <= tokens:
            low = middle
        else:
            high = middle - 1
    head = text[:low]
    space = max(head.rfind(" "), head.rfind("\n"))
    head = (head[:space] if space > low // 2 else head).rstrip()
    return f"{head}…" if head else ""


def _weight(kind: str, run: str) -> int:
    length = len(run)
    if kind == "words":
        return _letters(run)
    if kind == "space":
        return length // 2
    if kind in ("latin", "alphabet"):
        return length + length // 3
    if kind == "digits":
        return length + 1
    if kind == "signs":
        return 2 * length
    if kind == "rest":
        return sum(map(_sign, run))
    return length


def _letters(word: str) -> int:
    """A word that is in no vocabulary whole (a key, a shout, letters at random) goes to pieces of one or two."""
    length = len(word)
    if length > 4 and 5 * sum(map(_VOWELS.__contains__, word)) < length:
        return length
    if word.islower() or word.istitle():
        return -(-length // 3)
    return -(-2 * length // 3) if word.isupper() else -(-3 * length // 4)


def _sign(sign: str) -> int:
    """Chinese and the like: cl100k needs 1.3 on average, Llama 2 up to 3. Emoji: as many as they have bytes."""
    code = ord(sign)
    if code > 0xFFFF:
        return 4
    if 0x3000 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3:
        return 2
    return 2 if code < 0x800 else 3
