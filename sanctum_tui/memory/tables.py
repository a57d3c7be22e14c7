"""The tables, in terms that SQLite and PostgreSQL share; how they come to be is in `migrations`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    event,
)

REVISION = "0006"
"""The newest migration, written here too so that a start-up can tell without loading Alembic; a test compares."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC, exactly; raises TypeError for a datetime that does not know its zone."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """The aware moment, in UTC, that `micros` made a number of."""
    return _EPOCH + timedelta(microseconds=value)


@lru_cache(maxsize=4096)
def pack(words: tuple[str, ...]) -> str:
    """A list of words as one text; a room has few combinations of badges, so most answers are remembered."""
    return json.dumps(words) if words else ""


@lru_cache(maxsize=4096)
def unpack(text: str) -> tuple[str, ...]:
    """The words that `pack` made a text of."""
    return tuple(json.loads(text)) if text else ()


class Moment(TypeDecorator[datetime]):
    """An aware datetime as microseconds UTC: exact, sortable, and the same in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else moment(value)


class Words(TypeDecorator[tuple[str, ...]]):
    """A tuple of words as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else pack(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else unpack(value)


class Numbers(TypeDecorator[Mapping[str, float]]):
    """Named numbers as JSON text, in their order. Python's own JSON, because a number may be infinite."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, float] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(dict(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, float] | None:
        return None if value is None else dict(json.loads(value))


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _whole(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _at(name: str = "at") -> Column[datetime]:
    return Column(name, Moment, nullable=False)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _of_session(**more: Any) -> Column[int]:
    return Column("session_id", Integer, ForeignKey("sessions.id"), nullable=False, **more)


sessions = Table(
    "sessions",
    metadata,
    _id(),
    _text("channel"),
    _text("source"),
    _text("title"),
    _at("started_at"),
    Column("ended_at", Moment),
    Column("clock_at", Moment),
    _whole("position"),
    _whole("messages"),
    Index(None, "channel"),
)

# The rows lie in the order of their key (SQLite: WITHOUT ROWID), so a page of them is one walk down the
# tree. There is no index on `id`: the ids are random, and one would cost four fifths of the ingest.
lines = Table(
    "lines",
    metadata,
    _of_session(),
    _whole("number"),
    _at(),
    _text("login"),
    _text("name"),
    _text("text"),
    _text("colour"),
    Column("badges", Words, nullable=False),
    _text("voice"),
    _text("id"),
    Column("action", Boolean, nullable=False),
    _whole("bits"),
    _text("reply_to"),
    _text("shared_from"),
    Column("deleted", Boolean, nullable=False),
    Column("reply_words", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("session_id", "number"),
    sqlite_with_rowid=False,
)

prompts = Table(
    "prompts",
    metadata,
    _id(),
    _of_session(),
    _whole("number"),
    _text("mode"),
    _text("state"),
    _text("line"),
    _text("text"),
    _text("draft_line"),
    _text("draft_text"),
    Column("draft_sources", Words, nullable=False),
    _text("draft_writer"),
    _text("draft_shape"),
    _text("why"),
    _at("drafted_at"),
    _at("changed_at"),
    UniqueConstraint("session_id", "number"),
)

prompt_steps = Table(
    "prompt_steps",
    metadata,
    _id(),
    Column("prompt_id", Integer, ForeignKey("prompts.id"), nullable=False, index=True),
    _at(),
    _text("state"),
    _text("author"),
    _text("text"),
    _text("reason"),
)

decisions = Table(
    "decisions",
    metadata,
    _id(),
    _of_session(index=True),
    _at(),
    _text("action"),
    _text("reason"),
    Column("numbers", Numbers, nullable=False),
    Column("until", Moment),
)

flags = Table(
    "flags",
    metadata,
    _id(),
    _of_session(index=True),
    _at(),
    _whole("line"),
    _text("name"),
    _text("text"),
    _text("rule"),
    _text("why"),
)

marks = Table("marks", metadata, _id(), _of_session(index=True), _at(), _text("note"))

airings = Table(
    "airings",
    metadata,
    _id(),
    _of_session(),
    _text("stream"),
    _at("started_at"),
    Column("ended_at", Moment),
    UniqueConstraint("session_id", "stream"),
)

# Whose lines a moderator removed, behind which line; an empty login: everybody's. The lines themselves are marked.
clearings = Table("clearings", metadata, _id(), _of_session(index=True), _at(), _whole("line"), _text("login"))

gaps = Table("gaps", metadata, _id(), _of_session(index=True), _at(), Column("seconds", Float, nullable=False))

dashboards = Table("dashboards", metadata, _of_session(primary_key=True), _at(), _text("markdown"))

# What each model used in a session, and what that cost when it was used.
spendings = Table(
    "spendings",
    metadata,
    _of_session(),
    _text("model"),
    Column("tokens_in", BigInteger, nullable=False),
    Column("tokens_out", BigInteger, nullable=False),
    Column("cost", Float, nullable=False),
    PrimaryKeyConstraint("session_id", "model"),
)

# How far each session's lines, and its dashboard, are in the search index. Only SQLite has one to fill.
searchable = Table(
    "searchable",
    metadata,
    _of_session(primary_key=True, autoincrement=False),
    _whole("number"),
    Column("dashboard", Boolean, nullable=False),
)

SEARCH_INDEX = "search_index"
"""SQLite: a full-text index that keeps no text of its own. How its rows are numbered is `search.row_of`'s to say."""

SEARCH_VECTOR = (
    "to_tsvector('english', regexp_replace(text, '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])', ' \\1 ', 'g'))"
)
"""PostgreSQL: a line's words. Where a script writes without spaces, every sign is one."""

_WHEN_MADE = {
    "sqlite": f"CREATE VIRTUAL TABLE {SEARCH_INDEX} USING fts5("
    "text, content='', tokenize='porter unicode61 remove_diacritics 2')",
    "postgresql": f"CREATE INDEX ix_lines_search ON lines USING gin ({SEARCH_VECTOR})",
}


@event.listens_for(metadata, "after_create")
def _make_searchable(target: MetaData, connection: Connection, **_: object) -> None:
    if statement := _WHEN_MADE.get(connection.dialect.name):
        connection.exec_driver_sql(statement)
