"""How the line begins that a line answers, so that a reply still makes sense when one scrolls back to it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A default that stays: neither database has to write the rows that are there anew.
    op.add_column("lines", sa.Column("reply_words", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("lines", "reply_words")
