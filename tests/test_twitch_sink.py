"""Posting on Twitch: that text and no other, once, and an outcome in words whatever the network does."""

import asyncio
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanctum_tui.chat import ChatMessage, Dropped, NotSent, Posted, Receipt, Unknown
from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.text import clean_line
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.errors import (
    LoginNeededError,
    RateLimitedError,
    RefusedError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.limiter import Limiter
from sanctum_tui.twitch.seen import SeenIds
from sanctum_tui.twitch.sink import TwitchSink
from sanctum_tui.twitch.values import Account, Said, Timing
from tests.builders import START, at, says
from tests.fake_twitch import FakeTwitch

# TwitchIO's web adapter, which we never use, warns when it is loaded.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpAdapter:DeprecationWarning")

CHANNEL = Account("1001", "quietharbor", "QuietHarbor")
BOT = Account("1002", "chronicler", "Chronicler")
LINE = "Does the sea feel empty, or contemplative? — AI"
LOST = UnansweredError("Twitch did not answer in time; whether it was done, nobody knows.")


@dataclass
class Twitch:
    """Send Chat Message, as it is told to answer; only that part of the `Api`."""

    answers: list[Said | Exception] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    meanwhile: Callable[[str], Awaitable[None]] | None = None
    """What happens between the call and its answer."""

    before: Callable[[], Awaitable[None]] | None = None
    """What happens until the token is at hand."""

    async def say(self, channel_id: str, text: str, *, by: str, leaves: Callable[[], None]) -> Said:
        assert (channel_id, by) == ("1001", BOT.id)
        if self.before is not None:
            await self.before()
        leaves()
        self.said.append(text)
        if self.meanwhile is not None:
            await self.meanwhile(text)
        answer = self.answers.pop(0) if self.answers else Said(f"m{len(self.said)}")
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Room:
    twitch: Twitch
    clock: ReplayClock
    ids: SeenIds
    shown: list[ChatMessage]
    sink: TwitchSink
    most: int = 20
    closed: bool = False
    shut: str = ""
    """Why nothing may be posted."""

    async def post(self, text: str) -> Receipt:
        return await self.sink.post(text, shut=lambda: self.shut)


def room_with(*answers: Said | Exception, shares: bool = True, echo_seconds: float = 0.02, **more: float) -> Room:
    twitch, clock, ids = Twitch(list(answers)), ReplayClock(START), SeenIds()
    shown: list[ChatMessage] = []
    room: Room

    async def echo(line: ChatMessage) -> None:
        if room.closed:
            raise RuntimeError("the room is closed")
        shown.append(line)

    sink = TwitchSink(
        twitch,  # type: ignore[arg-type]
        channel=CHANNEL,
        speaker=BOT,
        shares_account=shares,
        clock=clock,
        limiter=Limiter(clock, lambda: room.most),
        message_ids=ids,
        echo=echo,
        echo_seconds=echo_seconds,
        **more,
    )
    room = Room(twitch, clock, ids, shown, sink)
    return room


def echo_of(text: str, id: str = "e1") -> ChatMessage:
    return says(1, text, "chronicler", id=id)


def open_gate() -> str:
    return ""


def reason(receipt: Receipt) -> str:
    assert isinstance(receipt, Dropped), receipt
    return receipt.reason


# What is sent


async def test_what_was_approved_is_sent_as_it_stands_and_shown_at_once() -> None:
    room = room_with(Said("m1"))
    assert await room.post(LINE) == Posted("m1", START)
    assert room.twitch.said == [LINE]
    assert room.shown == [ChatMessage(START, "chronicler", "Chronicler", LINE, id="m1")]
    # The room's own echo of it is a duplicate by then.
    assert not room.ids.first_time("m1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no words"),
        (" \n ", "no words"),
        ("\u200b\u2060\u3164", "no words"),
        ("/ban mira", "begins with “/”"),
        (".timeout mira", "begins with “.”"),
        (" \u200b\u00ad /ban mira", "begins with “/”"),
        ("\ufe0f\u115f.ban mira", "begins with “.”"),
        ("\u034f\u2800/ban mira", "begins with “/”"),
        ("x" * 501, "501 characters"),
        ("calm \x1b[31m sea", "signs"),
        ("calm \u202e sea", "signs"),
        ("calm \ud800 sea", "signs"),
        ("calm  sea", "white space"),
        (" calm sea", "white space"),
        ("calm sea\u3000", "white space"),
    ],
)
async def test_what_twitch_would_change_or_obey_is_refused_and_not_sent(text: str, told: str) -> None:
    room = room_with()
    assert told in reason(await room.post(text))
    assert room.twitch.said == []


