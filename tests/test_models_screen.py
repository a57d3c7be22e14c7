"""The models screen says how each model stands, counts down, and lets the operator reset one or try it now."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App

from sanctum_tui.clock import ReplayClock
from sanctum_tui.llm.breaker import Standing, State
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.ports import Asked, Fault, ModelError, Usage
from sanctum_tui.llm.spending import Spending
from sanctum_tui.settings import ModelChoice, Settings, load, models_of
from sanctum_tui.ui.dialogs.models import EXAMPLE, NO_BUDGET, NO_MODEL, ModelsDialog, countdown, standing_words
from tests.builders import START, settings
from tests.test_stream_dialogs import SIZES, desk, said, until

HOSTILE = "[/][@click=app.quit]free subs[/] [b]x $who 漢字 "


def told(app: App[Any]) -> str:
    """What is on the screen, without the bar at the chosen row."""
    return " ".join(said(app).replace("▌", "").split())


class Quiet:
    """A model that is never asked by a test."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.used = Usage()

    def write(self, asked: Asked) -> Any:
        raise NotImplementedError

    async def inform(self, *_: Any, **__: Any) -> str:
        raise NotImplementedError


class Bench(Chain):
    """Two models behind real breakers, on a clock that the test moves."""

    def __init__(self, *names: str) -> None:
        self.clock = ReplayClock(START)
        choices = [ModelChoice(name=name, provider="openai", model="m", price_in=1, price_out=10) for name in names]
        self.spending = Spending(choices)
        self.links = links([Quiet(name) for name in names], self.clock)
        super().__init__(self.links, self.spending)

    def fail(self, place: int, sentence: str = "quick: nobody listens there.", fault: Fault = Fault.AUTH) -> None:
        breaker = self.links[place].breaker
        leave = breaker.admit()
        assert leave is not None
        breaker.failed(leave, ModelError(sentence, fault))

    def state(self, place: int) -> State:
        return self.links[place].breaker.standing().state


def dialog(bench: Bench, chosen: Settings | None = None) -> ModelsDialog:
    return ModelsDialog(bench, settings=lambda: chosen or Settings(), settings_file=Path("/home/ada/config.toml"))


@pytest.mark.parametrize("size", SIZES)
async def test_each_model_tells_its_place_how_it_stands_why_and_what_it_used(size: tuple[int, int]) -> None:
    bench = Bench("quick", "cloud", "third")
    bench.fail(0)
    bench.fail(2, "third took too long.", Fault.TIMEOUT)
    bench.clock.set(bench.clock.now().replace(minute=2))
    assert bench.links[2].breaker.admit() is not None
    bench.spending.count("cloud", Usage(12_400, 820))
    async with desk(dialog(bench, settings(llm_budget_tokens=50_000)), size) as (app, _):
        shown = told(app)
        assert "1 quick ‖ resting 3:00 no tokens used tonight quick: nobody listens there." in shown
        assert "2 cloud ✓ ready 12,400 tokens read, 820 written, cost 0.02 tonight" in shown
        assert "3 third ? being tried no tokens used tonight third took too long." in shown
        assert "The budget is 50,000 tokens (26% used)." in shown
        assert "Where no model answers, the offline composer writes" in shown


async def test_the_countdown_runs_by_itself() -> None:
    bench = Bench("quick")
    bench.fail(0)
    async with desk(dialog(bench)) as (app, pilot):
        assert "resting 5:00" in told(app)
        bench.clock.set(bench.clock.now().replace(second=42))
        await until(pilot, lambda: "resting 4:18" in told(app))
        bench.clock.set(bench.clock.now().replace(minute=6))
        await until(pilot, lambda: "? to be tried with the next line" in told(app))


