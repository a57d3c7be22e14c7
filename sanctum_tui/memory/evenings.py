"""What may be asked of the memory, and told to it, in the nouns of an evening."""

from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import EveningRecord
from sanctum_tui.memory.dashboards import DashboardQueries
from sanctum_tui.memory.lines import LineQueries
from sanctum_tui.memory.prompts import PromptQueries, find_prompts
from sanctum_tui.memory.sessions import (
    NoteQueries,
    SessionQueries,
    find_airings,
    find_dashboard,
    find_decisions,
    find_flags,
    find_gaps,
    find_marks,
    find_session,
)
from sanctum_tui.memory.spendings import SpendingQueries
from sanctum_tui.memory.store import Store
from sanctum_tui.memory.tables import prompts
from sanctum_tui.memory.writer import ChatWriter


class Evenings(SessionQueries, PromptQueries, NoteQueries, DashboardQueries, SpendingQueries, LineQueries):
    """All questions. Each is a transaction of its own, and raises StorageError, one sentence, when it fails."""

    def __init__(self, store: Store, writer: ChatWriter) -> None:
        LineQueries.__init__(self, store, writer.flush)

    async def record(self, session_id: int) -> EveningRecord:
        """All that is stored of a session but its chat lines, as it was at one moment.

        Raises BadInputError where there is no such session.
        """
        async with self._store.read() as connection:
            session = await find_session(connection, session_id)
            if session is None:
                raise BadInputError(
                    f"There is no session {session_id}; `sanctum-tui sessions` shows those there are."
                )
            return EveningRecord(
                session=session,
                dashboard_markdown=await find_dashboard(connection, session_id),
                prompts=await find_prompts(connection, prompts.c.session_id == session_id),
                decisions=await find_decisions(connection, session_id),
                flags=await find_flags(connection, session_id),
                marks=await find_marks(connection, session_id),
                gaps=await find_gaps(connection, session_id),
                airings=await find_airings(connection, session_id),
            )
