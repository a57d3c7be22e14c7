"""Twitch's API as we call it: nothing that changes something is sent twice, and no error holds a token."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import aiohttp.web
import pytest

from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.twitch.addresses import addresses
from sanctum_tui.twitch.errors import (
    RateLimitedError,
    RefusedError,
    TwitchError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.helix import MARKER_CHARACTERS, Helix
from sanctum_tui.twitch.values import Account, Category, ChannelInfo, Said, Subscription, Timing
from tests.fake_twitch import FakeTwitch
from tests.fake_twitch.answers import refusal

STREAMER, BOT = "1001", "1002"
SAY = "POST /helix/chat/messages"
QUICK = Timing(connect=2.0, answer=0.5)


def gone() -> None:
    """Nothing keeps a line from leaving."""


@dataclass
class Tokens:
    """A `TokenSource` that gives what it has, and another one to whoever was refused."""

    twitch: FakeTwitch
    held: dict[str, str] = field(default_factory=dict)
    renewals: list[str] = field(default_factory=list)
    """The tokens that were refused, each time somebody asked for another."""
    useless: bool = False
    """Another one is no better."""

    def give(self, login: str, scopes: list[str] | None = None) -> None:
        grant = self.twitch.grant(login, scopes)
        self.held[grant.account.id] = grant.access.reveal()

    async def access(self, user_id: str) -> str:
        return self.held[user_id]

    async def renewed(self, user_id: str, refused: str) -> str:
        self.renewals.append(refused)
        await asyncio.sleep(0)
        if self.held[user_id] == refused and not self.useless:
            self.give({STREAMER: "quietharbor", BOT: "chronicler"}[user_id])
        return self.held[user_id]


@dataclass
class Desk:
    """Our calls, and what they are made to."""

    twitch: FakeTwitch
    tokens: Tokens
    api: Helix

    def calls(self, call: str) -> int:
        return self.twitch.calls[call]


@asynccontextmanager
async def desk(timing: Timing = QUICK) -> AsyncIterator[Desk]:
    async with FakeTwitch() as twitch, aiohttp.ClientSession() as session:
        tokens = Tokens(twitch)
        tokens.give("quietharbor")
        tokens.give("chronicler")
        where = addresses(twitch.url)
        yield Desk(
            twitch, tokens, Helix(session, client_id=twitch.client_id, where=where, tokens=tokens, timing=timing)
        )


async def test_accounts_are_found_by_login() -> None:
    async with desk() as on:
        assert await on.api.account("chronicler", by=STREAMER) == Account(BOT, "chronicler", "chronicler")
        assert await on.api.account("nobody_here", by=STREAMER) is None
        assert await on.api.account("chron+icler", by=STREAMER) is None


async def test_the_stream_and_the_channel_are_as_they_are() -> None:
    async with desk() as on:
        assert await on.api.stream(STREAMER, by=STREAMER) is None
        began = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
        id = await on.twitch.go_live("Quiet seas", "Windrose", started_at=began)
        stream = await on.api.stream(STREAMER, by=BOT)
        assert stream is not None
        assert (stream.id, stream.title, stream.category, stream.started_at) == (id, "Quiet seas", "Windrose", began)
        assert await on.api.channel(STREAMER, by=STREAMER) == ChannelInfo(
            "Quiet seas", Category("490292", "Windrose")
        )
        with pytest.raises(RefusedError):
            await on.api.channel("77", by=STREAMER)
        await on.twitch.go_offline()
        assert await on.api.stream(STREAMER, by=STREAMER) is None


@pytest.mark.parametrize("query", ["wind", "Talk Shows & Podcasts", "Science & Tech"])
async def test_categories_are_found_by_what_was_typed(query: str) -> None:
    async with desk() as on:
        found = await on.api.categories(query, by=STREAMER)
        assert found
        assert all(query.lower() in one.name.lower() for one in found)


@pytest.mark.parametrize("query", ["a+b", "50% off", "%26", "a&first=1", "x#y", "Überraschung?", "漢字"])
async def test_a_category_is_asked_for_letter_by_letter(query: str) -> None:
    async with FakeTwitch() as twitch, answering('{"data": []}') as told:
        tokens = Tokens(twitch)
        tokens.give("quietharbor")
        await told.api(tokens).categories(query, by=STREAMER)
        assert told.queries == [{"query": query, "first": "10"}]


async def test_title_and_category_are_set_alone_or_together() -> None:
    async with desk() as on:
        await on.api.set_channel(STREAMER, title="Ninth hour", category_id=None, by=STREAMER)
        assert (on.twitch.channel_title, on.twitch.channel_category) == ("Ninth hour", "Just Chatting")
        await on.api.set_channel(STREAMER, title=None, category_id="490292", by=STREAMER)
        assert (on.twitch.channel_title, on.twitch.channel_category) == ("Ninth hour", "Windrose")
        with pytest.raises(RefusedError, match="game_id"):
            await on.api.set_channel(STREAMER, title="x", category_id="1", by=STREAMER)
        assert on.twitch.channel_title == "Ninth hour"


async def test_a_moment_is_marked_while_live_and_refused_while_not() -> None:
    async with desk() as on:
        with pytest.raises(RefusedError) as refused:
            await on.api.mark(STREAMER, "nothing yet", by=STREAMER)
        assert refused.value.status == 404
        await on.twitch.go_live()
        marker = await on.api.mark(STREAMER, "the tide\nturns " + "x" * 200, by=STREAMER)
        assert marker.position_seconds >= 0
        (kept,) = on.twitch.markers
        assert kept.id == marker.id
        assert kept.description.startswith("the tide turns")
        assert len(kept.description) <= MARKER_CHARACTERS


async def test_a_line_is_said_as_it_stands_by_the_account_that_says_it() -> None:
    async with desk() as on:
        said = await on.api.say(STREAMER, "Does the sea feel empty?  — Chronicler", by=BOT, leaves=gone)
        (posted,) = on.twitch.posted
        assert said == Said(posted.message_id)
        assert (posted.text, posted.sender_login) == ("Does the sea feel empty?  — Chronicler", "chronicler")


async def test_a_dropped_line_comes_back_with_twitchs_reason() -> None:
    async with desk() as on:
        on.twitch.faults.drop_message(1, "msg_duplicate", "You said\nthat already.")
        said = await on.api.say(STREAMER, "again", by=BOT, leaves=gone)
        assert said == Said("", "msg_duplicate", "You said that already.")
        assert not on.twitch.posted


async def test_a_post_that_was_answered_with_503_is_never_repeated() -> None:
    async with desk() as on:
        on.twitch.faults.unavailable_after()
        with pytest.raises(UnansweredError):
            await on.api.say(STREAMER, "once", by=BOT, leaves=gone)
        on.twitch.faults.unavailable()
        with pytest.raises(UnansweredError):
            await on.api.say(STREAMER, "not at all", by=BOT, leaves=gone)
        assert on.calls(SAY) == 2
        assert [posted.text for posted in on.twitch.posted] == ["once"]


async def test_a_lost_or_late_answer_to_a_post_is_unknown_and_never_repeated() -> None:
    async with desk() as on:
        on.twitch.faults.lost_answer()
        with pytest.raises(UnansweredError):
            await on.api.say(STREAMER, "one", by=BOT, leaves=gone)
        on.twitch.faults.slow(5.0)
        with pytest.raises(UnansweredError, match="in time"):
            await on.api.say(STREAMER, "two", by=BOT, leaves=gone)
        on.twitch.faults.no_json()
        with pytest.raises(UnansweredError, match="could not be read"):
            await on.api.say(STREAMER, "three", by=BOT, leaves=gone)
        assert on.calls(SAY) == 3
        assert [posted.text for posted in on.twitch.posted] == ["one", "two", "three"]


async def test_a_question_without_an_answer_may_be_asked_again() -> None:
    async with desk() as on:
        path = "/helix/streams"
        spoils: list[Callable[[], None]] = [
            lambda: on.twitch.faults.unavailable(path=path),
            lambda: on.twitch.faults.no_json(path=path),
            lambda: on.twitch.faults.slow(5.0, path=path),
        ]
        for spoil in spoils:
            spoil()
            with pytest.raises(UnreachableError) as error:
                await on.api.stream(STREAMER, by=STREAMER)
            assert not isinstance(error.value, UnansweredError)
        assert on.calls("GET /helix/streams") == 3
        assert await on.api.stream(STREAMER, by=STREAMER) is None


async def test_without_a_network_a_post_was_certainly_not_made() -> None:
    async with desk() as on:
        await on.twitch.faults.refuse_connections(True)
        with pytest.raises(UnreachableError) as error:
            await on.api.say(STREAMER, "hello?", by=BOT, leaves=gone)
        assert not isinstance(error.value, UnansweredError)
        await on.twitch.faults.refuse_connections(False)
        assert (await on.api.say(STREAMER, "hello", by=BOT, leaves=gone)).id


async def test_parallel_calls_whose_token_was_refused_each_ask_for_another_and_are_answered() -> None:
    async with desk() as on:
        old = on.tokens.held[STREAMER]
        on.twitch.expire(old)
        answers = await asyncio.gather(*(on.api.channel(STREAMER, by=STREAMER) for _ in range(5)))
        assert len(answers) == 5
        assert on.tokens.renewals == [old] * 5
        assert on.calls("GET /helix/channels") == 10


async def test_a_storm_of_401_ends_after_one_other_token() -> None:
    async with desk() as on:
        on.tokens.useless = True
        on.twitch.expire(on.tokens.held[BOT])
        with pytest.raises(UnreachableError, match="refuses a token") as error:
            await on.api.say(STREAMER, "let me in", by=BOT, leaves=gone)
        assert not isinstance(error.value, UnansweredError)
        assert on.calls(SAY) == 2
        assert len(on.tokens.renewals) == 1
        assert not on.twitch.posted


async def test_a_line_refused_for_an_old_token_is_said_once_with_the_new_one() -> None:
    async with desk() as on:
        on.twitch.faults.unauthorized()
        assert (await on.api.say(STREAMER, "here", by=BOT, leaves=gone)).id
        assert [posted.text for posted in on.twitch.posted] == ["here"]


class StayError(Exception):
    """Something keeps the line from leaving."""


async def test_what_keeps_a_line_from_leaving_is_asked_with_the_token_at_hand() -> None:
    async with desk() as on:
        waiting, come = asyncio.Event(), asyncio.Event()
        token_of = on.tokens.access

        async def later(user_id: str) -> str:
            waiting.set()
            await come.wait()
            return await token_of(user_id)

        on.tokens.access = later  # type: ignore[method-assign]
        asked = []

        def stays() -> None:
            asked.append(come.is_set())
            raise StayError

        saying = asyncio.create_task(on.api.say(STREAMER, "hello", by=BOT, leaves=stays))
        await waiting.wait()
        come.set()
        with pytest.raises(StayError):
            await saying
        assert (asked, on.calls(SAY)) == ([True], 0)


async def test_what_keeps_a_line_from_leaving_is_asked_again_after_another_token_came() -> None:
    async with desk() as on:
        on.twitch.faults.unauthorized()

        def stays() -> None:
            if on.tokens.renewals:
                raise StayError

        with pytest.raises(StayError):
            await on.api.say(STREAMER, "hello", by=BOT, leaves=stays)
        assert (on.calls(SAY), on.twitch.posted) == (1, [])


async def test_a_missing_scope_is_a_refusal_and_no_reason_to_refresh() -> None:
    async with desk() as on:
        on.tokens.give("chronicler", ["user:read:chat"])
        with pytest.raises(RefusedError, match="user:write:chat") as refused:
            await on.api.say(STREAMER, "hello", by=BOT, leaves=gone)
        assert refused.value.status == 401
        with pytest.raises(RefusedError, match="must match"):
            await on.api.set_channel(STREAMER, title="Mine now", category_id=None, by=await the_bot_with_all(on))
        assert on.tokens.renewals == []


async def the_bot_with_all(on: Desk) -> str:
    on.tokens.give("chronicler")
    return BOT


async def test_a_call_too_many_carries_the_seconds_to_wait() -> None:
    async with desk() as on:
        on.twitch.faults.rate_limited(reset_seconds=20.0)
        with pytest.raises(RateLimitedError) as limited:
            await on.api.stream(STREAMER, by=STREAMER)
        assert 15.0 < limited.value.retry_seconds <= 21.5
        on.twitch.faults.rate_limited(reset_seconds=-100.0)
        with pytest.raises(RateLimitedError) as limited:
            await on.api.stream(STREAMER, by=STREAMER)
        assert limited.value.retry_seconds == 0.5


async def test_events_are_subscribed_to_on_a_session_that_lives() -> None:
    async with desk() as on, aiohttp.ClientSession() as session:
        chat = Subscription("channel.chat.message", "1", {"broadcaster_user_id": STREAMER, "user_id": STREAMER})
        with pytest.raises(RefusedError, match="session does not exist"):
            await on.api.subscribe(chat, "gone", by=STREAMER)
        async with session.ws_connect(addresses(on.twitch.url).eventsub) as socket:
            welcome = await socket.receive_json()
            id = await on.api.subscribe(chat, welcome["payload"]["session"]["id"], by=STREAMER)
            assert list(on.twitch.sessions[0].subs) == [id]
            with pytest.raises(RefusedError) as refused:
                await on.api.subscribe(chat, welcome["payload"]["session"]["id"], by=STREAMER)
            assert refused.value.status == 409
            on.twitch.faults.refuse_subscriptions(1, 503)
            with pytest.raises(UnansweredError):
                await on.api.subscribe(chat, welcome["payload"]["session"]["id"], by=STREAMER)


@dataclass
class Answering:
    """A service that gives one answer to everything."""

    url: str
    queries: list[dict[str, str]]
    session: aiohttp.ClientSession

    def api(self, tokens: Tokens) -> Helix:
        return Helix(self.session, client_id="any", where=addresses(self.url), tokens=tokens, timing=QUICK)


@asynccontextmanager
async def answering(body: str, status: int = 200) -> AsyncIterator[Answering]:
    queries: list[dict[str, str]] = []

    async def answer(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
        queries.append(dict(request.query))
        return aiohttp.web.Response(text=body, status=status, content_type="application/json")

    runner = aiohttp.web.ServerRunner(aiohttp.web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Answering(f"http://127.0.0.1:{runner.addresses[0][1]}", queries, session)
    finally:
        await runner.cleanup()


NOT_READABLE = ["", "null", "[]", "[1]", '{"data": null}', '{"data": [7]}', '{"data": {}}', "<html>", "[" * 100_000]


@pytest.mark.parametrize("body", NOT_READABLE)
async def test_an_answer_of_any_shape_to_a_post_is_an_error_of_ours(body: str) -> None:
    async with FakeTwitch() as twitch, answering(body) as told:
        tokens = Tokens(twitch)
        tokens.give("quietharbor")
        with pytest.raises(UnansweredError):
            await told.api(tokens).say(STREAMER, "hello", by=STREAMER, leaves=gone)
        assert len(told.queries) == 1


@pytest.mark.parametrize("body", [*NOT_READABLE, '{"data": [{}]}', '{"data": [{"started_at": "yesterday"}]}'])
async def test_an_answer_of_any_shape_to_a_question_never_says_that_the_stream_is_on(body: str) -> None:
    async with FakeTwitch() as twitch, answering(body) as told:
        tokens = Tokens(twitch)
        tokens.give("quietharbor")
        (answer,) = await asyncio.gather(told.api(tokens).stream(STREAMER, by=STREAMER), return_exceptions=True)
        assert answer is None or type(answer) is UnreachableError


async def test_no_error_and_no_log_line_holds_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with desk() as on:
        token = on.tokens.held[STREAMER]
        REDACTOR.learn(token)
        faults = on.twitch.faults
        on.tokens.useless = True
        spoils: list[Callable[[], None]] = [
            lambda: faults.unauthorized(2),
            lambda: faults.rate_limited(),
            lambda: faults.unavailable(path="/helix/"),
            lambda: faults.slow(5.0),
            lambda: faults.no_json(),
            lambda: faults.lost_answer(2, path="/helix/"),  # a question is asked twice by the HTTP client
        ]
        asked: list[Callable[[], Awaitable[Any]]] = [
            lambda: on.api.say(STREAMER, "hello", by=STREAMER, leaves=gone),
            lambda: on.api.stream(STREAMER, by=STREAMER),
        ]
        errors = []
        for spoil in spoils:
            for ask in asked:
                faults.forget()
                spoil()
                with pytest.raises(TwitchError) as caught:
                    await ask()
                errors.append(caught.value)
    parrot = refusal(400, f"Bad token {token}").text or ""
    async with answering(parrot, status=400) as told:
        with pytest.raises(RefusedError) as caught:
            await told.api(on.tokens).stream(STREAMER, by=STREAMER)
        errors.append(caught.value)
    assert len(errors) == 13
    for error in errors:
        assert token not in f"{error!r} {error} {error.sentence} {vars(error)}"
        assert "Bearer" not in str(error)
    assert token not in caplog.text
