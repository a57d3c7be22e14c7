"""Whether the stream is live: Twitch is asked regularly, and its events correct the answer in between."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sanctum_tui.chat import Live, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import Clock
from sanctum_tui.twitch.drops import clause
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, TwitchError
from sanctum_tui.twitch.ports import Api
from sanctum_tui.twitch.values import Account, Stream

log = logging.getLogger(__name__)

LAG_SECONDS = 120.0
"""How long Get Streams may lag behind an event: a minute or two after a stream began (justintv/Twitch-API 548)."""
ENDED_SECONDS = 300.0
"""How long Get Streams may still list a stream that has ended: three to five minutes (the same, and 659)."""
LATE_SECONDS = 300.0
"""A start that is told so much later may be long over; Get Streams knows better by then, for it lags by less."""
_ENDED_STREAMS = 50
"""Ids kept of streams that have ended: more than one evening has."""
SILENT_POLLS = 3
SILENT_SECONDS = 180.0
"""Without an answer for so many polls, and at least so long, what was known is known no more."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What an event said, and when it came."""

    on_air: bool
    at: datetime
    stream_id: str = ""
    """Which stream it began or ended, where that was known."""
    sent_at: datetime | None = None
    """When Twitch sent it, by Twitch's clock, where that could be read."""
    confirmed: bool = False
    """Get Streams has said the same since."""


def believed(turn: Turn | None, listed: Stream | None, now: datetime) -> bool:
    """Whether an answer of Get Streams counts after the last event, which may be newer than it. When in doubt: shut.

    - "Offline" does not undo an online event for two minutes, unless Get Streams had already listed the stream
      since then: then it is news.
    - "Online" does not undo an offline event for two minutes, whatever it lists. For five it does not where it
      lists what may be the stream that ended: the same id, or one that began before the event. Only a new event
      opens sooner.
    """
    if turn is None or turn.on_air is (listed is not None):
        return True
    since = max(0.0, (now - turn.at).total_seconds())
    if listed is None:
        return turn.confirmed or since >= LAG_SECONDS
    # A stream's start is Twitch's time, and our clock may be wrong by minutes.
    may_be_over = listed.id == turn.stream_id or listed.started_at <= (turn.sent_at or turn.at)
    return since >= (ENDED_SECONDS if may_be_over else LAG_SECONDS)


def old_news(
    event: StreamWentOnline | StreamWentOffline, turn: Turn | None, ended: Collection[str], current: str
) -> str:
    """Why an event says nothing of the stream as it is now, or "". Twitch may tell it late, and more than once.

    `ended` are ids of streams that are over; `current` is that of the one that is on air, where there is one and it
    is known. All times that are compared are Twitch's.
    """
    if turn is not None and turn.sent_at is not None and event.sent_at is not None and event.sent_at < turn.sent_at:
        return "it is older than the one before"
    if isinstance(event, StreamWentOffline):
        return "that stream had ended before" if current not in ("", event.stream) and event.stream in ended else ""
    if event.stream in ended:
        return "that stream has ended"
    if turn is not None and turn.on_air and event.stream and turn.stream_id == event.stream:
        return "it was told before"
    if event.started_at is None or event.sent_at is None:
        return ""
    late = (event.sent_at - event.started_at).total_seconds() > LATE_SECONDS
    return "that stream began long ago" if late else ""


