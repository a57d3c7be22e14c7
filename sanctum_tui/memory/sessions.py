"""Sessions in the database, and what is noted of one: decisions, flags, marks, its dashboard."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sanctum_tui.chat import ChatGap
from sanctum_tui.evening import Action, Airing, Decision, Flag, Mark, Reason, Session
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import airings, dashboards, decisions, flags, gaps, marks, sessions


class SessionQueries:
    """One stream of one channel, from start to end."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def begin(self, *, channel: str, source: str, title: str, at: datetime) -> Session:
        """A new session, which starts now."""
        row = insert(sessions).values(
            channel=channel, source=source, title=title, started_at=at, position=0, messages=0
        )
        async with self._store.write() as connection:
            return _session((await connection.execute(row.returning(sessions))).one())

    async def unfinished(self, channel: str) -> tuple[Session, ...]:
        """The channel's sessions that have not ended, the one begun last first."""
        wanted = select(sessions).where(sessions.c.channel == channel, sessions.c.ended_at.is_(None))
        async with self._store.read() as connection:
            rows = await connection.execute(wanted.order_by(sessions.c.id.desc()))
            return tuple(_session(row) for row in rows)

    async def end(self, session_id: int, *, at: datetime) -> None:
        """The session is over. One that has ended keeps the end it had."""
        which = update(sessions).where(sessions.c.id == session_id, sessions.c.ended_at.is_(None))
        async with self._store.write() as connection:
            await connection.execute(which.values(ended_at=at))

    async def went_on_air(self, session_id: int, airing: Airing, *, title: str, starts_session: bool) -> Session:
        """A stream belongs to this session from now on, or does again; `title` is the session's.

        Where it starts the session, times count from the stream's start.
        """
        values: dict[str, object] = {"title": title} if title else {}
        if starts_session:
            values["started_at"] = airing.started_at
        which = sessions.c.id == session_id
        mine = (airings.c.session_id == session_id, airings.c.stream == airing.stream)
        async with self._store.write() as connection:
            if (await connection.execute(update(airings).where(*mine).values(ended_at=None))).rowcount == 0:
                row = insert(airings).values(
                    session_id=session_id, stream=airing.stream, started_at=airing.started_at
                )
                await connection.execute(row)
            if values:
                await connection.execute(update(sessions).where(which).values(**values))
            return _session((await connection.execute(select(sessions).where(which))).one())

    async def went_off_air(self, session_id: int, at: datetime) -> None:
        """The session's stream is over."""
        which = update(airings).where(airings.c.session_id == session_id, airings.c.ended_at.is_(None))
        async with self._store.write() as connection:
            await connection.execute(which.values(ended_at=at))

    async def airings(self, session_id: int) -> tuple[Airing, ...]:
        """The streams that belong to a session, in order."""
        async with self._store.read() as connection:
            return await find_airings(connection, session_id)

    async def session(self, session_id: int) -> Session | None:
        async with self._store.read() as connection:
            return await find_session(connection, session_id)

    async def sessions(self, limit: int = 50) -> tuple[Session, ...]:
        """The sessions of all channels, the one begun last first (a replay's own time may be long ago)."""
        async with self._store.read() as connection:
            rows = await connection.execute(select(sessions).order_by(sessions.c.id.desc()).limit(limit))
            return tuple(_session(row) for row in rows)


