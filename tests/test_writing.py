"""The author with a model: there is a good line in time, whatever the models do, and it is told what goes on."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sanctum_tui import logs
from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.chat import ChatMessage
from sanctum_tui.clock import ReplayClock, SystemClock
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import BadInputError
from sanctum_tui.evening import Draft
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.context import ContextProvider, Piece, Provider, TonightsChat
from sanctum_tui.llm.guard import Style, Verdict, inspect
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.llm.ports import Asked, Fault, ModelError, Tool, ToolUse, Usage
from sanctum_tui.llm.prompts import Mode, Prompts, prompts_folder
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.standing import StandingNotes, notes_file
from sanctum_tui.llm.writing import ModelAuthor
from sanctum_tui.runtime.words import Words
from sanctum_tui.settings import ModelChoice, Secret, Settings
from sanctum_tui.status.events import Kind, Status, StatusEvent
from sanctum_tui.status.turns import Turn
from tests.builders import START, paths_in, says, settings
from tests.mock_provider import KEY, MockProvider, Reply, answer, delta, event, mock_provider, refusal, stream
from tests.test_hearthkeeper import room_of

LINE = "A tide table is mostly a list of reasons to be late."
OTHER = "Some doors in that house only make sense from the inside."
LOUD = "SMASH that follow button!!"
WORSE = "SMASH that follow button!! https://example.com @everyone"
PLAN = Dashboard(title="Quiet water", game="Windrose", mood="hushed", angle="What does a keeper hear at night?")
OFFLINE = "offline composer"


def marked(line: str) -> str:
    return f"<line>{line}</line>"


class Scripted:
    """A model that answers as it is told to, in order, and then again as it did last."""

    def __init__(self, name: str, *script: str | Exception, note: str | Exception = "") -> None:
        self.name = name
        self.script = list(script)
        self.note = note
        self.asked: list[Asked] = []
        self.informed: list[Asked] = []
        self.tools: list[str] = []
        self.used = Usage()
        self.closed = 0
        self.stuck = False
        """It stops behind the first piece, and never comes back."""
        self.reached = asyncio.Event()

    async def write(self, asked: Asked) -> AsyncIterator[str]:
        self.asked.append(asked)
        self.used = Usage(self.used.tokens_in + 100, self.used.tokens_out + 10)
        told = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        try:
            if isinstance(told, Exception):
                raise told
            for start in range(0, len(told), 8):
                yield told[start : start + 8]
                await asyncio.sleep(0)
                if self.stuck and start:
                    self.reached.set()
                    await asyncio.Event().wait()
        finally:
            self.closed += 1

    async def inform(
        self, asked: Asked, tools: Sequence[Tool], *, calls: int, told: Callable[[ToolUse], None]
    ) -> str:
        self.informed.append(asked)
        self.tools = [tool.name for tool in tools]
        await tools[0].look_up("lamp")
        told(ToolUse(tools[0].name, "lamp", 0.1))
        if isinstance(self.note, Exception):
            raise self.note
        if self.note == "never":
            await asyncio.Event().wait()
        return self.note


class Broken:
    """A provider that always fails."""

    provider = Provider.EARLIER

    async def fetch(self, context: Context) -> Sequence[Piece]:
        raise OSError("no such index")


@dataclass
class Desk:
    """An author on these models, and all that it told."""

    author: ModelAuthor
    message: Chain
    spending: Spending
    shown: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    events: list[StatusEvent] = field(default_factory=list)
    turns: int = 0
    open_turns: int = 0

    async def write(self, **fields: object) -> Draft:
        context = Context(dashboard=PLAN, judge=lambda line: inspect(line, language="en"))
        draft = await self.author.write(replace(context, **fields))  # type: ignore[arg-type]
        assert draft is not None
        return draft


def desk_of(
    *models: Scripted,
    informing: Sequence[Scripted] = (),
    providers: Sequence[ContextProvider] = (TonightsChat(),),
    seconds: float = 5.0,
    tokens: int = 0,
    fallback: Any = None,
) -> Desk:
    made: dict[str, Desk] = {}
    spending = Spending([], tokens=tokens)
    linked = {link.model.name: link for link in links(list({*models, *informing}), ReplayClock(START))}
    message = Chain([linked[model.name] for model in models], spending)

    def turn(source: str) -> Turn:
        desk = made["desk"]
        desk.turns += 1
        desk.open_turns += 1

        def over(_: int) -> None:
            desk.open_turns -= 1

        return Turn(desk.turns, source, clock=ReplayClock(START), tell=desk.events.append, over=over)

    author = ModelAuthor(
        information=Chain([linked[model.name] for model in informing], spending),
        message=message,
        prompts=lambda name: Prompts(),
        providers=providers,
        fallback=fallback or OfflineComposer(Style, lambda: "— C"),
        signature=lambda: "— C",
        turn=turn,
        seconds=lambda: seconds,
        writing=lambda text: made["desk"].shown.append(text),
        told=lambda sentence: made["desk"].told.append(sentence),
    )
    made["desk"] = Desk(author, message, spending)
    return made["desk"]


def failure(fault: Fault = Fault.TRANSIENT) -> ModelError:
    return ModelError(f"one failed ({fault})", fault)


# --- the line ---------------------------------------------------------------------------------------


async def test_a_line_is_shown_as_it_is_written_and_says_who_wrote_it_from_what() -> None:
    desk = desk_of(Scripted("one", f"Well, then. {marked(LINE)} I hope that helps."))
    draft = await desk.write(recent=(says(0, "the lighthouse again"),), note="something about maps")
    assert (draft.line, draft.text, draft.writer) == (LINE, f"{LINE} — C", "one")
    assert draft.sources == ("your note", "tonight's plan", "tonight's chat")
    assert desk.shown[-1] == LINE
    assert len(desk.shown) > 3
    assert all(LINE.startswith(shown) for shown in desk.shown)
    assert desk.told == []
    assert desk.open_turns == 0


async def test_a_line_that_the_guard_refuses_goes_back_once_with_the_reason() -> None:
    model = Scripted("one", marked(LOUD), marked(LINE))
    desk = desk_of(model)
    assert (await desk.write()).line == LINE
    first, second = model.asked
    assert LOUD not in first.material
    assert "SMASH that follow button!!" in second.material
    assert "Why not:" in second.material
    assert first.instructions == second.instructions
    # What was refused was taken back before the next one was shown.
    assert "" in desk.shown
    assert desk.shown[-1] == LINE


async def test_one_that_the_guard_refuses_twice_makes_room_for_the_next_and_is_not_held_to_be_broken() -> None:
    one, two = Scripted("one", marked(LOUD)), Scripted("two", marked(LINE))
    desk = desk_of(one, two)
    for _ in range(4):
        assert (await desk.write()).writer == "two"
    assert (len(one.asked), len(two.asked)) == (8, 4)
    assert LOUD in two.asked[0].material
    assert {state.standing.state for state in desk.message.states()} == {State.CLOSED}
    assert desk.message.states()[0].standing.fault is None


async def test_where_every_model_is_refused_the_composer_writes() -> None:
    desk = desk_of(Scripted("one", marked(LOUD)))
    draft = await desk.write()
    assert draft.writer == OFFLINE
    assert inspect(draft.line).passed
    assert desk.shown[-1] == ""
    assert desk.told == []


async def test_where_nobody_has_a_line_that_stands_the_one_with_the_least_against_it_is_given() -> None:
    class Loud:
        async def write(self, context: Context) -> Draft | None:
            return Draft(WORSE, WORSE)

    one, two = Scripted("one", marked(WORSE)), Scripted("two", marked(WORSE), marked(LOUD))
    desk = desk_of(one, two, fallback=Loud())
    draft = await desk.write()
    assert (draft.line, draft.writer) == (LOUD, "two")
    assert desk.shown[-1] == ""


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.BUDGET])
async def test_whatever_goes_wrong_with_one_the_next_writes(fault: Fault) -> None:
    desk = desk_of(Scripted("one", failure(fault)), Scripted("two", marked(LINE)))
    assert (await desk.write()).writer == "two"
    assert desk.told == []


@pytest.mark.parametrize("said", ["", LINE, f"<line>{LINE}", "<line></line>", "<line> </line> <line>"])
async def test_an_answer_with_nothing_between_the_markers_is_none(said: str) -> None:
    desk = desk_of(Scripted("one", said), Scripted("two", marked(OTHER)))
    assert (await desk.write()).writer == "two"
    assert desk.message.states()[0].standing.fault is Fault.EMPTY


async def test_what_was_shown_of_a_line_that_broke_off_is_taken_back() -> None:
    class Cut(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            yield f"<line>{LINE[:30]}"
            raise failure()

    desk = desk_of(Cut("one", ""))
    assert (await desk.write()).writer == OFFLINE
    assert desk.shown[0] == LINE[:30].strip()
    assert desk.shown[-1] == ""


async def test_that_no_model_answers_is_told_once_and_that_one_does_again_resets_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    model = Scripted("one", failure(Fault.EMPTY), failure(Fault.EMPTY), marked(LINE), failure(Fault.EMPTY))
    desk = desk_of(model)
    writers = [(await desk.write()).writer for _ in range(4)]
    assert writers == [OFFLINE, OFFLINE, "one", OFFLINE]
    assert desk.told == ["one failed (empty) The offline composer writes."] * 2
    assert [event.tool for event in desk.events if event.is_error] == ["model"] * 3
    assert sum(record.message == "the models write again" for record in caplog.records) == 1


async def test_a_budget_that_is_reached_is_told_once_and_the_composer_writes() -> None:
    model = Scripted("one", marked(LINE))
    desk = desk_of(model, tokens=100)
    assert (await desk.write()).writer == "one"
    for _ in range(3):
        assert (await desk.write()).writer == OFFLINE
    assert len(model.asked) == 1
    (told,) = desk.told
    assert "LLM_BUDGET_TOKENS" in told
    desk.spending.limit()
    assert (await desk.write()).writer == "one"


async def test_an_author_that_fails_in_a_way_nobody_thought_of_costs_the_model_and_not_the_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = desk_of(Scripted("one", ValueError("what is this")))
    assert (await desk.write()).writer == OFFLINE
    assert desk.open_turns == 0
    assert "a draft by a model failed" in caplog.text


async def test_a_screen_that_fails_does_not_stop_the_line() -> None:
    desk = desk_of(Scripted("one", marked(LINE)))

    def torn(text: str) -> None:
        raise RuntimeError("no such card")

    desk.author._writing = torn
    assert (await desk.write()).line == LINE


# --- time -------------------------------------------------------------------------------------------


async def test_a_draft_has_a_time_and_then_the_composer_writes() -> None:
    model = Scripted("one", marked(LINE))
    model.stuck = True
    desk = desk_of(model, seconds=0.05)
    async with asyncio.timeout(2):
        draft = await desk.write()
    assert draft.writer == OFFLINE
    assert model.closed == 1
    assert desk.shown[-1] == ""
    assert "WRITING_SECONDS" in desk.told[0]
    # It is the draft's time that was over, not the model's: nothing is held against it.
    assert desk.message.states()[0].standing.state is State.CLOSED


async def test_a_draft_that_is_broken_off_leaves_nothing_behind() -> None:
    model = Scripted("one", marked(LINE))
    model.stuck = True
    desk = desk_of(model)
    writing = asyncio.create_task(desk.write())
    await model.reached.wait()
    assert desk.shown[-1] != ""
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert (desk.shown[-1], desk.open_turns, model.closed) == ("", 0, 1)
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()
    model.stuck = False
    assert (await desk.write()).line == LINE
    assert desk.shown[-1] == LINE


async def test_of_two_drafts_at_a_time_one_is_shown() -> None:
    one = Scripted("one", marked(LINE), marked(OTHER))
    desk = desk_of(one)
    first, second = await asyncio.gather(desk.write(), desk.write())
    assert {first.line, second.line} == {LINE, OTHER}
    assert all(LINE.startswith(shown) for shown in desk.shown)


async def test_a_line_that_is_there_does_not_wait_for_a_model_that_talks_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanctum_tui.llm.hearing.LAST_WORDS_SECONDS", 0.05)

    class Talking(Scripted):
        async def write(self, asked: Asked) -> AsyncIterator[str]:
            yield marked(LINE)
            try:
                await asyncio.Event().wait()
            finally:
                self.closed += 1

    model = Talking("one", "")
    async with asyncio.timeout(2):
        assert (await desk_of(model).write()).line == LINE
    assert model.closed == 1


# --- looking things up ------------------------------------------------------------------------------


async def test_a_note_of_the_first_phase_is_material_for_the_second() -> None:
    model = Scripted("one", marked(LINE), note="Lamps were talked about in stream 12.")
    desk = desk_of(model, informing=[model])
    draft = await desk.write()
    assert "Lamps were talked about in stream 12." in model.asked[0].material
    assert model.tools[:3] == ["recent_chat", "dashboard", "already_said"]
    assert draft.sources[-1] == "what was looked up"
    told = [(event.kind, event.stage) for event in desk.events]
    assert told == [
        (Kind.THINKING, "information"),
        (Kind.TOOL_START, "recent_chat"),
        (Kind.TOOL_END, "recent_chat"),
        (Kind.THINKING, "message"),
        (Kind.FINALIZING, "message"),
    ]


@pytest.mark.parametrize("trouble", [failure(), failure(Fault.REFUSED), "never"])
async def test_looking_up_that_fails_means_only_that_there_is_no_note(trouble: str | Exception) -> None:
    model = Scripted("one", marked(LINE))
    desk = desk_of(model, informing=[Scripted("two", "", note=trouble)], seconds=0.3)
    draft = await desk.write()
    assert (draft.line, draft.writer) == (LINE, "one")
    assert "what was looked up" not in draft.sources
    assert desk.told == []


async def test_a_provider_that_fails_is_told_of_once_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    desk = desk_of(Scripted("one", marked(LINE)), providers=(TonightsChat(), Broken()))
    for _ in range(2):
        assert (await desk.write()).line == LINE
    assert [event.tool for event in desk.events if event.is_error] == ["search_earlier_streams"] * 2
    assert sum("could not be fetched" in record.message for record in caplog.records) == 1


# --- the words of an evening, over the wire ---------------------------------------------------------


def told_settings(*models: ModelChoice, **values: object) -> Settings:
    return settings(models=models, **values)


def plain(mock: MockProvider) -> Settings:
    """The mock, which writes and looks nothing up."""
    return told_settings(mock.choice(tools=False))


@asynccontextmanager
async def words_of(folder: Path, chosen: Settings) -> AsyncIterator[Words]:
    words = await Words.open(
        lambda: chosen,
        paths_in(folder),
        None,
        channel="quietharbor",
        session_id=None,
        clock=SystemClock(),
        style=Style,
        signature=lambda: "— C",
    )
    try:
        yield words
    finally:
        await words.close()


async def opened(words: Words) -> None:
    assert words._opening is not None
    await words._opening


async def draft_of(words: Words, *messages: ChatMessage) -> tuple[Draft, Verdict]:
    """A draft as the Hearthkeeper gets it, with the guard told all."""
    keeper = Hearthkeeper(
        words.author, style=Style, dashboard=lambda: PLAN, private=words.private, language=lambda: "en"
    )
    written = await keeper.draft(room_of(*messages), [])
    assert written is not None
    return written


async def test_without_a_model_there_is_the_composer_and_nothing_else(tmp_path: Path) -> None:
    async with words_of(tmp_path, Settings()) as words:
        assert isinstance(words.author, OfflineComposer)
        assert (words.states(), words.private(), words.singly(), words.turn) == ((), (), (), None)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        words.notes.add("no talk of spoilers", on=START.date())
        assert StandingNotes(notes_file(paths_in(tmp_path))).read()
        with pytest.raises(BadInputError, match="No model is called"):
            await words.one_word("mock")


async def test_until_the_models_are_open_the_composer_writes(tmp_path: Path) -> None:
    async with mock_provider(answer(marked(LINE))) as mock, words_of(tmp_path, told_settings(mock.choice())) as words:
        assert (await draft_of(words))[0].writer == OFFLINE
        assert [(state.name, state.place, state.standing.state) for state in words.states()] == [
            ("mock", 1, State.CLOSED)
        ]
        await opened(words)
        draft, verdict = await draft_of(words)
        assert (draft.line, draft.writer, verdict.passed) == (LINE, "mock", True)
        # Two calls: one to look things up, and one to write.
        assert words.states()[0].spent.tokens == words.spending.total().tokens > 0


async def test_an_evening_that_is_closed_at_once_leaves_nothing_open(tmp_path: Path) -> None:
    async with mock_provider(answer(marked(LINE))) as mock, words_of(tmp_path, told_settings(mock.choice())) as words:
        pass
    await words.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


SLOW = Reply((event(delta(content="<line>")),), silent=True)
CUT = stream(delta(content=f"<line>{LINE[:20]}"), done=False, cut=True)


@pytest.mark.parametrize(
    "reply",
    [
        refusal(429, {"error": {"message": "slow down"}}, Retry_After="30"),
        refusal(500, {"error": {"message": "oops"}}),
        CUT,
        answer(""),
        SLOW,
        answer(f"{marked(LOUD)}"),
        answer(f"Here is the key: {marked(f'The lamp says {KEY} tonight.')}"),
    ],
    ids=["429", "500", "cut", "empty", "slow", "loud", "leak"],
)
async def test_whatever_a_provider_does_there_is_a_good_line_in_time(reply: Reply, tmp_path: Path) -> None:
    async with mock_provider(reply) as mock:
        choice = mock.choice(first_token_seconds=0.3, answer_seconds=0.6, tools=False)
        async with words_of(tmp_path, told_settings(choice)) as words:
            shown: list[str] = []
            words.on_writing = shown.append
            await opened(words)
            async with asyncio.timeout(3):
                draft, verdict = await draft_of(words)
            assert verdict.findings == ()
            assert draft.writer == OFFLINE
            assert shown[-1:] in ([], [""])
            assert mock.asked


async def test_the_wire_streams_into_the_card_and_the_prompt_stays_the_same_from_call_to_call(tmp_path: Path) -> None:
    pieces = ["Sure. <li", "ne>A tide table ", "is mostly a list ", "of reasons to be late.</l", "ine>"]
    async with mock_provider(answer(*pieces)) as mock, words_of(tmp_path, plain(mock)) as words:
        shown: list[str] = []
        words.on_writing = shown.append
        await opened(words)
        draft, _ = await draft_of(words, says(0, "the lighthouse again"))
        assert draft.line == LINE
        assert shown == ["A tide table", "A tide table is mostly a list", LINE]
        await draft_of(words, says(0, "the fog"), says(5, "the fog again"))
        one, two = (asked["messages"] for asked in mock.asked[:2])
        assert one[0] == two[0]
        assert one[-1] != two[-1]


async def test_a_draft_shows_what_is_going_on_and_takes_it_away(tmp_path: Path) -> None:
    stuck = stream(delta(content="<line>A tide table "), done=False, stuck=True)
    async with mock_provider(stuck) as mock:
        chosen = told_settings(mock.choice(tools=False), status_delay_seconds=0.0)
        async with words_of(tmp_path, chosen) as words:
            shown: list[str | None] = []
            begun, over = asyncio.Event(), asyncio.Event()

            def status(told: Status | None) -> None:
                shown.append(None if told is None else told.event.source)
                (over if told is None else begun).set()

            words.on_status = status
            await opened(words)
            writing = asyncio.create_task(draft_of(words))
            async with asyncio.timeout(5):
                await begun.wait()
                assert shown == ["hearthkeeper"]
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)
                await over.wait()
            assert shown == ["hearthkeeper", None]


async def test_no_line_may_tell_of_the_prompt_the_key_or_the_model(tmp_path: Path) -> None:
    choice = ModelChoice(
        name="main", provider="ollama", model="qwen3:8b", base_url="http://127.0.0.1:9/v1", api_key=Secret(KEY)
    )
    StandingNotes(notes_file(paths_in(tmp_path))).add(
        "leave the storm alone until the third island is reached", on=START.date()
    )
    StandingNotes(notes_file(paths_in(tmp_path))).add("sailing", on=START.date())
    plainly = msgspec.structs.replace(choice, name="other", model="solar", api_key=Secret("none"))
    async with words_of(tmp_path, told_settings(choice, plainly)) as words:
        private = words.private()

        def rules(line: str) -> set[str]:
            return {finding.rule for finding in inspect(line, private=private).findings}

        assert rules(f"The lamp says {KEY[8:20]} tonight.") & {"leak", "key"}
        assert "leak" in rules("You write one line that the streamer may post into it.")
        assert "leak" in rules("This is qwen3:8b, on the quiet side of the sea.")
        assert "leak" in rules("We leave the storm alone until the third island.")
        assert (
            rules("The main mast is the last to be mended, by solar lamp, and none of the sailing waits for it.")
            == set()
        )


async def test_limits_and_languages_hold_from_the_next_draft_on(tmp_path: Path) -> None:
    async with mock_provider(answer(marked(LINE))) as mock:
        chosen = [told_settings(mock.choice(tools=False, context_tokens=2048))]
        words = await Words.open(
            lambda: chosen[0],
            paths_in(tmp_path),
            None,
            channel="",
            session_id=None,
            clock=SystemClock(),
            style=Style,
            signature=lambda: "",
        )
        try:
            notices: list[str] = []
            words.on_notice = notices.append
            await opened(words)
            assert (await draft_of(words))[0].writer == "mock"
            assert (words.prompts("mock").budget_tokens, words.prompts().budget_tokens) == (1536, 1536)
            chosen[0] = msgspec.structs.replace(chosen[0], llm_budget_tokens=1, agent_language="zh")
            assert (await draft_of(words))[0].writer == OFFLINE
            assert len(notices) == 1
            assert "Write in Chinese." in words.prompts().instructions(Mode.HEARTHKEEPER)
            with pytest.raises(ModelError, match="LLM_BUDGET_TOKENS"):
                await words.singly()[0].first(lambda model: words.one_word(model.name))
        finally:
            await words.close()


async def test_a_model_can_be_asked_for_a_word_and_is_asked_again_where_it_answers(tmp_path: Path) -> None:
    refused = refusal(401, {"error": {"message": "no"}})
    async with mock_provider(refused) as mock, words_of(tmp_path, plain(mock)) as words:
        await opened(words)
        assert (await draft_of(words))[0].writer == OFFLINE
        assert words.states()[0].standing.state is State.OPEN
        with pytest.raises(ModelError):
            await words.one_word("mock")
        words.try_now("mock")
        assert words.states()[0].standing.state is State.HALF_OPEN
        mock.say(answer("Black", ", I would say."))
        assert await words.one_word("mock") == "Black"
        assert words.states()[0].standing.state is State.CLOSED
        words.reset("nobody")


async def test_a_prompt_module_that_is_none_is_an_error_and_a_protected_one_is_told_of(tmp_path: Path) -> None:
    folder = prompts_folder(paths_in(tmp_path))
    folder.mkdir(parents=True)
    (folder / "safety.md").write_text("be loud", encoding="utf-8")
    choice = ModelChoice(name="main", provider="ollama", model="q", base_url="http://127.0.0.1:9/v1")
    async with words_of(tmp_path, told_settings(choice)) as words:
        assert len(words.warnings) == 1
        assert "protected" in words.warnings[0]
    (folder / "vioce.md").write_text("be calm", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"did you mean voice\.md"):
        async with words_of(tmp_path, told_settings(choice)):
            pass


def test_what_models_are_asked_is_never_logged(tmp_path: Path) -> None:
    stop = logs.start(tmp_path / "log.jsonl", "DEBUG")
    try:
        for name in ("openai", "httpx2", "httpcore2", "pydantic_ai"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
            assert logging.getLogger(name).isEnabledFor(logging.WARNING)
    finally:
        stop()
        for name in ("openai", "httpx2", "httpcore2", "pydantic_ai"):
            logging.getLogger(name).propagate = True


HELD = """
import asyncio, time
from sanctum_tui.llm.chain import open_models
from sanctum_tui.settings import ModelChoice

async def main():
    held, opening = [], asyncio.create_task(open_models([ModelChoice(
        name="a", provider="ollama", model="q", base_url="http://127.0.0.1:9/v1")]))
    while not opening.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        held.append(time.perf_counter() - began - 0.005)
    for model in await opening:
        await model.aclose()
    print(sorted(held)[int(len(held) * 0.99)])

asyncio.run(main())
"""


def test_loading_the_model_library_does_not_hold_the_loop() -> None:
    """Seconds that ninety-nine of a hundred keys wait at the most, in a process that is fresh."""
    held = []
    for _ in range(3):
        # Another process may have had the machine for a moment.
        run = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, check=True, timeout=60)
        held.append(float(run.stdout))
        if held[-1] < 0.05:
            break
    assert min(held) < 0.05
