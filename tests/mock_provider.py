"""A provider that speaks OpenAI's chat completions over real HTTP on loopback, and answers as it is told to."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from sanctum_tui.settings import ModelChoice, Secret

KEY = "sk-mock-0123456789abcdef"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


@dataclass(frozen=True)
class Reply:
    """One answer, written piece by piece."""

    pieces: tuple[bytes, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    silent: bool = False
    """Nothing at all is sent until the client goes."""
    stuck: bool = False
    """Behind the last piece the connection stays open until the client goes."""
    cut: bool = False
    """Behind the last piece the connection is broken off."""


def delta(**fields: object) -> dict[str, Any]:
    """A chunk of a stream that brings these fields."""
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "mock", "choices": [
        {"index": 0, "delta": fields, "finish_reason": None}
    ]}  # fmt: skip


def end(reason: str = "stop") -> dict[str, Any]:
    """The chunk behind the last word."""
    return {**delta(), "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


def event(data: object) -> bytes:
    """One server-sent event."""
    return b"data: " + (data.encode() if isinstance(data, str) else json.dumps(data).encode()) + b"\n\n"


def stream(*chunks: object, done: bool = True, **how: Any) -> Reply:
    """An answer of these chunks, each in a packet of its own."""
    pieces = [chunk if isinstance(chunk, bytes) else event(chunk) for chunk in chunks]
    return Reply((*pieces, *([event("[DONE]")] if done else [])), **how)


def answer(*texts: str, usage: object = USAGE, **how: Any) -> Reply:
    """An ordinary streamed answer in these pieces."""
    chunks = [delta(role="assistant", content=""), *(delta(content=text) for text in texts), end()]
    return stream(*chunks, {**delta(), "choices": [], "usage": usage}, **how)


def whole(text: str = "", *, calls: Iterable[tuple[str, object]] = ()) -> Reply:
    """An answer of a look-up: text, or calls of tools with their arguments, each in one chunk."""
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        message["tool_calls"] = [
            {"index": n, "id": f"t{n}", "type": "function",
             "function": {"name": name, "arguments": json.dumps(arguments)}}
            for n, (name, arguments) in enumerate(calls)
        ]  # fmt: skip
    last = end("tool_calls" if calls else "stop")
    return stream(delta(**message), last, {**delta(), "choices": [], "usage": USAGE})


def refusal(status: int, body: object, **headers: str) -> Reply:
    """An error with a status; the body is JSON, or text as it stands."""
    kind = "text/html" if isinstance(body, str) else "application/json"
    told = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Reply(
        (told,), status, {"Content-Type": kind, **{name.replace("_", "-"): headers[name] for name in headers}}
    )


@dataclass
class MockProvider:
    """What it will answer, in order, and what it was asked. The last answer is given again and again."""

    base_url: str = ""
    replies: deque[Reply] = field(default_factory=deque)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by each call that comes in."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client goes before it was answered."""

    def say(self, *replies: Reply) -> None:
        """Answer with these from now on."""
        self.replies = deque(replies)

    def choice(self, name: str = "mock", **fields: Any) -> ModelChoice:
        """A model here, as an operator would list it."""
        plain = ModelChoice(
            name=name, provider="compatible", model="mock-1", base_url=self.base_url, api_key=Secret(KEY)
        )
        return msgspec.structs.replace(plain, **fields)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except asyncio.CancelledError:
            self.left.set()
            raise

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.headers.append(dict(request.headers))
        self.keys.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.heard.set()
        reply = self.replies.popleft() if len(self.replies) > 1 else self.replies[0]
        if reply.silent:
            await asyncio.Event().wait()  # until the client goes, which cancels this
        response = web.StreamResponse(status=reply.status, headers=reply.headers)
        await response.prepare(request)
        for piece in reply.pieces:
            await response.write(piece)
            await asyncio.sleep(0)
        if reply.stuck:
            await asyncio.Event().wait()
        if reply.cut and request.transport is not None:
            request.transport.abort()
        return response


@asynccontextmanager
async def mock_provider(*replies: Reply) -> AsyncIterator[MockProvider]:
    """A provider that listens until the block ends."""
    mock = MockProvider()
    mock.say(*replies)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", mock._complete)
    runner = web.AppRunner(
        app, access_log=None, handle_signals=False, handler_cancellation=True, shutdown_timeout=0.1
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        mock.base_url = f"http://{host}:{port}/v1"
        yield mock
    finally:
        await runner.cleanup()
