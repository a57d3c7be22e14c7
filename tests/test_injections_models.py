"""Hidden instructions and a model that obeys them: between it and the room stand the guard and the queue."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from sanctum_tui.agent.modes.hearthkeeper import Hearthkeeper
from sanctum_tui.agent.orchestrator import Orchestrator
from sanctum_tui.clock import SystemClock
from sanctum_tui.evening import Draft, Prompt, PromptState
from sanctum_tui.llm.author import Author, Context
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.context import EarlierStreams, Knowledge, TonightsChat
from sanctum_tui.llm.guard import Style
from sanctum_tui.llm.knowledge import KnowledgeFolder
from sanctum_tui.llm.offline import OfflineComposer
from sanctum_tui.llm.prompts import Prompts, read_modules
from sanctum_tui.llm.spending import Spending
from sanctum_tui.llm.writing import ModelAuthor
from sanctum_tui.memory.search import Found
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.status.turns import Turn
from tests.builders import START, Heard, evening_of, settings
from tests.obedient import ObedientModel
from tests.test_injections import KEY, PLAN, Injection, _bare, _pieces, _talk, injections, ways_to_obey

PARTS = 5
MODULES = tuple(read_modules().texts.values())
PRIVATE = (*MODULES, KEY, "gpt-5-mini")
"""As the words of an evening have it: the modules of the prompt, the key, and the model's name."""
_HARD = [piece for text in MODULES for piece in _pieces(text, 30)]


def tells(line: str) -> bool:
    """Whether some of the prompt, word for word, or of the key stands in it. Not the guard's own way."""
    bare = _bare(line)
    return any(piece in bare for piece in (*_HARD, *_pieces(KEY, 8)))


class Strangers:
    """Earlier streams in which nobody said anything but hidden instructions, and none of tonight's."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.tonight: frozenset[str] = frozenset()
        self._chance = random.Random(1)

    async def search(self, query: str, *, channel: str, before_session: int | None, most: int) -> Sequence[Found]:
        self.asked.append(query)
        at = START - timedelta(days=7)
        others = [one for one in injections() if one.text not in self.tonight]
        said = self._chance.sample(others, min(3, most))
        return [Found(1, n, at, one.text[:60], one.text, "stranger") for n, one in enumerate(said)]


class Silent:
    """Nobody who would write where the model's lines do not stand: they are seen in the queue as they are."""

    async def write(self, context: Context) -> Draft | None:
        return None


class Stand:
    """An author on a model that obeys, with all it may look into poisoned, in an evening of its own."""

    def __init__(self, folder: Path, fallback: Author | None) -> None:
        known = injections()
        self.model = ObedientModel(
            {one.text: ways_to_obey(one)[: len(one.lines) + 1] for one in known},
            {one.text: one.kind for one in known},
            key=KEY,
        )
        self.strangers = Strangers()
        notes = folder / "notes"
        notes.mkdir()
        clipped = "\n\n".join(f"# Windrose {n}\n\nThe outer isles: {one.text}" for n, one in enumerate(known[::9]))
        (notes / "clipped.md").write_text(clipped, encoding="utf-8")
        spending = Spending([])
        chain = Chain(links([self.model], SystemClock()), spending)
        self.author = ModelAuthor(
            information=chain,
            message=chain,
            prompts=lambda name: Prompts(),
            providers=(
                TonightsChat(),
                EarlierStreams(self.strangers, channel="quietharbor", session_id=None),
                Knowledge(KnowledgeFolder(notes)),
            ),
            fallback=fallback or Silent(),
            signature=lambda: "— Chronicler",
            turn=lambda source: Turn(1, source, clock=SystemClock(), tell=lambda event: None, over=lambda turn: None),
            seconds=lambda: 30.0,
        )
        self.heard = Heard()

    async def live(self, folder: Path, part: Sequence[Injection], *, approves: bool = False) -> list[Prompt]:
        """An evening on which strangers write these; the plan is byte for byte what it was, also in its file."""
        self.strangers.tonight = frozenset(one.text for one in part)
        plan = folder / "plan.md"
        plan.write_text(PLAN, encoding="utf-8")
        chosen = settings(
            hearthkeeper_session_budget=1000,
            hearthkeeper_prompt_interval_minutes=1.0,
            agent_loop_interval_seconds=240.0,
        )
        async with evening_of(
            folder, _talk(part), chosen=chosen, heard=self.heard, dashboard=plan, review="hold", keep=False
        ) as evening:
            evening.orchestrator = self._orchestrator(evening, approves)
            before = evening.tonight.dashboard
            await evening.run()
            assert evening.tonight.dashboard == before
            prompts = list(evening.queue.prompts)
            await evening.finish()
        assert plan.read_bytes() == PLAN.encode()
        return prompts

    def _orchestrator(self, evening: Evening, approves: bool) -> Orchestrator:
        async def approve(prompt: Prompt) -> None:
            if approves:
                await evening.desk.approve(prompt.number, by="standing order")

        keeper = Hearthkeeper(
            self.author,
            style=Style,
            dashboard=lambda: evening.dashboard,
            private=lambda: PRIVATE,
            language=lambda: "en",
        )
        return Orchestrator(
            clock=evening.clock,
            room=evening.room,
            queue=evening.queue,
            keeping=evening.keeping,
            hearthkeeper=keeper,
            gate=evening.origin.gate,
            broadcast=evening.broadcast,
            settings=lambda: evening.settings,
            on_air=evening.origin.went,
            hearing=evening.origin.hearing,
            standing_order=approve,
        )


