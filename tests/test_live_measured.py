"""Two hours on the fake Twitch, with all that can go wrong: each line once, nothing lost, nothing kept, no lie."""

import json
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sanctum_tui.evening import PromptState
from tests.commands import environment
from tests.fake_twitch.faults import Faults
from tests.soak_script import APPROVALS

PATIENCE_SECONDS = 240.0
"""It takes three quarters of a minute where nobody else is on the machine."""
SCRIPTED_FAULTS = 40
MESSAGES = 10_000
LEAKED_SHARE = 0.7
"""Blocks of memory that the second hour may grow by, for each message that passes in it: one object kept of each
would be seen, lost ones and all. What is bounded is full by then."""
ROUNDING = 1e-3


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("soak")


@pytest.fixture(scope="module")
def ran(home: Path) -> "subprocess.CompletedProcess[str]":
    """The evening, lived through once for all tests here."""
    return subprocess.run(
        [
            *(sys.executable, "-X", "dev", "-W", "error"),
            # TwitchIO 3.3.2 defines a web adapter, which nobody here uses, when it is imported.
            *("-W", "ignore:Inheritance class AiohttpAdapter:DeprecationWarning"),
            *("-m", "tests.soak", str(home)),
        ],
        capture_output=True,
        encoding="utf-8",
        cwd=Path(__file__).parents[1],
        env=environment(home),
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def told(ran: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    assert ran.returncode == 0, ran.stderr[-3000:]
    evening: dict[str, Any] = json.loads(ran.stdout)
    return evening


def lives(told: dict[str, Any]) -> dict[str, list[str]]:
    """What became of each line, by its words."""
    return {
        text.partition(" — ")[0]: [state if by == "delivery" else f"{state} by {by}" for state, by in steps]
        for text, _, steps in told["prompts"]
    }


def test_everything_that_can_go_wrong_did(told: dict[str, Any]) -> None:
    known = {name for name in vars(Faults) if not name.startswith("_")} - {"played", "forget"}
    played = Counter({name.partition("_4")[0].partition("_1")[0]: n for name, n in told["played"].items()})
    assert set(played) == known
    assert {int(name[6:]) for name in told["played"] if name.startswith("close_")} == {1000, *range(4000, 4008)}
    assert sum(told["played"].values()) >= SCRIPTED_FAULTS
    assert told["minutes"] >= 120
    assert told["said"] == MESSAGES
    assert told["refreshes"] >= 3


def test_each_approved_line_is_posted_once_and_the_queue_tells_the_truth(told: dict[str, Any]) -> None:
    posted = Counter(told["posted"])
    assert len(posted) == posted.total() == len(APPROVALS) == 12
    assert {line.line for line in APPROVALS if line.line} < {text.partition(" — ")[0] for text in posted}
    states = {text: state for text, state, _ in told["prompts"]}
    assert {text for text, state in states.items() if state == PromptState.POSTED} == set(posted)
    assert not {"unknown", "sending", "approved", "failed"} & set(states.values())


def test_each_line_went_the_way_that_its_faults_left_it(told: dict[str, Any]) -> None:
    drafted, again = "pending by agent", "approved by operator"
    straight = [drafted, again, "sending", "posted"]
    held = [drafted, again, "held", "pending", again, "sending", "posted"]
    refused = [drafted, again, "sending", "failed", again, "sending", "posted"]
    ways = lives(told)
    assert {line.line: ways[line.line] for line in APPROVALS if line.line} == {
        "The first lamp is lit.": straight,
        "Rain on the harbour tonight.": straight,
        "What does the tide leave behind?": refused,
        "Somebody keeps the fire.": straight,
        "The boat waits at its rope.": held,
        "A long silence is a kind of music.": refused,
        "The old map shows another coast.": [drafted, again, "sending", "unknown", "posted by operator"],
        "Night watch, half past.": held,
        "The wind has turned to the west.": straight,
        "A gull sleeps on one leg.": [
            *(drafted, again, "sending", "unknown", "failed by operator"),
            *(again, "sending", "posted"),
        ],
        "Nobody is late here.": [drafted, again, "sending", "unknown", "posted by room"],
    }


def test_no_message_that_arrived_is_missing_and_none_is_there_twice(told: dict[str, Any]) -> None:
    stored = Counter(told["stored"])
    assert len(told["delivered"]) > MESSAGES * 0.5
    assert not set(told["delivered"]) - set(stored)
    assert stored.total() == len(stored)


def test_every_time_in_which_nobody_listened_is_marked(told: dict[str, Any]) -> None:
    assert len(told["unheard"]) >= 20
    unmarked = [
        (start, end)
        for start, end in told["unheard"]
        if not any(left <= end + ROUNDING and start <= right + ROUNDING for left, right in told["gaps"])
    ]
    assert unmarked == []


def test_after_the_restart_the_same_evening_goes_on(told: dict[str, Any]) -> None:
    assert told["restored"] == [False, True]
    assert told["sessions"] == 1


def test_the_second_hour_holds_no_more_memory_than_the_first(told: dict[str, Any]) -> None:
    assert told["said_meanwhile"] > MESSAGES * 0.2
    assert told["grown"] < LEAKED_SHARE * told["said_meanwhile"], told["grown_most"]


def test_nothing_is_left_running_open_or_unawaited(
    ran: "subprocess.CompletedProcess[str]", told: dict[str, Any]
) -> None:
    assert told["left"] == []
    assert told["troubles"] == []
    assert ran.stderr == ""


def test_no_secret_is_anywhere_but_in_the_token_store(home: Path, told: dict[str, Any]) -> None:
    secrets = [secret.encode() for secret in told["secrets"]]
    assert len(secrets) >= 2 * 2 + 2 * told["refreshes"]
    holding = {
        path.relative_to(home).name
        for path in home.rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    }
    assert holding == {"twitch-tokens-rehearsal.json"}
    (store,) = home.rglob("twitch-tokens-rehearsal.json")
    assert stat.S_IMODE(store.stat().st_mode) == 0o600
    (log,) = home.rglob("sanctum.log")
    assert '"DEBUG"' in log.read_text("utf-8")
    assert Path(told["ledger"]).is_file()
