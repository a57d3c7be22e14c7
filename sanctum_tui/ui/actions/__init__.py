"""Every key of the console, once: footer, help, palette and bindings read this registry. Pure."""

from sanctum_tui.ui.actions import agent, chat, dashboard, ledger, line, replay, screen, stream
from sanctum_tui.ui.actions.registry import NO_LINE, Action, Group, Moment

__all__ = ["ACTIONS", "BY_ID", "NO_LINE", "Action", "Group", "Moment", "fitting", "matching"]

ACTIONS: tuple[Action, ...] = (
    *line.ACTIONS,
    *agent.ACTIONS,
    *stream.ACTIONS,
    *replay.ACTIONS,
    *screen.ACTIONS,
    *chat.ACTIONS,
    *dashboard.ACTIONS,
    *ledger.ACTIONS,
)
"""In the order of the help screen, and of the footer."""

BY_ID = {action.id: action for action in ACTIONS}


def fitting(moment: Moment, *groups: Group) -> tuple[Action, ...]:
    """The keys that would do something now and have a place at the bottom of the screen, in order."""
    return tuple(
        action
        for action in ACTIONS
        if action.footer and action.when(moment) and (not groups or action.group in groups)
    )


def matching(query: str) -> tuple[Action, ...]:
    """The actions whose key, name or help has every word of a search."""
    words = query.lower().split()
    return tuple(
        action
        for action in ACTIONS
        if all(word in f"{action.shown_key} {action.label} {action.label_on} {action.help}".lower() for word in words)
    )
