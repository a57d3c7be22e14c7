"""The words of an evening: who writes them, with which models, what that costs, and what is told of it meanwhile.

With no model set up this is the offline composer and nothing else: no library is loaded and no task runs.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator, Sequence

from sanctum_tui.clock import Clock
from sanctum_tui.errors import BadInputError, SanctumError
from sanctum_tui.evening import Draft
from sanctum_tui.llm.account import Account, Attempt, logged
from sanctum_tui.llm.answers import read_answer
from sanctum_tui.llm.author import Author, Context
from sanctum_tui.llm.breaker import Standing, State
from sanctum_tui.llm.chain import Chain, Link, ModelState, OpenModel, links, open_models
from sanctum_tui.llm.context import ContextProvider, Searcher, providers_for
from sanctum_tui.llm.guard import Style
from sanctum_tui.llm.hearing import Place
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.llm.ports import Asked, Fault, Model, ModelError
from sanctum_tui.llm.prompts import Modules, Prompts, prompts_folder, prompts_for, read_modules
from sanctum_tui.llm.replying import ModelReplier, OfflineReplier
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.standing import StandingNotes, notes_file
from sanctum_tui.llm.writing import ModelAuthor
from sanctum_tui.memory.engine import Memory
from sanctum_tui.paths import Paths
from sanctum_tui.runtime.accounts import open_account
from sanctum_tui.settings import ModelChoice, Settings, models_of, ordered
from sanctum_tui.status.emitter import Emitter
from sanctum_tui.status.events import Status
from sanctum_tui.status.policy import Limits
from sanctum_tui.status.renderer import Renderer
from sanctum_tui.status.sinks import CallbackSink, LogSink
from sanctum_tui.status.turns import Turn
from sanctum_tui.text import one_line, shorten

log = logging.getLogger(__name__)

_ONE_WORD = Asked("Answer with one word, and nothing else.\n", "Which colour is the sea at night?\n")
_LONGEST_WORD = 40
_SHORTEST_KEY = 8
"""Characters; what is shorter ("ollama", "none") is what is written where no key is needed."""
_LEAST_NOTE_WORDS = 5
"""A standing note of fewer words is a subject ("sailing"), which a line may well have."""


def _nothing(_: object) -> None:
    """Where nobody wants to be told."""


class Words:
    """Writers, models and standing notes of one evening. Made by `open`; whoever opens it closes it."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        composer: OfflineComposer,
        notes: StandingNotes,
        clock: Clock,
        style: Callable[[], Style],
    ) -> None:
        self.author: Author = composer
        self.notes = notes
        self.choices: tuple[ModelChoice, ...] = models_of(settings())
        self.spending = Spending(self.choices)
        self.warnings: tuple[str, ...] = ()
        """What an operator should know of their prompt modules, one sentence each."""
        self.on_status: Callable[[Status | None], None] = _nothing
        """Called with each line on what is going on, and with None when it is over."""
        self.on_writing: Callable[[str], None] = _nothing
        """Called with the line as it grows, and with nothing where it is taken back."""
        self.place = Place(lambda text: self.on_writing(text))
        """The one place that all who write share."""
        self.on_notice: Callable[[str], None] = _nothing
        """Called with a sentence for the operator when the models stop being of use, once."""
        self.providers: tuple[ContextProvider, ...] = ()
        """What a writer with a model is told of the evening; empty where there is no model."""
        self.turn: Callable[[str], Turn] | None = None
        """Begins a status turn of this source; None where there is no model."""
        self._settings = settings
        self._style = style
        self._composer = composer
        self._clock = clock
        self._modules = Modules({})
        self._models: tuple[OpenModel, ...] = ()
        self._links: dict[str, Link] = {}
        self._why_closed = ""
        """Why the models could not be opened."""
        self._writer: ModelAuthor | None = None
        self._opening: asyncio.Task[None] | None = None
        self._emitter: Emitter | None = None
        self._account: Account | None = None

    @classmethod
    async def open(
        cls,
        settings: Callable[[], Settings],
        paths: Paths,
        memory: Memory | None,
        *,
        channel: str,
        session_id: int | None,
        clock: Clock,
        style: Callable[[], Style],
        signature: Callable[[], str],
        attempt: Attempt = logged,
    ) -> "Words":
        """The words of this session; models are opened in the background, and until then the composer writes.

        `clock` is the operator's own time, also while a replay runs faster. Without `memory` earlier streams are
        not searched, and what models use is not stored; `attempt` stores it. Raises BadInputError for a prompt
        module that cannot be used, and StorageError where what was used before cannot be read.
        """
        composer = OfflineComposer(style=style, signature=signature)
        words = cls(settings, composer, StandingNotes(notes_file(paths)), clock, style)
        if not words.choices:
            return words
        words._modules = await asyncio.to_thread(read_modules, prompts_folder(paths))
        words.warnings = words._modules.warnings
        searcher: Searcher | None = None
        if memory is not None and session_id is not None:
            words._account = await open_account(words.spending, memory, session_id, attempt)
        if memory is not None:
            from sanctum_tui.memory.search import Search

            searcher = Search(memory.store)
        words.providers = providers_for(settings, paths, searcher, channel=channel, session_id=session_id)
        emitter = words._emitter = Emitter(
            Renderer(lambda: settings().status_language, chance=random.Random()),
            (LogSink(), CallbackSink(lambda status: words.on_status(status))),
            clock=clock,
            limits=lambda: Limits(delay_seconds=settings().status_delay_seconds),
        )
        words.turn = emitter.turn

        def writer(information: Chain, message: Chain) -> ModelAuthor:
            return ModelAuthor(
                information=information,
                message=message,
                prompts=words.prompts,
                providers=words.providers,
                fallback=composer,
                signature=signature,
                turn=emitter.turn,
                seconds=lambda: settings().writing_seconds,
                place=words.place,
                told=lambda sentence: words.on_notice(sentence),
                clock=clock,
            )

        words.author = words
        words._opening = asyncio.create_task(words._open_models(writer), name="opening the models")
        return words

    def replier(self, names: Callable[[], Sequence[str]]) -> ModelReplier:
        """Who answers people that speak to the agent, under these names."""
        settings, turn = self._settings, self.turn
        return ModelReplier(
            self.singly,
            self.prompts,
            lambda: self.providers,
            OfflineReplier(
                lambda: settings().agent_signature, names=names, language=lambda: settings().agent_language
            ),
            lambda: settings().agent_signature,
            turn=None if turn is None else lambda: turn("steward"),
            place=self.place,
            told=lambda sentence: self.on_notice(sentence),
        )

    async def write(self, context: Context) -> Draft | None:
        """A draft by whoever can write by now, within the limits that are set by now."""
        self._limit()
        return await (self._writer or self._composer).write(context)

    def prompts(self, name: str = "") -> Prompts:
        """What the model of this name is asked, or any of them, as the settings are now."""
        return prompts_for(
            self.choices,
            self._modules,
            name=name,
            characters=self._style().max_characters,
            language=self._settings().agent_language,
        )

    def singly(self) -> tuple[Chain, ...]:
        """The models that write, each in a chain of its own, for other writers; none until they are open."""
        self._limit()
        choices = ordered(self.choices, self._settings().models_order, "message") if self._links else ()
        return tuple(self._chain([choice]) for choice in choices)

    def private(self) -> tuple[str, ...]:
        """What no line may tell: the prompt, keys, the models' names. Nothing where there is no model to tell it."""
        return tuple(self._private()) if self.choices else ()

    def states(self) -> tuple[ModelState, ...]:
        """Every model as it stands, those that write first, in the order in which they are asked."""
        return tuple(
            ModelState(choice.name, place, self._standing(choice.name), self.spending.of(choice.name))
            for place, choice in enumerate(self._in_order(), 1)
        )

    def reset(self, name: str) -> None:
        """Forget this model's failures."""
        if name in self._links:
            self._links[name].breaker.reset()

    def try_now(self, name: str) -> None:
        """Ask this model again from the next draft on, without waiting for the end of its rest."""
        if name in self._links:
            self._links[name].breaker.try_now()

    async def one_word(self, name: str) -> str:
        """Ask a model for one word, whatever its breaker says; one that answers is asked again from now on.

        Raises ModelError where it does not answer, and BadInputError where there is none of this name.
        """
        if self._opening is not None:
            # Whoever gives up waiting leaves the opening to go on.
            await asyncio.shield(self._opening)
        link = self._links.get(name)
        if link is None and self._why_closed:
            raise ModelError(self._why_closed, Fault.NOT_FOUND)
        if link is None:
            raise BadInputError(f"No model is called {name}; name one of [[models]].")
        word = await one_word(link.model)
        link.breaker.reset()
        return word

    async def close(self) -> None:
        """Let go of the models, also where they are still being opened. Once more does no harm."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        self._writer = None
        models, self._models = self._models, ()
        for model in models:
            try:
                await model.aclose()
            except Exception:
                log.exception("%s could not be closed", model.name)
        if self._emitter is not None:
            await self._emitter.close()
        if self._account is not None:
            await self._account.close()

    async def _open_models(self, writer: Callable[[Chain, Chain], ModelAuthor]) -> None:
        try:
            self._models = await open_models(self.choices)
        except Exception:
            log.exception("the models could not be opened")
            self._why_closed = "The models could not be opened; the log says why. The offline composer writes."
            self.on_notice(self._why_closed)
            return
        self._links = {link.model.name: link for link in links(self._models, self._clock)}
        order = self._settings().models_order
        self._writer = writer(
            self._chain(ordered(self.choices, order, "information")),
            self._chain(ordered(self.choices, order, "message")),
        )
        log.info("%d models are open", len(self._models))

    def _limit(self) -> None:
        settings = self._settings()
        self.spending.limit(tokens=settings.llm_budget_tokens, cost=settings.llm_budget_cost)

    def _chain(self, choices: Sequence[ModelChoice]) -> Chain:
        return Chain([self._links[choice.name] for choice in choices], self.spending)

    def _in_order(self) -> tuple[ModelChoice, ...]:
        order = self._settings().models_order
        writing = ordered(self.choices, order, "message")
        looking_up = [choice for choice in ordered(self.choices, order, "information") if choice not in writing]
        return (*writing, *looking_up)

    def _standing(self, name: str) -> Standing:
        if name in self._links:
            return self._links[name].breaker.standing()
        if self._why_closed:
            return Standing(State.OPEN, Fault.NOT_FOUND, self._why_closed)
        return Standing(State.CLOSED)

    def _private(self) -> Iterator[str]:
        yield from self._modules.texts.values()
        for choice in self.choices:
            if len(key := choice.api_key.reveal()) >= _SHORTEST_KEY:
                yield key
            # A name that is an ordinary word tells nothing, and a line may have it.
            yield from (name for name in (choice.model, choice.model.partition(":")[0]) if not name.isalpha())
        try:
            notes = self.notes.read()
        except SanctumError:
            return  # whoever reads them to write a line tells of it
        yield from (note.text for note in notes if len(note.text.split()) >= _LEAST_NOTE_WORDS)


async def one_word(model: Model) -> str:
    """One word of a model's, so that it is known to answer. Raises ModelError."""
    answer = "".join([piece async for piece in model.write(_ONE_WORD)])
    words = one_line(read_answer(answer) or answer).split()
    return shorten(words[0].strip(".,;:!?\"'*"), _LONGEST_WORD) if words else ""
