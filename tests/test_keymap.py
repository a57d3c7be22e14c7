"""Keys of one's own: what is shown is what works, and a map that cannot work is one sentence before the start."""

from dataclasses import replace
from pathlib import Path
from string import printable

import pytest
from textual.keys import _character_to_key
from textual.pilot import Pilot

from sanctum_tui.chat import ChatEvent
from sanctum_tui.errors import BadInputError, ExitCode
from sanctum_tui.evening import PromptState
from sanctum_tui.settings import load
from sanctum_tui.ui.actions import ACTIONS, Moment
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.footer import footer_pieces
from sanctum_tui.ui.keyboard import Keyboard, keyboard_of, keymap_trouble
from sanctum_tui.ui.keynames import face_of, key_named
from tests.builders import paths_in, says, settings
from tests.terminal import terminal
from tests.test_console import card, console, evening, line_waits, seen, toasts, until, words

WAITING = Moment(open=True, playing=True, card=PromptState.PENDING)


def mapped(*keymap: str, vim: bool = False) -> str:
    """What is the matter with a key map."""
    return keymap_trouble(keymap, vim_keys=vim)


# Reading it


def test_a_key_map_is_read_from_words_and_from_a_list(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text('keymap = ["review.hold=f5", "screen.zoom = ctrl+g"]\n')
    assert load(toml_file=toml, environ={}).settings.keymap == ("review.hold=f5", "screen.zoom = ctrl+g")
    pair = "KEYMAP=review.hold=f5, screen.zoom = ctrl+g,"
    assert load(environ={}, overrides=[pair]).settings.keymap == ("review.hold=f5", "screen.zoom = ctrl+g")
    assert keyboard_of(load(environ={"KEYMAP": "review.hold=f5"}).settings.keymap, vim_keys=False).keymap == {
        "review.hold": "f5"
    }


def test_a_key_map_in_the_file_that_is_no_list_is_refused(tmp_path: Path) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text("keymap = 5\n")
    with pytest.raises(BadInputError, match="KEYMAP"):
        load(toml_file=toml, environ={})


@pytest.mark.parametrize("sign", sorted(set(printable.strip()) | {"ä", "§", "é"}))
def test_a_letter_or_sign_is_the_key_that_the_terminal_sends(sign: str) -> None:
    assert key_named(sign) == (_character_to_key(sign), "")
    assert face_of(_character_to_key(sign)) == sign


@pytest.mark.parametrize(
    ("written", "key", "shown"),
    [
        ("F5", "f5", "F5"),
        ("Ctrl+G", "ctrl+g", "Ctrl+G"),
        ("shift+ctrl+f5", "ctrl+shift+f5", "Ctrl+Shift+F5"),
        ("shift+a", "A", "A"),
        ("Esc", "escape", "Esc"),
        ("pgdn", "pagedown", "PgDn"),
        ("question_mark", "question_mark", "?"),
        ("ctrl++", "ctrl+plus", "Ctrl++"),
    ],
)
def test_a_key_may_be_written_as_people_know_it(written: str, key: str, shown: str) -> None:
    assert key_named(written) == (key, "")
    assert face_of(key) == shown


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ("zoom", "“zoom”, which is not ID=KEY"),
        ("screen.zoom=", "which is not ID=KEY"),
        ("screen.zom=f5", "no such action; did you mean screen.zoom?"),
        ("zebra=f5", "no such action; the help (?) finds every id."),
        ("screen.zoom=ctl+x", "“ctl+x”, which is no key's name"),
        ("screen.zoom=f99", "which is no key's name"),
        ("screen.zoom=ctrl+i", "which a terminal cannot tell from Tab"),
        ("screen.zoom=tab", "Tab, which goes from pane to pane"),
        ("screen.zoom=ctrl+q", "Ctrl+Q, which always quits"),
        ("dashboard.take_file=ü", "ü, which an editor takes as text"),
        ("screen.palette=Z", "Z, which an editor takes as text"),
    ],
)
def test_what_cannot_be_a_key_map_is_told_in_one_sentence(entry: str, sentence: str) -> None:
    told = mapped(entry)
    assert sentence in told
    assert "KEYMAP" in told


