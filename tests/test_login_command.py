"""``login``, ``logout`` and the doctor's look at Twitch, against the fake one and in a real terminal."""

import asyncio
import io
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from sanctum_tui.cli import main
from sanctum_tui.clock import Clock
from sanctum_tui.commands.doctor_twitch import findings
from sanctum_tui.commands.login import Sheet, follow
from sanctum_tui.paths import user_paths
from sanctum_tui.settings import Loaded, Secret, describe
from sanctum_tui.twitch.login import Denied, LoginStep, Offline, Waiting
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.store import TokenStore, tokens_path
from sanctum_tui.twitch.values import DeviceCode
from sanctum_tui.ui.look.blocks import letters
from tests.builders import paths_in, settings
from tests.eventsub import SetClock
from tests.fake_twitch import FakeTwitch
from tests.terminal import terminal

CODE = DeviceCode("https://www.twitch.tv/activate?device-code=QWERTZAB", "QWERTZAB", Secret("device-4711"), 5, 1800)
PATIENCE_SECONDS = 10.0
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpAdapter:DeprecationWarning")
"""Of TwitchIO, when the doctor imports it."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing yet, in whose name commands run in this process."""
    for info in describe():
        monkeypatch.delenv(info.name, raising=False)
    monkeypatch.setenv("SANCTUM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
async def twitch(monkeypatch: pytest.MonkeyPatch, home: Path) -> AsyncIterator[FakeTwitch]:
    """The fake one, which the commands of this process talk to."""
    async with FakeTwitch(device_interval=0.1) as fake:
        monkeypatch.setenv("TWITCH_SERVER", fake.url)
        monkeypatch.setenv("TWITCH_CLIENT_ID", fake.client_id)
        monkeypatch.setenv("LOG_LEVEL", "DEBUG")
        yield fake


async def run(*arguments: str) -> int:
    """A command in this process, while the fake Twitch goes on here."""
    return await asyncio.to_thread(main, list(arguments))


class Screen:
    """What a command has printed so far."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.text = ""

    def read(self) -> str:
        said = self._capsys.readouterr()
        self.text += said.out + said.err
        return self.text

    async def until(self, holds: Callable[[str], object]) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds(self.read()):
            assert time.monotonic() < deadline, self.text
            await asyncio.sleep(0.01)
        return self.text

    async def code(self) -> str:
        """The code that is to be confirmed."""
        text = await self.until(lambda text: re.search(r"confirm this code:\n\n +(\S+)\n", text))
        found = re.search(r"confirm this code:\n\n +(\S+)\n", text)
        assert found is not None
        return found[1]


async def logs_in(screen: Screen, then: Callable[[str], object], *arguments: str) -> int:
    """Run `login`; once its code is on the screen, a person does `then` with it."""
    command = asyncio.create_task(run("login", *arguments))
    try:
        then(await screen.code())
    finally:
        answer = await command
    screen.read()
    return answer


def keep(twitch: FakeTwitch, role: Role, login: str, **grant: object) -> None:
    """A login from an earlier evening, in this user's store."""
    place = tokens_path(settings(twitch_server=twitch.url), user_paths())
    TokenStore(place, user_paths().locks).save(role, twitch.grant(login, **grant))  # type: ignore[arg-type]


def says_no_secret(twitch: FakeTwitch, home: Path, text: str) -> bool:
    log = home / "state" / "sanctum.log"
    everything = text + (log.read_text("utf-8") if log.exists() else "")
    return bool(twitch.secrets) and not any(secret in everything for secret in twitch.secrets)


def test_without_a_client_id_five_steps_tell_the_way_to_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["login"]) == 4
    said = capsys.readouterr()
    assert [line[:2] for line in said.out.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3.", "4.", "5."]
    for told in ("https://dev.twitch.tv/console/apps", "http://localhost", "Chat Bot", "Public"):
        assert told in said.out
    assert str(user_paths().settings_file) in said.out.replace("\n   ", " ")
    assert '   twitch_client_id = "the Client ID"\n' in said.out
    assert said.err == "sanctum-tui: TWITCH_CLIENT_ID is not set; the five steps above lead to one.\n"


async def test_the_line_that_the_steps_show_is_one_that_the_settings_file_takes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["login"])
    found = re.search(r"^ +(twitch_client_id.*)$", capsys.readouterr().out, re.MULTILINE)
    assert found is not None
    file = user_paths().settings_file
    file.parent.mkdir(parents=True)
    file.write_text(found[1], "utf-8")
    assert main(["config", "--json"]) == 0
    assert '"value": "the Client ID"' in capsys.readouterr().out


