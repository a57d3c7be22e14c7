"""Keys of a replay."""

from sanctum_tui.ui.actions.registry import NO_REPLAY, Action, Group, on_a_log

ACTIONS: tuple[Action, ...] = (
    Action(
        "replay.pause", "space", "pause", "Let the replay stand still, clock and all; again, to go on.",
        Group.REPLAY, "replay.pause", on_a_log, NO_REPLAY, on=lambda moment: moment.paused, label_on="go on",
    ),
    Action(
        "replay.slower", "left_square_bracket", "slower", "Play slower.",
        Group.REPLAY, "replay.slower", on_a_log, NO_REPLAY, face="[", footer=False,
    ),
    Action(
        "replay.faster", "right_square_bracket", "faster", "Play faster: 1, 2, 5, 10, 30, 60 times, or all it can.",
        Group.REPLAY, "replay.faster", on_a_log, NO_REPLAY, face="]", footer=False,
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
