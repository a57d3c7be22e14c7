"""What is left open in a session that is over, and that nobody goes on with."""

from datetime import datetime

from sanctum_tui.evening import PromptState, PromptStep
from sanctum_tui.memory.evenings import Evenings
from sanctum_tui.review.prompt import DELIVERY, WAITING


async def settle_ended(evenings: Evenings, session_id: int, *, at: datetime, why: str) -> None:
    """Bring an ended session's lines to an end: what was being sent is unknown, what still waited expires.

    `at` is when the session ended, and `why` goes on from "undecided when". May be called again. Raises
    StorageError; the lines that come before the failure are settled then.
    """
    for prompt in await evenings.prompts(session_id):
        if prompt.state not in WAITING or prompt.state is PromptState.UNKNOWN:
            continue
        if prompt.state is PromptState.SENDING:
            to, by, reason = PromptState.UNKNOWN, DELIVERY, "the console stopped while it was being sent"
        else:
            held = prompt.state is PromptState.HELD
            to, by = PromptState.EXPIRED, "agent"
            reason = f"it was held, and {why}" if held else f"undecided when {why}"
        step = PromptStep(max(at, prompt.changed_at), to, by, prompt.text, reason)
        await evenings.step_prompt(prompt.id, expected=prompt.state, step=step)
