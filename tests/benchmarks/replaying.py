"""A long log replayed without a screen, against reading its bytes and against parsing its JSON."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.corpus import write_corpus
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, seconds
from tests.commands import environment

_MESSAGES = 1_000_000

# Each program runs in a process of its own, and ends by saying how long it took from its first statement on;
# what the interpreter needs before and after that is in the whole time only.
_BARE = """
import sys, time
begun = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    while file.read(1 << 20):
        pass
print(time.perf_counter() - begun)
"""
_LOADS = """
import json, sys, time
begun = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    for line in file:
        json.loads(line)
print(time.perf_counter() - begun)
"""
_REPLAY = """
import sys, time
begun = time.perf_counter()
from sanctum_tui.cli import main
code = main(["replay", sys.argv[1], "--headless", *sys.argv[2:]])
print(time.perf_counter() - begun)
sys.exit(code)
"""


def run(bench: Workbench) -> Iterator[Ratio]:
    count = bench.size(_MESSAGES)
    log = write_corpus(bench.folder / "evening.jsonl", count)
    megabytes = log.stat().st_size / 1e6
    taken = in_turns(
        3,
        bare=lambda: _timed(bench.folder, _BARE, log),
        loads=lambda: _timed(bench.folder, _LOADS, log),
        discard=lambda: _timed(bench.folder, _REPLAY, log, "--discard"),
        stored=lambda: _timed(bench.folder, _REPLAY, log, "--fresh"),
    )
    log.unlink()
    for way in ("discard", "stored"):
        for span in ("whole", "inside"):
            ours, bare, loads = taken[way][span], taken["bare"][span], taken["loads"][span]
            where = f"{way}, {'whole process' if span == 'whole' else 'inside it'}"
            yield Ratio(f"json.loads loop / replay, {where}", loads / ours, 4.0, seconds(loads, ours), at_least=True)
            yield Ratio(f"replay / read of {megabytes:.0f} MB, {where}", ours / bare, 30.0, seconds(ours, bare))


def _timed(folder: Path, program: str, log: Path, *more: str) -> Figures:
    with tempfile.TemporaryDirectory(dir=folder) as home:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", program, str(log), *more],
            capture_output=True,
            encoding="utf-8",
            cwd=home,
            env=environment(Path(home)),
            check=False,
        )
        whole = time.perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"a benchmark's program failed:\n{done.stderr}")
    return {"whole": whole, "inside": float(done.stdout.splitlines()[-1])}
