"""A mock provider that nobody here wrote (npm ``@copilotkit/aimock``, MIT), where Node and the package are there."""

import json
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PACKAGE = "@copilotkit/aimock@1.43.0"
_INSTALL_SECONDS = 30
_START_SECONDS = 15


class NotHereError(Exception):
    """The mock cannot be started on this machine, and why."""


def install(folder: Path) -> Path:
    """The mock's program, fetched into a folder. Raises NotHereError."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise NotHereError("Node is not installed")
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0", "--fetch-timeout=10000")
    folder.joinpath("package.json").write_text("{}", encoding="utf-8")
    try:
        subprocess.run(
            [npm, "install", *options, PACKAGE], cwd=folder, check=True, capture_output=True, timeout=_INSTALL_SECONDS
        )
    except (subprocess.SubprocessError, OSError):
        raise NotHereError(f"npm cannot fetch {PACKAGE}") from None
    return folder / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"


@contextmanager
def aimock(program: Path, fixtures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The mock with these fixtures, running until the block ends: its address, up to and with /v1."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "fixtures.json")
        file.write_text(json.dumps({"fixtures": list(fixtures)}), encoding="utf-8")
        process = subprocess.Popen(
            ["node", str(program), "-p", "0", "-h", "127.0.0.1", "-f", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        assert process.stdout is not None
        hung = threading.Timer(_START_SECONDS, process.kill)
        hung.start()
        try:
            heard = ""
            for line in process.stdout:
                heard += line
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    break
            else:
                raise AssertionError(f"the mock did not start: {heard}")
            hung.cancel()
            # Read on, so that a full pipe never stops it.
            reader = threading.Thread(target=process.stdout.read, daemon=True)
            reader.start()
            yield f"{found[0]}/v1"
        finally:
            hung.cancel()
            process.kill()
            process.wait()
            if "reader" in locals():
                reader.join()
            process.stdout.close()
