"""Every key of the console, once. What the operator's own keys make of it is a `Keyboard`. Pure."""

from sanctum_tui.ui.actions import agent, chat, dashboard, ledger, line, replay, screen, scrolling, stream
from sanctum_tui.ui.actions.registry import NO_LINE, Action, Group, Moment, has_ended

__all__ = ["ACTIONS", "BY_ID", "NO_LINE", "Action", "Group", "Moment", "has_ended"]

ACTIONS: tuple[Action, ...] = (
    *line.ACTIONS,
    *agent.ACTIONS,
    *stream.ACTIONS,
    *replay.ACTIONS,
    *screen.ACTIONS,
    *chat.ACTIONS,
    *dashboard.ACTIONS,
    *ledger.ACTIONS,
    *scrolling.ACTIONS,
)
"""In the order of the help screen, and of the footer."""

BY_ID = {action.id: action for action in ACTIONS}
