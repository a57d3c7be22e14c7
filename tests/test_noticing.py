"""A line that waits is noticed without looking: by the title, the desktop, the bell, the border; and quietly."""

from pathlib import Path

import pytest

from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.settings import Settings
from sanctum_tui.ui.card.calling import Caller
from sanctum_tui.ui.card.noticing import TITLE_WAITS, WAITS, dialect, notification, title, title_restored
from tests.builders import at, says, settings, write_log
from tests.terminal import terminal
from tests.test_console import card, console, line_waits, seen, until, words

HOUR = 3600.0


def prompt(number: int, state: PromptState) -> Prompt:
    step = PromptStep(at(0), state, "agent", "secret words")
    return Prompt(
        id=number, session_id=1, number=number, mode="hearthkeeper", state=state, line="secret words",
        text="secret words", draft=Draft("secret words", "secret words"), why="", drafted_at=at(0),
        changed_at=at(0), steps=(step,),
    )  # fmt: skip


class Room:
    """What reached the terminal."""

    def __init__(self, **environment: str) -> None:
        self.written: list[str] = []
        self.rings = 0
        self.caller = Caller(self.written.append, self.ring, environment)

    def ring(self) -> None:
        self.rings += 1

    def arrives(self, number: int, state: PromptState, chosen: Settings) -> bool:
        line = prompt(number, state)
        self.caller.arrived(line, chosen)
        return self.caller.stands(line, chosen)


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"TERM_PROGRAM": "iTerm.app", "TERM": "xterm-256color"}, "osc9"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc777"),
        ({"TERM_PROGRAM": "ghostty"}, "osc777"),
        ({"TERM": "xterm-kitty"}, "osc99"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "3"}, "osc99"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, ""),
        ({"TERM": "linux"}, ""),
        ({}, ""),
    ],
)
def test_a_terminal_is_spoken_to_in_what_it_understands_and_else_not_at_all(
    environment: dict[str, str], spoken: str
) -> None:
    assert dialect("auto", environment) == spoken
    assert dialect("off", environment) == ""
    assert dialect("osc9", environment) == "osc9"


def test_each_dialect_says_the_same() -> None:
    assert notification("osc9", WAITS, {}) == "\x1b]9;A line waits for you.\x07"
    assert notification("osc777", WAITS, {}) == "\x1b]777;notify;Sanctum;A line waits for you.\x07"
    assert notification("osc99", WAITS, {}) == "\x1b]99;i=sanctum;Sanctum: A line waits for you.\x1b\\"
    assert notification("", WAITS, {}) == ""


def test_in_tmux_it_is_wrapped_for_the_terminal_outside() -> None:
    told = notification("osc99", WAITS, {"TMUX": "/tmp/tmux-1000/default,1,0"})
    assert told == "\x1bPtmux;\x1b\x1b]99;i=sanctum;Sanctum: A line waits for you.\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize("spoken", ["osc9", "osc777", "osc99"])
def test_no_words_end_a_sequence_or_begin_another(spoken: str) -> None:
    told = notification(spoken, "a\x07b\x1b]52;c;eA==\x07\x9c;x\n\u202ey", {})
    inside = told.removeprefix("\x1b").removesuffix("\x07").removesuffix("\x1b\\")
    assert not [character for character in inside if not character.isprintable()]
    assert title("a\x07\x1b]0;b").count("\x1b") == 2, "its own two and no other"


def test_a_line_that_waits_is_called_for_once_and_never_by_its_words() -> None:
    room, chosen = Room(), settings(bell=True, notify_desktop="osc9")
    assert room.arrives(1, PromptState.PENDING, chosen)
    assert room.rings == 1
    assert room.written == [notification("osc9", WAITS, {}), title(TITLE_WAITS)]
    room.arrives(1, PromptState.HELD, chosen)
    room.arrives(1, PromptState.PENDING, chosen)
    assert room.rings == 1
    assert sum("]9;" in written for written in room.written) == 1
    room.arrives(2, PromptState.PENDING, chosen)
    assert room.rings == 2
    assert "secret" not in "".join(room.written)


def test_the_title_is_as_it_was_when_nothing_waits_any_more() -> None:
    room, chosen = Room(), settings()
    room.arrives(1, PromptState.PENDING, chosen)
    assert not room.arrives(1, PromptState.SKIPPED, chosen)
    room.caller.stands(None, chosen)
    assert room.written == [title(TITLE_WAITS), title_restored()]


def test_a_console_that_closes_while_a_line_waits_leaves_no_title_behind() -> None:
    room = Room()
    room.arrives(1, PromptState.PENDING, settings())
    room.caller.close()
    room.caller.close()
    assert room.written == [title(TITLE_WAITS), title_restored()]


def test_who_wants_no_call_is_not_called() -> None:
    room, chosen = Room(TERM="xterm-kitty"), settings(notify_title=False)
    assert room.arrives(1, PromptState.PENDING, chosen), "it waits all the same"
    assert (room.written, room.rings) == ([], 0)


def test_a_setting_changed_while_a_line_waits_holds_at_once() -> None:
    room = Room()
    room.arrives(1, PromptState.PENDING, settings())
    room.caller.stands(prompt(1, PromptState.PENDING), settings(notify_title=False))
    assert room.written[-1] == title_restored()


async def test_the_border_is_heavy_while_a_line_waits_and_says_why(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "┏" in seen(app, "#review"))
        assert "◆ waits for you" in seen(app, "#review").splitlines()[-1]
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await until(pilot, lambda: "┏" not in seen(app, "#review"))
        assert "◆ waits for you" not in words(app, "#review")


async def test_who_wants_no_heavy_border_has_none(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(notify_border=False)) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "Line 1 waits for you" in words(app, "#review"))
        assert "┏" not in seen(app, "#review")


def test_a_real_terminal_is_told_and_gets_its_title_back(tmp_path: Path) -> None:
    log = write_log(
        tmp_path / "evening" / "chat.jsonl", [says(0, "evening all"), says(2 * HOUR, "a timer", "Nightbot")]
    )
    with terminal(tmp_path, "replay", log, "--speed", "max", NOTIFY_DESKTOP="osc777") as shown:
        shown.until("Line 1 waits for you")
        shown.send("q")
        shown.until("Leave the evening?")
        shown.send("l")
        assert shown.until_it_ends() == 0
    called = notification("osc777", WAITS, {}).encode()
    assert shown.raw.count(called) == 1
    assert shown.raw.count(title(TITLE_WAITS).encode()) == 1
    assert shown.raw.index(title_restored().encode()) > shown.raw.index(title(TITLE_WAITS).encode())
