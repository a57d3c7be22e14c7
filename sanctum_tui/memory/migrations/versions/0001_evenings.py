"""The first tables: sessions and all that belongs to one."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        _id(),
        *_texts("channel", "source", "title"),
        _moment("started_at"),
        _moment("ended_at", nullable=True),
        _moment("clock_at", nullable=True),
        *_wholes("position", "messages"),
        _key("sessions"),
    )
    op.create_index("ix_sessions_channel", "sessions", ["channel"])
    op.create_table(
        "lines",
        *_wholes("session_id", "number"),
        _moment("at"),
        *_texts("login", "name", "text", "colour", "badges", "voice", "id"),
        sa.Column("action", sa.Boolean, nullable=False),
        *_wholes("bits"),
        *_texts("reply_to", "shared_from"),
        sa.Column("deleted", sa.Boolean, nullable=False),
        _of_session("lines"),
        _key("lines", "session_id", "number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "prompts",
        _id(),
        *_wholes("session_id", "number"),
        *_texts("mode", "state", "line", "text"),
        *_texts("draft_line", "draft_text", "draft_sources", "draft_writer", "draft_shape", "why"),
        _moment("drafted_at"),
        _moment("changed_at"),
        _of_session("prompts"),
        _key("prompts"),
        sa.UniqueConstraint("session_id", "number", name="uq_prompts_session_id_number"),
    )
    op.create_table(
        "prompt_steps",
        _id(),
        *_wholes("prompt_id"),
        _moment("at"),
        *_texts("state", "author", "text", "reason"),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_prompt_steps_prompt_id_prompts"),
        _key("prompt_steps"),
    )
    op.create_index("ix_prompt_steps_prompt_id", "prompt_steps", ["prompt_id"])
    _create_notes("decisions", *_texts("action", "reason", "numbers"), _moment("until", nullable=True))
    _create_notes("flags", *_wholes("line"), *_texts("name", "text", "rule", "why"))
    _create_notes("marks", *_texts("note"))
    op.create_table(
        "dashboards",
        *_wholes("session_id"),
        _moment("at"),
        *_texts("markdown"),
        _of_session("dashboards"),
        _key("dashboards", "session_id"),
    )


def downgrade() -> None:
    for table in ("dashboards", "marks", "flags", "decisions", "prompt_steps", "prompts", "lines", "sessions"):
        op.drop_table(table)


def _create_notes(table: str, *columns: sa.Column[Any]) -> None:
    """A table of things noted at a moment of a session."""
    op.create_table(table, _id(), *_wholes("session_id"), _moment("at"), *columns, _of_session(table), _key(table))
    op.create_index(f"ix_{table}_session_id", table, ["session_id"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, nullable=False)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _wholes(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _moment(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=f"pk_{table}")


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=f"fk_{table}_session_id_sessions")
