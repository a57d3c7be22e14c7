"""The fake Twitch as a test sees it: a world to change, faults to play, and what was done to it."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Self

from aiohttp import web

from sanctum_tui.settings import Secret
from sanctum_tui.twitch.values import Account, Grant
from tests.fake_twitch.answers import gate
from tests.fake_twitch.door import Door
from tests.fake_twitch.eventsub import EventSub
from tests.fake_twitch.faults import Faults, Planned
from tests.fake_twitch.helix import Helix
from tests.fake_twitch.oauth import OAuth
from tests.fake_twitch.session import Session
from tests.fake_twitch.stage import Stage
from tests.fake_twitch.tokens import ALL_SCOPES, Tokens
from tests.fake_twitch.world import Marker, Posted, World, wall_time

_STOP_SECONDS = 0.5
"""How long calls that are still being answered may take when it closes."""


class FakeTwitch(Stage):
    """Twitch on this machine, over real sockets: ``async with FakeTwitch() as twitch``."""

    client_id = "fakeclientid0000000000000000"

    def __init__(
        self,
        channel: str = "quietharbor",
        *,
        bot: str = "chronicler",
        port: int = 0,
        keepalive_seconds: float | None = None,
        unused_seconds: float = 10.0,
        handover_seconds: float = 30.0,
        device_seconds: float = 1800.0,
        device_interval: float = 5.0,
        token_seconds: float = 14400.0,
        now: Callable[[], datetime] = wall_time,
    ) -> None:
        """Any of the times can be short, so that a test need not wait.

        `keepalive_seconds` is promised to every EventSub client, whatever it asks for; `token_seconds` is how long
        the access tokens live that a login or a refresh gives. `now` is what time it is on Twitch: what is
        sent bears it, and tokens expire by it; how long a connection may be silent is in real time.
        """
        self.device_seconds = device_seconds
        self.device_interval = device_interval
        self.calls: Counter[str] = Counter()
        """``METHOD path``, and how often."""
        planned = Planned()
        eventsub = EventSub(
            planned,
            keepalive_seconds=keepalive_seconds,
            unused_seconds=unused_seconds,
            handover_seconds=handover_seconds,
            now=now,
        )
        super().__init__(World(Account("1001", channel.lower(), channel), now=now), eventsub, planned)
        self.streamer = self._world.channel
        self.bot = self.account(bot)
        self._tokens = Tokens(token_seconds, lambda: now().timestamp())
        self._port = port
        self._door: Door | None = None
        self._runner: web.AppRunner | None = None
        self.faults = Faults(
            self._planned,
            self._eventsub,
            dead_url=lambda: f"ws://127.0.0.1:{self._open.dead_port}/ws",
            listen=self._listen,
        )

    async def __aenter__(self) -> Self:
        self._door = Door(self._port)
        app = web.Application(middlewares=[gate(self._planned, self.calls)])
        oauth = OAuth(
            self._tokens,
            self.client_id,
            device_seconds=lambda: self.device_seconds,
            device_interval=lambda: self.device_interval,
            confirmer=lambda: self.streamer,
        )
        helix = Helix(self._world, self._tokens, self._eventsub, self._planned, self, self.client_id)
        app.add_routes([*oauth.routes(), *helix.routes(), web.get("/ws", self._eventsub.answer)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP_SECONDS, handle_signals=False)
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        self._door.serve(server)
        await self._door.open()
        self._eventsub.url = f"ws://127.0.0.1:{self._door.port}/ws"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave_stage()
        self._open.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def _open(self) -> Door:
        assert self._door is not None, "the fake is used as a context"
        return self._door

    async def _listen(self, on: bool) -> None:
        if on:
            await self._open.open()
        else:
            self._open.shut()

    # --- what it is, and what was done to it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._open.port}"

    @property
    def posted(self) -> list[Posted]:
        """Chat messages that were accepted into the room, whatever was answered."""
        return self._world.posted

    @property
    def markers(self) -> list[Marker]:
        return self._world.markers

    @property
    def channel_title(self) -> str:
        return self._world.title

    @property
    def channel_category(self) -> str:
        return self._world.category.name

    @property
    def live(self) -> bool:
        return self._world.on_air is not None

    @property
    def refreshes(self) -> int:
        return self._tokens.refreshes

    @property
    def revoked(self) -> list[str]:
        """The tokens with which a permit was revoked."""
        return self._tokens.revoked

    @property
    def secrets(self) -> set[str]:
        """Every token and device code that was ever handed out."""
        return self._tokens.secrets

    @property
    def sessions(self) -> list[Session]:
        """The EventSub sessions that live."""
        return self._eventsub.live

    @property
    def connections(self) -> int:
        """EventSub connections that were ever accepted."""
        return self._eventsub.opened

    @property
    def delivered(self) -> list[str]:
        """Ids of the chat messages written to an open, subscribed session, in order.

        What a break took with it before the client read it is left out; a client that was handed over to a new
        connection must have read all of the old one.
        """
        return self._eventsub.delivered

    @property
    def unheard(self) -> list[tuple[datetime, datetime]]:
        """From when to when no session would have been told of a chat message; before the first one does not count,
        and one that lasts still is not among them."""
        return self._eventsub.unheard

    # --- accounts and tokens

    def grant(self, login: str, scopes: Collection[str] | None = None, expires_in: float = 14400.0) -> Grant:
        """Live tokens for an account, as if somebody had logged in; with all scopes unless they are named."""
        permit = self._tokens.mint(
            self.account(login), tuple(ALL_SCOPES if scopes is None else sorted(scopes)), expires_in
        )
        return Grant(
            account=permit.account,
            client_id=self.client_id,
            access=Secret(next(iter(permit.accesses))),
            refresh=Secret(permit.refresh),
            scopes=frozenset(permit.scopes),
            expires_at=self._world.now() + timedelta(seconds=expires_in),
        )

    def expire(self, access: str) -> None:
        """This access token is refused from now on; its refresh token is not."""
        self._tokens.expire(access)

    def confirm(self, code: str, login: str) -> bool:
        """Somebody, logged in as `login`, confirms a device code; False where it is unknown or too old."""
        return self._tokens.answered(code, self.account(login))

    def deny(self, code: str) -> bool:
        return self._tokens.answered(code, None)

    async def withdraws(self, login: str) -> None:
        """The person disconnects the application in Twitch's settings: tokens and subscriptions are gone."""
        account = self.account(login)
        for permit in self._tokens.permits:
            permit.dead = permit.dead or permit.account == account
        await self._eventsub.revoke(lambda sub: sub.user_id == account.id, "authorization_revoked")
