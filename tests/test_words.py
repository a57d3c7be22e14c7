"""The words of an evening, over a real wire: models are opened late, closed at the end, and never in the way."""

import asyncio
import logging
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from sanctum_tui import logs
from sanctum_tui.clock import SystemClock
from sanctum_tui.errors import BadInputError
from sanctum_tui.llm.breaker import State
from sanctum_tui.llm.guard import Style, inspect
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.llm.ports import ModelError
from sanctum_tui.llm.prompts import Mode, prompts_folder
from sanctum_tui.llm.standing import StandingNotes, notes_file
from sanctum_tui.runtime.words import Words
from sanctum_tui.settings import ModelChoice, Secret, Settings
from sanctum_tui.status.events import Status
from tests.builders import START, paths_in, says
from tests.mock_provider import KEY, Reply, answer, delta, event, mock_provider, refusal, stream
from tests.writing import (
    LINE,
    LOUD,
    OFFLINE,
    draft_of,
    marked,
    opened,
    plain,
    told_settings,
    words_of,
)


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


LOADED_IN = """
import asyncio, sys, threading
from sanctum_tui.llm.chain import open_models
from sanctum_tui.settings import ModelChoice

class Watching:
    threads = set()
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("pydantic_ai", "openai", "httpx2"):
            self.threads.add(threading.current_thread() is threading.main_thread())

async def main():
    sys.meta_path.insert(0, Watching())
    for model in await open_models([ModelChoice(
            name="a", provider="ollama", model="q", base_url="http://127.0.0.1:9/v1")]):
        await model.aclose()
    print(*Watching.threads)

asyncio.run(main())
"""


def test_the_model_library_is_loaded_beside_the_console() -> None:
    """In a process that is fresh; how long keys wait meanwhile is what the benchmark ``library`` tells."""
    run = subprocess.run([sys.executable, "-c", LOADED_IN], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.split() == ["False"]
