"""The doctor's look at Twitch: what is set, who is logged in, and, unless it is to be quick, what Twitch says."""

import asyncio
from typing import TYPE_CHECKING

from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.commands.findings import Finding
from sanctum_tui.errors import SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Loaded, Settings
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.values import Account

if TYPE_CHECKING:
    from sanctum_tui.twitch.access import Access, SignedIn

PATIENCE_SECONDS = 10.0
"""How long the doctor waits for Twitch, all in all."""
_NOT_NEEDED = "logs play without"


async def findings(
    loaded: Loaded, paths: Paths, *, ask: bool, clock: Clock | None = None, patience: float = PATIENCE_SECONDS
) -> list[Finding]:
    """What there is to say of Twitch; the network is left alone unless it is to `ask`."""
    settings, clock = loaded.settings, clock or SystemClock()
    try:
        where = addresses(settings.twitch_server)
    except SanctumError as error:
        return [Finding("missing", "Twitch", error.sentence)]
    found = []
    if where.rehearsal:
        found.append(
            Finding("optional", "Twitch", f"a rehearsal with {settings.twitch_server}; Twitch hears nothing.")
        )
    found.append(_client_id(settings))
    try:
        logins = _logins(loaded, paths)
    except SanctumError as error:
        return [*found, Finding("missing", "login", error.sentence)]
    if not logins:
        nobody = f"nobody is logged in; `sanctum-tui login` connects an account, {_NOT_NEEDED}."
        return [*found, Finding("optional", "login", nobody)]
    if not ask:
        told = ", ".join(f"{name} ({role})" for role, name in logins.items())
        return [*found, Finding("ready", "login", f"{told}; not checked with Twitch now")]
    try:
        async with asyncio.timeout(patience):
            await _ask(settings, paths, clock, found)
    except TimeoutError:
        words = f"it did not answer everything within {patience:g} s; run doctor again in a while."
        found.append(Finding("missing", "Twitch", words))
    return found


def _client_id(settings: Settings) -> Finding:
    if settings.twitch_client_id.strip():
        return Finding("ready", "client id", "TWITCH_CLIENT_ID is set")
    return Finding(
        "optional",
        "client id",
        f"TWITCH_CLIENT_ID is not set; `sanctum-tui login` says how to get one, {_NOT_NEEDED}.",
    )


def _logins(loaded: Loaded, paths: Paths) -> dict[Role, str]:
    """Who is logged in, by what is stored or set. Raises SanctumError where that cannot be read."""
    from sanctum_tui.twitch.store import TokenStore, environment_tokens, known, tokens_path

    environment_tokens(loaded.settings)
    stored = TokenStore(tokens_path(loaded.settings, paths), paths.locks).load()
    logins = {role: grant.account.name for role, grant in stored.grants.items()}
    if name := known(loaded.settings, paths):
        # With tokens from the environment the store need not know whose they are.
        logins.setdefault(Role.STREAMER, name)
    return logins


async def _ask(settings: Settings, paths: Paths, clock: Clock, found: list[Finding]) -> None:
    """Add what Twitch says, one thing after the other; the first that is broken ends it, for the rest hangs on it."""
    from sanctum_tui.twitch.access import opened

    name = "login"
    try:
        async with opened(settings, paths, clock) as access:
            signed = await access.sign_in()
            found += _accounts(signed)
            name = "stream"
            found.append(await _stream(signed))
            found += await _eventsub(access, clock)
    except SanctumError as error:
        found.append(Finding("missing", name, error.sentence))


def _accounts(signed: "SignedIn") -> list[Finding]:
    """Who is logged in and for how long, what was not allowed, whose channel it is, and who posts."""
    found = [_lasting("login", signed, signed.streamer)]
    found.append(Finding("ready", "channel", f"{signed.channel.name}, read by {signed.streamer.name}"))
    if signed.speaker.id != signed.streamer.id:
        found.append(_lasting("bot", signed, signed.speaker))
    found.append(Finding("ready", "posts as", f"{signed.speaker.name}, and only what you approve"))
    if not signed.missing:
        found.append(Finding("ready", "permissions", "all that are asked for"))
    for role, scope in signed.missing:
        again = "sanctum-tui login --bot" if role is Role.BOT else "sanctum-tui login"
        words = f"{scope.name} was not given to the {role}: {scope.why} To give it, run `{again}`."
        found.append(Finding("missing" if scope.needed else "optional", "permissions", words))
    found += [Finding("optional", "Twitch", note) for note in signed.notes]
    return found


def _lasting(name: str, signed: "SignedIn", account: Account) -> Finding:
    """An account that is logged in, and until when."""
    grant = signed.tokens.grant(account.id)
    until = f"{grant.expires_at:%Y-%m-%d %H:%M} UTC"
    if grant.refresh:
        return Finding("ready", name, f"{account.name}; the token lives until {until} and is renewed by itself")
    again = "sanctum-tui login --bot" if name == "bot" else "sanctum-tui login"
    words = f"{account.name}, until {until}: the token cannot be renewed. `{again}` gives one that can."
    return Finding("optional", name, words)


async def _stream(signed: "SignedIn") -> Finding:
    stream = await signed.api.stream(signed.channel.id, by=signed.streamer.id)
    if stream is None:
        return Finding("ready", "stream", "offline now; nothing is posted before it is live")
    return Finding("ready", "stream", f"live since {stream.started_at:%H:%M} UTC: {stream.title}")


async def _eventsub(access: "Access", clock: Clock) -> list[Finding]:
    """Whether chat can come in at all, for some networks let no WebSocket through; and what time it is there."""
    from sanctum_tui.twitch.connection import Connection, ConnectionEndedError, with_keepalive
    from sanctum_tui.twitch.skew import wrong

    address = with_keepalive(access.where.eventsub, access.timing)
    try:
        connection = await Connection.open(access.session, address, access.timing)
    except ConnectionEndedError as error:
        words = f"no connection for chat: {error.why}; is a firewall or a proxy in between?"
        return [Finding("missing", "EventSub", words)]
    now = clock.now()
    await connection.close()
    found = [Finding("ready", "EventSub", "a connection for chat opens")]
    if connection.welcomed_at is not None:
        sentence = wrong((now - connection.welcomed_at).total_seconds())
        shown = (
            Finding("optional", "clock", sentence) if sentence else Finding("ready", "clock", "agrees with Twitch's")
        )
        found.append(shown)
    return found
