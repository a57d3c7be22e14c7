"""Who allowed what on the fake Twitch: access tokens, single-use refresh tokens, device codes."""

import secrets
import string
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sanctum_tui.twitch.values import Account

ALL_SCOPES = (
    "bits:read",
    "channel:bot",
    "channel:manage:broadcast",
    "channel:read:subscriptions",
    "clips:edit",
    "moderator:manage:announcements",
    "moderator:manage:automod",
    "moderator:manage:banned_users",
    "moderator:manage:chat_messages",
    "moderator:manage:warnings",
    "moderator:read:chatters",
    "moderator:read:followers",
    "user:bot",
    "user:read:chat",
    "user:write:chat",
)
"""What a grant holds where a test does not say."""
_LETTERS = string.ascii_lowercase + string.digits


class OAuthRefusal(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The message of a 400."""


@dataclass(eq=False)
class Permit:
    """What one person allowed once; a refresh gives it other tokens, and the rest stays."""

    account: Account
    scopes: tuple[str, ...]
    lives_seconds: float
    """Of each access token."""
    refresh: str = ""
    accesses: dict[str, float] = field(default_factory=dict)
    """Access tokens, and when on the service's clock they expire."""
    spent: set[str] = field(default_factory=set)
    """Refresh tokens that were used."""
    dead: bool = False


@dataclass
class Device:
    """A code that waits for somebody."""

    code: str
    scopes: tuple[str, ...]
    expires: float
    account: Account | None = None
    denied: bool = False


class Tokens:
    """Mints tokens and says what they are good for."""

    def __init__(self, lives_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.lives_seconds = lives_seconds
        self.permits: list[Permit] = []
        self.devices: dict[str, Device] = {}
        """By device code."""
        self.secrets: set[str] = set()
        """Every secret that was ever handed out."""
        self.refreshes = 0
        self.revoked: list[str] = []

    def mint(self, account: Account, scopes: tuple[str, ...], lives_seconds: float | None = None) -> Permit:
        """A new permit with live tokens."""
        permit = Permit(account, scopes, self.lives_seconds if lives_seconds is None else lives_seconds)
        self.permits.append(permit)
        self._fill(permit)
        return permit

    def _fill(self, permit: Permit) -> None:
        access, permit.refresh = self._secret(30), self._secret(50)
        permit.accesses[access] = self._clock() + permit.lives_seconds

    def _secret(self, length: int) -> str:
        secret = "".join(secrets.choice(_LETTERS) for _ in range(length))
        self.secrets.add(secret)
        return secret

    def permit(self, access: str) -> Permit | None:
        """What an access token is good for, or None where it is wrong or too old."""
        for permit in self.permits:
            if permit.accesses.get(access, 0.0) > self._clock() and not permit.dead:
                return permit
        return None

    def expires_in(self, access: str) -> float:
        return max((one.accesses.get(access, 0.0) for one in self.permits), default=0.0) - self._clock()

    def expire(self, access: str) -> None:
        for permit in self.permits:
            if access in permit.accesses:
                permit.accesses[access] = 0.0

    def refreshed(self, refresh: str) -> Permit:
        """The permit with new tokens. One that is used twice is dead with all its tokens, as a public client's."""
        for permit in self.permits:
            if refresh in permit.spent:
                permit.dead = True
            elif refresh == permit.refresh and not permit.dead:
                permit.spent.add(refresh)
                self._fill(permit)
                self.refreshes += 1
                return permit
        raise OAuthRefusal("Invalid refresh token")

    def revoke(self, token: str) -> Permit:
        """End the permit an access or refresh token belongs to."""
        for permit in self.permits:
            if not permit.dead and (token == permit.refresh or token in permit.accesses):
                permit.dead = True
                self.revoked.append(token)
                return permit
        raise OAuthRefusal("Invalid token")

    def device(self, scopes: tuple[str, ...], expires_seconds: float) -> tuple[str, Device]:
        """A device code, and what waits behind it."""
        device_code = self._secret(40)
        code = "".join(secrets.choice(string.ascii_uppercase) for _ in range(8))
        device = self.devices[device_code] = Device(code, scopes, self._clock() + expires_seconds)
        return device_code, device

    def answered(self, code: str, account: Account | None) -> bool:
        """Somebody confirmed a code, or, with no account, denied it. False for a code that is unknown or old."""
        for device in self.devices.values():
            if device.code == code.strip().upper() and device.expires > self._clock():
                device.account, device.denied = account, account is None
                return True
        return False

    def redeemed(self, device_code: str) -> Permit:
        """The permit behind a confirmed device code, once."""
        device = self.devices.get(device_code)
        if device is None or device.expires <= self._clock():
            raise OAuthRefusal("invalid device code")
        if device.denied:
            raise OAuthRefusal("access_denied")
        if device.account is None:
            raise OAuthRefusal("authorization_pending")
        del self.devices[device_code]
        return self.mint(device.account, device.scopes)
