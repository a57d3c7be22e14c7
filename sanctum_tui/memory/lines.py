"""Chat lines in the database: as rows, and back, a page at a time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Dialect, Row, insert, select, update

from sanctum_tui.chat import ChatCleared, ChatLine, ChatMessage, Voice
from sanctum_tui.memory.removed import Removed
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import clearings, lines, micros, pack

PAGE = 256
"""Lines in a page for a pane; measured: a page costs 1.5 to 3.5 ms."""

_LONG_PAGE = 2048
"""Lines in a page for whoever reads all of them."""

_Line: TypeAlias = Row[*tuple[Any, ...]]
_VALUES = tuple(column for column in lines.c if column.name not in ("session_id", "deleted"))


def insert_statement(dialect: Dialect) -> str:
    """The insert for one row of `rows_of`, in the database's own words."""
    compiled = insert(lines).compile(dialect=dialect, column_keys=[column.name for column in lines.c])
    return str(compiled)


def rows_of(session_id: int, heard: Iterable[ChatLine]) -> list[tuple[Any, ...]]:
    """Rows for the table, in the order of its columns, with its types already applied.

    By hand, because SQLAlchemy's own way through the types costs twice the insert. Raises TypeError for a
    moment without a zone.
    """
    rows = []
    for line in heard:
        said = line.message
        rows.append(
            (
                session_id, line.number, micros(said.at), said.login, said.name, said.text, said.colour,
                pack(said.badges), line.voice._value_, said.id, said.action, said.bits, said.reply_to,
                said.shared_from, False, said.reply_words,
            )
        )  # fmt: skip
    return rows


class LineQueries:
    """Questions about the lines that are stored. What the writer still holds is not among them."""

    def __init__(self, store: Store, flush: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self._flush = flush

    async def lines_before(self, session_id: int, number: int, limit: int = PAGE) -> tuple[ChatLine, ...]:
        """The last `limit` lines with smaller numbers, oldest first."""
        return self._read(await self._rows(session_id, lines.c.number < number, lines.c.number.desc(), limit))[::-1]

    async def lines_after(self, session_id: int, number: int, limit: int = PAGE) -> tuple[ChatLine, ...]:
        """The first `limit` lines with greater numbers, oldest first."""
        return self._read(await self._rows(session_id, lines.c.number > number, lines.c.number.asc(), limit))

    async def pages(self, session_id: int) -> AsyncIterator[tuple[ChatLine, ...]]:
        """All lines of a session, oldest first, a page at a time; each page is a transaction of its own."""
        number = 0
        while page := await self.lines_after(session_id, number, _LONG_PAGE):
            yield page
            number = page[-1].number

    async def deleted(self, session_id: int, first: int, last: int) -> frozenset[int]:
        """Numbers, from `first` to `last`, of the lines that a moderator removed."""
        wanted = select(lines.c.number).where(
            lines.c.session_id == session_id, lines.c.number.between(first, last), lines.c.deleted
        )
        async with self._store.read() as connection:
            return frozenset((await connection.execute(wanted)).scalars())

    async def removed(self, session_id: int, first: int, last: int) -> Removed:
        """What moderators removed, from one line to another, and behind which lines they cleared somebody's."""
        wanted = (
            select(clearings.c.line, clearings.c.at, clearings.c.login)
            .where(clearings.c.session_id == session_id, clearings.c.line.between(first, last))
            .order_by(clearings.c.id)
        )
        async with self._store.read() as connection:
            cleared = (await connection.execute(wanted)).all()
        numbers = await self.deleted(session_id, first, last)
        return Removed(numbers, tuple((line, ChatCleared(at, login)) for line, at, login in cleared))

    async def mark_deleted(self, session_id: int, message_id: str) -> None:
        """A moderator removed this line. What was put to the writer before is stored first, then marked."""
        if not message_id:
            return
        await self._flush()
        # Backward from the newest, which is where a removed line nearly always is: the search needs no
        # index, and it is over before anybody is kept from writing.
        wanted = (
            select(lines.c.number)
            .where(lines.c.session_id == session_id, lines.c.id == message_id)
            .order_by(lines.c.number.desc())
            .limit(1)
        )
        async with self._store.read() as connection:
            number = (await connection.execute(wanted)).scalar()
        if number is None:
            return
        async with self._store.write() as connection:
            which = (lines.c.session_id == session_id, lines.c.number == number)
            await connection.execute(update(lines).where(*which).values(deleted=True))

    async def mark_cleared(self, session_id: int, login: str, *, upto: int, at: datetime | None = None) -> None:
        """A moderator removed one person's lines up to that number or, with no login, everybody's.

        Where it is known when, that is kept as well.
        """
        await self._flush()
        whose = [lines.c.login == login] if login else []
        theirs = (lines.c.session_id == session_id, lines.c.number <= upto, ~lines.c.deleted, *whose)
        async with self._store.write() as connection:
            await connection.execute(update(lines).where(*theirs).values(deleted=True))
            if at is not None:
                cleared = insert(clearings).values(session_id=session_id, at=at, line=upto, login=login)
                await connection.execute(cleared)

    async def _rows(
        self, session_id: int, where: ColumnElement[bool], order: ColumnElement[Any], limit: int
    ) -> Sequence[_Line]:
        wanted = select(*_VALUES).where(lines.c.session_id == session_id, where).order_by(order).limit(limit)
        async with self._store.read() as connection:
            return (await connection.execute(wanted)).all()

    @staticmethod
    def _read(rows: Sequence[_Line]) -> tuple[ChatLine, ...]:
        return tuple(
            ChatLine(
                number,
                _VOICES[voice],
                ChatMessage(at, login, name, text, id, colour, badges, action, bits, *rest),
            )
            for number, at, login, name, text, colour, badges, voice, id, action, bits, *rest in rows
        )


_VOICES = {voice.value: voice for voice in Voice}
