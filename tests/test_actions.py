"""One registry holds every key: what footer, help, palette and bindings show is the same."""

import pytest
from textual.binding import Binding

from sanctum_tui.evening import PromptState
from sanctum_tui.ui.actions import ACTIONS, BY_ID, Action, Group, Moment, fitting, matching
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.help import listed
from sanctum_tui.ui.keys import Keys

PLAYING = Moment(open=True, playing=True)


def test_no_key_and_no_id_stands_for_two_things() -> None:
    assert len({action.key for action in ACTIONS}) == len(ACTIONS)
    assert len(BY_ID) == len(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_can_be_pressed_found_and_explained(action: Action) -> None:
    bound = next(it for it in SanctumApp.BINDINGS if isinstance(it, Binding) and it.id == action.id)
    assert (bound.key, bound.tooltip) == (action.key, action.help)
    group, _, method = action.handler.partition(".")
    assert callable(getattr(Keys.__init__.__globals__[f"{group.capitalize()}Keys"], method))
    assert action.help.endswith(".")
    assert action.otherwise.endswith(".")
    assert action in matching(action.label)


def test_the_search_of_the_help_finds_by_any_words_in_any_order() -> None:
    assert BY_ID["review.skip_because"] in matching("reason LEDGER")
    assert matching("reason zebra") == ()
    assert "No key" in listed("zebra", 80).plain


def test_the_help_names_every_key_once_and_wraps_to_its_width() -> None:
    rows = listed("", 70).plain.splitlines()
    groups = [group.value for group in Group]
    keys = [row[:6].strip() for row in rows if row[:6].strip() and row not in groups]
    assert keys == [action.shown_key for action in ACTIONS]
    assert [row for row in rows if row in groups] == groups
    assert max(map(len, rows)) <= 70


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
    assert "".join(action.key for action in fitting(moment, Group.LINE)) == keys


def test_before_an_evening_only_the_screen_has_keys() -> None:
    assert {action.group for action in fitting(Moment())} == {Group.SCREEN}
    assert {"m", "p", "space"} <= {action.key for action in fitting(PLAYING)}


def test_a_key_that_switches_back_is_called_so() -> None:
    assert BY_ID["agent.mute"].label_at(PLAYING) == "mute"
    assert BY_ID["agent.mute"].label_at(Moment(open=True, muted=True)) == "unmute"
