"""A name in the settings file that is none is told where the operator looks, and the console goes on."""

from pathlib import Path

from tests.terminal import terminal


def test_a_name_in_the_settings_file_that_is_none_is_said_once_on_the_console(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('them = "parchment"\n')
    with terminal(tmp_path, columns=160) as console:
        told = console.until("did you mean THEME?")
        assert "THEM is not a setting" in told
        console.send("\x1b")
        assert "THEM is not" not in console.until(lambda text: "did you mean" not in text)
