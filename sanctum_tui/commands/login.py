"""``sanctum-tui login`` and ``logout``: connecting an account with Twitch in the plain terminal, and leaving it."""

import asyncio
import os
import shutil
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, TextIO

from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.errors import ExitCode, NotReadyError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Loaded, Settings
from sanctum_tui.twitch.registering import registering
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import Scope, wanted
from sanctum_tui.twitch.values import DeviceCode
from sanctum_tui.ui.connecting import BOT_IN_THE_BROWSER, left_words
from sanctum_tui.ui.look.blocks import halves, letters, qr_dots

if TYPE_CHECKING:
    from sanctum_tui.twitch.login import LoginStep

_WIDEST = 100
"""Cells that sentences are wrapped to at the most."""
_LEAST_CELLS = 60
"""A narrower terminal gets plain text: large letters would be broken."""
_INDENT = "  "
_GAP = "   "
_ROWS_AROUND = 6
"""Rows above and below letters and picture that are to be seen together with them."""
_BOLD, _QR, _PLAIN, _REWRITE = "\x1b[1m", "\x1b[38;5;16;48;5;231m", "\x1b[0m", "\r\x1b[K"
"""What a terminal obeys; the picture is black on white from the 256 colours, which no theme of a terminal changes."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a login is written on."""

    out: TextIO
    columns: int = 80
    rows: int = 24
    draws: bool = False
    """Whether it takes large letters, colours, and a line that is written anew."""

    def line(self, text: str = "", mark: str = "") -> None:
        """A line, wrapped; what follows hangs behind its `mark`."""
        rows = wrap(
            text,
            min(self.columns, _WIDEST),
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_on_hyphens=False,
            break_long_words=False,
        )
        for row in rows or [""]:
            print(row, file=self.out, flush=True)

    def as_it_is(self, text: str) -> None:
        """A line that is not wrapped: an address, or what has its own shape."""
        print(text, file=self.out, flush=True)


def terminal_sheet() -> Sheet:
    """Standard output; drawn on only where it is a terminal that wants it and is wide enough."""
    columns, rows = shutil.get_terminal_size()
    draws = (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "") not in ("", "dumb")
        and "utf" in (sys.stdout.encoding or "").lower()
        and columns >= _LEAST_CELLS
    )
    return Sheet(sys.stdout, columns, rows, draws)


