"""Keys of the dashboard's editor, which work while the focus is in it."""

from sanctum_tui.ui.actions.registry import Action, Group, within

_IN = within("dashboard")

ACTIONS: tuple[Action, ...] = (
    Action(
        "dashboard.take_file", "ctrl+r", "take the file's", "Take the file's version in place of what was typed.",
        Group.DASHBOARD, "take_file", _IN, face="Ctrl+R", footer=False, pane="dashboard",
    ),
    Action(
        "dashboard.template", "ctrl+t", "template…", "Start from a template: ours, or yours in config/templates.",
        Group.DASHBOARD, "want('template')", _IN, face="Ctrl+T", pane="dashboard",
    ),
    Action(
        "dashboard.earlier", "ctrl+o", "earlier…", "Start from the dashboard of an earlier evening.",
        Group.DASHBOARD, "want('earlier')", _IN, face="Ctrl+O", footer=False, pane="dashboard",
    ),
    Action(
        "dashboard.keep", "ctrl+g", "keep the draft", "Save a draft that was started from, as it stands.",
        Group.DASHBOARD, "keep", _IN, face="Ctrl+G", footer=False, pane="dashboard",
    ),
    Action(
        "dashboard.outside", "ctrl+e", "your editor",
        "Open the file in $VISUAL or $EDITOR, in a window or a tmux pane; else its path is copied.",
        Group.DASHBOARD, "want('editor')", _IN, face="Ctrl+E", footer=False, pane="dashboard",
    ),
    Action(
        "dashboard.undo", "ctrl+z", "undo", "Take back the last edit, or a draft that was started from.",
        Group.DASHBOARD, "undo", _IN, face="Ctrl+Z", footer=False, pane="dashboard",
    ),
    Action(
        "dashboard.redo", "ctrl+y", "redo", "Make the edit again that was taken back.",
        Group.DASHBOARD, "redo", _IN, face="Ctrl+Y", footer=False, pane="dashboard",
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
