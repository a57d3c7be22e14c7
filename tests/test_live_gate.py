"""The live gate: not known is not live, and when in doubt it is shut."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest

from sanctum_tui.chat import Live, StreamWentOffline, StreamWentOnline
from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.errors import LoginNeededError, RateLimitedError, RefusedError, UnreachableError
from sanctum_tui.twitch.live import Turn, TwitchGate, believed, old_news
from sanctum_tui.twitch.values import Account, Stream, Timing
from tests.builders import START, at
from tests.fake_twitch import FakeTwitch

# TwitchIO's web adapter, which we never use, warns when it is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpAdapter:DeprecationWarning")

CHANNEL = Account("1001", "quietharbor", "QuietHarbor")
OFFLINE = UnreachableError("Twitch cannot be reached; is the network up?")
LOGIN = LoginNeededError("Nobody is logged in; run `sanctum-tui login`.")


def stream(id: str = "s1", began: float = -600) -> Stream:
    return Stream(id, "A quiet evening", "Windrose", at(began))


def online(id: str = "", *, began: float | None = None, sent: float | None = None) -> StreamWentOnline:
    """Times are in seconds from the start, by Twitch's clock."""
    return StreamWentOnline(START, id, None if began is None else at(began), None if sent is None else at(sent))


def offline(id: str = "", *, sent: float | None = None) -> StreamWentOffline:
    return StreamWentOffline(START, id, None if sent is None else at(sent))


@dataclass
class Twitch:
    """Get Streams, as it is told to answer; only that part of the `Api`."""

    answer: Stream | Exception | None = None
    asked: int = 0
    slow: asyncio.Event | None = None

    async def stream(self, channel_id: str, *, by: str) -> Stream | None:
        assert (channel_id, by) == ("1001", "1002")
        self.asked += 1
        if self.slow is not None:
            await self.slow.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass
class Tokens:
    """The token of a login."""

    token: str

    async def access(self, user_id: str) -> str:
        return self.token

    async def renewed(self, user_id: str, refused: str) -> str:
        return self.token


class WallClock(ReplayClock):
    """A clock that somebody may set to another time."""

    def __init__(self) -> None:
        super().__init__(START)
        self.shift = timedelta()

    @property
    def time(self) -> datetime:
        """The time that goes by, wherever the hands are."""
        return super().now()

    def now(self) -> datetime:
        return super().now() + self.shift


@dataclass
class Gated:
    twitch: Twitch
    clock: WallClock
    gate: TwitchGate
    told: list[tuple[Live, str]] = field(default_factory=list)
    poll: float = 60.0
    opened: str = ""

    def live(self) -> Live:
        return self.gate.live

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    async def wait(self, seconds: float) -> None:
        """Let time go by, ten seconds at a time, with all that it wakes."""
        await self.settle()
        while seconds > 0:
            step = min(seconds, 10.0)
            seconds -= step
            await self.clock.advance_to(self.clock.time + timedelta(seconds=step))
            await self.settle()


@asynccontextmanager
async def gate_on(answer: Stream | Exception | None, *, opened: str = "") -> AsyncIterator[Gated]:
    twitch, clock = Twitch(answer), WallClock()
    gated: Gated
    gate = TwitchGate(
        twitch,  # type: ignore[arg-type]
        channel=CHANNEL,
        by="1002",
        clock=clock,
        poll_seconds=lambda: gated.poll,
        open_offline=lambda: gated.opened,
        changed=lambda: gated.told.append((gate.live, gate.why)),
    )
    gated = Gated(twitch, clock, gate, opened=opened)
    running = asyncio.create_task(gate.run())
    try:
        yield gated
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_before_twitch_has_answered_it_is_not_known_and_so_not_live() -> None:
    async with gate_on(stream()) as gated:
        gated.twitch.slow = asyncio.Event()
        await gated.settle()
        assert gated.live() is Live.UNKNOWN
        assert gated.gate.why == "Twitch has not said yet whether the stream is live"
        gated.twitch.slow.set()
        await gated.settle()
        assert gated.live() is Live.YES


async def test_a_console_started_in_the_middle_of_a_stream_knows_it_at_once() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        assert (gated.gate.live, gated.gate.why) == (Live.YES, "the stream is live")
        assert gated.gate.stream == stream()
        assert gated.clock.now() == START


