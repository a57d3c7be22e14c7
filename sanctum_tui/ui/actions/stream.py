"""Keys of the stream."""

from sanctum_tui.ui.actions.registry import NOT_LIVE, OVER, Action, Group, is_open, is_playing, on_twitch

ACTIONS: tuple[Action, ...] = (
    Action(
        "stream.info", "i", "title…", "Set the stream's title and category from the dashboard, after a look at both.",
        Group.STREAM, "stream.info", on_twitch, NOT_LIVE,
    ),
    Action(
        "stream.notification", "g", "go-live text…", "Copy the dashboard's go-live notification, after a look at it.",
        Group.STREAM, "stream.notification", is_open, footer=False,
    ),
    Action(
        "stream.social", "G", "social post…", "Copy the dashboard's social post, after a look at it.",
        Group.STREAM, "stream.social", is_open, footer=False,
    ),
    Action(
        "stream.test_mode", "o", "offline test mode", "Post approved lines also while the stream is off; or end it.",
        Group.STREAM, "stream.test_mode", on_twitch, NOT_LIVE, on=lambda moment: moment.testing,
        label_on="end the test mode", footer=False,
    ),
    Action(
        "stream.retry", "c", "connect now", "Try the connection to Twitch now, or log in anew where that is needed.",
        Group.STREAM, "stream.retry", on_twitch, NOT_LIVE, footer=False,
    ),
    Action(
        "stream.end", "E", "end evening…", "End the evening here and write its ledger; on Twitch another begins.",
        Group.STREAM, "stream.end", is_playing, OVER, footer=False,
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
