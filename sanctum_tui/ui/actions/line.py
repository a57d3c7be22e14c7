"""Keys of the line that waits."""

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions.registry import NO_LINE, OVER, Action, Group, Moment, has_ended, is_open, with_card

_S = PromptState
_APPROVABLE = frozenset({_S.PENDING, _S.HELD, _S.FAILED})
EDITABLE = _APPROVABLE | {_S.REJECTED}
"""A line that words may still be changed of."""
_SKIPPABLE = EDITABLE
_REDRAFTABLE = frozenset({_S.PENDING, _S.HELD, _S.REJECTED})
_STANDS = {
    _S.HELD: "It is held already; a posts it, s lets it go.",
    _S.APPROVED: "It is approved already; u takes it back.",
    _S.SENDING: "It is being posted at this moment.",
    _S.UNKNOWN: "It was sent, and nobody knows whether it arrived; y or n settles it.",
    _S.REJECTED: "The style guard refused it; e edits it, s lets it go.",
    _S.FAILED: "The room refused it; a tries it once more, s lets it go.",
}
"""What is said of a line for which a key does not fit."""


OPENING = "The evening is opening; press it again once it is here."


def unfit(action: Action, moment: Moment) -> str:
    """What to say where a key does not fit at this moment: for a line on the card how that stands."""
    if has_ended(moment) and action.group is Group.LINE:
        return OVER
    told = _STANDS.get(moment.card, "") if action.otherwise == NO_LINE and moment.card is not None else ""
    return told if told and moment.playing else action.otherwise


ACTIONS: tuple[Action, ...] = (
    Action(
        "review.approve", "a", "approve", "Post exactly the text on the card, after a few seconds to take it back.",
        Group.LINE, "review.approve", with_card(_APPROVABLE), NO_LINE,
    ),
    Action(
        "review.edit", "e", "edit", "Edit the line in place; Enter approves exactly what you wrote, Escape leaves.",
        Group.LINE, "review.edit", with_card(EDITABLE), NO_LINE,
    ),
    Action(
        "review.skip", "s", "skip", "Let the line go at once.",
        Group.LINE, "review.skip", with_card(_SKIPPABLE), NO_LINE,
    ),
    Action(
        "review.skip_because", "S", "skip, because…", "Let the line go, with a reason for the ledger.",
        Group.LINE, "review.skip_because", with_card(_SKIPPABLE), NO_LINE, footer=False,
    ),
    Action(
        "review.redraft", "r", "anew", "Draft another line in its place.",
        Group.LINE, "review.redraft", with_card(_REDRAFTABLE), NO_LINE,
    ),
    Action(
        "review.redraft_with", "R", "anew, with a note…", "Draft another line, with a note of what you would like.",
        Group.LINE, "review.redraft_with", with_card(_REDRAFTABLE), NO_LINE, footer=False,
    ),
    Action(
        "review.hold", "h", "hold", "Keep the line for later: it neither goes stale nor goes out by itself.",
        Group.LINE, "review.hold", with_card(frozenset({_S.PENDING})), NO_LINE,
    ),
    Action(
        "review.undo", "u", "undo", "Take back your last yes before it goes out, or your last skip.",
        Group.LINE, "review.undo", lambda moment: moment.playing and moment.undoable,
        "There is nothing to take back; and while a line waits, no older one comes back beside it.",
    ),
    Action(
        "review.lines", "b", "tonight's lines…", "List all lines of tonight; search them, skip several at once.",
        Group.LINE, "review.lines", is_open, footer=False,
    ),
    Action(
        "review.settle_posted", "y", "it was posted", "Say that a line whose answer was lost is in the room.",
        Group.LINE, "review.settle_posted", lambda moment: moment.open and moment.card is _S.UNKNOWN,
        "No line's outcome is unknown.",
    ),
    Action(
        "review.settle_lost", "n", "it was not", "Say that a line whose answer was lost is not in the room.",
        Group.LINE, "review.settle_lost", lambda moment: moment.open and moment.card is _S.UNKNOWN,
        "No line's outcome is unknown.",
    ),
)  # fmt: skip
"""In the order of the help screen, and of the footer."""
