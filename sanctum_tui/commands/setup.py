"""What every command needs first: where files are, and the effective settings."""

from argparse import Namespace
from pathlib import Path

from sanctum_tui.paths import Paths, user_paths
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Loaded, Settings, load, secrets_of


def load_settings(arguments: Namespace) -> tuple[Paths, Loaded]:
    """The user's folders, and settings from ``--set``, the environment, ``.env`` and the TOML file."""
    paths = user_paths()
    loaded = load(
        toml_file=paths.settings_file,
        env_files=(Path(".env").absolute(), paths.env_file),
        overrides=[*(arguments.set or ()), *(arguments.set_too or ())],
    )
    REDACTOR.learn(*(secret.reveal() for secret in secrets_of(loaded.settings)))
    return paths, loaded


def start_log(paths: Paths, settings: Settings) -> None:
    """Log to the log file until the process ends."""
    import atexit

    from sanctum_tui import logs

    atexit.register(logs.start(paths.log_file, settings.log_level))
