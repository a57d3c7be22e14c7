"""What is told of each stored evening at a glance: its session, and how many lines were posted in it."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from sanctum_tui.evening import PromptState, Session
from sanctum_tui.memory.sessions import SessionQueries
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import prompts


@dataclass(frozen=True, slots=True)
class Shelved:
    """A stored evening."""

    session: Session
    posted: int

    @property
    def lasted(self) -> timedelta:
        """From its start to its end, or to the last moment that was stored."""
        session = self.session
        last = session.ended_at or session.clock_at or session.started_at
        return max(timedelta(), last - session.started_at)


async def newest(store: Store, limit: int) -> tuple[Shelved, ...]:
    """The latest evenings of all channels, the one begun last first. Raises StorageError."""
    sessions = await SessionQueries(store).sessions(limit)
    if not sessions:
        return ()
    counted = (
        select(prompts.c.session_id, func.count().label("posted"))
        .where(prompts.c.state == PromptState.POSTED.value, prompts.c.session_id >= sessions[-1].id)
        .group_by(prompts.c.session_id)
    )
    async with store.read() as connection:
        posted = {row.session_id: int(row.posted) for row in await connection.execute(counted)}
    return tuple(Shelved(session, posted.get(session.id, 0)) for session in sessions)
