"""The author with models that answer as they are told to, and all that it tells: for tests of what is written."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.context import ContextProvider, Piece, Provider, TonightsChat
from sanctum_tui.llm.guard import Style, Verdict, inspect
from sanctum_tui.llm.hearing import Place
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.llm.ports import Asked, Fault, ModelError, Tool, ToolUse, Usage
from sanctum_tui.llm.prompts import Prompts
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.writing import ModelAuthor
from sanctum_tui.runtime.words import Words
from sanctum_tui.settings import ModelChoice, Settings
from sanctum_tui.status.events import StatusEvent
from sanctum_tui.status.turns import Turn
from tests.builders import START, paths_in, settings
from tests.mock_provider import MockProvider
from tests.test_hearthkeeper import room_of

LINE = "A tide table is mostly a list of reasons to be late."
OTHER = "Some doors in that house only make sense from the inside."
LOUD = "SMASH that follow button!!"
WORSE = "SMASH that follow button!! https://example.com @everyone"
PLAN = Dashboard(title="Quiet water", game="Windrose", mood="hushed", angle="What does a keeper hear at night?")
OFFLINE = "offline composer"


def marked(line: str) -> str:
    return f"<line>{line}</line>"


class Scripted:
    """A model that answers as it is told to, in order, and then again as it did last."""

    def __init__(self, name: str, *script: str | Exception, note: str | Exception = "") -> None:
        self.name = name
        self.script = list(script)
        self.note = note
        self.asked: list[Asked] = []
        self.informed: list[Asked] = []
        self.tools: list[str] = []
        self.used = Usage()
        self.closed = 0
        self.stuck = False
        """It stops behind the first piece, and never comes back."""
        self.reached = asyncio.Event()

    async def write(self, asked: Asked) -> AsyncIterator[str]:
        self.asked.append(asked)
        self.used = Usage(self.used.tokens_in + 100, self.used.tokens_out + 10)
        told = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        try:
            if isinstance(told, Exception):
                raise told
            for start in range(0, len(told), 8):
                yield told[start : start + 8]
                await asyncio.sleep(0)
                if self.stuck and start:
                    self.reached.set()
                    await asyncio.Event().wait()
        finally:
            self.closed += 1

    async def inform(
        self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
    ) -> str:
        self.informed.append(asked)
        self.tools = [tool.name for tool in tools]
        await tools[0].look_up("lamp")
        told(ToolUse(tools[0].name, "lamp", 0.1))
        if isinstance(self.note, Exception):
            raise self.note
        if self.note == "never":
            await asyncio.Event().wait()
        return self.note


class Broken:
    """A provider that always fails."""

    provider = Provider.EARLIER

    async def fetch(self, context: Context) -> Sequence[Piece]:
        raise OSError("no such index")


@dataclass
class Desk:
    """An author on these models, and all that it told."""

    author: ModelAuthor
    message: Chain
    spending: Spending
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    events: list[StatusEvent] = field(default_factory=list)
    turns: int = 0
    open_turns: int = 0

    async def write(self, **fields: object) -> Draft:
        context = Context(dashboard=PLAN, judge=lambda line: inspect(line, language="en"))
        draft = await self.author.write(replace(context, **fields))  # type: ignore[arg-type]
        assert draft is not None
        return draft


def desk_of(
    *models: Scripted,
    informing: Sequence[Scripted] = (),
    providers: Sequence[ContextProvider] = (TonightsChat(),),
    seconds: float = 5.0,
    tokens: int = 0,
    fallback: Any = None,
) -> Desk:
    made: dict[str, Desk] = {}
    spending = Spending([], tokens=tokens)
    linked = {link.model.name: link for link in links(list({*models, *informing}), ReplayClock(START))}
    message = Chain([linked[model.name] for model in models], spending)

    def turn(source: str) -> Turn:
        desk = made["desk"]
        desk.turns += 1
        desk.open_turns += 1

        def over(_: int) -> None:
            desk.open_turns -= 1

        return Turn(desk.turns, source, clock=ReplayClock(START), tell=desk.events.append, over=over)

    author = ModelAuthor(
        information=Chain([linked[model.name] for model in informing], spending),
        message=message,
        prompts=lambda name: Prompts(),
        providers=providers,
        fallback=fallback or OfflineComposer(Style, lambda: "— C"),
        signature=lambda: "— C",
        turn=turn,
        seconds=lambda: seconds,
        place=Place(lambda text: made["desk"].shown.append(text)),
        told=lambda sentence: made["desk"].told.append(sentence),
        clock=ReplayClock(START),
    )
    made["desk"] = Desk(author, message, spending)
    return made["desk"]


def failure(fault: Fault = Fault.TRANSIENT) -> ModelError:
    return ModelError(f"one failed ({fault})", fault)


def told_settings(*models: ModelChoice, **values: object) -> Settings:
    return settings(models=models, **values)


def plain(mock: MockProvider) -> Settings:
    """The mock, which writes and looks nothing up."""
    return told_settings(mock.choice(tools=False))


@asynccontextmanager
async def words_of(folder: Path, chosen: Settings) -> AsyncIterator[Words]:
    words = await Words.open(
        lambda: chosen,
        paths_in(folder),
        None,
        channel="quietharbor",
        session_id=None,
        clock=SystemClock(),
        style=Style,
        signature=lambda: "— C",
    )
    try:
        yield words
    finally:
        await words.close()


async def opened(words: Words) -> None:
    assert words._opening is not None
    await words._opening


async def draft_of(words: Words, *messages: ChatMessage) -> tuple[Draft, Verdict]:
    """A draft as the Hearthkeeper gets it, with the guard told all."""
    keeper = Hearthkeeper(
        words.author, style=Style, dashboard=lambda: PLAN, private=words.private, language=lambda: "en"
    )
    written = await keeper.draft(room_of(*messages), [])
    assert written is not None
    return written
