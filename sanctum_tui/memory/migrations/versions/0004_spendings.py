"""What the models used in a session, so that a budget holds over a restart."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spendings",
        sa.Column("session_id", sa.Integer, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("tokens_in", sa.BigInteger, nullable=False),
        sa.Column("tokens_out", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_spendings_session_id_sessions"),
        sa.PrimaryKeyConstraint("session_id", "model", name="pk_spendings"),
    )


def downgrade() -> None:
    op.drop_table("spendings")
