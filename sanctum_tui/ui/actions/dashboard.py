"""Keys of the dashboard, which work while the focus is in it, whether it is read or written."""

from sanctum_tui.ui.actions.registry import Action, Group, within

_IN = within("dashboard")

ACTIONS: tuple[Action, ...] = (
    Action(
        "dashboard.write", "enter", "write", "Write in the dashboard; until then it is there to be read.",
        Group.DASHBOARD, "write", lambda moment: _IN(moment) and not moment.typing, face="Enter", pane="dashboard",
    ),
    Action(
        "dashboard.read", "escape", "end writing", "End writing; again, to leave the dashboard.",
        Group.DASHBOARD, "read", lambda moment: _IN(moment) and moment.typing, face="Esc", footer=False,
        pane="dashboard",
    ),
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
