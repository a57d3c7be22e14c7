"""What it means that a model did not answer: from a status, an error's words or a broken wire to a Fault.

The words of a provider are read here and go no further: they may quote the prompt, or the key.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from sanctum_tui.llm.ports import Fault, ModelError

_KEPT = 16_384
"""Bytes kept from either end of an answer; an error fits, and so does the last chunk of a stream."""

# Words, in the order in which they tell most. Collected from OpenAI, DeepSeek, xAI, Groq, OpenRouter, vLLM,
# llama.cpp, LM Studio and Ollama; several of them say these things with a status that means something else.
_WORDS: tuple[tuple[Fault, re.Pattern[str]], ...] = tuple(
    (fault, re.compile(words, re.IGNORECASE))
    for fault, words in (
        (
            Fault.CONTEXT,
            r"context[_ ](?:length|window|size)|larger than (?:the )?context|n_ctx|n_keep|maximum context|"
            r"(?:prompt|input|request) is too (?:long|large)|too many (?:input )?tokens|"
            r"exceeds? the (?:available )?context|reduce the length",
        ),
        (
            Fault.QUOTA,
            r"insufficient[_ ](?:quota|balance|credits?|funds)|exceeded your current quota|billing|"
            r"(?:spend|usage)[_ ]limit|out of credits?|credit balance|payment required",
        ),
        (Fault.RATE_LIMIT, r"rate[_ -]?limit|too[_ ]many[_ ]requests"),
        (
            Fault.AUTH,
            r"api[_ ]key|unauthori[sz]ed|authentication|invalid[_ ](?:x-api-key|token|credentials)|"
            r"permission[_ ]denied|forbidden",
        ),
        (
            Fault.NOT_FOUND,
            r"model[_ ]not[_ ]found|model\b.{0,120}\b(?:not found|not exist|is not loaded)|"
            r"no such model|unknown model|invalid model|no models? loaded|try pulling",
        ),
        (
            Fault.REFUSED,
            r"content[_ ](?:filter|policy|management)|moderation|flagged|safety (?:system|policy)|"
            r"violat\w+ (?:our|the) .{0,30}polic",
        ),
    )
)
_BY_STATUS = {
    401: Fault.AUTH,
    402: Fault.QUOTA,
    403: Fault.AUTH,
    404: Fault.NOT_FOUND,
    405: Fault.NOT_FOUND,
    408: Fault.TIMEOUT,
    410: Fault.NOT_FOUND,
    413: Fault.CONTEXT,
    429: Fault.RATE_LIMIT,
    504: Fault.TIMEOUT,
}
_SURE = frozenset({401, 402, 404, 413})
"""Statuses whose meaning no words can change."""


def fault_of(status: int | None, words: str) -> Fault:
    """The fault behind an HTTP status, or None for an error inside an answer that began well, and its words."""
    if status in _SURE:
        return _BY_STATUS[status]
    by_words = next((fault for fault, pattern in _WORDS if pattern.search(words)), None)
    if status == 429:
        return by_words if by_words is Fault.QUOTA else Fault.RATE_LIMIT
    if status == 403:
        return by_words if by_words in (Fault.REFUSED, Fault.QUOTA) else Fault.AUTH
    if by_words is not None:
        return by_words
    if status is not None:
        if status in _BY_STATUS:
            return _BY_STATUS[status]
        if 300 <= status < 400:
            return Fault.NOT_FOUND
        if 400 <= status < 500:
            return Fault.REFUSED
    return Fault.TRANSIENT


@dataclass(frozen=True, slots=True)
class Named:
    """What a sentence about a model may name. There is no key in it."""

    name: str
    model: str
    host: str

    def error(self, fault: Fault, *, status: int | None = None, retry: float | None = None) -> ModelError:
        """The error for what a provider told."""
        return ModelError(sentence(self, fault, status), fault, retry_seconds=retry)

    def odd(self, odd: "Odd", seconds: float = 0.0) -> ModelError:
        """The error for what no provider told."""
        return ModelError(odd.said.format(name=self.name, host=self.host, seconds=seconds), odd.fault)

    def unusable(self, tap: "Tap") -> ModelError:
        """What was wrong with an answer that began with a 200."""
        if tap.is_page:
            return self.odd(Odd.PAGE)
        words = tap.error()
        return self.odd(Odd.CUT) if words is None else self.error(fault_of(None, words))


def sentence(of: Named, fault: Fault, status: int | None = None) -> str:
    """What happened and what to do, for an error that a provider told."""
    code = f" (HTTP {status})" if status is not None else ""
    match fault:
        case Fault.AUTH:
            return f"{of.name}: {of.host} does not accept the key{code}; check api_key."
        case Fault.NOT_FOUND:
            return (
                f"{of.name}: {of.host} has no model {of.model!r} or no such address{code}; check model and base_url."
            )
        case Fault.QUOTA:
            return f"{of.name}: nothing is left to spend at {of.host}{code}; top it up there."
        case Fault.RATE_LIMIT:
            return f"{of.name}: {of.host} was asked too often{code}; it is left alone for a while."
        case Fault.CONTEXT:
            return f"{of.name} was asked more than it can hold{code}; lower its context_tokens, or give it more room."
        case Fault.REFUSED:
            return f"{of.name} declined{code}; the next one is asked."
        case Fault.EMPTY:
            return f"{of.name} answered with nothing; if it stays so, check what its server logs."
        case Fault.TIMEOUT:
            return f"{of.name}: {of.host} took too long{code}; it is left alone for a while."
    return f"{of.name}: {of.host} is in trouble{code}; it is tried again later."


class Odd(Enum):
    """What goes wrong without a provider saying so: the fault, and the sentence."""

    NO_HOST = (Fault.NOT_FOUND, "{name}: there is no host {host}; check base_url.")
    PAGE = (Fault.NOT_FOUND, "{name}: {host} answered with a web page; check base_url, which mostly ends in /v1.")
    NO_TOOLS = (Fault.REFUSED, "{name} cannot look anything up; its tools are off in the settings.")
    NO_NOTE = (Fault.EMPTY, "{name} looked things up to its limit and wrote no note; the next one is asked.")
    THOUGHT_ALOUD = (Fault.EMPTY, "{name} mixed its thoughts into its answer; next time they are taken out.")
    SILENT = (Fault.TIMEOUT, "{name} wrote nothing for {seconds:g} s; it is left alone for a while.")
    SLOW = (Fault.TIMEOUT, "{name} was not done after {seconds:g} s; it is left alone for a while.")
    NO_NETWORK = (Fault.TRANSIENT, "{name}: {host} cannot be looked up; is there a network?")
    NOBODY = (Fault.TRANSIENT, "{name}: nothing answers at {host}; is its server running?")
    BROKEN = (Fault.TRANSIENT, "{name}: the connection to {host} broke; it is tried again later.")
    CUT = (Fault.TRANSIENT, "{name}: the answer broke off before its end; it is tried again later.")
    UNREADABLE = (Fault.TRANSIENT, "{name}: {host} gave an answer that cannot be read; it is tried again later.")

    def __init__(self, fault: Fault, said: str) -> None:
        self.fault = fault
        self.said = said


class Tap:
    """What went over the wire in one answer, as much as it takes to know what was wrong with it."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = b""
        self.page = False
        """It calls itself a web page."""
        self.asked = False
        """The question went out whole, and was not declined: whatever becomes of the answer, it may be billed."""

    def begin(self, content_type: str) -> None:
        """A new answer begins; a look-up takes several."""
        self._head = self._tail = b""
        self.page = "html" in content_type.lower()

    async def step(self, name: str, _: object) -> None:
        """Told of each step of a request, as the HTTP library names them."""
        if name.endswith("send_request_body.complete"):
            self.asked = True

    def feed(self, data: bytes) -> None:
        if len(self._head) < _KEPT:
            self._head += data[: _KEPT - len(self._head)]
        self._tail = (self._tail + data)[-_KEPT:]

    @property
    def ended(self) -> bool:
        """It came to its own end, and was not cut off."""
        return re.search(rb'(?m)^data: ?\[DONE\]|"finish_reason"\s*:\s*"', self._tail) is not None

    @property
    def is_page(self) -> bool:
        """It is a web page and no answer: a wrong address, or something in between."""
        return self.page or re.match(rb"\s*<(?:!doctype|html|head|body)\b", self._head, re.IGNORECASE) is not None

    def error(self) -> str | None:
        """The words of an error that was sent in place of an answer or behind it, in whichever form; or None."""
        text = self._head.decode("utf-8", "replace")
        tail = self._tail.decode("utf-8", "replace")
        candidates = [text.strip(), *text.splitlines(), *tail.splitlines()]
        after_error = False
        for line in candidates:
            line = line.strip()
            after_error = after_error or line.replace(" ", "") == "event:error"
            payload = line.removeprefix("data:").strip()
            if not payload.startswith("{"):
                continue
            try:
                told = json.loads(payload)
                if told.get("error") or after_error or told.get("object") == "error":
                    return words_of(told)
                if "message" in told and "choices" not in told:
                    return words_of(told)
            except (ValueError, RecursionError):
                continue
        return None


def retry_of(told: float | None) -> float | None:
    """The seconds after which a provider says to come back, where that is a time at all."""
    return told if told is not None and math.isfinite(told) and told >= 0 else None


def words_of(body: object) -> str:
    """Everything an error's body says in words, wherever in it."""
    if isinstance(body, str):
        return body
    if isinstance(body, dict):
        return " ".join(filter(None, map(words_of, body.values())))
    if isinstance(body, list | tuple):
        return " ".join(filter(None, map(words_of, body)))
    return ""


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """An error and all that led to it, the latest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
