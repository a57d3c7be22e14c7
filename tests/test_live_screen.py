"""The live console on the screen: keys answer in a flood, nothing secret is shown, Twitch comes after the paint."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from sanctum_tui.chat import Live
from sanctum_tui.errors import ExitCode
from sanctum_tui.events import AgentMuted, Event, LinesHeard
from sanctum_tui.runtime.onair import OnAir
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.twitch.values import LinkState
from sanctum_tui.ui.app import SanctumApp
from tests.builders import paths_in
from tests.commands import environment
from tests.fake_twitch import FakeTwitch
from tests.live import live_settings, logged_in, rehearsal
from tests.terminal import terminal
from tests.test_console import evening, toasts, until, words

BURST = 5_000
PRESSED_AT = 1_000
"""Lines of the burst that are in when a key is pressed."""


@asynccontextmanager
async def live_console(folder: Path, twitch: FakeTwitch) -> AsyncIterator[tuple[SanctumApp, Pilot[int]]]:
    """The console as ``sanctum-tui live`` opens it, on the fake."""
    paths = paths_in(folder)
    logged_in(paths, twitch)
    app = SanctumApp(live_settings(twitch), paths, LivePlan())
    async with app.run_test(size=(120, 35), notifications=True) as pilot:
        await until(pilot, lambda: app.presenter is not None and on_air(app).link.state is LinkState.UP)
        yield app, pilot


def on_air(app: SanctumApp) -> OnAir:
    origin = evening(app).origin
    assert isinstance(origin, OnAir)
    return origin


async def test_a_burst_is_taken_in_whole_and_in_order_and_keys_answer_meanwhile(tmp_path: Path) -> None:
    async with FakeTwitch() as twitch, live_console(tmp_path, twitch) as (app, pilot):
        there = evening(app)
        muted_at: list[int] = []

        def press(event: Event) -> None:
            if isinstance(event, LinesHeard) and event.lines[-1].number >= PRESSED_AT and not pressed.is_set():
                pressed.set()
                app.simulate_key("m")
            elif isinstance(event, AgentMuted):
                muted_at.append(there.keeping.messages)

        pressed = asyncio.Event()
        there.broadcast.subscribe(press)
        ids = await twitch.burst(BURST)
        await until(pilot, lambda: there.keeping.messages == BURST)
        assert len(muted_at) == 1
        assert PRESSED_AT <= muted_at[0] < BURST
        await there.memory.writer.flush()
        stored = [line async for page in there.memory.evenings.pages(there.keeping.session.id) for line in page]
        assert [line.message.id for line in stored] == ids == twitch.delivered
        assert [line.message.text for line in stored] == [f"line {number}" for number in range(1, BURST + 1)]
        await until(pilot, lambda: f"line {BURST}" in words(app, "#chat"))


async def test_no_secret_is_ever_on_the_screen_or_in_a_toast(tmp_path: Path) -> None:
    async with FakeTwitch() as twitch, live_console(tmp_path, twitch) as (app, pilot):
        seen: list[str] = []

        def look() -> None:
            seen.extend((app.export_screenshot(), toasts(app), on_air(app).link.why, on_air(app).gate.why))

        look()
        twitch.faults.unauthorized(100)
        await twitch.faults.drop()
        await until(pilot, lambda: "login" in on_air(app).link.why)
        await app.keys.stream.retry()
        await until(pilot, lambda: toasts(app))
        look()
        twitch.faults.forget()
        on_air(app).retry_now()
        await until(pilot, lambda: on_air(app).link.state is LinkState.UP)
        await twitch.withdraws(twitch.streamer.login)
        await until(pilot, lambda: on_air(app).link.state is LinkState.REFUSED)
        on_air(app).gate.look_again()
        await until(pilot, lambda: "login" in on_air(app).gate.why)
        look()
        assert on_air(app).gate.live is not Live.YES
        assert len(twitch.secrets) >= 4
        assert not [secret for secret in twitch.secrets if secret in "".join(seen)]


BROKEN = """
import os
from sanctum_tui.twitch.live import TwitchGate
from sanctum_tui.ui.presenter import Presenter

