"""What a writer is told of the evening: four providers, fetched side by side, each able to fail alone."""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.aside import Aside
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.phrasebook import load
from sanctum_tui.llm.standing import StandingNotes, notes_file
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings

if TYPE_CHECKING:
    from sanctum_tui.llm.knowledge import KnowledgeFolder
    from sanctum_tui.llm.ports import Picture
    from sanctum_tui.memory.search import Found

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0
"""How long one provider may take before the line is written without it."""
MOST_EARLIER = 8
"""Lines of earlier streams that are worth a place."""
MOST_KNOWLEDGE = 4
"""Passages of the knowledge folder that are."""
_PLAN, _OURS = ", its plan", ", the steward's line"
"""Behind the link of what nobody in chat said."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")


class Provider(StrEnum):
    """What a piece of context was found by. The order is the one in which they are told."""

    RULES = "rules"
    """Procedural: the channel's rules and the operator's standing notes."""
    KNOWLEDGE = "knowledge"
    """The operator's folder of notes."""
    EARLIER = "earlier"
    """Episodic: earlier streams, by search."""
    CHAT = "chat"
    """Short-term: tonight's chat, oldest first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing a writer may know."""

    provider: Provider
    text: str
    """As it was written. Whatever it is, it is data: `prompts` makes it safe to be read."""
    source: str = ""
    """Where it comes from: who said it, which stream, which note."""
    at: datetime | None = None
    pictures: tuple[str, ...] = ()
    """What can be seen there, by name."""
    own: bool = False
    """Of an earlier stream: the operator's plan, or a line of ours."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was found, and which providers failed."""

    pieces: tuple[Piece, ...] = ()
    """Provider by provider, and in each its own order."""
    failed: tuple[Provider, ...] = ()

    def of(self, provider: Provider) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.provider is provider)


class ContextProvider(Protocol):
    """Finds pieces of one kind."""

    @property
    def provider(self) -> Provider: ...

    async def fetch(self, context: Context) -> Sequence[Piece]:
        """What fits this draft. May raise anything; a failure leaves it out, and nothing else."""


Told = Callable[[Provider, str], None]
"""Called with a provider that failed, and one sentence on why."""


async def gather(
    context: Context,
    providers: Sequence[ContextProvider],
    *,
    told: Told | None = None,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Gathered:
    """Ask all providers at once; whoever fails or is late is told of, and leaves nothing behind but itself."""
    failed: list[Provider] = []

    async def fetched(one: ContextProvider) -> tuple[Piece, ...]:
        try:
            async with asyncio.timeout(deadline_seconds):
                return tuple(await one.fetch(context))
        except TimeoutError:
            sentence = f"The {one.provider} context took longer than {deadline_seconds:g} s and was left out."
        except SanctumError as error:
            sentence = error.sentence
        except Exception:
            log.exception("the %s context failed", one.provider)
            sentence = f"The {one.provider} context could not be fetched and was left out; the log says why."
        failed.append(one.provider)
        if told is not None:
            told(one.provider, sentence)
        return ()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetched(one), name=f"context: {one.provider}") for one in providers]
    order = {provider: place for place, provider in enumerate(Provider)}
    found = sorted((piece for task in tasks for piece in task.result()), key=lambda piece: order[piece.provider])
    return Gathered(tuple(found), tuple(sorted(failed, key=order.__getitem__)))


class TonightsChat:
    """What people said lately, oldest first."""

    provider = Provider.CHAT

    async def fetch(self, context: Context) -> Sequence[Piece]:
        return [Piece(Provider.CHAT, said.text, said.name or said.login, said.at) for said in context.recent]


class HouseRules:
    """The channel's rules, and what the operator asked for once and for all."""

    provider = Provider.RULES

    def __init__(self, rules: Callable[[], str], notes: StandingNotes | None = None) -> None:
        self._rules = rules
        self._notes = notes

    async def fetch(self, context: Context) -> Sequence[Piece]:
        rules = self._rules().strip()
        found = [Piece(Provider.RULES, rules, "the channel's rules")] if rules else []
        if self._notes is not None:
            notes = await asyncio.to_thread(self._notes.read)
            found += [Piece(Provider.RULES, note.text, "a standing note") for note in notes]
        return found


class Searcher(Protocol):
    """Searches what was said in earlier streams."""

    async def search(self, query: str, *, channel: str, before_session: int | None, most: int) -> "Sequence[Found]":
        """The best finds, best first. Raises StorageError."""


