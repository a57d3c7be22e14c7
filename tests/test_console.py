"""The console, driven by keys over a real evening."""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.events import Key, Paste
from textual.pilot import Pilot

from sanctum_tui.chat import ChatEvent
from sanctum_tui.errors import ExitCode
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.events import Event, PromptStepped
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.runtime.plan import Plan
from sanctum_tui.settings import Settings
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW
from sanctum_tui.ui.dialogs.asking import AskLine
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.preview import NOTHING_HAPPENED
from sanctum_tui.ui.dialogs.welcome import WelcomeDialog
from sanctum_tui.ui.keys.editing import INSISTS
from tests.builders import paths_in, says, settings, write_log
from tests.pictures import Picture, in_utc

DASHBOARD = """### 1. Stream Title
The long way round: an evening at sea

### 4. Session Goals
- Sail to the unlit lighthouse without the map

### 5. One Content Angle
Does solitude at sea feel like freedom or exile?
"""
HOUR = 3600.0
PLACES = {"1": "#chat", "2": "#silence", "3": "#review", "4": "#dashboard", "5": "#ledger"}
HOSTILE = "\x1b]52;c;eA==\x07\x1b[2J[/][@click=app.quit]free subs[/] \u202eabc \U000e0041 \x9b31m"


class Hand:
    """The operator's own time, which stands still until the test moves it."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def quiet(*before: ChatEvent, until: float = 2 * HOUR) -> list[ChatEvent]:
    """Somebody speaks at the start, then nobody but a bot at the end."""
    return [says(0, "evening all"), *before, says(until, "a timer", "Nightbot")]


def hold_still(app: SanctumApp) -> None:
    """Let the replay stand still as soon as a line waits, so that its clock is known."""

    def pause(event: Event) -> None:
        if isinstance(event, PromptStepped) and event.prompt.state is PromptState.PENDING and app.stage.evening:
            app.stage.evening.player.pause()

    app.stage.broadcast.subscribe(pause)


@asynccontextmanager
async def console(
    folder: Path,
    events: Sequence[ChatEvent] | None = None,
    *,
    chosen: Settings | None = None,
    hand: Callable[[], float] | None = None,
    size: tuple[int, int] = (120, 35),
    still: bool = True,
    speed: float = math.inf,
) -> AsyncIterator[tuple[SanctumApp, Pilot[int]]]:
    """The console on a log of these events, in `folder`; keys act at once unless a `hand` is given."""
    log = folder / "evening" / "chat.jsonl"
    if not log.exists():
        write_log(log, events or quiet())
        (log.parent / "dashboard.md").write_text(DASHBOARD, "utf-8")
    ticking = iter(range(0, 10**9, 10))
    own_time = hand or (lambda: float(next(ticking)))
    app = SanctumApp(chosen or settings(), paths_in(folder), Plan(log, speed=speed), monotonic=own_time)
    if still:
        hold_still(app)
    async with app.run_test(size=size, notifications=True) as pilot:
        yield app, pilot


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Let the console run until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.01)


def seen(app: SanctumApp, place: str = "Screen") -> str:
    """What Textual put on the screen in a widget's place, row by row."""
    region = app.screen.region if place == "Screen" else app.query_one(place).region
    rows = app.screen._compositor.render_strips()[region.y : region.bottom]
    return "\n".join(strip.crop(region.x, region.right).text for strip in rows)


