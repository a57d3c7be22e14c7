"""The tools of one information phase: how many calls are left, and what each of them took."""

import logging
import time
from collections.abc import Callable

from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.ports import ModelError, Picture, Tool, ToolUse

ONE_QUERY = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
    "additionalProperties": False,
}
"""What every tool is called with, as a JSON schema."""
_NOTHING_LEFT = "No look-ups are left. Write the note now, from what you have."
_LATE = "Not found in time; go on without it."
_FAILED = "It could not be looked up; go on without it."
"""Why is for the operator, not for the model: the reason may name a path of theirs."""
_LOG = logging.getLogger(__name__)


class LookUps:
    """Calls tools for a model, as often as it may; a tool that fails is an answer too."""

    def __init__(self, calls: int, told: Callable[[ToolUse], None]) -> None:
        self.left = calls
        self._told = told

    async def call(self, tool: Tool, query: object) -> str | Picture:
        """What the tool found, or a sentence for the model that there is nothing.

        Raises ModelError where the tool says that nothing more may be asked.
        """
        if self.left <= 0:
            return _NOTHING_LEFT
        self.left -= 1
        asked = query if isinstance(query, str) else str(query)
        began = time.monotonic()
        failed = False
        found: str | Picture
        try:
            found = await tool.look_up(asked)
        except ModelError:
            raise
        except Exception as error:
            failed = True
            found = _LATE if isinstance(error, TimeoutError) else _FAILED
            # Of an error nobody thought of its name alone: what it says may quote the query, which is people's words.
            why = error.sentence if isinstance(error, SanctumError) else type(error).__name__
            _LOG.warning("%s failed: %s", tool.name, why)
        self._told(ToolUse(tool.name, asked, time.monotonic() - began, failed))
        return found
