"""Every key of the console, once: footer, help, palette and bindings read this registry. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sanctum_tui.evening import PromptState


class Group(StrEnum):
    """Keys that belong together, in the order of the help screen."""

    LINE = "The waiting line"
    AGENT = "The agent"
    STREAM = "The stream"
    REPLAY = "The replay"
    SCREEN = "The screen"


@dataclass(frozen=True, slots=True)
class Moment:
    """As much of the evening as decides which keys fit."""

    open: bool = False
    """An evening is on the screen."""
    playing: bool = False
    """It goes on: the log has not ended."""
    card: PromptState | None = None
    """State of the line that the card shows."""
    undoable: bool = False
    muted: bool = False
    letting_be: bool = False
    live: bool = False
    """It is on Twitch, not on a log."""
    testing: bool = False
    """Offline test mode is on."""
    paused: bool = False
    zoomed: bool = False
    typing: bool = False
    """Letters go into an editor, not to the keys."""


@dataclass(frozen=True, slots=True)
class Action:
    """One key: what it is called, what it does, when it fits, and what to say where it does not."""

    id: str
    key: str
    """As Textual names it."""
    label: str
    help: str
    group: Group
    handler: str
    """Where the handler is: ``review.approve`` is the method ``approve`` of the app's review keys."""
    when: Callable[[Moment], bool]
    otherwise: str = "There is no evening yet."
    """Said where it does not fit: why, and what would."""
    face: str = ""
    """The key as it is written for people, where that is not `key`."""
    on: Callable[[Moment], bool] | None = None
    """Whether it would now switch something back; then it is called `label_on`."""
    label_on: str = ""
    footer: bool = True

    @property
    def shown_key(self) -> str:
        return self.face or self.key

    def label_at(self, moment: Moment) -> str:
        """What it would do if it were pressed now."""
        return self.label_on if self.on is not None and self.on(moment) else self.label


_S = PromptState
_APPROVABLE = frozenset({_S.PENDING, _S.HELD, _S.FAILED})
_EDITABLE = _APPROVABLE | {_S.REJECTED}
_SKIPPABLE = _EDITABLE
_REDRAFTABLE = frozenset({_S.PENDING, _S.HELD, _S.REJECTED})
NO_LINE = "No line waits for that key; the card says how it stands, and p shows what the agent would say."


def _card(states: frozenset[PromptState]) -> Callable[[Moment], bool]:
    return lambda moment: moment.playing and moment.card in states


def _always(moment: Moment) -> bool:
    return True


def _open(moment: Moment) -> bool:
    return moment.open


def _playing(moment: Moment) -> bool:
    return moment.playing


def _on_twitch(moment: Moment) -> bool:
    return moment.playing and moment.live


def _on_a_log(moment: Moment) -> bool:
    return moment.playing and not moment.live


_NOT_LIVE = "This evening plays from a log; nothing here reaches a stream."
_NO_REPLAY = "Only a replay can be paced, and there is none."
_OVER = "The evening is not playing; there is nothing to change."

