"""The author of answers: what the steward says to whoever spoke to it, by a model, or from a few honest lines."""

import asyncio
import hashlib
import re
import tomllib
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Protocol

import msgspec

from sanctum_tui.evening import Draft
from sanctum_tui.llm.answers import AnswerReader
from sanctum_tui.llm.author import Context, sign
from sanctum_tui.llm.chain import Chain
from sanctum_tui.llm.context import ContextProvider, gather
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.llm.guard_language import Language
from sanctum_tui.llm.heard import Heard
from sanctum_tui.llm.hearing import Page, Place, hear
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError
from sanctum_tui.llm.prompts import Mode, Prompts
from sanctum_tui.llm.trouble import Trouble
from sanctum_tui.lookalikes import fold
from sanctum_tui.status.events import Kind
from sanctum_tui.status.turns import Turn

ANSWER_SECONDS = 45.0
"""How long an answer may take to write in all; later than that, the talk has moved on."""
SOURCE = "what was asked"
_SILENCE = frozenset({"-", "–", "—", "…", "...", "(silence)", "silence", "nothing", "(nothing)", "[nothing]", "none"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")

Judge = Callable[[str], Verdict]
"""The guard's word on a line, with all of tonight in mind."""


class Replier(Protocol):
    """Writes one line in answer to somebody."""

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        """A line, or None where it is better to say nothing. One that `judge` refuses is to be shown as refused."""


class _Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    about: str
    asked: tuple[str, ...]
    texts: tuple[str, ...]
    written: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    always: bool = False

    def fits(self, folded: str, said: str) -> bool:
        """Whether this is what was asked."""
        return any(re.search(pattern, folded) for pattern in self.asked) or any(
            re.search(pattern, said) for pattern in self.written
        )


class OfflineReplier:
    """A `Replier` without a model: the same question in the same room always gets the same answer.

    Of what was said it takes nothing but which of a few questions it was; all else it leaves to the streamer.
    """

    def __init__(
        self,
        signature: Callable[[], str],
        *,
        names: Callable[[], Collection[str]] = tuple,
        language: Callable[[], Language] = lambda: "en",
    ) -> None:
        """`names` are what the agent is called; they are no part of a question."""
        self._signature = signature
        self._names = names
        self._language = language

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        return self.compose(said, context, judge)

    def compose(self, said: str, context: Context, judge: Judge) -> Draft | None:
        """The answer, or None where there is none to give."""
        bare = _without(said, self._names())
        folded = " ".join(fold(bare).replace("’", "'").split())
        answer = next((one for one in _answers() if one.fits(folded, bare)), None)
        if answer is None:
            return None
        language = self._language()
        chinese = language == "zh" or (language == "any" and _CHINESE.search(said) is not None)
        texts = _turned(answer.zh if chinese else answer.texts, answer.id, context)
        line = next((text for text in texts if judge(text).passed), texts[0] if answer.always and texts else None)
        if line is None:
            return None
        text = sign(line, self._signature())
        return Draft(line, text, sources=(f"a question: {answer.about}",), shape=f"answer-{answer.id}")


@dataclass(frozen=True, slots=True)
class _Written:
    """What a model came to."""

    line: str
    writer: str
    passed: bool
    heard: tuple[str, ...] = ()

    @property
    def silent(self) -> bool:
        return not self.line


class ModelReplier:
    """A `Replier` that asks models in order; the message phase only, for an answer that comes late is none."""

    def __init__(
        self,
        chains: Callable[[], Sequence[Chain]],
        prompts: Callable[[], Prompts],
        providers: Callable[[], Sequence[ContextProvider]],
        fallback: Replier,
        signature: Callable[[], str],
        *,
        turn: Callable[[], Turn] | None = None,
        place: Place | None = None,
        told: Callable[[str], None] = lambda sentence: None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """`chains` are the models, each in a chain of its own: where the guard refuses what one writes, the next is
        asked, and nothing of that is held against the one. None: the fallback answers.

        `place` is where the line is shown as it grows, shared with whoever else writes. `told` is called with a
        sentence for the operator when the models come to nothing, once. `seconds` is the limit in all.
        """
        self._chains = chains
        self._prompts = prompts
        self._providers = providers
        self._fallback = fallback
        self._signature = signature
        self._turn = turn
        self._place = place or Place()
        self._trouble = Trouble(told, "an answer by a model")
        self._seconds = seconds

    async def reply(self, said: str, context: Context, judge: Judge) -> Draft | None:
        with self._place.page() as page:
            written = await self._in_time(said, context, judge, page)
            if written is not None and written.passed:
                if not written.silent:
                    page.keep()
                return self._draft(written)
        offline = await self._fallback.reply(said, context, judge)
        return offline or (self._draft(written) if written is not None else None)

    async def _in_time(self, said: str, context: Context, judge: Judge, page: Page) -> _Written | None:
        """What the models came to in time, or None; a trouble of theirs is told and ends here."""
        with ExitStack() as stack:
            turn: Turn | None = None
            why: Fault | Exception
            try:
                if not (chains := self._chains()):
                    return None
                turn = stack.enter_context(self._turn()) if self._turn is not None else None
                phase = turn.phase("message") if turn is not None else nullcontext()
                async with asyncio.timeout(self._seconds) as limit, phase:
                    written = await self._ask(chains, said, context, judge, page, until=limit.when())
            except TimeoutError:
                why, sentence = Fault.TIMEOUT, f"The models had no answer after {self._seconds:g} s."
            except Exception as error:
                why, sentence = error, "An answer by a model failed; the log says why."
            else:
                if written is not None:
                    self._trouble.over()
                    if turn is not None and not written.silent:
                        turn.tell(Kind.FINALIZING, "message")
                return written
            if turn is not None:
                turn.tell(Kind.TOOL_ERROR, tool="model")
            self._trouble.met(why, sentence)
            return None

    async def _ask(
        self, chains: Sequence[Chain], said: str, context: Context, judge: Judge, page: Page, *, until: float | None
    ) -> _Written | None:
        """What the first model gave that the guard lets stand, else the last that it did not; None where none did."""
        gathered = await gather(context, self._providers())
        heard = Heard(gathered)
        prompts = self._prompts()
        refused: list[tuple[str, str]] = []

        async def write(chain: Chain, model: Model) -> _Written:
            written: _Written | None = None
            for _ in range(2):
                if written is not None:
                    chain.go_on(model.name)
                asked = prompts.assemble(Mode.STEWARD, gathered, context, refused=refused, addressed=said)
                line = await _line(model, asked, page)
                if line.casefold() in _SILENCE:
                    return _Written("", model.name, passed=True)
                verdict = judge(line) + heard.judged(line, context)
                written = _Written(line, model.name, verdict.passed, heard.texts)
                if verdict.passed:
                    break
                page.take_back()
                refused.append((line, " ".join(finding.reason for finding in verdict.findings)))
            assert written is not None
            return written

        last: _Written | None = None
        for place, chain in enumerate(chains):
            behind = any(other.ready for other in chains[place + 1 :])
            try:
                last = await chain.first(partial(write, chain), until=until, behind=behind)
            except ModelError as error:
                page.take_back()
                if error.fault is Fault.BUDGET:
                    break
                continue
            if last.passed:
                break
        return last

    def _draft(self, written: _Written) -> Draft | None:
        if written.silent:
            return None
        text = sign(written.line, self._signature())
        return Draft(written.line, text, sources=(SOURCE,), writer=written.writer, shape="model", heard=written.heard)


async def _line(model: Model, asked: Asked, page: Page) -> str:
    """The line in a model's answer, shown as it comes; silence is not shown. Raises ModelError."""
    reader = AnswerReader()

    def feed(piece: str) -> bool:
        shown = reader.feed(piece)
        if shown and shown.casefold() not in _SILENCE:
            page.show(shown)
        return reader.answer is not None

    await hear(model, asked, feed)
    if reader.answer is None:
        raise ModelError(f"{model.name} answered with nothing between the markers.", Fault.EMPTY)
    return reader.answer


@cache
def _answers() -> tuple[_Answer, ...]:
    table = tomllib.loads((files("sanctum_tui.llm") / "phrases" / "answers.toml").read_text("utf-8"))
    return msgspec.convert(table["answer"], tuple[_Answer, ...])


def _without(said: str, names: Collection[str]) -> str:
    """What was said, without the agent's names and the signs around them."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        called = rf"(?<![A-Za-z0-9_])@?{re.escape(name)}(?![A-Za-z0-9_])\s?[,:]?"
        said = re.sub(called, " ", said, flags=re.IGNORECASE)
    return " ".join(said.split())


def _turned(texts: Sequence[str], about: str, context: Context) -> list[str]:
    """The texts in an order that is this evening's own, beginning at another one with each draft."""
    if not texts:
        return []
    seed = f"{about}|{context.dashboard.title}|{context.dashboard.game}"
    start = int.from_bytes(hashlib.blake2b(seed.encode("utf-8", "surrogatepass"), digest_size=2).digest())
    start = (start + context.variation) % len(texts)
    return [*texts[start:], *texts[:start]]
