"""What is told while a model writes tonight's plan: where it was asked for, and nothing once it is over."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.plan_composer import WRITER, OfflinePlanner
from sanctum_tui.llm.planning import STATUS_SOURCE, ModelPlanner, PlanDraft, PlanForm
from sanctum_tui.llm.ports import Fault, ModelError
from sanctum_tui.llm.spending import Spending
from sanctum_tui.status.emitter import Emitter
from sanctum_tui.status.events import Kind, Status, StatusEvent
from sanctum_tui.status.policy import Limits
from sanctum_tui.status.renderer import LANGUAGES, Renderer, templates_of
from sanctum_tui.status.sinks import CallbackSink
from sanctum_tui.status.turns import PROGRESS_SECONDS, Turn
from sanctum_tui.ui.dialogs.planning import PlanningDialog
from tests import test_console
from tests.builders import START, settings
from tests.mock_provider import delta, mock_provider, stream
from tests.scripted import Scripted
from tests.test_planning import ANSWER, FORM, LOUD
from tests.test_stream_dialogs import SIZES, desk, said, until

SKETCHES = {"Sketching tonight's plan", "Laying out the evening", "Looking for tonight's angle"}
AT_ONCE = Limits(delay_seconds=0, interval_seconds=0)


@dataclass
class Told:
    """A planner's turns, and what they told."""

    clock: ReplayClock = field(default_factory=lambda: ReplayClock(START))
    events: list[StatusEvent] = field(default_factory=list)
    open_turns: set[int] = field(default_factory=set)
    turns: int = 0

    def begin(self) -> Turn:
        self.turns += 1
        self.open_turns.add(self.turns)
        over = self.open_turns.discard
        return Turn(self.turns, STATUS_SOURCE, clock=self.clock, tell=self.events.append, over=over)

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(event.kind.value, event.stage) for event in self.events]

    def planner(self, *models: Scripted, seconds: float = 10.0) -> ModelPlanner:
        spending = Spending([])
        chains = [Chain((link,), spending) for link in links(models, self.clock)]
        return ModelPlanner(lambda: chains, OfflinePlanner(), turn=self.begin, seconds=seconds)

    async def draft(self, *models: Scripted, seconds: float = 10.0) -> PlanDraft:
        return await self.planner(*models, seconds=seconds).draft(FORM, told=lambda sentence: None)


async def test_a_plan_is_thought_about_and_then_looked_at_once_more() -> None:
    told = Told()
    assert (await told.draft(Scripted("llama", ANSWER))).writer == "llama"
    assert told.said == [("thinking", "message")] * 2 + [("finalizing", "message")]
    assert {event.source for event in told.events} == {"dashboard"}
    assert (told.turns, told.open_turns) == (1, set())


async def test_a_plan_that_goes_back_is_thought_about_again() -> None:
    told = Told()
    await told.draft(Scripted("llama", LOUD, ANSWER))
    assert [kind for kind, _ in told.said[1:]] == ["thinking", "finalizing"] * 2


async def test_a_model_that_fails_is_told_of_and_the_next_thinks_in_the_same_turn() -> None:
    told = Told()
    broken = Scripted("broken", ModelError("broken is not there.", Fault.TRANSIENT))
    assert (await told.draft(broken, Scripted("llama", ANSWER))).writer == "llama"
    assert [kind for kind, _ in told.said] == ["thinking", "thinking", "tool_error", "thinking", "finalizing"]
    assert [event.tool for event in told.events if event.is_error] == ["model"]
    assert told.turns == 1


async def test_a_plan_that_takes_its_time_says_for_how_long() -> None:
    told = Told()
    drafting = asyncio.create_task(told.draft(Scripted("slow", ANSWER, seconds=3600)))
    async with asyncio.timeout(5):
        while told.clock.next_deadline is None:  # noqa: ASYNC110 - a clock that nobody waits for sets no event
            await asyncio.sleep(0)
        await told.clock.advance_to(told.clock.next_deadline)
        while told.events[-1].seconds is None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    assert told.events[-1].seconds == PROGRESS_SECONDS
    drafting.cancel()
    await asyncio.gather(drafting, return_exceptions=True)
    assert told.open_turns == set()


