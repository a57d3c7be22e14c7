"""The list of tonight's lines: what became of each, its story, what can be taken back, several skipped at once."""

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.widgets import OptionList

from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, Prompt, PromptState, PromptStep
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import HIDDEN, SIGNS
from sanctum_tui.ui.card.linelist import Sieve, listed, story_of
from sanctum_tui.ui.dialogs.lines import LinesDialog, StoryDialog
from sanctum_tui.ui.look.theming import variable_defaults
from tests.builders import at, settings
from tests.test_console import HOSTILE, card, console, evening, line_waits, seen, until, words

S = PromptState


def prompt(number: int, *states: PromptState, line: str = "", reason: str = "", by: str = "operator") -> Prompt:
    told = line or f"words of line {number}"
    steps = tuple(
        PromptStep(at(60 * number + place), state, by if place else "agent", told, reason if place else "")
        for place, state in enumerate((S.PENDING, *states))
    )
    return Prompt(
        id=number, session_id=1, number=number, mode="hearthkeeper", state=steps[-1].state, line=told, text=told,
        draft=Draft("as drafted", "as drafted", ("the talk about mira",)), why="Quiet 15:00.", drafted_at=steps[0].at,
        changed_at=steps[-1].at, steps=steps,
    )  # fmt: skip


TONIGHT = (
    prompt(1, S.APPROVED, S.SENDING, S.POSTED, by="delivery"),
    prompt(2, S.SKIPPED, reason="too close to mira"),
    prompt(3, S.STALE, by="room", reason="people are talking"),
    prompt(4, S.REJECTED, by="guard", reason="it shouts"),
    prompt(5, S.HELD, reason="kept for later"),
)


class Drawer:
    """Keeps what was asked of it."""

    def __init__(self, *prompts: Prompt, private: bool = False) -> None:
        self.prompts = list(prompts)
        self.private = private
        self.playing = True
        self.asked: list[object] = []
        self.fails = False

    def read(self) -> Sequence[Prompt]:
        return self.prompts

    async def take_back(self, number: int) -> str:
        self.asked.append(number)
        return f"Taken back {number}."

    async def skip(self, numbers: Collection[int]) -> str:
        if self.fails:
            raise StorageError("The database is away.")
        self.asked.append(tuple(numbers))
        return f"{len(numbers)} skipped."


class Desk(App[None]):
    """Holds the list."""

    VERTICAL_BREAKPOINTS = SanctumApp.VERTICAL_BREAKPOINTS

    def __init__(self, drawer: Drawer) -> None:
        super().__init__()
        self.drawer = drawer

    def on_mount(self) -> None:
        self.push_screen(LinesDialog(self.drawer))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


def test_the_newest_line_is_the_first_and_each_says_how_it_stands_by_whom_and_why() -> None:
    rows = listed(TONIGHT, Sieve.ALL, "", private=False)
    assert [row.number for row in rows] == [5, 4, 3, 2, 1]
    assert rows[3].state == f"{SIGNS[S.SKIPPED]} skipped"
    assert rows[3].told.endswith("operator: too close to mira")
    assert rows[4].told.endswith("delivery")


@pytest.mark.parametrize(
    ("sieve", "query", "numbers"),
    [
        (Sieve.OPEN, "", [5, 4]),
        (Sieve.POSTED, "", [1]),
        (Sieve.SKIPPED, "", [2]),
        (Sieve.GONE, "", [3]),
        (Sieve.ALL, "line 4", [4]),
        (Sieve.ALL, "MIRA", [2]),
        (Sieve.ALL, "stale room", [3]),
        (Sieve.POSTED, "mira", []),
    ],
)
def test_lines_are_found_by_state_and_by_words(sieve: Sieve, query: str, numbers: list[int]) -> None:
    assert [row.number for row in listed(TONIGHT, sieve, query, private=False)] == numbers


def test_every_state_is_found_under_one_of_the_sieves() -> None:
    narrow = [sieve.states for sieve in Sieve if sieve is not Sieve.ALL]
    assert frozenset().union(*narrow) == frozenset(PromptState)
    assert sum(map(len, narrow)) == len(PromptState)


def test_in_private_mode_reasons_are_neither_shown_nor_found() -> None:
    rows = listed(TONIGHT, Sieve.ALL, "", private=True)
    assert "mira" not in str(rows)
    assert rows[3].told.endswith(f"operator: {HIDDEN}")
    assert listed(TONIGHT, Sieve.ALL, "mira", private=True) == ()
    assert "mira" not in str(story_of(TONIGHT[1], private=True))


def test_the_story_has_every_step_and_both_wordings() -> None:
    told = dict(story_of(TONIGHT[0], private=False))
    assert [row.split()[1] for row in told["What became of it"].splitlines()] == [
        "pending", "approved", "sending", "posted",
    ]  # fmt: skip
    assert told["As it was drafted"] == "as drafted"
    assert told["Sent exactly as"] == "words of line 1"
    assert told["From"] == "the talk about mira"


async def test_after_the_end_no_key_is_told_that_could_decide_nothing_any_more(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 35)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("b")
        await until(pilot, lambda: "u take back · Space mark · s skip" in seen(app))
        await app.stage.end()
        await until(pilot, lambda: "Enter story · f which · / search · Esc closes" in seen(app))
        assert "s skip" not in seen(app)


