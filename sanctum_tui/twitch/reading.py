"""One time of reading chat: a connection, its subscriptions, and the connections that take over from it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.backoff import Backoff
from sanctum_tui.twitch.connection import HANDED_OVER, Connection, ConnectionEndedError
from sanctum_tui.twitch.errors import RateLimitedError, RefusedError, TwitchError
from sanctum_tui.twitch.frames import Keepalive, Malformed, Notification, Reconnect, Revocation
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.topics import ESSENTIAL, without
from sanctum_tui.twitch.values import Subscription

if TYPE_CHECKING:
    from sanctum_tui.twitch.source import TwitchSource

log = logging.getLogger(__name__)

_FOR_GOOD = {
    "authorization_revoked": "the account took back its permission, or changed its password",
    "user_removed": "the account is no more",
    "version_removed": "Twitch has given up this kind of event; a newer console is needed",
}
"""Why Twitch ends a subscription so that asking again would not help, in words."""
_EXISTS_ALREADY = 409
_MOST_HELD = 10_000
"""Notifications that are held back before the socket waits."""
_LAST_WORDS_SECONDS = 0.1
_LAST_WORDS_MOST = 20
"""After a handover the old connection's last lines come first: it is waited for until it has been quiet for this
long, at most so many times."""


class RevokedError(TwitchError):
    """Twitch took back the subscription to chat, and meant it."""


class Notes(Protocol):
    """Who remembers what the console goes without."""

    def miss(self, type: str, sentence: str) -> None: ...

    def found(self, type: str) -> None: ...


class Reading:
    """Reads until the connection that brings chat dies. Made anew for each attempt."""

    def __init__(
        self,
        api: Api,
        source: "TwitchSource",
        notes: Notes,
        *,
        open: Callable[[str], Awaitable[Connection]],
        subscriptions: Sequence[Subscription],
        by: str,
        backoff: Backoff,
        pause: Callable[[float], Awaitable[None]],
        on_standing: Callable[[], None],
    ) -> None:
        """`on_standing` is called once, when chat is subscribed."""
        self._api = api
        self._source = source
        self._notes = notes
        self._open = open
        self._subscriptions = subscriptions
        self._by = by
        self._backoff = backoff
        self._pause = pause
        self._on_standing = on_standing
        self._current: Connection
        self._connections: set[Connection] = set()
        self._held: list[Notification] | None = []
        """What came before chat is known to be subscribed; it belongs after the gap. None from then on."""
        self._stands = asyncio.Event()
        self._moving = False
        """A connection that is to take over is being opened."""
        self._lost: ConnectionEndedError | None = None
        """How the current connection ended, while another was about to take over."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._error: BaseException | None = None

    async def run(self, url: str) -> None:
        """Connect, subscribe, read. Never returns: raises what ended it.

        That is ConnectionEndedError, RevokedError, or what the API raised when chat was subscribed.
        """
        self._current = await self._open(url)
        self._source.clocked(self._current.welcomed_at)
        try:
            self._follow(self._current)
            for subscription in self._subscriptions:
                essential = subscription.type == ESSENTIAL
                self._spawn(self._begin(subscription) if essential else self._keep(subscription))
            await self._over.wait()
        finally:
            try:
                await _cancel(self._tasks)
            finally:
                self._release()
                await asyncio.gather(*(connection.close() for connection in self._connections))
        assert self._error is not None
        raise self._error

    # Subscriptions

    async def _begin(self, subscription: Subscription) -> None:
        """Subscribe to chat; with that, chat is back."""
        try:
            # Twitch closes a connection on which nothing is subscribed in time.
            async with asyncio.timeout(self._backoff.timing.connect):
                await self._ask(subscription)
        except TimeoutError:
            raise ConnectionEndedError("Twitch did not answer in time when chat was subscribed") from None
        self._release(standing=True)
        self._on_standing()

    async def _keep(self, subscription: Subscription, failures: int = 0) -> None:
        """Subscribe to something that can be done without, and try again as long as that may help."""
        seconds = self._backoff.seconds(failures - 1) if failures else 0.0
        while True:
            if seconds > 0:
                await self._pause(seconds)
            try:
                await self._ask(subscription)
            except RateLimitedError as error:
                seconds = error.retry_seconds
            except RefusedError as error:
                self._miss(subscription.type, error.words or f"it answers {error.status}")
                return
            except TwitchError as error:
                log.debug("%s is not subscribed yet: %s", subscription.type, error.sentence)
                seconds = self._backoff.seconds(failures)
                failures += 1
            except Exception:
                log.exception("%s could not be subscribed", subscription.type)
                self._miss(subscription.type, "subscribing failed in an unforeseen way; see the log")
                return
            else:
                self._notes.found(subscription.type)
                return

    async def _ask(self, subscription: Subscription) -> None:
        try:
            await self._api.subscribe(subscription, self._current.session_id, by=self._by)
        except RefusedError as error:
            if error.status != _EXISTS_ALREADY:
                raise

    def _revoked(self, revocation: Revocation) -> None:
        status = shorten(one_line(revocation.status), 80)
        why = _FOR_GOOD.get(revocation.status)
        if revocation.type == ESSENTIAL:
            if why is None:
                raise ConnectionEndedError(f"Twitch ended the subscription to chat ({status})")
            raise RevokedError(f"Twitch does not let the console read chat any more: {why}.")
        if why is not None:
            self._miss(revocation.type, why)
            return
        log.info("Twitch ended %s (%s); it is subscribed again", revocation.type, status)
        for subscription in self._subscriptions:
            if subscription.type == revocation.type:
                self._spawn(self._keep(subscription, failures=1))

    def _miss(self, type: str, why: str) -> None:
        self._notes.miss(type, without(type, why.rstrip(".")))

    # Connections

    def _follow(self, connection: Connection) -> asyncio.Task[None]:
        self._connections.add(connection)
        return self._spawn(self._read(connection))

    async def _read(self, connection: Connection) -> None:
        """Deliver what a connection brings until it ends."""
        try:
            while True:
                frame = await connection.frame()
                if self._held is None:
                    self._source.heard()
                match frame:
                    case Notification():
                        self._source.clocked(frame.at)
                        await self._take(frame)
                    case Keepalive(at):
                        self._source.clocked(at)
                    case Reconnect(url):
                        self._move(connection, url)
                    case Revocation():
                        self._revoked(frame)
                    case Malformed():
                        self._source.malformed(frame)
        except ConnectionEndedError as error:
            if connection is not self._current:
                log.debug("the connection that was taken over from has ended: %s", error.why)
            elif self._moving:
                self._lost = error
            else:
                raise
        finally:
            await connection.close()
            self._connections.discard(connection)

    async def _take(self, notification: Notification) -> None:
        if self._held is None:
            self._source.put(notification)
            await self._source.room()
            return
        self._held.append(notification)
        if len(self._held) >= _MOST_HELD:
            await self._stands.wait()

    def _release(self, *, standing: bool = False) -> None:
        """Tell the gap, and after it what was held back. Where chat does not stand, only what came all the same."""
        held, self._held = self._held, None
        self._stands.set()
        if standing or held:
            self._source.resume()
        for notification in held or ():
            self._source.put(notification)

    def _move(self, old: Connection, url: str) -> None:
        if old is self._current and not self._moving:
            self._moving = True
            self._spawn(self._hand_over(old, asyncio.current_task(), url))

    async def _hand_over(self, old: Connection, reader: asyncio.Task[Any] | None, url: str) -> None:
        """Go on with a connection that takes over everything; the old one brings its last lines meanwhile."""
        try:
            new = await self._open(url)
        except ConnectionEndedError as error:
            self._moving = False
            if self._lost is not None:
                raise self._lost from None
            log.info("the connection that was to take over was not made (%s); the old one goes on", error.why)
            return
        self._connections.add(new)
        self._source.clocked(new.welcomed_at)
        self._current, self._moving, lost, self._lost = new, False, self._lost, None
        assert reader is not None
        if lost is None:
            await _last_words(old, reader)
        elif lost.code not in HANDED_OVER and self._held is None:
            self._source.resume()
        self._follow(new)
        await asyncio.wait({reader}, timeout=self._backoff.timing.handover)
        await _cancel({reader})

    # Tasks

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name="twitch chat")
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None and self._error is None:
            self._error = error
            self._over.set()


async def _last_words(old: Connection, reader: asyncio.Task[Any]) -> None:
    for _ in range(_LAST_WORDS_MOST):
        before = old.frames_read
        await asyncio.wait({reader}, timeout=_LAST_WORDS_SECONDS)
        if reader.done() or old.frames_read == before:
            return


async def _cancel(tasks: set[asyncio.Task[Any]]) -> None:
    """End these, and wait until they have ended."""
    ending = tuple(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
