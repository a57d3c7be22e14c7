"""Connecting an account within the console, and the first screen that leads there."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import segno
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from sanctum_tui.paths import shipped
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.errors import RefusedError
from sanctum_tui.twitch.login import Denied, Expired, LoggedIn, LoginStep, Offline, Waiting
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import Scope, wanted
from sanctum_tui.twitch.store import known
from sanctum_tui.twitch.values import Account, DeviceCode, Grant
from sanctum_tui.ui.dialogs.login import ASKING, COPIED, LoginDialog, login_dialog, room
from sanctum_tui.ui.dialogs.registering import RegisteringDialog
from sanctum_tui.ui.dialogs.welcome import Choice, ChoiceKind, WelcomeDialog
from sanctum_tui.ui.look.blocks import QUIET_DOTS, letters
from sanctum_tui.ui.shell import Shell
from tests.builders import START, paths_in, settings
from tests.fake_twitch import FakeTwitch
from tests.test_qr import dots

DEVICE_CODE = "this-is-ours-alone-4711"
CODE = DeviceCode(
    "https://www.twitch.tv/activate?public=true&device-code=QWERTZAB", "QWERTZAB", Secret(DEVICE_CODE), 5, 1800
)
NEXT = DeviceCode("https://www.twitch.tv/activate?device-code=ABCDEFGH", "ABCDEFGH", Secret("another-one"), 5, 1800)
GRANT = Grant(
    Account("1001", "mira", "Mira"), "client", Secret("the-access-token"), Secret("the-refresh"), frozenset(), START
)
SIZES = [(80, 24), (100, 25), (120, 24), (120, 35), (200, 60)]


class Steps:
    """Logins that go as they are told to: each step waits until the test hands it over."""

    def __init__(self) -> None:
        self.begun = 0
        self.closed = 0
        self._steps: asyncio.Queue[LoginStep | Exception | None] = asyncio.Queue()

    def tell(self, *steps: LoginStep | Exception | None) -> None:
        """The next steps; None ends the login without a word."""
        for step in steps:
            self._steps.put_nowait(step)

    async def __call__(self) -> AsyncIterator[LoginStep]:
        self.begun += 1
        try:
            while (step := await self._steps.get()) is not None:
                if isinstance(step, Exception):
                    raise step
                yield step
        finally:
            self.closed += 1


class Console(Shell):
    """Our themes and nothing else, with one dialog on it."""

    CSS_PATH = None

    def __init__(self, folder: Path, theme: str = "hearth") -> None:
        super().__init__(paths_in(folder), theme)
        self.answers: list[object] = []

    def show(self, dialog: Screen[object]) -> None:
        self.push_screen(dialog, self.answers.append)


@asynccontextmanager
async def console(
    folder: Path, dialog: object, size: tuple[int, int] = (120, 35), theme: str = "hearth"
) -> AsyncIterator[tuple[Console, Pilot[int]]]:
    app = Console(folder, theme)
    async with app.run_test(size=size) as pilot:
        assert isinstance(dialog, Screen)
        app.show(dialog)
        await until(pilot, lambda: app.screen is dialog and dialog.query("#dialog"))
        yield app, pilot


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Let the app run until something holds."""
    async with asyncio.timeout(10):
        while not holds():
            await pilot.pause(0.005)


