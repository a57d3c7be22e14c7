"""A model's own thoughts are no part of its answer: they are taken out, whole or as they stream in."""

import re
from collections.abc import Iterator

BRIEF = "Think briefly, in a few short sentences at most, and then write the answer."
"""What a model that thinks first is told behind everything else; without it some think for a minute."""

_BLOCKS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[think]", "[/think]"),
    ("◁think▷", "◁/think▷"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
"""How models mark their thoughts (Qwen and DeepSeek, others, Magistral, Kimi, gpt-oss), in lower case."""
_TAGS = tuple(tag for block in _BLOCKS for tag in block)
_OPENING = dict(_BLOCKS)
_FIND = re.compile("|".join(map(re.escape, sorted(_TAGS, key=len, reverse=True))), re.IGNORECASE)

# Families that think before they write, as their names go at OpenAI, Ollama, LM Studio and elsewhere.
_THINKS = re.compile(
    r"(?ix) (?: ^ | [/:_.\s-] ) (?: o[1345] | gpt-5 | gpt-oss | deepseek-?(?:r\d|reasoner) | r1 | qwq | qwen-?3 |"
    r" magistral | kimi-k2 | glm-4\.[5-9] | glm-[5-9] | nemotron | smollm3 | minimax-m\d | grok-[34] )"
    r" (?! \w ) | (?: thinking | reason(?:er|ing) ) "
)
_THINKS_NOT = re.compile(r"(?i)instruct|non-?(?:thinking|reasoning)|no-?think|chat-latest")


def thinks_by_name(model: str) -> bool:
    """Whether a model of this name is known to think before it writes."""
    return _THINKS.search(model) is not None and _THINKS_NOT.search(model) is None


def briefly(material: str) -> str:
    """What a model that thinks first is asked: this, and behind it, once, to be brief about it."""
    return material if material.endswith(BRIEF) else f"{material}\n\n{BRIEF}"


class Stripper:
    """Takes thoughts out of one answer, piece by piece.

    With `held`, nothing is given out until it is sure that it is no thought: some servers leave the opening
    tag out, so that only the closing one tells what all that was.
    """

    def __init__(self, *, held: bool = False) -> None:
        self._rest = ""
        """Not yet given out: text that is held, or the beginning of what may become a tag."""
        self._held = held
        self._inside = ""
        """The tag that ends the block we are in; empty outside of one."""
        self._given = False
        self.thought = False
        """There were thoughts in it."""
        self.spoilt = False
        """A block was closed that nobody had opened, and what was given out before it was a thought."""

    def told(self) -> None:
        """Thoughts come apart from the answer, so that there is nothing to hold."""
        self.thought = True
        self._held = False

    def feed(self, piece: str) -> str:
        """What of this piece, and of what was kept back, belongs to the answer."""
        self._rest += piece
        return self._start("".join(self._pieces()))

    def finish(self) -> str:
        """The end of the answer, which may have looked like the beginning of a tag."""
        rest, self._rest = self._rest, ""
        return "" if self._inside else self._start(rest)

    def _pieces(self) -> Iterator[str]:
        while found := _FIND.search(self._rest):
            tag = found[0].lower()
            before, self._rest = self._rest[: found.start()], self._rest[found.end() :]
            if self._inside:
                if tag == self._inside:
                    self._inside = ""
            elif tag in _OPENING:
                self.thought, self._held, self._inside = True, False, _OPENING[tag]
                yield before
            elif self.thought:
                yield before  # a tag too many
            else:
                # All that came before was the thought.
                self.spoilt = self._given
                self.thought, self._held = True, False
        if self._held:
            return
        keep = _beginning_of_tag(self._rest)
        ready, self._rest = self._rest[: len(self._rest) - keep], self._rest[len(self._rest) - keep :]
        if not self._inside:
            yield ready

    def _start(self, text: str) -> str:
        if not self._given and self.thought:
            text = text.lstrip()
        self._given = self._given or bool(text.strip())
        return text


def strip(text: str) -> str:
    """A whole answer without its thoughts."""
    stripper = Stripper(held=True)
    return stripper.feed(text) + stripper.finish()


def _beginning_of_tag(text: str) -> int:
    """How many characters at the end could become a tag with what comes next."""
    lowered = text.lower()
    longest = min(len(lowered), max(map(len, _TAGS)) - 1)
    return next((n for n in range(longest, 0, -1) if any(tag.startswith(lowered[-n:]) for tag in _TAGS)), 0)
