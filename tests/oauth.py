"""Twitch's identity service on loopback, small enough to be told each answer; and what the tests open on it."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.settings import Secret
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.identity import Identity
from sanctum_tui.twitch.store import TokenStore
from sanctum_tui.twitch.values import Account, Grant, Timing

CLIENT = "fakeclientid0000000000000000"
MIRA = Account("1001", "quietharbor", "quietharbor")
BOT = Account("1002", "chronicler", "chronicler")
ALL = ("user:read:chat", "user:write:chat", "channel:manage:broadcast")
QUICK = Timing(connect=2.0, answer=2.0)
CUT = "cut"
"""An answer that never comes: the connection is closed instead."""


@dataclass
class Permit:
    """What somebody allowed: live tokens, and those that were used up."""

    account: Account
    scopes: tuple[str, ...]
    access: str
    refresh: str
    client_id: str = CLIENT
    expires_in: int = 14_400


@dataclass
class Oauth:
    """The service. `script` holds answers for a path that are given instead of the right ones, in order."""

    url: str = ""
    client_ids: set[str] = field(default_factory=lambda: {CLIENT})
    secret: str = ""
    """Not empty: a confidential application, which has to show it."""
    permits: list[Permit] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and form of each call."""
    queries: list[str] = field(default_factory=list)
    script: dict[str, deque[tuple[int, str] | str]] = field(default_factory=dict)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Calls of ``token`` wait for it; it is open at first."""
    secrets: set[str] = field(default_factory=set)
    confirmed: Permit | None = None
    numbers: Any = field(default_factory=count)

    def grant(
        self, account: Account = MIRA, *, minutes: float = 240, refresh: bool = True, client_id: str = CLIENT
    ) -> Grant:
        """Live tokens of an account. With `minutes` of 0 the access token has expired."""
        permit = self._minted(Permit(account, ALL, "", "", client_id, max(1, int(minutes * 60))))
        access = permit.access
        if minutes <= 0:
            permit.access = "expired"
        return Grant(
            account,
            client_id,
            Secret(access),
            Secret(permit.refresh if refresh else ""),
            frozenset(permit.scopes),
            datetime.now(UTC) + timedelta(minutes=minutes),
        )

    def expire(self, access: str) -> None:
        for permit in self.permits:
            if permit.access == access:
                permit.access = "expired"

    def answers(self, path: str, *answers: tuple[int, str] | str) -> None:
        """Give these answers to the next calls of `path`."""
        self.script.setdefault(path, deque()).extend(answers)

    def count(self, path: str, grant_type: str = "") -> int:
        return sum(1 for called, form in self.calls if called == path and grant_type in form.get("grant_type", ""))

    def _minted(self, permit: Permit) -> Permit:
        number = next(self.numbers)
        permit.access, permit.refresh = f"accesssecret{number:018}", f"refreshsecret{number:037}"
        self.secrets |= {permit.access, permit.refresh}
        if permit not in self.permits:
            self.permits.append(permit)
        return permit

    async def serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/oauth2/")
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.calls.append((path, form))
        if request.query_string and not path.startswith("/helix"):
            self.queries.append(request.query_string)
        if path == "token":
            await self.gate.wait()
        told = self.script.get(path)
        if told:
            answer = told.popleft()
            if answer == CUT:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            assert isinstance(answer, tuple)
            headers = {"Location": answer[1]} if 300 <= answer[0] < 400 else {}
            return web.Response(status=answer[0], text=answer[1], content_type="application/json", headers=headers)
        status, data = self._answer(path, form, request)
        return web.Response(status=status, text=json.dumps(data), content_type="application/json")

    def _answer(self, path: str, form: dict[str, str], request: web.Request) -> tuple[int, Any]:
        match path, form.get("grant_type", ""):
            case "validate", _:
                access = request.headers.get("Authorization", "").removeprefix("OAuth ")
                permit = next((one for one in self.permits if one.access == access), None)
                if permit is None:
                    return 401, {"status": 401, "message": "invalid access token"}
                return 200, {
                    "client_id": permit.client_id,
                    "login": permit.account.login,
                    "user_id": permit.account.id,
                    "scopes": permit.scopes,
                    "expires_in": permit.expires_in,
                }
            case "token", "refresh_token":
                return self._refreshed(form)
            case "token", _:
                if self.confirmed is None:
                    return 400, {"status": 400, "message": "authorization_pending"}
                permit = self._minted(self.confirmed)
                return 200, self._tokens(permit)
            case "device", _:
                if form.get("client_id") not in self.client_ids:
                    return 400, {"status": 400, "message": "invalid client"}
                self.secrets.add("devicecodesecret0001")
                return 200, {
                    "device_code": "devicecodesecret0001",
                    "user_code": "ABCDEFGH",
                    "verification_uri": "https://www.twitch.tv/activate?device-code=ABCDEFGH",
                    "interval": 5,
                    "expires_in": 1800,
                }
            case "revoke", _:
                for permit in self.permits:
                    if form["token"] in (permit.access, permit.refresh):
                        self.revoked.append(form["token"])
                        return 200, {}
                return 400, {"status": 400, "message": "Invalid token"}
            case "/helix/users", _:
                login = request.query.get("login", "")
                names = {MIRA.login: MIRA.id, BOT.login: BOT.id, "elsewhere": "1003"}
                rows = [{"id": names[login], "login": login, "display_name": login.title()}] if login in names else []
                return 200, {"data": rows}
        return 404, {"status": 404, "message": "not found"}

    def _refreshed(self, form: dict[str, str]) -> tuple[int, Any]:
        if self.secret and form.get("client_secret") != self.secret:
            return 400, {"status": 400, "message": "missing client secret"}
        refresh = form["refresh_token"]
        permit = next((one for one in self.permits if one.refresh == refresh), None)
        if permit is None or form["client_id"] != permit.client_id:
            if refresh in self.spent:
                self.permits.clear()
            return 400, {"error": "Bad Request", "status": 400, "message": "Invalid refresh token"}
        self.spent.add(refresh)
        permit.expires_in = 14_400
        return 200, self._tokens(self._minted(permit))

    @staticmethod
    def _tokens(permit: Permit) -> dict[str, Any]:
        return {
            "access_token": permit.access,
            "refresh_token": permit.refresh,
            "expires_in": permit.expires_in,
            "scope": permit.scopes,
            "token_type": "bearer",
        }

    def identity(
        self,
        session: aiohttp.ClientSession,
        *,
        client_id: str = CLIENT,
        secret: str = "",
        clock: Clock | None = None,
        timing: Timing = QUICK,
    ) -> Identity:
        return Identity(
            session,
            client_id=client_id,
            client_secret=Secret(secret),
            where=addresses(self.url),
            timing=timing,
            clock=clock or SystemClock(),
        )


@asynccontextmanager
async def oauth_service() -> AsyncIterator[Oauth]:
    service = Oauth()
    service.gate.set()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", service.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


def store_in(folder: Path) -> TokenStore:
    return TokenStore(folder / "state" / "twitch-tokens.json", folder / "state" / "locks")
