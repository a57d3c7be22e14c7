"""On a live channel one evening follows the other: what was typed or asked in the first harms nobody in the next."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui.errors import StorageError
from sanctum_tui.evening import PromptState
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.tonight import Tonight
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card import edits
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.keys.review import ANOTHER_EVENING
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.papers import TYPED_BEFORE
from tests.fake_twitch import FakeTwitch
from tests.live import draft_in
from tests.test_console import seen, toasts
from tests.test_live_console import connected, live_console, until

PRECIOUS = "PRECIOUS"


@pytest.fixture
async def twitch() -> AsyncIterator[FakeTwitch]:
    async with FakeTwitch() as fake:
        yield fake


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """The second evening opens when this is set."""
    real, opened, gate = Evening.open.__func__, [0], asyncio.Event()  # type: ignore[attr-defined]

    async def slowly(cls: type[Evening], /, *args: object, **more: object) -> Evening:
        opened[0] += 1
        if opened[0] == 2:
            await gate.wait()
        evening: Evening = await real(cls, *args, **more)
        return evening

    monkeypatch.setattr(Evening, "open", classmethod(slowly))
    return gate


async def a_line_waits(app: SanctumApp, pilot: Pilot[int], evening: Evening) -> None:
    await draft_in(evening)
    await until(pilot, lambda: "waits for you" in seen(app, "#review"))


async def write_in_the_plan(app: SanctumApp, pilot: Pilot[int]) -> DashboardPane:
    await until(pilot, lambda: app.query(DashboardPane))
    pane = app.query_one(DashboardPane)
    await until(pilot, lambda: pane.border_title)
    await pilot.press("4", "enter")
    await until(pilot, lambda: pane.writing)
    return pane


def kept(folder: Path) -> bool:
    return any(PRECIOUS in file.read_text("utf-8") for file in folder.rglob("*.md"))


async def test_a_line_that_expired_with_its_evening_does_no_harm_before_the_next_one_is_open(
    tmp_path: Path, twitch: FakeTwitch, gate: asyncio.Event
) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        first, _ = await connected(app, pilot)
        await a_line_waits(app, pilot, first)
        await pilot.press("e", *"half")
        await pilot.press("escape")
        app.stage.turn_over()
        await until(pilot, lambda: app.presenter is None)
        # What was half edited is written, or rather removed, a moment later.
        app.keys.review.save_edits_soon(edits.Edits(tmp_path, 1))
        await app.keys.review.save_edits()
        for key in ("a", "e", "s", "u"):
            await pilot.press(key)
        gate.set()
        await until(pilot, lambda: app.presenter is not None)
        assert "unforeseen" not in toasts(app)


@pytest.mark.parametrize("while_it_opens", [True, False])
async def test_a_reason_for_a_line_of_the_evening_before_skips_none_of_this_one(
    tmp_path: Path, twitch: FakeTwitch, gate: asyncio.Event, while_it_opens: bool
) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        first, _ = await connected(app, pilot)
        await a_line_waits(app, pilot, first)
        await pilot.press("S", *"dull")
        assert isinstance(app.screen, AskLine)
        app.stage.turn_over()
        await until(pilot, lambda: app.presenter is None)
        if not while_it_opens:
            gate.set()
            await until(pilot, lambda: app.presenter is not None)
            assert app.stage.evening is not None
            await draft_in(app.stage.evening)
        await pilot.press("enter")
        await until(pilot, lambda: ANOTHER_EVENING in toasts(app))
        gate.set()
        await until(pilot, lambda: app.presenter is not None)
        assert app.stage.evening is not None
        assert [prompt.state for prompt in app.stage.evening.queue.prompts] in ([], [PromptState.PENDING])


async def test_what_is_typed_into_the_plan_while_no_evening_is_open_is_in_the_next_one(
    tmp_path: Path, twitch: FakeTwitch, gate: asyncio.Event
) -> None:
    async with live_console(tmp_path, twitch) as (app, pilot):
        await connected(app, pilot)
        await write_in_the_plan(app, pilot)
        app.stage.turn_over()
        await until(pilot, lambda: app.stage.evening is None)
        await pilot.press(*PRECIOUS)
        gate.set()
        await until(pilot, lambda: TYPED_BEFORE in toasts(app))
        await until(pilot, lambda: kept(tmp_path))


async def test_what_the_disk_refused_to_the_end_is_in_the_next_evening(
    tmp_path: Path, twitch: FakeTwitch, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, full = Tonight.save, True

    async def save(self: Tonight, text: str) -> None:
        if full:
            raise StorageError("The disk is full.") from OSError(28, "No space left")
        await real(self, text)

    monkeypatch.setattr(Tonight, "save", save)
    async with live_console(tmp_path, twitch) as (app, pilot):
        first, _ = await connected(app, pilot)
        await write_in_the_plan(app, pilot)
        await pilot.press(*PRECIOUS)
        await until(pilot, lambda: "The disk is full." in toasts(app))
        app.stage.turn_over()
        await until(pilot, lambda: app.stage.evening not in (None, first) and TYPED_BEFORE in toasts(app))
        full = False
        await until(pilot, lambda: kept(tmp_path))