async def test_a_streamer_logs_in_with_a_code(
    twitch: FakeTwitch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen(capsys)
    assert await logs_in(screen, lambda code: twitch.confirm(code, "quietharbor")) == 0
    said = screen.text
    assert "Logged in as quietharbor." in said
    assert "sanctum-tui live" in said
    for scope in ("user:read:chat", "user:write:chat", "channel:manage:broadcast"):
        assert said.index(f"({scope})") < said.index("confirm this code")
    assert f"{twitch.url}/activate?code=" in said
    assert said.count("Waiting, 30 min left; Ctrl+C leaves.") == 1
    assert "\x1b" not in said
    stored = TokenStore(tokens_path(settings(twitch_server=twitch.url), user_paths()), user_paths().locks).load()
    assert stored.grants[Role.STREAMER].account.login == "quietharbor"
    assert says_no_secret(twitch, home, said)


async def test_what_was_not_allowed_is_named(twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]) -> None:
    def allows_less(code: str) -> None:
        for device in twitch._tokens.devices.values():
            device.scopes = ("user:read:chat", "user:write:chat")
        twitch.confirm(code, "quietharbor")

    screen = Screen(capsys)
    assert await logs_in(screen, allows_less) == 0
    after = screen.text.partition("Logged in as")[2]
    assert "(channel:manage:broadcast)" in after
    assert "(user:read:chat)" not in after
    assert "To allow it after all: sanctum-tui login\n" in after


