"""The author with a model: looks things up, writes a line, has it judged, and falls back where that comes to nothing.

Two phases. In the first a model may look things up, and leaves a note; that it fails means only that there is none.
In the second a model writes one line, which is shown as it is written. Whatever happens, there is a line in time: the
last to be asked is an author who needs no model.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sanctum_tui.clock import Clock, SystemClock
from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Author, Context, sign
from sanctum_tui.llm.chain import Chain
from sanctum_tui.llm.context import ContextProvider, Gathered, Piece, Provider, gather
from sanctum_tui.llm.guard import Verdict
from sanctum_tui.llm.heard import Heard
from sanctum_tui.llm.hearing import Page, Place, read_line
from sanctum_tui.llm.informing import Informing
from sanctum_tui.llm.ports import Fault, Model, ModelError, ToolUse
from sanctum_tui.llm.prompts import Mode, Phase, Prompts
from sanctum_tui.llm.trouble import Trouble
from sanctum_tui.status.events import Kind
from sanctum_tui.status.turns import Turn

log = logging.getLogger(__name__)

SHAPE = "model"
"""`Draft.shape` of a line that a model wrote."""
TRIES = 2
"""Lines that one model may write for a draft: the first, and one more with the guard's reasons."""
INFORMATION_SHARE = 1 / 3
"""Of a draft's whole time; the rest is for the line."""
_MOST_NAMED = 2
"""Notes and earlier streams that a draft names as its sources."""

_TOOL_OF = {
    Provider.RULES: "standing_notes",
    Provider.KNOWLEDGE: "knowledge_notes",
    Provider.EARLIER: "search_earlier_streams",
    Provider.CHAT: "recent_chat",
}
"""How the status speaks of a provider that failed."""


def _nobody(sentence: str) -> None:
    """Where nobody wants to be told."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line that somebody wrote, and the guard's word on it."""

    draft: Draft
    verdict: Verdict


@dataclass(slots=True)
class _Work:
    """One draft while it is written."""

    context: Context
    turn: Turn
    page: Page
    heard: Heard = field(default_factory=lambda: Heard(Gathered()))
    looked_up: tuple[ToolUse, ...] = ()
    refused: list[Attempt] = field(default_factory=list)
    """Lines that the guard did not let stand, in the order in which they were written."""

    def reasons(self) -> tuple[tuple[str, str], ...]:
        """The refused lines for a model that tries again, each with what is wrong with it."""
        return tuple(
            (one.draft.line, "; ".join(finding.reason for finding in one.verdict.findings)) for one in self.refused
        )


