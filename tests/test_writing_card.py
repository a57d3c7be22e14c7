"""A line that is being written is seen where it will wait; keys come with the line, and nothing moves before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

import sanctum_tui.ui
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Draft, PromptState
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.review.prompt import Outcome
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import Card, Earlier
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.preview import PreviewDialog
from sanctum_tui.ui.keys.agent import PREVIEWING, PREVIEWING_ALREADY
from sanctum_tui.ui.keys.review import DRAFTING, DRAFTING_ALREADY
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes.review import WRITING, ReviewPane
from tests.test_console import card, console, evening, line_waits, seen, toasts, words
from tests.test_stream_dialogs import said, until

LINE = "Exile sounds different when the sea is the one telling it."
WAITS = Card(
    number=3, state=PromptState.PENDING, heading="◆ Line 3 waits for you", style="-ready", line=LINE,
    exact=f"{LINE} — Chronicler", exact_label="Will be posted exactly as:", why="Quiet 15:00.", sources="tonight",
    earlier=(Earlier("– Line 2 was skipped."),),
)  # fmt: skip
IDLE = Card(earlier=(Earlier("– Line 2 was skipped."),))
SIZES = ((48, 35), (80, 24), (120, 29))
"""The first is the pane's least width beside the chat; a little wider than the last, and it sets large letters."""


class Wall(App[None]):
    """The review pane alone."""

    CSS_PATH: ClassVar[list[Any]] = [
        Path(sanctum_tui.ui.__file__).parent / name for name in ("app.tcss", "panes/review.tcss")
    ]
    VERTICAL_BREAKPOINTS = SanctumApp.VERTICAL_BREAKPOINTS

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield ReviewPane(id="review")


@asynccontextmanager
async def wall(size: tuple[int, int] = (104, 31)) -> AsyncIterator[tuple[Wall, ReviewPane, Pilot[None]]]:
    app = Wall()
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(ReviewPane)
        pane.show(IDLE)
        await pilot.pause()
        yield app, pane, pilot


def row_of(app: App[Any], what: str) -> int:
    """The row of the screen that these words are in."""
    rows = [strip.text for strip in app.screen._compositor.render_strips()]
    found = [place for place, row in enumerate(rows) if what in row]
    assert found, f"{what!r} is not on the screen"
    return found[0]


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_is_seen_as_it_is_written_where_it_will_wait(size: tuple[int, int]) -> None:
    async with wall(size) as (app, pane, pilot):
        pane.show_status("Looking for the words")
        pane.show_writing(LINE[:14])
        await pilot.pause()
        assert f"{WRITING} Looking for the words {LINE[:14]}▌" in said(app)
        place = row_of(app, LINE[:14])
        pane.show_writing(LINE)
        await until(pilot, lambda: f"{LINE}▌" in said(app))
        assert row_of(app, LINE[:14]) == place
        pane.show(WAITS)
        await pilot.pause()
        assert "▌" not in said(app)
        assert WRITING not in said(app)
        assert row_of(app, LINE[:14]) == place


async def test_keys_appear_only_when_the_line_waits() -> None:
    async with wall() as (app, pane, pilot):
        pane.show_writing(LINE)
        await pilot.pause()
        assert [pane.number] == [None]
        pane.show(WAITS)
        pane.show_keys([("a", "approve", "review.approve")])
        await pilot.pause()
        assert pane.number == 3
        assert "a approve" in said(app)


@pytest.mark.parametrize("size", SIZES)
async def test_while_a_line_waits_another_one_that_is_written_moves_none_of_it(size: tuple[int, int]) -> None:
    async with wall(size) as (app, pane, pilot):
        pane.show(WAITS)
        pane.show_keys([("a", "approve", "review.approve")])
        await pilot.pause()
        before = {child.id: child.region for child in pane.query(Static) if child.display}
        pane.show_status("Looking for other words")
        pane.show_writing("Another line")
        await pilot.pause()
        shown = said(app)
        assert "◆ Line 3 waits for you Anew: Another line▌" in shown
        assert f"{LINE} — Chronicler" in shown
        assert pane.number == 3
        assert {child.id: child.region for child in pane.query(Static) if child.display} == before
        pane.show_writing("漢字 " * 100 + "and the end")
        await until(pilot, lambda: "and the end▌" in said(app))
        assert {child.id: child.region for child in pane.query(Static) if child.display} == before
        pane.show_writing("")
        await pilot.pause()
        assert "◆ Line 3 waits for you Looking for other words" in said(app)


async def test_while_a_line_is_edited_its_words_stay_where_they_are() -> None:
    async with wall() as (app, pane, pilot):
        pane.show(WAITS)
        await pane.begin_edit(3, LINE)
        await pilot.pause()
        before = row_of(app, LINE[:14])
        pane.show_status("Looking for other words")
        pane.show_writing("Another line")
        await pilot.pause()
        assert row_of(app, LINE[:14]) == before
        assert "Another line" not in said(app)
        assert "Looking for other words" in said(app)


async def test_a_line_that_is_taken_back_leaves_the_card_as_it_was() -> None:
    async with wall() as (app, pane, pilot):
        before = said(app)
        pane.show_status("Looking for the words")
        pane.show_writing(LINE)
        await pilot.pause()
        pane.show_writing("")
        pane.show_status("")
        await pilot.pause()
        assert said(app) == before


