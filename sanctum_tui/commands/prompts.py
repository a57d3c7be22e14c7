"""``sanctum-tui prompts show``: what a model is asked, word for word."""

import asyncio
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.commands.setup import load_settings
from sanctum_tui.errors import BadInputError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings, models_of, ordered

if TYPE_CHECKING:
    from sanctum_tui.dashboard.value import Dashboard
    from sanctum_tui.evening import Session
    from sanctum_tui.llm.author import Context
    from sanctum_tui.llm.ports import Asked
    from sanctum_tui.llm.prompts import Mode, Modules, Phase, Prompts
    from sanctum_tui.memory import Memory

_BEHIND_ALL = 2**31 - 1
_LATEST = 200
"""Stored lines that are looked at for tonight's chat."""
_LINES_BEFORE = 500


def show(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    from sanctum_tui.llm.prompts import Mode, Phase, prompts_folder, read_modules
    from sanctum_tui.llm.tokens import estimate

    settings = loaded.settings
    modules = read_modules(prompts_folder(paths))
    for warning in modules.warnings:
        print(f"sanctum-tui: {warning}", file=sys.stderr)
    mode, phase = Mode(arguments.mode), Phase(arguments.phase)
    prompts, whose = _prompts(settings, modules, mode, phase)
    print(f"sanctum-tui: {whose}", file=sys.stderr)
    asked = asyncio.run(_asked(arguments, settings, paths, mode, prompts, phase))
    tokens = estimate(asked.instructions) + estimate(asked.material)
    print(f"sanctum-tui: at most about {tokens:,} tokens.", file=sys.stderr)
    sys.stdout.buffer.write(f"{asked.instructions}\n{asked.material}".encode())
    return 0


def _prompts(settings: Settings, modules: "Modules", mode: "Mode", phase: "Phase") -> tuple["Prompts", str]:
    """What the model that is asked first would be asked, and a sentence on which that is."""
    from dataclasses import replace

    from sanctum_tui.llm.prompts import Mode, Phase, prompts_for

    choices = models_of(settings)
    characters, language = settings.style_max_characters, settings.agent_language
    anybody = prompts_for(choices, modules, characters=characters, language=language)
    if mode is Mode.STEWARD and phase is Phase.INFORMATION:
        return anybody, "the steward answers at once and looks nothing up; nobody is asked this."
    asked_first = ordered(choices, settings.models_order, "message" if phase is Phase.MESSAGE else "information")
    if not asked_first:
        return anybody, "no model is set up for this; it is what one would be asked."
    name = asked_first[0].name
    prompts = prompts_for(choices, modules, name=name, characters=characters, language=language)
    if mode is Mode.STEWARD:
        # An answer is laid out once, for whichever model gives it.
        return replace(anybody, thinks=prompts.thinks), f"as {name} is asked, but for what somebody said to it."
    if phase is Phase.MESSAGE and ordered(choices, settings.models_order, "information"):
        return prompts, f"as {name} is asked, but for the note on what was looked up before."
    return prompts, f"as {name} is asked."


async def _asked(
    arguments: Namespace, settings: Settings, paths: Paths, mode: "Mode", prompts: "Prompts", phase: "Phase"
) -> "Asked":
    """What would be asked for the next line of the session, from all that is stored of it."""
    from sanctum_tui.llm.author import Context
    from sanctum_tui.llm.context import Provider, gather, providers_for
    from sanctum_tui.memory.search import Search
    from sanctum_tui.runtime.archive import opened

    def told(provider: Provider, sentence: str) -> None:
        print(f"sanctum-tui: {sentence}", file=sys.stderr)

    async with opened(settings, paths) as memory:
        session = await _session(memory, arguments.session)
        context = await _context(memory, session) if session else Context(dashboard=_plan(settings))
        providers = providers_for(
            lambda: settings,
            paths,
            Search(memory.store),
            channel=session.channel if session else settings.twitch_channel_name,
            session_id=session.id if session else None,
        )
        return prompts.assemble(mode, await gather(context, providers, told=told), context, phase=phase)


async def _session(memory: "Memory", wanted: int | None) -> "Session | None":
    if wanted is None:
        newest = await memory.evenings.sessions(1)
        if not newest:
            print("sanctum-tui: no evening is stored yet; this is what an empty room would ask.", file=sys.stderr)
        return newest[0] if newest else None
    session = await memory.evenings.session(wanted)
    if session is None:
        raise BadInputError(f"There is no session {wanted}; `sanctum-tui sessions` shows those there are.")
    return session


async def _context(memory: "Memory", session: "Session") -> "Context":
    """What the Hearthkeeper would know at the session's last stored moment."""
    from sanctum_tui.chat import Voice
    from sanctum_tui.dashboard.markdown import parse
    from sanctum_tui.llm.author import Context

    evenings = memory.evenings
    lines = await evenings.lines_before(session.id, _BEHIND_ALL, _LATEST)
    gone = await evenings.deleted(session.id, lines[0].number, lines[-1].number) if lines else frozenset()
    prompts = await evenings.prompts(session.id)
    return Context(
        dashboard=parse(await evenings.dashboard(session.id)),
        recent=tuple(line.message for line in lines if line.voice is Voice.PERSON and line.number not in gone),
        said=tuple(prompt.line for prompt in prompts),
        shapes=tuple(prompt.draft.shape for prompt in prompts),
        earlier=await evenings.posted_texts(session.channel, session.started_at, _LINES_BEFORE),
        variation=len(prompts),
    )


def _plan(settings: Settings) -> "Dashboard":
    from sanctum_tui.dashboard.file import DashboardFile
    from sanctum_tui.dashboard.markdown import parse

    if not settings.dashboard_path:
        return parse("")
    file = DashboardFile(Path(settings.dashboard_path).expanduser())
    file.load()
    return parse(file.markdown)