async def test_five_hundred_characters_are_as_many_as_leave() -> None:
    room = room_with()
    assert isinstance(await room.post("x" * 500), Posted)
    assert len(room.twitch.said[0]) == 500


@given(st.text(st.sampled_from("/.ab \t\n\u200b\u3164\ufe0f\x1b\u202e\U000e0000\ud800é😀"), max_size=12))
def test_whatever_leaves_begins_with_something_seen_that_is_no_command(text: str) -> None:
    room = room_with()
    asyncio.run(room.post(text))
    for said in room.twitch.said:
        assert said == text == " ".join(text.split())
        assert clean_line(said) == said
        assert said.lstrip("\u200b\u3164\ufe0f ")[0] not in "/."


# Not twice, not too often


async def test_the_same_text_waits_for_thirty_seconds_and_says_how_long() -> None:
    room = room_with()
    assert isinstance(await room.post(LINE), Posted)
    await room.clock.advance_to(at(10.5))
    told = reason(await room.post(LINE))
    assert "approve it again in 20 s" in told
    assert isinstance(await room.post(LINE.upper()), Posted)
    await room.clock.advance_to(at(30))
    assert isinstance(await room.post(LINE), Posted)
    assert len(room.twitch.said) == 3


async def test_the_same_text_twice_at_once_leaves_once() -> None:
    room = room_with()
    receipts = await asyncio.gather(room.post(LINE), room.post(LINE))
    assert sorted(type(receipt).__name__ for receipt in receipts) == ["Dropped", "Posted"]
    assert room.twitch.said == [LINE]


async def test_a_text_that_was_refused_may_be_tried_again_at_once_and_an_unknown_one_may_not() -> None:
    room = room_with(Said("", "msg_slowmode"), LOST)
    assert "slow mode" in reason(await room.post(LINE))
    assert isinstance(await room.post(LINE), Unknown)
    assert "the same text" in reason(await room.post(LINE))
    assert len(room.twitch.said) == 2


async def test_a_full_limiter_is_waited_for_a_little() -> None:
    room = room_with()
    room.most = 2
    await room.post("one")
    await room.post("two")
    await room.clock.advance_to(at(26))
    third = asyncio.create_task(room.post("three"))
    await asyncio.sleep(0)
    assert room.twitch.said == ["one", "two"]
    await room.clock.advance_to(at(30))
    assert isinstance(await third, Posted)
    assert room.twitch.said == ["one", "two", "three"]


async def test_a_limiter_that_stays_full_drops_the_line_and_says_when_to_try_again() -> None:
    room = room_with()
    room.most = 1
    await room.post("one")
    await room.clock.advance_to(at(8))
    told = reason(await room.post("two"))
    assert "TWITCH_MESSAGES_PER_30_SECONDS" in told
    assert "in 22 s" in told
    assert room.twitch.said == ["one"]
    # It was not sent, so it is not a repetition later.
    await room.clock.advance_to(at(30))
    assert isinstance(await room.post("two"), Posted)