async def test_a_bot_logs_in_beside_the_streamer(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Screen(capsys)
    assert await logs_in(screen, lambda code: twitch.confirm(code, "chronicler"), "--bot") == 0
    assert screen.text.index("private window") < screen.text.index("confirm this code")
    assert "TWITCH_BOT_USERNAME" in screen.text
    assert "Your own account is not logged in yet: sanctum-tui login\n" in screen.text
    assert "(user:read:chat)" not in screen.text

    monkeypatch.setenv("TWITCH_BOT_USERNAME", "chronicler")
    screen = Screen(capsys)
    assert await logs_in(screen, lambda code: twitch.confirm(code, "quietharbor")) == 0
    assert "sanctum-tui live" in screen.text


async def test_a_bot_that_is_set_and_not_logged_in_is_named(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWITCH_BOT_USERNAME", "chronicler")
    screen = Screen(capsys)
    assert await logs_in(screen, lambda code: twitch.confirm(code, "quietharbor")) == 0
    assert "The bot chronicler is not logged in yet: sanctum-tui login --bot" in screen.text
    assert "sanctum-tui live" not in screen.text


async def test_a_denied_login_says_so_and_how_to_begin_again(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Screen(capsys)
    assert await logs_in(screen, twitch.deny, "--bot") == 4
    assert "denied" in screen.text
    assert screen.text.endswith("For a new code: sanctum-tui login --bot\n")


async def test_a_code_that_nobody_confirms_expires(twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]) -> None:
    twitch.device_seconds = 0.3
    screen = Screen(capsys)
    assert await logs_in(screen, lambda code: None) == 4
    assert "not confirmed in time" in screen.text
    assert screen.text.endswith("For a new code: sanctum-tui login\n")


async def test_a_client_id_that_twitch_does_not_know_is_one_sentence(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("login", "--set", "TWITCH_CLIENT_ID=mistyped") == 4
    said = capsys.readouterr().err
    assert "TWITCH_CLIENT_ID" in said
    assert len(said.splitlines()) == 1


async def _told(*steps: LoginStep) -> AsyncIterator[LoginStep]:
    for step in steps:
        yield step


@pytest.mark.parametrize("draws", [False, True])
async def test_being_offline_is_said_once_and_so_is_the_recovery(draws: bool) -> None:
    sheet = Sheet(io.StringIO(), draws=draws)
    waiting = Waiting(CODE, 1700, "…")
    away = [Offline("Twitch cannot be reached.", 1700, CODE)] * 5
    last = await follow(_told(waiting, *away, waiting, waiting, *away, waiting, Denied("No.")), Role.STREAMER, sheet)
    assert isinstance(sheet.out, io.StringIO)
    said = sheet.out.getvalue()
    assert (said.count("cannot be reached"), said.count("answers again")) == (2, 2)
    assert said.count("On any device") == 1
    assert last == Denied("No.")


async def test_the_line_that_waits_is_written_anew_only_when_its_words_change() -> None:
    sheet = Sheet(io.StringIO(), draws=True)
    await follow(_told(*(Waiting(CODE, seconds, "…") for seconds in (180, 179, 178, 120, 119))), Role.STREAMER, sheet)
    assert isinstance(sheet.out, io.StringIO)
    assert re.findall(r"Waiting, (\d) min", sheet.out.getvalue()) == ["3", "2"]


@pytest.mark.parametrize(
    ("columns", "rows", "picture"), [(80, 24, False), (100, 27, True), (60, 24, False), (80, 40, True)]
)
async def test_letters_and_picture_fit_on_what_they_are_drawn_on(columns: int, rows: int, picture: bool) -> None:
    sheet = Sheet(io.StringIO(), columns, rows, draws=True)
    await follow(_told(Waiting(CODE, 1700, "…")), Role.STREAMER, sheet)
    assert isinstance(sheet.out, io.StringIO)
    drawn = re.sub(r"\x1b\[[0-9;]*[mK]|\r", "", sheet.out.getvalue()).splitlines()
    assert all(any(row in line for line in drawn) for row in letters(CODE.code))
    assert max(len(line) for line in drawn if CODE.address not in line) <= columns
    assert len(drawn) <= rows
    assert ("scan" in " ".join(drawn)) is picture
    assert CODE.device_code.reveal() not in sheet.out.getvalue()


async def test_in_a_real_terminal_the_code_is_large_and_ctrl_c_leaves(twitch: FakeTwitch, home: Path) -> None:
    def person() -> tuple[int, str, bytes]:
        set_ = {"TWITCH_SERVER": twitch.url, "TWITCH_CLIENT_ID": twitch.client_id}
        with terminal(home, "login", columns=120, rows=40, **set_) as screen:
            text = screen.until("Waiting, 30 min left")
            screen.kill(signal.SIGINT)
            return screen.until_it_ends(), text, screen.raw

    code, text, raw = await asyncio.to_thread(person)
    asked = next(iter(twitch._tokens.devices.values())).code
    assert all(row.rstrip() in text for row in letters(asked))
    assert b"\x1b[38;5;16;48;5;231m" in raw
    assert "nobody" not in text
    assert (code, b"Left before anybody was logged in" in raw) == (130, True)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
async def test_where_no_drawing_is_wanted_the_code_is_plain_text(
    twitch: FakeTwitch, home: Path, variables: dict[str, str]
) -> None:
    def person() -> tuple[str, bytes]:
        set_ = {"TWITCH_SERVER": twitch.url, "TWITCH_CLIENT_ID": twitch.client_id, **variables}
        with terminal(home, "login", columns=100, rows=30, **set_) as screen:
            return screen.until("Waiting, 30 min left"), screen.raw

    text, raw = await asyncio.to_thread(person)
    assert next(iter(twitch._tokens.devices.values())).code in text
    assert b"\x1b" not in raw


async def test_logging_out_revokes_and_forgets(
    twitch: FakeTwitch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    keep(twitch, Role.BOT, "chronicler")
    assert await run("logout") == 0
    said = capsys.readouterr().out
    assert "quietharbor is logged out" in said
    assert len(twitch.revoked) == 1
    stored = TokenStore(tokens_path(settings(twitch_server=twitch.url), user_paths()), user_paths().locks).load()
    assert set(stored.grants) == {Role.BOT}
    assert await run("logout", "--bot") == 0
    assert "chronicler is logged out" in capsys.readouterr().out
    assert says_no_secret(twitch, home, said)


async def test_logging_out_where_nobody_is_logged_in_is_no_error(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("logout") == 0
    assert "nothing to do" in capsys.readouterr().out
    assert not twitch.calls


async def test_logging_out_names_where_a_token_is_set_that_it_cannot_take_out(
    twitch: FakeTwitch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWITCH_ACCESS_TOKEN", twitch.grant("quietharbor").access.reveal())
    assert await run("logout") == 0
    said = capsys.readouterr().out
    assert "TWITCH_ACCESS_TOKEN is set still (in: environment)" in said
    assert not any(secret in said for secret in twitch.secrets)


async def looked_at(
    twitch: FakeTwitch,
    *,
    ask: bool = True,
    patience: float = PATIENCE_SECONDS,
    clock: Clock | None = None,
    **values: object,
) -> str:
    """What the doctor says of Twitch, a line for each finding."""
    chosen = settings(**{"twitch_server": twitch.url, "twitch_client_id": twitch.client_id, **values})
    found = await findings(Loaded(chosen, {}), user_paths(), ask=ask, patience=patience, clock=clock)
    report = "\n".join(f"{finding.state} {finding.name}: {finding.words}" for finding in found)
    assert not any(secret in report for secret in twitch.secrets)
    return report


async def test_the_doctor_finds_a_login_good(twitch: FakeTwitch) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    report = await looked_at(twitch)
    assert "missing" not in report
    assert f"optional Twitch: a rehearsal with {twitch.url}" in report
    for told in ("ready login: quietharbor; ", "ready channel: quietharbor", "ready permissions: all", "offline now"):
        assert told in report
    assert "renewed by itself" in report
    assert "ready EventSub" in report
    assert not twitch.sessions


async def test_the_doctor_names_a_clock_that_is_wrong(twitch: FakeTwitch) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    assert "ready clock: agrees with Twitch's" in await looked_at(twitch)
    report = await looked_at(twitch, clock=SetClock(360.0))
    assert "optional clock: This machine's clock is 6 min ahead of Twitch's; set it" in report
    assert "missing" not in report


async def test_the_doctor_names_a_live_stream_and_the_bot(twitch: FakeTwitch) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    keep(twitch, Role.BOT, "chronicler")
    await twitch.go_live(title="The long way round", category="Windrose")
    report = await looked_at(twitch, twitch_bot_username="chronicler")
    assert "ready bot: chronicler; " in report
    assert "ready posts as: chronicler" in report
    assert "The long way round" in report
    assert "missing" not in report


async def test_the_doctor_names_a_permission_that_is_missing_and_what_goes_without(twitch: FakeTwitch) -> None:
    keep(twitch, Role.STREAMER, "quietharbor", scopes=["user:read:chat"])
    report = await looked_at(twitch)
    assert "missing permissions: user:write:chat was not given to the streamer" in report
    assert "optional permissions: channel:manage:broadcast was not given" in report
    assert "`sanctum-tui login`" in report


async def test_the_doctor_calls_a_broken_login_missing_and_says_what_to_do(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    await twitch.withdraws("quietharbor")
    report = await looked_at(twitch)
    assert re.search(r"missing login: .*sanctum-tui login", report)
    assert await run("doctor") == 4
    assert re.search(r"✗ missing +login +.*sanctum-tui login", capsys.readouterr().out)


async def test_the_doctor_calls_a_token_that_cannot_be_renewed_optional(twitch: FakeTwitch) -> None:
    token = Secret(f"oauth:{twitch.grant('quietharbor').access.reveal()}")
    report = await looked_at(twitch, twitch_access_token=token)
    assert "optional login: quietharbor, until " in report
    assert "missing" not in report


async def test_no_login_at_all_is_optional_and_asks_nobody(twitch: FakeTwitch) -> None:
    report = await looked_at(twitch, twitch_client_id="")
    assert "optional login: nobody is logged in" in report
    assert "optional client id: TWITCH_CLIENT_ID is not set" in report
    assert "missing" not in report
    assert not twitch.calls


async def test_a_quick_doctor_leaves_the_network_alone(
    twitch: FakeTwitch, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    assert "ready login: quietharbor (streamer); not checked" in await looked_at(twitch, ask=False)
    assert await run("doctor", "--quick") == 0
    assert "not checked with Twitch" in capsys.readouterr().out
    assert not twitch.calls


async def _away(twitch: FakeTwitch) -> None:
    await twitch.faults.refuse_connections(True)


async def _slow(twitch: FakeTwitch) -> None:
    twitch.faults.slow(3.0)


@pytest.mark.parametrize(("trouble", "told"), [(_away, "missing login: "), (_slow, "missing Twitch: ")])
async def test_the_doctor_waits_for_twitch_only_so_long(
    twitch: FakeTwitch, trouble: Callable[[FakeTwitch], Awaitable[None]], told: str
) -> None:
    keep(twitch, Role.STREAMER, "quietharbor")
    await trouble(twitch)
    began = time.monotonic()
    assert told in await looked_at(twitch, patience=0.5)
    assert time.monotonic() - began < 2.5


async def test_the_doctor_tells_of_a_file_of_tokens_that_is_broken(twitch: FakeTwitch) -> None:
    place = tokens_path(settings(twitch_server=twitch.url), user_paths())
    place.parent.mkdir(parents=True)
    place.write_text("{", "utf-8")
    assert "missing login: " in await looked_at(twitch)
    assert place.read_text("utf-8") == "{"


async def test_a_server_that_is_not_on_this_machine_is_never_asked(home: Path, tmp_path: Path) -> None:
    chosen = settings(twitch_server="http://example.com")
    found = await findings(Loaded(chosen, {}), paths_in(tmp_path), ask=True)
    assert [(finding.state, finding.name) for finding in found] == [("missing", "Twitch")]
