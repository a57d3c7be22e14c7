"""``sanctum-tui live``: the console on a Twitch channel."""

from argparse import Namespace

from sanctum_tui.commands.console import open_console
from sanctum_tui.commands.setup import load_settings, start_log


def run(arguments: Namespace) -> int:
    paths, loaded = load_settings(arguments)
    start_log(paths, loaded.settings)
    from sanctum_tui.runtime.plan import LivePlan
    from sanctum_tui.twitch.addresses import addresses

    # A stand-in that cannot be one is told here, where it is still a plain line on the terminal.
    addresses(loaded.settings.twitch_server)
    return open_console(loaded, paths, LivePlan(dashboard=arguments.dashboard, fresh=arguments.fresh))
