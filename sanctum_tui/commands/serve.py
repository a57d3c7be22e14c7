"""``sanctum-tui serve``: the console in a browser, on a tablet, or in a dock of OBS."""

import re
import sys
from argparse import ArgumentError, ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.errors import BadInputError, NotReadyError

_SIZE = re.compile(r"(\d{1,4})x(\d{1,4})")
_CONSOLES = ("live", "replay")


def port(text: str) -> int:
    """A port as the command line takes it; 0 for any that is free."""
    if not (text.isascii() and text.isdecimal()) or int(text) > 65_535:
        raise ArgumentTypeError(f"{text!r} is no port; write a number from 1024 to 65535, or 0 for any")
    return int(text)


def size(text: str) -> tuple[int, int]:
    """Columns and rows, as in ``120x35``."""
    from sanctum_tui.serving.mirror import LEAST_SIZE, MOST_SIZE

    found = _SIZE.fullmatch(text.lower())
    asked = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(least <= n <= most for n, least, most in zip(asked, LEAST_SIZE, MOST_SIZE, strict=True)):
        smallest, largest = ("x".join(map(str, bound)) for bound in (LEAST_SIZE, MOST_SIZE))
        raise ArgumentTypeError(f"{text!r} is no size; write COLUMNSxROWS from {smallest} to {largest}")
    return asked


def run(arguments: Namespace) -> int:
    console = _console(arguments)
    if sys.platform == "win32":
        raise NotReadyError("`serve` needs a Unix terminal, which Windows lacks; run it in WSL.")
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    _try_log(arguments.console)
    import asyncio

    from sanctum_tui.serving.server import Wanted, serve

    wanted = Wanted(
        arguments.host, arguments.port, arguments.allow_keys, arguments.size, arguments.token_file, console
    )
    return asyncio.run(serve(wanted, lambda words: print(words, flush=True)))


def _try_log(given: list[str]) -> None:
    """Raise BadInputError for a log that cannot be played, before an address is printed that would show nothing.

    Whatever else is the matter the console itself says.
    """
    if given[:1] != ["replay"]:
        return
    parser = ArgumentParser(add_help=False, allow_abbrev=True, exit_on_error=False)
    for option in ("--dashboard", "--speed", "--start-at", "--pace", "--set"):
        parser.add_argument(option)
    parser.add_argument("file", nargs="?")
    try:
        asked, _ = parser.parse_known_args(given[1:])
        pace = None if asked.pace is None else float(asked.pace)
    except (ArgumentError, ValueError):
        return
    if asked.file is not None:
        from sanctum_tui.replay.formats import open_log

        open_log(Path(asked.file), pace=pace)


def _console(arguments: Namespace) -> tuple[str, ...]:
    """The arguments the console itself is started with."""
    given: list[str] = arguments.console
    if given and given[0] not in _CONSOLES:
        raise BadInputError(f"{given[0]!r} opens no console; write `serve -- live` or `serve -- replay FILE`.")
    if "--headless" in given:
        raise BadInputError("There is nothing to show of a headless run; leave --headless out.")
    overrides = [*(arguments.set or ()), *(arguments.set_too or ())]
    return (*(part for override in overrides for part in ("--set", override)), *given)