@pytest.mark.parametrize("answer", [stream(), None, OFFLINE, LOGIN])
async def test_who_waits_for_the_first_answer_is_told_when_there_is_one_or_none_comes(
    answer: Stream | Exception | None,
) -> None:
    async with gate_on(answer) as gated:
        gated.twitch.slow = asyncio.Event()
        waiting = asyncio.create_task(gated.gate.first_answer())
        await gated.settle()
        assert not waiting.done()
        gated.twitch.slow.set()
        await asyncio.wait_for(waiting, 5)
        assert (gated.gate.live is Live.YES) is isinstance(answer, Stream)


async def test_without_any_event_the_polls_open_and_shut_it() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        assert (gated.gate.live, gated.gate.why) == (Live.NO, "the stream is offline")
        gated.twitch.answer = stream()
        await gated.wait(59)
        assert gated.live() is Live.NO
        await gated.wait(1)
        assert gated.live() is Live.YES
        gated.twitch.answer = None
        await gated.wait(60)
        assert gated.live() is Live.NO
        assert gated.gate.stream is None
        assert gated.told == [
            (Live.NO, "the stream is offline"),
            (Live.YES, "the stream is live"),
            (Live.NO, "the stream is offline"),
        ]


async def test_an_event_counts_at_once_and_has_twitch_asked_again() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.went(online())
        assert gated.live() is Live.YES
        assert gated.told[-1] == (Live.YES, "the stream is live")
        await gated.settle()
        assert gated.twitch.asked == 2
        gated.gate.went(offline())
        assert (gated.gate.live, gated.gate.stream) == (Live.NO, None)


async def test_get_streams_lagging_behind_the_start_does_not_shut_it() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.went(online())
        await gated.wait(110)
        assert gated.twitch.asked >= 3
        assert (gated.gate.live, gated.gate.stream) == (Live.YES, None)
        gated.twitch.answer = stream(began=0)
        await gated.wait(60)
        assert (gated.gate.live, gated.gate.stream) == (Live.YES, stream(began=0))


async def test_an_online_event_that_get_streams_never_confirms_is_believed_for_two_minutes() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.went(online())
        await gated.wait(180)
        assert gated.live() is Live.NO


async def test_once_confirmed_a_start_protects_from_nothing() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.twitch.answer = stream(began=0)
        gated.gate.went(online())
        await gated.wait(10)
        gated.twitch.answer = None
        await gated.wait(60)
        assert gated.live() is Live.NO


async def test_a_stream_that_ended_stays_ended_while_get_streams_still_lists_it() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        gated.gate.went(offline())
        await gated.wait(290)
        assert gated.twitch.asked >= 5
        assert gated.live() is Live.NO
        await gated.wait(60)
        assert gated.live() is Live.YES


async def test_after_an_end_a_new_start_opens_it_at_once() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        gated.gate.went(offline())
        gated.gate.went(online())
        assert gated.live() is Live.YES


async def test_a_start_that_is_told_again_after_the_end_opens_nothing() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.went(online("s1", began=0, sent=1))
        assert gated.live() is Live.YES
        gated.gate.went(offline(sent=100))
        gated.gate.went(online("s1", began=0, sent=1))
        assert gated.live() is Live.NO
        # In a new envelope it bears a new time.
        gated.gate.went(online("s1", began=0, sent=101))
        assert gated.live() is Live.NO
        gated.gate.went(online("s2", began=110, sent=111))
        assert gated.live() is Live.YES


async def test_of_a_stream_that_only_get_streams_told_of_a_late_start_opens_nothing_after_its_end() -> None:
    async with gate_on(stream("s1", began=-100)) as gated:
        await gated.settle()
        gated.gate.went(offline())
        gated.gate.went(online("s1", began=-100, sent=1))
        assert gated.live() is Live.NO
    async with gate_on(stream("s1", began=-100)) as gated:
        await gated.settle()
        gated.twitch.answer = None
        await gated.wait(60)
        asked = gated.twitch.asked
        gated.gate.went(online("s1", began=-100, sent=61))
        assert gated.live() is Live.NO
        await gated.settle()
        # What an event no longer tells, Twitch is asked.
        assert gated.twitch.asked == asked + 1


