"""The fake Twitch is true where the other tests lean on it."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sanctum_tui.twitch.values import Grant
from tests.builders import says, write_log
from tests.fake_twitch import FakeTwitch

CHAT = "channel.chat.message"
PATIENCE = 5.0


async def until(happened: Callable[[], bool]) -> None:
    """Wait until it has happened."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - what happens in the fake sets no event
            await asyncio.sleep(0.005)


class Viewer:
    """A plain client with no wits of its own."""

    def __init__(self, twitch: FakeTwitch, http: aiohttp.ClientSession, login: str = "quietharbor") -> None:
        self.twitch = twitch
        self.http = http
        self.grant: Grant = twitch.grant(login)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.grant.access.reveal()}", "Client-Id": self.twitch.client_id}

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self.http.request(
            method, f"{self.twitch.url}/helix/{path}", headers=self.headers, **more
        ) as answer:
            return answer.status, await answer.json() if await answer.text() else None

    async def token(self, **asked: str) -> tuple[int, Any]:
        data = {"client_id": self.twitch.client_id, **asked}
        async with self.http.post(f"{self.twitch.url}/oauth2/token", data=data) as answer:
            return answer.status, await answer.json()

    async def refreshed(self, refresh: str) -> tuple[int, Any]:
        return await self.token(grant_type="refresh_token", refresh_token=refresh)

    async def validated(self, access: str) -> int:
        headers = {"Authorization": f"OAuth {access}"}
        async with self.http.get(f"{self.twitch.url}/oauth2/validate", headers=headers) as answer:
            return answer.status

    @asynccontextmanager
    async def connected(self, url: str = "") -> AsyncIterator["Line"]:
        where = url or f"{self.twitch.url}/ws".replace("http", "ws")
        async with self.http.ws_connect(where) as socket:
            line = Line(self, socket)
            yield line

    async def subscribe(self, session_id: str, kind: str = CHAT) -> tuple[int, Any]:
        condition = {"broadcaster_user_id": "1001"}
        if kind == CHAT:
            condition["user_id"] = self.grant.account.id
        transport = {"method": "websocket", "session_id": session_id}
        asked = {"type": kind, "version": "1", "condition": condition, "transport": transport}
        return await self.call("POST", "eventsub/subscriptions", json=asked)

    async def post(self, text: str) -> tuple[int, Any]:
        sender = self.grant.account.id
        words = {"broadcaster_id": "1001", "sender_id": sender, "message": text}
        return await self.call("POST", "chat/messages", json=words)


