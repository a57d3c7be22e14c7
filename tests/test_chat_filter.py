"""A streamer leaves out what is not wanted: by whose it is, or by a search through the whole evening."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from sanctum_tui.chat import ChatCleared, ChatLine, Voice
from sanctum_tui.memory import open_memory
from sanctum_tui.memory.removed import Removed
from sanctum_tui.memory.wanted import EVERYTHING, Wanted, Whose, wanted_of
from sanctum_tui.ui.chat.history import History
from sanctum_tui.ui.chat.scrollback import LIVE_LINES, PAGE_LINES, Key
from sanctum_tui.ui.chat.selection import Selection
from sanctum_tui.ui.chat.sifted import Sifted
from sanctum_tui.ui.panes.chat import ChatPane
from tests.test_chat_choosing import marked
from tests.test_chat_pane import BEGAN, line, lines, on_screen, room, shown, until
from tests.test_memory import url_in

VOICES = (Voice.PERSON, Voice.BOT, Voice.AGENT, Voice.SPAM, Voice.NOTICE, Voice.COMMAND)


def every(number: int) -> ChatLine:
    """A line of an evening in which every tenth is the agent's, and every hundredth speaks of rain."""
    voice = Voice.AGENT if number % 10 == 0 else Voice.PERSON
    return line(number, f"{'rain' if number % 100 == 0 else 'sea'} {number}.", voice)


