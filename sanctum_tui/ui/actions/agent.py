"""Keys of the agent and of what it writes with."""

from sanctum_tui.ui.actions.registry import OVER, Action, Group, is_open, is_playing

ACTIONS: tuple[Action, ...] = (
    Action(
        "agent.mute", "m", "mute", "Mute the agent: nothing is drafted or posted until you unmute it.",
        Group.AGENT, "agent.mute", lambda moment: moment.playing or moment.live, OVER,
        on=lambda moment: moment.muted, label_on="unmute",
    ),
    Action(
        "agent.let_it_be", "l", "let it be", "Keep the agent quiet for LET_IT_BE_MINUTES; again, to end that.",
        Group.AGENT, "agent.let_it_be", is_playing, OVER, on=lambda moment: moment.letting_be,
        label_on="end the silence",
    ),
    Action(
        "agent.let_it_be_for", "L", "let it be for…", "Keep the agent quiet for as many minutes as you say.",
        Group.AGENT, "agent.let_it_be_for", is_playing, OVER, footer=False,
    ),
    Action(
        "agent.preview", "p", "preview", "Show what it would say now; nothing is sent, recorded or moved.",
        Group.AGENT, "agent.preview", is_playing, OVER,
    ),
    Action(
        "agent.why", "t", "why?", "Tell the decision's whole story: its numbers, and what would change it.",
        Group.AGENT, "agent.why", is_open,
    ),
    Action(
        "agent.keep", "k", "keep moment", "Keep this moment for the ledger.",
        Group.AGENT, "agent.keep", is_playing, OVER,
    ),
    Action(
        "agent.keep_with", "K", "keep, with a note…", "Keep this moment for the ledger, with a note.",
        Group.AGENT, "agent.keep_with", is_playing, OVER, footer=False,
    ),
    Action(
        "agent.ledger", "w", "write ledger", "Write the ledger as it stands now to EXPORT_PATH.",
        Group.AGENT, "agent.ledger", is_open, footer=False, at_the_end=True,
    ),
    Action(
        "words.models", "M", "models…", "Show the models that write, how they stand, and what they cost tonight.",
        Group.AGENT, "words.models", is_open, footer=False,
    ),
    Action(
        "words.notes", "N", "standing notes…", "Show what your reasons for skips have taught, to edit or remove it.",
        Group.AGENT, "words.notes", is_open, footer=False,
    ),
    Action(
        "words.plan", "D", "draft a plan…", "Draft tonight's dashboard from a short form, to look at and to take.",
        Group.AGENT, "words.plan", is_playing, OVER, footer=False,
    ),
    Action(
        "agent.setting", "colon", "setting…", "Change a setting for this evening, written NAME=VALUE.",
        Group.AGENT, "agent.setting", is_open, face=":", footer=False,
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
