"""The silence timer: readable from afar at any size, its half hour drawn, its decision accounted for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Static

import sanctum_tui.ui
from sanctum_tui.agent.policies import Situation, decide
from sanctum_tui.chat import Live
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.why import WhyDialog
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.moods import ANOTHER, ENDED, NEXT_LIVE, Mood, Timer, account_of, timer_of
from sanctum_tui.ui.panes.silence import SilencePane
from sanctum_tui.ui.pulse import Beat, Trace
from tests.builders import at, says, settings
from tests.test_console import console, evening, line_waits, quiet, seen, until, words

SETTLING = Timer(Mood.SETTLING, "12:41", 0.8, "15:00", 0.5, "15:00", "Quiet 12:41. May draft in 2:19.", spoke=True)
BUSY = Trace((4,) * 10 + (0,) * 20, (None,) * 12 + (Beat.SILENCE,) * 4 + (Beat.POSTED,) + (None,) * 13)
LOW, MIDDLING = 5, 11


class Alcove(App[None]):
    """The silence pane alone, as high as the screen."""

    CSS_PATH: ClassVar[list[Any]] = [
        Path(sanctum_tui.ui.__file__).parent / name for name in ("app.tcss", "panes/silence.tcss")
    ]
    CSS = "#silence { height: 1fr; }"
    VERTICAL_BREAKPOINTS = SanctumApp.VERTICAL_BREAKPOINTS

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield SilencePane(id="silence")


@asynccontextmanager
async def alcove(size: tuple[int, int]) -> AsyncIterator[tuple[Any, SilencePane, Pilot[None]]]:
    app = Alcove()
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(SilencePane)
        pane.show(SETTLING)
        pane.show_pulse(BUSY)
        await pilot.pause()
        yield app, pane, pilot


def block_rows(app: Any) -> int:
    """Rows of the screen that the digits take."""
    digits = app.query_one("#digits")
    return digits.region.height if digits.display else 0


@pytest.mark.parametrize(
    ("size", "rows"),
    [((60, LOW), 0), ((60, 8), 3), ((60, MIDDLING), 3), ((60, 14), 5), ((60, 16), 7), ((100, 30), 10)],
)
async def test_the_digits_fill_the_room_they_have(size: tuple[int, int], rows: int) -> None:
    async with alcove(size) as (app, _, _pilot):
        assert block_rows(app) == rows
        assert "◐ settling" in words(app)
        assert "May draft in 2:19." in words(app)


async def test_in_a_low_wide_pane_the_digits_stand_beside_the_words() -> None:
    async with alcove((80, LOW)) as (app, _, _pilot):
        digits, mood = app.query_one("#digits").region, app.query_one("#mood").region
        assert (digits.height, digits.right < mood.x) == (3, True)
        assert "May draft in 2:19." in words(app)


async def test_where_no_digits_have_room_the_time_stands_behind_the_bar() -> None:
    async with alcove((60, LOW)) as (app, pane, pilot):
        pane.show(Timer(Mood.QUIET, "12:41", 0.8, "15:00", 1.0, "15:00", "Quiet."))
        await pilot.pause()
        assert "12:41 of 15:00" in words(app)
        pane.show(Timer(Mood.NONE))
        await pilot.pause()
        assert " of " not in words(app)
    async with alcove((60, MIDDLING)) as (app, pane, pilot):
        pane.show(Timer(Mood.QUIET, "12:41", 0.8, "15:00", 1.0, "15:00", "Quiet."))
        await pilot.pause()
        assert "12:41" not in words(app)


async def test_in_large_type_the_digits_come_before_all_else() -> None:
    async with alcove((60, MIDDLING)) as (app, pane, pilot):
        assert block_rows(app) == 3
        pane.big = True
        await pilot.pause()
        assert block_rows(app) == 5
        assert "◐ settling" in words(app)
        pane.big = False
        await pilot.pause()
        assert block_rows(app) == 3


async def test_the_digits_change_their_size_with_the_room_and_not_with_the_time() -> None:
    async with alcove((60, 16)) as (app, pane, pilot):
        places = set()
        for time in ("9:59", "10:00", "59:59"):
            pane.show(Timer(Mood.QUIET, time, 0.5, "15:00", 1.0, "15:00", "Quiet."))
            await pilot.pause()
            places.add(app.query_one("#mood").region.y)
        assert len(places) == 1


async def test_one_sees_how_far_it_is_to_the_threshold_and_to_the_next_line() -> None:
    async with alcove((60, MIDDLING)) as (app, pane, pilot):
        rows = {row.split()[2]: row for row in seen(app).splitlines() if "of 15:00" in row}
        assert rows["settling"].count("━") / (rows["settling"].count("╌") + rows["settling"].count("━")) > 0.7
        assert 0.4 < rows["since"].count("━") / (rows["since"].count("╌") + rows["since"].count("━")) < 0.6
        pane.show(Timer(Mood.QUIET, "12:41", 0.8, "15:00", 1.0, "15:00", "Quiet.", spoke=True))
        await pilot.pause()
        assert "✓ since last line" in words(app)
        pane.show(Timer(Mood.QUIET, "12:42", 0.8, "15:00", 1.0, "15:00", "Quiet."))
        await pilot.pause()
        assert "✓ no line so far" in words(app)


async def test_the_half_hour_is_drawn_with_what_happened_in_it_and_says_what_its_signs_mean() -> None:
    async with alcove((60, 12)) as (app, _, _pilot):
        shown = seen(app)
        row = next(row for row in shown.splitlines() if "····" in row)
        assert row.index("✓") - row.index("····") == 4
        assert "✓ posted · silence" in words(app)
        assert "peak 4 a minute" in shown


async def test_a_narrow_pane_keeps_its_half_hour_in_its_columns() -> None:
    async with alcove((36, 16)) as (app, _, _pilot):
        assert all(len(row) == 36 for row in seen(app).splitlines())
        assert "···" in seen(app)


@pytest.mark.parametrize(
    ("since", "share", "rested"), [(None, 1.0, True), (0.0, 0.0, False), (450.0, 0.5, False), (9000.0, 1.0, True)]
)
def test_the_rest_between_two_lines_counts_from_the_last_one(since: float | None, share: float, rested: bool) -> None:
    settled = None if since is None else at(10_000 - since)
    timer = timer_of(decide(Situation(now=at(10_000), quiet_since=at(9_000), settled_at=settled)))
    assert (timer.interval_share, timer.rested, timer.interval) == (share, rested, "15:00")


# Over a real evening


def drawn(app: Any) -> tuple[str, int]:
    """The bars of the half hour, and where its mark is."""
    bars, signs = seen(app, "#pulse").splitlines()[:2]
    return bars[:30], signs.index("*")


async def test_the_half_hour_comes_from_what_happened_and_comes_back_after_a_restart(tmp_path: Path) -> None:
    talk = [says(60 * minute, "the sea") for minute in (3, 3.2, 3.4, 4)]
    async with console(tmp_path, quiet(*talk), chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("K", *"surf", "enter")
        await until(pilot, lambda: "*" in seen(app, "#silence"))
        await until(pilot, lambda: "3/min" in words(app, "#silence") or "3 a minute" in words(app, "#silence"))
        before = drawn(app)
        await pilot.press("q")
        await until(pilot, lambda: "Leave the evening?" in words(app))
        await pilot.press("l")
        await until(pilot, lambda: not app.is_running)
    async with console(tmp_path, speed=1.0) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "3 a min" in words(app, "#silence"))
        assert drawn(app) == before


async def test_the_account_of_a_decision_lives_while_it_is_open() -> None:
    moments = [at(1000)]

    class Desk(App[None]):
        def on_mount(self) -> None:
            self.push_screen(WhyDialog(lambda: account_of(decide(Situation(now=moments[-1], quiet_since=at(900))))))

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return variable_defaults(self.current_theme)

    app: Any = Desk()
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "Quiet 1:40. May draft in 13:20." in words(app))
        assert "It may draft after" in words(app)
        assert "At the earliest in 13:20." in words(app)
        moments.append(at(1020))
        await until(pilot, lambda: "Quiet 2:00. May draft in 13:00." in words(app))
        assert "At the earliest in 13:00." in words(app)


async def test_after_the_evening_why_says_that_it_has_ended(tmp_path: Path) -> None:
    async with console(tmp_path, [says(0), says(60, "good night all")], still=False) as (app, pilot):
        await until(pilot, lambda: app.stage.ended and ENDED in words(app, "#silence"))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, WhyDialog) and app.screen.query("#why-change"))
        assert (why_told(app, "now"), why_told(app, "change")) == (ENDED, ANOTHER)
        await until(pilot, lambda: "Lines posted tonight" in words(app))
        assert "It may draft after" not in words(app)


async def test_why_tells_the_end_of_an_evening_that_ends_behind_it(tmp_path: Path) -> None:
    async with console(tmp_path, [says(0), says(60, "good night all")], speed=1.0) as (app, pilot):
        await until(pilot, lambda: app.presenter is not None)
        await pilot.press("t")
        await until(pilot, lambda: "Quiet 0:0" in words(app) or "People are talking" in words(app))
        evening(app).player.end()
        await until(pilot, lambda: app.stage.ended)
        await until(pilot, lambda: why_told(app, "now") == ENDED)


def why_told(app: SanctumApp, what: str) -> str:
    return str(app.screen.query_one(f"#why-{what}", Static).content)


def test_on_a_live_channel_another_evening_follows_by_itself() -> None:
    decision = decide(Situation(now=at(1000), quiet_since=at(900), live=Live.NO))
    assert account_of(decision, ended=True, live=True).change == NEXT_LIVE
    assert "not known to be live" in account_of(decision).words


def test_every_mood_has_a_word_and_a_sign_beside_its_colour() -> None:
    assert all(mood.word and mood.sign for mood in Mood)
    assert len({mood.word for mood in Mood}) == len(Mood)
