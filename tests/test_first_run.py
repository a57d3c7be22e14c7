"""A newcomer's first evening: one key from a sample, the rest offered once, skipped or kept, and found again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from sanctum_tui.errors import ExitCode, SanctumError
from sanctum_tui.llm.ports import Asked as Question
from sanctum_tui.llm.ports import Fault, ModelError, Usage
from sanctum_tui.runtime.trying import Answered, try_model
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import ModelChoice, Secret, load
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.login import LoginDialog
from sanctum_tui.ui.dialogs.newmodel import NewModelDialog, values_of
from sanctum_tui.ui.dialogs.setup import FolderDialog, SetupDialog
from sanctum_tui.ui.dialogs.welcome import Choice, ChoiceKind, Steps, WelcomeDialog
from sanctum_tui.ui.firstrun import Asked, Step, is_set, open_steps
from tests.builders import paths_in, settings
from tests.test_console import console as whole_console
from tests.test_console import line_waits, toasts
from tests.test_console import words as said
from tests.test_login_dialog import SAMPLES, SIZES, console, until, words

KEY = "a-key-that-nobody-may-see"
OLLAMA = "http://127.0.0.1:11434/v1"


def newcomer(folder: Path) -> SanctumApp:
    return SanctumApp(settings(), paths_in(folder), None)


class Model:
    """Answers when and as it is told to."""

    def __init__(self) -> None:
        self.asked: list[ModelChoice] = []
        self.answers: asyncio.Queue[Answered | SanctumError] = asyncio.Queue()

    async def __call__(self, choice: ModelChoice) -> Answered:
        self.asked.append(choice)
        answer = await self.answers.get()
        if isinstance(answer, SanctumError):
            raise answer
        return answer


# What is offered


def test_what_is_set_or_was_asked_is_not_offered() -> None:
    assert open_steps(settings(), frozenset()) == (Step.MODEL, Step.LEDGERS)
    assert open_steps(settings(export_path="/x"), frozenset({Step.MODEL})) == ()
    assert open_steps(settings(llm_provider="ollama", llm_model="m"), frozenset()) == (Step.LEDGERS,)
    assert is_set(Step.TWITCH, settings(), "mira")
    assert not is_set(Step.TWITCH, settings(), "")


def test_what_was_asked_is_remembered_and_a_broken_note_of_it_does_no_harm(tmp_path: Path) -> None:
    asked = Asked(paths_in(tmp_path))
    assert asked.read() == frozenset()
    asked.add(Step.MODEL)
    asked.add(Step.LEDGERS)
    assert Asked(paths_in(tmp_path)).read() == {Step.MODEL, Step.LEDGERS}
    (tmp_path / "state" / "welcome.json").write_text("[nonsense")
    assert asked.read() == frozenset()


@pytest.mark.parametrize("size", [*SIZES, (240, 70), (60, 120)])
async def test_everything_that_is_offered_is_seen_without_scrolling(tmp_path: Path, size: tuple[int, int]) -> None:
    app = newcomer(tmp_path)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Windrose" in words(app) and "replay FILE" in words(app))
        assert app.screen.query_one("#dialog").max_scroll_y == 0
        for offered in ("1 The quiet sea", "4 Connect to Twitch…", "5 A language model…", "6 A folder for ledgers…"):
            assert offered in words(app)


async def test_each_offer_has_its_number(tmp_path: Path) -> None:
    dialog = WelcomeDialog(SAMPLES, known="mira", steps=Steps((Step.MODEL, Step.LEDGERS)))
    async with console(tmp_path, dialog) as (app, pilot):
        await until(pilot, lambda: "Windrose" in words(app))
        await pilot.press("9", "6")
        await until(pilot, lambda: app.answers == [Choice(ChoiceKind.SET_UP, step=Step.LEDGERS)])


# A folder for ledgers


async def test_a_folder_is_made_kept_and_not_offered_again(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    vault = tmp_path / "my vault"
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "6 A folder" in words(app))
        await pilot.press("6")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog) and "Esc goes back" in words(app))
        app.screen.query_one("#folder").value = str(vault)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: "Enter again makes it" in words(app))
        assert not vault.exists()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog) and "5 A language model" in words(app))
        assert vault.is_dir()
        assert list(vault.iterdir()) == []
        assert "6 A folder for ledgers… ✓ set up" in words(app)
        loaded = load(toml_file=paths_in(tmp_path).settings_file, environ={})
        assert loaded.settings.export_path == str(vault)
        assert app.host.settings.export_path == str(vault)
        assert "Kept in" in toasts(app)
    again = SanctumApp(loaded.settings, paths_in(tmp_path), None)
    async with again.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "5 A language model" in words(again))
        assert "A folder for ledgers" not in words(again)


async def test_a_folder_that_cannot_be_written_to_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    async with console(tmp_path, FolderDialog(tmp_path / "file" / "inside")) as (app, pilot):
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "name another folder" in words(app))
        app.screen.query_one("#folder").value = ""  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: "or leave with Esc" in words(app))
        assert app.answers == []


async def test_escape_in_a_step_goes_back_and_every_offer_keeps_its_number(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        for key, dialog in (("5", NewModelDialog), ("6", FolderDialog), ("5", NewModelDialog)):
            await until(pilot, lambda: isinstance(app.screen, WelcomeDialog) and "Windrose" in words(app))
            await pilot.press(key)
            await until(pilot, lambda kind=dialog: isinstance(app.screen, kind))  # type: ignore[misc]
            await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog) and "Windrose" in words(app))
        assert "5 A language model…" in words(app)
        assert "6 A folder for ledgers…" in words(app)
        assert not paths_in(tmp_path).settings_file.exists()
        await pilot.press("1")
        await until(pilot, lambda: app.presenter is not None)


async def test_what_is_not_wanted_again_is_gone_at_the_next_start_and_can_be_taken_back_until_then(
    tmp_path: Path,
) -> None:
    app = newcomer(tmp_path)
    async with app.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: "Windrose" in words(app))
        await pilot.press("n")
        assert "n not again" not in words(app)
        await pilot.press("end", "n", "up")
        await until(pilot, lambda: "n not again" in words(app) and "from the next start on" in words(app))
        await pilot.press("n", "n")
        assert words(app).count("from the next start on") == 1
    again = newcomer(tmp_path)
    async with again.run_test(size=(120, 35)) as pilot:
        await until(pilot, lambda: "Windrose" in words(again))
        assert "5 A language model…" in words(again)
        assert "A folder for ledgers" not in words(again)


async def test_escape_does_not_quit_the_first_screen_and_says_what_does(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES)) as (app, pilot):
        await pilot.press("escape")
        await until(pilot, lambda: "q quits; Enter or a number chooses." in words(app))
        assert app.answers == []
        await pilot.press("q")
        await until(pilot, lambda: app.answers == [None])


# A model


async def fill(pilot: object, app: object, provider: str, **values: str) -> None:
    """Choose a provider by its number, and type into the fields."""
    await pilot.press(provider)  # type: ignore[attr-defined]
    for name, value in values.items():
        field = app.screen.query_one(f"#model-{name}")  # type: ignore[attr-defined]
        field.focus()
        field.value = ""
        await pilot.press(*value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [(80, 24), (240, 70)])
async def test_a_model_that_answers_is_given_back(tmp_path: Path, size: tuple[int, int]) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model), size) as (app, pilot):
        await until(pilot, lambda: "4 Another" in words(app))
        await fill(pilot, app, "1", model="qwen3:8b")
        assert OLLAMA in words(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Asking qwen3:8b for one word" in words(app))
        model.answers.put_nowait(Answered("blue", 1.2))
        await until(pilot, lambda: app.answers)
        wanted = ModelChoice(name="qwen3:8b", provider="ollama", model="qwen3:8b", base_url=OLLAMA)
        assert model.asked == app.answers == [wanted]


async def test_a_key_is_dots_and_a_typed_address_stays(tmp_path: Path) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model)) as (app, pilot):
        await fill(pilot, app, "3", key=KEY, model="m", address="http://10.0.0.5:8000/v1")
        assert KEY not in words(app)
        await pilot.press("shift+tab", "4")
        assert "http://10.0.0.5:8000/v1" in words(app)
        await pilot.press("enter")
        model.answers.put_nowait(Answered("blue", 0.1))
        await until(pilot, lambda: app.answers)
        assert model.asked[0].api_key == Secret(KEY)
        assert model.asked[0].base_url == "http://10.0.0.5:8000/v1"


async def test_one_that_does_not_answer_is_tried_again_or_kept_all_the_same(tmp_path: Path) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model)) as (app, pilot):
        await fill(pilot, app, "2", model="m")
        model.answers.put_nowait(ModelError("m: nobody listens there.", Fault.TRANSIENT))
        await pilot.press("ctrl+g", "enter")
        await until(pilot, lambda: "nobody listens there" in words(app) and "Ctrl+G" in words(app))
        model.answers.put_nowait(ModelError("m: still nobody.", Fault.TRANSIENT))
        await pilot.press("enter")
        await until(pilot, lambda: "still nobody" in words(app) and "Ctrl+G" in words(app))
        assert len(model.asked) == 2
        await pilot.press("ctrl+g")
        await until(pilot, lambda: app.answers == [model.asked[-1]])


async def test_escape_stops_the_trying_first(tmp_path: Path) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model)) as (app, pilot):
        await fill(pilot, app, "1", model="m")
        await pilot.press("enter")
        await until(pilot, lambda: "Esc stops trying" in words(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing was kept" in words(app))
        assert app.answers == []
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_enter_says_what_is_missing_and_numbers_are_shown_where_they_choose(tmp_path: Path) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model)) as (app, pilot):
        await until(pilot, lambda: "4 Another" in words(app))
        await pilot.press("3")
        await until(pilot, lambda: "4 Another" not in words(app) and "OpenAI" in words(app))
        await pilot.press("enter")
        await until(pilot, lambda: "✕ A key is needed" in words(app))
        await pilot.press(*KEY, "enter")
        await until(pilot, lambda: "A model is needed" in words(app))
        await pilot.press("enter")
        await until(pilot, lambda: "✕ A model is needed" in words(app))
        await pilot.press("shift+tab", "shift+tab", "shift+tab")
        await until(pilot, lambda: "4 Another" in words(app))
        assert model.asked == []


async def test_what_is_missing_or_no_address_is_said_before_anybody_is_asked(tmp_path: Path) -> None:
    model = Model()
    async with console(tmp_path, NewModelDialog(model)) as (app, pilot):
        await fill(pilot, app, "4", address="nowhere", model="m")
        await pilot.press("enter")
        await until(pilot, lambda: "no address such as" in words(app))
        await fill(pilot, app, "enter", model="")
        await pilot.press("enter")
        assert model.asked == []


def test_a_kept_model_is_the_model_that_is_read_again(tmp_path: Path) -> None:
    choice = ModelChoice(
        name="m", provider="openai", model="m", base_url="https://api.openai.com/v1", api_key=Secret(KEY)
    )
    app = newcomer(tmp_path)
    app.host.write(values_of(choice))
    file = paths_in(tmp_path).settings_file
    kept = load(toml_file=file, environ={}).settings
    assert (kept.llm_provider, kept.llm_model, kept.llm_base_url, kept.llm_api_key) == (
        "openai",
        "m",
        "",
        Secret(KEY),
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert app.host.sources["LLM_MODEL"] == str(file)


class Slow:
    """A model that says its key, or nothing at all."""

    name = "slow"
    used = Usage()

    def __init__(self, *words: str) -> None:
        self._words = words
        self.closed = False

    async def write(self, asked: Question) -> object:
        if not self._words:
            await asyncio.Event().wait()
        for word in self._words:
            yield word

    async def inform(self, *_: object, **__: object) -> str:
        raise NotImplementedError

    async def aclose(self) -> None:
        self.closed = True


def opening(model: Slow) -> Callable[[object], Awaitable[list[Slow]]]:
    async def opened(_: object) -> list[Slow]:
        return [model]

    return opened


async def test_a_trial_ends_in_time_and_shows_no_key() -> None:
    choice = ModelChoice(name="slow", provider="openai", model="m", api_key=Secret(KEY))
    silent, telltale = Slow(), Slow(KEY)
    with pytest.raises(ModelError, match=r"did not answer within 0\.05 s"):
        await try_model(choice, patience=0.05, opening=opening(silent))  # type: ignore[arg-type]
    answered = await try_model(choice, opening=opening(telltale))  # type: ignore[arg-type]
    assert KEY not in answered.word
    assert silent.closed
    assert telltale.closed
    assert KEY not in REDACTOR.redact(KEY)


# Twitch, and coming back


async def test_a_client_id_is_kept_and_the_login_goes_on(tmp_path: Path) -> None:
    app = newcomer(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "in five steps" in words(app))
        await pilot.press("4")
        await until(pilot, lambda: "dev.twitch.tv/console/apps" in words(app))
        await pilot.press(*"not an id", "enter")
        await until(pilot, lambda: "That is no client id" in words(app))
        app.screen.query_one("#client-id").value = "abcdefghij0123456789abcdefghij"  # type: ignore[attr-defined]
        app.host.settings = msgspec.structs.replace(app.host.settings, twitch_server="http://127.0.0.1:9")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, LoginDialog))
        kept = load(toml_file=paths_in(tmp_path).settings_file, environ={}).settings
        assert kept.twitch_client_id == app.host.settings.twitch_client_id == "abcdefghij0123456789abcdefghij"
        app.exit(ExitCode.OK)


async def test_all_of_it_can_be_come_back_to_and_changes_nothing_of_the_evening(tmp_path: Path) -> None:
    async with whole_console(tmp_path) as (app, pilot):
        await line_waits(app, pilot)
        await app.keys.screens.setup()
        await until(pilot, lambda: isinstance(app.screen, SetupDialog) and "3 A folder for ledgers" in said(app))
        assert "now: none: the offline composer writes" in said(app)
        assert "now: not connected" in said(app)
        await pilot.press("3")
        await until(pilot, lambda: isinstance(app.screen, FolderDialog))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "it counts from now on" in toasts(app))
        evening = app.stage.evening
        assert evening is not None
        assert evening.settings.export_path == str(paths_in(tmp_path).ledgers)
        assert evening.keeping.session.ended_at is None
