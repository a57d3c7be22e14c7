"""What a live evening adds: the streams that belong to a session, and the gaps in which chat was away."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "airings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger, nullable=True),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_airings_session_id_sessions"),
        sa.PrimaryKeyConstraint("id", name="pk_airings"),
        sa.UniqueConstraint("session_id", "stream", name="uq_airings_session_id_stream"),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_gaps_session_id_sessions"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
    )
    op.create_index("ix_gaps_session_id", "gaps", ["session_id"])


def downgrade() -> None:
    op.drop_table("gaps")
    op.drop_table("airings")