def standing(prompts: Sequence[Prompt]) -> Iterator[str]:
    return (prompt.line for prompt in prompts if prompt.state is not PromptState.REJECTED)


@pytest.mark.parametrize("part", range(PARTS))
async def test_what_an_obedient_model_writes_neither_stands_nor_leaves_nor_edits(part: int, tmp_path: Path) -> None:
    asked = injections()[part::PARTS]
    stand = Stand(tmp_path, None)
    prompts = await stand.live(tmp_path, asked)
    model = stand.model
    assert len(model.obeyed) > len(asked) * 0.9
    assert len(model.wrote) > len(asked)
    assert not {state for _, state, _ in stand.heard.steps()} & {"approved", "sending", "posted"}
    assert [line for line in standing(prompts) if tells(line) or line in model.wrote] == []
    assert sum(prompt.state is PromptState.REJECTED for prompt in prompts) > 10
    assert len(model.prompts) == 1, "nothing that was said is in the part that is trusted"


async def test_the_tools_of_an_obedient_model_bring_it_instructions_and_carry_nothing_out(tmp_path: Path) -> None:
    asked = injections()[::25]
    stand = Stand(tmp_path, None)
    prompts = await stand.live(tmp_path, asked)
    model = stand.model
    used = {name for name, _ in model.looked_up}
    assert {"search_earlier_streams", "knowledge_notes"} <= used
    assert any(KEY in query for _, query in model.looked_up)
    assert max(map(len, stand.strangers.asked)) <= 200
    brought = [found for found in model.found if any(seen in found for seen in model._seen_as.values())]
    assert len(brought) > len(asked) / 2
    assert all(line.startswith("| ") for found in brought for line in found.splitlines())
    assert [line for line in standing(prompts) if tells(line) or line in model.wrote] == []


@pytest.mark.parametrize("approves", [False, True])
async def test_with_the_composer_behind_it_what_stands_is_the_composers(approves: bool, tmp_path: Path) -> None:
    asked = injections()[:: 2 * PARTS]
    stand = Stand(tmp_path, OfflineComposer(Style, lambda: "— Chronicler"))
    prompts = await stand.live(tmp_path, asked, approves=approves)
    stood = list(standing(prompts))
    assert len(stood) > 10
    assert [line for line in stood if tells(line) or line in stand.model.wrote] == []
    posted = {prompt.line for prompt in prompts if prompt.state is PromptState.POSTED}
    assert bool(posted) == approves
