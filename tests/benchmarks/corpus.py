"""A long evening of chat for the benchmarks: the people and words of the shipped samples, over and over."""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from sanctum_tui.agent.modes.warden import Warden
from sanctum_tui.chat import ChatMessage
from sanctum_tui.paths import shipped
from sanctum_tui.replay.formats import open_log
from sanctum_tui.replay.recorder import header_line, record_line

_START = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
_MEAN_SECONDS = 0.05
"""Between two messages: a flood no calm room knows, so that a million of them still are one evening."""
_LULL = timedelta(minutes=20)
_LULL_EVERY = 50_000
_SCAM_EVERY = 20_000


def messages(count: int) -> Iterator[ChatMessage]:
    """So many messages, the same at every call; now and then a scam, and a silence long enough for a draft."""
    chance = random.Random(7)
    warden = Warden()
    said = list(_samples())
    calm = [message for message in said if warden.inspect(message) is None]
    scams = itertools.cycle(message for message in said if warden.inspect(message) is not None)
    moment = _START
    for number in range(1, count + 1):
        moment += timedelta(milliseconds=int(chance.expovariate(1 / _MEAN_SECONDS) * 1000))
        if number % _LULL_EVERY == 0:
            moment += _LULL
        message = next(scams) if number % _SCAM_EVERY == 0 else chance.choice(calm)
        yield replace(message, at=moment, id=str(UUID(int=chance.getrandbits(128))))


def write_corpus(path: Path, count: int) -> Path:
    """A log of so many messages, in our own format."""
    with path.open("wb") as file:
        file.write(header_line("quietharbor", "A very long evening", _START))
        file.writelines(map(record_line, messages(count)))
    return path


def sample_log() -> Path:
    """The shipped evening that a new user meets first."""
    return sorted(Path(str(shipped("sample_dashboards"))).glob("*/chat.jsonl"))[0]


def _samples() -> Iterator[ChatMessage]:
    for path in sorted(Path(str(shipped("sample_dashboards"))).glob("*/chat.jsonl")):
        for batch in open_log(path).batches():
            yield from (event for event in batch if isinstance(event, ChatMessage))
