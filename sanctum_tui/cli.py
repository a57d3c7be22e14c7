"""The command line: what there is to ask for; each command's work is in `sanctum_tui.commands`."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from sanctum_tui import __version__
from sanctum_tui.errors import ExitCode, SanctumError

_EXIT_CODES = (
    "exit codes: 0 done · 1 crashed (the log says why) · 2 something given cannot be used · 3 storage failed, "
    "nothing overwritten · 4 something needed is missing · 130 interrupted"
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; what goes wrong is one sentence on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows fewer signs gets question marks, not a crash.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    arguments = build_parser().parse_args(argv)
    module, _, function = arguments.command.partition(":")
    try:
        code: int = getattr(import_module(f"sanctum_tui.commands.{module}"), function)(arguments)
        sys.stdout.flush()
    except SanctumError as error:
        print(f"sanctum-tui: {error.sentence}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("sanctum-tui: interrupted; an unfinished evening can be restored.", file=sys.stderr)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`): end quietly, and keep Python from trying to flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.OK)
    except OSError as error:
        from sanctum_tui.paths import reason, remedy

        print(
            f"sanctum-tui: writing failed ({reason(error)}); {remedy(error, 'write to another place')}.",
            file=sys.stderr,
        )
        return int(ExitCode.STORAGE)
    except Exception as error:
        return _crashed(error)
    return code


def _crashed(error: Exception) -> int:
    """Tell in one sentence that something unforeseen happened; what, is in the log."""
    import logging

    from sanctum_tui import logs
    from sanctum_tui.paths import user_paths

    log, log_file = logging.getLogger("sanctum_tui"), user_paths().log_file
    stop = logs.start(log_file, "ERROR") if not log.handlers else lambda: None
    log.critical("the command crashed", exc_info=error)
    stop()
    print(f"sanctum-tui: something unforeseen happened; {log_file} says what.", file=sys.stderr)
    return int(ExitCode.CRASHED)


def build_parser() -> argparse.ArgumentParser:
    """The parser for all commands; without one, the console."""
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--set",
        action="append",
        metavar="NAME=VALUE",
        help="override a setting for this run (may be given more than once; `config` lists them)",
    )
    parser = argparse.ArgumentParser(
        prog="sanctum-tui",
        description="The operator's console for the Sanctum Chronicler, an AI steward for calm Twitch streams. "
        "Without a command it opens the console and offers a sample evening.",
        epilog=_EXIT_CODES,
        parents=[everywhere],
    )
    parser.add_argument("--version", action="version", version=f"sanctum-tui {__version__}")
    parser.set_defaults(command="console:run", set_too=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def add(name: str, command: str, summary: str, description: str = "") -> argparse.ArgumentParser:
        # Under a name of its own: argparse would let a --set behind the command replace those before it.
        own = argparse.ArgumentParser(add_help=False)
        own.add_argument("--set", action="append", metavar="NAME=VALUE", dest="set_too", help="override a setting")
        sub = commands.add_parser(
            name, help=summary, description=description or summary, epilog=_EXIT_CODES, parents=[own]
        )
        sub.set_defaults(command=command)
        return sub

    live = add("live", "live:run", "go live: read your channel's chat, and post what you approve")
    live.add_argument("--dashboard", type=Path, metavar="FILE", help="tonight's plan (DASHBOARD_PATH)")
    live.add_argument(
        "--fresh", action="store_true", help="begin anew, also where an interrupted evening could go on"
    )
    _add_account(add("login", "login:login", "connect your Twitch account, or the bot's, with a code", _LOGIN))
    _add_account(add("logout", "login:logout", "revoke and forget what `login` was given"))
    _add_replay(add("replay", "replay:run", "play an evening from a chat log", _REPLAY))
    _add_serve(add("serve", "serve:run", "show the console in a browser, or as a dock in OBS", _SERVE))
    ledger = add("ledger", "archive:ledger", "print the ledger of a stored evening, as markdown")
    _add_session(ledger)
    ledger.add_argument("--write", action="store_true", help="write it to EXPORT_PATH instead, and print where")
    listed = add("sessions", "archive:sessions", "list the stored evenings, newest first")
    listed.add_argument("--most", type=_count, default=50, metavar="N", help="how many at the most (50)")
    record = add("record", "archive:record", "write a stored evening's chat to a log that can be replayed")
    record.add_argument("to", type=Path, metavar="FILE", help="the file to write; it must not be there yet")
    _add_session(record)
    add("paths", "config:where", "show where settings, database, dashboards and ledgers are")
    config = add("config", "config:config", "show the effective settings and where each comes from")
    config.add_argument("--all", action="store_true", help="long values whole, and what each setting is for")
    config.add_argument("--json", action="store_true", help="as JSON")
    prompts = add("prompts", "prompts:show", "show what a model is asked for a line, word for word", _PROMPTS)
    prompts.add_argument("what", choices=("show",), help="show: print it")
    prompts.add_argument(
        "--mode", choices=("hearthkeeper", "steward"), default="hearthkeeper", help="who writes (hearthkeeper)"
    )
    prompts.add_argument(
        "--phase", choices=("information", "message"), default="message", help="looking up, or writing (message)"
    )
    _add_session(prompts)
    doctor = add("doctor", "doctor:run", "show what is ready, what is missing, and what to do")
    doctor.add_argument("--quick", action="store_true", help="leave out the self-check, and do not ask Twitch")
    return parser


_LOGIN = """Shows an address and a code. Whoever opens the address in a browser and confirms the code connects the
account that is logged in there. What is asked for is listed first, each with the reason."""

_PROMPTS = """Prints exactly what a model would be sent for the next line of an evening: first the instructions,
which never change, then the material. Your own modules (voice.md, personality.md, channel.md) are read from the
folder prompts beside your settings; `paths` shows where that is."""

_REPLAY = """Plays a chat log as if it happened now, on the console or, with --headless, as JSON lines. The format
is told by its content: our own JSONL, TwitchDownloader (today's and v5), chat-downloader, IRCv3 lines,
recent-messages, or a text log with timestamps."""


_SERVE = """Shows one console as a page for a browser, a tablet or a custom dock in OBS. The address it prints has
a token that is new at every start: whoever has it sees the console. What follows a -- is the console's own:
`serve -- live`, `serve -- replay FILE`."""


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--bot", action="store_true", help="the second account, which approved lines are posted from")


def _add_replay(parser: argparse.ArgumentParser) -> None:
    from sanctum_tui.commands import replay

    parser.add_argument("file", type=Path, metavar="FILE", help="the chat log")
    parser.add_argument(
        "--dashboard", type=Path, metavar="FILE", help="tonight's plan (a dashboard.md beside the log)"
    )
    parser.add_argument(
        "--speed", type=replay.speed, metavar="1|10|max|N", help="times as fast as it happened (1; headless: max)"
    )
    parser.add_argument(
        "--start-at",
        type=replay.offset,
        default=replay.offset("0"),
        metavar="[HH:]MM:SS",
        help="begin this long after the log's first line",
    )
    parser.add_argument(
        "--pace", type=replay.pace, metavar="SECONDS", help="time between two lines, for a log without timestamps"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="begin anew, also where an interrupted evening could go on"
    )
    parser.add_argument(
        "--headless", action="store_true", help="no screen: one JSON object a line on standard output"
    )
    parser.add_argument(
        "--review",
        choices=("hold", "approve", "skip"),
        help="headless only: what is done with every draft (hold: it waits)",
    )
    parser.add_argument(
        "--discard", action="store_true", help="headless only: store nothing, for a quick look at a long log"
    )


def _add_serve(parser: argparse.ArgumentParser) -> None:
    from sanctum_tui.commands import serve

    parser.add_argument(
        "--host", default="127.0.0.1", help="where to listen (127.0.0.1: this machine alone; 0.0.0.0: your network)"
    )
    parser.add_argument("--port", type=serve.port, default=8129, metavar="N", help="8129; 0 for any that is free")
    parser.add_argument("--allow-keys", action="store_true", help="let keys, mouse and pasted text through")
    parser.add_argument(
        "--size", type=serve.size, metavar="COLUMNSxROWS", help="a size that stays (that of the page in use)"
    )
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help="keep the token here, so that the address stays (a new one)"
    )
    parser.add_argument("console", nargs="*", metavar="-- ...", help="the console's own command: live, replay FILE")


def _add_session(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "session", type=_count, nargs="?", metavar="SESSION", help="its number in `sessions` (the newest)"
    )


def _count(text: str) -> int:
    """A whole number from 1 to what a database counts to."""
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)
