"""The console on a fake Twitch while a flood of chat comes in; tells whoever started it how it did.

python -m tests.benchmarks.flood LINES DESCRIPTOR: a line of JSON when it listens, and one when all lines are in.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import ClassVar

from sanctum_tui import ui
from sanctum_tui.commands.setup import load_settings
from sanctum_tui.events import AgentMuted, Event, LinesHeard
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.twitch.values import LinkState
from sanctum_tui.ui.app import SanctumApp

_TICK_SECONDS = 0.001
_AFTER_SECONDS = 0.5
"""What the flood leaves to be drawn and stored counts too."""


class Watched(SanctumApp):
    """Notes how long the event loop was away, and when what happened."""

    CSS_PATH: ClassVar = [Path(ui.__file__).parent / css for css in SanctumApp.CSS_PATH]
    lines = 0
    tell_to = 0

    def on_mount(self) -> None:
        self.away: list[float] = []
        self.taken_in: list[tuple[float, int]] = []
        self.muted: list[float] = []
        self._watching = (asyncio.create_task(self._time()), asyncio.create_task(self._watch()))

    async def _time(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_SECONDS)
            self.away.append(time.perf_counter() - before - _TICK_SECONDS)

    async def _watch(self) -> None:
        while not (self.presenter and self._is_up()):  # noqa: ASYNC110 - whoever watches changes nothing
            await asyncio.sleep(0.01)
        self.stage.broadcast.subscribe(self._hear)
        await asyncio.sleep(_AFTER_SECONDS)
        self._tell({"away": self.away})
        self.away = []
        while sum(count for _, count in self.taken_in) < self.lines:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await asyncio.sleep(_AFTER_SECONDS)
        self._tell({"away": self.away, "taken_in": self.taken_in, "muted": self.muted})

    def _is_up(self) -> bool:
        origin = self.stage.evening.origin if self.stage.evening is not None else None
        return isinstance(origin, OnAir) and origin.link.state is LinkState.UP

    def _hear(self, event: Event) -> None:
        if isinstance(event, LinesHeard):
            self.taken_in.append((time.perf_counter(), len(event.lines)))
        elif isinstance(event, AgentMuted):
            self.muted.append(time.perf_counter())

    def _tell(self, what: object) -> None:
        os.write(self.tell_to, json.dumps(what).encode() + b"\n")


def main() -> None:
    from argparse import Namespace

    os.environ.setdefault("TEXTUAL_FPS", "240")
    Watched.lines, Watched.tell_to = int(sys.argv[1]), int(sys.argv[2])
    paths, loaded = load_settings(Namespace(set=None, set_too=None))
    Watched(loaded.settings, paths, LivePlan()).run()


if __name__ == "__main__":
    main()
