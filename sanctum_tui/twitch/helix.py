"""Twitch's API through TwitchIO's calls, with our own hands on tokens, repetition and errors.

TwitchIO 3.3.2 knows the routes. What it does around a call is replaced in one place, `_Calls.request`, because it
repeats a POST that was answered with 503 (a possible double post), refreshes with the same single-use token in
parallel, and puts tokens into the text of its errors.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import aiohttp
from twitchio.eventsub import SubscriptionType
from twitchio.http import HTTPClient, Route

from sanctum_tui.secrecy import REDACTOR
from sanctum_tui.text import one_line, shorten
from sanctum_tui.twitch.addresses import Addresses
from sanctum_tui.twitch.errors import (
    RateLimitedError,
    RefusedError,
    TwitchError,
    UnansweredError,
    UnreachableError,
)
from sanctum_tui.twitch.ports import TokenSource
from sanctum_tui.twitch.values import (
    Account,
    Category,
    ChannelInfo,
    Said,
    Stream,
    StreamMarker,
    Subscription,
    Timing,
)

if TYPE_CHECKING:
    from twitchio.types_.conduits import Condition

log = logging.getLogger(__name__)

_HELIX = Route.BASE
_MOST_WORDS = 200
MARKER_CHARACTERS = 140
"""The longest description of a stream marker that Twitch takes."""
_RATE_RESET = "Ratelimit-Reset"
_RATE_SECONDS = 60.0
"""Where an answer of 429 does not say: Twitch counts its points by the minute."""


def _nothing() -> None:
    pass


class _Calls(HTTPClient):
    """TwitchIO's routes over one request of ours."""

    def __init__(
        self, session: aiohttp.ClientSession, *, client_id: str, where: Addresses, tokens: TokenSource, timing: Timing
    ) -> None:
        super().__init__(session, client_id=client_id)
        self._http = session
        self._where = where
        self._tokens = tokens
        self._timeout = aiohttp.ClientTimeout(total=timing.answer, sock_connect=timing.connect)

    async def request(self, route: Route, leaves: Callable[[], None] = _nothing) -> Any:
        """One call, and a second one only where Twitch said that the token was at fault.

        `leaves` is called before each; what it raises keeps the call from being made.
        """
        token = await self._tokens.access(route.token_for)
        leaves()
        try:
            return await self._once(route, token)
        except _TokenRefusedError:
            token = await self._tokens.renewed(route.token_for, token)
        leaves()
        try:
            return await self._once(route, token)
        except _TokenRefusedError:
            # The refresh itself worked, so nobody has withdrawn anything: this passes, or `check` finds out.
            raise UnreachableError(
                "Twitch refuses a token that it has just given; it is tried again. Where that lasts, run "
                "`sanctum-tui login`."
            ) from None

    async def _once(self, route: Route, token: str) -> Any:
        changes = route.method != "GET"
        try:
            async with self._http.request(
                route.method,
                self._where.helix + route.url.removeprefix(_HELIX),
                headers={**self.headers, "Authorization": f"Bearer {token}", "Accept": "application/json"},
                json=route.json or None,
                timeout=self._timeout,
            ) as answer:
                body = await answer.text()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise UnreachableError("Twitch cannot be reached; is the network up? It is tried again.") from None
        except TimeoutError:
            raise _no_answer(changes, "Twitch did not answer in time") from None
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            log.info("a call to Twitch broke off: %s", type(error).__name__)
            raise _no_answer(changes, "the connection to Twitch broke") from None
        return _taken(answer.status, answer.headers.get(_RATE_RESET, ""), body, changes=changes)


class _TokenRefusedError(Exception):
    """401: the token is wrong or too old."""


def _taken(status: int, rate_reset: str, body: str, *, changes: bool) -> Any:
    """What an answer holds; raises what it means where it is no good one."""
    try:
        data = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        data = None
    if status < 300:
        if data is None:
            raise _no_answer(changes, "Twitch's answer could not be read")
        return data
    told = data.get("message", "") if isinstance(data, dict) else ""
    words = shorten(one_line(REDACTOR.redact(str(told))), _MOST_WORDS)
    if status == 401:
        # Twitch answers 401 also for a missing scope or another's account, and another token would be no better.
        if "scope" in words.lower() or "must match" in words.lower():
            raise RefusedError(f"Twitch says: {words}", status=status, words=words)
        raise _TokenRefusedError
    if status == 429:
        raise RateLimitedError("Twitch asks to slow down; it is tried again in a while.", _wait(rate_reset))
    if status >= 500:
        raise _no_answer(changes, f"Twitch has trouble of its own ({status})")
    raise RefusedError(f"Twitch says: {words or f'no ({status})'}", status=status, words=words)