async def test_cancelled_while_it_waits_for_its_turn_nothing_is_sent() -> None:
    room = room_with()
    room.most = 1
    await room.post("one")
    await room.clock.advance_to(at(27))
    waiting = asyncio.create_task(room.post("two"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await room.clock.advance_to(at(31))
    assert room.twitch.said == ["one"]
    assert isinstance(await room.post("two"), Posted)


# Nothing leaves while nothing may be posted


async def test_with_the_gate_shut_nothing_is_sent_and_nothing_is_counted() -> None:
    room = room_with()
    room.most, room.shut = 1, "the stream is offline"
    assert await room.post(LINE) == NotSent("the stream is offline")
    room.shut = ""
    # Neither as one of thirty seconds' messages, nor as the same text.
    assert isinstance(await room.post(LINE), Posted)
    assert room.twitch.said == [LINE]


async def test_a_gate_that_shuts_while_a_line_waits_for_its_turn_keeps_it_back() -> None:
    room = room_with()
    room.most = 1
    await room.post("one")
    await room.clock.advance_to(at(26))
    waiting = asyncio.create_task(room.post("two"))
    await asyncio.sleep(0)
    room.shut = "the agent is muted"
    await room.clock.advance_to(at(30))
    assert await waiting == NotSent("the agent is muted")
    assert room.twitch.said == ["one"]


async def test_a_gate_that_shuts_while_the_token_is_waited_for_keeps_the_line_back() -> None:
    room = room_with()

    async def shuts() -> None:
        room.shut = "the stream is offline"

    room.twitch.before = shuts
    assert await room.post(LINE) == NotSent("the stream is offline")
    assert (room.twitch.said, room.shown) == ([], [])
    assert not room.sink.is_ours(echo_of(LINE))


async def test_a_token_that_never_comes_means_that_nothing_was_sent() -> None:
    room = room_with(answer_seconds=0.02)
    room.twitch.before = asyncio.Event().wait  # type: ignore[assignment]
    assert "it was not sent: there was no access token" in reason(await room.post(LINE))
    assert not room.sink.is_ours(echo_of(LINE))


async def test_a_failure_before_it_left_means_that_nothing_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    room = room_with()

    async def fails() -> None:
        raise ZeroDivisionError

    room.twitch.before = fails
    assert "(ZeroDivisionError), before it left" in reason(await room.post(LINE))
    assert room.twitch.said == []


async def test_a_console_that_ends_before_it_left_has_sent_nothing() -> None:
    room = room_with()
    asked = asyncio.Event()

    async def hang() -> None:
        asked.set()
        await asyncio.Event().wait()

    room.twitch.before = hang
    posting = asyncio.create_task(room.post(LINE))
    await asked.wait()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    receipt = await posting
    assert isinstance(receipt, NotSent)
    assert "before it went out" in receipt.reason


# What became of it


def _codes() -> list[str]:
    table = tomllib.loads((files("sanctum_tui.twitch") / "drops.toml").read_text("utf-8"))
    return [code for drop in table["drop"] for code in drop["codes"]]


@pytest.mark.parametrize("code", _codes())
async def test_each_of_twitchs_codes_is_told_in_words_with_what_to_do(code: str) -> None:
    receipt = await room_with(Said("", code, "Sorry.")).post(LINE)
    assert isinstance(receipt, Dropped | Unknown)
    assert code not in receipt.reason
    assert not receipt.reason.endswith(".")
    assert receipt.reason[0].islower() or receipt.reason.startswith(("Twitch", "AutoMod"))
    assert any(sign in receipt.reason for sign in (";", "nothing can be"))


def test_no_code_has_two_meanings() -> None:
    assert len(_codes()) == len(set(_codes()))
    assert {"msg_duplicate", "msg_banned", "msg_followersonly_zero", "channel_settings", "user_warned"} <= set(
        _codes()
    )


async def test_a_code_that_nobody_has_seen_before_is_told_in_twitchs_words() -> None:
    room = room_with(Said("", "msg_new", "The harbour is closed."), Said("", "msg_newer"))
    assert "says: the harbour is closed; edit" in reason(await room.post("one"))
    assert "“msg_newer”" in reason(await room.post("two"))
    assert room.shown == []


async def test_a_line_that_moderators_hold_is_unknown_until_they_decide_and_is_known_when_they_let_it_in() -> None:
    room = room_with(Said("", "automod_held", "Held."))
    receipt = await room.post(LINE)
    assert isinstance(receipt, Unknown)
    assert "settle it here" in receipt.reason
    assert room.sink.is_ours(echo_of(LINE))


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RefusedError("x", status=401, words="Missing scope: user:write:chat"), "run `sanctum-tui login` again"),
        (RefusedError("x", status=403, words="The sender is banned."), "is banned"),
        (RefusedError("x", status=403, words="The sender is not permitted."), "is not allowed to chat"),
        (RefusedError("x", status=400, words="The message is too long."), "shorten the line"),
        (RefusedError("x", status=400, words="Bad things."), "says: bad things; edit the line"),
        (RefusedError("x", status=418, words=""), "with the status 418"),
        (LoginNeededError("Nobody is logged in; run `sanctum-tui login`."), "not sent: nobody is logged in; run"),
        (RateLimitedError("x", 11.2), "approve it again in 12 s"),
        (UnreachableError("Twitch cannot be reached."), "so it was not sent; check the network"),
    ],
)
async def test_what_was_certainly_not_sent_is_dropped_with_what_to_do(error: Exception, told: str) -> None:
    room = room_with(error)
    assert told in reason(await room.post(LINE))
    assert len(room.twitch.said) == 1
    assert room.shown == []
    # Nothing of it is in the room, so a person's same words are their own.
    assert not room.sink.is_ours(echo_of(LINE))