async def test_a_late_end_of_an_earlier_stream_does_not_shut_it() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.went(online("s1", began=0, sent=0))
        gated.gate.went(offline("s1", sent=50))
        gated.gate.went(online("s2", began=60, sent=60))
        gated.gate.went(offline("s1", sent=50))
        gated.gate.went(offline("s1", sent=70))
        assert gated.live() is Live.YES
        gated.gate.went(offline("s2", sent=80))
        assert gated.live() is Live.NO


async def test_a_start_that_is_told_twice_protects_once() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.twitch.answer = stream("s1", began=0)
        gated.gate.went(online("s1", began=0, sent=0))
        await gated.wait(10)
        gated.gate.went(online("s1", began=0, sent=10))
        gated.twitch.answer = None
        await gated.wait(60)
        assert gated.live() is Live.NO


async def test_another_start_takes_the_place_of_a_stream_whose_end_was_never_told() -> None:
    async with gate_on(stream("s1")) as gated:
        await gated.settle()
        gated.gate.went(online("s2", began=0, sent=0))
        assert (gated.live(), gated.gate.stream) == (Live.YES, None)


def test_an_event_that_is_old_news_says_why() -> None:
    started, ended = Turn(True, START, "s2", at(100)), Turn(False, START, "s1", at(100))
    news: list[tuple[StreamWentOnline | StreamWentOffline, Turn | None, str, bool]] = [
        (online(), None, "", False),
        (online(), ended, "", False),
        (offline(), started, "s2", False),
        (online("s3", sent=100), ended, "", False),
        (online("s3", sent=99), ended, "", True),
        (offline("s2", sent=99), started, "s2", True),
        (offline("s2", sent=101), started, "s2", False),
        (offline("s9", sent=101), started, "s2", False),
        (offline("s1", sent=101), started, "s2", True),
        (offline("s1", sent=101), None, "", False),
        (offline("s1", sent=101), None, "s1", False),
        (online("s1", sent=101), ended, "", True),
        (online("s2", sent=101), started, "s2", True),
        (online("s3", began=0, sent=300), None, "", False),
        (online("s3", began=0, sent=301), None, "", True),
    ]
    for event, turn, current, expected in news:
        assert bool(old_news(event, turn, ["s1"], current)) is expected, (event, turn, current)


def test_a_clock_of_ours_that_is_wrong_does_not_make_an_old_stream_a_new_one() -> None:
    """Ours is ten minutes behind: the stream that ended began after the event, by our clock."""
    ended = Turn(False, at(-600), sent_at=START)
    assert not believed(ended, stream("s1", began=-60), at(-600 + 150))
    assert believed(ended, stream("s2", began=60), at(-600 + 150))


def test_what_get_streams_says_counts_when_it_may_not_be_older_than_the_event() -> None:
    old, new = stream("s1"), stream("s2", began=30)
    started, ended = Turn(True, START), Turn(False, START, "s1")
    confirmed = Turn(True, START, confirmed=True)
    believes: list[tuple[Turn | None, Stream | None, float, bool]] = [
        (None, None, 0, True),
        (None, old, 0, True),
        (started, old, 0, True),
        (started, None, 119, False),
        (started, None, 120, True),
        (confirmed, None, 10, True),
        (ended, None, 0, True),
        (ended, new, 119, False),
        (ended, new, 120, True),
        (ended, old, 299, False),
        (ended, old, 300, True),
        (ended, stream("s1", began=30), 299, False),
        (Turn(False, START), old, 299, False),
    ]
    for turn, listed, seconds, expected in believes:
        assert believed(turn, listed, at(seconds)) is expected, (turn, listed, seconds)


async def test_when_twitch_stops_answering_it_becomes_unknown_and_says_for_how_long() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        gated.twitch.answer = OFFLINE
        await gated.wait(170)
        assert gated.live() is Live.YES
        await gated.wait(10)
        assert gated.live() is Live.UNKNOWN
        assert gated.told[-1][0] is Live.UNKNOWN
        assert [gated.gate.stream] == [None]
        await gated.wait(60)
        assert gated.gate.why == "Twitch has not answered for 4 min, so nobody knows whether the stream is live"
        gated.twitch.answer = stream()
        gated.gate.look_again()
        await gated.settle()
        assert (gated.gate.live, gated.gate.stream) == (Live.YES, stream())


