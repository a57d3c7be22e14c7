"""Settings: one place each, from where they are expected, and one sentence where they do not fit."""

import logging
from pathlib import Path

import pytest

from sanctum_tui import logs
from sanctum_tui.errors import BadInputError
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import KNOWN_BOTS, Settings, changed, describe, load, shown

USERS_NAMES = {
    "TWITCH_CLIENT_ID", "TWITCH_CHANNEL_NAME", "TWITCH_BOT_USERNAME", "TWITCH_REQUIRE_LIVE_STREAM",
    "TWITCH_OFFLINE_CHAT_TEST_MODE", "LLM_PROVIDER", "LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL", "DATABASE_URL",
    "AGENT_LOOP_INTERVAL_SECONDS", "HEARTHKEEPER_PROMPT_INTERVAL_MINUTES", "HEARTHKEEPER_INACTIVITY_MINUTES",
    "EXPORT_PATH", "KNOWN_BOTS", "SILENCE_COUNTS_COMMANDS",
}  # fmt: skip
"""What the project's users have in their files; a rename would silently lose it."""


def test_the_names_users_have_stay() -> None:
    assert {info.name for info in describe()} >= USERS_NAMES


def test_every_setting_says_what_it_is_for() -> None:
    for info in describe():
        assert len(info.description) > 15, info.name
        assert info.description.endswith(".") or info.description.endswith(")."), info.name
        assert info.kind, info.name


def test_environment_comes_before_env_file_before_toml(tmp_path: Path) -> None:
    toml, env = tmp_path / "config.toml", tmp_path / ".env"
    toml.write_text('theme = "toml"\nlog_level = "ERROR"\nLET_IT_BE_MINUTES = 3\n')
    env.write_text("THEME=env\nLOG_LEVEL=WARNING\n")
    loaded = load(toml_file=toml, env_files=[env], environ={"THEME": "environment"}, overrides=["bell=on"])
    assert loaded.settings.theme == "environment"
    assert loaded.settings.log_level == "WARNING"
    assert loaded.settings.let_it_be_minutes == 3
    assert loaded.settings.bell is True
    assert loaded.sources["LOG_LEVEL"] == str(env)
    assert "AGENT_SIGNATURE" not in loaded.sources


def test_bots_can_be_replaced_or_added_to() -> None:
    assert load(environ={"KNOWN_BOTS": "One, two"}).settings.known_bots == ("one", "two")
    added = load(environ={"KNOWN_BOTS": "+MyBot"}).settings.known_bots
    assert added == (*KNOWN_BOTS, "mybot")


@pytest.mark.parametrize("value", ["0", "0.99", "-5", "soon", "", "nan"])
def test_a_tick_is_at_least_a_second(value: str) -> None:
    with pytest.raises(BadInputError, match="AGENT_LOOP_INTERVAL_SECONDS"):
        load(environ={}, overrides=[f"AGENT_LOOP_INTERVAL_SECONDS={value}"])


def test_an_unknown_name_in_the_file_is_told_and_harms_nothing(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("hearthkeeper_inactivity_minute = 20\n")
    (warning,) = load(toml_file=toml, environ={}).warnings
    assert "did you mean HEARTHKEEPER_INACTIVITY_MINUTES?" in warning


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\x00", b"theme = [1, 2]"])
def test_a_broken_settings_file_is_one_sentence_that_names_it(tmp_path: Path, content: bytes) -> None:
    toml = tmp_path / "config.toml"
    toml.write_bytes(content)
    with pytest.raises(BadInputError, match=r"config\.toml"):
        load(toml_file=toml, environ={})


def test_a_secret_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    settings = load(environ={"LLM_API_KEY": "sk-hush", "DATABASE_URL": "postgresql://u:hush@h/d"}).settings
    for text in (repr(settings), str(settings), f"{settings.llm_api_key}", shown(settings, "DATABASE_URL")):
        assert "hush" not in text
    assert settings.llm_api_key.reveal() == "sk-hush"


def test_a_change_while_it_runs_is_checked_like_any_other() -> None:
    assert changed(Settings(), "LET_IT_BE_MINUTES", "25").let_it_be_minutes == 25
    with pytest.raises(BadInputError):
        changed(Settings(), "LET_IT_BE_MINUTES", "-1")
    with pytest.raises(BadInputError):
        changed(Settings(), "NO_SUCH_THING", "1")


def test_the_log_has_the_trace_and_not_the_secret(tmp_path: Path) -> None:
    REDACTOR.learn("sk-hush", "", 'quo"te')
    stop = logs.start(tmp_path / "log" / "sanctum.log", "DEBUG")
    try:
        raise ValueError('the key sk-hush and quo"te did not work')
    except ValueError:
        logging.getLogger("sanctum_tui.test").exception("asking with %s failed", "sk-hush")
    stop()
    written = (tmp_path / "log" / "sanctum.log").read_text(encoding="utf-8")
    assert "Traceback" in written
    assert "hush" not in written
    assert "quo" not in written


def test_a_log_folder_that_cannot_be_made_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    stop = logs.start(tmp_path / "file" / "sanctum.log", "INFO")
    logging.getLogger("sanctum_tui.test").warning("nobody writes this down")
    stop()
