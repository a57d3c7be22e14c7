"""Who we are on Twitch, in one place: what the console, the commands and the doctor open."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakSet

import aiohttp

from sanctum_tui.clock import Clock
from sanctum_tui.errors import BadInputError, SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings
from sanctum_tui.twitch import scopes
from sanctum_tui.twitch.addresses import Addresses, addresses
from sanctum_tui.twitch.by_account import ByAccount
from sanctum_tui.twitch.environment import from_environment
from sanctum_tui.twitch.errors import LoginNeededError
from sanctum_tui.twitch.identity import Identity
from sanctum_tui.twitch.login import LoggedOut, LoginStep, log_in, log_out
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.scopes import Scope
from sanctum_tui.twitch.store import TokenStore, environment_tokens, tokens_path
from sanctum_tui.twitch.tokens import Origin, Tokens
from sanctum_tui.twitch.values import Account, Grant, Timing

if TYPE_CHECKING:
    from sanctum_tui.twitch.helix import Helix

_LOGIN = re.compile(r"[a-z0-9_]{1,25}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who does what, and with which permissions."""

    api: Api
    tokens: Tokens
    """Its `check` is to be called every hour; `Access` closes it."""
    streamer: Account
    """Who reads the chat."""
    channel: Account
    """Whose chat it is."""
    speaker: Account
    """Who posts."""
    missing: tuple[tuple[Role, Scope], ...]
    """Permissions that were not given, by whom they are missed; not always fatal: see `Scope.needed`."""
    notes: tuple[str, ...]
    """What the operator may want to know, each a sentence."""


