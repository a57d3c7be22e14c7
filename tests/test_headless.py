"""Headless replay: the same orchestrator without a screen, one JSON object a line, the same bytes each time."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.chat import ChatEvent
from sanctum_tui.paths import shipped
from tests.builders import says, write_log
from tests.commands import environment, sanctum

EVENING: list[ChatEvent] = [
    says(0, "good evening"),
    says(12.345, "is the lighthouse lit tonight?", "Pebble"),
    says(40, "the lighthouse is dark", "Tide"),
    says(300, "remember to stretch", "Nightbot"),
    says(310, "Cheap viewers on streamboo .com (remove the space)", "viewlift88"),
    says(1500, "back with tea", "Pebble"),
    says(1510, "!uptime", "Pebble"),
    says(1520, "the end", "Nightbot"),
]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path / "evening" / "chat.jsonl", EVENING)


def told(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_the_summary_counts_the_evening(tmp_path: Path, log: Path) -> None:
    run = sanctum(tmp_path / "home", "replay", log, "--headless")
    assert run.returncode == 0, run.stderr
    summary = told(run.stdout)[-1]
    assert summary == {
        "event": "summary",
        "at": 1520.0,
        "messages": 8,
        "skipped": {},
        "notes": {},
        "people": 3,
        "bots": 1,
        "longest_silence": {"start": 40.0, "seconds": 1460.0},
        "silences": [{"start": 40.0, "seconds": 1460.0}],
        "prompts": {"stale": 1},
        "flags": 1,
    }


def test_every_line_says_what_and_when_in_the_order_of_the_evening(tmp_path: Path, log: Path) -> None:
    events = told(sanctum(tmp_path / "home", "replay", log, "--headless").stdout)
    assert {event["event"] for event in events} == {"session", "decision", "prompt", "flag", "summary"}
    moments = [event["at"] for event in events]
    assert moments == sorted(moments)
    assert [(event["at"], event["state"]) for event in events if event["event"] == "prompt"] == [
        (960.0, "pending"),
        (1500.0, "stale"),
    ]
    decisions = [(event["action"], event["reason"]) for event in events if event["event"] == "decision"]
    assert all(before != after for before, after in pairwise(decisions))


@pytest.mark.parametrize("review", ["hold", "approve", "skip"])
def test_the_same_file_gives_the_same_bytes(tmp_path: Path, review: str) -> None:
    sample = sorted(place.name for place in shipped("sample_dashboards").iterdir() if place.is_dir())[0]
    chat = Path(str(shipped("sample_dashboards") / sample / "chat.jsonl"))
    first = sanctum(tmp_path / "a", "replay", chat, "--headless", "--review", review, PYTHONHASHSEED="1")
    other = sanctum(tmp_path / "b", "replay", chat, "--headless", "--review", review, PYTHONHASHSEED="2")
    again = sanctum(tmp_path / "a", "replay", chat, "--headless", "--review", review, PYTHONHASHSEED="3")
    assert first.returncode == 0, first.stderr
    assert first.stdout == other.stdout == again.stdout
    assert any(event["event"] == "prompt" for event in told(first.stdout))


@pytest.mark.parametrize(("review", "last"), [("hold", "stale"), ("approve", "posted"), ("skip", "skipped")])
def test_the_review_is_what_was_asked_for(tmp_path: Path, log: Path, review: str, last: str) -> None:
    events = told(sanctum(tmp_path / "home", "replay", log, "--headless", "--review", review).stdout)
    assert events[-1]["prompts"] == {last: 1}


def test_standard_output_is_json_alone_and_the_speed_goes_to_standard_error(tmp_path: Path, log: Path) -> None:
    run = sanctum(tmp_path / "home", "replay", log, "--headless")
    assert told(run.stdout)
    assert "8 messages in" in run.stderr


def test_it_starts_where_it_is_told_and_counts_what_it_left_out(tmp_path: Path, log: Path) -> None:
    events = told(sanctum(tmp_path / "home", "replay", log, "--headless", "--start-at", "5:00").stdout)
    assert events[0]["at"] == 300.0
    assert (events[-1]["messages"], events[-1]["skipped"]) == (5, {"before --start-at": 3})


def test_a_setting_for_this_run_changes_the_evening(tmp_path: Path, log: Path) -> None:
    run = sanctum(
        tmp_path / "home", "replay", log, "--headless", "--set", "HEARTHKEEPER_INACTIVITY_MINUTES=5",
        "--set", "AGENT_LOOP_INTERVAL_SECONDS=10", "--set", "KNOWN_BOTS=+tide",
    )  # fmt: skip
    events = told(run.stdout)
    assert next(event["at"] for event in events if event["event"] == "prompt") == 320.0
    assert events[-1]["bots"] == 2


def test_discarding_leaves_no_evening_behind(tmp_path: Path, log: Path) -> None:
    run = sanctum(tmp_path / "home", "replay", log, "--headless", "--discard")
    kept = sanctum(tmp_path / "home", "replay", log, "--headless")
    assert run.stdout == kept.stdout
    listed = sanctum(tmp_path / "home", "sessions").stdout
    assert len(listed.splitlines()) == 2


BAD_LOGS = {
    "missing.log": None,
    "empty.log": b"",
    "blank.log": b"\n\n  \n",
    "binary.log": bytes(range(256)) * 40,
    "unknown.log": b'{"what": "is this"}\n' * 60,
    "notimes.log": b"<mira> hello\n<pebble> good evening\n",
}


@pytest.mark.parametrize("name", BAD_LOGS)
@pytest.mark.parametrize("headless", [True, False])
def test_a_log_that_cannot_be_read_gets_one_sentence_and_exit_code_2(
    tmp_path: Path, name: str, headless: bool
) -> None:
    log = tmp_path / name
    content = BAD_LOGS[name]
    if content is not None:
        log.write_bytes(content)
    run = sanctum(tmp_path / "home", "replay", log, *(["--headless"] if headless else []))
    assert (run.returncode, run.stdout if headless else "") == (2, "")
    assert len(run.stderr.strip().splitlines()) == 1
    assert name in run.stderr
    assert "Traceback" not in run.stderr


def test_a_log_without_timestamps_can_be_paced(tmp_path: Path) -> None:
    log = tmp_path / "notimes.log"
    log.write_bytes(BAD_LOGS["notimes.log"] or b"")
    without = sanctum(tmp_path / "home", "replay", log, "--headless")
    assert "--pace" in without.stderr
    paced = told(sanctum(tmp_path / "home", "replay", log, "--headless", "--pace", "5").stdout)
    assert (paced[-1]["messages"], paced[-1]["at"]) == (2, 5.0)


def test_what_was_odd_in_a_log_is_counted_and_told(tmp_path: Path) -> None:
    log = tmp_path / "odd.jsonl"
    lines = [
        '{"at":"2026-03-01T19:00:10Z","user":"mira","text":"hello"}',
        "{broken",
        '{"at":"2026-03-01T19:00:05Z","user":"mira","text":"earlier"}',
        '{"at":"2026-03-01T19:00:20Z","user":"mira","text":"   "}',
        '{"at":"2026-03-01T19:00:30Z","user":"mira","text":"bye"}',
    ]
    log.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    summary = told(sanctum(tmp_path / "home", "replay", log, "--headless").stdout)[-1]
    assert summary["messages"] == 3
    assert summary["skipped"] == {"broken line": 1, "empty": 1}
    assert summary["notes"]["clock stepped back"] == 1
    assert summary["longest_silence"]["seconds"] == 20.0


def test_when_nothing_more_can_be_written_it_says_so_and_stops(tmp_path: Path) -> None:
    lines = [says(n / 10, f"line {n} " + "and so on " * 30, f"viewer{n % 50}") for n in range(8_000)]
    log = write_log(tmp_path / "chat.jsonl", lines)
    home = tmp_path / "home"
    assert sanctum(home, "sessions").returncode == 0
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); "
        f"from sanctum_tui.cli import main; sys.exit(main(['replay', {str(log)!r}, '--headless']))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        env=environment(home),
        timeout=60,
        check=False,
    )  # fmt: skip
    assert run.returncode == 3
    assert len(run.stderr.strip().splitlines()) == 1
    assert "sanctum.db" in run.stderr
    listed = sanctum(home, "sessions").stdout
    assert "unfinished" in listed
    assert sanctum(home, "replay", log, "--headless").returncode == 0
    assert f"{len(lines):,}" in sanctum(home, "sessions").stdout
