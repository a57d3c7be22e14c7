"""The first of the two phases: a model looks things up, and leaves a note for the one that writes.

That it comes to nothing means only that there is no note; and a model that is too slow for it is not asked again for
a while, so that it costs one draft its time and not each.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sanctum_tui.clock import Clock
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.chain import Chain
from sanctum_tui.llm.context import ContextProvider, EarlierStreams, Gathered, Knowledge
from sanctum_tui.llm.ports import Model, ModelError, Picture, Tool, ToolUse
from sanctum_tui.llm.prompts import Mode, Phase, Prompts
from sanctum_tui.llm.tools import LOOK_AT_PICTURE, tools_for
from sanctum_tui.status.turns import Turn

log = logging.getLogger(__name__)

MOST_LOOK_UPS = 4
"""Calls of tools in one information phase."""
SLOW_REST_SECONDS = 900.0
"""How long a model that was too slow looks nothing up; drafts are minutes apart."""
_GUILTY_SHARE = 1 / 2
"""Of the phase's time; a model that had less of it is not held to be the one that was slow."""

_TOLD_AS = {LOOK_AT_PICTURE: "knowledge_notes"}
"""How the status speaks of a tool that is part of another."""


def _nobody(tool: str, found: object) -> None:
    """Where nobody wants to know what was found."""


@dataclass(slots=True)
class _Waiting:
    """For whom a phase waits, since when, and how much of that time its tools took."""

    name: str
    since: float
    in_tools: float = 0.0


class Informing:
    """Asks the models of the information phase. Holds no task."""

    def __init__(
        self,
        chain: Chain,
        prompts: Callable[[str], Prompts],
        providers: Sequence[ContextProvider],
        clock: Clock,
    ) -> None:
        """`prompts` gives what to ask a model of this name."""
        self._chain = chain
        self._prompts = prompts
        self._earlier = next((one for one in providers if isinstance(one, EarlierStreams)), None)
        self._knowledge = next((one for one in providers if isinstance(one, Knowledge)), None)
        self._clock = clock
        self._slow_until: dict[str, datetime] = {}

    async def note(
        self,
        context: Context,
        gathered: Gathered,
        turn: Turn,
        seconds: float,
        *,
        told: Callable[[str, object], None] = _nobody,
    ) -> tuple[str, tuple[ToolUse, ...]]:
        """What was found within so many seconds, and by which look-ups; nothing where nobody had a note.

        `told` is called with each tool that was used and what it found, as a model reads it.
        """
        chain = self._chain.without(self._slow())
        if not len(chain):
            return "", ()
        loop = asyncio.get_running_loop()
        waiting = _Waiting("", loop.time())
        looked_up: list[ToolUse] = []

        def watched(tool: Tool) -> Tool:
            async def look_up(query: str) -> str | Picture:
                chain.go_on(waiting.name)
                began = loop.time()
                try:
                    async with turn.tool(_TOLD_AS.get(tool.name, tool.name)):
                        found = await tool.look_up(query)
                        told(tool.name, found)
                        return found
                finally:
                    waiting.in_tools += loop.time() - began

            return Tool(tool.name, tool.purpose, look_up, shows=tool.shows)

        # Made once a draft: whichever model asks, a picture is read once.
        tools = [*map(watched, tools_for(context, earlier=self._earlier, knowledge=self._knowledge))]

        async def inform(model: Model) -> str:
            nonlocal waiting
            waiting = _Waiting(model.name, loop.time())
            looked_up.clear()
            asked = self._prompts(model.name).assemble(Mode.HEARTHKEEPER, gathered, context, phase=Phase.INFORMATION)
            return await model.inform(asked, tools, calls=MOST_LOOK_UPS, told=looked_up.append)

        try:
            async with asyncio.timeout(seconds), turn.phase(Phase.INFORMATION):
                return await chain.first(inform), tuple(looked_up)
        except TimeoutError:
            log.info("nothing was looked up within %g s; the line is written without a note", seconds)
            if loop.time() - waiting.since - waiting.in_tools >= seconds * _GUILTY_SHARE:
                self._too_slow(waiting.name)
        except ModelError as error:
            log.info("the line is written without a note: %s", error.sentence)
        return "", ()

    def _too_slow(self, name: str) -> None:
        # Not its breaker's matter: one that never says a word is stopped by its own first-token limit, and one that
        # talks, only too slowly for this, may be quick enough to write the line.
        log.warning("%s is too slow to look things up; for %g s it only writes", name, SLOW_REST_SECONDS)
        self._slow_until[name] = self._clock.now() + timedelta(seconds=SLOW_REST_SECONDS)

    def _slow(self) -> tuple[str, ...]:
        now, longest = self._clock.now(), timedelta(seconds=SLOW_REST_SECONDS)
        # A clock that was set back makes no rest longer.
        return tuple(name for name, until in self._slow_until.items() if now < until <= now + longest)
