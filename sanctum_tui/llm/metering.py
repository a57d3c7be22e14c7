"""What a request to a model used: as its provider tells it; where it does not, as much as was sent and read."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from sanctum_tui.llm.faults import Tap, words_of
from sanctum_tui.llm.ports import Usage

_PICTURE_CHARACTERS = 4_000
"""What a picture is worth where nobody tells: about a thousand tokens, as one of middling size is billed."""


def used_by(messages: Sequence[Any], stream: Any | None, tap: Tap) -> Usage:
    """What a request of these messages used, with what was streamed so far, or None, as the model library has them.

    An error in place of an answer, or a web page, used nothing.
    """
    answer = stream.get() if stream is not None else None
    read = _length(answer.parts) if answer is not None else 0
    if not read and (tap.is_page or tap.error() is not None):
        return Usage()
    # Each message of a run keeps the instructions; they are sent once.
    instructions = next(filter(None, (getattr(one, "instructions", "") for one in reversed(messages))), "")
    sent = len(instructions) + sum(_length(message.parts) for message in messages)
    if answer is None:
        return metered(sent=sent, read=read, told=Usage(), ended=False)
    told = Usage(answer.usage.input_tokens, answer.usage.output_tokens)
    thought = answer.usage.details.get("reasoning_tokens", 0)
    return metered(sent=sent, read=read, told=told, thought=thought, ended=tap.ended)


def metered(*, sent: int, read: int, told: Usage, thought: int = 0, ended: bool) -> Usage:
    """What a request used. `sent` and `read` are characters, `thought` the tokens of thoughts that were told.

    Of one that did not come to its end, what was told may be of its beginning: never less than what was read.
    """
    # OpenAI counts thoughts among what was written, xAI beside it.
    written = told.tokens_out + (thought if thought > told.tokens_out else 0)
    if not (ended and written):
        written = max(written, _estimate(read))
    return Usage(told.tokens_in or _estimate(sent), written)


def _length(parts: Iterable[object]) -> int:
    """Characters of what is said in these, thoughts and calls of tools too, and what their pictures are worth."""
    length = 0
    for part in parts:
        said = getattr(part, "content", None) or getattr(part, "args", None)
        length += len(words_of(said))
        if isinstance(said, list | tuple):
            length += _PICTURE_CHARACTERS * sum(hasattr(one, "media_type") for one in said)
    return length


def _estimate(characters: int) -> int:
    """Tokens where the provider does not tell them: four characters each, as is usual in English."""
    return math.ceil(characters / 4)
