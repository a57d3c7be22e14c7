"""Logging in and out: the Device Code Flow as a person lives through it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sanctum_tui.clock import Clock
from sanctum_tui.twitch.errors import RateLimitedError, TwitchError, UnreachableError
from sanctum_tui.twitch.identity import DeniedError, ExpiredError, Identity
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import Scope, missing, wanted
from sanctum_tui.twitch.values import DeviceCode, Grant

_TICK_SECONDS = 1.0
"""How often a step tells how much time is left."""
_OFFLINE_SECONDS = 1800.0
"""How long a login waits for the network before it has a code: as long as a code would live."""
_OFFLINE_INTERVAL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody has to open the address and confirm the code. Told every second."""

    code: DeviceCode
    seconds_left: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Offline:
    """Twitch cannot be asked at the moment; the login goes on by itself when it can. Told every second."""

    sentence: str
    seconds_left: float
    code: DeviceCode | None = None
    """The code, which stays good; None where the network failed before there was one."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The account let us in, and its tokens are saved. The last step."""

    grant: Grant
    missing_scopes: tuple[Scope, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Expired:
    """Nobody confirmed the code in time. The last step."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Denied:
    """Somebody said no. The last step."""

    sentence: str


LoginStep = Waiting | Offline | LoggedIn | Expired | Denied


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """What a logout did."""

    account: str
    """Who was logged in, or "" where nobody was."""
    revoked: bool
    """Twitch knows of it too; otherwise the tokens are forgotten here, and expire by themselves."""
    sentence: str


async def log_in(
    identity: Identity,
    role: Role,
    *,
    save: Callable[[Grant], Awaitable[None]],
    clock: Clock,
    expected: str = "",
    with_bot: bool = False,
) -> AsyncGenerator[LoginStep, None]:
    """The steps of one login, until it has ended one way or another. To leave it, close it.

    `save` is awaited before `LoggedIn` is told; `expected` is the login that the settings name for this role.
    Raises RefusedError (an unknown client id, say), NotReadyError (none), and what `save` raises.
    """
    code: DeviceCode | None = None
    end, next_ask, trouble = clock.now() + timedelta(seconds=_OFFLINE_SECONDS), clock.now(), ""
    while (left := (end - clock.now()).total_seconds()) > 0:
        if clock.now() >= next_ask:
            trouble, patience = "", _OFFLINE_INTERVAL_SECONDS
            try:
                if code is None:
                    code = await identity.device_code([scope.name for scope in wanted(role)])
                    left = code.expires_seconds
                    end = clock.now() + timedelta(seconds=left)
                elif (grant := await identity.ask(code)) is not None:
                    await save(grant)
                    yield _logged_in(grant, role, expected, with_bot)
                    return
            except DeniedError as error:
                yield Denied(error.sentence)
                return
            except ExpiredError as error:
                yield Expired(error.sentence)
                return
            except UnreachableError as error:
                trouble = error.sentence
                patience = error.retry_seconds if isinstance(error, RateLimitedError) else patience
            if code is not None:
                patience = max(identity.interval(code), patience if trouble else 0.0)
            next_ask = clock.now() + timedelta(seconds=patience)
        if trouble or code is None:
            yield Offline(trouble, left, code)
        else:
            yield Waiting(code, left, f"Open {code.address} and confirm the code {code.code}.")
        until_ask = (next_ask - clock.now()).total_seconds()
        await clock.sleep(max(0.0, min(_TICK_SECONDS, left, until_ask)))
    yield Expired(
        "The code was not confirmed in time; begin again for a new one."
        if code
        else "Twitch could not be reached for half an hour; begin again when the network is up."
    )


async def log_out(identity: Identity, grants: Sequence[Grant], *, forget: Callable[[], Awaitable[None]]) -> LoggedOut:
    """Revoke what these grants hold and forget them here; forgotten they are whatever Twitch says.

    Raises what `forget` raises.
    """
    if not grants:
        return LoggedOut("", False, "Nobody was logged in, so there was nothing to do.")
    try:
        trouble = await _revoke(identity, grants)
    finally:
        await forget()
    name = grants[0].account.name
    if trouble:
        return LoggedOut(
            name,
            False,
            f"{name} is logged out here, but Twitch does not know of it: {trouble.rstrip('.')}. To be sure, "
            "disconnect the application at twitch.tv/settings/connections.",
        )
    return LoggedOut(name, True, f"{name} is logged out; the tokens are revoked and forgotten.")


async def _revoke(identity: Identity, grants: Sequence[Grant]) -> str:
    """Make every token good for nothing; what went wrong, or "". Each is tried while Twitch can be reached."""
    trouble = ""
    for grant in grants:
        for token in (grant.access, grant.refresh):
            if not token:
                continue
            try:
                await identity.revoke(token, grant.client_id)
            except UnreachableError:
                return "it could not be reached"
            except TwitchError as error:
                trouble = error.sentence
    return trouble


def _logged_in(grant: Grant, role: Role, expected: str, with_bot: bool) -> LoggedIn:
    lacking = missing(grant.scopes, role, with_bot=with_bot)
    name, setting = grant.account.name, "TWITCH_BOT_USERNAME" if role is Role.BOT else "TWITCH_CHANNEL_NAME"
    sentence = f"Logged in as {name}."
    if role is Role.BOT and not expected:
        sentence = f"Logged in as {name}. Set TWITCH_BOT_USERNAME to {grant.account.login}, so that it posts."
    elif expected and expected != grant.account.login:
        sentence = (
            f"Logged in as {name}, but {setting} is {expected}: log in again as that account, or change the setting."
        )
    return LoggedIn(grant, lacking, sentence)
