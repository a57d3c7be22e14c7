"""The whole console while nobody says a word, against a bare Textual app, with a timer of a second and without."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from sanctum_tui.replay.recorder import header_line, record_line
from tests.benchmarks.corpus import messages
from tests.benchmarks.measuring import Figures, Ratio, Workbench, megabytes
from tests.benchmarks.onscreen import on_screen
from tests.benchmarks.startup import CHANNEL

_SECONDS = 60
_SETTLE_SECONDS = 8.0
"""What the start leaves to be done is over by then: late imports, the papers, a first tick."""
_MOST_BYTES = 300
_BARE = """
from textual.app import App
from textual.widgets import Digits
import sys, time
class Bare(App):
    def compose(self):
        yield Digits("0:00")
    def on_mount(self):
        if sys.argv[1:]:
            self.begun = time.monotonic()
            self.set_interval(1, self.tick)
    def tick(self):
        minutes, seconds = divmod(int(time.monotonic() - self.begun), 60)
        self.query_one(Digits).update(f"{minutes}:{seconds:02}")
Bare().run()
"""


def run(bench: Workbench) -> Iterator[Ratio]:
    log = _quiet_evening(bench.folder / "quiet.jsonl")
    seconds = bench.size(_SECONDS * 2) if bench.quick else _SECONDS
    subjects = {
        "ours": (["-m", "sanctum_tui", "replay", str(log), "--speed", "1"], CHANNEL),
        "timer": (["-c", _BARE, "timer"], "\x1b["),
        "bare": (["-c", _BARE], "\x1b["),
    }
    with ThreadPoolExecutor() as at_once:
        # All of them at the same time: none of them needs a core, and whatever else goes on meets them alike.
        found = at_once.map(partial(_rested, bench.folder, seconds), subjects.values())
        taken = dict(zip(subjects, found, strict=True))
    ours = taken["ours"]
    for name, words, most in (("timer", "a bare app's with a timer", 2.0), ("bare", "a bare app's", 3.0)):
        cpu = taken[name]["cpu"]
        yield Ratio(
            f"idle CPU / {words}",
            ours["cpu"] / cpu,
            most,
            f"{ours['cpu']:.2%} against {cpu:.2%} of a core over {seconds} s",
        )
    yield Ratio(
        f"written while idle / {_MOST_BYTES} B/s",
        ours["written"] / _MOST_BYTES,
        1.0,
        f"{ours['written']:.0f} B/s; the bare app with a timer {taken['timer']['written']:.0f} B/s",
    )
    yield Ratio(
        "memory with an evening open / a bare app's",
        ours["memory"] / taken["bare"]["memory"],
        2.5,
        megabytes(ours["memory"], taken["bare"]["memory"]),
    )


def _quiet_evening(path: Path) -> Path:
    """Somebody speaks, and then nobody for three hours."""
    first = next(messages(1))
    last = replace(first, at=first.at + timedelta(hours=3), id="last")
    path.write_bytes(header_line(CHANNEL, "Nobody speaks", first.at) + record_line(first) + record_line(last))
    return path


def _rested(folder: Path, seconds: float, subject: tuple[list[str], str]) -> Figures:
    arguments, ready = subject
    with (
        tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as home,
        on_screen(Path(home), arguments) as screen,
    ):
        screen.appeared(lambda written: ready.encode() in written)
        screen.watch(_SETTLE_SECONDS)
        cpu, written = screen.cpu(), screen.written
        screen.watch(seconds)
        return {
            "cpu": (screen.cpu() - cpu) / seconds,
            "written": (screen.written - written) / seconds,
            "memory": float(screen.resident()),
        }
