"""Keeps reading chat alive: whatever ends it, it begins again, unless Twitch meant it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp

from sanctum_tui.clock import Clock
from sanctum_tui.twitch.addresses import Addresses
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.connection import Connection, ConnectionEndedError, with_keepalive
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, TwitchError
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.reading import Reading, RevokedError
from sanctum_tui.twitch.topics import ESSENTIAL_SCOPE
from sanctum_tui.twitch.values import Link, LinkState, Subscription

if TYPE_CHECKING:
    from sanctum_tui.twitch.source import TwitchSource

log = logging.getLogger(__name__)

_NOT_ALLOWED = (401, 403)
_DOUBTS = 2
"""How often in a row a login must be asked for before it is believed: in bad minutes Twitch refuses good tokens."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """How an attempt ended."""

    why: str
    """As a sentence."""
    refused: bool = False
    wait_seconds: float = 0.0
    """How long Twitch asks to wait, at least."""


class Supervisor:
    """Connects, subscribes and delivers, for as long as `run` runs."""

    def __init__(
        self,
        api: Api,
        source: "TwitchSource",
        *,
        session: aiohttp.ClientSession,
        where: Addresses,
        subscriptions: Sequence[Subscription],
        by: str,
        clock: Clock,
        backoff: Backoff,
        on_link: Callable[[Link], None],
        on_notes: Callable[[], None],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`on_notes` is called when the notes have become others. `pause` waits between attempts, in real seconds."""
        self._api = api
        self._source = source
        self._session = session
        self._url = with_keepalive(where.eventsub, backoff.timing)
        self._subscriptions = subscriptions
        self._by = by
        self._clock = clock
        self._backoff = backoff
        self._on_link = on_link
        self._on_notes = on_notes
        self._pause = pause
        self._link = Link(LinkState.CONNECTING, clock.now())
        self._notes: dict[str, str] = {}
        self._failures = 0
        self._doubts = 0
        self._unforeseen: type[Exception] | None = None
        self._stood_at: float | None = None
        self._hurry = asyncio.Event()

    @property
    def link(self) -> Link:
        """How the connection is doing."""
        return self._link

    @property
    def notes(self) -> tuple[str, ...]:
        """What the console goes without, each as a sentence."""
        return tuple(self._notes.values())

    def retry_now(self) -> None:
        """Try at once instead of waiting, also where Twitch had refused. Nothing where nobody waits."""
        self._hurry.set()

    async def run(self) -> None:
        """Keep chat coming until cancelled."""
        while True:
            ended = await self._attempt()
            self._source.lost()
            if ended.refused:
                await self._stay_refused(ended)
            else:
                await self._back_off(ended)

    def miss(self, type: str, sentence: str) -> None:
        """Remember what the console goes without, and say it once."""
        if self._notes.get(type) != sentence:
            self._notes[type] = sentence
            log.warning("%s", sentence)
            self._on_notes()

    def found(self, type: str) -> None:
        """It is told after all."""
        if self._notes.pop(type, None) is not None:
            log.info("Twitch tells %s again", type)
            self._on_notes()

    async def _attempt(self) -> _Ended:
        """Read as long as it goes."""
        self._stood_at = None
        reading = Reading(
            self._api,
            self._source,
            self,
            open=self._open,
            subscriptions=self._subscriptions,
            by=self._by,
            backoff=self._backoff,
            pause=self._pause,
            on_standing=self._stands,
        )
        try:
            await reading.run(self._url)
        except ConnectionEndedError as error:
            return _Ended(f"Chat is away: {error.why}; it is tried again by itself.")
        except RevokedError as error:
            return _Ended(f"{error.sentence} Run `sanctum-tui login` to allow it again.", refused=True)
        except LoginNeededError as error:
            self._doubts += 1
            return _Ended(error.sentence, refused=self._doubts >= _DOUBTS)
        except RateLimitedError as error:
            return _Ended(error.sentence, wait_seconds=error.retry_seconds)
        except RefusedError as error:
            return _refusal(error)
        except TwitchError as error:
            return _Ended(error.sentence)
        except Exception as error:
            # The same trace again and again would bury the first one.
            again, self._unforeseen = self._unforeseen is type(error), type(error)
            log.log(
                logging.DEBUG if again else logging.ERROR, "reading chat failed in an unforeseen way", exc_info=error
            )
            return _Ended(f"Chat is away for an unforeseen reason ({type(error).__name__}); it is tried again.")
        raise AssertionError("reading ended without a reason")

    async def _open(self, url: str) -> Connection:
        return await Connection.open(self._session, url, self._backoff.timing)

    def _stands(self) -> None:
        if self._link.state is LinkState.DOWN:
            log.info("chat is back")
        self._doubts, self._unforeseen = 0, None
        self._stood_at = asyncio.get_running_loop().time()
        self._set(Link(LinkState.UP, self._clock.now()))

    async def _back_off(self, ended: _Ended) -> None:
        # What dies as soon as it stands has not recovered, and is not hurried after.
        if self._stood_at is not None:
            stood = asyncio.get_running_loop().time() - self._stood_at
            if stood > self._backoff.longest(self._failures):
                self._failures = 0
        seconds = max(self._backoff.seconds(self._failures), ended.wait_seconds)
        self._failures += 1
        if self._link.state is LinkState.DOWN:
            since = self._link.since
            log.debug("%s", ended.why)
        else:
            since = self._source.heard_at or self._link.since
            log.warning("%s", ended.why)
        retry_at = self._clock.now() + timedelta(seconds=seconds)
        self._set(Link(LinkState.DOWN, since, ended.why, retry_at))
        await self._wait(seconds)
        self._set(Link(LinkState.DOWN, since, ended.why))

    async def _stay_refused(self, ended: _Ended) -> None:
        log.error("%s", ended.why)
        self._set(Link(LinkState.REFUSED, self._clock.now(), ended.why))
        self._hurry.clear()
        await self._hurry.wait()
        self._failures = 0
        self._set(Link(LinkState.CONNECTING, self._clock.now()))

    async def _wait(self, seconds: float) -> None:
        """For so long, or until the operator does not wish to wait."""
        self._hurry.clear()
        waits = (asyncio.ensure_future(self._pause(seconds)), asyncio.ensure_future(self._hurry.wait()))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _set(self, link: Link) -> None:
        if link == self._link:
            return
        self._link = link
        try:
            self._on_link(link)
        except Exception:
            log.exception("whoever was told of the connection failed")


def _refusal(error: RefusedError) -> _Ended:
    if error.status in _NOT_ALLOWED:
        return _Ended(
            f"Twitch does not let the console read chat ({error.words or error.status}). Run `sanctum-tui login` "
            f"again to allow it ({ESSENTIAL_SCOPE}), and see that the account is not banned from the channel.",
            refused=True,
        )
    return _Ended(f"Chat is away: {error.sentence} It is tried again by itself.")