class Library:
    """A store of so many lines that finds what is wanted among them, and counts how often it is asked."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.asked: list[tuple[str, int]] = []
        self.failing = False

    async def wanted_before(self, wanted: Wanted, number: int, limit: int) -> Sequence[ChatLine]:
        await self._be_asked("before", number)
        found: list[ChatLine] = []
        at = min(number, self.last + 1) - 1
        while at >= 1 and len(found) < limit:
            if wanted.fits(one := every(at)):
                found.append(one)
            at -= 1
        return found[::-1]

    async def wanted_after(self, wanted: Wanted, number: int, limit: int) -> Sequence[ChatLine]:
        await self._be_asked("after", number)
        found: list[ChatLine] = []
        at = number + 1
        while at <= self.last and len(found) < limit:
            if wanted.fits(one := every(at)):
                found.append(one)
            at += 1
        return found

    async def _be_asked(self, how: str, number: int) -> None:
        self.asked.append((how, number))
        if self.failing:
            raise OSError("the disk is gone")
        await asyncio.sleep(0)


def said(pane: ChatPane) -> list[str]:
    return [row.split(": ", 1)[1] for row in shown(pane) if ": " in row]


async def ready(pilot: Pilot[None], pane: ChatPane) -> None:
    await until(pilot, lambda: not pane._looking)


async def test_f_goes_through_people_agent_and_flagged_and_back_to_all() -> None:
    async with room((60, 14)) as (pane, pilot):
        pane.append([line(n, f"line {n}.", voice) for n, voice in enumerate(VOICES, 1)])
        titles, seen = [], []
        for _ in range(4):
            await pilot.press("f")
            await ready(pilot, pane)
            titles.append(str(pane.border_title))
            seen.append(said(pane))
        assert titles == ["Chat · people only", "Chat · the agent only", "Chat · flagged only", "Chat"]
        assert seen[:3] == [["line 1.", "line 6."], ["line 3."], ["line 4."]]
        assert len(seen[3]) == len(VOICES) - 1


async def test_escape_shows_everything_again() -> None:
    async with room((60, 14)) as (pane, pilot):
        pane.append(lines(1, 9))
        await pilot.press("f")
        assert pane.wanted.whose is Whose.PEOPLE
        await pilot.press("escape")
        assert pane.wanted == EVERYTHING
        assert pane.following


@asynccontextmanager
async def rain_found(size: tuple[int, int] = (70, 14)) -> AsyncIterator[tuple[ChatPane, Pilot[None]]]:
    """An evening of ten thousand lines, of which those about rain are shown."""

    async def before(number: int, limit: int) -> tuple[ChatLine, ...]:
        return tuple(every(n) for n in range(max(1, number - limit), min(number, 10_001)))

    async with room(size, before, finder=Library(10_000)) as (pane, pilot):
        pane.replace_history([every(n) for n in range(9_501, 10_001)])
        pane.sift(wanted_of("rain"))
        await ready(pilot, pane)
        yield pane, pilot


@pytest.mark.parametrize("hits_back", [1, 30])
async def test_from_a_line_that_was_found_escape_goes_to_it_among_all_lines(hits_back: int) -> None:
    async with rain_found() as (pane, pilot):
        await pilot.press("v", *["up"] * hits_back)
        await until(pilot, lambda: "Esc to it in the chat" in on_screen(pane))
        number = 10_000 - 100 * hits_back
        await pilot.press("escape")
        assert pane.wanted == EVERYTHING
        assert marked(pane) == [f"▶ {number}."]
        around = [f"sea {number - 1}.", f"rain {number}.", f"sea {number + 1}."]
        at = said(pane).index(f"rain {number}.")
        assert said(pane)[at - 1 : at + 2] == around
        await pilot.press("escape")
        assert pane.selection is None
        assert said(pane)[at - 1 : at + 2] == around
        assert (pane.following, pane.unseen) == (False, 0)


async def test_where_somebody_read_what_was_found_the_chat_stands_afterwards() -> None:
    async with rain_found() as (pane, pilot):
        await pilot.press("pageup", "pageup")
        on_top = said(pane)[0]
        await pilot.press("escape")
        assert pane.wanted == EVERYTHING
        assert on_top in said(pane)
        assert f"sea {int(on_top[5:-1]) + 1}." in said(pane)
        assert (pane.following, pane.unseen, pane.selection) == (False, 0, None)


async def test_the_last_filter_too_ends_at_the_line_that_was_chosen() -> None:
    async with room((60, 14)) as (pane, pilot):
        pane.append([line(n, voice=Voice.SPAM if n == 50 else Voice.PERSON) for n in range(1, 101)])
        await pilot.press("f", "f", "f")
        await ready(pilot, pane)
        await pilot.press("v", "f")
        assert pane.wanted == EVERYTHING
        assert pane.selection == Selection.at((50, 0))
        assert {"line 49.", "line 51."} < set(said(pane))


async def test_in_a_narrow_pane_the_way_to_the_line_is_told_in_fewer_words() -> None:
    async with rain_found((46, 14)) as (pane, pilot):
        await pilot.press("v", "up")
        await until(pilot, lambda: "Enter who · Esc to it ─" in on_screen(pane))


async def test_new_lines_that_are_wanted_come_in_live_and_others_do_not() -> None:
    async with room((60, 14)) as (pane, pilot):
        pane.append(lines(1, 3))
        pane.sift(wanted_of("storm"))
        await until(pilot, lambda: "No line of the evening is like that." in on_screen(pane))
        pane.append([line(4, "a STORM is coming"), line(5, "no, calm")])
        await until(pilot, lambda: "a STORM is coming" in on_screen(pane))
        assert said(pane) == ["a STORM is coming"]


async def test_a_search_goes_through_the_whole_evening_not_only_what_is_in_memory() -> None:
    library = Library(100_000)
    async with room((60, 14), finder=library) as (pane, pilot):
        pane.replace_history([every(n) for n in range(99_501, 100_001)])
        pane.sift(wanted_of("rain"))
        await ready(pilot, pane)
        assert said(pane) == [f"rain {n}." for n in range(98_900, 100_001, 100)]
        assert len(library.asked) == 1
        await pilot.press("home")
        assert said(pane)[0] == "rain 100."
        await pilot.press("pagedown")
        assert said(pane)[0] == "rain 1100."
        await pilot.press("end")
        assert said(pane)[-1] == "rain 100000."
        assert len(library.asked) == 2


async def test_a_reader_of_a_search_is_told_how_much_is_new_and_is_not_moved() -> None:
    library = Library(10_000)
    async with room((60, 14), finder=library) as (pane, pilot):
        pane.replace_history([every(n) for n in range(9_501, 10_001)])
        pane.sift(wanted_of("rain"))
        await ready(pilot, pane)
        await pilot.press("pageup")
        before = said(pane)
        pane.append([every(n) for n in range(10_001, 10_501)])
        await until(pilot, lambda: "5 new ↓ End" in on_screen(pane))
        assert said(pane) == before


async def test_a_reader_of_a_search_is_told_how_much_is_below_where_that_is_known() -> None:
    async with room((60, 14), finder=Library(100_000)) as (pane, pilot):
        pane.replace_history([every(n) for n in range(99_501, 100_001)])
        pane.sift(wanted_of("rain"))
        await ready(pilot, pane)
        await pilot.press("pageup")
        assert said(pane)[-1] == "rain 98900."
        assert shown(pane)[-1] == "11 below ↓ End"
        await pilot.press("home")
        assert shown(pane)[-1] == "reading back ↓ End"


async def test_a_store_that_cannot_be_searched_is_told() -> None:
    library = Library(10_000)
    library.failing = True
    async with room((60, 14), finder=library) as (pane, pilot):
        pane.replace_history([every(n) for n in range(9_951, 10_000)])
        pane.sift(wanted_of("thunder"))
        await until(pilot, lambda: "The store could not be searched." in on_screen(pane))


async def test_a_search_that_is_left_before_its_answer_comes_changes_nothing() -> None:
    answer = asyncio.Event()

    class Slow(Library):
        async def _be_asked(self, how: str, number: int) -> None:
            await answer.wait()

    async with room((60, 14), finder=Slow(10_000)) as (pane, pilot):
        pane.replace_history(lines(9_991, 10_000))
        pane.sift(wanted_of("rain"))
        await until(pilot, lambda: "Looking through the evening…" in on_screen(pane))
        pane.sift(EVERYTHING)
        answer.set()
        await until(pilot, lambda: "line 10000." in on_screen(pane))
        assert str(pane.border_title) == "Chat"


def test_a_search_asks_for_words_and_names() -> None:
    assert wanted_of("  rain name:Mira dusk ") == Wanted(words=("rain", "dusk"), names=("Mira",))
    assert wanted_of("") == EVERYTHING
    assert str(wanted_of("rain name:mira", Whose.PEOPLE)) == "people only · “name:mira rain”"
    assert str(wanted_of("rain")) == "“rain”"


async def walk(sifted: Sifted, key: Key | None, *, back: bool) -> list[int]:
    met = []
    while key is not None:
        met.append(key[0])
        key = await (sifted.back(key) if back else sifted.on(key))
    return met


@pytest.mark.parametrize("stored", [0, 300, 5_000, 60_000])
async def test_back_and_forth_over_a_search_meets_every_line_once(stored: int) -> None:
    live = [every(n) for n in range(stored + 1, stored + 501)]
    sifted = Sifted(Wanted(Whose.AGENT), live, Library(stored + 500))
    everything = [n for n in range(1, stored + 501) if n % 10 == 0]
    assert await walk(sifted, sifted.newest, back=True) == everything[::-1]
    assert await walk(sifted, await sifted.first(), back=False) == everything
    assert await walk(sifted, sifted.newest, back=True) == everything[::-1]
    assert len(sifted._older) <= 16 * PAGE_LINES


async def test_a_flood_over_a_search_keeps_what_is_read_and_no_more_than_it_may() -> None:
    library = Library(1_000)
    sifted = Sifted(Wanted(Whose.PEOPLE), [every(n) for n in range(501, 1_001)], library)
    met = [key for key in [sifted.newest] if key]
    for first in range(1_001, 20_001, 500):
        sifted.extend([every(n) for n in range(first, first + 500)])
    library.last = 20_000
    assert len(sifted._newest) == LIVE_LINES
    assert await walk(sifted, met[0], back=False) == [n for n in range(999, 20_001) if n % 10]


TEXTS = st.text(st.sampled_from("aAéÉßİKſ%_\\静か ÄäЖж\u0301ı"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXTS, min_size=1, max_size=8), TEXTS, st.sampled_from(Whose), st.integers(1, 3))
async def test_the_store_finds_just_what_the_rule_says(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], query: str, whose: Whose, limit: int
) -> None:
    said = [line(n, text or "-", VOICES[n % len(VOICES)], login=f"a{text[:1]}") for n, text in enumerate(texts, 1)]
    wanted = Wanted(whose, tuple(query.split()[:1]), tuple(query.split()[1:2]))
    memory = await open_memory(url_in(tmp_path_factory.mktemp("evening")), lock_folder=None)
    try:
        session = await memory.evenings.begin(channel="harbour", source="live", title="", at=BEGAN)
        memory.writer.put(session.id, said, clock_at=BEGAN, position=0, messages=len(said))
        await memory.writer.flush()
        fitting = [one.number for one in said if wanted.fits(one)]
        before = await memory.people.wanted_before(session.id, wanted, len(said) + 1, limit)
        behind = await memory.people.wanted_after(session.id, wanted, 0, limit)
        assert [one.number for one in before] == fitting[-limit:]
        assert [one.number for one in behind] == fitting[:limit]
    finally:
        await memory.close()


async def test_lines_of_the_evening_before_on_the_same_screen_are_found_too(tmp_path: Path) -> None:
    memory = await open_memory(url_in(tmp_path), lock_folder=None)
    try:
        sessions: list[int] = []
        for first in (1, 301):
            session = await memory.evenings.begin(channel="harbour", source="live", title="", at=BEGAN)
            memory.writer.put(
                session.id, [every(n) for n in range(first, first + 300)], clock_at=BEGAN, position=0, messages=300
            )
            await memory.writer.flush()
            sessions.insert(0, session.id)
        history = History(lambda: memory, lambda: sessions)
        rain = [100, 200, 300, 400, 500, 600]
        assert [it.number for it in await history.wanted_before(wanted_of("rain"), 601, 256)] == rain
        assert [it.number for it in await history.wanted_before(wanted_of("rain"), 400, 2)] == [200, 300]
        assert [it.number for it in await history.wanted_after(wanted_of("rain"), 200, 3)] == [300, 400, 500]
        await memory.evenings.mark_cleared(sessions[1], "moss", upto=2)
        await memory.evenings.mark_cleared(sessions[0], "moss", upto=301, at=BEGAN)
        assert await history.removed(1, 600) == Removed(frozenset({1, 2, 301}), ((301, ChatCleared(BEGAN, "moss")),))
        assert await History(lambda: None, lambda: sessions).wanted_before(EVERYTHING, 601, 5) == ()
    finally:
        await memory.close()
