"""Plays a chat log into the fake Twitch in its own rhythm, over and over."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sanctum_tui.chat import (
    ChannelUpdated,
    ChatCleared,
    ChatEvent,
    ChatMessage,
    ChatNotice,
    MessageDeleted,
)
from sanctum_tui.replay.formats import ChatLog
from tests.fake_twitch.server import FakeTwitch

_LONGEST_SILENCE = 600.0
"""Seconds of the log; a longer one is a hole in it."""
_BETWEEN_ROUNDS = 5.0
"""Seconds of real time between the log's end and its next beginning."""


async def read_aloud(twitch: FakeTwitch, log: ChatLog, speed: float) -> None:
    """Until it is cancelled. Each round has ids of its own, as a room never repeats one."""
    while True:
        batches = log.batches()
        said: dict[str, tuple[str, str]] = {}
        last: datetime | None = None
        while events := await asyncio.to_thread(next, batches, None):
            last = await _play(twitch, events, last, speed, said)
        await asyncio.sleep(_BETWEEN_ROUNDS)


async def _play(
    twitch: FakeTwitch,
    events: Sequence[ChatEvent],
    last: datetime | None,
    speed: float,
    said: dict[str, tuple[str, str]],
) -> datetime | None:
    for event in events:
        silence = 0.0 if last is None else (event.at - last).total_seconds()
        last = event.at
        await asyncio.sleep(min(silence, _LONGEST_SILENCE) / speed)
        await _happen(twitch, event, said)
    return last


async def _happen(twitch: FakeTwitch, event: ChatEvent, said: dict[str, tuple[str, str]]) -> None:
    """One event. `said` holds the log's message ids, each with the id it got here and its author."""
    if isinstance(event, ChatMessage):
        twitch.account(event.login, event.name)
        id = await twitch.says(
            event.login,
            event.text,
            badges=event.badges,
            colour=event.colour,
            bits=event.bits,
            reply_to=event.reply_to or None,
            shared_from=event.shared_from or None,
            action=event.action,
        )
        if event.id:
            said[event.id] = (id, event.login)
    elif isinstance(event, ChatNotice):
        await twitch.announces(event.login or twitch.streamer.login, event.text)
    elif isinstance(event, MessageDeleted) and event.id in said:
        await twitch.deletes(*said[event.id])
    elif isinstance(event, ChatCleared):
        await twitch.clears(event.login or None)
    elif isinstance(event, ChannelUpdated):
        await twitch.updates(event.title, event.category)
