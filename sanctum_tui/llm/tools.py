"""The tools of the information phase: what a model may look up. They read; they change nothing."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable

from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import EarlierStreams, Knowledge, Piece
from sanctum_tui.llm.material import quoted
from sanctum_tui.llm.ports import Picture, Tool
from sanctum_tui.llm.quoting import defuse
from sanctum_tui.secrecy import REDACTOR

MOST_CHARACTERS = 1_800
"""Of one answer."""
DEADLINE_SECONDS = 4.0
LOOK_AT_PICTURE = "look_at_picture"
"""The tool that is for a model that sees."""
_MOST_LINES = 20
_LONGEST_QUERY = 200
_WORD = re.compile(r"\w+")


def tools_for(
    context: Context, *, earlier: EarlierStreams | None = None, knowledge: Knowledge | None = None
) -> tuple[Tool, ...]:
    """The tools for one draft. What is not there to be searched has no tool."""

    async def recent_chat(query: str) -> str:
        words = _words(query)
        said = [one for one in context.recent if not words or words & _words(one.text)]
        return _told((f"{one.at:%H:%M} {quoted(one.text)}" for one in said[-_MOST_LINES:]), newest=True)

    async def dashboard(query: str) -> str:
        plan = context.dashboard
        parts = {
            "title": plan.title,
            "game": plan.game,
            "mood": plan.mood,
            "goals": " / ".join(plan.goals),
            "angle": plan.angle,
            "post": plan.social_post,
            "notification": plan.notification,
        }
        wanted = {name for name in parts if name in query.casefold()} or set(parts)
        return _told(f"{name}: {defuse(text, 600)}" for name, text in parts.items() if name in wanted and text)

    async def already_said(query: str) -> str:
        words = _words(query)
        # Earlier streams' lines come newest first from the database.
        lines = (*context.earlier[::-1], *context.said)
        return _told((defuse(line) for line in lines if not words or words & _words(line)), newest=True)

    tools = [
        _tool(
            "recent_chat", "What was said in tonight's chat. The query is a word to look for, or empty.", recent_chat
        ),
        _tool("dashboard", "Tonight's plan. The query is title, game, mood, goals or angle, or empty.", dashboard),
        _tool("already_said", "Lines said before. The query is a word to look for, or empty.", already_said),
    ]
    if earlier is not None:

        async def search_earlier_streams(query: str) -> str:
            return _pieces(await earlier.find(query))

        purpose = "What was said and planned in earlier streams. The query is two or three telling words."
        tools.append(_tool("search_earlier_streams", purpose, search_earlier_streams))
    if knowledge is not None:

        async def knowledge_notes(query: str) -> str:
            found = await knowledge.find(query)
            seen = ", ".join(dict.fromkeys(name for piece in found for name in piece.pictures))
            # Ahead of the passages, which may fill the room there is.
            return _pieces(found, *([f"pictures there: {defuse(seen, 200)}"] if seen else []))

        purpose = "Passages from the operator's own notes. The query is two or three telling words."
        tools.append(_tool("knowledge_notes", purpose, knowledge_notes))
        read: dict[str, Picture | SanctumError] = {}
        reading = asyncio.Lock()

        async def look_at_picture(query: str) -> Picture:
            # These tools are one draft's: whichever model asks for it again, it is read once.
            name = query.strip()
            async with reading:
                if name not in read:
                    try:
                        read[name] = await knowledge.picture(name)
                    except SanctumError as error:
                        read[name] = error
                found = read[name]
            if isinstance(found, SanctumError):
                raise found
            return found

        purpose = "Shows a picture that is in the operator's own notes. The query is its name, as the notes give it."
        tools.append(_tool(LOOK_AT_PICTURE, purpose, look_at_picture, shows=True))
    return tuple(tools)


def _tool(name: str, purpose: str, find: Callable[[str], Awaitable[str | Picture]], *, shows: bool = False) -> Tool:
    async def look_up(query: str) -> str | Picture:
        async with asyncio.timeout(DEADLINE_SECONDS):
            found = await find(query[:_LONGEST_QUERY])
            return REDACTOR.redact(found) if isinstance(found, str) else found

    return Tool(name, purpose, look_up, shows)


def _pieces(pieces: Iterable[Piece], *before: str) -> str:
    return _told([*before, *(f"{defuse(piece.source, 80)} ¦ {quoted(piece.text)}" for piece in pieces)])


def _told(lines: Iterable[str], *, newest: bool = False) -> str:
    """Quoted lines, each with its bar, as many as there is room for: the first, or the last of them."""
    told, room = [], MOST_CHARACTERS
    for line in reversed([*lines]) if newest else lines:
        room -= len(line) + 3
        if room < 0:
            break
        told.append(f"| {line}")
    return "\n".join(told[::-1] if newest else told) or "Nothing was found."


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if len(word) > 2 or not word.isascii())
