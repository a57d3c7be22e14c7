"""What a headless session holds in memory at the end of a long stored evening, against its own beginning."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.corpus import write_corpus
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, megabytes, resident
from tests.commands import environment

_MESSAGES = 1_000_000


def run(bench: Workbench) -> Iterator[Ratio]:
    count = bench.size(_MESSAGES)
    log = write_corpus(bench.folder / "evening.jsonl", count)
    taken = in_turns(1 if bench.quick else 3, session=lambda: _lived_through(bench.folder, log))["session"]
    log.unlink()
    yield Ratio(
        f"memory after {count:,} stored / at its start",
        taken["end"] / taken["start"],
        1.5,
        megabytes(taken["end"], taken["start"]),
    )


def _lived_through(folder: Path, log: Path) -> Figures:
    """The process tells when it begins and when all is stored; its memory is read from outside at those moments."""
    figures: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory(dir=folder) as home,
        subprocess.Popen(
            [sys.executable, "-m", "sanctum_tui", "replay", str(log), "--headless"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            cwd=home,
            env=environment(Path(home), PYTHONUNBUFFERED="1"),
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "session" and event["state"] in ("began", "ended"):
                figures["start" if event["state"] == "began" else "end"] = resident(process.pid)
    if process.returncode or len(figures) != 2:
        raise RuntimeError("the replay whose memory was watched did not end well")
    return figures
