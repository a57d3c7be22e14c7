"""Runs the real program in a process of its own, in a home that has nothing yet."""

import os
import subprocess
import sys
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment in which the program's own variables are those given and no others."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")}
    return {**kept, "SANCTUM_HOME": str(home), "PYTHONIOENCODING": "utf-8", **more}


def sanctum(home: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """``sanctum-tui`` with these arguments; run in `home`, so that no ``.env`` of the developer's is read."""
    home.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "sanctum_tui", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=home,
        env=environment(home, **variables),
        timeout=60,
        check=False,
    )
