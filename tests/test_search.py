"""Earlier streams can be searched: the right lines are found, at no cost to storing chat."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import URL

from sanctum_tui.chat import ChatLine, ChatMessage, Voice
from sanctum_tui.evening import LIVE_SOURCE, Session
from sanctum_tui.memory import Memory, open_memory
from sanctum_tui.memory import search as searching
from sanctum_tui.memory.search import FROM_ONE_STREAM, Found, Search, spaced, words_of
from tests.postgres import database, server

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def filed(tmp_path: Path) -> AsyncIterator[Memory]:
    """In a file, where the index is filled by whoever searches."""
    opened = await open_memory(f"sqlite+aiosqlite:///{tmp_path / 'sanctum.db'}", lock_folder=None)
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[URL]:
    with server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def memory(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Memory]:
    async with AsyncExitStack() as stack:
        url = f"sqlite+aiosqlite:///{tmp_path / 'sanctum.db'}"
        if request.param == "postgresql":
            url = await stack.enter_async_context(database(request.getfixturevalue("postgres")))
        opened = await open_memory(url, lock_folder=None)
        stack.push_async_callback(opened.close)
        yield opened


async def stream(
    memory: Memory,
    day: int,
    *texts: str,
    channel: str = "harbour",
    source: str = LIVE_SOURCE,
    voice: Voice = Voice.PERSON,
    plan: str = "",
    ended: bool = True,
) -> Session:
    """A stored stream of that day, with these lines."""
    at = NOW + day * DAY
    session = await memory.evenings.begin(channel=channel, source=source, title=f"Night {day}", at=at)
    lines = [
        ChatLine(number, voice, ChatMessage(at + timedelta(seconds=number), "ada", "Ada", text, f"{day}-{number}"))
        for number, text in enumerate(texts, start=1)
    ]
    memory.writer.put(session.id, lines, clock_at=at, position=len(lines), messages=len(lines))
    await memory.writer.flush()
    if plan:
        await memory.evenings.save_dashboard(session.id, plan, at)
    if ended:
        await memory.evenings.end(session.id, at=at + timedelta(hours=3))
    return session


async def texts(memory: Memory, query: str, before: Session | None = None, channel: str = "harbour") -> list[str]:
    found = await Search(memory.store).search(
        query, channel=channel, before_session=before.id if before else None, most=10
    )
    return [one.text for one in found]


async def test_a_line_of_an_earlier_stream_is_found_with_its_stream_and_its_moment(memory: Memory) -> None:
    earlier = await stream(memory, 0, "evening all", "the lighthouse has no keeper", "tea first")
    tonight = await stream(memory, 7, "the lighthouse again", ended=False)
    found = await Search(memory.store).search("lighthouses", channel="harbour", before_session=tonight.id)
    at = NOW + timedelta(seconds=2)
    assert found == (Found(earlier.id, 2, at, "Night 0", "the lighthouse has no keeper", "Ada"),)


async def test_only_streams_before_tonight_are_earlier_ones(memory: Memory) -> None:
    tonight = await stream(memory, 3, "lamp of tonight", ended=False)
    await stream(memory, 5, "lamp of a later stream")
    await stream(memory, 1, "lamp of another channel", channel="elsewhere")
    await stream(memory, 1, "lamp of a rehearsal", source="replay:abc")
    await stream(memory, 2, "lamp of an earlier stream")
    assert await texts(memory, "lamp", tonight) == ["lamp of an earlier stream"]


async def test_a_log_that_is_played_again_is_no_earlier_stream(memory: Memory) -> None:
    await stream(memory, 0, "the lamp, the first time", source="replay:abc")
    await stream(memory, 0, "another lamp", source="replay:xyz")
    again = await stream(memory, 1, source="replay:abc", ended=False)
    assert await texts(memory, "lamp", again) == ["another lamp"]


async def test_lines_that_more_words_fit_come_first(memory: Memory) -> None:
    await stream(memory, 0, "a map", "the storm took the map", "a storm somewhere else", "rope")
    assert (await texts(memory, "storm map"))[0] == "the storm took the map"


async def test_bots_and_spam_are_not_found_and_our_own_lines_are(memory: Memory) -> None:
    await stream(memory, 0, "lamp oil sale, click here", voice=Voice.SPAM)
    await stream(memory, 1, "lamp uptime: 3 h", voice=Voice.BOT)
    await stream(memory, 2, "The lamp is out.", voice=Voice.AGENT)
    found = await Search(memory.store).search("lamp", channel="harbour")
    assert [(one.text, one.ours) for one in found] == [("The lamp is out.", True)]


async def test_a_line_that_a_moderator_removed_is_not_found_also_after_it_was_indexed(memory: Memory) -> None:
    session = await stream(memory, 0, "a kind lamp", "a rude lamp")
    assert len(await texts(memory, "lamp")) == 2
    await memory.evenings.mark_deleted(session.id, "0-2")
    assert await texts(memory, "lamp") == ["a kind lamp"]


async def test_lines_that_come_after_a_search_are_found_by_the_next(memory: Memory) -> None:
    session = await stream(memory, 0, "one lamp", ended=False)
    assert await texts(memory, "lamp") == ["one lamp"]
    more = ChatLine(2, Voice.PERSON, ChatMessage(NOW + DAY, "bo", "Bo", "two lamps"))
    memory.writer.put(session.id, [more], clock_at=NOW, position=2, messages=2)
    await memory.writer.flush()
    assert sorted(await texts(memory, "lamp")) == ["one lamp", "two lamps"]


async def test_what_a_stream_was_about_is_found_once_it_is_over(memory: Memory) -> None:
    plan = "# Windrose\n\nThe long way round by the unlit lighthouse."
    session = await stream(memory, 0, plan=plan, ended=False)
    assert await texts(memory, "lighthouse") == []
    await memory.evenings.end(session.id, at=NOW + DAY)
    found = await Search(memory.store).search("lighthouse", channel="harbour")
    assert [(one.session_id, one.number, one.text) for one in found] == [(session.id, 0, plan)]


async def test_a_plan_in_a_script_without_spaces_is_found_by_its_signs(memory: Memory) -> None:
    plan = "# 灯塔之夜\n\n今晚慢慢走。"
    await stream(memory, 0, plan=plan)
    assert await texts(memory, "灯塔") == [plan]


async def test_one_long_evening_does_not_push_the_others_out(memory: Memory) -> None:
    await stream(memory, 0, *(f"lamp lamp lamp {number}" for number in range(30)))
    await stream(memory, 1, "once there was a lamp in the fog on the far side of the bay")
    found = await Search(memory.store).search("lamp", channel="harbour", most=10)
    assert len(found) == FROM_ONE_STREAM + 1


async def test_the_same_words_are_told_once(memory: Memory) -> None:
    await stream(memory, 0, "the Lamp", "the lamp")
    await stream(memory, 1, "the lamp")
    assert len(await texts(memory, "lamp")) == 1


@pytest.mark.parametrize("query", ["灯塔", "今晚的灯塔", "灯 塔"])
async def test_scripts_without_spaces_are_found_by_their_signs(memory: Memory, query: str) -> None:
    await stream(memory, 0, "今晚我们去灯塔那边", "明天吃什么")
    assert await texts(memory, query) == ["今晚我们去灯塔那边"]


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "lamp AND (",
        "NEAR(lamp)",
        "text: lamp*",
        "lamp^2 -oil",
        "'; DROP TABLE lines; --",
        "\x00",
        "",
        "the of",
        "🕯️",
    ],
)
async def test_no_query_is_an_error_or_an_order(memory: Memory, query: str) -> None:
    await stream(memory, 0, "a lamp")
    assert await texts(memory, query) in ([], ["a lamp"])
    assert await texts(memory, "lamp") == ["a lamp"]


def test_a_query_is_its_telling_words_each_once() -> None:
    assert words_of("The lamp, and the LAMP of tonight's stream: what is it?") == ("lamp",)
    assert len(words_of(" ".join(f"word{number}" for number in range(500)))) == searching.MOST_WORDS
    assert spaced("a 灯塔 b") == "a  灯  塔  b"


async def test_the_index_is_filled_by_whoever_searches_and_never_by_storing(filed: Memory, tmp_path: Path) -> None:
    await stream(filed, 0, "a lamp", "an oar")

    def indexed() -> int:
        with sqlite3.connect(tmp_path / "sanctum.db") as connection:
            count: int = connection.execute("SELECT count(*) FROM search_index_docsize").fetchone()[0]
        connection.close()
        return count

    assert indexed() == 0
    await texts(filed, "lamp")
    assert indexed() == 2


async def test_filling_goes_on_where_it_was_stopped_and_puts_nothing_in_twice(
    filed: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "BATCH_LINES", 10)
    await stream(filed, 0, *(f"lamp number {number}" for number in range(95)))
    search = Search(filed.store)
    assert not await search.catch_up(channel="harbour", seconds=0.0)
    rounds = 1
    while not await search.catch_up(channel="harbour", seconds=0.0):
        rounds += 1
    assert rounds >= 9
    async with filed.store.read() as connection:
        counted = await connection.exec_driver_sql("SELECT count(*), count(DISTINCT rowid) FROM search_index")
        assert counted.one() == (95, 95)


async def test_two_consoles_that_fill_the_index_at_once_put_nothing_in_twice(
    filed: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "BATCH_LINES", 7)
    await stream(filed, 0, *(f"lamp number {number}" for number in range(80)))
    await asyncio.gather(*(Search(filed.store).catch_up(channel="harbour", seconds=30.0) for _ in range(3)))
    async with filed.store.read() as connection:
        counted = await connection.exec_driver_sql(
            "SELECT count(*) FROM search_index WHERE search_index MATCH 'lamp'"
        )
        assert counted.scalar() == 80


async def test_a_database_of_the_version_before_becomes_searchable(tmp_path: Path) -> None:
    from alembic import command

    from sanctum_tui.memory.migrating import config_for

    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    old = await open_memory(url, lock_folder=None)
    await stream(old, 0, "an old lamp")
    async with old.store.write() as connection:
        await connection.run_sync(lambda sync: command.downgrade(config_for(sync), "0002"))
    await old.close()
    new = await open_memory(url, lock_folder=None)
    assert await texts(new, "lamp") == ["an old lamp"]
    await new.close()
