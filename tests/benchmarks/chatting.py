"""The chat pane in a flood, against RichLog and against the barest widget of the line API, keys pressed meanwhile."""

import itertools
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, megabytes
from tests.benchmarks.onscreen import OnScreen, on_screen

_RATES = (1_000, 10_000)
_BETWEEN_KEYS = 0.05
_WARM_SECONDS = 1.0
_OURS = {"TEXTUAL_FPS": "240"}
"""As the console has it; the others run as Textual does by itself."""
_ANSWER = re.compile(rb"<(\d+)> (\d+);")


def run(bench: Workbench) -> Iterator[Ratio]:
    span, rounds = (4.0, 1) if bench.quick else (10.0, 3)
    for rate in _RATES:
        taken = in_turns(
            rounds,
            still=partial(_chatted, bench.folder, "ours", 0, span, **_OURS),
            ours=partial(_chatted, bench.folder, "ours", rate, span, **_OURS),
            richlog=partial(_chatted, bench.folder, "richlog", rate, span),
            plain=partial(_chatted, bench.folder, "plain", rate, span),
        )
        ours, richlog, plain, still = (taken[name] for name in ("ours", "richlog", "plain", "still"))
        at = f"at {rate:,}/s"
        for other, name, most in ((richlog, "RichLog", 0.25), (plain, "line API", 1.0)):
            yield Ratio(
                f"CPU a message {at} / {name}",
                ours["cpu"] / other["cpu"],
                most,
                f"{ours['cpu'] * 1e6:.0f} us against {other['cpu'] * 1e6:.0f} us; "
                f"{ours['share']:.1%} against {other['share']:.1%} of a core",
            )
        for other, name, most in (
            (still, "no chat", 2.5),
            (richlog, "RichLog", 0.1 if rate > _RATES[0] else 0.5),
            (plain, "line API", 1.0),
        ):
            yield Ratio(f"key to screen p99 {at} / {name}", ours["p99"] / other["p99"], most, _keys(ours, other))
        yield Ratio(
            f"messages shown / sent {at}",
            ours["shown"] / rate,
            0.95,
            f"{ours['shown']:,.0f}/s; RichLog {richlog['shown']:,.0f}/s, line API {plain['shown']:,.0f}/s",
            at_least=True,
        )
        yield Ratio(
            f"memory after the flood {at} / line API",
            ours["memory"] / plain["memory"],
            1.15,
            f"{megabytes(ours['memory'], plain['memory'])}; RichLog {richlog['memory'] / 1e6:.1f} MB",
        )


def _chatted(folder: Path, pane: str, rate: int, span: float, **variables: str) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as home:
        arguments = ["-m", "tests.benchmarks.rooms", pane, str(rate)]
        with on_screen(Path(home), arguments, **variables) as room:
            answers = Answers(room)
            room.watch(_WARM_SECONDS)
            answers.to("0", between=0.0)
            cpu, begun, lines = room.cpu(), time.perf_counter(), answers.lines
            took = []
            while time.perf_counter() < begun + span:
                took.append(answers.to("0", between=_BETWEEN_KEYS))
            seconds, said = time.perf_counter() - begun, max(1, answers.lines - lines)
            cpu = room.cpu() - cpu
            return {
                "cpu": cpu / said,
                "share": cpu / seconds,
                "shown": said / seconds,
                "p50": statistics.median(took),
                "p99": late(took),
                "memory": float(room.resident()),
            }


def _keys(ours: Figures, other: Figures) -> str:
    return (
        f"{ours['p99'] * 1000:.1f} ms against {other['p99'] * 1000:.1f} ms; "
        f"half of them {ours['p50'] * 1000:.1f} ms against {other['p50'] * 1000:.1f} ms"
    )


class Answers:
    """What a room says in its bottom row, key by key."""

    def __init__(self, room: OnScreen) -> None:
        self.lines = 0
        """That it had been told at the last answer."""
        self._room = room
        self._numbers = itertools.count(2)
        room.appeared(self._is(1))

    def to(self, key: str, *, between: float) -> float:
        """Seconds from a key to its answer; then the room is watched for a while."""
        return self._room.answered(key, self._is(next(self._numbers)), between=between)

    def _is(self, number: int) -> Callable[[bytes], bool]:
        def is_it(written: bytes) -> bool:
            for answer in _ANSWER.finditer(written):
                if int(answer[1]) == number:
                    self.lines = int(answer[2])
                    return True
            return False

        return is_it


def late(times: Sequence[float]) -> float:
    """What 99 of 100 are not longer than; of fewer, the longest."""
    return sorted(times)[int(len(times) * 0.99) if len(times) >= 100 else -1]
