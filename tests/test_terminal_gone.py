"""A terminal that goes without a word takes the console with it, and leaves the evening to be gone on with."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from sanctum_tui.errors import ExitCode
from sanctum_tui.paths import shipped
from tests.builders import paths_in
from tests.commands import environment


def test_a_console_whose_terminal_has_gone_ends(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    log = shipped("sample_dashboards") / "01-the-quiet-sea" / "chat.jsonl"
    # Not the leader of a session of its own, so that no signal tells it.
    process = subprocess.Popen(
        [sys.executable, "-m", "sanctum_tui", "replay", str(log)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment(tmp_path, TERM="xterm-256color"),
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while b"quietharbor" not in shown:
        shown += os.read(ours, 65536)
    os.close(ours)
    # 120 is Python's own word, where what is still to be written has no place to go to.
    assert process.wait(timeout=60) in (ExitCode.INTERRUPTED, 120)
    log_file = paths_in(tmp_path).log_file
    assert "the terminal has gone" in next(tmp_path.rglob(log_file.name)).read_text("utf-8")