def tokens(source):
    (held,) = source._held.values()
    return held.grant.access.reveal(), held.grant.refresh.reveal()

def leak(source):
    access, refresh = tokens(source)
    with open(os.environ["LEAKED"], "a") as file:
        print(access, refresh, file=file)
    raise RuntimeError(f"Authorization: Bearer {access}, or {access} alone, refresh={refresh}")

def take(self, listed):
    leak(self._api._calls._tokens)

def tick(self):
    leak(self.evening.origin.account.tokens)

TwitchGate._take, Presenter.tick = take, tick
"""
"""For a console whose parts fail with secrets in their hands and in their words."""


def test_a_crash_with_secrets_in_its_hands_is_one_sentence_and_shows_none(tmp_path: Path) -> None:
    home, broken = tmp_path / "home", tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(BROKEN, "utf-8")
    leaked = tmp_path / "leaked"
    with rehearsal(tmp_path) as twitch:
        # The access token is refused, so that the one in use was never in the settings.
        chosen = twitch.variables | {"TWITCH_ACCESS_TOKEN": "oauth:" + "expired0" * 4, "LOG_LEVEL": "DEBUG"}
        chosen |= {"TWITCH_CLIENT_SECRET": "crashclientsecret0000000000000", "LEAKED": str(leaked)}
        with terminal(home, "live", columns=120, rows=35, PYTHONPATH=str(broken), **chosen) as shown:
            code = shown.until_it_ends()
        tokens = set(leaked.read_text().split())
        assert code == ExitCode.CRASHED
        assert "something unforeseen happened and the console closed" in " ".join(shown.text.split())
    names = ("TWITCH_ACCESS_TOKEN", "TWITCH_REFRESH_TOKEN", "TWITCH_CLIENT_SECRET")
    given = {chosen[name].removeprefix("oauth:") for name in names}
    assert len(tokens) == 2
    assert not tokens & given
    secrets = [secret.encode() for secret in tokens | given]
    assert not [secret for secret in secrets if secret in shown.raw]
    assert b"Traceback" not in shown.raw
    holding = {
        path.name
        for path in home.rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    }
    assert holding == {"twitch-tokens-rehearsal.json"}
    log = next(home.rglob("sanctum.log")).read_text("utf-8")
    assert "the console crashed" in log
    assert log.count("RuntimeError: Authorization: Bearer ••") >= 2


PAINTED = """
import inspect
import sys
from pathlib import Path
from sanctum_tui.runtime.plan import LivePlan
from sanctum_tui.ui.app import SanctumApp
from tests.builders import paths_in, settings

class Watched(SanctumApp):
    painted = False

    CSS_PATH = [Path(inspect.getfile(SanctumApp)).parent / css for css in SanctumApp.CSS_PATH]

    def _display(self, screen, renderable):
        super()._display(screen, renderable)
        if not self.painted and self.screen.is_mounted and self.screen.size.width:
            self.painted = True
            print("painted", *sorted({"twitchio", "aiohttp"} & set(sys.modules)), flush=True)
            self.set_interval(0.02, self.wait)

    def wait(self):
        if {"twitchio", "aiohttp"} <= set(sys.modules):
            print("imported", flush=True)
            self.exit(0)

chosen = settings(twitch_server="http://127.0.0.1:9", twitch_client_id="nobody")
Watched(chosen, paths_in(Path(sys.argv[1])), LivePlan()).run(headless=True)
"""


def test_twitch_is_imported_after_the_first_paint(tmp_path: Path) -> None:
    script = tmp_path / "painted.py"
    script.write_text(PAINTED, "utf-8")
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path)],
        capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=tmp_path,
        env=environment(tmp_path, PYTHONPATH=str(Path(__file__).parents[1])),
    )  # fmt: skip
    assert run.stdout.splitlines()[:2] == ["painted", "imported"], run.stderr
