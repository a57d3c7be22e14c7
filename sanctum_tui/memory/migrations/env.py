"""Runs the migrations on the connection, and inside the transaction, that `migrating` hands over."""

from alembic import context

from sanctum_tui.memory.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
