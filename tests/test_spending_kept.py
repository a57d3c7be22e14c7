"""What the models used is kept with the evening: a restart is no way around the streamer's budget."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sanctum_tui.clock import ReplayClock
from sanctum_tui.errors import StorageError
from sanctum_tui.events import Event, StorageFailed
from sanctum_tui.llm.account import Account, logged
from sanctum_tui.llm.chain import Chain, links
from sanctum_tui.llm.ports import Usage
from sanctum_tui.llm.spending import Spending, Spent
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.spendings import Used
from sanctum_tui.runtime.evening import Evening
from sanctum_tui.settings import ModelChoice
from tests.builders import START, Heard, evening_of, paths_in, says, settings
from tests.mock_provider import MockProvider, answer, mock_provider
from tests.writing import LINE, OFFLINE, Scripted, draft_of, marked, opened

EVENTS = [says(0), says(20)]
ONE_CALL = {"prompt_tokens": 1_000, "completion_tokens": 100, "total_tokens": 1_100}


@pytest.fixture
async def mock() -> AsyncIterator[MockProvider]:
    async with mock_provider(answer(marked(LINE), usage=ONE_CALL)) as provider:
        yield provider


class Listening(Heard):
    """Hears that something could not be stored."""

    def __init__(self) -> None:
        super().__init__()
        self.failed = asyncio.Event()

    def __call__(self, event: Event) -> None:
        if isinstance(event, StorageFailed):
            self.failed.set()


@asynccontextmanager
async def console(
    folder: Path, *models: ModelChoice, heard: Heard | None = None, **chosen: object
) -> AsyncIterator[Evening]:
    """The streamer's console, open on tonight with these models."""
    wanted = settings(models=models, **chosen)
    async with evening_of(folder, EVENTS, chosen=wanted, heard=heard, review="operator") as evening:
        await opened(evening.words)
        yield evening


async def test_a_console_that_crashed_at_nine_goes_on_with_the_budget_as_it_was(
    tmp_path: Path, mock: MockProvider
) -> None:
    dear = mock.choice(tools=False, price_in=3.0, price_out=15.0)
    async with console(tmp_path, dear) as before:
        assert (await draft_of(before.words))[0].writer == "mock"
        spent = before.words.spending.total()
        assert (spent.tokens_in, spent.tokens_out) == (1_000, 100)
        assert spent.cost == pytest.approx(0.0045)
    # By now the provider has become cheap; what was paid before was paid.
    cheap = mock.choice(tools=False, price_in=0.0, price_out=0.0)
    async with console(tmp_path, cheap, llm_budget_tokens=1_100) as after:
        assert after.words.spending.total() == spent
        assert after.words.states()[0].spent == spent
        asked = len(mock.asked)
        assert (await draft_of(after.words))[0].writer == OFFLINE
        assert len(mock.asked) == asked, "the budget is spent, and it was asked all the same"
    async with console(tmp_path, cheap, llm_budget_cost=0.0045) as after:
        assert (await draft_of(after.words))[0].writer == OFFLINE


async def test_what_a_call_used_is_stored_while_the_evening_goes_on(tmp_path: Path, mock: MockProvider) -> None:
    async with console(tmp_path, mock.choice(tools=False)) as evening:
        await draft_of(evening.words)
        evenings, session = evening.memory.evenings, evening.keeping.session.id
        async with asyncio.timeout(5):
            # kill -9 would find it there.
            while not await evenings.spendings(session):
                pass
        assert await evenings.spendings(session) == (Used("mock", 1_000, 100, 0.0),)


async def test_an_evening_begun_afresh_has_spent_nothing(tmp_path: Path, mock: MockProvider) -> None:
    async with console(tmp_path, mock.choice(tools=False)) as before:
        await draft_of(before.words)
    wanted = settings(models=(mock.choice(tools=False),))
    async with evening_of(tmp_path, EVENTS, chosen=wanted, review="operator", fresh=True) as after:
        assert after.words.spending.total() == Spent()


async def test_a_disk_that_fails_is_told_of_and_costs_no_line(tmp_path: Path, mock: MockProvider) -> None:
    heard = Listening()
    async with console(tmp_path, mock.choice(tools=False), heard=heard) as evening:
        other = sqlite3.connect(paths_in(tmp_path).database)
        other.execute("ALTER TABLE spendings RENAME TO elsewhere")
        other.commit()
        draft, verdict = await draft_of(evening.words)
        assert (draft.line, draft.writer, verdict.passed) == (LINE, "mock", True)
        async with asyncio.timeout(5):
            await heard.failed.wait()
        assert evening.words.spending.total().tokens == 1_100
        other.execute("ALTER TABLE elsewhere RENAME TO spendings")
        other.commit()
        other.close()
    # What was owed was stored when the console closed.
    async with console(tmp_path, mock.choice(tools=False)) as after:
        assert after.words.spending.total().tokens == 1_100


class Disk:
    """Stores what it is given, unless it is full, and not before it is let."""

    def __init__(self) -> None:
        self.full = False
        self.free = asyncio.Event()
        self.free.set()
        self.stored: list[Mapping[str, Spent]] = []
        self.asked = asyncio.Event()

    async def store(self, spent: Mapping[str, Spent]) -> None:
        self.asked.set()
        await self.free.wait()
        if self.full:
            raise StorageError("The disk is full; free some space.")
        self.stored.append(dict(spent))

    async def is_asked(self) -> None:
        async with asyncio.timeout(5):
            await self.asked.wait()
        self.asked.clear()


async def test_a_slow_disk_keeps_no_line_waiting() -> None:
    disk, spending = Disk(), Spending([])
    disk.free.clear()
    account = Account(spending, disk.store)
    model = Scripted("one", marked(LINE))
    chain = Chain(links([model], ReplayClock(START)), spending)

    async def write(_: object) -> str:
        model.used = model.used + Usage(5, 1)
        return LINE

    async with asyncio.timeout(5):
        assert await chain.first(write) == LINE
        await disk.is_asked()
        assert await chain.first(write) == LINE
    disk.free.set()
    await account.close()
    assert disk.stored == [{"one": Spent(5, 1)}, {"one": Spent(5, 1)}]


async def test_what_a_full_disk_refused_goes_with_the_next_call_and_is_counted_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    disk, spending = Disk(), Spending([])
    account = Account(spending, disk.store, logged)
    disk.full = True
    spending.count("one", Usage(10, 1))
    await disk.is_asked()
    disk.full = False
    spending.count("one", Usage(20, 2))
    spending.count("two", Usage(1, 1))
    await disk.is_asked()
    await account.close()
    assert disk.stored == [{"one": Spent(30, 3), "two": Spent(1, 1)}]
    assert caplog.messages == ["The disk is full; free some space."]


async def test_two_consoles_on_one_evening_add_to_one_account(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'sanctum.db'}"
    one = await open_memory(url, lock_folder=None)
    other = await open_memory(url, lock_folder=None)
    session = await one.evenings.begin(channel="harbour", source="live", title="", at=START)
    second = await one.evenings.begin(channel="quay", source="live", title="", at=START)
    near, far = Used("near", 10, 1, 0.0), Used("far", 3_000_000_000, 2, 1.5)
    await asyncio.gather(
        one.evenings.add_spendings(session.id, [near, far]), other.evenings.add_spendings(session.id, [near])
    )
    assert await other.evenings.spendings(session.id) == (far, Used("near", 20, 2, 0.0))
    assert await one.evenings.spendings(second.id) == ()
    for memory in (one, other):
        await memory.close()