def login(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    role = Role.BOT if arguments.bot else Role.STREAMER
    sheet = terminal_sheet()
    if not loaded.settings.twitch_client_id.strip():
        _explain(sheet, paths)
        raise NotReadyError("TWITCH_CLIENT_ID is not set; the five steps above lead to one.")
    try:
        return asyncio.run(_log_in(loaded.settings, paths, role, sheet))
    except KeyboardInterrupt:
        sheet.line()
        sheet.line("Left before anybody was logged in; nothing has changed.")
        return int(ExitCode.INTERRUPTED)


def logout(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    role = Role.BOT if arguments.bot else Role.STREAMER
    return asyncio.run(_log_out(loaded, paths, role, terminal_sheet()))


async def follow(steps: "AsyncIterator[LoginStep]", role: Role, sheet: Sheet) -> "LoginStep | None":
    """Write down the steps of a login as they come; the last of them."""
    from sanctum_tui.twitch.login import Offline, Waiting

    shown: DeviceCode | None = None
    standing = ""
    trouble = False
    step: LoginStep | None = None
    async for step in steps:
        if isinstance(step, Waiting):
            if step.code != shown:
                shown = step.code
                _invite(sheet, step.code, role)
            elif trouble:
                standing = _off(sheet, standing)
                sheet.line("Twitch answers again.")
            trouble = False
            standing = _waiting(sheet, standing, step.seconds_left)
        elif isinstance(step, Offline):
            if not trouble and step.sentence:
                standing = _off(sheet, standing)
                sheet.line(step.sentence)
                trouble = True
        else:
            _off(sheet, standing)
    return step


def _explain(sheet: Sheet, paths: Paths) -> None:
    """How to come by a client id."""
    told = registering(paths.settings_file)
    sheet.line("Connecting to Twitch needs an application of your own there, once.")
    sheet.line(told.why)
    sheet.line()
    for number, step in enumerate(told.steps, 1):
        sheet.line(step, f"{number}. ")
    sheet.line()
    sheet.as_it_is(f"   {told.line}")
    sheet.line()


async def _log_in(settings: Settings, paths: Paths, role: Role, sheet: Sheet) -> int:
    from sanctum_tui.clock import SystemClock
    from sanctum_tui.twitch.access import opened
    from sanctum_tui.twitch.login import LoggedIn
    from sanctum_tui.twitch.store import known

    bot = settings.twitch_bot_username
    whose = "the bot's account" if role is Role.BOT else "your account"
    sheet.line(f"Connecting {whose} with Twitch. You will be asked to allow:")
    _scopes(sheet, wanted(role))
    sheet.line()
    async with opened(settings, paths, SystemClock()) as access:
        step = await follow(access.log_in(role), role, sheet)
        bot_is_there = Role.BOT in access.store.load().grants
    again = f"sanctum-tui login{' --bot' if role is Role.BOT else ''}"
    if not isinstance(step, LoggedIn):
        sheet.line(step.sentence if step is not None else "The login ended without an answer.")
        sheet.line(f"For a new code: {again}")
        return int(ExitCode.NOT_READY)
    sheet.line(step.sentence)
    if step.missing_scopes:
        sheet.line("Not allowed, and missing for what it is for:")
        _scopes(sheet, step.missing_scopes)
        sheet.line(f"To allow it after all: {again}")
    if not known(settings, paths):
        sheet.line("Your own account is not logged in yet: sanctum-tui login")
    elif bot and not bot_is_there:
        sheet.line(f"The bot {bot} is not logged in yet: sanctum-tui login --bot")
    else:
        sheet.line("Ready for an evening: sanctum-tui live")
    return int(ExitCode.OK)


async def _log_out(loaded: Loaded, paths: Paths, role: Role, sheet: Sheet) -> int:
    from sanctum_tui.clock import SystemClock
    from sanctum_tui.twitch.access import opened

    async with opened(loaded.settings, paths, SystemClock()) as access:
        done = await access.log_out(role)
    sheet.line(done.sentence)
    if role is Role.STREAMER:
        for name, secret in (
            ("TWITCH_ACCESS_TOKEN", loaded.settings.twitch_access_token),
            ("TWITCH_REFRESH_TOKEN", loaded.settings.twitch_refresh_token),
        ):
            if secret:
                where = loaded.sources.get(name, "environment")
                sheet.line(f"{name} is set still (in: {where}); it cannot be taken out from here.")
    return int(ExitCode.OK)


def _scopes(sheet: Sheet, scopes: Sequence[Scope]) -> None:
    for scope in scopes:
        sheet.line(f"{scope.why} ({scope.name})", f"{_INDENT}· ")


def _invite(sheet: Sheet, code: DeviceCode, role: Role) -> None:
    """The address and the code, as large as there is room, and the picture where there is room for it too."""
    if role is Role.BOT:
        sheet.line(BOT_IN_THE_BROWSER)
        sheet.line()
    drawn = letters(code.code) if sheet.draws else []
    picture = halves(qr_dots(code.address)) if drawn else []
    beside = len(_INDENT) + len(drawn[0]) + len(_GAP) + len(picture[0]) <= sheet.columns if drawn else False
    needs = len(picture) + _ROWS_AROUND + (0 if beside else len(drawn))
    if needs > sheet.rows:
        picture = []
    sheet.line("On any device, open")
    sheet.as_it_is(f"{_INDENT}{_styled(sheet, code.address)}")
    sheet.line(f"and confirm this code{', or scan the picture:' if picture else ':'}")
    sheet.line()
    if not drawn:
        sheet.as_it_is(f"{_INDENT}{_styled(sheet, code.code)}")
    elif picture and beside:
        _side_by_side(sheet, drawn, picture)
    else:
        for row in picture:
            sheet.as_it_is(f"{_INDENT}{_QR}{row}{_PLAIN}")
        for row in drawn:
            sheet.as_it_is(f"{_INDENT}{_BOLD}{row}{_PLAIN}")
    sheet.line()
    if not sheet.draws:
        sheet.line(f"Waiting, {left_words(code.expires_seconds)}; Ctrl+C leaves.")


def _side_by_side(sheet: Sheet, drawn: Sequence[str], picture: Sequence[str]) -> None:
    """The letters at half the picture's height."""
    above = (len(picture) - len(drawn)) // 2
    for number, row in enumerate(picture):
        own = drawn[number - above] if 0 <= number - above < len(drawn) else " " * len(drawn[0])
        sheet.as_it_is(f"{_INDENT}{_BOLD}{own}{_PLAIN}{_GAP}{_QR}{row}{_PLAIN}")


def _styled(sheet: Sheet, text: str) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if sheet.draws else text


def _waiting(sheet: Sheet, standing: str, seconds_left: float) -> str:
    """Bring the line that waits up to date; what stands in it now."""
    words = f"Waiting, {left_words(seconds_left)}; Ctrl+C leaves."
    if sheet.draws and words != standing:
        print(f"{_REWRITE}{words}", end="", file=sheet.out, flush=True)
        return words
    return standing


def _off(sheet: Sheet, standing: str) -> str:
    """Take the line that waits away, so that another can stand there."""
    if standing:
        print(_REWRITE, end="", file=sheet.out, flush=True)
    return ""
