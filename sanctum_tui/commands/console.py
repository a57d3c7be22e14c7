"""``sanctum-tui``: the console, with the sample evenings to choose from."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.errors import NotReadyError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings

if TYPE_CHECKING:
    from sanctum_tui.runtime.plan import Plan


def run(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    return open_console(loaded.settings, paths, None)


def open_console(settings: Settings, paths: Paths, plan: "Plan | None") -> int:
    """The console on an evening, or on the choice of one; its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NotReadyError("The console needs a terminal; without one, use `sanctum-tui replay FILE --headless`.")
    from sanctum_tui.ui.app import SanctumApp

    app = SanctumApp(settings, paths, plan)
    app.run()
    return app.return_code or 0
