"""Searching what was said: SQLite gets an index that is filled when somebody searches, PostgreSQL its own."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "searchable",
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("dashboard", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_searchable_session_id_sessions"),
        sa.PrimaryKeyConstraint("session_id", name="pk_searchable"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_index USING fts5("
            "text, content='', tokenize='porter unicode61 remove_diacritics 2')"
        )
    elif op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_lines_search ON lines USING gin (to_tsvector('english', "
            "regexp_replace(text, '([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])', ' \\1 ', 'g')))"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    elif op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_lines_search")
    op.drop_table("searchable")