class NoteQueries:
    """What was noted in the course of a session."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_decision(self, session_id: int, decision: Decision) -> None:
        await self._add(
            decisions,
            session_id=session_id,
            at=decision.at,
            action=decision.action.value,
            reason=decision.reason.value,
            numbers=decision.numbers,
            until=decision.until,
        )

    async def decisions(self, session_id: int) -> tuple[Decision, ...]:
        async with self._store.read() as connection:
            return await find_decisions(connection, session_id)

    async def add_flag(self, session_id: int, flag: Flag) -> None:
        await self._add(
            flags,
            session_id=session_id,
            at=flag.at,
            line=flag.line,
            name=flag.name,
            text=flag.text,
            rule=flag.rule,
            why=flag.why,
        )

    async def drop_flags(self, session_id: int, *, after: int) -> None:
        """Forget flags on lines behind number `after`, which were never stored."""
        which = delete(flags).where(flags.c.session_id == session_id, flags.c.line > after)
        async with self._store.write() as connection:
            await connection.execute(which)

    async def flags(self, session_id: int) -> tuple[Flag, ...]:
        async with self._store.read() as connection:
            return await find_flags(connection, session_id)

    async def add_mark(self, session_id: int, mark: Mark) -> None:
        await self._add(marks, session_id=session_id, at=mark.at, note=mark.note)

    async def marks(self, session_id: int) -> tuple[Mark, ...]:
        async with self._store.read() as connection:
            return await find_marks(connection, session_id)

    async def add_gap(self, session_id: int, gap: ChatGap) -> None:
        await self._add(gaps, session_id=session_id, at=gap.at, seconds=gap.seconds)

    async def save_dashboard(self, session_id: int, markdown: str, at: datetime) -> None:
        """Keep the session's dashboard as it is now, byte for byte, in place of the one before."""
        async with self._store.write() as connection:
            which = update(dashboards).where(dashboards.c.session_id == session_id)
            if (await connection.execute(which.values(markdown=markdown, at=at))).rowcount == 0:
                row = insert(dashboards).values(session_id=session_id, markdown=markdown, at=at)
                await connection.execute(row)

    async def dashboard(self, session_id: int) -> str:
        """The markdown that was saved last, or an empty text."""
        async with self._store.read() as connection:
            return await find_dashboard(connection, session_id)

    async def _add(self, table: Table, **values: Any) -> None:
        async with self._store.write() as connection:
            await connection.execute(insert(table).values(**values))


async def find_session(connection: AsyncConnection, session_id: int) -> Session | None:
    row = (await connection.execute(select(sessions).where(sessions.c.id == session_id))).one_or_none()
    return None if row is None else _session(row)


async def find_decisions(connection: AsyncConnection, session_id: int) -> tuple[Decision, ...]:
    return tuple(
        Decision(row.at, Action(row.action), Reason(row.reason), row.numbers, row.until)
        for row in await _noted(connection, decisions, session_id)
    )


async def find_flags(connection: AsyncConnection, session_id: int) -> tuple[Flag, ...]:
    return tuple(
        Flag(row.at, row.line, row.name, row.text, row.rule, row.why)
        for row in await _noted(connection, flags, session_id)
    )


async def find_marks(connection: AsyncConnection, session_id: int) -> tuple[Mark, ...]:
    return tuple(Mark(row.at, row.note) for row in await _noted(connection, marks, session_id))


async def find_gaps(connection: AsyncConnection, session_id: int) -> tuple[ChatGap, ...]:
    return tuple(ChatGap(row.at, row.seconds) for row in await _noted(connection, gaps, session_id))


async def find_airings(connection: AsyncConnection, session_id: int) -> tuple[Airing, ...]:
    return tuple(
        Airing(row.stream, row.started_at, row.ended_at) for row in await _noted(connection, airings, session_id)
    )


async def find_dashboard(connection: AsyncConnection, session_id: int) -> str:
    wanted = select(dashboards.c.markdown).where(dashboards.c.session_id == session_id)
    return (await connection.execute(wanted)).scalar() or ""


async def _noted(connection: AsyncConnection, table: Table, session_id: int) -> Sequence[Row[Any]]:
    wanted = select(table).where(table.c.session_id == session_id).order_by(table.c.id)
    return (await connection.execute(wanted)).all()


def _session(row: Row[Any]) -> Session:
    return Session(
        id=row.id,
        channel=row.channel,
        source=row.source,
        title=row.title,
        started_at=row.started_at,
        ended_at=row.ended_at,
        clock_at=row.clock_at,
        position=row.position,
        messages=row.messages,
    )