async def test_where_it_is_asked_seldom_three_polls_may_fail() -> None:
    async with gate_on(stream()) as gated:
        gated.poll = 300.0
        await gated.settle()
        gated.twitch.answer = OFFLINE
        await gated.wait(890)
        assert gated.live() is Live.YES
        await gated.wait(10)
        assert gated.live() is Live.UNKNOWN


async def test_where_it_is_asked_often_it_stays_known_for_three_minutes() -> None:
    async with gate_on(stream()) as gated:
        gated.poll = 10.0
        await gated.settle()
        gated.twitch.answer = OFFLINE
        await gated.wait(170)
        assert gated.live() is Live.YES
        await gated.wait(10)
        assert gated.live() is Live.UNKNOWN


async def test_a_start_after_a_silence_does_not_bring_back_an_old_stream() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        gated.twitch.answer = OFFLINE
        await gated.wait(180)
        gated.gate.went(online())
        assert (gated.gate.live, gated.gate.stream) == (Live.YES, None)


async def test_what_has_not_changed_is_not_told_again() -> None:
    async with gate_on(stream()) as gated:
        await gated.wait(300)
        assert gated.twitch.asked == 6
        assert len(gated.told) == 1
        gated.twitch.answer = stream("s2")
        await gated.wait(60)
        assert len(gated.told) == 2


async def test_it_becomes_unknown_by_itself_also_where_nobody_asks_any_more() -> None:
    async with gate_on(stream()) as gated:
        await gated.settle()
        gated.twitch.slow = asyncio.Event()
        await gated.wait(180)
        assert gated.live() is Live.UNKNOWN


async def test_a_first_answer_that_fails_says_what_is_wrong() -> None:
    async with gate_on(OFFLINE) as gated:
        await gated.settle()
        assert gated.live() is Live.UNKNOWN
        assert gated.gate.why == (
            "Twitch has not said yet whether the stream is live (Twitch cannot be reached; is the network up?)"
        )


@pytest.mark.parametrize(
    "error",
    [LOGIN, RefusedError("Nobody is logged in; run `sanctum-tui login`.", status=401, words="no")],
)
async def test_a_refused_login_shuts_it_whatever_the_mode(error: Exception) -> None:
    async with gate_on(stream(), opened="offline test mode is on") as gated:
        await gated.settle()
        gated.twitch.answer = error
        gated.gate.look_again()
        await gated.settle()
        assert (gated.gate.live, gated.gate.on_air) == (Live.UNKNOWN, Live.UNKNOWN)
        assert gated.gate.why == "nobody is logged in; run `sanctum-tui login`"
        gated.gate.went(online())
        assert gated.live() is Live.UNKNOWN
        # A network that fails as well says nothing about the login.
        gated.twitch.answer = OFFLINE
        await gated.wait(60)
        assert gated.gate.why == "nobody is logged in; run `sanctum-tui login`"
        gated.twitch.answer = stream()
        await gated.wait(60)
        assert gated.live() is Live.YES


@pytest.mark.parametrize(
    ("answer", "on_air", "why"),
    [
        (None, Live.NO, "offline test mode is on; the stream is offline"),
        (stream(), Live.YES, "the stream is live"),
        (
            OFFLINE,
            Live.UNKNOWN,
            "offline test mode is on; Twitch has not said yet whether the stream is live "
            "(Twitch cannot be reached; is the network up?)",
        ),
    ],
)
async def test_the_test_mode_opens_it_and_says_so_beside_the_truth(
    answer: Stream | Exception | None, on_air: Live, why: str
) -> None:
    async with gate_on(answer, opened="offline test mode is on") as gated:
        await gated.settle()
        assert (gated.gate.live, gated.gate.on_air, gated.gate.why) == (Live.YES, on_air, why)


async def test_the_test_mode_can_be_switched_while_running() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.opened = "offline test mode is on"
        assert gated.live() is Live.YES
        gated.gate.look_again()
        assert gated.told[-1][0] is Live.YES
        gated.opened = ""
        assert gated.live() is Live.NO


