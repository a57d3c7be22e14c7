"""Whose lines a moderator removed, and when, so that it is told to whoever scrolls back to it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clearings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_clearings_session_id_sessions"),
        sa.PrimaryKeyConstraint("id", name="pk_clearings"),
    )
    op.create_index("ix_clearings_session_id", "clearings", ["session_id"])


def downgrade() -> None:
    op.drop_table("clearings")
