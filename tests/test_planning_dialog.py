"""Tonight's plan on the screen: nothing is used before somebody says so, and nothing is lost by leaving."""

import asyncio
from collections.abc import Sequence

import pytest
from textual.widgets import Input

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import StorageError
from sanctum_tui.llm.guard import Finding
from sanctum_tui.llm.plan_composer import OfflinePlanner, compose
from sanctum_tui.llm.planning import PlanDraft, PlanForm, Told
from sanctum_tui.ui.dialogs.planning import NO_GAME, STOPPED, UNFORESEEN, PlanningDialog
from tests.test_stream_dialogs import HOSTILE, SIZES, desk, said, until

FORM = PlanForm("Windrose", "salt-worn, patient")


class Author:
    """Drafts what the composer does, when it may, and remembers what it was asked."""

    def __init__(self, *troubles: Exception, waits: bool = False, findings: tuple[Finding, ...] = ()) -> None:
        self.troubles = list(troubles)
        self.findings = findings
        self.may = asyncio.Event()
        if not waits:
            self.may.set()
        self.forms: list[PlanForm] = []
        self.before: list[int] = []
        self.cancelled = 0

    async def draft(self, form: PlanForm, *, before: Sequence[Dashboard] = (), told: Told) -> PlanDraft:
        self.forms.append(form)
        self.before.append(len(before))
        told("llama is drafting…")
        try:
            await self.may.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.troubles:
            raise self.troubles.pop(0)
        draft = compose(form, len(before))
        return PlanDraft(draft.dashboard, "llama", self.findings)


@pytest.mark.parametrize("size", SIZES)
async def test_enter_drafts_and_enter_again_gives_the_markdown_back(size: tuple[int, int]) -> None:
    async with desk(PlanningDialog(OfflinePlanner(), FORM), size) as (app, pilot):
        assert "Enter drafts · Tab next field · Esc leaves" in said(app)
        await pilot.press("enter")
        await until(pilot, lambda: "✓ Written by the offline composer." in said(app))
        shown, plan = said(app), compose(FORM).dashboard
        assert plan.title in shown
        assert "Windrose · salt-worn, patient" in shown
        assert "Enter or u uses it · r another" in shown
        assert app.answers == []
        await pilot.press("enter")
        await until(pilot, lambda: app.answers)
        assert app.answers == [plan.markdown]


async def test_the_form_is_filled_with_the_keyboard_alone() -> None:
    author = Author()
    async with desk(PlanningDialog(author)) as (app, pilot):
        for text in ("Sable", "dusty", "first time", "nothing", "8 pm"):
            await pilot.press(*(("space" if letter == " " else letter) for letter in text), "tab")
        await pilot.press("shift+tab", "enter")
        await until(pilot, lambda: "Written by llama" in said(app))
        assert author.forms == [PlanForm("Sable", "dusty", "first time", "nothing", "8 pm")]
        await pilot.press("u")
        await until(pilot, lambda: app.answers)
        assert parse(str(app.answers[0])).game == "Sable"


async def test_r_drafts_another_and_another_form_begins_anew() -> None:
    author = Author()
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: compose(FORM).dashboard.title in said(app))
        await pilot.press("r")
        await until(pilot, lambda: compose(FORM, 1).dashboard.title in said(app))
        app.screen.query_one("#plan-mood", Input).focus()
        await pilot.press("end", "x", "enter")
        await until(pilot, lambda: len(author.forms) == 3)
        assert author.before == [0, 1, 0]


async def test_escape_stops_the_drafting_first_and_then_leaves() -> None:
    author = Author(waits=True)
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "llama is drafting…" in said(app))
        assert "Esc stops drafting" in said(app)
        await pilot.press("enter")
        await pilot.press("escape")
        await until(pilot, lambda: author.cancelled)
        assert STOPPED in said(app)
        assert app.answers == []
        assert len(author.forms) == 1
        author.may.set()
        await pilot.press("enter")
        await until(pilot, lambda: "Written by llama" in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers)
        assert app.answers == [None]


async def test_without_a_game_nothing_is_drafted() -> None:
    author = Author()
    async with desk(PlanningDialog(author, PlanForm(" ", "calm"))) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: NO_GAME in said(app))
        assert author.forms == []


async def test_what_breaks_a_rule_is_told_with_the_draft() -> None:
    author = Author(findings=(Finding("hype", "The stream title: it sounds like hype: “epic”."),))
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "it sounds like hype: “epic”" in said(app))
        assert "✕ Written by llama; to mend in the editor" in said(app)
        await pilot.press("u")
        await until(pilot, lambda: app.answers)
        assert app.answers == [compose(FORM).markdown]


async def test_a_draft_does_not_take_the_keys_from_somebody_who_is_typing() -> None:
    author = Author(waits=True)
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter", "end", "x")
        author.may.set()
        await until(pilot, lambda: "Written by llama" in said(app))
        await pilot.press("u", "r")
        assert app.screen.query_one("#plan-game", Input).value == "Windrosexur"
        assert app.answers == []


async def test_a_failure_is_told_and_enter_tries_again() -> None:
    author = Author(StorageError("The template cannot be read."))
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "✕ The template cannot be read." in said(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Written by llama" in said(app))


async def test_what_nobody_foresaw_is_told_too() -> None:
    author = Author(RuntimeError("boom"))
    async with desk(PlanningDialog(author, FORM)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: UNFORESEEN in said(app))
        await pilot.press("escape")
        await until(pilot, lambda: app.answers == [None])


async def test_hostile_words_are_shown_and_do_nothing() -> None:
    form = PlanForm("[b]Sable[/b] $x", HOSTILE[:200])
    async with desk(PlanningDialog(OfflinePlanner(), form), (120, 35)) as (app, pilot):
        await pilot.press("enter")
        await until(pilot, lambda: "Written by" in said(app))
        assert "[b]Sable[/b] $x ·" in said(app)