class TwitchGate:
    """The `LiveGate` on Twitch: shut unless the stream is known to be live, or the operator opened it regardless.

    Its answers are computed when they are asked for, so that they hold also where `run` has stopped: what nobody
    confirms any more becomes unknown by itself. Made and used on one event loop.
    """

    def __init__(
        self,
        api: Api,
        *,
        channel: Account,
        by: str,
        clock: Clock,
        poll_seconds: Callable[[], float],
        open_offline: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        """`by` is the id of the account that asks. `open_offline` gives a reason to post also while the stream is not
        live ("offline test mode is on"), or ""; after it has changed, call `look_again`.

        `changed` is called when `live`, `why` or `stream` has become another.
        """
        self._api = api
        self._channel = channel
        self._by = by
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._open_offline = open_offline
        self._changed = changed
        self._known = Live.UNKNOWN
        self._stream: Stream | None = None
        self._turn: Turn | None = None
        self._ended: deque[str] = deque(maxlen=_ENDED_STREAMS)
        """Ids of streams that are over."""
        self._heard_at: datetime | None = None
        self._refused = ""
        self._trouble = ""
        self._told: tuple[Live, str, Stream | None] | None = None
        self._nap: asyncio.Task[None] | None = None
        self._again = False
        self._asked = asyncio.Event()

    @property
    def on_air(self) -> Live:
        """The truth about the stream, whatever the operator allows."""
        return Live.UNKNOWN if self._refused or self._is_stale() else self._known

    @property
    def live(self) -> Live:
        """Whether anything may be posted: `on_air`, or YES where the operator opened the gate regardless."""
        if not self._refused and self._open_offline():
            return Live.YES
        return self.on_air

    @property
    def why(self) -> str:
        """The reason for `live`, to be shown."""
        on_air = self.on_air
        if self._refused or on_air is Live.YES:
            return self._refused or "the stream is live"
        opened = self._open_offline()
        return f"{opened}; {self._truth(on_air)}" if opened else self._truth(on_air)

    @property
    def stream(self) -> Stream | None:
        """The stream that is on air, as it was last listed; None while it is not, or Twitch has not listed it yet."""
        return self._stream if self.on_air is Live.YES else None

    def went(self, event: StreamWentOnline | StreamWentOffline) -> None:
        """Twitch sent an event: the stream has begun or has ended. It counts at once, and Twitch is asked again.

        Where it is old news it does not count.
        """
        if why := old_news(event, self._turn, self._ended, self._current()):
            log.info("%s is no news: %s", type(event).__name__, why)
        else:
            self._take_turn(event)
        self.look_again()

    def look_again(self) -> None:
        """Ask Twitch now instead of at the next poll."""
        self._again = True
        if self._nap is not None:
            self._nap.cancel()
        self._tell()

    async def first_answer(self) -> None:
        """Wait until Twitch has been asked for the first time, and has answered or failed to."""
        await self._asked.wait()

    async def run(self) -> None:
        """Ask at once, and then regularly, until cancelled. No error ends it."""
        while True:
            self._again = False
            pause = await self._poll()
            self._asked.set()
            self._tell()
            if not self._again:
                await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        self._nap = asyncio.create_task(self._clock.sleep(seconds), name="until the next look at the stream")
        try:
            await asyncio.wait({self._nap})
        finally:
            self._nap.cancel()
            await asyncio.gather(self._nap, return_exceptions=True)
            self._nap = None

    async def _poll(self) -> float:
        """Ask once; how many seconds to wait before the next time."""
        pause = self._poll_seconds()
        self._follow_clock()
        try:
            listed = await self._api.stream(self._channel.id, by=self._by)
        except (LoginNeededError, RefusedError) as error:
            if not self._refused:
                log.warning("nothing is posted: %s", error.sentence)
            self._refused = clause(error.sentence)
        except TwitchError as error:
            self._fail(clause(error.sentence))
            if isinstance(error, RateLimitedError):
                pause = max(pause, error.retry_seconds)
        except Exception as error:
            if not self._trouble:
                log.exception("asking whether the stream is live failed in an unforeseen way")
            self._fail(f"asking Twitch failed in an unforeseen way ({type(error).__name__}); see the log")
        else:
            self._take(listed)
        return pause

    def _current(self) -> str:
        """Id of the stream that is on air, as far as it is known."""
        if self._known is not Live.YES:
            return ""
        if self._turn is not None and self._turn.on_air and self._turn.stream_id:
            return self._turn.stream_id
        return self._stream.id if self._stream is not None else ""

    def _take_turn(self, event: StreamWentOnline | StreamWentOffline) -> None:
        now, listed = self._clock.now(), self._stream.id if self._stream is not None else ""
        if isinstance(event, StreamWentOnline):
            on_air, stream_id = True, event.stream
            if self.on_air is not Live.YES or (stream_id and listed != stream_id):
                self._stream = None
        else:
            on_air, stream_id = False, listed or event.stream or self._current()
            self._ended += {event.stream, self._current(), listed} - {""}
            self._stream = None
        self._turn = Turn(on_air, now, stream_id, event.sent_at)
        self._known = Live.YES if on_air else Live.NO
        self._heard_at = now

    def _follow_clock(self) -> None:
        """Where the clock was set back, nothing was heard later than now: it would stay new for too long."""
        now = self._clock.now()
        if self._heard_at is not None:
            self._heard_at = min(self._heard_at, now)
        if self._turn is not None:
            self._turn = replace(self._turn, at=min(self._turn.at, now))

    def _fail(self, trouble: str) -> None:
        if not self._trouble:
            log.warning("whether the stream is live cannot be asked: %s", trouble)
        self._trouble = trouble

    def _take(self, listed: Stream | None) -> None:
        if self._refused or self._trouble:
            log.info("Twitch says again whether the stream is live")
        self._refused = self._trouble = ""
        now = self._clock.now()
        self._heard_at = now
        if not believed(self._turn, listed, now):
            return
        if self._turn is not None and self._turn.on_air is (listed is not None):
            self._turn = replace(self._turn, confirmed=True)
        else:
            self._turn = None
        if listed is None and (over := self._current()):
            self._ended.append(over)
        self._known = Live.NO if listed is None else Live.YES
        self._stream = listed

    def _silence(self) -> float:
        """Seconds since Twitch last said something about the stream."""
        if self._heard_at is None:
            return 0.0
        return max(0.0, (self._clock.now() - self._heard_at).total_seconds())

    def _is_stale(self) -> bool:
        return self._silence() >= max(SILENT_POLLS * self._poll_seconds(), SILENT_SECONDS)

    def _truth(self, on_air: Live) -> str:
        if on_air is not Live.UNKNOWN:
            return "the stream is live" if on_air is Live.YES else "the stream is offline"
        if self._heard_at is None:
            told = "Twitch has not said yet whether the stream is live"
            return f"{told} ({self._trouble})" if self._trouble else told
        return (
            f"Twitch has not answered for {self._silence() // 60:.0f} min, so nobody knows whether the stream is live"
        )

    def _tell(self) -> None:
        state = (self.live, self.why, self.stream)
        if state == self._told:
            return
        self._told = state
        try:
            self._changed()
        except Exception:
            log.exception("a change of the live gate could not be told")
