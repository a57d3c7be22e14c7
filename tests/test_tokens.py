"""Tokens: refreshed once, saved before they are used, seen by nobody, and never lost to somebody else's trouble."""

import asyncio
import contextlib
import json
import logging
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.clock import SystemClock
from sanctum_tui.errors import BadInputError, StorageError
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Secret, Settings
from sanctum_tui.twitch.environment import from_environment
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, TwitchError, UnreachableError
from sanctum_tui.twitch.identity import Identity
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import missing, wanted
from sanctum_tui.twitch.store import EnvironmentTokens, TokenStore, environment_tokens, known, tokens_path
from sanctum_tui.twitch.tokens import Tokens
from sanctum_tui.twitch.values import Account, Grant, Timing
from tests.builders import paths_in, settings
from tests.oauth import CLIENT, CUT, MIRA, Oauth, oauth_service, store_in

HTML = "<html><body>Please sign in to the hotel's network</body></html>"


@dataclass
class Desk:
    """The service, and one console's view of it."""

    service: Oauth
    session: aiohttp.ClientSession
    identity: Identity
    store: TokenStore

    def tokens(self, grant: Grant, *, save: bool = True, store: TokenStore | None = None) -> Tokens:
        """As a console has them that has just started."""
        store = store or self.store
        if save:
            store.save(Role.STREAMER, grant)
        return Tokens(self.identity, store, SystemClock(), {Role.STREAMER: grant})

    @property
    def saved(self) -> Grant:
        return self.store.load().grants[Role.STREAMER]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with oauth_service() as service, aiohttp.ClientSession() as session:
        yield Desk(service, session, service.identity(session), store_in(tmp_path))


def a_grant(access: str = "accesssecret", refresh: str = "refreshsecret", account: Account = MIRA) -> Grant:
    at = datetime(2026, 3, 1, 19, tzinfo=UTC)
    return Grant(account, CLIENT, Secret(access), Secret(refresh), frozenset({"user:read:chat"}), at)


# --- the store


_WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
_TOKENS = _WORDS.map("token:{}".format)
"""Never an ordinary word: the redactor remembers each, for all tests that follow."""
_GRANTS = st.builds(
    Grant,
    account=st.builds(Account, _WORDS, _WORDS, st.text(st.characters(codec="utf-8"), max_size=30)),
    client_id=_WORDS,
    access=st.builds(Secret, _TOKENS),
    refresh=st.builds(Secret, st.just("") | _TOKENS),
    scopes=st.frozensets(_WORDS, max_size=5),
    expires_at=st.datetimes(timezones=st.just(UTC)),
)


@given(grants=st.dictionaries(st.sampled_from(Role), _GRANTS), standing=st.none() | _GRANTS)
def test_what_is_saved_is_loaded_again(
    tmp_path_factory: pytest.TempPathFactory, grants: dict[Role, Grant], standing: Grant | None
) -> None:
    store = store_in(tmp_path_factory.mktemp("store"))
    tokens = EnvironmentTokens(Secret("a"), Secret("r"))
    for role, grant in grants.items():
        store.save(role, grant)
    if standing is not None:
        store.stand_in(tokens, standing)
    stored = store_in(store.path.parent.parent).load()
    assert dict(stored.grants) == grants
    found = store.standing(tokens, stored)
    assert (found.grant if found else None) == standing
    assert store.standing(EnvironmentTokens(Secret("a"), Secret("other")), stored) is None


def test_the_file_is_for_the_users_eyes_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = store_in(tmp_path)
    store.save(Role.BOT, a_grant())
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.path.parent.chmod(0o755)
    store.save(Role.BOT, a_grant())
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700
    store.path.chmod(0o644)
    store.load()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert "could be read by others (644)" in caplog.text


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[]", b'{"version": 2, "salt": "", "grants": {}}', b'{"any": 1}', b"\xff\xfe"]
)
def test_a_file_that_is_not_ours_is_told_of_and_never_overwritten(tmp_path: Path, content: bytes) -> None:
    store = store_in(tmp_path)
    store.path.parent.mkdir()
    for number in range(2):
        store.path.write_bytes(content)
        with pytest.raises(BadInputError, match="sanctum-tui login"):
            store.load()
        assert store.path.read_bytes() == content
        store.save(Role.STREAMER, a_grant(f"accesssecret{number}"))
        assert store.load().grants[Role.STREAMER].access.reveal() == f"accesssecret{number}"
    kept = sorted(path.name for path in store.path.parent.glob("*.broken*"))
    assert kept == ["twitch-tokens.json.broken", "twitch-tokens.json.broken-2"]
    assert all((store.path.parent / name).read_bytes() == content for name in kept)


