"""``sanctum-tui replay``: an evening from a log, on the console or headless."""

import math
import re
import sys
from argparse import ArgumentTypeError, Namespace
from datetime import timedelta

from sanctum_tui.commands.console import open_console
from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.errors import BadInputError

_LONGEST_SECONDS = 10 * 366 * 86_400.0


def speed(text: str) -> float:
    """A speed as the command line takes it: ``max``, or how many times as fast as it happened."""
    if text == "max":
        return math.inf
    try:
        value = float(text.removesuffix("x"))
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise ArgumentTypeError(f"{text!r} is no speed; write 1, 10, max, or another number above 0")
    return value


def offset(text: str) -> timedelta:
    """A moment counted from the log's first line: ``90``, ``12:30`` or ``1:02:03``."""
    if not re.fullmatch(r"(\d+:)?(\d+:)?\d+(\.\d+)?", text):
        raise ArgumentTypeError(f"{text!r} is no moment; write seconds, MM:SS or HH:MM:SS from the first line")
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    if seconds > _LONGEST_SECONDS:
        raise ArgumentTypeError(f"{text!r} is longer than any evening; write seconds, MM:SS or HH:MM:SS")
    return timedelta(seconds=seconds)


def pace(text: str) -> float:
    """Seconds between two lines."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 86_400:
        raise ArgumentTypeError(f"{text!r} is no pace; write seconds between two lines, for instance 5")
    return value


def run(arguments: Namespace) -> int:
    headless: bool = arguments.headless
    if not headless and arguments.review is not None:
        raise BadInputError("--review is for --headless; on the console you review yourself.")
    if not headless and arguments.discard:
        raise BadInputError("--discard is for --headless; the console keeps what it shows.")
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    from sanctum_tui.runtime.plan import Plan

    plan = Plan(
        log=arguments.file,
        dashboard=arguments.dashboard,
        speed=arguments.speed if arguments.speed is not None else (math.inf if headless else 1.0),
        start_at=arguments.start_at,
        pace=arguments.pace,
        fresh=arguments.fresh,
        review=(arguments.review or "hold") if headless else "operator",
        keep=not arguments.discard,
    )
    if headless:
        import asyncio

        for warning in loaded.warnings:
            print(warning, file=sys.stderr)

        from sanctum_tui import headless as without_screen

        out, err = without_screen.standard_streams()
        asyncio.run(without_screen.run(plan, loaded.settings, paths, out=out, err=err))
        return 0
    return open_console(loaded, paths, plan)
