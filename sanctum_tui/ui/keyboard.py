"""Which key does what: the registry with the operator's key map and vim's letters put over it. Pure.

Footer, help, palette, the card and Textual's bindings all read one `Keyboard`, so that what is shown works.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from sanctum_tui.errors import BadInputError
from sanctum_tui.settings.nearest import nearest
from sanctum_tui.text import clean_line
from sanctum_tui.ui.actions import ACTIONS, Action, Group, Moment, has_ended
from sanctum_tui.ui.keynames import face_of, key_named

VIM = {"up": "k", "down": "j", "home": "g", "end": "G"}
"""Letters that scroll, by the last part of the ids of what they do."""
VIM_PANES = ("chat", "ledger")
LAYERED = frozenset({"escape", "end"})
"""Keys that mean whatever is innermost: a pane may have one of its own before the app's."""
_PLACES = {"chat": "the chat", "silence": "the timer", "review": "the card", "ledger": "the ledger"}
_EDITORS = frozenset({"dashboard"})
"""Panes that take letters as text."""
_BEFORE_EDITORS = frozenset({"screen.palette"})
"""What comes before whatever has the focus; as a letter, it could not be typed any more."""
_RESERVED = {
    "tab": "goes from pane to pane",
    "shift+tab": "goes from pane to pane",
    "ctrl+q": "always quits",
    "ctrl+c": "copies, or tells how to quit",
}


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Every action with the keys it has on this console."""

    actions: tuple[Action, ...] = ACTIONS
    by_id: Mapping[str, Action] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {action.id: action for action in self.actions})

    def fitting(self, moment: Moment, *groups: Group) -> tuple[Action, ...]:
        """The keys that would do something now and have a place at the bottom of the screen.

        Those of the pane that has the focus come first, and after the end what is of use then; a key that the pane
        has for itself is no other's there.
        """
        taken = self.taken_in(moment.pane)
        found = [
            action
            for action in self.actions
            if action.in_footer(moment)
            and action.when(moment)
            and (not groups or action.group in groups)
            and (action.pane or action.keys[0] not in taken)
        ]
        ended = has_ended(moment)
        return tuple(sorted(found, key=lambda action: (not action.pane, not (ended and action.at_the_end))))

    def matching(self, query: str) -> tuple[Action, ...]:
        """The actions whose key, name, id or help has every word of a search."""
        words = query.lower().split()
        return tuple(action for action in self.actions if all(word in _told(action) for word in words))

    def taken_in(self, pane: str) -> frozenset[str]:
        """Keys that a pane has for itself."""
        return frozenset(key for action in self.actions if pane and action.pane == pane for key in action.keys)

    def anywhere(self, key: str, *, dialog: bool) -> Action | None:
        """What a key does whatever has the focus; over a `dialog` only what works there too."""
        found = (action for action in self.actions if key in action.keys and not action.pane)
        return next((action for action in found if action.over_dialogs or not dialog), None)

    def in_panes(self, key: str) -> tuple[Action, ...]:
        """What a key does in panes that have it for themselves."""
        return tuple(action for action in self.actions if action.pane and key in action.keys)

    @property
    def keymap(self) -> dict[str, str]:
        """What differs from the registry, by the ids of the bindings, as Textual takes it."""
        before = {action.id: action.key for action in ACTIONS}
        return {action.id: action.key for action in self.actions if action.key != before.get(action.id)}


def keyboard_of(keymap: Sequence[str], *, vim_keys: bool) -> Keyboard:
    """The registry with these ``ID=KEY`` put over it.

    Raises BadInputError, one sentence, for an id or a key that there is not, and for two actions on one key.
    """
    own = _read(keymap)
    given = frozenset(key for keys in own.values() for key in keys)
    actions = [_moved(action, own[action.id]) if action.id in own else _yielding(action, given) for action in ACTIONS]
    if vim_keys:
        actions = _with_vim(actions)
    for first, second in combinations(actions, 2):
        if (vim_keys or own.keys() & {first.id, second.id}) and (said := _clash(first, second)):
            raise BadInputError(said)
    for action in actions:
        works_in_editors = action.pane in _EDITORS or action.id in _BEFORE_EDITORS
        if works_in_editors and action.id in own and any(_types(key) for key in action.keys):
            raise BadInputError(
                f"KEYMAP puts {action.id} on {action.shown_key}, which an editor takes as text; "
                "choose a key with Ctrl, or a function key."
            )
    return Keyboard(tuple(actions))


def keymap_trouble(keymap: Sequence[str], *, vim_keys: bool) -> str:
    """What is the matter with a key map, in one sentence; empty where nothing is."""
    try:
        keyboard_of(keymap, vim_keys=vim_keys)
    except BadInputError as error:
        return error.sentence
    return ""


def _read(keymap: Sequence[str]) -> dict[str, list[str]]:
    """The keys by id; an id that stands there more than once has several."""
    ids = [action.id for action in ACTIONS]
    own: dict[str, list[str]] = {}
    for entry in map(clean_line, keymap):
        id, equals, written = (part.strip() for part in entry.partition("="))
        if not equals or not id or not written:
            raise BadInputError(f"KEYMAP has “{entry}”, which is not ID=KEY; write it as in screen.zoom=f5.")
        if id not in ids:
            near = nearest(id, ids)
            hint = f"did you mean {near}?" if near else "the help (?) finds every id."
            raise BadInputError(f"KEYMAP names {id}, and there is no such action; {hint}")
        key, why = key_named(written)
        if why:
            raise BadInputError(f"KEYMAP gives {id} the key “{written}”, {why}")
        if key in _RESERVED and key not in _default(id).keys:
            raise BadInputError(
                f"KEYMAP gives {id} the key {face_of(key)}, which {_RESERVED[key]}; choose another one."
            )
        own.setdefault(id, []).append(key)
    return own


def _default(id: str) -> Action:
    return next(action for action in ACTIONS if action.id == id)


def _moved(action: Action, keys: Sequence[str]) -> Action:
    return replace(action, key=",".join(dict.fromkeys(keys)), face=face_of(keys[0]))


def _yielding(action: Action, given: frozenset[str]) -> Action:
    """An action that has several keys does without those that another one is given."""
    left = [key for key in action.keys if key not in given]
    if not left or len(left) == len(action.keys):
        return action
    return replace(action, key=",".join(left), face=action.face if left[0] == action.keys[0] else face_of(left[0]))


def _with_vim(actions: Sequence[Action]) -> list[Action]:
    """The letters as further keys of the panes, and a word about it where one does something else elsewhere."""
    letters = {f"{pane}.{what}": letter for pane in VIM_PANES for what, letter in VIM.items()}
    hidden = frozenset(VIM.values())
    places = " and ".join(_PLACES[pane] for pane in VIM_PANES)
    with_letters = []
    for action in actions:
        if letter := letters.get(action.id, ""):
            own = [key for key in action.keys if key != letter]
            action = replace(action, key=",".join([*own, letter]), face=f"{action.shown_key} {letter}")
        elif not action.pane and hidden.intersection(action.keys):
            action = replace(action, help=f"{action.help} In {places} the key scrolls (VIM_KEYS).")
        with_letters.append(action)
    return with_letters


def _clash(first: Action, second: Action) -> str:
    """Why two actions cannot both have their keys; empty where they can."""
    shared = set(first.keys).intersection(second.keys)
    if first.pane == second.pane:
        for key in sorted(shared):
            return (
                f"The key {face_of(key)} stands for both {_named(first)} and {_named(second)}; "
                "give one of them another key in KEYMAP."
            )
    elif not (first.pane and second.pane):
        pane, app = (first, second) if first.pane else (second, first)
        vim = VIM.get(pane.id.partition(".")[2]) if pane.pane in VIM_PANES else None
        for key in sorted(shared - LAYERED - {vim}):
            where = _PLACES.get(pane.pane, f"the {pane.pane}")
            return (
                f"The key {face_of(key)} stands for {_named(app)}, and in {where} {_named(pane)} would hide it; "
                "give one of them another key in KEYMAP."
            )
    return ""


def _named(action: Action) -> str:
    return f"{action.id} ({action.label})"


def _types(key: str) -> bool:
    return len(key) == 1 or len(face_of(key)) == 1 or key == "space"


def _told(action: Action) -> str:
    return f"{action.shown_key} {action.label} {action.label_on} {action.help} {action.id}".lower()
