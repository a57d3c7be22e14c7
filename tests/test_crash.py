"""kill -9 at any moment: what was shown is stored, the queue is as it was, and nothing is posted twice."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from sanctum_tui.chat import Voice
from sanctum_tui.evening import PromptState, Session
from sanctum_tui.memory.engine import open_memory
from tests.builders import evening_of, paths_in, says, write_log
from tests.commands import environment
from tests.evening_process import CHOSEN

EVENTS = [says(100.0 * n + m / 10, f"line {n}.{m}", f"viewer{m}") for n in range(12) for m in range(12)]
"""Twenty minutes: bursts of talk, and a silence between two, in which a line is drafted and posted."""


def killed(folder: Path, stop_at: str, times: int) -> list[tuple[float, str]]:
    """Lives through the evening until it has said `stop_at` so many times, then dies; what it showed, and when."""
    log = write_log(folder / "chat.jsonl", EVENTS)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.evening_process", str(log.parent)],
        stdout=subprocess.PIPE, encoding="utf-8", env=environment(folder), cwd=Path(__file__).parent.parent,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        shown = []
        left = times
        for line in process.stdout:
            shown.append((time.monotonic(), line.strip()))
            left -= stop_at in line
            if not left:
                process.kill()
                break
        # What was still in the pipe had been shown as well.
        shown.extend((time.monotonic(), line.strip()) for line in process.stdout)
    assert not left, "it ended before it could be killed"
    return shown


async def stored(folder: Path) -> tuple[Session, list[int], dict[int, PromptState]]:
    """What the database has after the crash, before anybody opens the evening again."""
    memory = await open_memory(f"sqlite+aiosqlite:///{paths_in(folder).database}", lock_folder=None)
    (session,) = await memory.evenings.sessions()
    numbers = [line.number async for page in memory.evenings.pages(session.id) for line in page]
    prompts = {prompt.number: prompt.state for prompt in await memory.evenings.prompts(session.id)}
    await memory.close()
    return session, numbers, prompts


@pytest.mark.parametrize(
    ("stop_at", "times"),
    [("line", 30), ("line", 60), ("pending", 2), ("approved", 3), ("sending", 4), ("posted", 5)],
)
async def test_after_kill_9_nothing_shown_is_lost_and_nothing_is_posted_twice(
    tmp_path: Path, stop_at: str, times: int
) -> None:
    shown = killed(tmp_path, stop_at, times)
    died = shown[-1][0]
    session, numbers, prompts = await stored(tmp_path)

    assert numbers == list(range(1, len(numbers) + 1))
    long_shown = [int(what.split()[1]) for when, what in shown if what.startswith("line") and died - when > 1]
    assert len(numbers) >= max(long_shown, default=0)
    for _, what in shown:
        if what.startswith("prompt"):
            assert int(what.split()[1]) in prompts

    async with evening_of(tmp_path, EVENTS, chosen=CHOSEN, review="approve") as evening:
        assert evening.restored
        assert evening.keeping.session.id == session.id
        for number, before in prompts.items():
            after = evening.queue.get(number)
            assert after is not None
            # What had gone out has an unknown outcome, what had not is held; all else is as it was.
            changed = {PromptState.SENDING: PromptState.UNKNOWN, PromptState.APPROVED: PromptState.HELD}
            assert after.state is changed.get(before, before)
        await evening.run()
        await evening.finish()
        lines = [line async for page in evening.memory.evenings.pages(session.id) for line in page]
    said = [line.message for line in lines if line.voice is not Voice.AGENT]
    assert said == EVENTS
    posted = Counter(line.message.text for line in lines if line.voice is Voice.AGENT)
    assert all(times == 1 for times in posted.values())
    assert len([line.number for line in lines]) == len({line.number for line in lines})
