"""The command line: every command helps, answers in one sentence where it cannot, and keeps secrets."""

import json
import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from sanctum_tui.cli import build_parser, main
from sanctum_tui.settings import describe
from tests.builders import says, write_log
from tests.commands import sanctum

COMMANDS = ("live", "login", "logout", "replay", "ledger", "sessions", "record", "paths", "config", "doctor", "serve")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing yet, in whose name commands run in this process."""
    for info in describe():
        monkeypatch.delenv(info.name, raising=False)
    monkeypatch.setenv("SANCTUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def evening(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The log of an evening that is stored."""
    log = write_log(tmp_path / "chat.jsonl", [says(0, "good evening"), says(1200, "still here")])
    assert main(["replay", str(log), "--headless", "--review", "approve"]) == 0
    capsys.readouterr()
    return log


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert "exit codes" in capsys.readouterr().out


def test_the_help_names_every_command() -> None:
    assert all(command in build_parser().format_help() for command in COMMANDS)


def test_settings_show_their_source_and_never_a_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LLM_API_KEY", "sk-very-secret")
    home.joinpath("config").mkdir(parents=True)
    home.joinpath("config", "config.toml").write_text('theme = "parchment"\nlet_it_be_minutes = 5\n')
    Path(".env").write_text("LET_IT_BE_MINUTES=7\nDATABASE_URL=\n")
    assert main(["config", "--json", "--set", "bell=on"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {info.name for info in describe()}
    assert shown["LLM_API_KEY"] == {"value": "••••••••", "source": "environment"}
    assert shown["THEME"]["value"] == "parchment"
    assert (shown["LET_IT_BE_MINUTES"]["value"], Path(shown["LET_IT_BE_MINUTES"]["source"]).name) == ("7", ".env")
    assert shown["BELL"] == {"value": "on", "source": "--set"}
    assert shown["AGENT_LOOP_INTERVAL_SECONDS"] == {"value": "60", "source": "default"}
    assert main(["config", "--all"]) == 0
    assert "sk-very-secret" not in capsys.readouterr().out


def test_a_name_in_the_settings_file_that_is_none_is_told_by_config_and_doctor(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.joinpath("config").mkdir(parents=True)
    home.joinpath("config", "config.toml").write_text('bogus_setting = 3\nthem = "parchment"\n')
    for command in (["config"], ["doctor", "--quick"]):
        main(command)
        told = capsys.readouterr().out
        assert "config.toml: BOGUS_SETTING is not a setting; `sanctum-tui config` lists" in told
        assert "config.toml: THEM is not a setting; did you mean THEME?" in told


def test_the_nearest_names_are_looked_up_only_where_one_is_unknown(home: Path) -> None:
    asked = "import sys, sanctum_tui.settings; sys.exit('difflib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["config", "--set", "AGENT_LOOP_INTERVAL_SECONDS=0"], "AGENT_LOOP_INTERVAL_SECONDS"),
        (["config", "--set", "THEEM=hearth"], "did you mean THEME?"),
        (["config", "--set", "THEME"], "NAME=VALUE"),
        (["ledger", "99"], "sanctum-tui sessions"),
        (["ledger"], "No evening is stored yet"),
        (["ledger", "2147483647"], "sanctum-tui sessions"),
        (["replay", "nowhere.jsonl", "--review", "approve"], "--headless"),
        (["replay", "nowhere.jsonl", "--headless", "--dashboard", "nowhere.md"], "nowhere"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence(
    home: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--start-at", "9" * 20],
        ["--speed", "0"],
        ["--speed", "fast"],
        ["--start-at", "soon"],
        ["--pace", "-1"],
        ["--review", "yes"],
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(home: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["replay", "x.jsonl", "--headless", *arguments])
    assert stopped.value.code == 2


def test_settings_before_and_behind_the_command_both_count(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--set", "bell=on", "config", "--json", "--set", "theme=parchment"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["BELL"]["value"], shown["THEME"]["value"]) == ("on", "parchment")


def test_a_stored_evening_is_listed_and_told(evening: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sessions"]) == 0
    assert "quietharbor" in capsys.readouterr().out
    assert main(["ledger", "--write"]) == 0
    written = Path(capsys.readouterr().out.strip())
    assert written.read_text(encoding="utf-8").startswith("# Sanctum Ledger — 2026-03-01")


def test_a_recorded_evening_replays_to_the_same_output(
    evening: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(evening), "--headless"]) == 0
    original = capsys.readouterr().out
    assert main(["record", str(tmp_path / "again.jsonl")]) == 0
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "again.jsonl"), "--headless"]) == 0
    assert capsys.readouterr().out == original
    assert main(["record", str(tmp_path / "again.jsonl")]) == 2


def test_the_doctor_finds_a_fresh_machine_ready(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    report = capsys.readouterr().out
    assert report.count("self-check") == 4
    assert "TWITCH_CLIENT_ID is not set; `sanctum-tui login` says how to get one" in report
    assert "nobody is logged in" in report
    assert "steward       answers when it is addressed" in report
    assert "✗" not in report


def test_the_doctor_names_a_database_that_is_broken(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = home / "data" / "sanctum.db"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"this is no database at all, but somebody's letter" * 100)
    assert main(["doctor", "--quick"]) == 4
    assert "✗ missing   database" in capsys.readouterr().out
    assert database.read_bytes().startswith(b"this is no database")


def test_a_database_from_a_newer_version_is_left_alone(evening: Path, home: Path) -> None:
    database = home / "data" / "sanctum.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    run = sanctum(home, "replay", evening, "--headless")
    assert (run.returncode, len(run.stderr.strip().splitlines())) == (3, 1)
    assert database.read_bytes() == before


@pytest.mark.parametrize("arguments", [["ledger", "9" * 24], ["ledger", "0"], ["sessions", "--most", "-1"]])
def test_a_number_that_counts_nothing_is_refused(home: Path, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_terminal_that_knows_fewer_signs_gets_question_marks_and_no_crash(tmp_path: Path) -> None:
    run = sanctum(tmp_path / "home", "doctor", "--quick", PYTHONIOENCODING="ascii")
    assert run.returncode == 0, run.stderr
    assert "? ready" in run.stdout


def test_something_unforeseen_is_one_sentence_and_the_log_says_what(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(arguments: object) -> int:
        raise ZeroDivisionError("as told")

    monkeypatch.setattr("sanctum_tui.commands.config.where", crash)
    # Other commands in this process may have left their log open, somewhere else.
    monkeypatch.setattr(logging.getLogger("sanctum_tui"), "handlers", [])
    assert main(["paths"]) == 1
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert "Traceback" not in said
    assert "ZeroDivisionError: as told" in (home / "state" / "sanctum.log").read_text(encoding="utf-8")


def test_an_interrupted_pipe_ends_quietly(home: Path, evening: Path) -> None:
    from tests.commands import environment

    reader = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.readline()"], stdin=subprocess.PIPE, env=environment(home)
    )
    writer = subprocess.run(
        [sys.executable, "-m", "sanctum_tui", "ledger"],
        stdout=reader.stdin, stderr=subprocess.PIPE, env=environment(home), check=False, timeout=60,
    )  # fmt: skip
    assert reader.stdin is not None
    reader.stdin.close()
    reader.wait(timeout=60)
    assert b"Traceback" not in writer.stderr
