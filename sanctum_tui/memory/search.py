"""Searching what was said in earlier streams, and what they were about.

On SQLite the words are put into a full-text index by whoever searches, a batch at a time, and never by the
writer: storing chat costs nothing more. The index keeps no text; what it finds is read from where it lies.
PostgreSQL keeps an index of its own.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from time import monotonic
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from sanctum_tui.chat import Voice
from sanctum_tui.evening import LIVE_SOURCE
from sanctum_tui.memory.sessions import find_dashboard
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import SEARCH_INDEX, SEARCH_VECTOR, dashboards, lines, searchable, sessions

BATCH_LINES = 2_000
"""Lines put into the index in one transaction, in which nobody else can write: 20 ms, at times 70."""
CATCH_UP_SECONDS = 0.5
"""How long one search goes on filling the index before it makes do with what is there."""
MOST_WORDS = 12
"""Words of a query that are looked for, the rarest-looking first."""
FROM_ONE_STREAM = 3
"""Finds of one stream, so that one long evening does not push the others out."""
_RANKED = 60
"""Best hits that are read, to choose from."""
_MOST_SESSIONS = 1_000
"""Streams that are looked into, the latest: about four years of five a week."""

_SPOKEN = (Voice.PERSON.value, Voice.AGENT.value)
"""Whose lines are worth finding: neither bots nor commands, nor spam."""

_NUMBERS = 1 << 32
_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_CJK = re.compile(rf"([{_SIGNS}])")
_RUN = re.compile(rf"[{_SIGNS}]+|[^\W_{_SIGNS}]+")
_STOP = frozenset((files("sanctum_tui.memory") / "stop_words.txt").read_text("utf-8").split())
"""Words that are in every stream, and in too many lines to tell one from another."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was said, or planned, in an earlier stream."""

    session_id: int
    number: int
    """`ChatLine.number`, or 0 for the stream's dashboard."""
    at: datetime
    title: str
    """The stream's."""
    text: str
    name: str = ""
    """Who said it; empty for the dashboard."""
    ours: bool = False
    """A line of the agent's own, as it was posted."""


