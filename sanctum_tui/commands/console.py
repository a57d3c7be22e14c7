"""``sanctum-tui``: the console, with the sample evenings to choose from."""

import gc
import os
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from sanctum_tui.commands.setup import load_settings, start_log
from sanctum_tui.errors import NotReadyError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Loaded

if TYPE_CHECKING:
    from sanctum_tui.runtime.plan import AnyPlan


def run(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    return open_console(loaded, paths, None)


def open_console(loaded: Loaded, paths: Paths, plan: "AnyPlan | None") -> int:
    """The console on an evening, or on the choice of one; its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        from sanctum_tui.runtime.plan import Plan

        if isinstance(plan, Plan):
            from sanctum_tui.replay.formats import open_log

            # A log that cannot be read is the better reason to give.
            open_log(plan.log, pace=plan.pace)
        raise NotReadyError("The console needs a terminal; without one, use `sanctum-tui replay FILE --headless`.")
    # Read by Textual when it is imported. It repaints only what has changed, and the panes bound themselves;
    # at its usual 60 a second, what a key changes is seen up to two frames late.
    os.environ.setdefault("TEXTUAL_FPS", "240")
    # Until the first paint everything that is made stays: looking for garbage would only delay it.
    gc.disable()
    from sanctum_tui.ui.app import SanctumApp

    app = SanctumApp(loaded.settings, paths, plan, sources=loaded.sources, warnings=loaded.warnings)
    app.run()
    return app.return_code or 0
