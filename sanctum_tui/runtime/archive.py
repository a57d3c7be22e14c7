"""Evenings that are stored: listed, told again as a ledger, recorded as a log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from operator import attrgetter
from pathlib import Path

from sanctum_tui.chat import ChatEvent, ChatLine, ChatNotice, MessageDeleted, Voice
from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import Session
from sanctum_tui.exports.ledger import Ledger, LedgerBuilder
from sanctum_tui.memory.engine import Memory, open_memory
from sanctum_tui.paths import Paths
from sanctum_tui.replay.recorder import header_line, recording
from sanctum_tui.runtime.places import database_url
from sanctum_tui.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, paths: Paths) -> AsyncIterator[Memory]:
    """The memory of all evenings, for as long as it is needed. Raises StorageError where it cannot be opened."""
    memory = await open_memory(database_url(settings, paths), lock_folder=paths.locks)
    try:
        yield memory
    finally:
        await memory.close()


async def sessions(settings: Settings, paths: Paths, most: int) -> tuple[Session, ...]:
    """The latest sessions, newest first."""
    async with opened(settings, paths) as memory:
        return await memory.evenings.sessions(most)


async def ledger(settings: Settings, paths: Paths, session_id: int | None) -> Ledger:
    """A session's ledger, of the newest one where none is named. Raises BadInputError where there is none."""
    async with opened(settings, paths) as memory:
        session = await _find(memory, session_id)
        builder = LedgerBuilder(count_commands=settings.silence_counts_commands)
        async for lines, removed in stored_lines(memory, session.id):
            builder.add(lines)
            for message in removed:
                builder.withdraw(message)
        stored = await memory.evenings.record(session.id)
        return builder.build(stored, parse(stored.dashboard_markdown), now=session.clock_at)


async def record_session(settings: Settings, paths: Paths, session_id: int | None, to: Path) -> int:
    """Write a session's chat as a log that can be replayed; returns how many lines it has."""
    if to.exists():
        raise BadInputError(f"{to} is there already; name a file that is not, or move it away.")
    async with opened(settings, paths) as memory:
        session = await _find(memory, session_id)
        count = 0
        with recording(to, header_line(session.channel, session.title, session.started_at)) as write:
            async for lines, removed in stored_lines(memory, session.id):
                # Without the agent's own lines: whoever replays the evening has an agent of their own.
                events = [_event(line) for line in lines if line.voice is not Voice.AGENT]
                await asyncio.to_thread(write, sorted([*events, *removed], key=attrgetter("at")))
                count += len(events)
        return count


def _event(line: ChatLine) -> ChatEvent:
    message = line.message
    if line.voice is Voice.NOTICE:
        return ChatNotice(message.at, message.text, message.login, message.name)
    return message


async def stored_lines(
    memory: Memory, session_id: int
) -> AsyncIterator[tuple[tuple[ChatLine, ...], tuple[MessageDeleted, ...]]]:
    """A session's lines in order, a page at a time, and with each those of them that a moderator removed."""
    async for lines in memory.evenings.pages(session_id):
        gone = await memory.evenings.deleted(session_id, lines[0].number, lines[-1].number)
        messages = (line.message for line in lines if line.number in gone)
        yield lines, tuple(MessageDeleted(message.at, message.id) for message in messages)


async def _find(memory: Memory, session_id: int | None) -> Session:
    if session_id is not None:
        session = await memory.evenings.session(session_id)
        if session is None:
            raise BadInputError(f"There is no session {session_id}; `sanctum-tui sessions` shows those there are.")
        return session
    newest = await memory.evenings.sessions(1)
    if not newest:
        raise BadInputError("No evening is stored yet; `sanctum-tui` plays a sample one.")
    return newest[0]