class Line:
    """A WebSocket of a viewer's."""

    def __init__(self, viewer: Viewer, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.viewer = viewer
        self.socket = socket

    async def frame(self, kind: str) -> Any:
        """The next frame of this type; others are read over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                got = json.loads(await self.socket.receive_str())
                if got["metadata"]["message_type"] == kind:
                    return got

    async def subscribed(self) -> "Line":
        welcome = await self.frame("session_welcome")
        assert (await self.viewer.subscribe(welcome["payload"]["session"]["id"]))[0] == 202
        return self

    async def texts(self, n: int) -> list[str]:
        return [(await self.frame("notification"))["payload"]["event"]["message"]["text"] for _ in range(n)]

    async def closed(self) -> int | None:
        """How it was closed, once all before that is read."""
        async with asyncio.timeout(PATIENCE):
            while (await self.socket.receive()).type not in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE}:
                pass
        return self.socket.close_code


@asynccontextmanager
async def viewer(**options: Any) -> AsyncIterator[Viewer]:
    async with FakeTwitch(**options) as twitch, aiohttp.ClientSession() as http:
        yield Viewer(twitch, http)


async def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_grant() -> None:
    async with viewer() as one:
        first = one.grant.refresh.reveal()
        status, fresh = await one.refreshed(first)
        assert status == 200
        assert await one.validated(fresh["access_token"]) == 200
        status, words = await one.refreshed(first)
        assert (status, words["message"]) == (400, "Invalid refresh token")
        assert await one.validated(fresh["access_token"]) == 401
        assert (await one.refreshed(fresh["refresh_token"]))[0] == 400
        assert one.twitch.refreshes == 1


async def test_an_expired_token_is_refused_and_its_refresh_token_is_not() -> None:
    async with viewer() as one:
        assert (await one.call("GET", "users"))[0] == 200
        one.twitch.expire(one.grant.access.reveal())
        assert (await one.call("GET", "users"))[1]["message"] == "Invalid OAuth token"
        assert await one.validated(one.grant.access.reveal()) == 401
        assert (await one.refreshed(one.grant.refresh.reveal()))[0] == 200


async def test_oauth_parameters_are_taken_from_the_query_as_well() -> None:
    async with viewer() as one:
        query = {"client_id": one.twitch.client_id, "grant_type": "refresh_token"}
        query["refresh_token"] = one.grant.refresh.reveal()
        async with one.http.post(f"{one.twitch.url}/oauth2/token", params=query) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("nobody", "authorization_pending"),
        ("confirm", ""),
        ("deny", "access_denied"),
        ("expire", "invalid device code"),
        ("page", ""),
    ],
)
async def test_a_device_code_waits_for_a_person(answer: str, message: str) -> None:
    async with viewer(device_seconds=0.05 if answer == "expire" else 1800.0) as one:
        asked = {"client_id": one.twitch.client_id, "scopes": "user:read:chat user:write:chat"}
        async with one.http.post(f"{one.twitch.url}/oauth2/device", data=asked) as given:
            device = await given.json()
        if answer == "confirm":
            assert one.twitch.confirm(device["user_code"], "chronicler")
        elif answer == "deny":
            assert one.twitch.deny(device["user_code"])
        elif answer == "page":
            async with one.http.get(device["verification_uri"]) as page:
                assert page.status == 200
        elif answer == "expire":
            await until(lambda: not one.twitch.confirm(device["user_code"], "chronicler"))
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        status, words = await one.token(grant_type=grant, device_code=device["device_code"])
        if message:
            assert (status, words["message"]) == (400, message)
            return
        assert words["scope"] == ["user:read:chat", "user:write:chat"]
        again = await one.token(grant_type=grant, device_code=device["device_code"])
        assert again[1]["message"] == "invalid device code"
        assert {words["access_token"], words["refresh_token"], device["device_code"]} <= one.twitch.secrets


async def test_a_revoked_token_is_gone_and_counted() -> None:
    async with viewer() as one:
        asked = {"client_id": one.twitch.client_id, "token": one.grant.access.reveal()}
        for expected in (200, 400):
            async with one.http.post(f"{one.twitch.url}/oauth2/revoke", data=asked) as answer:
                assert answer.status == expected
        assert one.twitch.revoked == [one.grant.access.reveal()]
        assert await one.validated(one.grant.access.reveal()) == 401


async def test_a_connection_on_which_nothing_is_subscribed_is_closed_with_4003() -> None:
    async with viewer(unused_seconds=0.1) as one, one.connected() as unused, one.connected() as used:
        await used.subscribed()
        assert await unused.closed() == 4003
        await one.twitch.says("mira", "still here")
        assert await used.texts(1) == ["still here"]


async def test_a_client_that_talks_is_closed_with_4001() -> None:
    async with viewer() as one, one.connected() as line:
        await line.socket.send_str("hello")
        assert await line.closed() == 4001


async def test_an_idle_connection_is_kept_alive_and_a_silent_one_is_not() -> None:
    async with viewer(keepalive_seconds=0.1) as one, one.connected() as line:
        await line.subscribed()
        await line.frame("session_keepalive")
        await line.frame("session_keepalive")
        assert await one.twitch.faults.no_keepalive() == 1
        await one.twitch.says("mira", "nobody hears this")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await line.socket.receive()
        assert one.twitch.delivered == []


async def test_a_handover_delivers_everything_on_one_connection_or_the_other() -> None:
    async with viewer(handover_seconds=0.2) as one, one.connected() as old:
        await old.subscribed()
        await one.twitch.says("mira", "before")
        assert await one.twitch.faults.reconnect() == 1
        await one.twitch.says("mira", "between")
        assert await old.texts(1) == ["before"]
        moved = (await old.frame("session_reconnect"))["payload"]["session"]
        async with one.connected(moved["reconnect_url"]) as new:
            welcome = (await new.frame("session_welcome"))["payload"]["session"]
            assert welcome["id"] in moved["reconnect_url"]
            await one.twitch.says("mira", "after")
            assert await new.texts(1) == ["after"]
            assert await old.texts(1) == ["between"]
            assert await old.closed() == 4004
            assert len(one.twitch.delivered) == 3
            await until(lambda: [len(session.subs) for session in one.twitch.sessions] == [1])


async def test_a_handover_that_nobody_comes_for_ends_with_4004_and_its_address_with_4007() -> None:
    async with viewer(handover_seconds=0.1) as one, one.connected() as line:
        await line.subscribed()
        await one.twitch.faults.reconnect()
        url = (await line.frame("session_reconnect"))["payload"]["session"]["reconnect_url"]
        assert await line.closed() == 4004
        async with one.connected(url) as late:
            assert await late.closed() == 4007


async def test_a_dead_reconnect_address_refuses() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        await one.twitch.faults.reconnect_dead()
        url = (await line.frame("session_reconnect"))["payload"]["session"]["reconnect_url"]
        with pytest.raises(aiohttp.ClientConnectorError):
            await one.http.ws_connect(url)


async def test_subscriptions_are_refused_as_twitch_does() -> None:
    async with viewer() as one, one.connected() as line:
        id = (await line.frame("session_welcome"))["payload"]["session"]["id"]
        other = Viewer(one.twitch, one.http, "chronicler")
        assert (await one.subscribe("no-such-session"))[0] == 400
        assert (await one.subscribe(id))[0] == 202
        assert (await one.subscribe(id))[0] == 409
        status, words = await other.subscribe(id)
        assert status == 400
        assert "different users" in words["message"]
        one.grant = one.twitch.grant("quietharbor", scopes=["user:write:chat"])
        assert (await one.subscribe(id))[0] == 403
        assert (await one.subscribe(id, "stream.online"))[0] == 202
        assert (await one.subscribe(id, "no.such.type"))[0] == 400


async def test_a_posted_message_is_echoed_from_its_sender() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        bot = Viewer(one.twitch, one.http, "chronicler")
        status, answer = await bot.post("The tide is low.")
        event = (await line.frame("notification"))["payload"]["event"]
        assert status == 200
        assert event["message_id"] == answer["data"][0]["message_id"]
        assert event["chatter_user_login"] == "chronicler"
        assert [(said.text, said.sender_login) for said in one.twitch.posted] == [("The tide is low.", "chronicler")]
        assert (await one.post("x" * 501))[0] == 400
        assert (await one.post("  "))[0] == 400
        assert len(one.twitch.posted) == 1


async def test_what_goes_wrong_with_a_post_says_whether_it_is_in_the_room() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        faults = one.twitch.faults
        faults.unavailable()
        assert (await one.post("one"))[0] == 503
        faults.unavailable_after()
        assert (await one.post("two"))[0] == 503
        faults.lost_answer()
        with pytest.raises(aiohttp.ClientError):
            await one.post("three")
        faults.drop_message(1, "channel_settings", "The room is in followers-only mode.")
        row = (await one.post("four"))[1]["data"][0]
        assert row["is_sent"] is False
        assert row["drop_reason"]["code"] == "channel_settings"
        faults.no_echo()
        assert (await one.post("five"))[0] == 200
        faults.late_echo(0.1)
        assert (await one.post("six"))[0] == 200
        assert [said.text for said in one.twitch.posted] == ["two", "three", "five", "six"]
        assert await line.texts(3) == ["two", "three", "six"]
        assert faults.played == dict.fromkeys(
            ["unavailable", "unavailable_after", "lost_answer", "drop_message", "no_echo", "late_echo"], 1
        )


async def test_calls_are_refused_slowed_and_counted() -> None:
    async with viewer() as one:
        one.twitch.faults.unauthorized(2)
        one.twitch.faults.rate_limited(reset_seconds=3.0)
        one.twitch.faults.slow(0.1)
        assert [(await one.call("GET", "users"))[0] for _ in range(3)] == [401, 401, 429]
        before = time.monotonic()
        assert (await one.call("GET", "users"))[0] == 200
        assert time.monotonic() - before >= 0.1
        assert one.twitch.faults.played == {"unauthorized": 2, "rate_limited": 1, "slow": 1}
        assert one.twitch.calls["GET /helix/users"] == 4


async def test_a_missing_scope_and_a_marker_while_offline_are_refused_as_twitch_does() -> None:
    async with viewer() as one:
        asked = {"json": {"user_id": "1001", "description": "a calm moment"}}
        assert (await one.call("POST", "streams/markers", **asked))[0] == 404
        await one.twitch.go_live(event=False)
        assert (await one.call("POST", "streams/markers", **asked))[0] == 200
        assert [marker.description for marker in one.twitch.markers] == ["a calm moment"]
        one.grant = one.twitch.grant("quietharbor", scopes=[])
        status, words = await one.call("POST", "streams/markers", **asked)
        assert (status, words["message"]) == (401, "Missing scope: channel:manage:broadcast")


async def test_duplicates_come_in_the_same_or_in_a_new_envelope() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        one.twitch.faults.duplicate()
        await one.twitch.says("mira", "first")
        one.twitch.faults.duplicate_new_envelope()
        await one.twitch.says("mira", "second")
        frames = [await line.frame("notification") for _ in range(4)]
        envelopes = [frame["metadata"]["message_id"] for frame in frames]
        messages = [frame["payload"]["event"]["message_id"] for frame in frames]
        assert envelopes[0] == envelopes[1]
        assert len(set(envelopes)) == 3
        assert messages == [messages[0]] * 2 + [messages[2]] * 2
        assert messages[0] != messages[2]


async def test_a_break_lets_the_client_read_first_and_what_it_did_not_read_is_not_delivered() -> None:
    async with viewer() as one, one.connected() as reader:
        await reader.subscribed()
        ids = await one.twitch.burst(300)

        async def read_to_the_end() -> int:
            return len(await reader.texts(300)) + (await reader.closed() or 0)

        _, read = await asyncio.gather(one.twitch.faults.drop(), read_to_the_end())
        await until(lambda: not one.twitch.sessions)
        assert read == 300 + 1006
        assert one.twitch.delivered == ids
        await one.twitch.says("mira", "to nobody")
        async with one.connected() as sleeper:
            await sleeper.subscribed()
            await one.twitch.says("mira", "never read")
            one.twitch.sessions[0].abort()
            await until(lambda: not one.twitch.sessions)
        assert one.twitch.delivered == ids
        assert one.twitch.faults.played == {"drop": 1}


async def test_a_close_tells_its_code_and_no_welcome_is_silence() -> None:
    async with viewer() as one:
        async with one.connected() as line:
            await line.subscribed()
            await asyncio.gather(one.twitch.faults.close(4002), line.closed())
            assert line.socket.close_code == 4002
        one.twitch.faults.no_welcome()
        async with one.connected() as line:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await line.socket.receive()
        async with one.connected() as line:
            await line.frame("session_welcome")
        assert one.twitch.faults.played == {"close_4002": 1, "no_welcome": 1}
        assert one.twitch.connections == 3


async def test_a_person_who_disconnects_the_application_ends_tokens_and_subscriptions() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        await one.twitch.withdraws("quietharbor")
        told = (await line.frame("revocation"))["payload"]["subscription"]
        assert (told["status"], told["type"]) == ("authorization_revoked", CHAT)
        assert (await one.call("GET", "users"))[0] == 401
        assert await one.twitch.says("mira", "unheard") not in one.twitch.delivered


async def test_malformed_frames_leave_the_connection_open() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        await one.twitch.faults.malformed()
        await one.twitch.says("mira", "after the noise")
        unreadable = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                message = await line.socket.receive()
                try:
                    if json.loads(message.data)["payload"]["event"]["message"]["text"] == "after the noise":
                        break
                except (ValueError, TypeError, KeyError):
                    unreadable += 1
        assert unreadable >= 15


async def test_the_network_goes_down_and_comes_back_on_the_same_port() -> None:
    async with viewer() as one, one.connected() as line:
        await line.subscribed()
        url = one.twitch.url
        await one.twitch.faults.refuse_connections(True)
        assert await line.closed() == 1006
        with pytest.raises(aiohttp.ClientConnectorError):
            await one.call("GET", "users")
        await one.twitch.faults.refuse_connections(False)
        assert one.twitch.url == url
        assert (await one.call("GET", "users"))[0] == 200


async def test_a_rehearsal_by_hand_obeys_and_ends_cleanly_on_ctrl_c(tmp_path: Path) -> None:
    log = write_log(tmp_path / "chat.jsonl", [says(0, "good evening"), says(1, "hello")])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "tests.fake_twitch", "--chat", str(log), "--port", "0"),
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE * 4):
            url = (await process.stdout.readline()).decode().strip().removeprefix("export TWITCH_SERVER=")
            await process.stdout.readuntil(b"quit ")
            process.stdin.write(b"confirm ABCDEFGH\n")
            await process.stdout.readuntil(b"no login waits for ABCDEFGH")
            async with aiohttp.ClientSession() as http, http.get(f"{url}/activate?code=ABCDEFGH") as page:
                assert page.status == 404
            process.send_signal(signal.SIGINT)
            _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert (process.returncode, errors) == (0, b"")
