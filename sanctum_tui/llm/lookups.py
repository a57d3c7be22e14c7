"""The tools of one information phase: how many calls are left, and what each of them took."""

import logging
import time
from collections.abc import Callable

from sanctum_tui.llm.ports import Picture, Tool, ToolUse

ONE_QUERY = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
    "additionalProperties": False,
}
"""What every tool is called with, as a JSON schema."""
_NOTHING_LEFT = "No look-ups are left. Write the note now, from what you have."
_FAILED = "That could not be looked up."
_LOG = logging.getLogger(__name__)


class LookUps:
    """Calls tools for a model, as often as it may; a tool that fails is an answer too."""

    def __init__(self, calls: int, told: Callable[[ToolUse], None]) -> None:
        self.left = calls
        self._told = told

    async def call(self, tool: Tool, query: object) -> str | Picture:
        """What the tool found, or a sentence for the model that says why there is nothing."""
        if self.left <= 0:
            return _NOTHING_LEFT
        self.left -= 1
        asked = query if isinstance(query, str) else str(query)
        began = time.monotonic()
        failed = False
        found: str | Picture
        try:
            found = await tool.look_up(asked)
        except Exception as error:
            failed = True
            found = _FAILED
            # Its name alone: what it says may quote the query, which is made of people's words.
            _LOG.warning("%s failed: %s", tool.name, type(error).__name__)
        self._told(ToolUse(tool.name, asked, time.monotonic() - began, failed))
        return found