async def test_a_lost_answer_is_unknown_and_never_tried_again() -> None:
    room = room_with(LOST)
    receipt = await room.post(LINE)
    assert receipt == Unknown("Twitch did not answer in time", "1")
    await room.clock.advance_to(at(3600))
    assert room.twitch.said == [LINE]
    assert room.shown == []


async def test_a_call_that_never_ends_is_unknown() -> None:
    room = room_with(answer_seconds=0.02)
    forever = asyncio.Event()

    async def hang(text: str) -> None:
        await forever.wait()

    room.twitch.meanwhile = hang
    receipt = await room.post(LINE)
    assert isinstance(receipt, Unknown)
    assert "did not answer within 0.02 s" in receipt.reason


async def test_a_failure_that_nobody_foresaw_is_unknown(caplog: pytest.LogCaptureFixture) -> None:
    receipt = await room_with(ZeroDivisionError()).post(LINE)
    assert receipt == Unknown("sending it failed in an unforeseen way (ZeroDivisionError)", "1")
    assert "unforeseen" in caplog.text


async def test_an_echo_before_the_lost_answer_settles_it() -> None:
    room = room_with(LOST)

    async def shows(text: str) -> None:
        assert room.sink.is_ours(echo_of(text, "e7"))

    room.twitch.meanwhile = shows
    assert await room.post(LINE) == Posted("e7", START)
    assert room.shown == []


async def test_an_echo_soon_after_the_lost_answer_settles_it() -> None:
    room = room_with(LOST, echo_seconds=30.0)
    posting = asyncio.create_task(room.post(LINE))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not posting.done()
    assert room.sink.is_ours(echo_of(LINE, "e8"))
    assert await posting == Posted("e8", START)


async def test_cancelled_while_it_is_sent_it_is_seen_through() -> None:
    room = room_with(Said("m1"))
    sent, answer = asyncio.Event(), asyncio.Event()

    async def hang(text: str) -> None:
        sent.set()
        await answer.wait()

    room.twitch.meanwhile = hang
    posting = asyncio.create_task(room.post(LINE))
    await sent.wait()
    for _ in range(3):
        posting.cancel()
        await asyncio.sleep(0)
    answer.set()
    assert await posting == Posted("m1", START)
    assert len(room.shown) == 1


async def test_a_console_that_ends_while_it_is_sent_does_not_hang() -> None:
    room = room_with()
    sent = asyncio.Event()

    async def hang(text: str) -> None:
        sent.set()
        await asyncio.Event().wait()

    room.twitch.meanwhile = hang
    posting = asyncio.create_task(room.post(LINE))
    await sent.wait()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    assert await posting == Unknown("the console stopped while it was being sent")


async def test_a_room_that_cannot_show_it_does_not_change_the_outcome(caplog: pytest.LogCaptureFixture) -> None:
    room = room_with(Said("m1"))
    room.closed = True
    assert await room.post(LINE) == Posted("m1", START)
    assert "could not be shown" in caplog.text


# Over real sockets, with the real calls


@dataclass
class Tokens:
    """The tokens of a login, and another one where the first is refused."""

    access_token: str
    renewals: int = 0

    async def access(self, user_id: str) -> str:
        return self.access_token

    async def renewed(self, user_id: str, refused: str) -> str:
        self.renewals += 1
        return self.access_token


