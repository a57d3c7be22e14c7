"""``sanctum-tui sessions``, ``ledger`` and ``record``: evenings that are stored."""

import asyncio
import sys
from argparse import Namespace

from sanctum_tui.commands.setup import load_settings


def sessions(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    from sanctum_tui.runtime import archive

    found = asyncio.run(archive.sessions(loaded.settings, paths, arguments.most))
    if not found:
        print("No evening is stored yet; `sanctum-tui` plays a sample one.", file=sys.stderr)
        return 0
    print(f"{'session':>7}  {'began (UTC)':16}  {'state':10}  {'lines':>9}  channel · title")
    for session in found:
        state = "ended" if session.ended_at else "unfinished"
        began = f"{session.started_at:%Y-%m-%d %H:%M}"
        print(f"{session.id:>7}  {began}  {state:10}  {session.messages:>9,}  {session.channel} · {session.title}")
    return 0


def ledger(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    from sanctum_tui.exports.markdown import render, write
    from sanctum_tui.runtime import archive
    from sanctum_tui.runtime.places import ledger_folder

    told = asyncio.run(archive.ledger(loaded.settings, paths, arguments.session))
    if arguments.write:
        print(write(told, ledger_folder(loaded.settings, paths)))
    else:
        sys.stdout.buffer.write(render(told).encode())
    return 0


def record(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    from sanctum_tui.runtime import archive

    lines = asyncio.run(archive.record_session(loaded.settings, paths, arguments.session, arguments.to))
    print(f"{lines} lines in {arguments.to}; replay it with: sanctum-tui replay {arguments.to}")
    return 0
