"""``sanctum-tui doctor``: what is ready, what is missing, and what to do about it."""

import asyncio
import os
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from sanctum_tui.commands.findings import Finding
from sanctum_tui.commands.setup import load_settings
from sanctum_tui.errors import ExitCode, SanctumError
from sanctum_tui.paths import Paths, reason, remedy, shipped
from sanctum_tui.settings import Loaded, Settings
from sanctum_tui.ui.keyboard import keymap_trouble

_ROOM_BYTES = 100_000_000
"""Free space under which an evening may not fit: a million lines take about as much."""


def run(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    findings = []
    for finding in _findings(paths, loaded, quick=arguments.quick):
        findings.append(finding)
        sign = {"ready": "✓", "optional": "○", "missing": "✗"}[finding.state]
        print(f"{sign} {finding.state:8}  {finding.name:12}  {finding.words}", flush=True)
    missing = sum(finding.state == "missing" for finding in findings)
    if missing:
        print(f"\n{missing} missing; mend what the lines with ✗ name, then run it again.")
        return int(ExitCode.NOT_READY)
    print("\nReady for an evening: sanctum-tui")
    return int(ExitCode.OK)


def _findings(paths: Paths, loaded: Loaded, *, quick: bool) -> Iterator[Finding]:
    settings = loaded.settings
    yield Finding("ready", "Python", sys.version.split()[0])
    yield _terminal()
    for warning in loaded.warnings:
        yield Finding("optional", "settings", warning)
    if not loaded.warnings:
        where = paths.settings_file if paths.settings_file.exists() else "defaults; `sanctum-tui config` lists them"
        yield Finding("ready", "settings", str(where))
    if said := keymap_trouble(settings.keymap, vim_keys=settings.vim_keys):
        yield Finding("missing", "keys", said)
    yield asyncio.run(_database(settings, paths))
    yield from _folders(settings, paths)
    yield _samples()
    yield from asyncio.run(_twitch(loaded, paths, quick=quick))
    yield from asyncio.run(_models(settings, quick=quick))
    yield from _modes()
    if not quick:
        yield from asyncio.run(_self_check(settings))


def _terminal() -> Finding:
    encoding = (sys.stdout.encoding or "").lower()
    if os.environ.get("TERM", "") in ("", "dumb") and os.name != "nt":
        return Finding(
            "optional", "terminal", "TERM names no terminal here; the console needs one, --headless does not."
        )
    if "utf" not in encoding:
        return Finding(
            "optional", "terminal", f"it speaks {encoding}, not UTF-8; set LANG=C.UTF-8 for names and emoji."
        )
    return Finding("ready", "terminal", os.environ.get("TERM", "Windows"))


async def _database(settings: Settings, paths: Paths) -> Finding:
    from sanctum_tui.memory.engine import open_memory
    from sanctum_tui.runtime.places import database_url

    try:
        memory = await open_memory(database_url(settings, paths), lock_folder=paths.locks)
        evenings = len(await memory.evenings.sessions(1000))
        await memory.close()
    except SanctumError as error:
        return Finding("missing", "database", error.sentence)
    where = "DATABASE_URL" if settings.database_url else paths.database
    return Finding("ready", "database", f"{where}, {evenings} evening{'' if evenings == 1 else 's'}")


def _folders(settings: Settings, paths: Paths) -> Iterator[Finding]:
    from sanctum_tui.runtime.places import ledger_folder

    for name, folder in (("ledgers", ledger_folder(settings, paths)), ("state", paths.state)):
        yield _writable(name, folder)
    place = paths.data
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < _ROOM_BYTES:
        yield Finding("missing", "disk", f"only {free // 1_000_000} MB are free at {place}; make some room.")
    else:
        yield Finding("ready", "disk", f"{free / 1e9:.0f} GB free")


def _writable(name: str, folder: Path) -> Finding:
    place = folder
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        helps = remedy(error, "choose another folder")
        return Finding("missing", name, f"{folder} cannot be written to ({reason(error)}); {helps}.")
    return Finding("ready", name, str(folder))


def _samples() -> Finding:
    evenings = sorted(place.name for place in shipped("sample_dashboards").iterdir() if place.is_dir())
    if not evenings:
        return Finding("missing", "samples", "no sample evening is installed; install sanctum-tui again.")
    return Finding("ready", "samples", ", ".join(evenings))


async def _twitch(loaded: Loaded, paths: Paths, *, quick: bool) -> list[Finding]:
    from sanctum_tui.commands.doctor_twitch import findings

    return await findings(loaded, paths, ask=not quick)


async def _models(settings: Settings, *, quick: bool) -> list[Finding]:
    from sanctum_tui.commands.doctor_models import findings

    return await findings(settings, ask=not quick)


def _modes() -> Iterator[Finding]:
    """What the modes that are only begun do so far."""
    from sanctum_tui.agent.modes import librarian, scribe, steward

    for mode in (librarian, scribe, steward):
        yield Finding("optional", mode.NAME, f"{mode.DOES}; not yet: {mode.NOT_YET}")


async def _self_check(settings: Settings) -> list[Finding]:
    from sanctum_tui.runtime.selfcheck import quiet_loop

    try:
        checks = await quiet_loop(settings)
    except SanctumError as error:
        return [Finding("missing", "self-check", error.sentence)]
    return [
        Finding("ready" if check.passed else "missing", "self-check", f"{check.name} ({check.seen})")
        for check in checks
    ]
