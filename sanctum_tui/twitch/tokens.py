"""The access tokens of an evening: refreshed in time, once, and saved before they are used.

A refresh token of a public application is good for one refresh; using it twice may cost the login. So there is
one refresh at a time, within the process and among processes, and nothing cuts it off halfway.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sanctum_tui.clock import Clock
from sanctum_tui.errors import SanctumError
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.errors import LoginNeededError, RefusedError, TwitchError, UnreachableError
from sanctum_tui.twitch.identity import Identity, completed
from sanctum_tui.twitch.roles import Role
from sanctum_tui.twitch.store import EnvironmentTokens, TokenStore
from sanctum_tui.twitch.values import Grant

log = logging.getLogger(__name__)

SOON = timedelta(minutes=10)
"""A token with less than this left is refreshed before it is used."""
_PAUSE = timedelta(seconds=30)
"""After a refresh in good time could not reach Twitch: how long the old token is used without trying again."""

Origin = Role | EnvironmentTokens
"""Where a grant is kept: as a login's, or in place of tokens from the environment."""


@dataclass(slots=True)
class _Held:
    """One account's grant, and what has become of it."""

    grant: Grant
    origin: Origin
    role: Role
    stored: Secret | None = None
    """The access token that the store was last known to have: another one there is newer than ours. None: none."""
    unsaved: bool = False
    refused: tuple[Secret, str] | None = None
    """The refresh token that Twitch did not take, and the sentence that says so: it is not tried again."""
    not_before: datetime | None = None


