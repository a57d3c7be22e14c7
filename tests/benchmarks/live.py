"""The console on Twitch: a flood of chat against what an operator notices, and its first paint without Twitch."""

import json
import os
import pty
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.corpus import sample_log
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, seconds
from tests.benchmarks.startup import CHANNEL, opened
from tests.commands import environment
from tests.live import Rehearsal, rehearsal

_LINES = 5_000
_NOTICED_SECONDS = 0.05
"""The event loop away for longer is a key that hangs, or a screen that stutters."""
_KEY_SECONDS = 0.1
"""What comes so soon after a key feels like its own doing."""
_BETWEEN_KEYS = 0.04


def run(bench: Workbench) -> Iterator[Ratio]:
    with rehearsal(bench.folder) as twitch:
        rounds = 2 if bench.quick else 7
        flood = in_turns(rounds, flood=lambda: _flooded(bench.folder, twitch, _LINES))["flood"]
        yield _against("loop away while Twitch is loaded, at most", flood["start_most"], _NOTICED_SECONDS)
        for figure, name in (("p50", "half of the time"), ("p99", "99 times in 100"), ("most", "at most")):
            yield _against(f"loop away in a flood, {name}", flood[figure], _NOTICED_SECONDS)
        yield _against("key to effect in a flood, at most", flood["key_most"], _KEY_SECONDS)
        rate = flood["rate"]
        yield Ratio(
            "lines taken in a second / 5,000", rate / _LINES, 0.9, f"{rate:,.0f} against {_LINES:,}", at_least=True
        )
        console = [sys.executable, "-m", "sanctum_tui"]
        taken = in_turns(
            5 if bench.quick else 15,
            live=lambda: opened(bench.folder, [*console, "live"], twitch.channel, **twitch.variables),
            replay=lambda: opened(bench.folder, [*console, "replay", str(sample_log())], CHANNEL),
        )
    live, replay = taken["live"]["paint"], taken["replay"]["paint"]
    yield Ratio("first paint live / in a replay", live / replay, 1.05, seconds(live, replay))
    live, replay = taken["live"]["ready"], taken["replay"]["ready"]
    yield Ratio("evening on screen live / in a replay", live / replay, 2.5, seconds(live, replay))


def _against(what: str, value: float, bound: float) -> Ratio:
    return Ratio(f"{what} / {bound * 1000:g} ms", value / bound, 1.0, f"{value * 1000:.1f} ms")


def _flooded(folder: Path, twitch: Rehearsal, lines: int) -> Figures:
    """A console of its own takes the flood in, while a key is pressed again and again."""
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as home:
        ours, theirs = pty.openpty()
        told, tells = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.flood", str(lines), str(tells)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=home,
            env=environment(
                Path(home), TERM="xterm-256color", COLORTERM="truecolor",
                PYTHONPATH=str(Path(__file__).parents[2]), **twitch.variables,
            ),
            pass_fds=(tells,),
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        os.close(tells)
        screen = threading.Thread(target=_drain, args=(ours,), daemon=True)
        screen.start()
        done = threading.Event()
        pressed: list[float] = []
        keys = threading.Thread(target=_press, args=(ours, pressed, done), daemon=True)
        try:
            with os.fdopen(told, encoding="utf-8") as words:
                start = _told(words.readline())
                twitch.do(f"burst {lines} 1")
                keys.start()
                flood = _told(words.readline())
        finally:
            done.set()
            process.send_signal(signal.SIGKILL)
            process.wait()
            if keys.ident is not None:
                keys.join()
            screen.join()
            os.close(ours)
    return {"start_most": max(start["away"]), **_figures(flood, pressed)}


def _figures(flood: dict[str, Any], pressed: Sequence[float]) -> Figures:
    moments = [at for at, _ in flood["taken_in"]]
    count = sum(number for _, number in flood["taken_in"][1:])
    away = sorted(flood["away"])
    answered = [after - before for before, after in zip(pressed, flood["muted"], strict=False)]
    return {
        "p50": statistics.median(away),
        "p99": away[int(len(away) * 0.99)],
        "most": away[-1],
        "key_most": max(answered),
        "rate": count / (moments[-1] - moments[0]),
    }


def _told(line: str) -> dict[str, Any]:
    if not line:
        raise RuntimeError("the console that was flooded has ended")
    told: dict[str, Any] = json.loads(line)
    return told


def _press(terminal: int, pressed: list[float], done: threading.Event) -> None:
    """Mute and unmute, as long as the flood lasts."""
    while not done.wait(_BETWEEN_KEYS):
        pressed.append(time.perf_counter())
        os.write(terminal, b"m")


def _drain(terminal: int) -> None:
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass
