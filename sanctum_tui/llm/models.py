"""Language models over the network. The one module that knows pydantic-ai; importing it takes seconds.

So it is imported late, in a thread, and only where a model is set up; `chain.open_models` does that. What comes
out of it is `ports.Model`, and every failure a ModelError whose sentence holds neither the key nor a word of the
prompt.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic_ai import Agent, BinaryContent, RunContext, ToolReturn
from pydantic_ai import Tool as LibraryTool
from pydantic_ai import exceptions as library
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    UserPromptPart,
)
from pydantic_ai.models import StreamedResponse
from pydantic_ai.models.ollama import OllamaModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIChatModelSettings
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import UsageLimits

from sanctum_tui.llm.faults import Named, Odd, Tap, causes_of, fault_of, retry_of, words_of
from sanctum_tui.llm.lookups import ONE_QUERY, LookUps
from sanctum_tui.llm.metering import used_by
from sanctum_tui.llm.ports import Asked, Fault, ModelError, Picture, Tool, ToolUse, Usage
from sanctum_tui.llm.thinking import Stripper, briefly, strip, thinks_by_name
from sanctum_tui.settings.models import ModelChoice

for _name in ("openai", "httpx2", "httpcore2", "pydantic_ai"):
    # Below it they log requests, and prompts with them.
    logging.getLogger(_name).setLevel(logging.WARNING)

_NO_TAGS = ("\0", "\0")
"""The library knows tags of thoughts only where a whole piece is one; `Stripper` finds them anywhere."""
_tapped: ContextVar[Tap | None] = ContextVar("tapped", default=None)


class RemoteModel:
    """A model behind an address that speaks OpenAI's chat completions. Tries once; see `ports.Model`."""

    def __init__(self, choice: ModelChoice) -> None:
        self._choice = choice
        host = urlsplit(choice.base_url).netloc
        self._named = Named(choice.name, choice.model, host)
        self._client = _client(choice)
        self._model = _Counted(_model(choice, self._client))
        self._thinks = thinks_by_name(choice.model) if choice.thinking == "auto" else choice.thinking
        # OpenAI keeps thoughts to itself; elsewhere they may come first, and even without an opening tag.
        self._held = self._thinks and choice.provider != "openai"
        self._settings = OpenAIChatModelSettings(
            first_event_timeout=choice.first_token_seconds, request_timeout=choice.answer_seconds
        )
        if self._thinks and choice.provider == "openai":
            self._settings["openai_reasoning_effort"] = "low"

    @property
    def name(self) -> str:
        return self._choice.name

    @property
    def used(self) -> Usage:
        return self._model.used

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def write(self, asked: Asked) -> AsyncIterator[str]:
        """The answer, piece by piece. Close the iterator where it is not read to its end (`aclosing`)."""
        tap, stripper, stream = Tap(), Stripper(held=self._held), None
        request = ModelRequest(parts=[UserPromptPart(self._material(asked))], instructions=asked.instructions)
        opening = model_request_stream(self._model, [request], model_settings=self._settings)
        empty = True
        try:
            with self._failing(tap):
                # Reset before anything is given out: a generator shares the context of whoever reads it.
                token = _tapped.set(tap)
                try:
                    stream = await opening.__aenter__()
                finally:
                    _tapped.reset(token)
            events = aiter(stream)
            while True:
                piece = ""
                with self._failing(tap):
                    try:
                        event = await anext(events)
                    except StopAsyncIteration:
                        break
                    piece = _text(event)
                    if isinstance(event, PartStartEvent) and isinstance(event.part, ThinkingPart):
                        stripper.told()
                    piece = stripper.feed(piece)
                if stripper.spoilt:
                    self._held = True
                    raise self._named.odd(Odd.THOUGHT_ALOUD)
                if piece:
                    empty = empty and not piece.strip()
                    yield piece
            last = stripper.finish()
            self._check(tap, stream.finish_reason, empty and not last.strip())
            if last:
                yield last
        finally:
            self._thinks = self._thinks or (stripper.thought and self._choice.thinking == "auto")
            if stream is not None:
                with suppress(Exception):  # nothing is lost with a connection that will not close
                    await opening.__aexit__(None, None, None)

    async def inform(
        self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
    ) -> str:
        if not self._choice.tools:
            raise self._named.odd(Odd.NO_TOOLS)
        tap = Tap()
        lookups = LookUps(calls, told)
        agent = Agent(
            self._model,
            instructions=asked.instructions,
            tools=[_offered(lookups, tool) for tool in tools if self._choice.images or not tool.shows],
            retries={"tools": 2, "output": 0},
        )
        token = _tapped.set(tap)
        try:
            with self._failing(tap):
                async with asyncio.timeout(self._choice.answer_seconds):
                    result = await agent.run(
                        self._material(asked),
                        model_settings=self._settings,
                        # Streamed, for only then is silence known from a note that takes its time.
                        event_stream_handler=_read_on,
                        # One round to look up with, at most, for each call; one for a call too many; one to write.
                        usage_limits=UsageLimits(request_limit=calls + 2),
                    )
                note = strip(result.output).strip()
                if not tap.ended:
                    raise self._named.unusable(tap)
        finally:
            _tapped.reset(token)
        if not note:
            raise self._named.error(Fault.EMPTY)
        return note

    def _material(self, asked: Asked) -> str:
        return briefly(asked.material) if self._thinks else asked.material

    def _check(self, tap: Tap, finish: str | None, empty: bool) -> None:
        """Raise where a stream that ended without an error was none that can be used."""
        if finish == "content_filter":
            raise self._named.error(Fault.REFUSED)
        if not tap.ended or (empty and tap.error() is not None):
            raise self._named.unusable(tap)
        if empty:
            raise self._named.error(Fault.EMPTY)

    @contextmanager
    def _failing(self, tap: Tap) -> Iterator[None]:
        """Turns whatever the libraries raise into a ModelError, without what they tell of it."""
        try:
            yield
        except ModelError:
            raise
        except Exception as error:
            failure = self._failure(error, tap)
        else:
            return
        raise failure from None

    def _failure(self, error: Exception, tap: Tap) -> ModelError:
        unusable = tap.is_page or tap.error() is not None
        match error:
            case library.ModelRequestTimeout(setting="first_event_timeout"):
                return self._named.odd(Odd.SILENT, error.timeout)
            case library.ModelRequestTimeout() | TimeoutError():
                return self._named.odd(Odd.SLOW, self._choice.answer_seconds)
            case library.ModelHTTPError(in_stream=False):
                return self._refused(error)
            case library.ModelTimeoutError():
                return self._named.error(Fault.TIMEOUT)
            case library.ModelConnectionError():
                return self._unreached(error)
            case library.ModelAPIError(in_stream=True):
                status = error.status_code if isinstance(error, library.ModelHTTPError) else None
                return self._named.error(fault_of(status, _words(error)), retry=retry_of(error.retry_after))
            case library.ContentFilterError():
                return self._named.error(Fault.REFUSED)
            case library.UsageLimitExceeded():
                return self._named.odd(Odd.NO_NOTE)
            case library.ModelAPIError(__cause__=openai.APIStatusError(status_code=status)):
                return self._named.error(fault_of(status, ""), status=status)
            case library.UnexpectedModelBehavior() | library.ModelAPIError() if unusable:
                return self._named.unusable(tap)
            case library.UnexpectedModelBehavior() if tap.ended:
                return self._named.error(Fault.EMPTY)
        logging.getLogger(__name__).info("%s failed with %s", self.name, type(error).__name__)
        return self._named.odd(Odd.UNREADABLE)

    def _refused(self, error: library.ModelHTTPError) -> ModelError:
        quota = isinstance(error, library.ModelQuotaExceededError)
        fault = Fault.QUOTA if quota else fault_of(error.status_code, _words(error))
        return self._named.error(fault, status=error.status_code, retry=retry_of(error.retry_after))

    def _unreached(self, error: Exception) -> ModelError:
        causes = tuple(causes_of(error))
        lookup = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
        if lookup is not None:
            return self._named.odd(Odd.NO_NETWORK if lookup.errno == socket.EAI_AGAIN else Odd.NO_HOST)
        refused = any(isinstance(cause, httpx2.ConnectError | ConnectionRefusedError) for cause in causes)
        return self._named.odd(Odd.NOBODY if refused else Odd.BROKEN)


