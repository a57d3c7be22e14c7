"""Twitch's identity service on the fake, and the page where a person confirms a code."""

from collections.abc import Callable

from aiohttp import web

from sanctum_tui.twitch.values import Account
from tests.fake_twitch.answers import parameters, refusal
from tests.fake_twitch.tokens import OAuthRefusal, Permit, Tokens

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class OAuth:
    """The calls under ``/oauth2/``, and ``/activate``."""

    def __init__(
        self,
        tokens: Tokens,
        client_id: str,
        *,
        device_seconds: Callable[[], float],
        device_interval: Callable[[], float],
        confirmer: Callable[[], Account],
    ) -> None:
        """`confirmer` is who confirms a code by opening its page."""
        self._tokens = tokens
        self._client_id = client_id
        self._device_seconds = device_seconds
        self._device_interval = device_interval
        self._confirmer = confirmer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/oauth2/device", self._device),
            web.post("/oauth2/token", self._token),
            web.get("/oauth2/validate", self._validate),
            web.post("/oauth2/revoke", self._revoke),
            web.get("/activate", self._activate),
        ]

    async def _device(self, request: web.Request) -> web.Response:
        asked = await parameters(request)
        if asked.get("client_id") != self._client_id:
            return refusal(400, "invalid client")
        scopes = tuple(asked.get("scopes", asked.get("scope", "")).split())
        seconds, interval = self._device_seconds(), self._device_interval()
        device_code, device = self._tokens.device(scopes, seconds)
        return web.json_response(
            {
                "device_code": device_code,
                "expires_in": int(seconds) if seconds == int(seconds) else seconds,
                "interval": int(interval) if interval == int(interval) else interval,
                "user_code": device.code,
                "verification_uri": f"{request.url.origin()}/activate?code={device.code}",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        asked = await parameters(request)
        if asked.get("client_id") != self._client_id:
            return refusal(400, "invalid client")
        try:
            if asked.get("grant_type") == "refresh_token":
                permit = self._tokens.refreshed(asked.get("refresh_token", ""))
            elif asked.get("grant_type") == _DEVICE_GRANT:
                permit = self._tokens.redeemed(asked.get("device_code", ""))
            else:
                raise OAuthRefusal("Invalid grant type")
        except OAuthRefusal as no:
            return refusal(400, str(no))
        return web.json_response(_tokens_of(permit))

    async def _validate(self, request: web.Request) -> web.Response:
        kind, _, access = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() not in {"oauth", "bearer"} or not access:
            return web.json_response({"status": 401, "message": "missing authorization token"}, status=401)
        permit = self._tokens.permit(access)
        if permit is None:
            return web.json_response({"status": 401, "message": "invalid access token"}, status=401)
        return web.json_response(
            {
                "client_id": self._client_id,
                "login": permit.account.login,
                "scopes": list(permit.scopes),
                "user_id": permit.account.id,
                "expires_in": int(self._tokens.expires_in(access)),
            }
        )

    async def _revoke(self, request: web.Request) -> web.Response:
        asked = await parameters(request)
        if asked.get("client_id") != self._client_id:
            return refusal(404, "client does not exist")
        try:
            self._tokens.revoke(asked.get("token", ""))
        except OAuthRefusal as no:
            return refusal(400, str(no))
        return web.Response()

    async def _activate(self, request: web.Request) -> web.Response:
        who = self._confirmer()
        if self._tokens.answered(request.query.get("code", ""), who):
            return web.Response(text=f"Confirmed for {who.name}. Go back to the console; it goes on by itself.\n")
        return web.Response(status=404, text="This code is unknown or too old. Ask the console for another one.\n")


def _tokens_of(permit: Permit) -> dict[str, object]:
    return {
        "access_token": list(permit.accesses)[-1],
        "refresh_token": permit.refresh,
        "expires_in": int(permit.lives_seconds),
        "scope": list(permit.scopes),
        "token_type": "bearer",
    }
