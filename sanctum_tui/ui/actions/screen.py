"""Keys of the screen."""

from sanctum_tui.ui.actions.registry import Action, Group, always, is_open

ACTIONS: tuple[Action, ...] = (
    Action(
        "screen.chat", "1", "chat", "Go to the chat.",
        Group.SCREEN, "screen.chat", always, footer=False,
    ),
    Action(
        "screen.silence", "2", "silence", "Go to the silence timer.",
        Group.SCREEN, "screen.silence", always, footer=False,
    ),
    Action(
        "screen.review", "3", "review", "Go to the waiting line.",
        Group.SCREEN, "screen.review", always, footer=False,
    ),
    Action(
        "screen.dashboard", "4", "dashboard", "Go to tonight's dashboard; on a small screen it comes to the front.",
        Group.SCREEN, "screen.dashboard", is_open, footer=False,
    ),
    Action(
        "screen.ledger", "5", "ledger", "Go to the ledger; on a small screen it comes to the front.",
        Group.SCREEN, "screen.ledger", is_open, footer=False, at_the_end=True,
    ),
    Action(
        "screen.zoom", "z", "zoom", "Give the pane you are in the whole screen; again, to give it back.",
        Group.SCREEN, "screen.zoom", always, on=lambda moment: moment.zoomed, label_on="all panes",
    ),
    Action(
        "screen.back", "escape", "back", "Leave an editor or a pane in front, and go to the waiting line.",
        Group.SCREEN, "screen.back", always, face="Esc", footer=False,
    ),
    Action(
        "look.layout", "W", "layout…", "Choose how the panes stand: narrow, standard, wide, portrait, or by size.",
        Group.SCREEN, "look.layout", always, footer=False,
    ),
    Action(
        "look.wider", "greater_than_sign", "wider", "Make the pane you are in wider; the one beside it gives way.",
        Group.SCREEN, "look.wider", always, face=">", footer=False,
    ),
    Action(
        "look.narrower", "less_than_sign", "narrower", "Make the pane you are in narrower.",
        Group.SCREEN, "look.narrower", always, face="<", footer=False,
    ),
    Action(
        "look.higher", "plus", "higher", "Make the pane you are in higher; the one below or above it gives way.",
        Group.SCREEN, "look.higher", always, face="+", footer=False,
    ),
    Action(
        "look.lower", "minus", "lower", "Make the pane you are in lower.",
        Group.SCREEN, "look.lower", always, face="-", footer=False,
    ),
    Action(
        "look.usual_sizes", "equals_sign", "usual sizes", "Give the panes of this layout their usual sizes again.",
        Group.SCREEN, "look.usual_sizes", always, face="=", footer=False,
    ),
    Action(
        "look.theme", "T", "theme…", "Choose the colours; they change as you move through the list.",
        Group.SCREEN, "look.theme", always, footer=False,
    ),
    Action(
        "look.big_text", "B", "large type", "Large type for a monitor that is far away; again, to end it.",
        Group.SCREEN, "look.big_text", always, on=lambda moment: moment.big, label_on="end large type", footer=False,
    ),
    Action(
        "look.private", "P", "private mode", "Hide what should not be on stream; again, to show it.",
        Group.SCREEN, "look.private", always, on=lambda moment: moment.private, label_on="end private mode",
        footer=False, over_dialogs=True,
    ),
    Action(
        "screens.sessions", "O", "earlier evenings…", "List the stored evenings, and read their ledgers.",
        Group.SCREEN, "screens.sessions", always, footer=False, at_the_end=True,
    ),
    Action(
        "screens.settings", "C", "settings…", "Show every setting with its source, and change what can change now.",
        Group.SCREEN, "screens.settings", always, footer=False,
    ),
    Action(
        "screens.setup", "U", "set up…", "Connect to Twitch, set up a model, or choose a folder for ledgers.",
        Group.SCREEN, "screens.setup", always, footer=False,
    ),
    Action(
        "screens.log", "X", "log…", "Show the log file's newest lines, by level, searchable, to copy.",
        Group.SCREEN, "screens.log", always, footer=False,
    ),
    Action(
        "screens.about", "I", "about…", "Tell which version this is, where its files are, and what it stands on.",
        Group.SCREEN, "screens.about", always, footer=False,
    ),
    Action(
        "screen.jump", "J,f2", "jump…", "Show a letter on every pane, which goes there; F2 does it in an editor too.",
        Group.SCREEN, "screen.jump", always, footer=False, over_dialogs=True,
    ),
    Action(
        "screen.help", "question_mark,f1", "help", "Show every key, searchable; F1 does it in an editor too.",
        Group.SCREEN, "screen.help", always, face="?", over_dialogs=True,
    ),
    Action(
        "screen.palette", "ctrl+p", "palette", "Search every action by its name.",
        Group.SCREEN, "screen.palette", always, face="Ctrl+P", footer=False,
    ),
    Action(
        "screen.quit", "q", "quit", "Quit; asks whether the evening ends here or is left to be gone on with.",
        Group.SCREEN, "screen.quit", always,
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
