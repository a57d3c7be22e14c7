"""Connecting: the device flow as a person lives through it, and who is then used for what."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.errors import BadInputError, NotReadyError, StorageError
from sanctum_tui.settings import Secret, Settings
from sanctum_tui.twitch.access import Access, SignedIn, opened
from sanctum_tui.twitch.by_account import ByAccount
from sanctum_tui.twitch.errors import LoginNeededError, RefusedError, UnreachableError
from sanctum_tui.twitch.login import Denied, Expired, LoggedIn, LoginStep, Offline, Waiting, log_in
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.store import TokenStore, environment_tokens, tokens_path
from sanctum_tui.twitch.values import Account, Grant
from tests.builders import START, at, paths_in, settings
from tests.fake_twitch import FakeTwitch
from tests.oauth import ALL, BOT, CLIENT, CUT, MIRA, QUICK, Oauth, Permit, oauth_service

VALID_BOT = {"client_id": CLIENT, "login": BOT.login, "user_id": BOT.id, "scopes": ALL, "expires_in": 9000}
HASTY = {
    "device_code": "devicecodesecret0002",
    "user_code": "HGFEDCBA",
    "verification_uri": "https://www.twitch.tv/activate",
    "interval": 0.1,
    "expires_in": 60,
}
"""An answer with a code that may be asked for often."""


@pytest.fixture
async def service() -> AsyncIterator[Oauth]:
    async with oauth_service() as service:
        yield service


class Attempt:
    """A login that somebody follows, on a clock that the test moves."""

    def __init__(
        self,
        service: Oauth,
        session: aiohttp.ClientSession,
        *,
        role: Role = Role.STREAMER,
        expected: str = "",
        save: Callable[[Grant], None] | None = None,
    ) -> None:
        self.clock = ReplayClock(START)
        self.steps: list[LoginStep] = []
        self.saved: list[Grant] = []
        self.known_when_told: list[int] = []
        self._save = save
        identity = service.identity(session, clock=self.clock)
        self._steps = log_in(identity, role, save=self._keep, clock=self.clock, expected=expected)
        self.task = asyncio.create_task(self._follow())

    async def _keep(self, grant: Grant) -> None:
        if self._save:
            self._save(grant)
        self.saved.append(grant)

    async def _follow(self) -> None:
        async for step in self._steps:
            self.steps.append(step)
            self.known_when_told.append(len(self.saved))

    async def wait(self, seconds: float) -> LoginStep:
        """Let time pass; the last step by then."""
        while not self.task.done() and self.clock.next_deadline is None:  # noqa: ASYNC110 - the clock has no event
            await asyncio.sleep(0.002)
        await self.clock.advance_to(at((self.clock.now() - START).total_seconds() + seconds))
        return self.steps[-1]


@asynccontextmanager
async def attempt(service: Oauth, **how: object) -> AsyncIterator[Attempt]:
    async with aiohttp.ClientSession() as session:
        one = Attempt(service, session, **how)  # type: ignore[arg-type]
        try:
            yield one
        finally:
            one.task.cancel()
            await asyncio.gather(one.task, return_exceptions=True)


def confirm(service: Oauth, account: Account = MIRA, scopes: tuple[str, ...] = ALL) -> None:
    """Somebody opens the page and says yes."""
    service.confirmed = Permit(account, scopes, "", "")


def refusal(message: str) -> tuple[int, str]:
    return 400, json.dumps({"status": 400, "message": message})


# --- the device flow


async def test_a_login_waits_and_then_is_saved_before_it_is_told(service: Oauth) -> None:
    async with attempt(service) as login:
        first = await login.wait(0)
        assert isinstance(first, Waiting)
        assert (first.code.code, first.seconds_left) == ("ABCDEFGH", 1800)
        waiting = await login.wait(12)
        assert isinstance(waiting, Waiting)
        assert waiting.seconds_left == 1788
        assert service.count("token") == 2
        confirm(service)
        step = await login.wait(5)
        assert isinstance(step, LoggedIn)
        assert step.grant == login.saved[0]
        assert step.grant.account == MIRA
        assert step.missing_scopes == ()
        assert login.known_when_told[-1] == 1
    assert service.calls[0][1]["scopes"].split() == ["user:read:chat", "user:write:chat", "channel:manage:broadcast"]
    assert service.queries == []


async def test_twitch_is_asked_at_its_pace_and_slower_when_it_says_so(service: Oauth) -> None:
    async with attempt(service) as login:
        await login.wait(5)
        assert service.count("token") == 1
        service.answers("token", refusal("slow_down"))
        await login.wait(5)
        assert service.count("token") == 2
        await login.wait(9)
        assert service.count("token") == 2
        assert isinstance(await login.wait(1), Waiting)
        assert service.count("token") == 3


@pytest.mark.parametrize(
    ("told", "step"),
    [
        ("access_denied", Denied),
        ("The user denied the request", Denied),
        ("expired_token", Expired),
        ("invalid device code", Expired),
    ],
)
async def test_a_login_that_was_denied_or_came_too_late_ends_in_words(
    service: Oauth, told: str, step: type[Denied | Expired]
) -> None:
    async with attempt(service) as login:
        service.answers("token", refusal(told))
        last = await login.wait(6)
        assert isinstance(last, step)
        assert "begin again" in last.sentence
        assert login.task.done()


async def test_a_code_nobody_confirms_expires(service: Oauth) -> None:
    service.answers("device", (200, json.dumps({**HASTY, "interval": 5, "expires_in": 60})))
    async with attempt(service) as login:
        assert isinstance(await login.wait(59), Waiting)
        last = await login.wait(2)
        assert isinstance(last, Expired)
        assert "in time" in last.sentence
        assert login.task.done()


async def test_a_login_survives_a_network_that_goes_and_comes(service: Oauth) -> None:
    async with attempt(service) as login:
        first = await login.wait(0)
        service.answers("token", (503, ""), CUT, (200, "<html>sign in</html>"))
        for _ in range(3):
            step = await login.wait(5)
            assert isinstance(step, Offline)
            assert isinstance(first, Waiting)
            assert step.code == first.code
            assert step.seconds_left > 1700
        assert isinstance(await login.wait(5), Waiting)
        confirm(service)
        assert isinstance(await login.wait(5), LoggedIn)


async def test_a_login_can_begin_with_no_network(service: Oauth) -> None:
    service.answers("device", (503, ""), CUT)
    async with attempt(service) as login:
        step = await login.wait(0)
        assert isinstance(step, Offline)
        assert step.code is None
        assert isinstance(await login.wait(5), Offline)
        assert isinstance(await login.wait(5), Waiting)
    service.answers("device", *[(503, "")] * 400)
    async with attempt(service) as login:
        assert isinstance(await login.wait(1801), Expired)


async def test_tokens_that_came_are_not_lost_when_twitch_then_stumbles(service: Oauth) -> None:
    async with attempt(service) as login:
        await login.wait(0)
        confirm(service)
        service.answers("validate", (503, ""), (500, ""))
        assert isinstance(await login.wait(5), Offline)
        assert isinstance(await login.wait(5), Offline)
        assert isinstance(await login.wait(5), LoggedIn)
        assert service.count("token") == 1


async def test_what_was_not_given_is_named_with_its_reason(service: Oauth) -> None:
    async with attempt(service) as login:
        await login.wait(0)
        confirm(service, scopes=("user:read:chat",))
        step = await login.wait(5)
        assert isinstance(step, LoggedIn)
        assert [scope.name for scope in step.missing_scopes] == ["user:write:chat", "channel:manage:broadcast"]


async def test_the_wrong_account_is_named(service: Oauth) -> None:
    async with attempt(service, role=Role.BOT, expected=BOT.login) as login:
        await login.wait(0)
        confirm(service, MIRA)
        step = await login.wait(5)
        assert isinstance(step, LoggedIn)
        assert "quietharbor" in step.sentence
        assert "TWITCH_BOT_USERNAME is chronicler" in step.sentence
    assert service.calls[0][1]["scopes"] == "user:write:chat"


async def test_a_login_that_cannot_be_saved_is_not_told_as_one(service: Oauth) -> None:
    def full(grant: Grant) -> None:
        raise StorageError("The disk is full; free some space.")

    async with attempt(service, save=full) as login:
        await login.wait(0)
        confirm(service)
        await login.wait(5)
        with pytest.raises(StorageError):
            await login.task
        assert not any(isinstance(step, LoggedIn) for step in login.steps)


async def test_an_unknown_application_names_the_setting(service: Oauth) -> None:
    async with aiohttp.ClientSession() as session:
        identity = service.identity(session, client_id="wrong")
        with pytest.raises(RefusedError, match="TWITCH_CLIENT_ID"):
            await identity.device_code(["a"])
        with pytest.raises(NotReadyError, match="TWITCH_CLIENT_ID"):
            await service.identity(session, client_id="").device_code(["a"])


async def test_a_login_can_be_left_at_any_moment(service: Oauth) -> None:
    async with (
        aiohttp.ClientSession() as session,
        aclosing(log_in(service.identity(session), Role.BOT, save=_never, clock=SystemClock())) as steps,
    ):
        async for step in steps:
            assert isinstance(step, Waiting)
            break


async def _never(grant: Grant) -> None:
    raise AssertionError(grant)


async def test_the_device_code_is_seen_by_nobody(service: Oauth, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with attempt(service) as login:
        confirm(service)
        await login.wait(6)
        seen = caplog.text + repr(login.steps)
    assert isinstance(login.steps[-1], LoggedIn)
    assert len(service.secrets) == 3
    assert not any(secret in seen for secret in service.secrets)


# --- access: who is used for what


class Place:
    """A user's folders and settings, and the service they point at."""

    def __init__(self, service: Oauth, folder: Path) -> None:
        self.service = service
        self.paths = paths_in(folder)

    def settings(self, **values: object) -> Settings:
        return settings(**({"twitch_server": self.service.url, "twitch_client_id": CLIENT} | values))

    @property
    def store(self) -> TokenStore:
        return TokenStore(tokens_path(self.settings(), self.paths), self.paths.locks)

    @asynccontextmanager
    async def access(self, **values: object) -> AsyncIterator[Access]:
        async with opened(self.settings(**values), self.paths, SystemClock(), timing=QUICK) as access:
            yield access

    async def signed_in(self, **values: object) -> SignedIn:
        async with self.access(**values) as access:
            return await access.sign_in()

    def environment(self, grant: Grant) -> dict[str, object]:
        return {
            "twitch_access_token": Secret(f"oauth:{grant.access.reveal()}"),
            "twitch_refresh_token": grant.refresh,
        }


