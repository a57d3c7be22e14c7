"""Keys of the dashboard's editor, which work while the focus is in it."""

from sanctum_tui.ui.actions.registry import Action, Group, within

_IN = within("dashboard")

ACTIONS: tuple[Action, ...] = (
    Action(
        "dashboard.take_file", "ctrl+r", "take the file's", "Take the file's version in place of what was typed.",
        Group.DASHBOARD, "take_file", _IN, face="Ctrl+R", footer=False, pane="dashboard",
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