@asynccontextmanager
async def connected(
    *, scopes: list[str] | None = None, answer_seconds: float = 2.0
) -> AsyncIterator[tuple[FakeTwitch, TwitchSink, Tokens]]:
    from sanctum_tui.twitch.helix import Helix

    async with FakeTwitch() as twitch, aiohttp.ClientSession() as session:
        grant = twitch.grant("chronicler", scopes)
        tokens, clock = Tokens(grant.access.reveal()), SystemClock()
        api = Helix(
            session,
            client_id=twitch.client_id,
            where=addresses(twitch.url),
            tokens=tokens,
            timing=Timing(connect=1.0, answer=answer_seconds),
        )

        async def echo(line: ChatMessage) -> None:
            pass

        sink = TwitchSink(
            api,
            channel=twitch.streamer,
            speaker=grant.account,
            shares_account=False,
            clock=clock,
            limiter=Limiter(clock, lambda: 20),
            message_ids=SeenIds(),
            echo=echo,
            echo_seconds=0.05,
        )
        yield twitch, sink, tokens


def in_the_room(twitch: FakeTwitch) -> list[str]:
    return [posted.text for posted in twitch.posted]


async def test_a_post_arrives_in_the_room_once_with_the_id_of_the_receipt() -> None:
    async with connected() as (twitch, sink, _):
        receipt = await sink.post(LINE, shut=open_gate)
        assert isinstance(receipt, Posted)
        assert [(p.text, p.message_id, p.sender_login) for p in twitch.posted] == [(LINE, receipt.id, "chronicler")]


async def test_a_token_that_is_too_old_is_renewed_and_the_line_posted_once() -> None:
    async with connected() as (twitch, sink, tokens):
        twitch.faults.unauthorized(1)
        assert isinstance(await sink.post(LINE, shut=open_gate), Posted)
        assert (in_the_room(twitch), tokens.renewals) == ([LINE], 1)


@pytest.mark.parametrize(("fault", "there"), [("unavailable_after", 1), ("lost_answer", 1), ("unavailable", 0)])
async def test_an_answer_that_says_nothing_is_unknown_and_one_call_was_made(fault: str, there: int) -> None:
    async with connected() as (twitch, sink, _):
        getattr(twitch.faults, fault)(1)
        receipt = await sink.post(LINE, shut=open_gate)
        assert isinstance(receipt, Unknown)
        assert twitch.calls["POST /helix/chat/messages"] == 1
        assert in_the_room(twitch) == [LINE] * there
        assert sink.is_ours(echo_of(LINE))


async def test_an_answer_that_comes_too_late_is_unknown_and_one_call_was_made() -> None:
    async with connected(answer_seconds=0.3) as (twitch, sink, _):
        twitch.faults.slow(0.6)
        assert isinstance(await sink.post(LINE, shut=open_gate), Unknown)
        assert twitch.calls["POST /helix/chat/messages"] == 1


async def test_a_gate_that_shuts_while_a_refused_token_is_renewed_keeps_the_line_back() -> None:
    async with connected() as (twitch, sink, tokens):
        twitch.faults.unauthorized(1)
        shut = lambda: "the stream is offline" if tokens.renewals else ""  # noqa: E731
        assert await sink.post(LINE, shut=shut) == NotSent("the stream is offline")
        assert (in_the_room(twitch), twitch.calls["POST /helix/chat/messages"]) == ([], 1)


async def test_what_twitch_did_not_take_is_dropped_and_nothing_is_in_the_room() -> None:
    async with connected() as (twitch, sink, _):
        twitch.faults.drop_message(1, "msg_followersonly", "Followers only.")
        assert "followers-only mode" in reason(await sink.post("one", shut=open_gate))
        twitch.faults.rate_limited(1, 7.0)
        assert "slow down" in reason(await sink.post("two", shut=open_gate))
        assert in_the_room(twitch) == []


async def test_where_no_connection_could_be_made_it_may_be_approved_again_at_once() -> None:
    async with connected() as (twitch, sink, _):
        await twitch.faults.refuse_connections()
        assert "so it was not sent" in reason(await sink.post(LINE, shut=open_gate))
        await twitch.faults.refuse_connections(False)
        assert in_the_room(twitch) == []
        assert isinstance(await sink.post(LINE, shut=open_gate), Posted)