class ModelAuthor:
    """An `Author` with models behind it, and behind them one without. Holds no task of its own between two drafts."""

    def __init__(
        self,
        *,
        information: Chain,
        message: Chain,
        prompts: Callable[[str], Prompts],
        providers: Sequence[ContextProvider],
        fallback: Author,
        signature: Callable[[], str],
        turn: Callable[[str], Turn],
        seconds: Callable[[], float],
        place: Place | None = None,
        told: Callable[[str], None] = _nobody,
        clock: Clock | None = None,
    ) -> None:
        """`prompts` gives what to ask a model of this name; `turn` begins a turn of this source.

        `place` is where the line is shown as it grows, shared with whoever else writes. `told` is called with a
        sentence for the operator when the models stop being of use, once. `seconds` is the time for one draft.
        """
        self._informing = Informing(information, prompts, providers, clock or SystemClock())
        self._message = message
        self._prompts = prompts
        self._providers = tuple(providers)
        self._fallback = fallback
        self._signature = signature
        self._turn = turn
        self._seconds = seconds
        self._place = place or Place()
        self._trouble = Trouble(told, "a draft by a model")
        self._failing: set[Provider] = set()

    async def write(self, context: Context) -> Draft | None:
        with self._place.page() as page, self._turn(Mode.HEARTHKEEPER) as turn:
            work = _Work(context, turn, page)
            written = await self._in_time(work)
            if written is not None and written.verdict.passed:
                page.keep()
                return written.draft
            page.take_back()
            plain = await self._fallback.write(context)
            if plain is not None:
                work.refused.append(Attempt(plain, verdict := context.judge(plain.line)))
                if verdict.passed:
                    return plain
            # The first of those with the least against them; what a model meant to say comes before what we did.
            return min(work.refused, key=lambda one: len(one.verdict.findings)).draft if work.refused else None

    async def _in_time(self, work: _Work) -> Attempt | None:
        """What the models wrote within the time for a draft, or None; a trouble of theirs is told and ends here."""
        seconds = self._seconds()
        try:
            async with asyncio.timeout(seconds) as limit:
                written = await self._by_models(work, seconds, limit.when())
        except TimeoutError:
            sentence = f"The models had no line after {seconds:g} s (WRITING_SECONDS); the offline composer writes."
            self._troubled(work, Fault.TIMEOUT, sentence)
        except ModelError as error:
            said = "" if error.fault is Fault.BUDGET else " The offline composer writes."
            self._troubled(work, error.fault, f"{error.sentence}{said}")
        except Exception as error:
            self._troubled(work, error, "A draft by a model failed; the log says why.")
        else:
            self._trouble.over()
            return written
        return None

    async def _by_models(self, work: _Work, seconds: float, until: float | None) -> Attempt:
        gathered = await gather(
            work.context, self._providers, told=lambda provider, why: self._provider_failed(work, provider, why)
        )
        for provider in self._failing - {*gathered.failed}:
            log.info("the %s context is there again", provider)
        self._failing = {*gathered.failed}
        work.heard = Heard(gathered)
        share = seconds * INFORMATION_SHARE
        found, work.looked_up = await self._informing.note(
            work.context, gathered, work.turn, share, told=work.heard.looked_up
        )

        async def message(model: Model) -> Attempt:
            return await self._line_of(model, work, gathered, found)

        async with work.turn.phase(Phase.MESSAGE):
            return await self._message.first(message, enough=lambda one: one.verdict.passed, until=until)

    async def _line_of(self, model: Model, work: _Work, gathered: Gathered, found: str) -> Attempt:
        """One model's line, with a second try where the guard refuses the first. Raises ModelError."""
        sources = tuple(_sources(work, gathered))
        for number in range(TRIES):
            if number:
                self._message.go_on(model.name)
            asked = self._prompts(model.name).assemble(
                Mode.HEARTHKEEPER, gathered, work.context, found=found, refused=work.reasons()
            )
            try:
                line = await read_line(model, asked, work.page)
            except (ModelError, asyncio.CancelledError):
                work.page.take_back()
                raise
            work.turn.tell(Kind.FINALIZING, Phase.MESSAGE)
            draft = Draft(
                line,
                sign(line, self._signature()),
                sources=sources,
                writer=model.name,
                shape=SHAPE,
                heard=work.heard.texts,
            )
            attempt = Attempt(draft, work.context.judge(line) + work.heard.judged(line, work.context))
            if attempt.verdict.passed:
                break
            work.page.take_back()
            work.refused.append(attempt)
            log.info("a line of %s did not pass: %s", model.name, ", ".join(_rules(attempt)))
        return attempt

    def _provider_failed(self, work: _Work, provider: Provider, why: str) -> None:
        work.turn.tell(Kind.TOOL_ERROR, tool=_TOOL_OF[provider])
        if provider not in self._failing:
            log.warning("%s", why)

    def _troubled(self, work: _Work, why: Fault | Exception, sentence: str) -> None:
        work.turn.tell(Kind.TOOL_ERROR, tool="model")
        self._trouble.met(why, sentence)


def _rules(attempt: Attempt) -> list[str]:
    return [finding.rule for finding in attempt.verdict.findings]


def _sources(work: _Work, gathered: Gathered) -> Iterator[str]:
    """What the writer was given, in words for the operator."""
    context = work.context
    plan = context.dashboard
    if context.note:
        yield "your note"
    if any((plan.title, plan.game, plan.mood, plan.angle, plan.goals)):
        yield "tonight's plan"
    if gathered.of(Provider.CHAT):
        yield "tonight's chat"
    yield from _named(gathered.of(Provider.RULES))
    yield from _named(gathered.of(Provider.KNOWLEDGE))
    yield from _named(gathered.of(Provider.EARLIER))
    if any(not use.failed for use in work.looked_up):
        yield "what was looked up"


def _named(pieces: Iterable[Piece]) -> list[str]:
    """Where these come from, each once: the first few, and that there are more."""
    names = [*dict.fromkeys(piece.source for piece in pieces if piece.source)]
    left = len(names) - _MOST_NAMED
    return names[:_MOST_NAMED] + ([f"{left} more like it"] if left > 0 else [])