def test_nothing_a_terminal_would_obey_comes_back_in_the_sentence() -> None:
    assert "\x1b" not in mapped("\x1b]0;x\x07=f5")


# Clashes


def test_a_key_for_two_actions_is_refused_by_both_their_names() -> None:
    told = mapped("review.hold=m")
    assert "m stands for both review.hold (hold) and agent.mute (mute)" in told


def test_a_pane_may_not_hide_a_key_of_the_console_nor_the_console_take_one_of_a_pane() -> None:
    assert "m stands for agent.mute (mute), and in the chat chat.up (older) would hide it" in mapped("chat.up=m")
    assert "↑ stands for agent.mute (mute), and in the chat chat.up" in mapped("agent.mute=up")


def test_two_panes_may_have_the_same_key() -> None:
    assert mapped("chat.home=f7", "ledger.home=f7") == ""


def test_swaps_and_rounds_of_keys_are_no_clash() -> None:
    assert mapped("review.approve=e", "review.edit=a") == ""
    assert mapped("review.approve=e", "review.edit=s", "review.skip=a") == ""


def test_an_action_that_has_several_keys_lets_one_go() -> None:
    board = keyboard_of(("screen.palette=f1",), vim_keys=False)
    assert board.by_id["screen.palette"].keys == ("f1",)
    assert board.by_id["screen.help"].keys == ("question_mark",)


def test_an_action_may_have_several_keys_of_ones_own() -> None:
    board = keyboard_of(("agent.mute=f8", "agent.mute=m"), vim_keys=False)
    assert board.by_id["agent.mute"].keys == ("f8", "m")
    assert board.by_id["agent.mute"].shown_key == "F8"


def test_the_usual_keys_need_no_map() -> None:
    assert keyboard_of((), vim_keys=False).keymap == {}
    assert keyboard_of((), vim_keys=False).actions == ACTIONS


def test_a_clash_stops_the_console_before_its_screen_opens(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"review\.hold"):
        SanctumApp(settings(keymap=("review.hold=m",)), paths_in(tmp_path), None)


def test_somebody_who_starts_it_with_a_clash_reads_one_sentence_in_the_shell(tmp_path: Path) -> None:
    with terminal(tmp_path, KEYMAP="review.hold=m") as screen:
        assert screen.until_it_ends() == ExitCode.BAD_INPUT
        told = " ".join(screen.text.split())
        assert told.startswith("sanctum-tui: The key m stands for both review.hold (hold) and agent.mute (mute);")
        assert b"\x1b[?1049h" not in screen.raw


# On the screen


async def test_swapped_keys_do_what_footer_card_and_help_say(tmp_path: Path) -> None:
    chosen = settings(keymap=("review.hold=e", "review.edit=s", "review.skip=h"), hearthkeeper_inactivity_minutes=1.0)
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        assert "e hold" in words(app, "#footer")
        await pilot.press("question_mark", *"hold")
        await until(pilot, lambda: "review.hold" in seen(app))
        assert "e hold" in words(app)
        await pilot.press("escape", "e")
        await until(pilot, lambda: card(app).state is PromptState.HELD)
        await pilot.press("s")
        await until(pilot, lambda: app.review.editing is not None)
        await pilot.press("escape")
        await until(pilot, lambda: app.review.editing is None)
        await pilot.press("h")
        await until(pilot, lambda: evening(app).queue.prompts[0].state is PromptState.SKIPPED)


async def test_a_key_that_was_given_away_does_nothing_of_what_it_did(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(keymap=("agent.mute=f8", "screen.palette=f9"))) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("m", "ctrl+p")
        await pilot.pause()
        assert not evening(app).orchestrator.muted
        assert len(app.screen_stack) == 1
        await pilot.press("f8")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        await pilot.press("f9")
        await until(pilot, lambda: len(app.screen_stack) == 2)


