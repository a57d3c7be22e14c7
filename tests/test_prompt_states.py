"""A prompt's life: only what an operator approved goes out, and at most once."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.evening import PromptState
from sanctum_tui.review.prompt import DELIVERY, NEXT, WAITING, may_step, unsendable

S = PromptState
walks = st.lists(st.tuples(st.sampled_from(PromptState), st.sampled_from(["operator", DELIVERY])), max_size=30)
Wanted = list[tuple[PromptState, str]]


def walk(wanted: Wanted) -> list[PromptState]:
    """The life that comes of asking for these steps, with those that may not follow refused."""
    life = [S.PENDING]
    for to, by in wanted:
        if may_step(life[-1], to, by=by):
            life.append(to)
    return life


@given(walks)
def test_nothing_is_sent_that_was_not_approved_just_before(wanted: Wanted) -> None:
    life = walk(wanted)
    for before, state in itertools.pairwise(life):
        if state is S.SENDING:
            assert before is S.APPROVED


@given(walks)
def test_each_sending_has_an_approval_of_its_own(wanted: Wanted) -> None:
    life = walk(wanted)
    assert life.count(S.SENDING) <= life.count(S.APPROVED)
    assert life.count(S.POSTED) <= 1


def test_from_sending_nothing_is_sent_again_without_another_yes() -> None:
    reached: set[PromptState] = set()
    new: set[PromptState] = {S.SENDING}
    while new:
        reached |= new
        new = {to for state in new for to in NEXT[state]} - {S.APPROVED} - reached
    assert S.HELD in reached
    assert not any(S.SENDING in NEXT[state] for state in reached)


def test_only_the_outbox_takes_back_what_it_was_sending() -> None:
    assert may_step(S.SENDING, S.HELD, by=DELIVERY)
    assert not may_step(S.SENDING, S.HELD, by="operator")
    assert not may_step(S.SENDING, S.HELD)


@given(walks)
def test_what_was_posted_stays_posted(wanted: Wanted) -> None:
    life = walk(wanted)
    if S.POSTED in life:
        assert life[-1] is S.POSTED


@given(walks)
def test_a_stale_draft_can_never_be_posted(wanted: Wanted) -> None:
    life = walk(wanted)
    if S.STALE in life:
        assert S.POSTED not in life[life.index(S.STALE) :]


def test_every_state_has_its_next_steps_and_none_is_out_of_reach() -> None:
    assert set(NEXT) == set(PromptState)
    reached = {S.PENDING} | {to for nexts in NEXT.values() for to in nexts}
    assert reached == set(PromptState)
    assert S.UNKNOWN in WAITING


def test_chat_would_not_take_these_and_the_operator_is_told_why() -> None:
    assert unsendable("The sea is quiet tonight.") is None
    hidden = ("\u3164/ban mira", "\ufe0f\u115f.ban mira", "\u034f\u2800/ban mira", "\u200b\u2060\u3164")
    for text in ("", "   ", "/ban mira", " .timeout", "x" * 501, "two\nlines", *hidden):
        assert unsendable(text)
    assert unsendable("\u200b\u2060\u3164") == "There are no words in it."
