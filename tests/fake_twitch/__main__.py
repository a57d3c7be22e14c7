"""A rehearsal: Twitch on this machine, with the chat of a log, for a console that is looked at by hand.

python -m tests.fake_twitch --chat sample_dashboards/EVENING/chat.jsonl
"""

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

from sanctum_tui.errors import BadInputError, ExitCode
from sanctum_tui.replay.formats import ChatLog, open_log
from sanctum_tui.twitch.values import Account
from tests.fake_twitch.reader import read_aloud
from tests.fake_twitch.server import FakeTwitch
from tests.fake_twitch.world import Posted

_PORT = 8127
HELP = """\
live              the stream begins        drop       all EventSub connections break
offline           the stream ends          silence    they stay open and say nothing more
say NAME TEXT     somebody writes          reconnect  Twitch asks the console to move to a new connection
burst N           so many lines, as fast as they can be sent; `burst N 1` within one second
confirm CODE      confirm a login code; `confirm CODE NAME` as another account than the streamer; or deny CODE
lose              the answer to the next post is lost; refuse: the next post is; down, up: the network
help              this                     quit       the end (or Ctrl+C)
"""


class Rehearsal(FakeTwitch):
    """Says what is posted."""

    async def echo(self, posted: Posted, sender: Account) -> None:
        print(f"posted by {sender.login}: {posted.text}", flush=True)
        await super().echo(posted, sender)


def _settings(twitch: FakeTwitch) -> str:
    """What to paste into the shell in which the console is started."""
    grant = twitch.grant(twitch.streamer.login)
    values = {
        "TWITCH_SERVER": twitch.url,
        "TWITCH_CLIENT_ID": twitch.client_id,
        "TWITCH_CHANNEL_NAME": twitch.streamer.login,
        "TWITCH_ACCESS_TOKEN": grant.access.reveal(),
        "TWITCH_REFRESH_TOKEN": grant.refresh.reveal(),
    }
    return "\n".join(f"export {name}={value}" for name, value in values.items())


async def _obey(twitch: FakeTwitch, line: str) -> str:
    """Do what was typed; what came of it, in words."""
    command, _, rest = line.strip().partition(" ")
    plain: dict[str, Callable[[], Awaitable[int]]] = {
        "drop": twitch.faults.drop,
        "silence": twitch.faults.no_keepalive,
        "reconnect": twitch.faults.reconnect,
    }
    if command in plain:
        return f"{command}: {await plain[command]()} connection(s)"
    match command, rest.split(" ", 1):
        case "live", _:
            return f"live, stream {await twitch.go_live()}"
        case "offline", _:
            await twitch.go_offline()
            return "offline"
        case "say", [name, text] if name and text.strip():
            await twitch.says(name, text.strip())
            return ""
        case "burst", [count, *spread] if count.isdecimal():
            seconds = float(spread[0]) if spread and spread[0].isdecimal() else 0.0
            return f"{len(await twitch.burst(int(count), seconds=seconds))} lines"
        case "confirm", [code, *name] if code:
            known = twitch.confirm(code, name[0].strip() if name else twitch.streamer.login)
            return "confirmed" if known else f"no login waits for {code}; is it too old?"
        case "deny", [code]:
            return "denied" if twitch.deny(code) else f"no login waits for {code}"
        case "lose", _:
            twitch.faults.lost_answer(1)
            twitch.faults.no_echo(1)
            return "the next message is in the room, and nobody is told"
        case "refuse", _:
            twitch.faults.drop_message(1, "msg_slowmode", "This room is in slow mode.")
            return "the next message is refused"
        case ("down" | "up") as way, _:
            await twitch.faults.refuse_connections(way == "down")
            return f"the network is {way}"
        case "", _:
            return ""
    return HELP.rstrip()


def _typed(loop: asyncio.AbstractEventLoop, lines: "asyncio.Queue[str]") -> None:
    """Lines from standard input, read without Python's buffer, whose lock would hold up the end of the process."""
    left = b""
    while True:
        try:
            read = os.read(0, 4096)
        except OSError:
            return
        if not read:
            return
        *whole, left = (left + read).split(b"\n")
        for line in whole:
            try:
                loop.call_soon_threadsafe(lines.put_nowait, line.decode(errors="replace"))
            except RuntimeError:  # the loop is closed: it is over
                return


async def _commands(twitch: FakeTwitch, lines: "asyncio.Queue[str]") -> None:
    """Until `quit`."""
    while (line := await lines.get()).strip() != "quit":
        if words := await _obey(twitch, line):
            print(words, flush=True)


async def rehearse(log: ChatLog, *, port: int, channel: str, speed: float, offline: bool) -> None:
    """Until `quit`, Ctrl+C, or a request to end."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str] = asyncio.Queue()
    async with Rehearsal(channel or log.channel or "quietharbor", port=port) as twitch:
        if not offline:
            await twitch.go_live(log.title or None)
        print(f"{_settings(twitch)}\n")
        print(f"# Paste these lines into the shell in which the console starts; {log.format} is being read aloud.")
        print(
            "# To try the login, leave both tokens out, and open the address it shows, or type confirm CODE here.\n"
        )
        print(HELP, flush=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, lines.put_nowait, "quit")
        # In the background of a shell nothing can be typed, and that is no reason to be stopped.
        signal.signal(signal.SIGTTIN, signal.SIG_IGN)
        threading.Thread(target=_typed, args=(loop, lines), daemon=True).start()
        reading = asyncio.create_task(read_aloud(twitch, log, speed))
        commands = asyncio.create_task(_commands(twitch, lines))
        await asyncio.wait({reading, commands}, return_when=asyncio.FIRST_COMPLETED)
        for task in (reading, commands):
            task.cancel()
        for outcome in await asyncio.gather(reading, commands, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fake_twitch", description="Twitch, rehearsed here.")
    parser.add_argument("--chat", type=Path, required=True, help="a chat log in any format that can be replayed")
    parser.add_argument("--port", type=int, default=_PORT, help=f"where it listens ({_PORT}); 0: wherever is room")
    parser.add_argument("--channel", default="", help="the streamer's name; that of the log where it has one")
    parser.add_argument("--speed", type=float, default=1.0, help="how many seconds of the log pass in one (1)")
    parser.add_argument("--offline", action="store_true", help="the stream has not begun yet")
    asked = parser.parse_args()
    if asked.speed <= 0:
        parser.error("--speed must be more than 0")
    try:
        log = open_log(asked.chat)
        asyncio.run(rehearse(log, port=asked.port, channel=asked.channel, speed=asked.speed, offline=asked.offline))
    except BadInputError as error:
        print(error.sentence, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"It cannot listen on port {asked.port} ({error.strerror}); try another --port.", file=sys.stderr)
        return ExitCode.NOT_READY
    return ExitCode.OK


if __name__ == "__main__":
    raise SystemExit(main())
