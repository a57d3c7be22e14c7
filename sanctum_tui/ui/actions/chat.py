"""Keys of the chat, which work while the focus is in it."""

from sanctum_tui.ui.actions.registry import Action, Group, within

_IN = within("chat")

ACTIONS: tuple[Action, ...] = (
    Action(
        "chat.up", "up", "older", "One row back.",
        Group.CHAT, "older(1)", _IN, face="↑", footer=False, pane="chat",
    ),
    Action(
        "chat.down", "down", "newer", "One row on.",
        Group.CHAT, "newer(1)", _IN, face="↓", footer=False, pane="chat",
    ),
    Action(
        "chat.pageup", "pageup", "page back", "One page back.",
        Group.CHAT, "page(-1)", _IN, face="PgUp", footer=False, pane="chat",
    ),
    Action(
        "chat.pagedown", "pagedown", "page on", "One page on.",
        Group.CHAT, "page(1)", _IN, face="PgDn", footer=False, pane="chat",
    ),
    Action(
        "chat.home", "home", "first line", "To the first line of the evening.",
        Group.CHAT, "oldest", _IN, face="Home", footer=False, pane="chat",
    ),
    Action(
        "chat.end", "end", "newest line", "To the newest line, and follow the room again.",
        Group.CHAT, "newest", _IN, face="End", footer=False, pane="chat",
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
