"""What the benchmarks share: figures taken in turns, their medians, and the ratio beside its target."""

import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Figures: TypeAlias = Mapping[str, float]
"""What one run of one subject gave: seconds, or bytes, by name."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where a benchmark works, and how much it does."""

    folder: Path
    """Empty at first, and gone afterwards."""
    quick: bool

    def size(self, full: int) -> int:
        """How many of something: a tenth of them when it has to be quick."""
        return full // 10 if self.quick else full


@dataclass(frozen=True, slots=True)
class Ratio:
    """One measured ratio, and what it should be."""

    what: str
    value: float
    target: float
    measured: str
    """Both sides of it: ``2.10 s against 4.90 s``."""
    at_least: bool = False
    """Whether the target is the least it should be; else it is the most."""

    @property
    def met(self) -> bool:
        return self.value >= self.target if self.at_least else self.value <= self.target

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        word = "ok" if self.met else "missed"
        return f"{word:<7}{self.what:<49}{self.value:7.2f}x  {f'({sign} {self.target:g}x)':<12}{self.measured}"


def in_turns(rounds: int, **subjects: Callable[[], Figures]) -> dict[str, dict[str, float]]:
    """The median of every subject's every figure; all subjects run once a round, so that noise meets them alike."""
    taken: dict[str, list[Figures]] = {name: [] for name in subjects}
    for _ in range(rounds):
        for name, subject in subjects.items():
            taken[name].append(subject())
    return {
        name: {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}
        for name, runs in taken.items()
    }


def resident(pid: int) -> int:
    """Bytes of memory a process holds at this moment; Linux only."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(f"process {pid} has ended")


def seconds(value: float, against: float) -> str:
    return f"{value:.3f} s against {against:.3f} s"


def megabytes(value: float, against: float) -> str:
    return f"{value / 1e6:.1f} MB against {against / 1e6:.1f} MB"


def machine() -> str:
    """The facts without which the seconds mean nothing."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores{load}; {' '.join(sys.argv[1:]) or 'all'}"
    )
