"""The README is true: its tables are those of the code, and its commands are those that are run."""

import json
import re
from itertools import groupby
from pathlib import Path

import pytest

from sanctum_tui.chat import ChatMessage, ChatNotice
from sanctum_tui.cli import build_parser
from sanctum_tui.errors import ExitCode
from sanctum_tui.replay.formats import open_log
from sanctum_tui.settings import KNOWN_BOTS, describe
from sanctum_tui.ui.actions import ACTIONS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    """What stands between ``<!-- name -->`` and ``<!-- /name -->``."""
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.DOTALL)
    assert found is not None
    return found[1].strip()


def settings_table() -> str:
    """The table of settings as the README has to show it."""
    rows = ["| Setting | Default | What it is for |", "|---|---|---|"]
    for info in describe():
        default = f"{len(KNOWN_BOTS)} well-known bots" if info.name == "KNOWN_BOTS" else info.default
        shown = f"`{default}`" if default and info.name != "KNOWN_BOTS" else default or "(empty)"
        unit = f" {info.unit}" if info.unit else ""
        choices = f" One of: {info.kind}." if "'" in info.kind else ""
        rows.append(f"| `{info.name}` | {shown}{unit} | {info.description}{choices} |")
    return "\n".join(rows)


def keys_table() -> str:
    """The table of keys as the README has to show it."""
    rows = ["| Key | Does |", "|---|---|"]
    for group, actions in groupby(ACTIONS, key=lambda action: action.group):
        rows.append(f"| **{group.value}** | |")
        rows += [f"| `{action.shown_key}` | {action.help} |" for action in actions]
    return "\n".join(rows)


def test_the_table_of_settings_is_that_of_the_code() -> None:
    assert section("settings") == settings_table()


def test_the_table_of_keys_is_that_of_the_registry() -> None:
    assert section("keys") == keys_table()


def test_every_command_and_option_of_replay_is_in_the_readme() -> None:
    subparsers = next(action for action in build_parser()._actions if action.choices and "replay" in action.choices)
    assert subparsers.choices is not None
    for name in subparsers.choices:
        assert f"sanctum-tui {name}" in README
    for option in (
        "--dashboard",
        "--speed",
        "--start-at",
        "--headless",
        "--review",
        "--fresh",
        "--discard",
        "--pace",
    ):
        assert option in README


def test_every_exit_code_is_in_the_readme() -> None:
    found = re.search(r"Exit codes: (.*?)\.\n", README, re.DOTALL)
    assert found is not None
    assert {int(number) for number in re.findall(r"\d+", found[1])} == {int(code) for code in ExitCode}


def test_ci_runs_the_test_command_that_stands_in_the_readme() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    assert commands[0].endswith("sanctum-tui")
    assert "pytest" in commands[1]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script
    assert script.index("eval") < script.index("ruff")


def test_the_log_that_the_readme_shows_can_be_read(tmp_path: Path) -> None:
    found = re.search(r"```json\n(\{\"sanctum\".*?)```", README, re.DOTALL)
    assert found is not None
    log = tmp_path / "shown.jsonl"
    log.write_text(found[1], encoding="utf-8")
    opened = open_log(log)
    events = [event for batch in opened.batches() for event in batch]
    assert [type(event) for event in events] == [ChatMessage, ChatMessage, ChatNotice]
    assert opened.channel == "quietharbor"
    assert not opened.notes.skipped


@pytest.mark.parametrize("kind", ["session", "decision", "prompt", "flag", "summary"])
def test_the_fields_that_the_readme_names_are_those_that_are_printed(kind: str, tmp_path: Path) -> None:
    from tests.builders import write_log
    from tests.commands import sanctum
    from tests.test_headless import EVENING

    log = write_log(tmp_path / "chat.jsonl", EVENING)
    printed = sanctum(tmp_path / "home", "replay", log, "--headless").stdout.splitlines()
    fields = next(set(event) for event in map(json.loads, printed) if event["event"] == kind)
    row = re.search(rf"^\| `{kind}` \|.*\|(.*)\|$", README, re.MULTILINE)
    assert row is not None
    assert set(re.findall(r"`(\w+)`", row[1])) == fields - {"event", "at"}
