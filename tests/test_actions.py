"""One registry holds every key: what footer, help, palette and bindings show is the same."""

from itertools import combinations

import pytest
from textual.binding import Binding, BindingType
from textual.widget import Widget

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions import ACTIONS, BY_ID, Action, Group, Moment
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.help import rows_of
from sanctum_tui.ui.keyboard import LAYERED, Keyboard
from sanctum_tui.ui.keys import Keys
from sanctum_tui.ui.panes.chat import ChatPane
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.panes.ledger import LedgerPane
from sanctum_tui.ui.panes.review import ReviewPane
from sanctum_tui.ui.panes.silence import SilencePane

PLAYING = Moment(open=True, playing=True)
BOARD = Keyboard()
PANES: dict[str, type[Widget]] = {
    "chat": ChatPane,
    "silence": SilencePane,
    "review": ReviewPane,
    "dashboard": DashboardPane,
    "ledger": LedgerPane,
}


def test_no_id_stands_for_two_things() -> None:
    assert len(BY_ID) == len(ACTIONS)


def test_no_key_stands_for_two_things_in_one_place_and_no_pane_hides_a_key_of_the_console() -> None:
    for first, second in combinations(ACTIONS, 2):
        shared = set(first.keys) & set(second.keys)
        if first.pane == second.pane:
            assert not shared, (first.id, second.id)
        elif not (first.pane and second.pane):
            assert shared <= LAYERED, (first.id, second.id)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_pressed_found_and_explained(action: Action) -> None:
    bindings: list[BindingType] = PANES[action.pane].BINDINGS if action.pane else SanctumApp.BINDINGS
    bound = next(it for it in bindings if isinstance(it, Binding) and it.id == action.id)
    assert (bound.key, bound.tooltip) == (action.key, action.help)
    if action.pane:
        assert callable(getattr(PANES[action.pane], f"action_{action.handler.partition('(')[0]}"))
    else:
        group, _, method = action.handler.partition(".")
        assert callable(getattr(Keys.__init__.__globals__[f"{group.capitalize()}Keys"], method))
    assert action.help.endswith(".")
    assert action.otherwise.endswith(".")
    assert action in BOARD.matching(action.label)
    assert action in BOARD.matching(action.id)


def test_the_search_of_the_help_finds_by_any_words_in_any_order() -> None:
    assert BY_ID["review.skip_because"] in BOARD.matching("reason LEDGER")
    assert BOARD.matching("reason zebra") == ()
    (row,) = rows_of(BOARD, PLAYING, "zebra", 80)
    assert "No key" in row.words.plain


@pytest.mark.parametrize("width", [69, 117])
def test_the_help_names_every_key_once_in_its_group_and_keeps_its_width(width: int) -> None:
    rows = rows_of(BOARD, PLAYING, "", width)
    groups = [group.value for group in Group]
    named = [row.id for row in rows if row.id]
    assert list(dict.fromkeys(named)) == [action.id for group in Group for action in ACTIONS if action.group is group]
    assert [row.words.plain for row in rows if row.words.plain and not row.id] == groups
    assert max(len(row.words.plain.rstrip()) for row in rows) <= width


def test_the_help_has_brackets_around_what_does_not_fit_now() -> None:
    rows = {row.id: row.words.plain.lstrip() for row in reversed(rows_of(BOARD, PLAYING, "", 69))}
    assert rows["agent.mute"].startswith("m ")
    assert rows["review.approve"].startswith("(a) ")
    assert rows["chat.half_up"].startswith("(Ctrl+U) ")


def test_the_help_tells_the_ids_where_there_is_room_or_somebody_searches() -> None:
    def told(query: str, width: int) -> str:
        return "\n".join(row.words.plain for row in rows_of(BOARD, PLAYING, query, width))

    assert "agent.mute" in told("", 117)
    assert "agent.mute" not in told("", 69)
    assert "agent.mute" in told("mute", 69)


@pytest.mark.parametrize(
    ("card", "keys"),
    [
        (None, ""),
        (PromptState.PENDING, "aesrh"),
        (PromptState.HELD, "aesr"),
        (PromptState.REJECTED, "esr"),
        (PromptState.FAILED, "aes"),
        (PromptState.APPROVED, ""),
        (PromptState.SENDING, ""),
        (PromptState.UNKNOWN, "yn"),
    ],
)
def test_the_card_offers_only_what_would_work(card: PromptState | None, keys: str) -> None:
    moment = Moment(open=True, playing=True, card=card)
    assert "".join(action.key for action in BOARD.fitting(moment, Group.LINE)) == keys


def test_before_an_evening_only_the_screen_has_keys() -> None:
    assert {action.group for action in BOARD.fitting(Moment())} == {Group.SCREEN}
    assert {"m", "p", "space"} <= {action.key for action in BOARD.fitting(PLAYING)}


def test_a_key_that_switches_back_is_called_so() -> None:
    assert BY_ID["agent.mute"].label_at(PLAYING) == "mute"
    assert BY_ID["agent.mute"].label_at(Moment(open=True, muted=True)) == "unmute"
