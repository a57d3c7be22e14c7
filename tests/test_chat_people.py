"""A streamer asks who somebody is, and copies what they said."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.errors import StorageError
from sanctum_tui.evening import Flag
from sanctum_tui.memory import Memory, open_memory
from sanctum_tui.memory.people import THEIR_LINES, Before, Tonight
from sanctum_tui.ui.clipboard import command_for, copy
from sanctum_tui.ui.dialogs.person import UNFORESEEN, PersonDialog, before_words, tonight_words
from sanctum_tui.ui.look.theming import variable_defaults
from tests.test_chat_pane import BEGAN, line, on_screen_of, until
from tests.test_memory import url_in

DAY = timedelta(days=1)


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[Memory]:
    opened = await open_memory(url_in(tmp_path), lock_folder=None)
    yield opened
    await opened.close()


async def an_evening(
    memory: Memory, days_ago: int, *said: ChatLine, source: str = "live", channel: str = "harbour"
) -> int:
    session = await memory.evenings.begin(channel=channel, source=source, title="", at=BEGAN - days_ago * DAY)
    memory.writer.put(session.id, said, clock_at=BEGAN, position=0, messages=len(said))
    return session.id


async def test_somebody_is_told_by_their_lines_tonight(memory: Memory) -> None:
    theirs = [line(n, f"word {n}", login="sol", name="Sol", id=f"id-{n}") for n in range(1, 9)]
    tonight = await an_evening(
        memory, 0, *theirs, line(9, "not theirs"), line(10, "viewers", Voice.SPAM, login="sol")
    )
    await memory.evenings.add_flag(tonight, Flag(BEGAN, 10, "Sol", "viewers", "viewers", "offers viewers for sale"))
    await memory.evenings.add_flag(tonight, Flag(BEGAN, 9, "Moss", "not theirs", "x", "another's"))
    await memory.writer.flush()
    await memory.evenings.mark_cleared(tonight, "sol", upto=2)
    await memory.evenings.mark_deleted(tonight, "id-7")
    found = await memory.people.tonight(tonight, "sol")
    assert (found.lines, found.removed, found.first_at) == (9, 3, BEGAN + timedelta(seconds=1))
    assert [it.number for it in found.latest] == [3, 4, 5, 6, 8, 10]
    assert found.flags == ("offers viewers for sale",)
    assert await memory.people.tonight(tonight, "nobody") == Tonight()


async def test_all_that_somebody_said_tonight_is_read_page_by_page(memory: Memory) -> None:
    said = [line(n, f"word {n}", login="sol" if n % 2 else "ann", id=f"id-{n}") for n in range(1, 301)]
    tonight = await an_evening(memory, 0, *said)
    await memory.writer.flush()
    await memory.evenings.mark_deleted(tonight, "id-5")
    page = (await memory.people.tonight(tonight, "sol")).latest
    found = list(page)
    while page := await memory.people.said_before(tonight, "sol", page[0].number):
        assert len(page) <= THEIR_LINES
        found[:0] = page
    assert [it.number for it in found] == [n for n in range(1, 301, 2) if n != 5]


async def test_what_was_said_a_moment_ago_counts_already(memory: Memory) -> None:
    tonight = await an_evening(memory, 0, line(1, "just now", login="sol"))
    assert (await memory.people.tonight(tonight, "sol")).lines == 1


async def test_somebody_is_told_by_the_earlier_evenings_they_came_to(memory: Memory) -> None:
    for days_ago in (9, 5, 3):
        await an_evening(memory, days_ago, line(1, login="sol" if days_ago != 5 else "ann"))
    await an_evening(memory, 2, line(1, login="sol"), channel="elsewhere")
    await an_evening(memory, 2, line(1, login="sol"), source="replay:abc")
    tonight = await an_evening(memory, 0, line(1, login="sol"))
    await memory.writer.flush()
    assert await memory.people.before(tonight, "sol") == Before(2, BEGAN - 9 * DAY, 3)
    assert await memory.people.before(tonight, "kit") == Before(0, None, 3)


async def test_a_replay_is_compared_with_other_logs_and_not_with_itself(memory: Memory) -> None:
    for source in ("replay:a", "replay:b", "live", "replay:b"):
        last = await an_evening(memory, 1, line(1, login="sol"), source=source)
    await memory.writer.flush()
    assert (await memory.people.before(last, "sol")).of == 1


def test_since_when_somebody_comes_is_a_sentence() -> None:
    assert before_words(Before(), UTC) == "There is no earlier evening to compare with."
    assert before_words(Before(0, None, 4), UTC) == "New here: not in any of the last 4 evenings."
    assert before_words(Before(3, BEGAN, 12), UTC) == (
        "First seen on Sunday, 1 March 2026; in 3 of the last 12 evenings."
    )
    assert tonight_words(Tonight(1, 0, BEGAN), UTC) == "1 line since 20:00."
    assert tonight_words(Tonight(1200, 2, BEGAN), UTC) == "1,200 lines since 20:00, 2 removed by moderators."


class Desk(App[None]):
    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)


SOL = Tonight(
    7,
    1,
    BEGAN,
    (
        line(1, "[b]good[/b] evening", login="sol", name="Sol", badges=("vip/1",)),
        line(2, "cheap viewers", Voice.SPAM, login="sol", badges=("vip/1",)),
    ),
    ("offers viewers for sale",),
)


async def opened(pilot: Pilot[None], *, private: bool = False, fails: bool = False) -> str:
    async def before() -> Before:
        if fails:
            raise StorageError("The database is locked.")
        return Before(3, BEGAN - 20 * DAY, 12)

    dialog = PersonDialog("sol99", "Sol", SOL, before, known_bot=True, private=private, zone=UTC)
    pilot.app.push_screen(dialog)
    await until(pilot, lambda: bool(dialog.query(Static)) and "Looking through" not in on_screen_of(pilot.app))
    return " ".join(on_screen_of(pilot.app).replace("│", " ").split())


async def test_the_card_tells_who_it_is_and_what_they_said_last() -> None:
    async with Desk().run_test(size=(90, 34)) as pilot:
        words = await opened(pilot)
        for part in (
            "Sol", "(sol99)", "VIP", "a known bot", "7 lines since 20:00, 1 removed",
            "First seen on Monday, 9 February", "in 3 of the last 12 evenings",
            "offers viewers for sale", "20:00 [b]good[/b] evening", "⚑ cheap viewers",
        ):  # fmt: skip
            assert part in words
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, PersonDialog)


async def test_in_private_mode_the_card_says_nothing_of_flags() -> None:
    async with Desk().run_test(size=(90, 34)) as pilot:
        words = await opened(pilot, private=True)
        assert "evening" in words
        assert not any(secret in words for secret in ("⚑", "viewers", "Flagged"))


async def test_the_card_says_where_earlier_evenings_could_not_be_read() -> None:
    async with Desk().run_test(size=(90, 34)) as pilot:
        assert "The database is locked." in await opened(pilot, fails=True)


def theirs(first: int, last: int) -> tuple[ChatLine, ...]:
    return tuple(
        line(n, f"word {n}.", Voice.SPAM if n % 7 == 0 else Voice.PERSON, login="sol", name="Sol")
        for n in range(first, last + 1)
    )


async def nothing() -> Before:
    return Before()


@asynccontextmanager
async def talkative(
    *, private: bool = False, trouble: Exception | None = None, size: tuple[int, int] = (90, 34)
) -> AsyncIterator[tuple[Pilot[None], list[int]]]:
    """The card of somebody who said 300 words; with the numbers before which the store was asked."""
    asked: list[int] = []

    async def said(number: int) -> tuple[ChatLine, ...]:
        asked.append(number)
        if trouble is not None:
            raise trouble
        return theirs(max(1, number - 50), number - 1)

    async with Desk().run_test(size=size) as pilot:
        tonight = Tonight(300, 0, BEGAN, theirs(251, 300))
        pilot.app.push_screen(
            PersonDialog("sol", "Sol", tonight, nothing, known_bot=False, private=private, said=said, zone=UTC)
        )
        await until(pilot, lambda: "word 300." in on_screen_of(pilot.app))
        yield pilot, asked


async def scrolled_to(pilot: Pilot[None], words: str) -> None:
    async with asyncio.timeout(10):
        while words not in on_screen_of(pilot.app):
            await pilot.press("end")


async def test_all_their_lines_are_reached_by_scrolling_and_read_as_they_are() -> None:
    async with talkative() as (pilot, asked):
        await pilot.pause()
        assert asked == []
        await scrolled_to(pilot, "word 1.")
        await until(pilot, lambda: asked == [251, 201, 151, 101, 51, 1])
        words = on_screen_of(pilot.app)
        assert words.index("⚑ word 14.") < words.index("word 13.") < words.index("word 1.")


async def test_a_tall_screen_is_filled_with_their_lines_at_once() -> None:
    async with talkative(size=(90, 120)) as (pilot, _):
        await until(pilot, lambda: "word 220." in on_screen_of(pilot.app))


async def test_in_private_mode_no_flagged_line_comes_from_further_back() -> None:
    async with talkative(private=True) as (pilot, _):
        await scrolled_to(pilot, "word 1.")
        assert "⚑" not in on_screen_of(pilot.app)
        assert "word 13." in on_screen_of(pilot.app)
        assert "word 14." not in on_screen_of(pilot.app)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [(StorageError("The database is locked."), "The database is locked."), (RuntimeError("a bug"), UNFORESEEN)],
)
async def test_the_card_says_where_their_earlier_lines_could_not_be_read(trouble: Exception, told: str) -> None:
    async with talkative(trouble=trouble) as (pilot, asked):
        await scrolled_to(pilot, told)
        assert asked == [251]


class Terminal:
    def __init__(self) -> None:
        self.copied: list[str] = []

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)


def test_the_clipboards_command_is_the_one_of_the_desktop_that_is_there() -> None:
    def has(*commands: str) -> object:
        return lambda command: command if command in commands else None

    everything = lambda command: command  # noqa: E731
    wayland, x11 = {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, {"DISPLAY": ":0"}
    assert command_for("linux", wayland, everything) == ("wl-copy",)
    assert command_for("linux", wayland, has("xsel")) == ("xsel", "--clipboard", "--input")  # type: ignore[arg-type]
    assert command_for("linux", x11, everything) == ("xclip", "-selection", "clipboard")
    assert command_for("linux", {"WSL_DISTRO_NAME": "Debian"}, everything) == ("clip.exe",)
    assert command_for("darwin", {}, everything) == ("pbcopy",)
    assert command_for("win32", {}, everything) == ("clip",)
    assert command_for("linux", {}, everything) == ()
    assert command_for("linux", wayland | {"SSH_CONNECTION": "there"}, everything) == ()


async def test_a_text_is_copied_through_the_terminal_and_by_the_command(tmp_path: Path) -> None:
    kept, terminal = tmp_path / "kept", Terminal()
    keep = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())"
    told = await copy(terminal, "静か [b]", (sys.executable, "-c", keep, str(kept)))
    assert terminal.copied == ["静か [b]"]
    assert kept.read_text("utf-8") == "静か [b]"
    assert told.startswith("Copied, by ")


@pytest.mark.parametrize(
    "command", [(), ("there-is-no-such-command",), (sys.executable, "-c", "raise SystemExit(1)")]
)
async def test_where_there_is_no_command_or_it_fails_the_terminal_still_copies(command: tuple[str, ...]) -> None:
    terminal = Terminal()
    assert await copy(terminal, "a line", command) == "Copied, if your terminal allows it (OSC 52)."
    assert terminal.copied == ["a line"]