def rows(app: Shell) -> list[str]:
    """What is on the screen, row by row."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def words(app: Shell) -> str:
    """The words on the screen, without frames, pictures and line breaks."""
    return " ".join(re.sub(r"[│╭╮╰╯─▌▇█▀▄▁▂▃▅▆]", " ", "\n".join(rows(app))).split())


def shows_letters(app: Shell, code: str, scale: int = 1) -> bool:
    """Whether the code stands on the screen in large letters, whole."""
    seen = rows(app)
    first, *more = letters(code, scale)
    for number, row in enumerate(seen):
        at = row.find(first)
        if at >= 0 and all(seen[number + below][at : at + len(first)] == line for below, line in enumerate(more, 1)):
            return True
    return False


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", list(Role))
async def test_address_and_large_code_are_seen_whole_without_scrolling(
    tmp_path: Path, size: tuple[int, int], role: Role
) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps, role), size) as (app, pilot):
        assert ASKING in words(app)
        steps.tell(Waiting(CODE, 1500, "…"))
        scale = 2 if size == (200, 60) else 1
        await until(pilot, lambda: shows_letters(app, "QWERTZAB", scale))
        assert app.screen.query_one("#dialog").max_scroll_y == 0
        seen = words(app)
        assert "www.twitch.tv/activate" in seen
        assert "25 min left" in seen
        assert "Esc leaves" in seen
        assert all(scope.why in seen for scope in wanted(role))
        assert ("private window" in seen) is (role is Role.BOT)
        assert DEVICE_CODE not in "\n".join(rows(app))


@pytest.mark.parametrize("size", SIZES)
async def test_trouble_and_what_was_copied_fit_too(tmp_path: Path, size: tuple[int, int]) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps), size) as (app, pilot):
        steps.tell(Offline("Twitch cannot be reached; is the network up? It is tried again.", 900, CODE))
        steps.tell(Waiting(CODE, 900, "…"), Offline("Twitch did not answer in time; it is tried again.", 899, CODE))
        await until(pilot, lambda: "did not answer" in words(app))
        await pilot.press("c")
        await until(pilot, lambda: COPIED in words(app))
        assert app.screen.query_one("#dialog").max_scroll_y == 0


@pytest.mark.parametrize("theme", ["hearth", "parchment", "textual-ansi"])
async def test_the_picture_on_the_screen_is_the_qr_code_dark_on_light_in_every_theme(
    tmp_path: Path, theme: str
) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps), theme=theme) as (app, pilot):
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: app.screen.query_one("#login-qr").size.width > 1)
        await pilot.pause()
        place = app.screen.query_one("#login-qr", Static).region
        strips = app.screen._compositor.render_strips()[place.y : place.bottom]
        picture = [strip.crop(place.x, place.right) for strip in strips]
        colours = {
            (segment.style.color.triplet, segment.style.bgcolor.triplet)
            for strip in picture
            for segment in strip
            if segment.style is not None and segment.style.color is not None and segment.style.bgcolor is not None
        }
        assert colours == {((0, 0, 0), (255, 255, 255))}
        meant = [[bool(dot) for dot in row] for row in segno.make_qr(CODE.address, error="l").matrix]
        seen = dots([strip.text for strip in picture])
        inside = [row[QUIET_DOTS : QUIET_DOTS + len(meant)] for row in seen[QUIET_DOTS : QUIET_DOTS + len(meant)]]
        assert inside == meant


@pytest.mark.parametrize(
    ("size", "qr"), [((80, 24), False), ((99, 60), False), ((120, 24), False), ((100, 25), True)]
)
def test_the_picture_is_there_only_where_it_fits(size: tuple[int, int], qr: bool) -> None:
    assert room(Size(*size), CODE.address, CODE.code).qr is qr


async def test_a_smaller_terminal_drops_the_picture_and_keeps_the_code(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: app.screen.query_one("#login-qr").display)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not app.screen.query_one("#login-qr").display)
        assert shows_letters(app, "QWERTZAB")


async def test_the_address_is_copied_whole_and_that_is_said(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        await pilot.press("c")
        assert app.clipboard == ""
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        await pilot.press("c")
        await until(pilot, lambda: COPIED in words(app))
        assert app.clipboard == CODE.address


async def test_the_time_that_is_left_counts_down(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        for seconds, told in ((1800, "30 min left"), (120, "2 min left"), (31, "31 s left")):
            steps.tell(Waiting(CODE, seconds, "…"))
            await until(pilot, lambda told=told: told in words(app))  # type: ignore[misc]


async def test_without_a_network_it_keeps_waiting_says_so_and_recovers(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Offline("Twitch cannot be reached.", 1800))
        await until(pilot, lambda: "Twitch cannot be reached." in words(app))
        steps.tell(Waiting(CODE, 1800, "…"))
        await until(pilot, lambda: "Waiting for you" in words(app))
        assert "cannot be reached" not in words(app)
        steps.tell(Offline("Twitch cannot be reached.", 1700, CODE))
        await until(pilot, lambda: "Twitch cannot be reached." in words(app))
        assert shows_letters(app, "QWERTZAB")
        steps.tell(Waiting(CODE, 1600, "…"))
        await until(pilot, lambda: "Waiting for you. 27 min left" in words(app))
        assert (steps.begun, steps.closed) == (1, 0)


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (Expired("Nobody confirmed it in time."), "Nobody confirmed it in time."),
        (Denied("It was denied."), "It was denied."),
        (RefusedError("Twitch does not know it.", status=400, words=""), "Twitch does not know it."),
        (None, "without an answer"),
    ],
)
async def test_a_code_that_came_to_nothing_is_gone_and_r_asks_for_another(
    tmp_path: Path, end: LoginStep | Exception | None, told: str
) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        await pilot.press("r")
        steps.tell(end, *([] if end is None or isinstance(end, Exception) else [None]))
        await until(pilot, lambda: told in words(app) and steps.closed == 1)
        assert not shows_letters(app, "QWERTZAB")
        assert "twitch.tv" not in words(app)
        assert not app.screen.query_one("#login-qr").display
        assert "r asks for a new code" in words(app)
        await pilot.press("c", "enter", "r")
        steps.tell(Waiting(NEXT, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "ABCDEFGH"))
        assert (steps.begun, app.clipboard, app.answers) == (2, "", [])


@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_a_login_is_told_with_what_is_missing_and_gives_back_true(tmp_path: Path, key: str) -> None:
    steps = Steps()
    missing = Scope("channel:manage:broadcast", "Sets title and category.", needed=False)
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        await pilot.press("enter")
        steps.tell(LoggedIn(GRANT, (missing,), "Logged in as Mira."), None)
        await until(pilot, lambda: "Logged in as Mira." in words(app))
        assert "Sets title and category." in words(app)
        assert not shows_letters(app, "QWERTZAB")
        assert not {"the-access-token", "the-refresh", DEVICE_CODE} & set(words(app).split())
        await pilot.press("r", key)
        await until(pilot, lambda: app.answers)
        assert (app.answers, steps.begun) == ([True], 1)


async def test_leaving_gives_back_nothing_and_ends_the_login(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Waiting(CODE, 1500, "…"))
        await until(pilot, lambda: shows_letters(app, "QWERTZAB"))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers and steps.closed)
        assert (app.answers, steps.begun, steps.closed) == ([None], 1, 1)


async def test_over_the_real_way_a_person_confirms_the_code_and_the_login_is_kept(tmp_path: Path) -> None:
    async with FakeTwitch(device_interval=0.1) as twitch:
        chosen = settings(twitch_server=twitch.url, twitch_client_id=twitch.client_id)
        dialog = login_dialog(chosen, paths_in(tmp_path))
        async with console(tmp_path, dialog) as (app, pilot):
            await until(pilot, lambda: "and confirm this code" in words(app))
            (asked,) = [device.code for device in twitch._tokens.devices.values()]
            assert shows_letters(app, asked)
            assert twitch.confirm(asked, "quietharbor")
            await until(pilot, lambda: "Logged in as quietharbor." in words(app))
            await pilot.press("enter")
            await until(pilot, lambda: app.answers == [True])
        assert known(chosen, paths_in(tmp_path)) == "quietharbor"


async def test_over_the_real_way_leaving_closes_what_was_open(tmp_path: Path) -> None:
    async with FakeTwitch(device_interval=0.1) as twitch:
        chosen = settings(twitch_server=twitch.url, twitch_client_id=twitch.client_id)
        async with console(tmp_path, login_dialog(chosen, paths_in(tmp_path))) as (app, pilot):
            await until(pilot, lambda: "and confirm this code" in words(app))
            await pilot.press("escape")
            await until(pilot, lambda: app.answers == [None])
            await until(pilot, lambda: all(worker.is_finished for worker in app.workers))
        assert known(chosen, paths_in(tmp_path)) == ""


async def test_words_of_twitch_are_shown_as_they_are(tmp_path: Path) -> None:
    steps = Steps()
    async with console(tmp_path, LoginDialog(steps)) as (app, pilot):
        steps.tell(Denied("[/] [@click=app.quit]no[/]"), None)
        await until(pilot, lambda: "[/] [@click=app.quit]no[/]" in words(app))


SAMPLES = sorted(Path(str(folder)) for folder in shipped("sample_dashboards").iterdir() if folder.is_dir())


async def test_with_a_login_the_first_choice_is_to_go_live_as_that_account(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, known="quietharbor")) as (app, pilot):
        await until(pilot, lambda: "Live on Twitch, as quietharbor" in words(app))
        assert "Connect to Twitch" not in words(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert app.answers == [Choice(ChoiceKind.LIVE)]


async def test_behind_the_live_entry_the_samples_have_their_numbers(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, known="quietharbor")) as (app, pilot):
        await until(pilot, lambda: "Windrose" in words(app))
        await pilot.press("9", "2")
        await until(pilot, lambda: app.answers)
        assert app.answers == [Choice(ChoiceKind.SAMPLE, SAMPLES[0])]


async def test_without_a_login_connecting_is_the_last_choice(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES)) as (app, pilot):
        await until(pilot, lambda: "Windrose" in words(app))
        await pilot.press("down", "down", "down", "enter")
        await until(pilot, lambda: app.answers)
        assert app.answers == [Choice(ChoiceKind.LOGIN)]


async def test_without_a_client_id_connecting_tells_the_way_to_one(tmp_path: Path) -> None:
    async with console(tmp_path, WelcomeDialog(SAMPLES, id_goes_to=Path("/home/me/config.toml"))) as (app, pilot):
        await until(pilot, lambda: "in five steps" in words(app))
        await pilot.press("4")
        await until(pilot, lambda: isinstance(app.screen, RegisteringDialog))
        seen = words(app)
        for told in (
            "dev.twitch.tv/console/apps",
            "http://localhost",
            "Public",
            'twitch_client_id = "the Client ID"',
        ):
            assert told in seen
        assert "/home/me/config.toml" in seen
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WelcomeDialog))
        assert app.answers == []
        await pilot.press("q")
        await until(pilot, lambda: app.answers == [None])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("known", ["", "quietharbor"])
async def test_every_choice_is_seen_without_scrolling(tmp_path: Path, size: tuple[int, int], known: str) -> None:
    dialog = WelcomeDialog(SAMPLES, known=known, id_goes_to=None if known else tmp_path / "config.toml")
    async with console(tmp_path, dialog, size) as (app, pilot):
        await until(pilot, lambda: "Windrose" in words(app) and "replay FILE" in words(app))
        assert app.screen.query_one("#dialog").max_scroll_y == 0
        assert "An evening by the fire" in words(app)
        assert ("Live on Twitch" if known else "Connect to Twitch") in words(app)