async def test_a_search_narrows_the_list_and_escape_ends_it_before_the_dialog() -> None:
    app: Any = Desk(Drawer(*TONIGHT))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "5 of 5" in words(app))
        await pilot.press("slash", *"skipped")
        await until(pilot, lambda: "1 of 5" in words(app))
        assert "words of line 1" not in words(app)
        await pilot.press("enter", "u")
        assert app.drawer.asked == [2]
        await pilot.press("escape")
        await until(pilot, lambda: "5 of 5" in words(app))
        await pilot.press("f", "f")
        await until(pilot, lambda: "Listed: posted, 1 of 5" in words(app))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, LinesDialog))


async def test_letters_of_a_search_are_no_keys() -> None:
    app: Any = Desk(Drawer(*TONIGHT))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("slash", *"suf m")
        await until(pilot, lambda: "no line is like that" in words(app))
        assert app.drawer.asked == []


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_on_every_width_the_way_out_and_every_key_is_on_the_screen(width: int) -> None:
    app: Any = Desk(Drawer(*TONIGHT))
    async with app.run_test(size=(width, 40)) as pilot:
        for hint in ("Space mark", "s skip", "f which", "/ search", "Esc closes"):
            await until(pilot, partial(lambda what: what in words(app), hint))


async def test_a_line_that_wraps_hangs_under_its_words_and_not_under_its_number() -> None:
    long = "a worn chair can say more about freedom than a whole chapter of dialogue and then some"
    app: Any = Desk(Drawer(prompt(1, S.SKIPPED, line=long, reason="too close to what was said before tonight")))
    async with app.run_test(size=(60, 40)) as pilot:
        await until(pilot, lambda: "dialogue and then some" in words(app))
        rows = seen(app).splitlines()
        first = next(row for row in rows if "skipped" in row)
        hung = [row for row in rows if "a worn chair" in row or "dialogue" in row or "before tonight" in row]
        assert len(hung) >= 2
        for row in hung:
            assert row[: first.index("skipped") - 2].strip(" │▌") == ""


async def test_several_lines_are_marked_and_skipped_at_once() -> None:
    app: Any = Desk(Drawer(*TONIGHT))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "5 of 5" in words(app))
        await pilot.press("space", "down", "space")
        await until(pilot, lambda: "Line 3 cannot be skipped" in words(app))
        await pilot.press("up", "space")
        await until(pilot, lambda: "2 marked, s skips them" in words(app))
        assert words(app).count("■") == 2
        await pilot.press("s")
        await until(pilot, lambda: "2 skipped." in words(app))
        assert app.drawer.asked == [(4, 5)]
        assert "■" not in words(app)


async def test_the_list_lives_and_the_choice_stays_on_its_line() -> None:
    app: Any = Desk(Drawer(*TONIGHT[:2]))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "2 of 2" in words(app))
        await pilot.press("down")
        app.drawer.prompts.append(TONIGHT[2])
        await until(pilot, lambda: "3 of 3" in words(app))
        await pilot.press("u")
        assert app.drawer.asked == [1]
        app.drawer.prompts[0] = prompt(1, S.STALE, line="other words")
        await until(pilot, lambda: "other words" in words(app))


async def test_what_cannot_be_stored_is_told_in_the_list() -> None:
    drawer = Drawer(*TONIGHT)
    drawer.fails = True
    app: Any = Desk(drawer)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "5 of 5" in words(app))
        await pilot.press("s")
        await until(pilot, lambda: "The database is away." in words(app))
        assert app.is_running


async def test_hostile_words_are_listed_and_told_as_they_are() -> None:
    clean = HOSTILE.replace("\x1b", "").replace("\x07", "").replace("\u202e", "").replace("\x9b", "")
    app: Any = Desk(Drawer(prompt(1, S.HELD, line=clean, reason="[/][@click=app.quit]x")))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "[@click=app.quit]free subs[/]" in words(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StoryDialog))
        await until(pilot, lambda: "operator: [/][@click=app.quit]x" in words(app))
        assert app.is_running


async def test_an_empty_evening_has_an_empty_list() -> None:
    app: Any = Desk(Drawer())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "No line was drafted yet tonight." in words(app))
        await pilot.press("enter", "u", "s", "space", "f")
        assert app.drawer.asked == []


# Over a real evening


async def test_over_an_evening_lines_are_taken_back_and_skipped_from_the_list(tmp_path: Path) -> None:
    chosen = settings(hearthkeeper_prompt_interval_minutes=1.0)
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is S.SKIPPED)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, LinesDialog) and "1 of 1" in words(app))
        await pilot.press("u")
        await until(pilot, lambda: card(app).state is S.PENDING)
        await until(pilot, lambda: "Taken back. Line 1 waits for you again." in words(app))
        await pilot.press("space", "s")
        await until(pilot, lambda: card(app).state is S.SKIPPED)
        await until(pilot, lambda: "1 line was skipped." in words(app))
        assert [step.state for step in card(app).steps] == [S.PENDING, S.SKIPPED, S.PENDING, S.SKIPPED]
        await pilot.press("enter")
        await until(pilot, lambda: "What became of it" in words(app))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: not app.screen_stack[1:])


async def test_only_the_latest_decision_is_taken_back_and_the_list_says_which(tmp_path: Path) -> None:
    chosen = settings(hearthkeeper_prompt_interval_minutes=1.0)
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s", "space")
        await line_waits(app, pilot, 2)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is S.SKIPPED and card(app).number == 2)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, LinesDialog) and "2 of 2" in words(app))
        assert app.screen.query_one(OptionList).highlighted == 0
        await pilot.press("down", "u")
        await until(pilot, lambda: "that is about line 2" in words(app))
        assert evening(app).queue.counts() == {"skipped": 2}