async def test_the_chosen_model_is_reset_or_tried_and_no_other() -> None:
    bench = Bench("quick", "cloud")
    bench.fail(0)
    bench.fail(1, "cloud: the key is wrong.")
    async with desk(dialog(bench)) as (app, pilot):
        await pilot.press("down", "down", "t")
        await until(pilot, lambda: "cloud is tried with the next line." in told(app))
        assert (bench.state(0), bench.state(1)) == (State.OPEN, State.HALF_OPEN)
        await pilot.press("up", "r")
        await until(pilot, lambda: "quick is ready; what failed is forgotten." in told(app))
        assert (bench.state(0), bench.state(1)) == (State.CLOSED, State.HALF_OPEN)
        assert "nobody listens" not in told(app)
        await pilot.press("t")
        await until(pilot, lambda: "quick is ready already." in told(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_a_model_that_cannot_be_asked_is_not_said_to_be() -> None:
    class Closed(Bench):
        """Its models could not be opened: no key changes that."""

        def reset(self, name: str) -> None:
            pass

        try_now = reset

    bench = Closed("quick")
    bench.fail(0)
    async with desk(dialog(bench)) as (app, pilot):
        for key in "rt":
            await pilot.press(key)
            await until(pilot, lambda: "✕ quick cannot be asked now." in told(app))
            await pilot.press("down")


async def test_a_budget_that_is_reached_says_so_and_none_says_how_to_set_one() -> None:
    bench = Bench("quick")
    async with desk(dialog(bench)) as (app, pilot):
        assert NO_BUDGET in told(app)
        bench.spending.limit(tokens=100)
        bench.spending.count("quick", Usage(90, 10))
        await until(pilot, lambda: "✕ The models have used 100 tokens tonight" in told(app))


@pytest.mark.parametrize("size", SIZES)
async def test_with_no_model_one_learns_who_writes_and_how_to_set_one_up(size: tuple[int, int]) -> None:
    async with desk(dialog(Bench()), size) as (app, pilot):
        shown = told(app)
        assert NO_MODEL in shown
        assert "put three lines into /home/ada/config.toml" in shown
        assert all(line in shown for line in EXAMPLE.splitlines())
        await pilot.press("r", "t", "up", "down", "escape")
        await until(pilot, lambda: app.answers == [None])


def test_the_three_lines_make_a_model(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(EXAMPLE, "utf-8")
    loaded = load(toml_file=file, environ={})
    (choice,) = models_of(loaded.settings)
    assert (choice.provider, choice.model, choice.base_url) == ("ollama", "qwen3:8b", "http://127.0.0.1:11434/v1")
    assert loaded.warnings == ()
    assert len(EXAMPLE.splitlines()) == 3


async def test_many_models_with_hostile_names_are_all_reached() -> None:
    bench = Bench(*(f"{HOSTILE}{number}" for number in range(20)))
    for place in range(20):
        bench.fail(place, HOSTILE * 50)
    async with desk(dialog(bench)) as (app, pilot):
        await pilot.press(*["down"] * 20)
        await until(pilot, lambda: f"20 {HOSTILE}19" in told(app))
        await pilot.press("t")
        assert bench.state(19) is State.HALF_OPEN
        await pilot.press(*["up"] * 20)
        await until(pilot, lambda: f"1 {HOSTILE}0" in told(app))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.2, "0:01"), (41.2, "0:42"), (60, "1:00"), (3599.5, "1:00:00"), (86_400, "24:00:00")]
)
def test_a_countdown_is_short_and_never_early(seconds: float, shown: str) -> None:
    assert countdown(seconds) == shown


def test_every_state_has_a_sign_and_words() -> None:
    shown = [
        standing_words(Standing(State.CLOSED)),
        standing_words(Standing(State.OPEN, seconds=42)),
        standing_words(Standing(State.OPEN)),
        standing_words(Standing(State.HALF_OPEN, probing=True)),
        standing_words(Standing(State.HALF_OPEN)),
    ]
    assert [(sign, words) for sign, words, _ in shown] == [
        ("✓", "ready"),
        ("‖", "resting 0:42"),
        ("‖", "resting"),
        ("?", "being tried"),
        ("?", "to be tried with the next line"),
    ]