def words(app: SanctumApp, place: str = "Screen") -> str:
    """The words in a widget's place, without frames and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─┃┏┓┗┛━▌▇█▁▂▃▄▅▆]", " ", seen(app, place)).split())


def shows(app: SanctumApp, place: str, what: str) -> bool:
    return what in words(app, place)


def toasts(app: SanctumApp) -> str:
    return "\n".join(notification.message for notification in app._notifications)


def evening(app: SanctumApp) -> Evening:
    assert app.stage.evening is not None
    return app.stage.evening


def card(app: SanctumApp) -> Prompt:
    prompt = evening(app).queue.current
    assert prompt is not None
    return prompt


async def line_waits(app: SanctumApp, pilot: Pilot[int], number: int = 1) -> Prompt:
    await until(pilot, lambda: app.presenter is not None and app.review.number == number)
    await until(pilot, lambda: app.query("#ledger"))
    return card(app)


async def test_the_whole_evening_by_keyboard(tmp_path: Path) -> None:
    chosen = settings(hearthkeeper_prompt_interval_minutes=1.0, review_undo_seconds=0.0)
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        first = await line_waits(app, pilot)
        await until(pilot, lambda: first.line in words(app, "#review"))
        await pilot.press("p")
        await until(pilot, lambda: NOTHING_HAPPENED in words(app))
        await pilot.press("escape", "e", *"too", "enter")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)
        posted = card(app)
        assert posted.line == f"{first.line}too"
        assert posted.steps[-1].text == posted.text == f"{posted.line} — Chronicler, AI steward"
        await until(pilot, lambda: "too — Chronicler" in words(app, "#chat"))

        await pilot.press("space")
        await line_waits(app, pilot, 2)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await pilot.press("u")
        await until(pilot, lambda: card(app).state is PromptState.PENDING)
        await pilot.press("h")
        await until(pilot, lambda: card(app).state is PromptState.HELD)
        await pilot.press("R", *"sea", "enter")
        third = await line_waits(app, pilot, 3)
        assert evening(app).queue.prompts[1].steps[-1].reason == "sea"
        assert third.state is PromptState.PENDING
        await pilot.press("S", *"calm", "enter")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        assert card(app).steps[-1].reason == "calm"
        await pilot.press("K", *"surf", "enter")
        await until(pilot, lambda: "Marked" in toasts(app))
        await pilot.press("w")
        await until(pilot, lambda: "The ledger was written to" in toasts(app))
        await pilot.press("q")
        await until(pilot, lambda: "end it here" in words(app))
        await pilot.press("e")
        await until(pilot, lambda: not app.is_running)
    ledger = next((tmp_path / "ledgers").glob("*.md")).read_text("utf-8")
    assert all(word in ledger for word in ("too", "calm", "surf"))
    assert app.return_code == 0


async def test_a_key_pressed_as_the_card_turns_does_not_act(tmp_path: Path) -> None:
    hand = Hand()
    async with console(tmp_path, hand=hand) as (app, pilot):
        await line_waits(app, pilot)
        hand.time += 0.29
        await pilot.press("a")
        assert card(app).state is PromptState.PENDING
        assert CHANGED_JUST_NOW in toasts(app)
        hand.time += 0.3
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.APPROVED)


async def test_yes_pressed_twice_posts_once_and_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("a", "a")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)
        await until(pilot, lambda: "No line waits for that key" in toasts(app))
        assert evening(app).queue.counts() == {"posted": 1}


async def test_a_yes_can_be_taken_back_before_it_goes_out(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=60.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("a")
        await until(pilot, lambda: "goes out in" in words(app))
        await pilot.press("u")
        await until(pilot, lambda: card(app).state is PromptState.PENDING)
        assert evening(app).queue.counts() == {"pending": 1}


async def test_what_the_guard_refuses_is_posted_only_when_the_operator_insists(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=60.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", "exclamation_mark")
        await until(pilot, lambda: "The guard says no" in words(app, "#review"))
        await pilot.press("enter")
        await until(pilot, lambda: "Enter again posts it all the same" in words(app, "#review"))
        assert card(app).state is PromptState.PENDING
        await pilot.press("enter")
        await until(pilot, lambda: card(app).state is PromptState.APPROVED)
        assert card(app).line.endswith("!")
        assert card(app).steps[-1].reason.startswith("operator overrode the guard: exclamation")


async def test_half_edited_words_outlive_an_escape_and_a_crash(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        await pilot.press("e", *"half")
        await pilot.press("escape")
        await until(pilot, lambda: list((tmp_path / "state" / "edits").glob("*.txt")))
    async with console(tmp_path, speed=1.0) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e")
        await until(pilot, lambda: f"{line}half" in words(app, "#review"))
        await pilot.press("escape", "s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await pilot.press("u")
        await until(pilot, lambda: card(app).state is PromptState.PENDING)
        await pilot.press("a")
        await until(pilot, lambda: card(app).state is PromptState.APPROVED)


async def test_the_words_of_a_decided_line_are_not_kept(tmp_path: Path) -> None:
    edits = tmp_path / "state" / "edits"
    async with console(tmp_path, chosen=settings(review_undo_seconds=0.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", *"half")
        await until(pilot, lambda: list(edits.glob("*.txt")))
        await pilot.press("enter")
        await until(pilot, lambda: card(app).state is PromptState.POSTED)
        await until(pilot, lambda: not list(edits.glob("*.txt")))


async def test_letters_typed_into_an_editor_are_no_keys(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        await pilot.press("e", "m", "q")
        await until(pilot, lambda: f"{line}mq" in words(app, "#review"))
        assert not evening(app).orchestrator.muted
        await pilot.press("escape", "m")
        await until(pilot, lambda: evening(app).orchestrator.muted)
        assert "✕ muted" in words(app)


async def test_when_people_talk_the_words_in_the_editor_stay_and_nothing_is_posted(tmp_path: Path) -> None:
    chosen = settings(review_undo_seconds=0.0)
    async with console(tmp_path, chosen=chosen) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", *"half")
        await evening(app).orchestrator.hear([says(1000, "back again")])
        await until(pilot, lambda: "is stale by now" in words(app, "#review"))
        await pilot.press("enter")
        await until(pilot, lambda: "nothing can be posted from here" in words(app, "#review"))
        assert "Will be posted exactly as" not in words(app, "#review")
        assert "half" in words(app, "#review")
        assert evening(app).queue.counts() == {"stale": 1}
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing waits for you." in words(app))


async def test_the_key_right_behind_an_escape_is_a_key_and_no_letter(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        await pilot.press("e")
        for key, character in (("escape", None), ("s", "s")):
            app.post_message(Key(key, character))
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        assert card(app).line == line


async def test_a_skip_taken_back_too_late_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: card(app).state is PromptState.SKIPPED)
        await evening(app).orchestrator.hear([says(1000, "back again")])
        await pilot.press("u")
        await until(pilot, lambda: "people have talked since" in toasts(app))
        assert card(app).state is PromptState.STALE


@pytest.mark.parametrize(("key", "becomes"), [("y", PromptState.POSTED), ("n", PromptState.FAILED)])
async def test_a_line_whose_answer_was_lost_is_settled_with_one_key(
    tmp_path: Path, key: str, becomes: PromptState
) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        for state in (PromptState.APPROVED, PromptState.SENDING, PromptState.UNKNOWN):
            await evening(app).queue.step(1, state, by="test", reason="no answer")
        await until(pilot, lambda: "Nobody knows whether line 1 was posted" in words(app, "#review"))
        assert "y it was posted n it was not" in words(app)
        await pilot.press("a", key)
        await until(pilot, lambda: card(app).state is becomes)
        assert [step.state for step in card(app).steps].count(PromptState.SENDING) == 1


async def test_an_earlier_ledger_is_read_as_it_is(tmp_path: Path) -> None:
    earlier = tmp_path / "ledgers" / "2026-02-27-quietharbor-1.md"
    earlier.parent.mkdir()
    earlier.write_text(f"# An earlier evening\n\n{HOSTILE}\n", "utf-8")
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("5", "left")
        await until(pilot, lambda: "An earlier evening" in words(app, "#ledger"))
        assert "[@click=app.quit]free subs[/]" in words(app, "#ledger")
        assert not [character for character in seen(app) if character != "\n" and _obeyed(character)]
        await pilot.press("right")
        await until(pilot, lambda: "Sanctum Ledger" in words(app, "#ledger"))


async def test_a_key_that_does_not_fit_says_why_and_what_would(tmp_path: Path) -> None:
    async with console(tmp_path, [says(0), says(30)]) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        for key, told in (
            ("a", "The evening is not playing"),
            ("i", "nothing here reaches a stream"),
            ("l", "The evening is not playing"),
        ):
            await pilot.press(key)
            await until(pilot, partial(lambda what: what in toasts(app), told))
            assert len(app._notifications) == 1


async def test_let_it_be_is_one_key_there_and_one_key_back(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("l")
        await until(pilot, lambda: "☾ let it be" in words(app))
        await pilot.press("l")
        await until(pilot, lambda: evening(app).orchestrator.let_it_be_until is None)
        await pilot.press("L", *"soon", "enter")
        await until(pilot, lambda: "is no number of minutes" in words(app))
        await pilot.press(*["backspace"] * 4, *"90", "enter")
        await until(pilot, lambda: "Letting it be for 90 minutes." in toasts(app))


async def test_a_setting_changes_while_the_evening_runs(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("colon", *"let_it_be_minutes=25", "enter")
        await until(pilot, lambda: "LET_IT_BE_MINUTES is 25 for this evening." in toasts(app))
        await pilot.press("l")
        await until(pilot, lambda: "Letting it be for 25 minutes." in toasts(app))
        await pilot.press("colon", *"theme=parchment", "enter")
        await until(pilot, lambda: app.theme == "parchment")
        await pilot.press("colon", *"agent_loop_interval_seconds=0", "enter")
        await until(pilot, lambda: "which does not fit" in words(app))
        await pilot.press(*"rs")
        assert isinstance(app.screen, AskLine)
        assert evening(app).settings.agent_loop_interval_seconds == 60
        assert card(app).state is PromptState.PENDING


async def test_why_tells_every_number_and_what_would_change_it(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("t")
        await until(pilot, lambda: "Nobody has written for 15:00" in words(app))
        assert "Lines posted tonight 0 of 8" in words(app)
        assert "once it is decided" in words(app)
        await pilot.press("m")
        await until(pilot, lambda: evening(app).orchestrator.muted)


async def test_when_the_log_ends_the_ledger_is_written_and_the_console_stays(tmp_path: Path) -> None:
    async with console(tmp_path, still=False) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("s")
        await line_waits(app, pilot, 2)
        evening(app).player.end()
        await until(pilot, lambda: "The evening has ended. Its ledger is" in toasts(app))
        await until(pilot, lambda: "■ The evening has ended" in words(app))
        assert len(list((tmp_path / "ledgers").glob("*.md"))) == 1
        assert app.is_running
        await pilot.press("q")
        await until(pilot, lambda: not app.is_running)


@pytest.mark.parametrize("size", [(120, 35), (200, 60), (60, 120)])
async def test_an_evening_that_is_over_shows_its_ledger_and_leaves_the_focus_where_it_is(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("1")
        await until(pilot, lambda: app.frame.focused == "chat")
        before = app.query_one("#ledger").region
        app.stage.turn_over()
        await until(pilot, lambda: app.query_one("#ledger").region.height >= max(15, before.height * 1.3))
        assert app.stage.ended
        assert app.frame.focused == "chat"
        await until(pilot, lambda: "tonight, so far" not in words(app, "#ledger"))


async def test_left_with_one_key_it_goes_on_from_there(tmp_path: Path) -> None:
    async with console(tmp_path, quiet(says(60, "is this thing on"))) as (app, pilot):
        line = (await line_waits(app, pilot)).line
        await pilot.press("q", "l")
        await until(pilot, lambda: not app.is_running)
    async with console(tmp_path, speed=1.0) as (app, pilot):
        assert (await line_waits(app, pilot)).line == line
        await until(pilot, lambda: "is this thing on" in words(app))
        assert "goes on where it stopped" in toasts(app)


async def test_what_was_typed_into_the_dashboard_is_in_its_file_however_one_leaves(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("4")
        await until(pilot, lambda: app.frame.focused == "dashboard")
        await pilot.press("enter")
        await until(pilot, lambda: app.frame.typing)
        await pilot.press(*"Fog")
        app.exit(0)
    assert (tmp_path / "data" / "dashboards" / "evening.md").read_text("utf-8").startswith("Fog### 1.")


async def test_hostile_words_are_shown_as_they_are_and_do_nothing(tmp_path: Path) -> None:
    events = quiet(says(1, HOSTILE, "[/]"), says(2, "[/] [b]x[/] [@click=app.quit]y", "@click"))
    async with console(tmp_path, events, chosen=settings(review_undo_seconds=60.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("K")
        await until(pilot, lambda: isinstance(app.screen, AskLine))
        app.screen.query_one(LineInput).post_message(Paste(HOSTILE))
        await until(pilot, lambda: "free subs" in words(app))
        assert not [character for character in seen(app) if character != "\n" and _obeyed(character)]
        await pilot.press("enter", "e")
        app.review.query_one("#line-editor").post_message(Paste(HOSTILE))
        await until(pilot, lambda: "free subs" in words(app, "#review") and "[/][@click" in words(app))
        await until(pilot, lambda: "free subs" in words(app, "#card-exact") and not app.review.unread)
        await pilot.press("enter")
        await until(pilot, lambda: INSISTS in toasts(app) and not app.review.unread)
        await pilot.press("enter")
        await until(pilot, lambda: card(app).state is PromptState.APPROVED)
        app.say(f"{HOSTILE[-40:]} in a toast")
        await until(pilot, lambda: "in a toast" in words(app))
        shown = seen(app)
        assert "[@click=app.quit]free subs[/]" in words(app)
        assert not [character for character in shown if character != "\n" and _obeyed(character)]


async def test_a_log_that_cannot_be_read_is_one_sentence_and_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "evening" / "chat.jsonl"
    log.parent.mkdir()
    log.write_bytes(b"")
    async with console(tmp_path) as (app, pilot):
        await until(pilot, lambda: not app.is_running)
    assert app.return_code == ExitCode.BAD_INPUT
    told = " ".join(capsys.readouterr().err.split())
    assert told.startswith("sanctum-tui: ")
    assert told.endswith(".")


async def test_a_crash_shows_one_sentence_and_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = SanctumApp(settings(), paths_in(tmp_path), None)

    def fail() -> None:
        secret = "oauth:abcdef"
        raise RuntimeError(f"broken {len(secret)}")

    async def crash() -> None:
        async with app.run_test() as pilot:
            app.call_later(fail)
            await until(pilot, lambda: not app.is_running)

    with pytest.raises(RuntimeError, match="broken"):
        await crash()
    assert app.return_code == ExitCode.CRASHED
    told = capsys.readouterr().err
    assert "oauth" not in told
    assert "sanctum.log" in told.replace("\n", "")
    assert "Traceback" not in told


async def test_with_nothing_set_up_a_number_plays_a_sample_evening(tmp_path: Path) -> None:
    app = SanctumApp(settings(), paths_in(tmp_path), None)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog))
        await until(pilot, lambda: "Windrose" in words(app))
        assert "Connect to Twitch…" in words(app)
        await pilot.press("1")
        await until(pilot, lambda: app.presenter is not None)
        assert evening(app).player.speed == 60
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: evening(app).player.speed == 30)
        await pilot.press("space")
        await until(pilot, lambda: "paused" in words(app))


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (60, 120), (200, 60), (120, 24)])
async def test_at_every_size_one_sees_what_will_be_posted_and_reaches_every_pane(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, size=size) as (app, pilot):
        line = await line_waits(app, pilot)
        await until(pilot, lambda: line.text in words(app, "#review") and "a approve" in words(app))
        assert "a line waits" in words(app)
        await until(pilot, lambda: "evening all" in words(app))
        for key, sign in (
            ("4", "Title The long way round"),
            ("5", "Sanctum Ledger"),
            ("1", "evening all"),
            ("3", line.text),
        ):
            await pilot.press(*(["escape"] if key == "5" else []), key)
            await until(pilot, partial(shows, app, PLACES[key], sign))
            assert f"#{app.frame.focused}" == PLACES[key]
        await pilot.press("z")
        await until(pilot, lambda: "Silence" not in words(app))
        await pilot.press("z")
        await until(pilot, lambda: "Silence" in words(app))


@pytest.fixture
def utc() -> Iterator[None]:
    with in_utc():
        yield


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize(
    ("size", "key"),
    [((120, 35), None), ((80, 24), None), ((120, 35), "question_mark")],
    ids=["wide", "small", "help"],
)
async def test_the_console_looks_as_it_did(
    tmp_path: Path, snapshot: SnapshotAssertion, size: tuple[int, int], key: str | None
) -> None:
    async with console(tmp_path, quiet(says(20, "the sea is quiet tonight", "pebble")), size=size) as (app, pilot):
        await line_waits(app, pilot)
        await until(pilot, lambda: "the sea is quiet" in words(app))
        await until(pilot, lambda: size == (80, 24) or "Sanctum Ledger" in words(app))
        if key is not None:
            await pilot.press(key)
            await until(pilot, lambda: "type to search" in words(app))
        await pilot.pause(0.3)
        assert app.export_screenshot() == snapshot(extension_class=Picture)


def _obeyed(character: str) -> bool:
    point = ord(character)
    return point < 32 or 127 <= point < 160 or 0x202A <= point <= 0x202E or 0xE0000 <= point <= 0xE0FFF


@pytest.mark.parametrize(("written", "said"), [("/ban mira", "takes for a command"), ("", "no words in it")])
async def test_what_no_chat_would_take_cannot_be_insisted_on(tmp_path: Path, written: str, said: str) -> None:
    async with console(tmp_path) as (app, pilot):
        line = await line_waits(app, pilot)
        await pilot.press("e", *["backspace"] * len(line.line), *written, "enter", "enter")
        await until(pilot, lambda: said in words(app, "#review"))
        assert "Enter again" not in words(app, "#review")
        assert card(app).state is PromptState.PENDING


async def test_words_that_were_left_are_told_of_on_the_card_while_one_can_go_on_with_them(tmp_path: Path) -> None:
    async with console(tmp_path, chosen=settings(review_undo_seconds=60.0)) as (app, pilot):
        await line_waits(app, pilot)
        await pilot.press("e", *"half", "escape")
        await until(pilot, lambda: "your edit is kept, e goes on with it" in words(app, "#review"))
        await pilot.press("a")
        await until(pilot, lambda: "Line 1 goes out in" in words(app, "#review"))
        assert "e goes on with it" not in words(app, "#review")


async def test_when_the_evening_has_ended_the_card_says_where_its_ledger_is(tmp_path: Path) -> None:
    async with console(tmp_path, [says(0), says(30)]) as (app, pilot):
        await until(pilot, lambda: app.stage.ended)
        await until(pilot, lambda: "Its ledger is" in words(app, "#review"))
