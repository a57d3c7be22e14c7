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
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