@pytest.fixture
def place(service: Oauth, tmp_path: Path) -> Place:
    return Place(service, tmp_path)


async def test_nobody_logged_in_is_told_with_the_command(place: Place) -> None:
    with pytest.raises(LoginNeededError, match="`sanctum-tui login`"):
        await place.signed_in()
    assert place.service.calls == []


async def test_the_streamer_alone_reads_and_posts(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    found = await place.signed_in()
    named = replace(MIRA, name="Quietharbor")
    assert (found.streamer, found.channel, found.speaker) == (named, named, named)
    assert (found.missing, found.notes) == ((), ())
    assert type(found.api).__name__ == "Helix"


async def test_a_bot_posts_where_one_is_set(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    with pytest.raises(LoginNeededError, match="`sanctum-tui login --bot`") as nobody:
        await place.signed_in(twitch_bot_username="Chronicler")
    assert nobody.value.role is Role.BOT
    place.store.save(Role.BOT, place.service.grant(BOT))
    found = await place.signed_in(twitch_bot_username="Chronicler")
    assert (found.streamer.login, found.speaker.login) == ("quietharbor", "chronicler")
    unset = await place.signed_in()
    assert unset.speaker.login == "quietharbor"
    assert "TWITCH_BOT_USERNAME is empty" in unset.notes[0]


async def test_the_wrong_bot_is_named(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    place.store.save(Role.BOT, place.service.grant(Account("9", "stranger", "stranger")))
    with pytest.raises(LoginNeededError, match=r"is chronicler, but .* is stranger"):
        await place.signed_in(twitch_bot_username="chronicler")


async def test_the_streamer_may_be_named_as_its_own_bot(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    found = await place.signed_in(twitch_bot_username="quietharbor")
    assert found.speaker == found.streamer


@pytest.mark.parametrize("written", ["elsewhere", "#Elsewhere", "https://www.twitch.tv/elsewhere/"])
async def test_another_channel_is_found_by_its_name(place: Place, written: str) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    found = await place.signed_in(twitch_channel_name=written)
    assert found.channel == Account("1003", "elsewhere", "Elsewhere")
    assert "title, category and markers" in found.notes[0]


async def test_a_channel_that_is_not_there_names_the_setting(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    for name in ("nobody", "two words"):
        with pytest.raises(BadInputError, match="TWITCH_CHANNEL_NAME"):
            await place.signed_in(twitch_channel_name=name)


async def test_missing_permissions_are_found_at_the_start(place: Place) -> None:
    place.service.permits.append(Permit(MIRA, ("user:read:chat",), "fewscopesaccess", "fewscopesrefresh"))
    grant = replace(place.service.grant(), access=Secret("fewscopesaccess"))
    place.store.save(Role.STREAMER, grant)
    found = await place.signed_in()
    assert [(role, scope.name, scope.needed) for role, scope in found.missing] == [
        (Role.STREAMER, "user:write:chat", True),
        (Role.STREAMER, "channel:manage:broadcast", False),
    ]


async def test_two_applications_are_each_asked_as_themselves(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    place.store.save(Role.BOT, place.service.grant(BOT, client_id="another"))
    found = await place.signed_in(twitch_bot_username="chronicler")
    assert isinstance(found.api, ByAccount)


async def test_trouble_at_the_start_can_be_tried_again(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    async with place.access() as access:
        place.service.answers("validate", (503, ""))
        with pytest.raises(UnreachableError):
            await access.sign_in()
        assert (await access.sign_in()).streamer.login == "quietharbor"


async def test_tokens_of_the_environment_do_for_a_streamer(place: Place) -> None:
    old = place.service.grant(minutes=0)
    for _ in range(2):
        found = await place.signed_in(**place.environment(old))
        assert found.streamer.login == "quietharbor"
    assert place.service.count("token") == 1


async def test_tokens_of_the_environment_may_be_the_bots(place: Place) -> None:
    env = place.environment(place.service.grant(BOT))
    found = await place.signed_in(**env, twitch_bot_username="chronicler", twitch_channel_name="quietharbor")
    assert (found.streamer.login, found.speaker.login, found.channel.login) == (
        "chronicler",
        "chronicler",
        MIRA.login,
    )
    place.store.save(Role.STREAMER, place.service.grant())
    both = await place.signed_in(**env, twitch_bot_username="chronicler")
    assert (both.streamer.login, both.speaker.login) == ("quietharbor", "chronicler")
    place.service.permits = [permit for permit in place.service.permits if permit.account == MIRA]
    async with place.access(**env, twitch_bot_username="chronicler") as access:
        place.service.answers("validate", (200, json.dumps(VALID_BOT)))
        with pytest.raises(LoginNeededError, match="login --bot") as lost:
            await access.sign_in()
        assert lost.value.role is Role.BOT


async def last_step(access: Access, role: Role = Role.STREAMER) -> LoginStep:
    return [step async for step in access.log_in(role)][-1]


def in_a_hurry(service: Oauth) -> None:
    """Somebody confirms at once, and no test waits for it."""
    service.answers("device", (200, json.dumps(HASTY)))
    confirm(service)


async def test_a_login_takes_the_place_of_the_environments_tokens(place: Place) -> None:
    env = place.environment(place.service.grant(Account("9", "stranger", "stranger")))
    in_a_hurry(place.service)
    async with place.access(**env) as access:
        assert isinstance(await last_step(access), LoggedIn)
    found = await place.signed_in(**env)
    assert found.streamer.login == "quietharbor"
    assert "TWITCH_ACCESS_TOKEN" in found.notes[0]
    content = place.store.path.read_text()
    assert "stranger" not in content


async def test_a_login_after_a_broken_file_moves_it_aside(place: Place) -> None:
    place.store.path.parent.mkdir(parents=True)
    place.store.path.write_text("broken")
    in_a_hurry(place.service)
    async with place.access(**place.environment(place.service.grant(BOT))) as access:
        with pytest.raises(BadInputError):
            await access.sign_in()
        assert isinstance(await last_step(access), LoggedIn)
    assert (await place.signed_in()).streamer.login == "quietharbor"
    assert place.store.path.with_name(f"{place.store.path.name}.broken").read_text() == "broken"


async def test_a_logout_revokes_and_forgets(place: Place) -> None:
    grant = place.service.grant()
    place.store.save(Role.STREAMER, grant)
    place.store.save(Role.BOT, place.service.grant(BOT))
    async with place.access() as access:
        left = await access.log_out(Role.STREAMER)
        again = await access.log_out(Role.STREAMER)
    assert (left.account, left.revoked) == ("quietharbor", True)
    assert (again.account, again.revoked) == ("", False)
    assert place.service.revoked == [grant.access.reveal(), grant.refresh.reveal()]
    assert set(place.store.load().grants) == {Role.BOT}
    assert grant.refresh.reveal() not in place.store.path.read_text()


async def test_a_logout_without_a_network_forgets_all_the_same(place: Place) -> None:
    place.store.save(Role.STREAMER, place.service.grant())
    place.service.answers("revoke", (503, ""))
    async with place.access() as access:
        left = await access.log_out(Role.STREAMER)
    assert not left.revoked
    assert "twitch.tv/settings/connections" in left.sentence
    assert place.store.load().grants == {}


async def test_a_logout_also_ends_what_the_environments_tokens_became(place: Place) -> None:
    env = place.environment(place.service.grant(minutes=0))
    await place.signed_in(**env)
    async with place.access(**env) as access:
        assert (await access.log_out(Role.STREAMER)).revoked
    with pytest.raises(LoginNeededError):
        await place.signed_in(**env)
    assert place.service.count("token") == 1
    tokens = environment_tokens(place.settings(**env))
    assert tokens is not None
    standing = place.store.standing(tokens, place.store.load())
    assert standing is not None
    assert standing.grant is None


# --- against the fake Twitch


async def test_an_evening_begins_with_a_login_and_survives_its_token(tmp_path: Path) -> None:
    async with FakeTwitch(device_interval=0.1) as twitch:
        chosen = settings(twitch_server=twitch.url, twitch_client_id=twitch.client_id)
        async with opened(chosen, paths_in(tmp_path), SystemClock(), timing=QUICK) as access:
            async for step in access.log_in(Role.STREAMER):
                if isinstance(step, Waiting):
                    twitch.confirm(step.code.code, "quietharbor")
            assert isinstance(step, LoggedIn)
            found = await access.sign_in()
            assert (found.streamer, found.missing) == (twitch.streamer, ())
            twitch.expire(found.tokens.grant(found.streamer.id).access.reveal())
            await asyncio.gather(*(found.api.stream(found.channel.id, by=found.streamer.id) for _ in range(5)))
            assert twitch.refreshes == 1
        async with opened(chosen, paths_in(tmp_path), SystemClock(), timing=QUICK) as access:
            assert (await access.sign_in()).speaker == twitch.streamer
            assert (await access.log_out(Role.STREAMER)).revoked
            with pytest.raises(LoginNeededError):
                await access.sign_in()
        assert twitch.refreshes == 1


async def test_a_login_that_is_denied_on_the_fake_ends(tmp_path: Path) -> None:
    async with FakeTwitch(device_interval=0.1) as twitch:
        chosen = settings(twitch_server=twitch.url, twitch_client_id=twitch.client_id)
        async with opened(chosen, paths_in(tmp_path), SystemClock(), timing=QUICK) as access:
            async for step in access.log_in(Role.BOT):
                if isinstance(step, Waiting):
                    twitch.deny(step.code.code)
            assert isinstance(step, Denied)
