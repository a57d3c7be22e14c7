"""Keys of the chat, nearly all of which work while the focus is in it."""

from sanctum_tui.ui.actions.registry import Action, Group, always, within

_IN = within("chat")

ACTIONS: tuple[Action, ...] = (
    Action(
        "chat.select", "v", "choose", "Choose a line; the arrows move the choice. Again, and they choose more lines.",
        Group.CHAT, "select", _IN, pane="chat",
    ),
    Action(
        "chat.extend_up", "shift+up", "choose one more", "Choose the line before as well.",
        Group.CHAT, "extend(-1)", _IN, face="Shift+↑", footer=False, pane="chat",
    ),
    Action(
        "chat.extend_down", "shift+down", "choose one more below", "Choose the line after it as well.",
        Group.CHAT, "extend(1)", _IN, face="Shift+↓", footer=False, pane="chat",
    ),
    Action(
        "chat.copy", "d,ctrl+c", "copy", "Copy the chosen lines, as [time] name: text.",
        Group.CHAT, "copy", _IN, footer=False, pane="chat",
    ),
    Action(
        "chat.person", "enter", "who is it", "Tell who wrote the chosen line: tonight, and in earlier evenings.",
        Group.CHAT, "person", _IN, face="Enter", footer=False, pane="chat",
    ),
    Action(
        "chat.filter", "f", "filter", "Show people only, then the agent, then flagged lines, then all again.",
        Group.CHAT, "filter", _IN, pane="chat",
    ),
    Action(
        "chat.search", "slash", "search…", "Show only lines of the evening with some words; name:mira for Mira's.",
        Group.CHAT, "search", _IN, face="/", pane="chat",
    ),
    Action(
        "chat.removed", "x", "removed words", "Show what was removed of the lines in sight; again, to hide it.",
        Group.CHAT, "removed", _IN, footer=False, pane="chat",
    ),
    Action(
        "chat.leave", "escape", "leave the choice", "Show all around the chosen line, or end the choice.",
        Group.CHAT, "leave", _IN, face="Esc", footer=False, pane="chat",
    ),
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
    Action(
        "chat.newest", "end", "newest of the chat",
        "From the timer or the card, too: to the newest line of the chat.",
        Group.CHAT, "chat.newest", always, face="End", footer=False,
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