async def test_a_login_that_may_not_write_says_to_log_in_again() -> None:
    async with connected(scopes=["user:read:chat"]) as (twitch, sink, tokens):
        assert "run `sanctum-tui login` again" in reason(await sink.post(LINE, shut=open_gate))
        assert (in_the_room(twitch), tokens.renewals) == ([], 0)


# Whose line it is


async def test_where_the_echo_came_first_nothing_is_shown_twice() -> None:
    room = room_with(Said("m1"))

    async def arrives(text: str) -> None:
        # It is in the source's queue; the room has not read it yet.
        assert room.ids.first_time("m1")

    room.twitch.meanwhile = arrives
    assert await room.post(LINE) == Posted("m1", START)
    assert room.shown == []
    assert room.sink.is_ours(echo_of(LINE, "m1"))
    assert room.sink.is_ours(echo_of(LINE, "m1"))


async def test_a_text_that_was_posted_is_known_by_its_id_alone() -> None:
    room = room_with(Said("m1"))
    await room.post(LINE)
    assert room.sink.is_ours(room.shown[0])
    # The streamer says the same with their own hands.
    assert not room.sink.is_ours(echo_of(LINE, "hand"))


async def test_each_lost_text_accounts_for_one_line() -> None:
    room = room_with(LOST)
    await room.post("The Sea is quiet")
    assert not room.sink.is_ours(echo_of("something else", "e0"))
    assert not room.sink.is_ours(says(1, "The sea is quiet", "mira", id="e1"))
    assert not room.sink.is_ours(says(1, "The sea is quiet", "chronicler", id="e2", shared_from="elsewhere"))
    assert room.sink.is_ours(echo_of("the sea  IS quiet ", "e3"))
    assert room.sink.is_ours(echo_of("the sea is quiet", "e3"))
    assert not room.sink.is_ours(echo_of("the sea is quiet", "e4"))


@pytest.mark.parametrize(("seconds", "ours"), [(599, True), (600, False)])
async def test_a_lost_text_is_looked_out_for_ten_minutes(seconds: float, ours: bool) -> None:
    room = room_with(LOST)
    await room.post(LINE)
    await room.clock.advance_to(at(seconds))
    assert room.sink.is_ours(echo_of(LINE)) is ours


def ticket(receipt: Receipt) -> str:
    assert isinstance(receipt, Unknown), receipt
    return receipt.ticket


async def test_the_room_tells_by_the_ticket_which_lost_text_it_has_shown() -> None:
    room = room_with(LOST, LOST)
    one, two = ticket(await room.post("one")), ticket(await room.post("two"))
    assert (room.sink.shown_at(one), room.sink.shown_at(two)) == (None, None)
    assert room.sink.is_ours(echo_of("two"))
    assert (room.sink.shown_at(one), room.sink.shown_at(two)) == (None, at(1))


async def lost_and_sent_again(answer: Said | Exception, shown_as: str = "e1") -> tuple[Room, str, Receipt]:
    """A text is lost and never comes; half a minute later it is sent again, and shown before its answer comes."""
    room = room_with(LOST, answer)
    lost = ticket(await room.post(LINE))
    await room.clock.advance_to(at(31))

    async def shows(text: str) -> None:
        assert room.sink.is_ours(echo_of(text, shown_as))

    room.twitch.meanwhile = shows
    return room, lost, await room.post(LINE)


@pytest.mark.parametrize("answer", [Said("e1"), LOST, Said("")], ids=["told", "lost", "told without an id"])
async def test_an_echo_is_that_of_the_text_on_its_way_and_not_of_a_lost_one_before(answer: Said | Exception) -> None:
    room, lost, receipt = await lost_and_sent_again(answer)
    assert receipt == Posted("e1", at(31))
    assert room.sink.shown_at(lost) is None


