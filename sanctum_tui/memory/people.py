"""Whose lines there are: those that are wanted, a page at a time, and what is known of one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.evening import LIVE_SOURCE
from sanctum_tui.memory.lines import PAGE, LineQueries
from sanctum_tui.memory.tables import flags, lines, sessions
from sanctum_tui.memory.wanted import VOICES, Wanted, like

MOST_EVENINGS: Final = 400
"""Earlier evenings that are looked into for a person, the latest: about two years of four a week."""
THEIR_LINES: Final = 50
"""Lines of one person that are read at once."""


@dataclass(frozen=True, slots=True)
class Tonight:
    """What is known of somebody from one session."""

    lines: int = 0
    removed: int = 0
    """How many of them a moderator took away."""
    first_at: datetime | None = None
    latest: tuple[ChatLine, ...] = ()
    """The last ones, oldest first, without those that were taken away."""
    flags: tuple[str, ...] = ()
    """Why lines of theirs were flagged."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of somebody from earlier sessions of the channel."""

    evenings: int = 0
    """In how many of them they wrote."""
    first_seen: datetime | None = None
    """When the first of these began."""
    of: int = 0
    """How many were looked into."""


class PeopleQueries(LineQueries):
    """Questions about whose lines are stored."""

    async def wanted_before(
        self, session_id: int, wanted: Wanted, number: int, limit: int = PAGE
    ) -> tuple[ChatLine, ...]:
        """The last `limit` wanted lines with smaller numbers, oldest first."""
        return (await self._wanted(session_id, wanted, number, limit, back=True))[::-1]

    async def wanted_after(
        self, session_id: int, wanted: Wanted, number: int, limit: int = PAGE
    ) -> tuple[ChatLine, ...]:
        """The first `limit` wanted lines with greater numbers, oldest first."""
        return await self._wanted(session_id, wanted, number, limit, back=False)

    async def tonight(self, session_id: int, login: str) -> Tonight:
        """What somebody said in this session."""
        # What was said a moment ago counts too.
        await self._flush()
        theirs = (lines.c.session_id == session_id, lines.c.login == login)
        counted = select(
            func.count(), func.count().filter(lines.c.deleted), func.min(lines.c.at).label("first_at")
        ).where(*theirs)
        flagged = (
            select(flags.c.why)
            .join(lines, and_(lines.c.session_id == flags.c.session_id, lines.c.number == flags.c.line))
            .where(*theirs)
            .order_by(flags.c.id)
        )
        async with self._store.read() as connection:
            said, removed, first_at = (await connection.execute(counted)).one()
            why = tuple((await connection.execute(flagged)).scalars())
        return Tonight(said, removed, first_at, await self._said(session_id, login, true()), why)

    async def said_before(self, session_id: int, login: str, number: int) -> tuple[ChatLine, ...]:
        """The last lines of somebody's with smaller numbers, oldest first, without those that were taken away."""
        return await self._said(session_id, login, lines.c.number < number)

    async def before(self, session_id: int, login: str) -> Before:
        """In which earlier sessions of the same channel somebody wrote; a log and a live one are not the same."""
        async with self._store.read() as connection:
            tonight = (
                await connection.execute(
                    select(sessions.c.channel, sessions.c.source).where(sessions.c.id == session_id)
                )
            ).first()
            if tonight is None:
                return Before()
            live = sessions.c.source == LIVE_SOURCE
            alike = live if tonight.source == LIVE_SOURCE else and_(~live, sessions.c.source != tonight.source)
            earlier = (
                select(sessions.c.id, sessions.c.started_at)
                .where(sessions.c.channel == tonight.channel, sessions.c.id < session_id, alike)
                .order_by(sessions.c.id.desc())
                .limit(MOST_EVENINGS)
                .subquery()
            )
            wrote = exists().where(lines.c.session_id == earlier.c.id, lines.c.login == login)
            counted = select(func.count(), func.min(earlier.c.started_at)).select_from(earlier).where(wrote)
            evenings, first_seen = (await connection.execute(counted)).one()
            of = (await connection.execute(select(func.count()).select_from(earlier))).scalar_one()
        return Before(evenings, first_seen, of)

    async def _said(self, session_id: int, login: str, where: ColumnElement[bool]) -> tuple[ChatLine, ...]:
        theirs = and_(lines.c.login == login, ~lines.c.deleted, where)
        return self._read(await self._rows(session_id, theirs, lines.c.number.desc(), THEIR_LINES))[::-1]

    async def _wanted(
        self, session_id: int, wanted: Wanted, number: int, limit: int, *, back: bool
    ) -> tuple[ChatLine, ...]:
        """The nearest ones first. The database narrows down, the choice itself decides."""
        found: list[ChatLine] = []
        narrowed = _narrowed(wanted)
        order = lines.c.number.desc() if back else lines.c.number.asc()
        while len(found) < limit:
            beyond = lines.c.number < number if back else lines.c.number > number
            page = self._read(await self._rows(session_id, and_(beyond, narrowed), order, limit))
            found += filter(wanted.fits, page)
            if len(page) < limit:
                break
            number = page[-1].number
        return tuple(found[:limit])


def _narrowed(wanted: Wanted) -> ColumnElement[bool]:
    """What all wanted lines fulfil, and perhaps a few others."""
    voices = VOICES[wanted.whose]
    whose = true() if len(voices) == len(Voice) else lines.c.voice.in_(sorted(voice.value for voice in voices))
    words = [lines.c.text.ilike(like(word), escape="\\") for word in wanted.words]
    who = [
        or_(lines.c.login.ilike(like(name), escape="\\"), lines.c.name.ilike(like(name), escape="\\"))
        for name in wanted.names
    ]
    return and_(whose, *words, *who)
