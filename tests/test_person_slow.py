"""Asking who somebody is never makes a key wait, and a card that comes too late does not come at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.widgets import Button

from sanctum_tui.chat import ChatLine
from sanctum_tui.errors import StorageError
from sanctum_tui.memory.people import Before, Tonight
from sanctum_tui.memory.wanted import EVERYTHING, wanted_of
from sanctum_tui.ui.dialogs.person import UNFORESEEN, PersonDialog
from sanctum_tui.ui.keys.chat import ChatKeys
from sanctum_tui.ui.panes.chat import ChatPane
from tests.test_chat_pane import BEGAN, Room, line, lines, on_screen, on_screen_of, room, until


class People:
    """A store that answers when it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()
        self.asked: list[str] = []
        self.answered: list[str] = []
        self.trouble: Exception | None = None
        self.before_trouble: Exception | None = None

    async def tonight(self, session: int, login: str) -> Tonight:
        self.asked.append(login)
        await self.may.wait()
        if self.trouble is not None:
            raise self.trouble
        self.answered.append(login)
        return Tonight(1, 0, BEGAN, (line(1, login=login),))

    async def said_before(self, session: int, login: str, number: int) -> tuple[ChatLine, ...]:
        return ()

    async def before(self, session: int, login: str) -> Before:
        if self.before_trouble is not None:
            raise self.before_trouble
        return Before()


class House(Room):
    """A chat pane beside something else, over a slow store."""

    def __init__(self) -> None:
        super().__init__()
        self.people = People()
        evening = SimpleNamespace(
            memory=SimpleNamespace(people=self.people),
            keeping=SimpleNamespace(session=SimpleNamespace(id=1)),
            room=SimpleNamespace(bots_seen=frozenset()),
        )
        self.stage = SimpleNamespace(evening=evening)
        self.said: list[str] = []
        self.chat_keys = ChatKeys(self)  # type: ignore[arg-type]

    def compose(self) -> ComposeResult:
        yield self.pane
        yield Button("elsewhere")

    def say(self, words: str, **how: Any) -> None:
        self.said.append(words)

    async def on_chat_pane_person_wanted(self, message: ChatPane.PersonWanted) -> None:
        await self.chat_keys.person(message)


@asynccontextmanager
async def asked() -> AsyncIterator[tuple[House, Pilot[None]]]:
    """Somebody chose the last line, and asked who wrote it."""
    app = House()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.replace_history(lines(1, 9))
        app.pane.focus()
        await pilot.pause()
        await pilot.press("v", "enter")
        await until(pilot, lambda: len(app.people.asked) == 1)
        yield app, pilot


def card_open(app: House) -> bool:
    return isinstance(app.screen, PersonDialog)


async def settled(app: House, pilot: Pilot[None]) -> None:
    """The store may answer, and whatever was under way is done."""
    app.people.may.set()
    await app.workers.wait_for_complete()
    await pilot.pause()


async def test_the_card_opens_as_soon_as_the_store_has_told() -> None:
    async with asked() as (app, pilot):
        assert not card_open(app)
        app.people.may.set()
        await until(pilot, lambda: card_open(app))


async def test_from_the_card_the_chat_shows_their_lines_only() -> None:
    async with asked() as (app, pilot):
        app.pane.append([line(10, "not theirs", login="ann", name="Ann"), line(11, "theirs again")])
        app.people.may.set()
        await until(pilot, lambda: card_open(app) and "f their lines in the chat" in on_screen_of(app))
        await pilot.press("f")
        await until(pilot, lambda: not card_open(app) and "“name:moss”" in on_screen(app.pane))
        await until(pilot, lambda: "theirs again" in on_screen(app.pane))
        assert "not theirs" not in on_screen(app.pane)


async def test_keys_act_while_the_store_is_slow_and_the_card_does_not_come_after_them() -> None:
    async with asked() as (app, pilot):
        await pilot.press("tab")
        assert isinstance(app.focused, Button)
        await settled(app, pilot)
        assert app.people.answered == app.people.asked
        assert not card_open(app)
        assert isinstance(app.focused, Button)


@pytest.mark.parametrize("key", ["up", "escape"])
async def test_another_choice_meanwhile_drops_the_card(key: str) -> None:
    async with asked() as (app, pilot):
        await pilot.press(key)
        await settled(app, pilot)
        assert app.people.answered == app.people.asked
        assert not card_open(app)


async def test_asked_twice_one_card_opens() -> None:
    async with asked() as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: len(app.people.asked) == 2)
        app.people.may.set()
        await until(pilot, lambda: card_open(app))
        await pilot.press("escape")
        await until(pilot, lambda: not card_open(app))
        assert len(app.screen_stack) == 1


async def test_where_the_store_fails_that_is_said_and_the_console_goes_on() -> None:
    async with asked() as (app, pilot):
        app.people.trouble = StorageError("The database is locked.")
        app.people.may.set()
        await until(pilot, lambda: app.said == ["The database is locked."])
        assert not card_open(app)


async def test_something_unforeseen_in_earlier_evenings_costs_one_line_of_the_card() -> None:
    async with asked() as (app, pilot):
        app.people.before_trouble = RuntimeError("a bug")
        app.people.may.set()
        await until(pilot, lambda: UNFORESEEN in on_screen_of(app))
        assert app.is_running


class Unsound:
    """A finder with a bug: what it finds are no lines."""

    async def wanted_before(self, *_: Any) -> Any:
        return 5

    wanted_after = wanted_before


async def test_a_search_in_the_chat_with_a_bug_in_it_is_told_and_the_console_goes_on() -> None:
    async with room(finder=Unsound()) as (pane, pilot):
        pane.replace_history(lines(1, 9))
        pane.sift(wanted_of("lighthouse", EVERYTHING.whose))
        await until(pilot, lambda: "The store could not be searched." in on_screen(pane))
        assert pilot.app.is_running
