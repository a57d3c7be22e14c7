"""What the tests build evenings from: moments, lines, logs, and an evening on a real database."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from sanctum_tui.chat import ChatEvent, ChatMessage, Dropped, Live, NotSent, Posted, Receipt, Unknown
from sanctum_tui.evening import Draft
from sanctum_tui.events import Broadcast, Event, PromptStepped
from sanctum_tui.llm.author import Context
from sanctum_tui.paths import Paths
from sanctum_tui.replay.recorder import header_line, record_line
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.settings import Settings

START = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment, in seconds from the start of the test evening."""
    return START + timedelta(seconds=seconds)


def says(seconds: float, text: str = "hello", who: str = "mira", **fields: object) -> ChatMessage:
    """A line somebody wrote."""
    message = ChatMessage(at(seconds), who.lower(), who, text)
    return msgspec.structs.replace(message, **fields)


def write_log(
    path: Path, events: Iterable[ChatEvent], *, channel: str = "quietharbor", title: str = "A test"
) -> Path:
    """A log in our own format."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header_line(channel, title, START) + b"".join(map(record_line, events)))
    return path


def paths_in(folder: Path) -> Paths:
    """Folders of a user who has nothing yet."""
    return Paths(folder / "config", folder / "data", folder / "state", folder / "ledgers")


def settings(**values: object) -> Settings:
    """Settings that differ from the defaults in these."""
    return msgspec.structs.replace(Settings(), **values)


@dataclass
class Heard:
    """Keeps every event that was told."""

    events: list[Event] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def steps(self) -> list[tuple[int, str, float]]:
        """Each prompt's steps: number, state, seconds from the start of the evening."""
        return [
            (event.prompt.number, event.step.state.value, (event.step.at - START).total_seconds())
            for event in self.events
            if isinstance(event, PromptStepped)
        ]


@asynccontextmanager
async def evening_of(
    folder: Path,
    events: Sequence[ChatEvent],
    *,
    chosen: Settings | None = None,
    heard: Heard | None = None,
    **plan: object,
) -> AsyncIterator[Evening]:
    """An evening on a log of these events, on a real database in `folder`, as a headless run would open it."""
    broadcast = Broadcast()
    if heard is not None:
        broadcast.subscribe(heard)
    log = write_log(folder / "chat.jsonl", events)
    asked = Plan(**{"log": log, "review": "hold"} | plan)  # type: ignore[arg-type]
    evening = await Evening.open(asked, chosen or Settings(), paths_in(folder), broadcast)
    try:
        yield evening
    finally:
        await evening.close()


class Author:
    """Writes what it is given, in order, and then nothing."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.asked: list[Context] = []

    async def write(self, context: Context) -> Draft | None:
        self.asked.append(context)
        if not self.lines:
            return None
        line = self.lines.pop(0)
        return Draft(line, f"{line} — Chronicler")


class Sink:
    """A room that takes what is posted, or answers as it is told to."""

    def __init__(self, *answers: Receipt | Exception) -> None:
        self.answers = list(answers)
        self.posted: list[str] = []
        self.shown: dict[str, datetime] = {}
        """What the room showed of the texts whose answer was lost, by their tickets."""

    async def post(self, text: str, *, shut: Callable[[], str]) -> Receipt:
        if reason := shut():
            return NotSent(reason)
        self.posted.append(text)
        answer = self.answers.pop(0) if self.answers else Posted(f"id-{len(self.posted)}", START)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def shown_at(self, ticket: str) -> datetime | None:
        return self.shown.get(ticket)


@dataclass
class Gate:
    """A live gate that is as it is told to be."""

    live: Live = Live.YES
    why: str = "the stream is offline"


REFUSED = Dropped("the room is in followers-only mode")
LOST = Unknown("no answer within 10 s", "ticket")
