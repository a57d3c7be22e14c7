"""Where everything of this user is, by name: for ``sanctum-tui paths`` and for the screen that tells about us."""

from pathlib import Path

from sanctum_tui.paths import Paths
from sanctum_tui.runtime.places import ledger_folder
from sanctum_tui.settings import Settings


def whereabouts(settings: Settings, paths: Paths) -> tuple[tuple[str, Path | str], ...]:
    """Each kind of file, and its place; a database elsewhere is only named, for its address may be secret."""
    from sanctum_tui.twitch.store import tokens_path

    return (
        ("settings", paths.settings_file),
        ("database", "DATABASE_URL" if settings.database_url else paths.database),
        ("dashboards", paths.dashboards),
        ("ledgers", ledger_folder(settings, paths)),
        ("log", paths.log_file),
        ("themes", paths.config / "themes"),
        ("tokens", tokens_path(settings, paths)),
        ("state", paths.state),
    )