def test_a_store_that_cannot_be_read_or_written_says_so_and_changes_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.path.mkdir(parents=True)
    for use in (store.load, lambda: store.save(Role.BOT, a_grant()), lambda: store.forget(Role.BOT)):
        with pytest.raises(StorageError):
            use()
    assert store.path.is_dir()


def test_the_environments_tokens_are_never_written_down(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.stand_in(EnvironmentTokens(Secret("theaccess"), Secret("therefresh")), None)
    content = store.path.read_text()
    assert "theaccess" not in content
    assert "therefresh" not in content


def test_a_rehearsal_never_touches_the_real_tokens(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    assert tokens_path(Settings(), paths) != tokens_path(settings(twitch_server="http://127.0.0.1:1"), paths)


def test_a_login_is_known_without_asking_anybody(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    store = TokenStore(paths.tokens_file, paths.locks)
    assert known(Settings(), paths) == ""
    assert known(settings(twitch_access_token=Secret("oauth:abcdefgh")), paths)
    assert known(settings(twitch_access_token=Secret("two words")), paths) == ""
    store.save(Role.BOT, a_grant())
    assert known(Settings(), paths) == ""
    store.save(Role.STREAMER, a_grant())
    assert known(Settings(), paths) == "quietharbor"
    assert known(settings(twitch_channel_name="elsewhere"), paths) == "elsewhere"
    store.path.write_text("broken")
    assert known(Settings(), paths) == ""
    code = "import sys, sanctum_tui.twitch.store; print('aiohttp' in sys.modules, 'twitchio' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert run.stdout.split() == ["False", "False"]


async def test_the_lock_keeps_another_process_out_and_the_loop_running(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    code = (
        "import asyncio, pathlib, sys; from tests.oauth import store_in\n"
        "async def hold():\n"
        "    async with store_in(pathlib.Path(sys.argv[1])).locked():\n"
        "        print('held', flush=True); sys.stdin.readline(); print('done', flush=True)\n"
        "asyncio.run(hold())"
    )
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, str(tmp_path), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert other.stdin is not None
    assert other.stdout is not None
    assert await other.stdout.readline() == b"held\n"

    async def take() -> None:
        async with store.locked():
            pass

    waiting = asyncio.create_task(take())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.shield(waiting)
    other.stdin.write(b"\n")
    assert await other.stdout.readline() == b"done\n"
    async with asyncio.timeout(5):
        await waiting
    await other.wait()
    other.stdin.close()


# --- the environment


@pytest.mark.parametrize("written", ["oauth:abcdefgh1", "abcdefgh1", "  OAuth:abcdefgh1 \n", "oauth: abcdefgh1"])
def test_a_token_from_the_environment_is_taken_however_it_is_written(written: str) -> None:
    tokens = environment_tokens(settings(twitch_access_token=Secret(written)))
    assert tokens is not None
    assert tokens.access.reveal() == "abcdefgh1"
    assert "abcdefgh1" not in REDACTOR.redact("a log line with abcdefgh1 in it")


def test_what_cannot_be_a_token_is_refused_without_being_told() -> None:
    with pytest.raises(BadInputError, match="TWITCH_REFRESH_TOKEN") as error:
        environment_tokens(settings(twitch_refresh_token=Secret("hush\r\nInjected: yes")))
    assert "hush" not in str(error.value)
    assert environment_tokens(settings(twitch_access_token=Secret("  "))) is None


async def environment(desk: Desk, access: str, refresh: str = "", client_id: str = "") -> Grant | None:
    tokens = EnvironmentTokens(Secret(access), Secret(refresh))
    identity = desk.service.identity(desk.session, client_id=client_id)
    return await from_environment(tokens, identity=identity, store=desk.store, clock=SystemClock())


async def test_a_token_from_the_environment_needs_no_client_id(desk: Desk) -> None:
    live = desk.service.grant()
    grant = await environment(desk, live.access.reveal())
    assert grant is not None
    assert (grant.account, grant.client_id) == (MIRA, CLIENT)
    assert not desk.store.path.exists()


async def test_the_next_start_uses_what_the_environments_tokens_were_traded_for(desk: Desk) -> None:
    old = desk.service.grant(minutes=0)
    pair = old.access.reveal(), old.refresh.reveal()
    first = await environment(desk, *pair, CLIENT)
    second = await environment(desk, *pair, CLIENT)
    assert first is not None
    assert first == second
    assert first.account == MIRA
    assert desk.service.count("token") == 1


async def test_a_pair_that_was_traded_is_kept_though_nobody_can_say_whose_it_is(desk: Desk) -> None:
    old = desk.service.grant(minutes=0)
    pair = old.access.reveal(), old.refresh.reveal()
    desk.service.answers("validate", (401, '{"status":401,"message":"invalid access token"}'), (503, HTML))
    with pytest.raises(UnreachableError):
        await environment(desk, *pair, CLIENT)
    grant = await environment(desk, *pair, CLIENT)
    assert grant is not None
    assert grant.account == MIRA
    assert desk.service.count("token") == 1


async def test_a_console_that_is_closed_while_tokens_are_traded_still_saves_them(desk: Desk) -> None:
    old = desk.service.grant(minutes=0)
    pair = old.access.reveal(), old.refresh.reveal()
    desk.service.gate.clear()
    task = asyncio.create_task(environment(desk, *pair, CLIENT))
    await until(lambda: desk.service.count("token") == 1)
    task.cancel()
    desk.service.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await environment(desk, *pair, CLIENT) is not None
    assert desk.service.count("token") == 1


async def test_spent_tokens_of_the_environment_are_tried_once(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(LoginNeededError, match="sanctum-tui login"):
            await environment(desk, "expiredaccess", "")
    with pytest.raises(LoginNeededError, match="TWITCH_CLIENT_ID"):
        await environment(desk, "expiredaccess", "spentrefresh")
    with pytest.raises(LoginNeededError, match="sanctum-tui login"):
        await environment(desk, "expiredaccess", "spentrefresh", CLIENT)
    assert await environment(desk, "expiredaccess", "spentrefresh", CLIENT) is None
    assert desk.service.count("token") == 1


async def test_an_environments_grant_is_refreshed_into_our_store(desk: Desk) -> None:
    live = desk.service.grant(minutes=5)
    origin = EnvironmentTokens(live.access, live.refresh)
    tokens = Tokens(desk.identity, desk.store, SystemClock(), {origin: live})
    access = await tokens.access(MIRA.id)
    standing = desk.store.standing(origin, desk.store.load())
    assert standing is not None
    assert standing.grant is not None
    assert standing.grant.access.reveal() == access != live.access.reveal()


# --- refreshing


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds, for a while."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what happens in the service sets no event
            await asyncio.sleep(0.005)


async def test_a_token_that_is_good_is_given_without_a_call(desk: Desk) -> None:
    grant = desk.service.grant()
    assert await desk.tokens(grant).access(MIRA.id) == grant.access.reveal()
    assert desk.service.calls == []


async def test_a_token_is_refreshed_before_it_expires_and_saved(desk: Desk) -> None:
    grant = desk.service.grant(minutes=9)
    tokens = desk.tokens(grant)
    access = await tokens.access(MIRA.id)
    assert access != grant.access.reveal()
    assert desk.saved == tokens.grant(MIRA.id)
    assert desk.saved.access.reveal() == access
    assert await tokens.access(MIRA.id) == access
    assert desk.service.count("token") == 1


async def test_however_many_meet_a_401_there_is_one_refresh(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens, old = desk.tokens(grant), grant.access.reveal()
    got = await asyncio.gather(*(tokens.renewed(MIRA.id, old) for _ in range(50)))
    assert len(set(got)) == 1
    assert got[0] != old
    assert await tokens.renewed(MIRA.id, old) == got[0]
    assert desk.service.count("token") == 1


async def test_however_many_meet_trouble_it_is_asked_once(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens, old = desk.tokens(grant), grant.access.reveal()
    desk.service.answers("token", *[(503, "")] * 20)
    got = await asyncio.gather(*(tokens.renewed(MIRA.id, old) for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, UnreachableError) for one in got)
    assert desk.service.count("token") == 1


async def test_two_processes_make_one_refresh(desk: Desk) -> None:
    grant = desk.service.grant()
    old = grant.access.reveal()
    here, there = desk.tokens(grant), desk.tokens(grant, save=False, store=store_in(desk.store.path.parent.parent))
    first, second = await asyncio.gather(here.renewed(MIRA.id, old), there.renewed(MIRA.id, old))
    assert first == second != old
    assert desk.service.count("token") == 1


async def test_a_token_that_is_refreshed_elsewhere_over_and_over_is_followed(desk: Desk) -> None:
    grant = desk.service.grant()
    here, there = desk.tokens(grant), desk.tokens(grant, save=False)
    for _ in range(3):
        access = await here.renewed(MIRA.id, here.grant(MIRA.id).access.reveal())
        assert await there.renewed(MIRA.id, there.grant(MIRA.id).access.reveal()) == access
    assert desk.service.count("token") == 3


async def test_new_tokens_are_on_disk_before_anybody_gets_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = desk.service.grant()
    tokens = desk.tokens(grant)
    seen: list[str] = []
    save = TokenStore.save

    def watched(self: TokenStore, role: Role, new: Grant) -> None:
        seen.append(tokens.grant(MIRA.id).access.reveal())
        save(self, role, new)

    monkeypatch.setattr(TokenStore, "save", watched)
    await tokens.renewed(MIRA.id, grant.access.reveal())
    assert seen == [grant.access.reveal()]


async def test_who_asked_may_leave_and_the_tokens_are_still_saved(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens = desk.tokens(grant)
    desk.service.gate.clear()
    asking = asyncio.create_task(tokens.renewed(MIRA.id, grant.access.reveal()))
    await until(lambda: desk.service.count("token") == 1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    another = asyncio.create_task(tokens.renewed(MIRA.id, grant.access.reveal()))
    await asyncio.sleep(0)
    desk.service.gate.set()
    await tokens.close()
    assert desk.saved.access.reveal() == await another != grant.access.reveal()
    assert desk.service.count("token") == 1


async def test_a_refusal_is_told_once_and_not_tried_again(desk: Desk) -> None:
    grant = replace(desk.service.grant(minutes=0), refresh=Secret("wrongrefresh"))
    tokens = desk.tokens(grant)
    for _ in range(5):
        with pytest.raises(LoginNeededError, match="sanctum-tui login"):
            await tokens.access(MIRA.id)
        with pytest.raises(LoginNeededError, match="sanctum-tui login"):
            await tokens.renewed(MIRA.id, grant.access.reveal())
    assert desk.service.count("token") == 1
    assert desk.saved == grant


async def test_a_new_login_in_another_process_mends_a_refusal(desk: Desk) -> None:
    grant = replace(desk.service.grant(minutes=0), refresh=Secret("wrongrefresh"))
    tokens = desk.tokens(grant)
    with pytest.raises(LoginNeededError):
        await tokens.access(MIRA.id)
    new = desk.service.grant()
    store_in(desk.store.path.parent.parent).save(Role.STREAMER, new)
    assert await tokens.access(MIRA.id) == new.access.reveal()


async def test_a_new_login_mends_also_what_came_from_the_environment(desk: Desk) -> None:
    live = replace(desk.service.grant(minutes=0), refresh=Secret("wrongrefresh"))
    tokens = Tokens(desk.identity, desk.store, SystemClock(), {EnvironmentTokens(live.access, live.refresh): live})
    with pytest.raises(LoginNeededError):
        await tokens.access(MIRA.id)
    new = desk.service.grant()
    desk.store.save(Role.STREAMER, new)
    assert await tokens.access(MIRA.id) == new.access.reveal()


async def test_a_login_of_another_account_is_not_used_under_a_running_console(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens = desk.tokens(grant)
    desk.store.save(Role.STREAMER, desk.service.grant(Account("7", "other", "Other")))
    with pytest.raises(LoginNeededError, match="start the console again"):
        await tokens.renewed(MIRA.id, grant.access.reveal())
    assert desk.service.count("token") == 0


async def test_a_logout_in_another_process_is_no_reason_to_refresh(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens = desk.tokens(grant)
    desk.store.forget(Role.STREAMER)
    with pytest.raises(LoginNeededError, match="logged out"):
        await tokens.renewed(MIRA.id, grant.access.reveal())
    assert desk.service.count("token") == 0


@pytest.mark.parametrize(
    "answer", [(503, HTML), (500, ""), CUT, (200, HTML), (200, "[]"), (400, HTML), (400, ""), (302, "{}")]
)
async def test_trouble_on_the_way_costs_no_login(desk: Desk, answer: tuple[int, str] | str) -> None:
    grant = desk.service.grant(minutes=0)
    tokens = desk.tokens(grant)
    desk.service.answers("token", answer)
    with pytest.raises(UnreachableError):
        await tokens.access(MIRA.id)
    assert desk.saved == grant
    assert await tokens.access(MIRA.id) == desk.saved.access.reveal() != grant.access.reveal()


async def test_a_token_with_minutes_left_is_used_while_twitch_cannot_be_reached(desk: Desk) -> None:
    grant = desk.service.grant(minutes=5)
    tokens = desk.tokens(grant)
    desk.service.answers("token", (503, ""), (503, ""))
    assert await tokens.access(MIRA.id) == grant.access.reveal()
    assert await tokens.access(MIRA.id) == grant.access.reveal()
    assert desk.service.count("token") == 1


async def test_a_full_disk_does_not_end_the_evening(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = desk.service.grant(minutes=0)
    tokens = desk.tokens(grant)
    told: list[str] = []
    recovered: list[bool] = []
    tokens.on_trouble, tokens.on_recovery = told.append, lambda: recovered.append(True)
    with monkeypatch.context() as full:
        full.setattr(TokenStore, "_write", _disk_is_full)
        access = await tokens.access(MIRA.id)
        access = await tokens.renewed(MIRA.id, access)
        assert await tokens.access(MIRA.id) == access
    assert told == [tokens.trouble]
    assert "log in again" in told[0]
    assert recovered == []
    assert desk.saved == grant
    assert await tokens.access(MIRA.id) == access == desk.saved.access.reveal()
    assert (recovered, tokens.trouble) == ([True], "")
    assert desk.service.count("token") == 2


async def test_whoever_fails_to_tell_the_operator_costs_no_token(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_screen(*_: object) -> None:
        raise RuntimeError("no screen")

    tokens = desk.tokens(desk.service.grant(minutes=0))
    tokens.on_trouble = tokens.on_recovery = no_screen
    with monkeypatch.context() as full:
        full.setattr(TokenStore, "_write", _disk_is_full)
        access = await tokens.access(MIRA.id)
    assert await tokens.access(MIRA.id) == access == desk.saved.access.reveal()
    assert tokens.trouble == ""


def _disk_is_full(self: TokenStore, stored: object) -> None:
    raise StorageError(f"{self.path} could not be written (No space left on device); free some space.")


async def test_a_token_without_a_refresh_token_serves_until_twitch_says_no(desk: Desk) -> None:
    grant = replace(desk.service.grant(refresh=False), expires_at=datetime.now(UTC) - timedelta(hours=1))
    tokens = desk.tokens(grant)
    assert await tokens.access(MIRA.id) == grant.access.reveal()
    with pytest.raises(LoginNeededError, match="no refresh token"):
        await tokens.renewed(MIRA.id, grant.access.reveal())
    assert desk.service.calls == []


async def test_a_confidential_application_is_told_of_its_secret(desk: Desk) -> None:
    grant = desk.service.grant(minutes=0)
    desk.service.secret = "applicationsecret"
    with pytest.raises(LoginNeededError, match=r"TWITCH_CLIENT_SECRET.*Public"):
        await desk.tokens(grant).access(MIRA.id)
    identity = desk.service.identity(desk.session, secret="applicationsecret")
    assert (await identity.refresh(grant)).access != grant.access


async def test_the_hourly_check_learns_what_twitch_says_now(desk: Desk) -> None:
    grant = replace(desk.service.grant(), scopes=frozenset())
    tokens = desk.tokens(grant)
    await tokens.check()
    assert "user:read:chat" in tokens.grant(MIRA.id).scopes
    desk.service.expire(grant.access.reveal())
    await tokens.check()
    assert desk.saved.access == tokens.grant(MIRA.id).access != grant.access


async def test_trouble_at_the_check_loses_no_token(desk: Desk) -> None:
    grant = desk.service.grant()
    tokens = desk.tokens(grant)
    for answer in ((503, HTML), (500, ""), (200, "{}"), (403, HTML), (404, "{}")):
        desk.service.answers("validate", answer)
        with pytest.raises(UnreachableError):
            await tokens.check()
    assert desk.saved == grant == tokens.grant(MIRA.id)
    await tokens.check()
    assert desk.service.count("token") == 0


async def test_a_withdrawn_permission_is_told_at_the_check(desk: Desk) -> None:
    tokens = desk.tokens(desk.service.grant())
    desk.service.permits.clear()
    with pytest.raises(LoginNeededError, match="sanctum-tui login"):
        await tokens.check()


# --- the service's answers, and secrecy


async def test_nothing_secret_travels_in_an_address(desk: Desk) -> None:
    grant = desk.service.grant()
    identity = desk.service.identity(desk.session, secret="applicationsecret")
    await identity.validate(grant.access)
    await identity.refresh(grant)
    await identity.revoke(grant.access, CLIENT)
    assert len(desk.service.calls) == 3
    assert desk.service.queries == []


async def test_tokens_are_not_carried_on_to_wherever_an_answer_points(desk: Desk) -> None:
    grant = desk.service.grant()
    desk.service.answers("token", (307, f"{desk.service.url}/elsewhere"))
    with pytest.raises(UnreachableError):
        await desk.identity.refresh(grant)
    assert [path for path, _ in desk.service.calls] == ["token"]


async def test_too_many_calls_are_told_apart(desk: Desk) -> None:
    desk.service.answers("token", (429, "{}"))
    with pytest.raises(RateLimitedError):
        await desk.identity.refresh(desk.service.grant())


async def test_an_applications_token_is_not_a_users(desk: Desk) -> None:
    desk.service.answers("validate", (200, json.dumps({"client_id": CLIENT, "scopes": [], "expires_in": 5000})))
    with pytest.raises(RefusedError, match="application"):
        await desk.identity.validate(Secret("apptoken"))


async def test_a_dead_network_and_a_silent_twitch_are_unreachable(desk: Desk) -> None:
    grant = desk.service.grant()
    desk.service.gate.clear()
    impatient = desk.service.identity(desk.session, timing=Timing(connect=0.2, answer=0.1))
    with pytest.raises(UnreachableError, match="in time"):
        await impatient.refresh(grant)
    desk.service.gate.set()
    nobody = replace(desk.service, url="http://127.0.0.1:9")
    with pytest.raises(UnreachableError, match="network"):
        await nobody.identity(desk.session).refresh(grant)


@given(
    status=st.integers(200, 599),
    body=st.sampled_from(["", "null", "[]", "{", HTML, "{}", '{"message": 5}'])
    | st.dictionaries(
        st.sampled_from(["message", "access_token", "refresh_token", "scope", "expires_in", "client_id", "user_id"]),
        st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2),
    ).map(json.dumps),
)
def test_no_answer_whatever_raises_anything_but_our_errors(status: int, body: str) -> None:
    async def ask() -> None:
        async with oauth_service() as service, aiohttp.ClientSession() as session:
            identity, grant = service.identity(session), service.grant()
            for path in ("token", "validate", "device", "revoke"):
                service.answers(path, (status, body))
            for call in (
                identity.refresh(grant),
                identity.validate(grant.access),
                identity.device_code(["a"]),
                identity.revoke(grant.access, CLIENT),
            ):
                with contextlib.suppress(TwitchError):
                    await call

    asyncio.run(ask())


async def test_no_token_is_seen_in_a_log_an_error_or_a_repr(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    grant = desk.service.grant(minutes=0)
    tokens = desk.tokens(grant)
    seen: list[str] = [repr(grant), repr(desk.store.load())]
    leak = json.dumps({"status": 400, "message": f"bad {grant.refresh.reveal()} and {grant.access.reveal()}"})
    desk.service.answers("token", (503, leak), CUT, (200, HTML))
    for _ in range(3):
        with pytest.raises(UnreachableError) as error:
            await tokens.access(MIRA.id)
        seen.append(repr(error.value))
    await tokens.access(MIRA.id)
    desk.service.answers("token", (400, leak))
    with pytest.raises(TwitchError) as refused:
        await tokens.renewed(MIRA.id, tokens.grant(MIRA.id).access.reveal())
    seen += [repr(refused.value), repr(tokens.grant(MIRA.id)), caplog.text]
    assert len(desk.service.secrets) >= 4
    for secret in desk.service.secrets:
        assert not any(secret in text for text in seen)
        assert secret not in REDACTOR.redact(secret)


# --- scopes


def test_no_more_is_asked_for_than_an_evening_needs() -> None:
    assert [scope.name for scope in wanted(Role.BOT)] == ["user:write:chat"]
    assert {scope.name for scope in wanted(Role.STREAMER)} == {
        "user:read:chat",
        "user:write:chat",
        "channel:manage:broadcast",
    }
    assert all(scope.why.endswith(".") for role in Role for scope in wanted(role))
    assert [scope.name for scope in missing({"user:read:chat"}, Role.STREAMER, with_bot=True)] == [
        "channel:manage:broadcast"
    ]
    assert [scope.needed for scope in missing({"user:read:chat"}, Role.STREAMER)] == [True, False]