class Tokens:
    """The `TokenSource` for the accounts that are logged in."""

    def __init__(
        self,
        identity: Identity,
        store: TokenStore,
        clock: Clock,
        grants: Mapping[Origin, Grant],
        *,
        environment: Role = Role.STREAMER,
    ) -> None:
        """Each grant with where it came from; of two for the same account the first counts.

        `environment` says what the account of the environment's tokens is used for.
        """
        self.on_trouble: Callable[[str], None] = _ignore
        """Called with a sentence when new tokens cannot be saved, once until it has recovered."""
        self.on_recovery: Callable[[], None] = lambda: None
        """Called once when saving works again."""
        self._identity = identity
        self._store = store
        self._clock = clock
        self._held: dict[str, _Held] = {}
        for origin, grant in grants.items():
            held = self._held.setdefault(
                grant.account.id, _Held(grant, origin, origin if isinstance(origin, Role) else environment)
            )
            if held.origin is origin:
                held.stored = self._stored_access(held)
        self._refreshing: dict[str, asyncio.Task[None]] = {}
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why new tokens cannot be saved, and what that means, as a sentence; empty while they can."""
        return self._trouble

    def grant(self, user_id: str) -> Grant:
        """What this account granted, as it is now. Raises LoginNeededError for an account that is not logged in."""
        return self._of(user_id).grant

    async def access(self, user_id: str) -> str:
        """A token for this account that has not expired as far as we know; refreshed first where it is about to.

        Raises LoginNeededError where only the operator can help, UnreachableError where Twitch cannot be asked.
        """
        held = self._of(user_id)
        if held.unsaved:
            await self._save_again(held)
        if held.refused:
            self._look_for_a_new_login(held)
        now = self._clock.now()
        # With nothing to refresh with, Twitch says when it is over; our clock might be wrong.
        if held.grant.expires_at - now >= SOON or not held.grant.refresh:
            return held.grant.access.reveal()
        if held.grant.expires_at > now and held.not_before is not None and now < held.not_before:
            return held.grant.access.reveal()
        try:
            await self._refreshed(held)
        except UnreachableError:
            if held.grant.expires_at <= now:
                raise
            held.not_before = now + _PAUSE
        return held.grant.access.reveal()

    async def renewed(self, user_id: str, refused: str) -> str:
        """Another token, after Twitch answered 401 to `refused`. However many ask at once: one refresh."""
        held = self._of(user_id)
        if held.refused:
            self._look_for_a_new_login(held)
        if held.grant.access.reveal() == refused:
            await self._refreshed(held)
        return held.grant.access.reveal()

    async def check(self) -> None:
        """Ask Twitch whether all tokens are still good, and what for; to be done at the start and every hour.

        Every account is asked about before anything is raised: LoginNeededError before UnreachableError.
        """
        troubles: list[TwitchError] = []
        for held in self._held.values():
            try:
                await self._check(held)
            except TwitchError as error:
                troubles.append(error)
        for trouble in sorted(troubles, key=lambda error: not isinstance(error, LoginNeededError)):
            raise trouble

    async def close(self) -> None:
        """Wait for a refresh that is under way: its tokens must reach the store."""
        await asyncio.gather(*self._refreshing.values(), return_exceptions=True)

    def _of(self, user_id: str) -> _Held:
        try:
            return self._held[user_id]
        except KeyError:
            raise LoginNeededError("This account is not logged in to Twitch; run `sanctum-tui login`.") from None

    async def _check(self, held: _Held) -> None:
        await self.access(held.grant.account.id)
        asked = held.grant
        try:
            known = await self._identity.validate(asked.access)
        except RefusedError as error:
            if error.status != 401:
                raise LoginNeededError(error.sentence, held.role) from None
            await self.renewed(asked.account.id, asked.access.reveal())
            asked = held.grant
            try:
                known = await self._identity.validate(asked.access)
            except RefusedError:
                raise LoginNeededError(
                    f"Twitch refuses the token that it has just given; run `{_command(held)}`.", held.role
                ) from None
        if held.grant.access == asked.access:
            name = asked.account.name if asked.account.login == known.account.login else known.account.name
            held.grant = replace(completed(asked, known), account=replace(known.account, name=name))

    async def _refreshed(self, held: _Held) -> None:
        """Join the refresh that is under way, or begin one. Who waits may be cancelled; the refresh is not."""
        key = held.grant.account.id
        task = self._refreshing.get(key)
        if task is None:
            task = asyncio.create_task(self._refresh(held), name=f"refresh {key}")
            self._refreshing[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        await asyncio.shield(task)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        del self._refreshing[key]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.info("no new token for account %s (%s)", key, type(error).__name__)

    async def _refresh(self, held: _Held) -> None:
        old = held.grant.access
        async with self._store.locked():
            self._adopt(held)
            if held.grant.access != old and held.grant.expires_at - self._clock.now() >= SOON:
                return
            if not held.grant.refresh:
                raise LoginNeededError(_no_refresh(held), held.role)
            if held.refused and held.refused[0] == held.grant.refresh:
                raise LoginNeededError(held.refused[1], held.role)
            try:
                new = await self._identity.refresh(held.grant)
            except RefusedError as error:
                sentence = _refused(held, error)
                held.refused = (held.grant.refresh, sentence)
                raise LoginNeededError(sentence, held.role) from None
            await self._save(held, new)
            held.grant, held.refused, held.not_before = new, None, None

    def _look_for_a_new_login(self, held: _Held) -> None:
        """After a refusal: go on where another process has logged in since; else raise what was said then."""
        self._adopt(held)
        if held.refused and held.refused[0] == held.grant.refresh:
            raise LoginNeededError(held.refused[1], held.role)
        held.refused = None

    def _adopt(self, held: _Held) -> None:
        """Take what another process has stored since. Raises LoginNeededError where that is of no use here."""
        try:
            origin, theirs = self._kept(held)
        except SanctumError as error:
            log.warning("%s", error.sentence)
            return
        if theirs is None:
            if held.stored is not None:
                raise LoginNeededError(
                    f"{held.grant.account.name} was logged out; run `{_command(held)}`.", held.role
                )
            return
        if theirs.access == held.stored:
            return
        if theirs.account.id != held.grant.account.id or theirs.client_id != held.grant.client_id:
            raise LoginNeededError("Another login has been made since; start the console again to use it.", held.role)
        held.grant, held.origin, held.stored, held.unsaved = theirs, origin, theirs.access, False

    def _kept(self, held: _Held) -> tuple[Origin, Grant | None]:
        """What the store has for this grant, and where. Raises what `TokenStore.load` raises."""
        stored = self._store.load()
        if isinstance(held.origin, Role):
            return held.origin, stored.grants.get(held.origin)
        standing = self._store.standing(held.origin, stored)
        if held.refused or (standing is not None and standing.grant is None):
            for role, grant in stored.grants.items():
                if grant.account.id == held.grant.account.id:
                    return role, grant
        return held.origin, standing.grant if standing else None

    async def _save(self, held: _Held, grant: Grant) -> None:
        """Store it. Where that fails the evening goes on with what is in memory, and the operator is told."""
        try:
            await asyncio.to_thread(_keep, self._store, held.origin, grant)
        except SanctumError as error:
            held.unsaved = True
            self._failed(error.sentence)
        else:
            held.stored, held.unsaved = grant.access, False
            self._succeeded()

    async def _save_again(self, held: _Held) -> None:
        async with self._store.locked():
            self._adopt(held)
            if not held.unsaved:
                return
            # Not in a thread: whoever waits here may be cancelled, and a late write would undo a newer one.
            try:
                _keep(self._store, held.origin, held.grant)
            except SanctumError as error:
                self._failed(error.sentence)
            else:
                held.stored, held.unsaved = held.grant.access, False
                self._succeeded()

    def _failed(self, sentence: str) -> None:
        if not self._trouble:
            told = f"New Twitch tokens are not saved, and after a restart you would have to log in again: {sentence}"
            self._trouble = told
            log.warning("%s", told)
            _tell(lambda: self.on_trouble(told))

    def _succeeded(self) -> None:
        if self._trouble and not any(held.unsaved for held in self._held.values()):
            self._trouble = ""
            log.info("Twitch tokens are saved again")
            _tell(self.on_recovery)

    def _stored_access(self, held: _Held) -> Secret | None:
        try:
            _, kept = self._kept(held)
        except SanctumError:
            return None
        return kept.access if kept else None


def _keep(store: TokenStore, origin: Origin, grant: Grant) -> None:
    """Store a grant where it belongs. Raises StorageError."""
    if isinstance(origin, Role):
        store.save(origin, grant)
    else:
        store.stand_in(origin, grant)


def _command(held: _Held) -> str:
    return "sanctum-tui login --bot" if held.role is Role.BOT else "sanctum-tui login"


def _no_refresh(held: _Held) -> str:
    return (
        f"The access token of {held.grant.account.name} has expired or was revoked, and there is no refresh token "
        f"for it; run `{_command(held)}`."
    )


def _refused(held: _Held, error: RefusedError) -> str:
    why = "" if "refresh token" in error.words.lower() else f" {error.sentence}"
    return f"Twitch does not let {held.grant.account.name} in any more.{why} Run `{_command(held)}`."


def _tell(listener: Callable[[], None]) -> None:
    """A listener that fails costs no token."""
    try:
        listener()
    except Exception:
        log.exception("whoever was told of the tokens failed")


def _ignore(_: str) -> None:
    pass
