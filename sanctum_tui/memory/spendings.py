"""What the models used in a session, in the database."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import spendings


@dataclass(frozen=True, slots=True)
class Used:
    """What one model used. The cost is the one it had then, whatever its price is now."""

    model: str
    tokens_in: int
    tokens_out: int
    cost: float


class SpendingQueries:
    """The account of a session."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_spendings(self, session_id: int, used: Iterable[Used]) -> None:
        """The models used so much more. Added and not put in its place: several consoles may share a session."""
        columns = spendings.c
        async with self._store.write() as connection:
            for one in used:
                which = update(spendings).where(columns.session_id == session_id, columns.model == one.model)
                more = which.values(
                    tokens_in=columns.tokens_in + one.tokens_in,
                    tokens_out=columns.tokens_out + one.tokens_out,
                    cost=columns.cost + one.cost,
                )
                if (await connection.execute(more)).rowcount == 0:
                    row = insert(spendings).values(
                        session_id=session_id,
                        model=one.model,
                        tokens_in=one.tokens_in,
                        tokens_out=one.tokens_out,
                        cost=one.cost,
                    )
                    await connection.execute(row)

    async def spendings(self, session_id: int) -> tuple[Used, ...]:
        """What each model used in this session so far, by name."""
        wanted = select(spendings).where(spendings.c.session_id == session_id).order_by(spendings.c.model)
        async with self._store.read() as connection:
            rows = await connection.execute(wanted)
            return tuple(Used(row.model, row.tokens_in, row.tokens_out, row.cost) for row in rows)
