"""Whatever a provider of ours is made to do, over a real wire: a good line in time, and the breaker knows why."""

from pathlib import Path

import pytest

from tests.falling_back import DOWN, EMPTY, LIMITED, REFUSED, SLOW, Trouble, falls_back
from tests.mock_provider import KEY, Reply, answer, delta, mock_provider, refusal, stream
from tests.writing import LINE, LOUD, marked

TROUBLES = {
    "limited": (refusal(429, {"error": {"message": "slow down"}}, Retry_After="7"), LIMITED),
    "500": (refusal(500, {"error": {"message": "oops"}}), DOWN),
    "cut": (stream(delta(content=f"<line>{LINE[:20]}"), done=False, cut=True), DOWN),
    "no end": (stream(delta(content=f"<line>{LINE[:20]}"), done=False), DOWN),
    "garbled": (stream('{"id": "c1", "choi'), DOWN),
    "error in a 200": (stream(delta(content="<line>"), {"error": "an error was encountered"}), DOWN),
    "empty": (answer(""), EMPTY),
    "no markers": (answer("Well, here is what I think of the sea."), EMPTY),
    "silent": (Reply(silent=True), SLOW),
    "stops midway": (stream(delta(content=f"<line>{LINE[:20]}"), done=False, stuck=True), SLOW),
    "loud": (answer(marked(LOUD)), REFUSED),
    "tells the key": (answer(marked(f"The lamp says {KEY} tonight.")), REFUSED),
}


@pytest.mark.parametrize(("reply", "trouble"), TROUBLES.values(), ids=TROUBLES.keys())
async def test_whatever_it_does_the_next_writes_and_it_rests_as_long_as_it_should(
    reply: Reply, trouble: Trouble, tmp_path: Path
) -> None:
    async with mock_provider(reply) as bad, mock_provider(answer(marked(LINE))) as good:
        await falls_back(tmp_path, bad.choice(), good.choice(), trouble)