async def test_the_end_of_its_time_is_told_as_a_failure_and_ends_the_turn() -> None:
    told = Told()
    assert (await told.draft(Scripted("slow", ANSWER, seconds=3600), seconds=0.02)).writer == WRITER
    assert told.said[-1] == ("tool_error", "model")
    assert told.open_turns == set()


async def test_where_no_model_is_asked_there_is_nothing_to_tell() -> None:
    told = Told()
    assert (await told.draft()).writer == WRITER
    assert (told.turns, told.events) == (0, [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_words_for_it_with_and_without_a_time(language: str) -> None:
    lines = templates_of(language).lines
    for name in (f"thinking.{STATUS_SOURCE}.message", f"finalizing.{STATUS_SOURCE}"):
        assert {one.slots for one in lines[name]} == {frozenset(), frozenset({"seconds"})}, name


# --- who is shown it --------------------------------------------------------------------------------


@asynccontextmanager
async def emitter_for(everywhere: list[str | None]) -> AsyncIterator[Emitter]:
    screen = CallbackSink(lambda status: everywhere.append(None if status is None else status.event.source))
    emitter = Emitter(
        Renderer(lambda: "en", chance=random.Random(1)), [screen], clock=SystemClock(), limits=lambda: AT_ONCE
    )
    yield emitter
    await emitter.close()


async def test_who_asked_for_a_turn_is_shown_its_lines_and_no_others() -> None:
    everywhere: list[str | None] = []
    mine: list[str | None] = []
    done = asyncio.Event()

    def watch(status: Status | None) -> None:
        mine.append(None if status is None else status.event.source)
        if status is None:
            done.set()

    async with emitter_for(everywhere) as emitter, asyncio.timeout(5):
        other, turn = emitter.turn("hearthkeeper"), emitter.turn("dashboard")
        turn.watch(watch)
        other.tell(Kind.THINKING, "message")
        turn.tell(Kind.THINKING, "message")
        while "dashboard" not in mine or "hearthkeeper" not in everywhere:  # noqa: ASYNC110
            await asyncio.sleep(0)
        other.over()
        turn.over()
        await done.wait()
        turn.watch(watch)
        turn.tell(Kind.FINALIZING, "message")
        assert emitter._watchers == {}
    assert mine == ["dashboard", None]
    assert everywhere.count("dashboard") == 1


async def test_a_turn_that_showed_nothing_is_watched_no_longer_than_it_lasted() -> None:
    async with emitter_for([]) as emitter:
        with emitter.turn("dashboard") as turn:
            turn.watch(lambda status: None)
            assert len(emitter._watchers) == 1
        assert emitter._watchers == {}


class Thinking:
    """Drafts when it may, and says what goes on until then."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.show: Callable[[str], None] = lambda words: None

    async def draft(self, form: PlanForm, *, before: Sequence[Dashboard] = (), told: object) -> PlanDraft:
        self.show("Sketching tonight's plan")
        await self.may.wait()
        self.show("")
        return await OfflinePlanner().draft(form, told=lambda sentence: None)


@pytest.mark.parametrize("size", SIZES)
async def test_the_dialog_says_what_goes_on_and_takes_it_away(size: tuple[int, int]) -> None:
    author = Thinking()
    dialog = PlanningDialog(author, FORM)
    dialog.show_status("before there is a screen")
    author.show = dialog.show_status
    async with desk(dialog, size) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "Sketching tonight's plan" in said(app))
        author.may.set()
        await until(pilot, lambda: "Written by the offline composer" in said(app))
        assert "Sketching" not in said(app)
    dialog.show_status("behind the end")


async def test_in_the_console_a_plan_that_is_being_written_is_seen_to_be(tmp_path: Path) -> None:
    stuck = stream(delta(content="<plan>\ntitle: The "), done=False, stuck=True)
    async with mock_provider(stuck) as mock:
        chosen = settings(models=(mock.choice(tools=False),), status_delay_seconds=0.0)
        async with test_console.console(tmp_path, chosen=chosen) as (app, pilot):
            await until(pilot, lambda: app.stage.evening is not None and app.stage.evening.words.singly())
            await pilot.press("D")
            await until(pilot, lambda: app.screen.query("#plan-game"))
            await pilot.press(*"Sable", "enter")
            await until(pilot, lambda: any(line in test_console.words(app) for line in SKETCHES))
            await pilot.press("escape")
            await until(pilot, lambda: not any(line in test_console.words(app) for line in SKETCHES))
            await pilot.press("escape")
