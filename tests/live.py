"""A live evening for the tests: the real parts, on the fake Twitch, over real sockets."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sanctum_tui.clock import SystemClock
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.events import Broadcast
from sanctum_tui.paths import Paths
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.settings import Settings
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.store import TokenStore, tokens_path
from sanctum_tui.twitch.values import LinkState, Timing
from tests.builders import Heard, paths_in, says, settings, write_log
from tests.fake_twitch import FakeTwitch

PATIENCE_SECONDS = 20.0
"""How long a condition may take to come true; on a busy machine it takes most of a second."""

QUICK = Timing(
    connect=2.0, answer=2.0, keepalive=10.0, keepalive_grace=0.5, retry_first=0.02, retry_most=0.2, handover=1.0
)
"""Patience for a network that is on this machine."""


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait until it is so; a test fails with `what` where it never is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"never came true: {what or condition}")
        await asyncio.sleep(0.01)


class FastClock(SystemClock):
    """Wall time that passes so many times as fast, from now on."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._start = super().now()
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / self.speed)


def live_settings(twitch: FakeTwitch, **more: object) -> Settings:
    """Settings of a streamer who is connected to this fake."""
    return settings(twitch_server=twitch.url, twitch_client_id=twitch.client_id, **more)


def logged_in(paths: Paths, twitch: FakeTwitch, *, bot: bool = False) -> None:
    """The streamer, and the bot where it is wanted, have logged in."""
    store = TokenStore(tokens_path(live_settings(twitch), paths), paths.locks)
    store.save(Role.STREAMER, twitch.grant(twitch.streamer.login))
    if bot:
        store.save(Role.BOT, twitch.grant(twitch.bot.login))


async def draft_in(evening: Evening, line: str = "The sea is quiet tonight.") -> Prompt:
    """A line that waits for the operator."""
    return await evening.queue.add(Draft(line, f"{line} — Chronicler"), mode="hearthkeeper", why="a test")


@dataclass
class LiveEvening:
    """An evening on the fake, and what it is played on."""

    evening: Evening
    on_air: OnAir
    heard: Heard
    living: "asyncio.Task[None]"

    async def connected(self) -> None:
        await until(lambda: self.on_air.link.state is LinkState.UP, "chat is connected")

    async def live(self) -> None:
        self.on_air.gate.look_again()
        await until(lambda: self.on_air.gate.stream is not None, "the stream is live")

    async def draft(self, line: str = "The sea is quiet tonight.") -> Prompt:
        """A line that waits for the operator."""
        return await draft_in(self.evening, line)

    def state(self, number: int) -> PromptState:
        prompt = self.evening.queue.get(number)
        assert prompt is not None
        return prompt.state


@asynccontextmanager
async def live_evening(
    folder: Path, twitch: FakeTwitch, *, bot: bool = False, log_in: bool = True, **chosen: object
) -> AsyncIterator[LiveEvening]:
    """An evening on the fake Twitch, lived through in the background, closed at the end."""
    paths = paths_in(folder)
    if log_in:
        logged_in(paths, twitch, bot=bot)
    if bot:
        chosen["twitch_bot_username"] = twitch.bot.login
    wanted = live_settings(twitch, **{"review_undo_seconds": 0.0, **chosen})
    heard, broadcast = Heard(), Broadcast()
    broadcast.subscribe(heard)
    on_air = await OnAir.open(wanted, paths, timing=QUICK)
    try:
        evening = await Evening.open(LivePlan(), wanted, paths, broadcast, on_air=on_air)
        living = asyncio.create_task(evening.run())
        try:
            live = LiveEvening(evening, on_air, heard, living)
            await live.connected()
            yield live
        finally:
            evening.origin.stop()
            await living
            await evening.close()
    finally:
        await on_air.close()


@dataclass
class Rehearsal:
    """The fake Twitch in a process of its own, where what it does takes nothing from the console's."""

    variables: dict[str, str]
    """What a console is started with that shall be live on it."""
    _process: "subprocess.Popen[str]"

    @property
    def channel(self) -> str:
        return self.variables["TWITCH_CHANNEL_NAME"]

    def do(self, command: str) -> None:
        """Type a command, such as ``live`` or ``burst 5000``."""
        assert self._process.stdin is not None
        print(command, file=self._process.stdin, flush=True)


@contextmanager
def rehearsal(folder: Path) -> Iterator[Rehearsal]:
    """A fake Twitch on which the stream is live and somebody says good evening, over and over."""
    log = write_log(folder / "rehearsed.jsonl", [says(0, "good evening")])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fake_twitch", "--chat", str(log), "--port", "0"],
        cwd=Path(__file__).parents[1], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            told = iter(process.stdout.readline, "\n")
            exports = [line.strip().removeprefix("export ").partition("=") for line in told]
            yield Rehearsal({name: value for name, _, value in exports}, process)
        finally:
            process.terminate()
            process.communicate()
