"""Keys of the ledger's reader, which work while the focus is in it."""

from sanctum_tui.ui.actions.registry import Action, Group, within

_IN = within("ledger")

ACTIONS: tuple[Action, ...] = (
    Action(
        "ledger.up", "up", "up", "One row up.",
        Group.LEDGER, "rows(-1)", _IN, face="↑", footer=False, pane="ledger",
    ),
    Action(
        "ledger.down", "down", "down", "One row down.",
        Group.LEDGER, "rows(1)", _IN, face="↓", footer=False, pane="ledger",
    ),
    Action(
        "ledger.pageup", "pageup", "page up", "One page up.",
        Group.LEDGER, "pages(-1)", _IN, face="PgUp", footer=False, pane="ledger",
    ),
    Action(
        "ledger.pagedown", "pagedown", "page down", "One page down.",
        Group.LEDGER, "pages(1)", _IN, face="PgDn", footer=False, pane="ledger",
    ),
    Action(
        "ledger.home", "home", "beginning", "To its beginning.",
        Group.LEDGER, "first", _IN, face="Home", footer=False, pane="ledger",
    ),
    Action(
        "ledger.end", "end", "end", "To its end.",
        Group.LEDGER, "last", _IN, face="End", footer=False, pane="ledger",
    ),
    Action(
        "ledger.heading", "full_stop", "next heading", "To the next heading.",
        Group.LEDGER, "heading(1)", _IN, face=".", footer=False, pane="ledger",
    ),
    Action(
        "ledger.heading_before", "comma", "heading before", "To the heading before.",
        Group.LEDGER, "heading(-1)", _IN, face=",", footer=False, pane="ledger",
    ),
    Action(
        "ledger.earlier", "left", "earlier ledger", "To the ledger of an earlier evening.",
        Group.LEDGER, "turn(1)", _IN, face="←", footer=False, pane="ledger",
    ),
    Action(
        "ledger.later", "right", "later ledger", "To the ledger of a later evening; tonight's is the last.",
        Group.LEDGER, "turn(-1)", _IN, face="→", footer=False, pane="ledger",
    ),
    Action(
        "ledger.find", "slash", "find", "Look for words in the ledger; they are marked as you type.",
        Group.LEDGER, "find", _IN, face="/", pane="ledger",
    ),
    Action(
        "ledger.found", "f", "next found", "To the next place that was found.",
        Group.LEDGER, "found(1)", _IN, footer=False, pane="ledger",
    ),
    Action(
        "ledger.found_before", "F", "found before", "To the place before that was found.",
        Group.LEDGER, "found(-1)", _IN, footer=False, pane="ledger",
    ),
    Action(
        "ledger.outline", "d", "outline…", "List the headings, and go to one of them.",
        Group.LEDGER, "outline", _IN, pane="ledger",
    ),
    Action(
        "ledger.moment", "v", "next time", "Choose the next time that the ledger tells.",
        Group.LEDGER, "moment(1)", _IN, footer=False, pane="ledger",
    ),
    Action(
        "ledger.moment_before", "V", "time before", "Choose the time before.",
        Group.LEDGER, "moment(-1)", _IN, footer=False, pane="ledger",
    ),
    Action(
        "ledger.chat", "enter", "chat then",
        "Show the chat as it was at the chosen time, or at the first one in sight.",
        Group.LEDGER, "chat", _IN, face="Enter", pane="ledger",
    ),
    Action(
        "ledger.leave", "escape", "end the search", "End the search, or choose no time; again, to leave the ledger.",
        Group.LEDGER, "leave", _IN, face="Esc", footer=False, pane="ledger",
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
