"""How the fake Twitch answers a call: refusals in Twitch's shape, and the planned faults around every call."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web

from tests.fake_twitch.faults import Planned

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_POINTS = 800
"""What Helix allows in a minute."""


class HelixRefusal(Exception):  # noqa: N818 - an answer, not a failure of ours
    """A status that is no success, and its message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def refusal(status: int, message: str) -> web.Response:
    words = {"error": HTTPStatus(status).phrase, "status": status, "message": message}
    return web.json_response(words, status=status)


async def parameters(request: web.Request) -> dict[str, str]:
    """OAuth parameters, from the query or from a form."""
    form = await request.post() if request.method == "POST" else {}
    return dict(request.query) | {key: value for key, value in form.items() if isinstance(value, str)}


def gate(planned: Planned, calls: Counter[str]) -> Any:
    """What stands before every handler: it counts the calls and plays the faults that any of them can have."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path
        calls[f"{request.method} {path}"] += 1
        if planned.take("unauthorized", path) is not None:
            return refusal(401, "Invalid OAuth token")
        if (limit := planned.take("rate_limited", path)) is not None:
            answer = refusal(429, "Too Many Requests")
            answer.headers["Ratelimit-Limit"] = str(_POINTS)
            answer.headers["Ratelimit-Remaining"] = "0"
            answer.headers["Ratelimit-Reset"] = str(math.ceil(time.time() + limit["reset_seconds"]))
            return answer
        if planned.take("unavailable", path) is not None:
            return refusal(503, "")
        late = planned.take("slow", path)
        answered = await _answered(request, handler)
        if late is not None:
            await asyncio.sleep(late["seconds"])
        if isinstance(answered, web.Response) and planned.take("no_json", path) is not None:
            return web.Response(status=answered.status, text="<html>oops", content_type="application/json")
        if planned.take("lost_answer", path) is not None and request.transport is not None:
            request.transport.abort()
        return answered

    return middleware


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        answer = await handler(request)
    except HelixRefusal as no:
        return refusal(no.status, no.message)
    if request.path.startswith("/helix/"):
        answer.headers["Ratelimit-Limit"] = str(_POINTS)
        answer.headers["Ratelimit-Remaining"] = str(_POINTS - 1)
        answer.headers["Ratelimit-Reset"] = str(math.ceil(time.time()))
    return answer