async def test_looking_again_asks_at_once_and_once_more_after_a_question_under_way() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.gate.look_again()
        await gated.settle()
        assert gated.twitch.asked == 2
        gated.twitch.slow = asyncio.Event()
        gated.gate.look_again()
        await gated.settle()
        gated.gate.look_again()
        gated.gate.look_again()
        gated.twitch.slow.set()
        await gated.settle()
        assert gated.twitch.asked == 4
        await gated.wait(60)
        assert gated.twitch.asked == 5


async def test_it_waits_as_long_as_twitch_asks_for() -> None:
    async with gate_on(RateLimitedError("Twitch asks to slow down.", 100.0)) as gated:
        await gated.wait(99)
        assert gated.twitch.asked == 1
        await gated.wait(1)
        assert gated.twitch.asked == 2


async def test_no_error_ends_it_and_each_failure_and_recovery_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "sanctum_tui.twitch.live")
    async with gate_on(ZeroDivisionError()) as gated:
        await gated.wait(300)
        assert gated.twitch.asked == 6
        assert "unforeseen way (ZeroDivisionError)" in gated.gate.why
        gated.twitch.answer = None
        await gated.wait(120)
        assert gated.live() is Live.NO
    failures = [record for record in caplog.records if record.exc_info]
    recoveries = [record for record in caplog.records if "says again" in record.message]
    assert (len(failures), len(recoveries)) == (1, 1)


async def test_a_listener_that_fails_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise RuntimeError("no screen")

    twitch, clock = Twitch(None), WallClock()
    arguments: dict[str, Callable[[], object]] = {
        "poll_seconds": lambda: 60.0,
        "open_offline": lambda: "",
        "changed": broken,
    }
    gate = TwitchGate(twitch, channel=CHANNEL, by="1002", clock=clock, **arguments)  # type: ignore[arg-type]
    running = asyncio.create_task(gate.run())
    gated = Gated(twitch, clock, gate)
    await gated.settle()
    twitch.answer = stream()
    await gated.wait(60)
    assert gated.live() is Live.YES
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "could not be told" in caplog.text


async def test_a_clock_that_was_set_back_keeps_nothing_open() -> None:
    async with gate_on(None) as gated:
        await gated.settle()
        gated.clock.shift = timedelta(hours=2)
        gated.gate.went(online())
        assert gated.live() is Live.YES
        gated.clock.shift = timedelta()
        await gated.wait(180)
        assert gated.live() is Live.NO
    async with gate_on(stream()) as gated:
        gated.clock.shift = timedelta(hours=2)
        await gated.settle()
        gated.twitch.answer = OFFLINE
        gated.clock.shift = timedelta()
        await gated.wait(240)
        assert gated.live() is Live.UNKNOWN


async def test_over_real_sockets_it_follows_the_stream() -> None:
    from sanctum_tui.twitch.helix import Helix

    async with FakeTwitch() as twitch, aiohttp.ClientSession() as session:
        grant = twitch.grant("chronicler")
        turned = asyncio.Event()
        gate = TwitchGate(
            Helix(
                session,
                client_id=twitch.client_id,
                where=addresses(twitch.url),
                tokens=Tokens(grant.access.reveal()),
                timing=Timing(connect=1.0, answer=1.0),
            ),
            channel=twitch.streamer,
            by=grant.account.id,
            clock=SystemClock(),
            poll_seconds=lambda: 3600.0,
            open_offline=lambda: "",
            changed=turned.set,
        )

        async def look() -> tuple[Live, str]:
            turned.clear()
            gate.look_again()
            await asyncio.wait_for(turned.wait(), 5)
            return gate.live, gate.why

        running = asyncio.create_task(gate.run())
        await asyncio.wait_for(turned.wait(), 5)
        assert gate.live is Live.NO
        await twitch.go_live(title="A quiet  evening", category="Windrose", event=False)
        assert await look() == (Live.YES, "the stream is live")
        assert gate.stream is not None
        assert gate.stream.title == "A quiet evening"
        await twitch.go_offline(event=False)
        assert await look() == (Live.NO, "the stream is offline")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
