"""A writer is told of the evening by four providers at once; one that fails leaves out itself and nothing else."""

import asyncio
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import monotonic

import pytest

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import StorageError
from sanctum_tui.llm.author import Context
from sanctum_tui.llm.context import (
    EarlierStreams,
    Gathered,
    HouseRules,
    Knowledge,
    Piece,
    Provider,
    TonightsChat,
    gather,
    providers_for,
)
from sanctum_tui.llm.knowledge import KnowledgeFolder
from sanctum_tui.llm.standing import StandingNotes, notes_file
from sanctum_tui.memory.search import Found
from tests.builders import at, paths_in, says, settings

PLAN = Dashboard(
    title="The long way round", game="Windrose", mood="patient", angle="Solitude at sea by the lighthouse"
)
CONTEXT = Context(dashboard=PLAN, recent=(says(10, "who lit the lamp"), says(20, "nobody did", "bo")))


class Searcher:
    """Finds what it is told to."""

    def __init__(self, *found: Found) -> None:
        self.found = found
        self.asked: list[tuple[str, str, int | None]] = []

    async def search(self, query: str, *, channel: str, before_session: int | None, most: int) -> Sequence[Found]:
        self.asked.append((query, channel, before_session))
        return self.found[:most]


class Slow:
    provider = Provider.EARLIER

    def __init__(self) -> None:
        self.cancelled = False

    async def fetch(self, context: Context) -> Sequence[Piece]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return ()


class Broken:
    provider = Provider.KNOWLEDGE

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def fetch(self, context: Context) -> Sequence[Piece]:
        raise self._error


def find(number: int, text: str, *, day: int = 0, stream: int = 4, ours: bool = False) -> Found:
    return Found(stream, number, at(-86_400 * (10 - day)), "Night", text, "Ada", ours)


async def test_all_four_are_told_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "lighthouse.md").write_text("The lighthouse has been dark for years.")
    standing = StandingNotes(tmp_path / "notes.md")
    standing.add("No lines about food.", on=date(2026, 2, 1))
    gathered = await gather(
        CONTEXT,
        [
            TonightsChat(),
            Knowledge(KnowledgeFolder(tmp_path / "notes")),
            EarlierStreams(Searcher(find(1, "the lighthouse at sea")), channel="harbour", session_id=9),
            HouseRules(lambda: "Be kind.", standing),
        ],
    )
    assert [(piece.provider, piece.text, piece.source) for piece in gathered.pieces] == [
        (Provider.RULES, "Be kind.", "the channel's rules"),
        (Provider.RULES, "No lines about food.", "a standing note"),
        (Provider.KNOWLEDGE, "The lighthouse has been dark for years.", "lighthouse"),
        (Provider.EARLIER, "the lighthouse at sea", "stream 4, 2026-02-19"),
        (Provider.CHAT, "who lit the lamp", "mira"),
        (Provider.CHAT, "nobody did", "bo"),
    ]
    assert gathered.failed == ()


async def test_tonights_chat_is_told_oldest_first() -> None:
    pieces = await TonightsChat().fetch(CONTEXT)
    assert [piece.at for piece in pieces] == [at(10), at(20)]


async def test_the_providers_are_asked_side_by_side() -> None:
    everybody = asyncio.Barrier(3)

    class Waiting:
        provider = Provider.RULES

        async def fetch(self, context: Context) -> Sequence[Piece]:
            await everybody.wait()
            return [Piece(Provider.RULES, "here")]

    gathered = await gather(CONTEXT, [Waiting(), Waiting(), Waiting()])
    assert len(gathered.pieces) == 3


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StorageError("The database is locked; wait."), "The database is locked; wait."),
        (
            ValueError("a path of mine"),
            "The knowledge context could not be fetched and was left out; the log says why.",
        ),
    ],
)
async def test_one_that_fails_is_told_of_and_the_others_stay(error: Exception, sentence: str) -> None:
    told: list[tuple[Provider, str]] = []
    gathered = await gather(
        CONTEXT, [Broken(error), TonightsChat()], told=lambda provider, why: told.append((provider, why))
    )
    assert told == [(Provider.KNOWLEDGE, sentence)]
    assert gathered.failed == (Provider.KNOWLEDGE,)
    assert len(gathered.of(Provider.CHAT)) == 2


async def test_one_that_is_late_is_left_out_in_time() -> None:
    slow = Slow()
    told: list[tuple[Provider, str]] = []
    begun = monotonic()
    gathered = await gather(
        CONTEXT, [slow, TonightsChat()], told=lambda *what: told.append(what), deadline_seconds=0.05
    )
    assert monotonic() - begun < 1.0
    assert slow.cancelled
    assert told == [(Provider.EARLIER, "The earlier context took longer than 0.05 s and was left out.")]
    assert len(gathered.pieces) == 2


async def test_a_draft_that_is_given_up_leaves_no_provider_running() -> None:
    slow = Slow()
    task = asyncio.create_task(gather(CONTEXT, [slow, TonightsChat()], deadline_seconds=60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.cancelled


async def test_earlier_streams_are_searched_by_the_wish_and_the_plan_and_told_oldest_first() -> None:
    plan = "# Stream Dashboard\n\n### 1. Stream Title\n\nThe lamp room\n\n### 5. One Content Angle\n\nLamps at sea.\n"
    searcher = Searcher(
        find(7, "the sea and its lighthouse", day=3),
        find(2, "that lighthouse, at sea", day=1, ours=True),
        find(0, plan, day=2),
        find(3, "a chance word: sea", day=0),
    )
    provider = EarlierStreams(searcher, channel="harbour", session_id=9)
    pieces = await provider.fetch(Context(dashboard=PLAN, note="something on lamps"))
    assert searcher.asked == [
        ("something on lamps Windrose The long way round Solitude at sea by the lighthouse patient", "harbour", 9)
    ]
    assert [piece.text for piece in pieces] == [
        "that lighthouse, at sea",
        "The lamp room · Lamps at sea.",
        "the sea and its lighthouse",
    ]
    pieces = await provider.find("lighthouse")
    assert [piece.source for piece in pieces] == [
        "stream 4, 2026-02-19",
        "stream 4, 2026-02-20, the steward's line",
        "stream 4, 2026-02-21, its plan",
        "stream 4, 2026-02-22",
    ]
    assert pieces[2].text == "The lamp room · Lamps at sea."


async def test_an_evening_without_a_plan_searches_nothing() -> None:
    searcher = Searcher()
    assert list(await EarlierStreams(searcher, channel="harbour", session_id=None).fetch(Context())) == []
    assert searcher.asked == []


async def test_providers_that_have_nothing_to_look_into_are_left_out(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    few = providers_for(lambda: settings(), paths, None, channel="harbour", session_id=None)
    assert [one.provider for one in few] == [Provider.CHAT, Provider.RULES]
    chosen = settings(knowledge_path=str(tmp_path), channel_rules="Be kind.")
    all_four = providers_for(lambda: chosen, paths, Searcher(), channel="harbour", session_id=1)
    assert {one.provider for one in all_four} == set(Provider)
    gathered = await gather(Context(), all_four)
    assert [piece.text for piece in gathered.pieces] == ["Be kind."]
    assert notes_file(paths).parent == paths.config


def test_nothing_gathered_is_an_answer_too() -> None:
    assert Gathered().of(Provider.CHAT) == ()
