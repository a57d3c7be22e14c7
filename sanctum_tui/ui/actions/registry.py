"""What a key is: its name, what it does, where and when it fits, and what to say where it does not. Pure."""

from collections.abc import Callable, Collection
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
    CHAT = "In the chat"
    DASHBOARD = "In the dashboard"
    LEDGER = "In the ledger"


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
    private: bool = False
    """What should not be on stream is hidden."""
    big: bool = False
    """Everything is in large type."""
    pane: str = ""
    """Id of the pane that has the focus."""


@dataclass(frozen=True, slots=True)
class Action:
    """One key: what it is called, what it does, when it fits, and what to say where it does not."""

    id: str
    key: str
    """As Textual names it; several with commas between them, the first of which is shown."""
    label: str
    help: str
    group: Group
    handler: str
    """Where the handler is: ``review.approve`` is the method ``approve`` of the app's review keys.

    For a key of a pane it is the pane's own action, as Textual writes it: ``older(1)``.
    """
    when: Callable[[Moment], bool]
    otherwise: str = "There is no evening yet."
    """Said where it does not fit: why, and what would."""
    face: str = ""
    """The key as it is written for people, where that is not `key`."""
    on: Callable[[Moment], bool] | None = None
    """Whether it would now switch something back; then it is called `label_on`."""
    label_on: str = ""
    footer: bool = True
    at_the_end: bool = False
    """Of use once the evening has ended: then it stands in the footer before all else."""
    pane: str = ""
    """Id of the pane in which alone the key works; empty: everywhere."""
    over_dialogs: bool = False
    """The key works in dialogs too, where it is not typed as a letter."""

    @property
    def shown_key(self) -> str:
        return self.face or self.keys[0]

    @property
    def keys(self) -> tuple[str, ...]:
        """All its keys, as Textual names them."""
        return tuple(self.key.split(","))

    def in_footer(self, moment: Moment) -> bool:
        """Whether it has a place at the bottom of the screen, if it fits."""
        return self.footer or (self.at_the_end and has_ended(moment))

    def label_at(self, moment: Moment) -> str:
        """What it would do if it were pressed now."""
        return self.label_on if self.on is not None and self.on(moment) else self.label


NO_LINE = "No line waits for that key; the card says how it stands, and p shows what the agent would say."
NOT_LIVE = "This evening plays from a log; nothing here reaches a stream."
NO_REPLAY = "Only a replay can be paced, and there is none."
OVER = "The evening is not playing; there is nothing to change."


def with_card(states: Collection[PromptState]) -> Callable[[Moment], bool]:
    """While the evening goes on, and the card's line is in one of these states."""
    return lambda moment: moment.playing and moment.card in states


def always(moment: Moment) -> bool:
    return True


def is_open(moment: Moment) -> bool:
    """An evening is on the screen."""
    return moment.open


def has_ended(moment: Moment) -> bool:
    """The evening on the screen is over."""
    return moment.open and not moment.playing


def is_playing(moment: Moment) -> bool:
    """The evening goes on."""
    return moment.playing


def on_twitch(moment: Moment) -> bool:
    """The evening goes on, and it is a live one."""
    return moment.playing and moment.live


def on_a_log(moment: Moment) -> bool:
    """The evening goes on, and it plays from a log."""
    return moment.playing and not moment.live


def within(pane: str) -> Callable[[Moment], bool]:
    """The focus is in this pane."""
    return lambda moment: moment.pane == pane