class Access:
    """The way to Twitch for one set of settings."""

    def __init__(
        self, settings: Settings, paths: Paths, clock: Clock, session: aiohttp.ClientSession, timing: Timing
    ) -> None:
        """`session` stays the caller's. Raises BadInputError for settings that cannot be used."""
        self.where: Addresses = addresses(settings.twitch_server)
        self.session = session
        self.timing = timing
        self.identity = Identity(
            session,
            client_id=settings.twitch_client_id,
            client_secret=settings.twitch_client_secret,
            where=self.where,
            timing=timing,
            clock=clock,
        )
        self.store = TokenStore(tokens_path(settings, paths), paths.locks)
        self._clock = clock
        self._channel = _login("TWITCH_CHANNEL_NAME", settings.twitch_channel_name)
        self._bot = _login("TWITCH_BOT_USERNAME", settings.twitch_bot_username)
        self._environment = environment_tokens(settings)
        self._tokens: WeakSet[Tokens] = WeakSet()

    async def sign_in(self) -> SignedIn:
        """Find out who is logged in, and check it with Twitch.

        Raises LoginNeededError, which names the command, where somebody has to log in (again); UnreachableError
        where Twitch cannot be asked; BadInputError and StorageError for settings and files that cannot be used.
        """
        grants, notes = await self._grants()
        reader, speaker = self._reader_and_speaker(grants)
        chosen = {reader: grants[reader][1], speaker: grants[speaker][1]}
        from_settings = [role for role in chosen if grants[role][0] == self._environment]
        tokens = Tokens(
            self.identity,
            self.store,
            self._clock,
            {grants[role][0]: grant for role, grant in chosen.items()},
            environment=from_settings[0] if from_settings else Role.STREAMER,
        )
        self._tokens.add(tokens)
        await tokens.check()
        ids = {role: grant.account.id for role, grant in chosen.items()}
        self._recheck_bot(tokens, ids, speaker)
        if Role.BOT in grants and not self._bot:
            name = grants[Role.BOT][1].account.name
            notes.append(f"The bot {name} is logged in, but TWITCH_BOT_USERNAME is empty: it does not post.")
        api = await self._api(tokens, set(ids.values()))
        streamer, voice = [await _named(api, tokens.grant(ids[role]).account) for role in (reader, speaker)]
        channel = await self._channel_of(api, streamer)
        if channel.id != streamer.id:
            notes.append(
                f"{streamer.name} reads the chat of {channel.name}; title, category and markers need the login of "
                f"{channel.name}."
            )
        missing = tuple(self._missing(tokens, ids, reader, speaker))
        return SignedIn(api, tokens, streamer, channel, voice, missing, tuple(notes))

    def log_in(self, role: Role) -> AsyncGenerator[LoginStep, None]:
        """The steps of a login (see `login.log_in`); what came of it is saved in our store."""

        async def save(grant: Grant) -> None:
            await self._save(role, grant)

        return log_in(
            self.identity,
            role,
            save=save,
            clock=self._clock,
            expected=self._bot if role is Role.BOT else self._channel,
            with_bot=bool(self._bot),
        )

    async def log_out(self, role: Role) -> LoggedOut:
        """Revoke and forget what an account granted. Tokens in the environment are not ours to forget.

        Raises BadInputError or StorageError where our file cannot be read or written.
        """
        async with self.store.locked():
            stored = self.store.load()
            grants = [stored.grants[role]] if role in stored.grants else []
            standing = self.store.standing(self._environment, stored) if self._environment else None
            if standing and standing.grant and self._role_of(standing.grant) is role:
                grants.append(standing.grant)

            async def forget() -> None:
                self.store.forget(role)
                if self._environment and standing and standing.grant in grants:
                    self.store.stand_in(self._environment, None)

            return await log_out(self.identity, grants, forget=forget)

    async def close(self) -> None:
        """Wait for refreshes that are under way."""
        for tokens in tuple(self._tokens):
            await tokens.close()

    async def _grants(self) -> tuple[dict[Role, tuple[Origin, Grant]], list[str]]:
        """Every grant there is, by what it is used for, and what is to be said about them."""
        notes: list[str] = []
        stored = self.store.load()
        grants: dict[Role, tuple[Origin, Grant]] = {role: (role, grant) for role, grant in stored.grants.items()}
        if self._environment is None:
            return grants, notes
        try:
            grant = await from_environment(
                self._environment, identity=self.identity, store=self.store, clock=self._clock
            )
        except LoginNeededError as error:
            if Role.STREAMER not in grants:
                raise
            notes.append(f"{error.sentence} Until then, the login in our own store is used.")
            return grants, notes
        if grant is None:
            notes.append("TWITCH_ACCESS_TOKEN is spent, and not used any more; it can be taken away.")
            return grants, notes
        role = self._role_of(grant)
        if role in grants and grants[role][1].account.id != grant.account.id:
            notes.append(
                f"TWITCH_ACCESS_TOKEN is used, of {grant.account.name}, and not the login of "
                f"{grants[role][1].account.name}; take it away to use that."
            )
        grants[role] = (self._environment, grant)
        return grants, notes

    def _role_of(self, grant: Grant) -> Role:
        return Role.BOT if self._bot and grant.account.login == self._bot else Role.STREAMER

    def _reader_and_speaker(self, grants: dict[Role, tuple[Origin, Grant]]) -> tuple[Role, Role]:
        """Which logins are used for what. Raises LoginNeededError where one is not there."""
        if Role.STREAMER not in grants:
            # A bot's token from the environment often reads too; one that `login` fetched may only post.
            bot = grants.get(Role.BOT)
            if bot and self._bot and self._channel and scopes.READ.name in bot[1].scopes:
                return Role.BOT, Role.BOT
            raise LoginNeededError("Nobody is logged in to Twitch who reads the chat; run `sanctum-tui login`.")
        if not self._bot or grants[Role.STREAMER][1].account.login == self._bot:
            return Role.STREAMER, Role.STREAMER
        if Role.BOT not in grants:
            raise LoginNeededError(
                f"TWITCH_BOT_USERNAME is {self._bot}, but that account is not logged in; run "
                "`sanctum-tui login --bot`, or take the setting away.",
                Role.BOT,
            )
        return Role.STREAMER, Role.BOT

    def _recheck_bot(self, tokens: Tokens, ids: dict[Role, str], speaker: Role) -> None:
        """Accounts can be renamed, so the bot's name is compared with what Twitch has just said."""
        if speaker is Role.BOT and (login := tokens.grant(ids[speaker]).account.login) != self._bot:
            raise LoginNeededError(
                f"TWITCH_BOT_USERNAME is {self._bot}, but the account that is logged in as the bot is {login}; run "
                "`sanctum-tui login --bot` as the right one, or change the setting.",
                Role.BOT,
            )

    def _missing(
        self, tokens: Tokens, ids: dict[Role, str], reader: Role, speaker: Role
    ) -> Sequence[tuple[Role, Scope]]:
        given = {role: tokens.grant(user_id).scopes for role, user_id in ids.items()}
        own = [(Role.BOT, scope) for scope in scopes.missing(given.get(Role.BOT, ()), Role.BOT)]
        if reader is Role.BOT:
            return own
        with_bot = speaker is Role.BOT
        streamers = [(Role.STREAMER, s) for s in scopes.missing(given[reader], Role.STREAMER, with_bot=with_bot)]
        return [*streamers, *own] if with_bot else streamers

    async def _api(self, tokens: Tokens, user_ids: set[str]) -> Api:
        # The library behind it takes a third of a second to load, and the console is being watched meanwhile.
        helix = await asyncio.to_thread(_helix)
        made = {
            client_id: helix(self.session, client_id=client_id, where=self.where, tokens=tokens, timing=self.timing)
            for client_id in {tokens.grant(user_id).client_id for user_id in user_ids}
        }
        by_user = {user_id: made[tokens.grant(user_id).client_id] for user_id in user_ids}
        return by_user[min(user_ids)] if len(made) == 1 else ByAccount(by_user)

    async def _channel_of(self, api: Api, streamer: Account) -> Account:
        if self._channel in ("", streamer.login):
            return streamer
        channel = await api.account(self._channel, by=streamer.id)
        if channel is None:
            raise BadInputError(f"Twitch knows no channel {self._channel}; check TWITCH_CHANNEL_NAME.")
        return channel

    async def _save(self, role: Role, grant: Grant) -> None:
        replaces = await self._replaces_environment(role)
        async with self.store.locked():
            await asyncio.to_thread(self.store.save, role, grant)
            if replaces and self._environment:
                await asyncio.to_thread(self.store.stand_in, self._environment, None)

    async def _replaces_environment(self, role: Role) -> bool:
        """Whether a login for this role takes the place of the tokens from the environment.

        It does where they are for the same role: the later of two logins is the one that is meant.
        """
        if self._environment is None:
            return False
        try:
            grant = await from_environment(
                self._environment, identity=self.identity, store=self.store, clock=self._clock
            )
        except LoginNeededError:
            return True
        except SanctumError:
            return False
        return grant is not None and self._role_of(grant) is role


@asynccontextmanager
async def opened(
    settings: Settings, paths: Paths, clock: Clock, *, timing: Timing | None = None
) -> AsyncIterator[Access]:
    """Access to Twitch as the settings say; its connections are closed at the end.

    Raises BadInputError for settings that cannot be used.
    """
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        access = Access(settings, paths, clock, session, timing or Timing())
        try:
            yield access
        finally:
            await access.close()


def _helix() -> "type[Helix]":
    from sanctum_tui.twitch.helix import Helix

    return Helix


async def _named(api: Api, account: Account) -> Account:
    """With the name as it is shown, which only the API knows."""
    found = await api.account(account.login, by=account.id)
    return replace(account, name=found.name) if found and found.id == account.id and found.name else account


def _login(setting: str, text: str) -> str:
    """A login as it is written into settings: also with an @ or # before it, or as the channel's address."""
    login = text.strip().rstrip("/").rpartition("/")[2].lstrip("@#").lower()
    if login and not _LOGIN.fullmatch(login):
        raise BadInputError(f"{setting} is {text!r}, which is no name of a Twitch account; check it.")
    return login