async def test_keys_of_ones_own_work_while_letters_are_typed(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(keymap=("screen.palette=f9", "agent.mute=f8"))) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: app.review.editing is not None)
        await pilot.press("f8")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        assert app.review.editing is not None
        await pilot.press("escape")
        await until(pilot, lambda: app.review.editing is None)
        await pilot.press("t", "f8")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        assert evening(app).orchestrator.muted
        await pilot.press("f9")
        await until(pilot, lambda: len(app.screen_stack) == 3)


def test_the_footer_has_the_keys_of_the_pane_in_focus_first() -> None:
    shown = ("agent.mute", "screen.zoom", "chat.home", "chat.end")
    board = Keyboard(tuple(replace(action, footer=action.id in shown) for action in ACTIONS))
    pieces = footer_pieces(board, Moment(open=True, playing=True, pane="chat"), editing=False)
    assert [piece.text for piece in pieces] == ["Home first line", "End newest line", "m mute", "z zoom"]
    pieces = footer_pieces(board, Moment(open=True, playing=True), editing=False)
    assert [piece.text for piece in pieces] == ["m mute", "z zoom"]


# vim's letters


def chatter() -> list[ChatEvent]:
    """More lines than the chat has rows, and then a silence."""
    return [*(says(second, f"line {second}") for second in range(120)), says(119 + 20 * 60, "and on")]


def first_row(app: SanctumApp) -> str:
    """The uppermost line of the chat, with a line break."""
    row = seen(app, "#chat").splitlines()[1]
    return row.strip(" │") + "\n"


async def reading(app: SanctumApp, pilot: Pilot[int]) -> None:
    await line_waits(app, pilot)
    await pilot.press("1")
    await until(pilot, lambda: app.moment().pane == "chat")


async def test_vim_letters_scroll_the_chat_that_has_the_focus_and_nothing_else(
    tmp_path: Path,
) -> None:
    async with console(tmp_path, chatter(), chosen=settings(vim_keys=True)) as (app, pilot):
        await reading(app, pilot)
        await pilot.press("k")
        await until(pilot, lambda: not app.chat.following)
        await pilot.press("g")
        await until(pilot, lambda: "line 0" in words(app, "#chat"))
        await pilot.press("j")
        await until(pilot, lambda: "line 0" not in words(app, "#chat"))
        await pilot.press("G")
        await until(pilot, lambda: app.chat.following)
        assert not toasts(app)
        await pilot.press("3", "k")
        await until(pilot, lambda: toasts(app))


async def test_half_pages_go_half_as_far_as_pages(tmp_path: Path) -> None:
    async with console(tmp_path, chatter()) as (app, pilot):
        await reading(app, pilot)
        await pilot.press("home")
        await until(pilot, lambda: "line 0" in seen(app, "#chat"))
        rows = app.chat.content_size.height
        await pilot.press("ctrl+d")
        await until(pilot, lambda: f"line {rows // 2}\n" in first_row(app))
        await pilot.press("ctrl+u")
        await until(pilot, lambda: "line 0\n" in first_row(app))


def test_vim_letters_come_before_those_of_the_console_and_the_help_says_so() -> None:
    board = keyboard_of((), vim_keys=True)
    assert board.by_id["chat.up"].shown_key == "↑ k"
    assert board.by_id["ledger.end"].keys == ("end", "G")
    assert "In the chat and the ledger the key scrolls (VIM_KEYS)." in board.by_id["agent.keep"].help
    assert board.by_id["agent.mute"] == keyboard_of((), vim_keys=False).by_id["agent.mute"]


def test_the_footer_offers_no_key_that_a_pane_has_for_itself() -> None:
    board = keyboard_of((), vim_keys=True)
    kept = {action.id for action in board.fitting(WAITING)}
    in_chat = {action.id for action in board.fitting(Moment(open=True, playing=True, pane="chat"))}
    assert "agent.keep" in kept
    assert "agent.keep" not in in_chat


def test_vim_letters_clash_like_any_other_within_their_pane_alone() -> None:
    assert "j stands for both ledger.down (down) and ledger.heading" in mapped("ledger.heading=j", vim=True)
    assert mapped("ledger.heading=j") == ""
    assert mapped("screen.zoom=j", vim=True) == ""