def make(choice: ModelChoice) -> RemoteModel:
    """This model, not yet asked. Costs tens of milliseconds: call it in a thread too."""
    return RemoteModel(choice)


class _Counted(WrapperModel):
    """Counts what each request used, however it ends; a look-up takes several."""

    def __init__(self, wrapped: OpenAIChatModel) -> None:
        super().__init__(wrapped)
        self.used = Usage()

    @asynccontextmanager
    async def request_stream(
        self, messages: list[ModelMessage], *more: Any, **named: Any
    ) -> AsyncGenerator[StreamedResponse]:
        stream: StreamedResponse | None = None
        tap = _tapped.get() or Tap()
        tap.asked = False
        try:
            async with super().request_stream(messages, *more, **named) as stream:
                yield stream
        finally:
            if tap.asked:
                self.used += used_by(messages, stream, tap)


def _offered(lookups: LookUps, tool: Tool) -> LibraryTool[object]:
    async def call(query: str = "", **_: object) -> str | ToolReturn[str]:
        found = await lookups.call(tool, query)
        if not isinstance(found, Picture):
            return found
        seen = BinaryContent(found.data, media_type=found.media_type)
        return ToolReturn(return_value=f"The picture {found.name}, below.", content=[seen])

    async def while_left(_context: RunContext[object], defined: ToolDefinition) -> ToolDefinition | None:
        return defined if lookups.left > 0 else None

    offered: LibraryTool[object] = LibraryTool.from_schema(call, tool.name, tool.purpose, ONE_QUERY)
    offered.prepare = while_left
    return offered