@pytest.mark.parametrize(
    "answer", [Said("another"), Said("", "msg_slowmode"), UnreachableError("x")], ids=["other", "dropped", "not sent"]
)
async def test_an_echo_that_was_not_of_the_text_on_its_way_is_that_of_the_lost_one(answer: Said | Exception) -> None:
    room, lost, receipt = await lost_and_sent_again(answer)
    assert not isinstance(receipt, Unknown)
    assert room.sink.shown_at(lost) == at(1)


async def test_of_two_lost_texts_with_the_same_words_an_echo_is_the_later_ones() -> None:
    room = room_with(LOST, LOST)
    one = ticket(await room.post(LINE))
    await room.clock.advance_to(at(31))
    two = ticket(await room.post(LINE))
    await room.clock.advance_to(at(35))
    assert room.sink.is_ours(echo_of(LINE, "e1"))
    assert (room.sink.shown_at(one), room.sink.shown_at(two)) == (None, at(1))
    assert room.sink.is_ours(echo_of(LINE, "e2"))
    assert room.sink.shown_at(one) == at(1)
    assert not room.sink.is_ours(echo_of(LINE, "e3"))


async def test_an_echo_is_sooner_that_of_a_text_that_is_in_the_room_than_of_a_lost_one() -> None:
    room = room_with(Said(""), LOST)
    assert isinstance(await room.post(LINE), Posted)
    await room.clock.advance_to(at(31))
    lost = ticket(await room.post(LINE))
    assert room.sink.is_ours(echo_of(LINE, "e1"))
    assert room.sink.shown_at(lost) is None
    assert room.sink.is_ours(echo_of(LINE, "e2"))
    assert room.sink.shown_at(lost) == at(1)


async def test_a_line_that_moderators_let_in_is_told_by_its_ticket() -> None:
    room = room_with(Said("", "automod_held", "Held."))
    held = ticket(await room.post(LINE))
    await room.clock.advance_to(at(300))
    assert room.sink.is_ours(echo_of(LINE))
    assert room.sink.shown_at(held) == at(1)


async def test_every_line_of_a_bot_account_is_ours_and_nobody_elses_is() -> None:
    room = room_with(shares=False)
    assert room.sink.is_ours(echo_of("anything"))
    assert not room.sink.is_ours(says(1, "anything", "mira"))


async def test_posted_without_an_id_it_is_known_by_its_words() -> None:
    room = room_with(Said(""))
    assert await room.post(LINE) == Posted("", START)
    assert room.shown == []
    assert room.sink.is_ours(echo_of(LINE))


# The limiter


@given(
    most=st.integers(1, 5),
    steps=st.lists(st.one_of(st.floats(0, 40), st.sampled_from([0.0, 10.0, 29.999999, 30.0])), max_size=60),
)
def test_never_more_than_the_most_in_any_thirty_seconds(most: int, steps: list[float]) -> None:
    clock = ReplayClock(START)
    limiter = Limiter(clock, lambda: most)
    taken = []
    for step in steps:
        clock.set(clock.now() + timedelta(seconds=step))
        wait = limiter.wait_seconds()
        assert limiter.take() is (wait == 0)
        if wait == 0:
            taken.append(clock.now())
        else:
            clock.set(clock.now() + timedelta(seconds=wait))
            assert limiter.wait_seconds() == 0
    for first in taken:
        assert sum(first <= moment < first + timedelta(seconds=30) for moment in taken) <= most


def test_the_most_may_change_and_may_be_none() -> None:
    clock, most = ReplayClock(START), [3]
    limiter = Limiter(clock, lambda: most[0])
    assert [limiter.take(), limiter.take()] == [True, True]
    most[0] = 1
    assert not limiter.take()
    assert limiter.wait_seconds() == 30
    most[0] = 0
    clock.set(at(100))
    assert not limiter.take()
    assert limiter.wait_seconds() == 30
    most[0] = 1
    assert limiter.take()


def test_a_clock_that_is_set_back_keeps_nobody_waiting_for_longer_than_the_window() -> None:
    class WallClock(ReplayClock):
        shift = timedelta(hours=2)

        def now(self) -> datetime:
            return super().now() + self.shift

    clock = WallClock(START)
    limiter = Limiter(clock, lambda: 1)
    assert limiter.take()
    clock.shift = timedelta()
    assert limiter.wait_seconds() == 30
    clock.set(at(30))
    assert limiter.take()