class EarlierStreams:
    """What was said in earlier streams about what tonight is about."""

    provider = Provider.EARLIER

    def __init__(self, searcher: Searcher, *, channel: str, session_id: int | None) -> None:
        """`session_id` is tonight's, which is not an earlier one."""
        self._searcher = searcher
        self._channel = channel
        self._session_id = session_id

    async def fetch(self, context: Context) -> Sequence[Piece]:
        query = query_for(context)
        found = await self.find(query, 3 * MOST_EARLIER) if query else ()
        asked = _beginnings(query)
        # Nobody has chosen these words to search by: a line that has only one of them is there by chance.
        telling = [piece for piece in found if len(asked & _beginnings(piece.text)) >= min(2, len(asked))]
        return telling[-MOST_EARLIER:]

    async def find(self, query: str, most: int = MOST_EARLIER) -> Sequence[Piece]:
        """What was said about this, oldest first, each with its stream's number and date."""
        found = await self._searcher.search(query, channel=self._channel, before_session=self._session_id, most=most)
        pieces = [
            Piece(Provider.EARLIER, await _words_of(one), link(one), one.at, own=bool(_whose(one))) for one in found
        ]
        return sorted(pieces, key=lambda piece: piece.at.timestamp() if piece.at else 0.0)


class Knowledge:
    """What the operator's own notes say about what tonight is about."""

    provider = Provider.KNOWLEDGE

    def __init__(self, folder: "KnowledgeFolder") -> None:
        self._folder = folder
        self._aside = Aside("the folder of notes")

    async def fetch(self, context: Context) -> Sequence[Piece]:
        query = query_for(context)
        return await self.find(query) if query else ()

    async def find(self, query: str, most: int = MOST_KNOWLEDGE) -> Sequence[Piece]:
        """The passages that fit best, best first, each with its note's name."""
        passages = await self._aside.run(lambda: self._folder.find(query, most))
        return [
            Piece(Provider.KNOWLEDGE, passage.text, passage.source, pictures=passage.pictures) for passage in passages
        ]

    async def picture(self, name: str) -> "Picture":
        """A picture that a note shows. Raises BadInputError where there is none to be had."""
        return await self._aside.run(lambda: self._folder.picture(name))


def providers_for(
    settings: Callable[[], Settings],
    paths: Paths,
    searcher: Searcher | None,
    *,
    channel: str,
    session_id: int | None,
) -> tuple[ContextProvider, ...]:
    """The four providers of an evening; those that have nothing to look into are left out."""
    from sanctum_tui.llm.knowledge import KnowledgeFolder

    notes = StandingNotes(notes_file(paths))
    providers: list[ContextProvider] = [TonightsChat(), HouseRules(lambda: settings().channel_rules, notes)]
    if searcher is not None:
        providers.append(EarlierStreams(searcher, channel=channel, session_id=session_id))
    if settings().knowledge_path:
        providers.append(Knowledge(KnowledgeFolder(Path(settings().knowledge_path).expanduser())))
    return tuple(providers)


def link(found: "Found") -> str:
    """How a find is named, so that somebody can look it up: ``stream 12, 2026-02-08``."""
    return f"stream {found.session_id}, {found.at:%Y-%m-%d}{_whose(found)}"


def links_own(source: str) -> bool:
    """Whether a `link` is that of a piece which is the operator's or ours."""
    return source.endswith((_PLAN, _OURS))


def _whose(found: "Found") -> str:
    return _PLAN if found.number == 0 else _OURS if found.ours else ""


async def _words_of(found: "Found") -> str:
    """What was said or, of a stream's plan, the few words that say what it was about."""
    if found.number:
        return found.text
    plan = await asyncio.to_thread(parse, found.text)
    return " · ".join(filter(None, (plan.title or found.title, plan.game, plan.angle)))


def query_for(context: Context) -> str:
    """What tonight is about, in words to search by: the operator's wish first, then the plan."""
    plan = context.dashboard
    parts = (context.note, plan.game, plan.title, plan.angle, plan.mood)
    return " ".join(part for part in parts if part).strip()[:600]


def _beginnings(text: str) -> frozenset[str]:
    """Words by how they begin, so that ``lamps`` and ``lamplit`` are about the same thing; small ones left out."""
    small = load().words.small
    words = _WORD.findall(text.casefold())
    return frozenset(word[:4] for word in words if word not in small and (len(word) > 2 or not word.isascii()))