async def _read_on(_: RunContext[object], events: AsyncIterable[object]) -> None:
    """Nothing of a look-up is shown; it is read to its end."""
    async for _event in events:
        pass


async def _follow(request: httpx2.Request) -> None:
    if (tap := _tapped.get()) is not None:
        request.extensions["trace"] = tap.step


async def _tap(response: httpx2.Response) -> None:
    tap = _tapped.get()
    if tap is not None and response.status_code != 200:
        tap.asked = False
    elif tap is not None:
        tap.begin(response.headers.get("content-type", ""))
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _TappedStream(response.stream, tap)


class _TappedStream(httpx2.AsyncByteStream):
    """Lets an answer through, and tells the call's tap of it."""

    def __init__(self, inner: httpx2.AsyncByteStream, tap: Tap) -> None:
        self._inner = inner
        self._tap = tap

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._inner:
            self._tap.feed(data)
            yield data

    async def aclose(self) -> None:
        await self._inner.aclose()


def _client(choice: ModelChoice) -> openai.AsyncOpenAI:
    http = httpx2.AsyncClient(
        # A proxy of the environment is for the world outside, never for a server on this machine.
        trust_env=not choice.is_local,
        event_hooks={"request": [_follow], "response": [_tap]},
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        timeout=httpx2.Timeout(choice.answer_seconds, connect=choice.first_token_seconds),
    )
    key = choice.api_key.reveal() or "none"
    client = openai.AsyncOpenAI(base_url=choice.base_url, api_key=key, max_retries=0, http_client=http)
    if choice.provider != "openai":
        # They come from the environment, and are nobody's business but OpenAI's.
        client.organization = client.project = None
    return client


def _model(choice: ModelChoice, client: openai.AsyncOpenAI) -> OpenAIChatModel:
    profile = OpenAIModelProfile(thinking_tags=_NO_TAGS)
    if choice.provider == "ollama":
        return OllamaModel(choice.model, provider=OllamaProvider(openai_client=client), profile=profile)
    if choice.provider == "openai":
        return OpenAIChatModel(choice.model, provider=OpenAIProvider(openai_client=client), profile=profile)
    provider = OpenAICompatibleProvider(choice.provider, openai_client=client)
    return OpenAIChatModel(choice.model, provider=provider, profile=profile)


def _words(error: library.ModelAPIError) -> str:
    return f"{error.provider_error_code} {error.provider_error_type} {words_of(error.body)}"


def _text(event: Any) -> str:
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""
