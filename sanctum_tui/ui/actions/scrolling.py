"""Keys that scroll half a page, alike in the chat and in the ledger."""

from sanctum_tui.ui.actions.registry import Action, Group, within

ACTIONS: tuple[Action, ...] = (
    Action(
        "chat.half_up", "ctrl+u", "half a page back", "Half a page back.",
        Group.CHAT, "half(-1)", within("chat"), face="Ctrl+U", footer=False, pane="chat",
    ),
    Action(
        "chat.half_down", "ctrl+d", "half a page on", "Half a page on.",
        Group.CHAT, "half(1)", within("chat"), face="Ctrl+D", footer=False, pane="chat",
    ),
    Action(
        "ledger.half_up", "ctrl+u", "half a page up", "Half a page up.",
        Group.LEDGER, "half(-1)", within("ledger"), face="Ctrl+U", footer=False, pane="ledger",
    ),
    Action(
        "ledger.half_down", "ctrl+d", "half a page down", "Half a page down.",
        Group.LEDGER, "half(1)", within("ledger"), face="Ctrl+D", footer=False, pane="ledger",
    ),
)  # fmt: skip
"""In the order of the help screen."""
