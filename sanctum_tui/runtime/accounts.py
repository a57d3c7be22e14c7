"""The account of a session: what its models used before a restart, and what they use from now on."""

from collections.abc import Mapping

from sanctum_tui.llm.account import Account, Attempt
from sanctum_tui.llm.spending import Spending, Spent
from sanctum_tui.memory.engine import Memory


async def open_account(spending: Spending, memory: Memory, session_id: int, attempt: Attempt) -> Account:
    """Give `spending` what the session has used so far, and store what it counts. Raises StorageError."""
    from sanctum_tui.memory.spendings import Used

    before = await memory.evenings.spendings(session_id)
    spending.restore({one.model: Spent(one.tokens_in, one.tokens_out, one.cost) for one in before})

    async def store(spent: Mapping[str, Spent]) -> None:
        used = [Used(name, one.tokens_in, one.tokens_out, one.cost) for name, one in spent.items()]
        await memory.evenings.add_spendings(session_id, used)

    return Account(spending, store, attempt)
