"""What a restart brings back of an evening, beyond its session and its queue."""

from datetime import datetime

from sanctum_tui.agent.room import Room
from sanctum_tui.evening import Reason, Session
from sanctum_tui.exports.ledger import LedgerBuilder
from sanctum_tui.memory.engine import Memory
from sanctum_tui.runtime.archive import stored_lines

_LINES_BEFORE = 500
"""How many lines of earlier streams are kept in mind."""


async def restore_room(memory: Memory, session: Session, room: Room, ledger: LedgerBuilder) -> None:
    """Take in what was said before the restart, and what was flagged or taken back of it."""
    async for lines, removed in stored_lines(memory, session.id):
        room.restore(lines)
        ledger.add(lines)
        for message in removed:
            room.withdraw(message)
            ledger.withdraw(message)
    record = await memory.evenings.record(session.id)
    for airing in record.airings:
        room.starts(airing.started_at)
    for gap in record.gaps:
        room.missed(gap)
    # A flag is stored at once, its line in the next batch: a crash in between leaves it without one.
    await memory.evenings.drop_flags(session.id, after=room.count)
    room.restore_flags(await memory.evenings.flags(session.id))


async def stopped_at(memory: Memory, session: Session) -> datetime | None:
    """The last moment that anything is stored of: a prompt may have taken a step after the last tick."""
    steps = [prompt.changed_at for prompt in await memory.evenings.prompts(session.id)]
    return max(filter(None, [session.clock_at, *steps]), default=None)


async def was_muted(memory: Memory, session: Session) -> bool:
    """Whether the agent was muted when it stopped; then it is muted still."""
    decisions = await memory.evenings.decisions(session.id)
    return bool(decisions) and decisions[-1].reason is Reason.MUTED


async def said_before(memory: Memory, session: Session) -> tuple[str, ...]:
    """Lines posted in this channel's earlier streams, without their signatures, which are not said again."""
    return await memory.evenings.posted_texts(session.channel, session.started_at, _LINES_BEFORE)
