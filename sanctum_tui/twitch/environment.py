"""Tokens from the environment: what they are good for, and what stands in for them once they are spent."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from sanctum_tui.clock import Clock
from sanctum_tui.errors import SanctumError
from sanctum_tui.twitch.errors import LoginNeededError, RefusedError
from sanctum_tui.twitch.identity import Identity, completed
from sanctum_tui.twitch.store import EnvironmentTokens, TokenStore
from sanctum_tui.twitch.values import Account, Grant

log = logging.getLogger(__name__)


async def from_environment(
    tokens: EnvironmentTokens, *, identity: Identity, store: TokenStore, clock: Clock
) -> Grant | None:
    """What tokens from the environment are good for; None where a later login has taken their place.

    Once they were refreshed, the grant in our store stands for them: the environment still has the old pair.
    Raises LoginNeededError where they are good for nothing, UnreachableError where Twitch cannot be asked.
    """
    return await _to_its_end(_from_environment(tokens, identity, store, clock))


async def _from_environment(
    tokens: EnvironmentTokens, identity: Identity, store: TokenStore, clock: Clock
) -> Grant | None:
    async with store.locked():
        standing = store.standing(tokens, store.load())
        if standing is not None and (standing.grant is None or standing.grant.account.id):
            return standing.grant
        nobody = Grant(
            Account("", "", ""), identity.client_id, tokens.access, tokens.refresh, frozenset(), clock.now()
        )
        grant = standing.grant if standing and standing.grant else nobody
        try:
            if not grant.access:
                raise RefusedError("There is no access token.", status=401, words="")
            grant = completed(grant, await identity.validate(grant.access))
        except RefusedError as error:
            if error.status != 401:
                raise LoginNeededError(f"TWITCH_ACCESS_TOKEN cannot be used: {error.sentence}") from None
            grant = await _traded(grant, tokens, identity, store)
        if standing is not None:
            _keep_or_tell(store, tokens, grant)
        return grant


async def _traded(grant: Grant, tokens: EnvironmentTokens, identity: Identity, store: TokenStore) -> Grant:
    """New tokens for ones that have expired, and whose they are."""
    if not grant.refresh:
        raise LoginNeededError(
            "TWITCH_ACCESS_TOKEN has expired or was revoked, and there is no TWITCH_REFRESH_TOKEN; set a new one, "
            "or take it away and run `sanctum-tui login`."
        )
    if not grant.client_id:
        raise LoginNeededError(
            "TWITCH_ACCESS_TOKEN has expired; set TWITCH_CLIENT_ID to the application that it was made with, so that "
            "it can be refreshed."
        )
    try:
        new = await identity.refresh(grant)
    except RefusedError as error:
        if "refresh token" in error.words.lower():
            _keep_or_tell(store, tokens, None)
        raise LoginNeededError(
            f"TWITCH_ACCESS_TOKEN has expired and could not be refreshed. {error.sentence} Set new tokens, or take "
            "them away and run `sanctum-tui login`."
        ) from None
    # Before anything else is asked: the tokens in the environment are spent now.
    _keep_or_tell(store, tokens, new)
    known = completed(new, await identity.validate(new.access))
    _keep_or_tell(store, tokens, known)
    return known


def _keep_or_tell(store: TokenStore, tokens: EnvironmentTokens, grant: Grant | None) -> None:
    try:
        store.stand_in(tokens, grant)
    except SanctumError as error:
        log.warning("what TWITCH_REFRESH_TOKEN was traded for is not saved: %s", error.sentence)


async def _to_its_end(work: Coroutine[Any, Any, Grant | None]) -> Grant | None:
    """Await it; also when cancelled, only after it has ended: a trade that is cut off costs both tokens."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
