"""Twitch's identity service: how an account lets us in (OAuth), and what its tokens are good for.

Whatever is secret travels in the body or in a header, never in an address, and the redactor learns each token
before anything else is done with it.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.errors import NotReadyError
from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.addresses import Addresses
from sanctum_tui.twitch.answers import Answer, decoded, number, refusal, scopes_of, text, token, unreadable
from sanctum_tui.twitch.errors import RateLimitedError, RefusedError, TwitchError, UnreachableError
from sanctum_tui.twitch.values import Account, DeviceCode, Grant, Timing

log = logging.getLogger(__name__)

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_UNTOLD_SECONDS = 3600.0
"""For a token whose answer does not say how long it lives: it is validated again within the hour."""
_CODE_SECONDS = 1800.0
_INTERVAL_SECONDS = 5.0
"""How long a device code lives and how often one may ask, where Twitch does not say (its usual answer)."""
_SLOWER_SECONDS = 5.0
"""How much more patience ``slow_down`` asks for (RFC 8628)."""
_RATE_SECONDS = 60.0


class DeniedError(TwitchError):
    """Somebody looked at the code and said no."""


class ExpiredError(TwitchError):
    """The code was not confirmed in time, or it has been used already."""


@dataclass(frozen=True, slots=True)
class Validated:
    """What Twitch says of an access token."""

    account: Account
    """Its `name` is the login: this service does not know the name as it is shown."""
    client_id: str
    scopes: frozenset[str]
    expires_at: datetime


@dataclass(slots=True)
class _Asked:
    """How far the asking for one device code has come."""

    scopes: str
    interval: float
    received: Grant | None = None


class Identity:
    """Asks Twitch who somebody is, and for tokens. Raises TwitchError for all that goes wrong on the way.

    A refusal is one only where Twitch's own words are in the answer; whatever stands between (a proxy, a
    hotel's sign-in page) is trouble on the way, and costs nobody a login.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        client_id: str,
        client_secret: Secret,
        where: Addresses,
        timing: Timing,
        clock: Clock | None = None,
    ) -> None:
        """`session` stays the caller's. `client_id` may be empty where only tokens that exist are asked about."""
        self.client_id = client_id.strip()
        self._client_secret = Secret(client_secret.reveal().strip())
        REDACTOR.learn(self._client_secret.reveal())
        self._http = session
        self._where = where
        self._clock = clock or SystemClock()
        self._timeout = aiohttp.ClientTimeout(total=timing.answer, sock_connect=timing.connect)
        self._asked: dict[str, _Asked] = {}

    async def device_code(self, scopes: Iterable[str]) -> DeviceCode:
        """Begin a login: what a person has to confirm, and where. Raises NotReadyError with no client id set."""
        if not self.client_id:
            raise NotReadyError(
                "TWITCH_CLIENT_ID is not set; register an application at dev.twitch.tv/console/apps (client type "
                "Public) and set its client id."
            )
        # Twitch reads ``scopes`` here, where the standard says ``scope``; with the latter the token has none.
        words = " ".join(scopes)
        answer = await self._post("device", {"client_id": self.client_id, "scopes": words})
        if answer.status >= 300:
            raise refusal(answer)
        device_code, code = token(answer.data, "device_code"), text(answer.data, "user_code")
        address = text(answer.data, "verification_uri")
        if not code or not address.startswith(("https://", "http://")):
            raise unreadable()
        interval = max(0.1, number(answer.data, "interval", _INTERVAL_SECONDS))
        self._asked[device_code.reveal()] = _Asked(words, interval)
        return DeviceCode(
            address=address,
            code=code,
            device_code=device_code,
            interval_seconds=interval,
            expires_seconds=number(answer.data, "expires_in", _CODE_SECONDS),
        )

    def interval(self, code: DeviceCode) -> float:
        """Seconds to wait before the next `ask`: what Twitch gave, and more where it said to slow down."""
        return self._asked_of(code).interval

    async def ask(self, code: DeviceCode) -> Grant | None:
        """Whether somebody has confirmed the code: what they granted, or None as long as nobody has.

        Raises DeniedError or ExpiredError where nobody ever will. Tokens that came are not lost when Twitch
        then fails to say whose they are: the next call asks for that alone.
        """
        asked = self._asked_of(code)
        if asked.received is None:
            form = {
                "client_id": self.client_id,
                "scopes": asked.scopes,
                "device_code": code.device_code.reveal(),
                "grant_type": _DEVICE_GRANT,
            }
            answer = await self._post("token", form)
            if answer.status >= 300:
                _heed(answer, asked)
                return None
            nothing = Grant(Account("", "", ""), self.client_id, Secret(), Secret(), frozenset(), self._clock.now())
            asked.received = self._granted(answer, nothing)
        return completed(asked.received, await self.validate(asked.received.access))

    async def validate(self, access: Secret) -> Validated:
        """Whose token this is. Raises RefusedError with status 401 where it is good for nothing (any more)."""
        REDACTOR.learn(access.reveal())
        answer = await self._request("GET", "validate", None, {"Authorization": f"OAuth {access.reveal()}"})
        if answer.status == 401:
            raise RefusedError(
                "Twitch does not accept the access token (any more).", status=answer.status, words=answer.words
            )
        data = answer.data
        if not text(data, "client_id"):
            raise unreadable()
        if not text(data, "user_id"):
            raise RefusedError(
                "The token belongs to an application, not to a user; run `sanctum-tui login` for one that fits.",
                status=403,
                words="",
            )
        login = text(data, "login")
        account = Account(text(data, "user_id"), login.lower(), login)
        return Validated(
            account, text(data, "client_id"), scopes_of(data.get("scopes")) or frozenset(), self._expiry(data)
        )

    async def refresh(self, grant: Grant) -> Grant:
        """Trade the refresh token for new tokens; the old ones may be good for nothing from then on.

        Raises RefusedError where Twitch does not take it.
        """
        REDACTOR.learn(grant.access.reveal(), grant.refresh.reveal())
        form = {
            "client_id": grant.client_id,
            "grant_type": "refresh_token",
            "refresh_token": grant.refresh.reveal(),
        }
        if self._client_secret and grant.client_id == (self.client_id or grant.client_id):
            form["client_secret"] = self._client_secret.reveal()
        answer = await self._post("token", form)
        if answer.status >= 300:
            raise refusal(answer)
        return self._granted(answer, grant)

    async def revoke(self, token: Secret, client_id: str) -> None:
        """Make a token good for nothing. One that is so already is no error."""
        REDACTOR.learn(token.reveal())
        answer = await self._post("revoke", {"client_id": client_id, "token": token.reveal()}, may_be_empty=True)
        if answer.status >= 300 and answer.status != 400:
            raise refusal(answer)

    def _asked_of(self, code: DeviceCode) -> _Asked:
        return self._asked.setdefault(code.device_code.reveal(), _Asked("", code.interval_seconds))

    def _granted(self, answer: Answer, before: Grant) -> Grant:
        """The tokens of an answer; what it does not name stays as it was."""
        access = token(answer.data, "access_token")
        refresh = token(answer.data, "refresh_token") if answer.data.get("refresh_token") else before.refresh
        scopes = scopes_of(answer.data.get("scope"))
        return replace(
            before,
            access=access,
            refresh=refresh,
            scopes=before.scopes if scopes is None else scopes,
            expires_at=self._expiry(answer.data),
        )

    def _expiry(self, data: Mapping[str, Any]) -> datetime:
        return self._clock.now() + timedelta(seconds=number(data, "expires_in", _UNTOLD_SECONDS))

    async def _post(self, path: str, form: dict[str, str], *, may_be_empty: bool = False) -> Answer:
        return await self._request("POST", path, form, {}, may_be_empty=may_be_empty)

    async def _request(
        self,
        method: str,
        path: str,
        form: dict[str, str] | None,
        headers: dict[str, str],
        *,
        may_be_empty: bool = False,
    ) -> Answer:
        try:
            async with self._http.request(
                method,
                self._where.identity + path,
                data=form,
                headers={"Accept": "application/json", **headers},
                timeout=self._timeout,
                allow_redirects=False,
            ) as answer:
                status, body = answer.status, await answer.text()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise UnreachableError("Twitch cannot be reached; is the network up? It is tried again.") from None
        except TimeoutError:
            raise UnreachableError("Twitch did not answer in time; it is tried again.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise UnreachableError(
                f"The connection to Twitch broke ({type(error).__name__}); it is tried again."
            ) from None
        log.debug("%s %s: %s", method, path, status)
        if status == 429:
            raise RateLimitedError("Twitch asks to slow down; it is tried again in a while.", _RATE_SECONDS)
        if status >= 500:
            raise UnreachableError(f"Twitch has trouble of its own ({status}); it is tried again.")
        if may_be_empty and status < 300:
            return Answer(status, {})
        data = decoded(body)
        if data is None or 300 <= status < 400:
            raise unreadable()
        return Answer(status, data)


def completed(grant: Grant, known: Validated) -> Grant:
    """The grant with what Twitch says of its access token."""
    return replace(
        grant, account=known.account, client_id=known.client_id, scopes=known.scopes, expires_at=known.expires_at
    )


def _heed(answer: Answer, asked: _Asked) -> None:
    """Raise what a refusal of a device code means, where it means the end."""
    reason = answer.reason
    if "pending" in reason:
        return
    if "slow down" in reason:
        asked.interval += _SLOWER_SECONDS
        return
    if "denied" in reason:
        raise DeniedError("The login was denied on Twitch's page; begin again if that was not meant.")
    if "expired" in reason or "invalid device code" in reason:
        raise ExpiredError("The code is no longer good; begin again for a new one.")
    raise refusal(answer)
