"""A long answer as providers stream it: hundreds of chunks, with all that is odd about real ones."""

import random
from itertools import pairwise
from typing import Any

from tests.mock_provider import Reply, delta, end, event

CHUNKS = 400
USED = {"prompt_tokens": 1204, "completion_tokens": 611, "total_tokens": 1815}
"""As the last chunk tells it."""
_HARBOUR = (
    "The lamps along the quay are lit one by one, and nobody hurries. ",
    "“What does a harbour keep?” he asked — *rope*, `tar`, 3 < 4 oars & a bell. ",
    "灯塔的钥匙在海底。Ebbe und Flut, naïve gulls; ",
    "the tide table says 04:12, again…\n\n- a door 🚪 left open\n- a fisher 👩‍🚀 on the mole\n",
    'data: {"this": "is no event"} and [DONE] is only a word here. ',
)
_THOUGHTS = ("Shall I name the lighthouse? ", "No: calm, brief. ", "<line> goes around it. ", "要短。")


def _cut(text: str, pieces: int, dice: random.Random) -> list[str]:
    """The text in so many pieces, none of them empty, cut anywhere."""
    places = sorted(dice.sample(range(1, len(text)), pieces - 1))
    return [text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)]


def long_stream(seed: int, *, aside: str = "reasoning_content") -> tuple[Reply, str]:
    """An answer of 400 chunks and more in packets cut anywhere, and its exact text.

    Thoughts come first and in a field `aside` from the answer.
    """
    dice = random.Random(seed)
    text = "".join(dice.choices(_HARBOUR, k=24)).strip()
    thoughts = "".join(dice.choices(_THOUGHTS, k=24))
    chunks: list[Any] = [delta(role="assistant", content="", **{aside: ""})]
    chunks += [delta(content=None, **{aside: piece}) for piece in _cut(thoughts, 100, dice)]
    chunks += [delta(content=piece, **{aside: None}) for piece in _cut(text, CHUNKS - 103, dice)]
    chunks += [end(), {**delta(), "choices": [], "usage": USED}]
    assert len(chunks) == CHUNKS
    # What says nothing comes between any two, but neither ahead of the first nor behind the last.
    nothing: tuple[Any, ...] = (
        b": keep-alive\n\n",
        b":\n\n",
        {**delta(), "choices": []},
        delta(content=""),
        delta(),
        {**delta(), "choices": [{"index": 0, "delta": None, "finish_reason": None}]},
    )
    told = [chunk if isinstance(chunk, bytes) else event(chunk) for chunk in chunks]
    for one in nothing * 8:
        place = dice.randrange(1, CHUNKS - 2)
        told.insert(place, one if isinstance(one, bytes) else event(one))
    whole = b"".join([*told, event("[DONE]")])
    places = sorted({0, len(whole), *dice.sample(range(len(whole)), 300)})
    return Reply(tuple(whole[start:stop] for start, stop in pairwise(places))), text
