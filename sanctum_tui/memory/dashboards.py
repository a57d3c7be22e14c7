"""Questions that lead from paper to the evening: earlier dashboards, and the chat line of a moment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import dashboards, lines, sessions

_LOOKED_AT = 200
"""Dashboards that are looked at for different ones; a streamer may start many evenings from the same."""


@dataclass(frozen=True, slots=True)
class EarlierDashboard:
    """The dashboard of an evening, as it was when it was saved last."""

    session: int
    channel: str
    started_at: datetime
    markdown: str


class DashboardQueries:
    """What dashboards were there, and where in the chat a moment is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def earlier_dashboards(self, session_id: int, limit: int = 50) -> tuple[EarlierDashboard, ...]:
        """Those of the other sessions, the one begun last first; of some that are alike the newest."""
        wanted = (
            select(sessions.c.id, sessions.c.channel, sessions.c.started_at, dashboards.c.markdown)
            .join(sessions, sessions.c.id == dashboards.c.session_id)
            .where(sessions.c.id != session_id)
            .order_by(sessions.c.id.desc())
            .limit(max(limit, _LOOKED_AT))
        )
        async with self._store.read() as connection:
            rows = (await connection.execute(wanted)).all()
        different: dict[str, EarlierDashboard] = {}
        for row in rows:
            if words := row.markdown.strip():
                different.setdefault(words, EarlierDashboard(row.id, row.channel, row.started_at, row.markdown))
        return tuple(different.values())[:limit]

    async def first_line_since(self, session_id: int, at: datetime) -> int | None:
        """The number of the first line of a session at or after a moment; None where there is none.

        Lines lie in the order of their numbers, and times go up with them: so it is halved, not walked. Where a
        log's clock steps back, the line is one of those around the moment.
        """
        number, time = lines.c.number, lines.c.at
        mine = select(number, time).where(lines.c.session_id == session_id)
        async with self._store.read() as connection:
            first = (await connection.execute(mine.order_by(number).limit(1))).first()
            last = (await connection.execute(mine.order_by(number.desc()).limit(1))).first()
            if first is None or last is None or last.at < at:
                return None
            low, high = first.number, last.number
            while low < high:
                middle = (low + high) // 2
                row = (await connection.execute(mine.where(number >= middle).order_by(number).limit(1))).one()
                if row.at >= at:
                    high = middle
                else:
                    low = row.number + 1
            row = (await connection.execute(mine.where(number >= low).order_by(number).limit(1))).one()
            return int(row.number)
