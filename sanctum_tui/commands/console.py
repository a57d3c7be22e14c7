"""``sanctum-tui``: the console, with the sample evenings to choose from."""

from argparse import Namespace

from sanctum_tui.commands.setup import load_settings, start_log


def run(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    from sanctum_tui.ui.app import SanctumApp

    app = SanctumApp(loaded.settings, paths, None)
    app.run()
    return app.return_code or 0