def _no_answer(changes: bool, what: str) -> TwitchError:
    """Whether something that was to change has changed, nobody knows; what was only asked can be asked again."""
    if changes:
        return UnansweredError(f"{what[0].upper()}{what[1:]}; whether it was done, nobody knows.")
    return UnreachableError(f"{what[0].upper()}{what[1:]}; it is tried again.")


def _wait(rate_reset: str) -> float:
    try:
        return min(max(0.5, float(rate_reset) - time.time()), _RATE_SECONDS)
    except ValueError:
        return _RATE_SECONDS


class Helix:
    """The `Api` on TwitchIO."""

    def __init__(
        self, session: aiohttp.ClientSession, *, client_id: str, where: Addresses, tokens: TokenSource, timing: Timing
    ) -> None:
        """`session` stays the caller's, who closes it."""
        self._calls = _Calls(session, client_id=client_id, where=where, tokens=tokens, timing=timing)

    async def account(self, login: str, *, by: str) -> Account | None:
        found = _rows(await self._calls.get_users(logins=[quote(login, safe="")], token_for=by))
        return (
            None
            if not found
            else Account(_text(found[0], "id"), _text(found[0], "login"), one_line(_text(found[0], "display_name")))
        )

    async def stream(self, channel_id: str, *, by: str) -> Stream | None:
        # TwitchIO's own reading of a stream needs more of it than we do; a missing field would lose the answer.
        route = Route("GET", "streams", params={"user_id": channel_id}, token_for=by)
        found = _rows(await self._calls.request(route))
        if not found:
            return None
        one = found[0]
        return Stream(
            id=_text(one, "id"),
            title=one_line(_text(one, "title")),
            category=one_line(_text(one, "game_name")),
            started_at=_moment(_text(one, "started_at")),
        )

    async def channel(self, channel_id: str, *, by: str) -> ChannelInfo:
        found = _rows(await self._calls.get_channel_info([channel_id], token_for=by))
        if not found:
            raise RefusedError("Twitch does not know the channel.", status=404, words="")
        one = found[0]
        return ChannelInfo(
            one_line(_text(one, "title")), Category(_text(one, "game_id"), one_line(_text(one, "game_name")))
        )

    async def categories(self, query: str, *, by: str) -> Sequence[Category]:
        # TwitchIO leaves a plus as it is, and takes a percent sign for something that is quoted already.
        route = Route("GET", "search/categories", params={"query": quote(query, safe=""), "first": 10}, token_for=by)
        found = _rows(await self._calls.request(route))
        return tuple(Category(_text(one, "id"), one_line(_text(one, "name"))) for one in found)

    async def set_channel(self, channel_id: str, *, title: str | None, category_id: str | None, by: str) -> None:
        await self._calls.patch_channel_info(
            broadcaster_id=channel_id, token_for=by, title=title, game_id=category_id
        )

    async def mark(self, channel_id: str, description: str, *, by: str) -> StreamMarker:
        words = shorten(one_line(description), MARKER_CHARACTERS) or None
        found = _rows(await self._calls.post_stream_marker(channel_id, token_for=by, description=words))
        if not found:
            raise UnansweredError("Twitch's answer could not be read; whether it was done, nobody knows.")
        position = found[0].get("position_seconds", 0)
        return StreamMarker(_text(found[0], "id"), position if isinstance(position, int) else 0)

    async def say(self, channel_id: str, text: str, *, by: str, leaves: Callable[[], None]) -> Said:
        # TwitchIO's own call would wait for the token, and then nobody could stop the text any more.
        body = {"broadcaster_id": channel_id, "sender_id": by, "message": text}
        found = _rows(
            await self._calls.request(Route("POST", "chat/messages", json=body, token_for=by), leaves=leaves)
        )
        if not found:
            raise UnansweredError("Twitch's answer could not be read; whether it was done, nobody knows.")
        one = found[0]
        reason = one.get("drop_reason")
        dropped = reason if isinstance(reason, dict) else {}
        code, why = _text(dropped, "code"), shorten(one_line(_text(dropped, "message")), _MOST_WORDS)
        if one.get("is_sent") is True:
            return Said(_text(one, "message_id"))
        return Said("", code or "unexplained", why)

    async def subscribe(self, subscription: Subscription, session_id: str, *, by: str) -> str:
        answer = await self._calls.create_eventsub_subscription(
            type=SubscriptionType(subscription.type),
            version=subscription.version,
            condition=cast("Condition", subscription.condition),
            transport={"method": "websocket", "session_id": session_id},
            token_for=by,
        )
        found = _rows(answer)
        return _text(found[0], "id") if found else ""


def _rows(answer: Any) -> list[dict[str, Any]]:
    """The rows of an answer; none where it has another shape."""
    rows = answer.get("data") if isinstance(answer, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UnreachableError("Twitch's answer could not be read; it is tried again.")
    return moment