async def test_a_line_that_came_to_nothing_does_not_stay() -> None:
    async with wall() as (app, pane, pilot):
        pane.show_status("Looking for the words")
        pane.show_writing(LINE)
        await pilot.pause(0.5)
        pane.show_status("")
        assert f"{LINE}▌" in said(app)
        await until(pilot, lambda: LINE not in said(app))
        assert "Nothing waits for you." in said(app)


async def test_a_model_that_writes_without_end_does_not_fill_the_screen() -> None:
    async with wall() as (app, pane, pilot):
        pane.show_writing("word [/][@click=app.quit] " * 1000)
        await pilot.pause()
        assert said(app).count("[@click=app.quit]") < 30
        assert app.is_running


async def test_what_is_told_after_the_end_harms_nothing() -> None:
    async with wall() as (_, pane, _pilot):
        pass
    pane.show_status("Late words")
    pane.show_writing("A late line")
    pane.show_writing("")


# Drafting anew and previews do not hold the keys


class Slow:
    """The orchestrator of this evening, but drafting takes until it may end."""

    def __init__(self, evening: Evening) -> None:
        self._real = evening.orchestrator
        self.asked: list[str] = []
        self.may = asyncio.Event()
        self.cancelled = 0
        self.fails: Exception | None = None
        evening.orchestrator = self  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def redraft(self, number: int, note: str = "") -> Outcome:
        await self._wait(f"redraft {number} {note}".strip())
        return await self._real.redraft(number, note)

    async def preview(self, note: str = "") -> tuple[Draft, Verdict] | None:
        await self._wait("preview")
        return await self._real.preview(note)

    async def _wait(self, what: str) -> None:
        self.asked.append(what)
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails is not None:
            raise self.fails


async def test_the_keys_go_on_while_a_line_is_drafted_anew(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        first = await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press("r")
        await until(pilot, lambda: slow.asked == ["redraft 1"])
        assert DRAFTING in toasts(app)
        await pilot.press("m")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        await pilot.press("m")
        await until(pilot, lambda: not evening(app).orchestrator.muted)
        app.review.show_writing("Another line")
        await until(pilot, lambda: "Another line▌" in seen(app, "#review"))
        assert first.line in words(app, "#review")
        slow.may.set()
        await line_waits(app, pilot, 2)
        assert "▌" not in seen(app, "#review")
        await until(pilot, lambda: "Drafted anew." in toasts(app))


async def test_a_line_drafted_anew_takes_no_place_where_the_agent_was_muted_meanwhile(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        first = await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press("r")
        await until(pilot, lambda: slow.asked == ["redraft 1"])
        await pilot.press("m")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        slow.may.set()
        await until(pilot, lambda: "the line stays as it was" in toasts(app))
        assert [prompt.number for prompt in evening(app).queue.prompts] == [first.number]


@pytest.mark.parametrize("second", ["r", "R"])
async def test_a_second_press_does_not_draft_twice(tmp_path: Path, second: str) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press("R", *"sea", "enter")
        await until(pilot, lambda: slow.asked == ["redraft 1 sea"])
        await pilot.press(second)
        await until(pilot, lambda: DRAFTING_ALREADY in toasts(app))
        assert not isinstance(app.screen, AskLine)
        slow.may.set()
        await line_waits(app, pilot, 2)
        assert slow.asked == ["redraft 1 sea"]
        await until(pilot, lambda: "Drafted anew." in toasts(app))
        await pilot.press("r")
        await line_waits(app, pilot, 3)


async def test_a_line_decided_while_another_is_drafted_stays_decided(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press("r", "s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        slow.may.set()
        await until(pilot, lambda: "Line 1 has moved on" in toasts(app))
        assert evening(app).queue.counts() == {"skipped": 1}


async def test_a_preview_comes_by_itself_and_only_once(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press("p")
        await until(pilot, lambda: slow.asked == ["preview"])
        assert PREVIEWING in toasts(app)
        await pilot.press("p")
        await until(pilot, lambda: PREVIEWING_ALREADY in toasts(app))
        slow.may.set()
        await until(pilot, lambda: isinstance(app.screen, PreviewDialog))
        assert slow.asked == ["preview"]
        await pilot.press("escape")


async def test_a_preview_takes_no_key_from_who_is_writing_by_then(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        slow = Slow(evening(app))
        await pilot.press("p", "e", *"ab")
        await until(pilot, lambda: f"{line}ab" in words(app, "#review"))
        slow.may.set()
        await until(pilot, lambda: "It would say:" in toasts(app))
        await pilot.press("c")
        await until(pilot, lambda: f"{line}abc" in words(app, "#review"))
        assert len(app.screen_stack) == 1


@pytest.mark.parametrize("key", ["r", "p"])
async def test_leaving_the_console_ends_what_is_being_drafted(tmp_path: Path, key: str) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        slow = Slow(evening(app))
        await pilot.press(key)
        await until(pilot, lambda: slow.asked)
        await pilot.press("q", "l")
        await until(pilot, lambda: not app.is_running)
    assert slow.cancelled == 1
    assert app.return_code == 0


async def test_a_draft_that_fails_is_told_and_can_be_asked_for_again(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        slow = Slow(evening(app))
        slow.may.set()
        slow.fails = StorageError("The disk is full; make some room.")
        await pilot.press("r")
        await until(pilot, lambda: "The disk is full" in toasts(app))
        slow.fails = RuntimeError("as told")
        await pilot.press("p")
        await until(pilot, lambda: "Something unforeseen happened" in toasts(app))
        slow.fails = None
        await pilot.press("r")
        await line_waits(app, pilot, 2)
