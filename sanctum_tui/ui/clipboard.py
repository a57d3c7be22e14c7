"""Copying through the terminal (OSC 52, which works over SSH), and by the desktop's own command where one is."""

import asyncio
import logging
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, Protocol


class Terminal(Protocol):
    """An app, as far as it can copy through its terminal."""

    def copy_to_clipboard(self, text: str) -> None: ...


log = logging.getLogger(__name__)

_PATIENCE_SECONDS: Final = 2.0


def command_for(
    platform: str, environment: Mapping[str, str], find: Callable[[str], str | None] = shutil.which
) -> tuple[str, ...]:
    """The command that takes a text for the clipboard, or none: over SSH it would be the wrong machine's."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return ()
    commands: tuple[tuple[str, ...], ...] = ()
    if platform == "darwin":
        commands = (("pbcopy",),)
    elif platform == "win32":
        commands = (("clip",),)
    else:
        if environment.get("WAYLAND_DISPLAY"):
            commands += (("wl-copy",),)
        if environment.get("DISPLAY"):
            commands += (("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))
        if environment.get("WSL_DISTRO_NAME"):
            commands += (("clip.exe",),)
    return next((command for command in commands if find(command[0])), ())


async def copy(app: Terminal, text: str, command: tuple[str, ...] | None = None) -> str:
    """Copy a text both ways; says in words how it went. `command` is this machine's own where None."""
    app.copy_to_clipboard(text)
    command = command_for(sys.platform, os.environ) if command is None else command
    if command and await _given_to(command, text):
        return f"Copied, by {command[0]} and through the terminal (OSC 52)."
    return "Copied, if your terminal allows it (OSC 52)."


async def _given_to(command: tuple[str, ...], text: str) -> bool:
    """Whether the command took the text."""
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=nowhere, stderr=nowhere
        )
    except OSError as error:
        log.warning("%s could not be started: %s", command[0], error)
        return False
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await process.communicate(text.encode())
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        log.warning("%s did not end", command[0])
        return False
    return process.returncode == 0