ACTIONS: tuple[Action, ...] = (
    Action(
        "review.approve", "a", "approve", "Post exactly the text on the card, after a few seconds to take it back.",
        Group.LINE, "review.approve", _card(_APPROVABLE), NO_LINE,
    ),
    Action(
        "review.edit", "e", "edit", "Edit the line in place; Enter approves exactly what you wrote, Escape leaves.",
        Group.LINE, "review.edit", _card(_EDITABLE), NO_LINE,
    ),
    Action(
        "review.skip", "s", "skip", "Let the line go at once.",
        Group.LINE, "review.skip", _card(_SKIPPABLE), NO_LINE,
    ),
    Action(
        "review.skip_because", "S", "skip, because…", "Let the line go, with a reason for the ledger.",
        Group.LINE, "review.skip_because", _card(_SKIPPABLE), NO_LINE, footer=False,
    ),
    Action(
        "review.redraft", "r", "anew", "Draft another line in its place.",
        Group.LINE, "review.redraft", _card(_REDRAFTABLE), NO_LINE,
    ),
    Action(
        "review.redraft_with", "R", "anew, with a note…", "Draft another line, with a note of what you would like.",
        Group.LINE, "review.redraft_with", _card(_REDRAFTABLE), NO_LINE, footer=False,
    ),
    Action(
        "review.hold", "h", "hold", "Keep the line for later: it neither goes stale nor goes out by itself.",
        Group.LINE, "review.hold", _card(frozenset({_S.PENDING})), NO_LINE,
    ),
    Action(
        "review.undo", "u", "undo", "Take back your last yes before it goes out, or your last skip.",
        Group.LINE, "review.undo", lambda moment: moment.playing and moment.undoable,
        "There is nothing to take back.",
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
    Action(
        "agent.mute", "m", "mute", "Mute the agent: nothing is drafted or posted until you unmute it.",
        Group.AGENT, "agent.mute", _open, on=lambda moment: moment.muted, label_on="unmute",
    ),
    Action(
        "agent.let_it_be", "l", "let it be", "Keep the agent quiet for LET_IT_BE_MINUTES; again, to end that.",
        Group.AGENT, "agent.let_it_be", _playing, _OVER, on=lambda moment: moment.letting_be,
        label_on="end the silence",
    ),
    Action(
        "agent.let_it_be_for", "L", "let it be for…", "Keep the agent quiet for as many minutes as you say.",
        Group.AGENT, "agent.let_it_be_for", _playing, _OVER, footer=False,
    ),
    Action(
        "agent.preview", "p", "preview", "Show what it would say now; nothing is sent, recorded or moved.",
        Group.AGENT, "agent.preview", _open,
    ),
    Action(
        "agent.why", "t", "why?", "Tell the decision's whole story: its numbers, and what would change it.",
        Group.AGENT, "agent.why", _open,
    ),
    Action(
        "agent.keep", "k", "keep moment", "Keep this moment for the ledger.",
        Group.AGENT, "agent.keep", _playing, _OVER,
    ),
    Action(
        "agent.keep_with", "K", "keep, with a note…", "Keep this moment for the ledger, with a note.",
        Group.AGENT, "agent.keep_with", _playing, _OVER, footer=False,
    ),
    Action(
        "agent.ledger", "w", "write ledger", "Write the ledger as it stands now to EXPORT_PATH.",
        Group.AGENT, "agent.ledger", _open, footer=False,
    ),
    Action(
        "words.models", "M", "models…", "Show the models that write, how they stand, and what they cost tonight.",
        Group.AGENT, "words.models", _open, footer=False,
    ),
    Action(
        "words.notes", "N", "standing notes…", "Show what your reasons for skips have taught, to edit or remove it.",
        Group.AGENT, "words.notes", _open, footer=False,
    ),
    Action(
        "words.plan", "D", "draft a plan…", "Draft tonight's dashboard from a short form, to look at and to take.",
        Group.AGENT, "words.plan", _playing, _OVER, footer=False,
    ),
    Action(
        "agent.setting", "colon", "setting…", "Change a setting for this evening, written NAME=VALUE.",
        Group.AGENT, "agent.setting", _open, face=":", footer=False,
    ),
    Action(
        "stream.info", "i", "title…", "Set the stream's title and category from the dashboard, after a look at both.",
        Group.STREAM, "stream.info", _on_twitch, _NOT_LIVE,
    ),
    Action(
        "stream.notification", "g", "go-live text…", "Copy the dashboard's go-live notification, after a look at it.",
        Group.STREAM, "stream.notification", _open, footer=False,
    ),
    Action(
        "stream.social", "G", "social post…", "Copy the dashboard's social post, after a look at it.",
        Group.STREAM, "stream.social", _open, footer=False,
    ),
    Action(
        "stream.test_mode", "o", "offline test mode", "Post approved lines also while the stream is off; or end it.",
        Group.STREAM, "stream.test_mode", _on_twitch, _NOT_LIVE, on=lambda moment: moment.testing,
        label_on="end the test mode", footer=False,
    ),
    Action(
        "stream.retry", "c", "connect now", "Try the connection to Twitch now, or log in anew where that is needed.",
        Group.STREAM, "stream.retry", _on_twitch, _NOT_LIVE, footer=False,
    ),
    Action(
        "stream.end", "E", "end evening…", "End the evening here and write its ledger; on Twitch another begins.",
        Group.STREAM, "stream.end", _playing, _OVER, footer=False,
    ),
    Action(
        "replay.pause", "space", "pause", "Let the replay stand still, clock and all; again, to go on.",
        Group.REPLAY, "replay.pause", _on_a_log, _NO_REPLAY, on=lambda moment: moment.paused, label_on="go on",
    ),
    Action(
        "replay.slower", "left_square_bracket", "slower", "Play slower.",
        Group.REPLAY, "replay.slower", _on_a_log, _NO_REPLAY, face="[", footer=False,
    ),
    Action(
        "replay.faster", "right_square_bracket", "faster", "Play faster: 1, 2, 5, 10, 30, 60 times, or all it can.",
        Group.REPLAY, "replay.faster", _on_a_log, _NO_REPLAY, face="]", footer=False,
    ),
    Action(
        "screen.chat", "1", "chat", "Go to the chat.",
        Group.SCREEN, "screen.chat", _always, footer=False,
    ),
    Action(
        "screen.silence", "2", "silence", "Go to the silence timer.",
        Group.SCREEN, "screen.silence", _always, footer=False,
    ),
    Action(
        "screen.review", "3", "review", "Go to the waiting line.",
        Group.SCREEN, "screen.review", _always, footer=False,
    ),
    Action(
        "screen.dashboard", "4", "dashboard", "Go to tonight's dashboard; on a small screen it comes to the front.",
        Group.SCREEN, "screen.dashboard", _open, footer=False,
    ),
    Action(
        "screen.ledger", "5", "ledger", "Go to the ledger; on a small screen it comes to the front.",
        Group.SCREEN, "screen.ledger", _open, footer=False,
    ),
    Action(
        "screen.zoom", "z", "zoom", "Give the pane you are in the whole screen; again, to give it back.",
        Group.SCREEN, "screen.zoom", _always, on=lambda moment: moment.zoomed, label_on="all panes",
    ),
    Action(
        "screen.back", "escape", "back", "Leave an editor or a pane in front, and go to the waiting line.",
        Group.SCREEN, "screen.back", _always, face="Esc", footer=False,
    ),
    Action(
        "screen.help", "question_mark", "help", "Show every key, searchable.",
        Group.SCREEN, "screen.help", _always, face="?",
    ),
    Action(
        "screen.palette", "ctrl+p", "palette", "Search every action by its name.",
        Group.SCREEN, "screen.palette", _always, face="Ctrl+P", footer=False,
    ),
    Action(
        "screen.quit", "q", "quit", "Quit; asks whether the evening ends here or is left to be gone on with.",
        Group.SCREEN, "screen.quit", _always,
    ),
)  # fmt: skip
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