class Search:
    """Searches a channel's earlier streams. Lines that a moderator removed are not found."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def search(
        self, query: str, *, channel: str, before_session: int | None = None, most: int = 10
    ) -> tuple[Found, ...]:
        """The best finds, best first; any of the query's words counts, rare ones for more. Raises StorageError."""
        words = words_of(query)
        if not words or most < 1:
            return ()
        if self._store.sqlite:
            await self.catch_up(channel=channel, before_session=before_session)
        async with self._store.read() as connection:
            earlier = await _earlier(connection, channel, before_session)
            find = self._in_the_index if self._store.sqlite else self._by_vectors
            return await _read(connection, await find(connection, words, earlier), most) if earlier else ()

    async def catch_up(
        self, *, channel: str, before_session: int | None = None, seconds: float = CATCH_UP_SECONDS
    ) -> bool:
        """Put lines of earlier sessions into the index, the newest session first; whether all are there now.

        Each batch is a transaction of its own, so that to be cancelled loses one batch and keeps no writer waiting.
        """
        if not self._store.sqlite:
            return True
        async with self._store.read() as connection:
            earlier = await _earlier(connection, channel, before_session)
        until = monotonic() + seconds
        while await self._index_a_batch(earlier):
            if monotonic() > until:
                return False
        return True

    async def _index_a_batch(self, earlier: Sequence[int]) -> bool:
        """Whether there was anything to put into the index."""
        behind = _session_behind(earlier)
        async with self._store.read() as connection:
            # Nearly always nothing is to be done, and then nobody must wait for a turn to write.
            if (await connection.execute(behind)).first() is None:
                return False
        async with self._store.write() as connection:
            session = (await connection.execute(behind)).first()
            if session is None:
                return False
            reached = session.number or 0
            wanted = (
                select(lines.c.number, lines.c.voice, lines.c.text)
                .where(lines.c.session_id == session.id, lines.c.number > reached)
                .order_by(lines.c.number)
                .limit(BATCH_LINES)
            )
            found = (await connection.execute(wanted)).all()
            rows = [(row_of(session.id, line.number), spaced(line.text)) for line in found if line.voice in _SPOKEN]
            # The plan is put in when the stream is over: until then it may be edited.
            plan = session.ended_at is not None and not session.dashboard
            if plan and (markdown := await find_dashboard(connection, session.id)):
                rows.append((row_of(session.id, 0), spaced(markdown)))
            if rows:
                await connection.exec_driver_sql(f"INSERT INTO {SEARCH_INDEX}(rowid, text) VALUES (?, ?)", rows)
            progress = {
                "number": found[-1].number if found else reached,
                "dashboard": bool(session.dashboard) or plan,
            }
            if session.number is None:
                await connection.execute(insert(searchable).values(session_id=session.id, **progress))
            else:
                which = update(searchable).where(searchable.c.session_id == session.id)
                await connection.execute(which.values(**progress))
        return True

    @staticmethod
    async def _in_the_index(
        connection: AsyncConnection, words: Sequence[str], earlier: Sequence[int]
    ) -> list[tuple[int, int]]:
        wanted = " OR ".join(f'"{spaced(word)}"' for word in words)
        asked = text(
            f"SELECT rowid FROM {SEARCH_INDEX} WHERE {SEARCH_INDEX} MATCH :wanted"
            f" AND rowid / {_NUMBERS} IN ({', '.join(map(str, earlier))}) ORDER BY rank LIMIT {_RANKED}"
        )
        found = await connection.execute(asked, {"wanted": wanted})
        return [divmod(row, _NUMBERS) for row in found.scalars()]

    @staticmethod
    async def _by_vectors(
        connection: AsyncConnection, words: Sequence[str], earlier: Sequence[int]
    ) -> list[tuple[int, int]]:
        vector: ColumnElement[str] = literal_column(SEARCH_VECTOR)
        wanted = func.to_tsquery(
            literal_column("'english'"), " | ".join("<->".join(spaced(w).split()) for w in words)
        )
        spoken = select(lines.c.session_id, lines.c.number, func.ts_rank(vector, wanted).label("rank")).where(
            vector.op("@@")(wanted), lines.c.session_id.in_(earlier), lines.c.voice.in_(_SPOKEN)
        )
        # Plans are few, one a stream, and need no index. One that may still be edited is not looked at.
        plan = func.to_tsvector(
            literal_column("'english'"),
            func.regexp_replace(dashboards.c.markdown, f"([{_SIGNS}])", " \\1 ", "g"),
        )
        planned = (
            select(dashboards.c.session_id, literal_column("0"), func.ts_rank(plan, wanted))
            .join(sessions)
            .where(plan.op("@@")(wanted), dashboards.c.session_id.in_(earlier), sessions.c.ended_at.is_not(None))
        )
        either = union_all(spoken, planned).subquery()
        asked = (
            select(either.c.session_id, either.c.number)
            .order_by(either.c.rank.desc(), either.c.session_id.desc(), either.c.number)
            .limit(_RANKED)
        )
        return [(row.session_id, row.number) for row in await connection.execute(asked)]


def row_of(session_id: int, number: int) -> int:
    """The index's row of a line; `number` 0 is the session's dashboard."""
    return session_id * _NUMBERS + number


def spaced(words: str) -> str:
    """The text as the index takes it in: where a script writes without spaces, every sign is a word."""
    return words if words.isascii() else _CJK.sub(r" \1 ", words)


def words_of(query: str) -> tuple[str, ...]:
    """The telling words of a query, each once, at most `MOST_WORDS`; the longer ones where there are too many.

    Where a script writes without spaces, every two signs that follow each other are a word.
    """
    plain = unicodedata.normalize("NFKC", query).casefold()
    words: dict[str, None] = {}
    for run in _RUN.findall(plain):
        pairs = [run[at : at + 2] for at in range(max(1, len(run) - 1))] if _CJK.match(run) else [run]
        words.update(
            dict.fromkeys(word for word in pairs if word not in _STOP and (len(word) > 1 or _CJK.match(word)))
        )
    chosen = set(sorted(words, key=len, reverse=True)[:MOST_WORDS])
    return tuple(word for word in words if word in chosen)


async def _earlier(connection: AsyncConnection, channel: str, before: int | None) -> list[int]:
    """The channel's streams before this session; all of them where none is named.

    Before a live one only those that were live: a log that was played for a look is no stream of this channel. The
    same log played again is none either.
    """
    wanted = select(sessions.c.id).where(sessions.c.channel == channel)
    if before is not None:
        found = select(sessions.c.source, sessions.c.started_at).where(sessions.c.id == before)
        tonight = (await connection.execute(found)).first()
        if tonight is None:
            return []
        live = sessions.c.source == LIVE_SOURCE
        others = live if tonight.source == LIVE_SOURCE else sessions.c.source != tonight.source
        wanted = wanted.where(sessions.c.id != before, sessions.c.started_at < tonight.started_at, others)
    newest = wanted.order_by(sessions.c.id.desc()).limit(_MOST_SESSIONS)
    return list((await connection.execute(newest)).scalars())


def _session_behind(earlier: Sequence[int]) -> Any:
    """The newest of these sessions that has something to be put into the index."""
    more = exists().where(lines.c.session_id == sessions.c.id, lines.c.number > func.coalesce(searchable.c.number, 0))
    planned = and_(
        sessions.c.ended_at.is_not(None),
        or_(searchable.c.dashboard.is_(None), ~searchable.c.dashboard),
        exists().where(dashboards.c.session_id == sessions.c.id),
    )
    return (
        select(sessions.c.id, sessions.c.ended_at, searchable.c.number, searchable.c.dashboard)
        .outerjoin(searchable, searchable.c.session_id == sessions.c.id)
        .where(sessions.c.id.in_(earlier), or_(more, planned))
        .order_by(sessions.c.id.desc())
        .limit(1)
    )


async def _read(connection: AsyncConnection, hits: Sequence[tuple[int, int]], most: int) -> tuple[Found, ...]:
    """The best of the hits, best first, without what was removed and without the same words twice."""
    stored = {**await _spoken(connection, hits), **await _planned(connection, hits)}
    found: list[Found] = []
    told: set[str] = set()
    taken: Counter[int] = Counter()
    for hit in hits:
        one = stored.get(hit)
        if one is None or one.text.casefold() in told or taken[one.session_id] == FROM_ONE_STREAM:
            continue
        told.add(one.text.casefold())
        taken[one.session_id] += 1
        found.append(one)
        if len(found) == most:
            break
    return tuple(found)


async def _spoken(connection: AsyncConnection, hits: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Found]:
    # One by one, for SQLite goes through the whole table to find pairs that are IN a list.
    places = [(lines.c.session_id == session_id, lines.c.number == number) for session_id, number in hits]
    wanted = (
        select(lines.c.session_id, lines.c.number, lines.c.at, sessions.c.title)
        .add_columns(lines.c.text, lines.c.name, lines.c.login, lines.c.voice)
        .join(sessions)
        .where(or_(false(), *(and_(*which) for which in places)), ~lines.c.deleted)
    )
    return {
        (session_id, number): Found(
            session_id, number, at, title, words, name or login, ours=voice == Voice.AGENT.value
        )
        for session_id, number, at, title, words, name, login, voice in await connection.execute(wanted)
    }


async def _planned(connection: AsyncConnection, hits: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Found]:
    plans = [session_id for session_id, number in hits if number == 0]
    wanted = (
        select(sessions.c.id, sessions.c.started_at, sessions.c.title, dashboards.c.markdown)
        .join(dashboards)
        .where(sessions.c.id.in_(plans))
    )
    return {
        (session_id, 0): Found(session_id, 0, at, title, markdown)
        for session_id, at, title, markdown in await connection.execute(wanted)
    }
