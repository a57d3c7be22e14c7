"""A dashboard is started from a template or an earlier evening's without anything being overwritten unasked."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from sanctum_tui.dashboard.markdown import TEMPLATE, parse
from sanctum_tui.dashboard.templates import EMPTY_NAME, Template, templates
from sanctum_tui.memory.dashboards import DashboardQueries
from sanctum_tui.memory.engine import open_memory
from sanctum_tui.text import clean
from sanctum_tui.ui.app import SanctumApp
from sanctum_tui.ui.dialogs.templates import Start, StartDialog
from sanctum_tui.ui.panes.dashboard import DashboardPane
from sanctum_tui.ui.paper.editor import MarkdownEditor
from sanctum_tui.ui.paper.outside import EditorError, Outside, plan, start
from sanctum_tui.ui.paper.remarks import remarked
from sanctum_tui.ui.paper.starts import NO_EARLIER, start_of
from tests.builders import START, at, says, write_log
from tests.test_console import DASHBOARD, console, evening, line_waits, quiet, seen, toasts, until
from tests.test_dashboard_pane import PLAN, editor, screen, state
from tests.test_dashboard_pane import desk as pane_desk
from tests.test_dashboard_pane import until as pane_until
from tests.test_stream_dialogs import desk, said

HOSTILE = "[/][@click=app.quit]free subs[/] \x1b[2J\u202egnirts 漢字🇳🇴 "
PACKAGED, _ = templates(Path("/nowhere"))
STARTS = [Start("Quiet", "your own", "# Quiet\n\n- **Mood:** slow"), Start(HOSTILE, HOSTILE, HOSTILE * 300)]


def wrote(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


# Templates


@pytest.mark.parametrize("template", PACKAGED[:-1], ids=lambda template: template.name)
def test_each_packaged_template_is_a_calm_plan_that_lacks_at_most_the_game(template: Template) -> None:
    dashboard = remarked(parse(template.markdown))
    assert set(dashboard.missing) <= {"game"}
    assert dashboard.warnings == ()


def test_ones_own_templates_come_first_and_replace_ours_and_one_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    wrote(tmp_path / "by the fire.md", "mine")
    wrote(tmp_path / "Sunday.md", "# Sunday \x1b[2J")
    wrote(tmp_path / "notes.txt", "no template")
    (tmp_path / "broken.md").write_bytes(b"\0")
    found, failures = templates(tmp_path)
    assert [(it.name, it.markdown) for it in found if it.own] == [
        ("by the fire", "mine"),
        ("Sunday", clean("# Sunday \x1b[2J")),
    ]
    names = [it.name for it in found]
    assert "By the fire" not in names
    assert names[-1] == EMPTY_NAME
    assert found[-1].markdown == TEMPLATE
    assert len(failures) == 1
    assert "broken.md is not a text file" in failures[0]


# The dialog


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (240, 70)])
async def test_each_start_is_shown_with_its_text_and_enter_takes_it(size: tuple[int, int]) -> None:
    async with desk(StartDialog("Start from a template", STARTS), size) as (app, pilot):
        assert "▸ Quiet your own" in said(app)
        assert "• Mood: slow" in said(app)
        assert "Enter drafts · ↑↓ choose · PgUp PgDn · Esc closes" in said(app)
        await pilot.press("down")
        await pilot.pause()
        assert "• Mood: slow" not in said(app)
        assert said(app).count("[@click=app.quit]free subs[/]") > 3
        await pilot.press("up", *"zebra")
        await pilot.pause()
        assert "✕ Nothing is called like that." in said(app)
        await pilot.press("enter")
        assert app.answers == []
        await pilot.press(*["backspace"] * 5, *"quiet", "enter")
        assert app.answers == [STARTS[0]]


# The draft in the pane


async def proposed(
    pane: DashboardPane, pilot: Pilot[None], text: str = "# Draft\n\n### 1. Stream Title\n\nFog"
) -> str:
    pane.propose(text, parse(text), "Fog [/]")
    await pilot.pause()
    return text


async def test_a_start_is_a_draft_that_is_not_saved_before_it_is_kept() -> None:
    async with pane_desk() as (pane, pilot, app):
        text = await proposed(pane, pilot)
        app.query_one("#elsewhere").focus()
        pane.flush()
        await pilot.pause()
        assert (app.edited, pane.unsaved, state(pane)) == ([], None, "a draft, not saved")
        assert "◇ Draft “Fog [/]”: write on or Ctrl+G saves it, Ctrl+Z takes it back" in screen(pane)
        await pane_until(pilot, lambda: "Title      Fog" in screen(pane))
        pane.focus()
        await pilot.press("ctrl+g")
        assert app.edited == [text]
        assert "Draft" not in screen(pane).replace("# Draft", "")


async def test_a_start_that_is_taken_back_leaves_everything_as_it_was_and_comes_again_as_a_draft() -> None:
    async with pane_desk() as (pane, pilot, app):
        text = await proposed(pane, pilot)
        await pilot.press("ctrl+z")
        pane.flush()
        await pilot.pause()
        assert (editor(pane).text, app.edited, pane.unsaved, state(pane)) == (PLAN, [], None, "saved")
        assert "✓ Game     Windrose" in screen(pane)
        await pilot.press("ctrl+y")
        pane.flush()
        await pilot.pause()
        assert (editor(pane).text, app.edited, state(pane)) == (text, [], "a draft, not saved")


async def test_a_start_that_is_written_on_is_saved_as_any_other_words() -> None:
    async with pane_desk() as (pane, pilot, app):
        text = await proposed(pane, pilot)
        editor(pane).move_cursor((0, 0))
        await pilot.press("a")
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + text]
        assert "Draft “" not in screen(pane)
        await pilot.press("backspace")
        pane.flush()
        await pilot.pause()
        assert app.edited == ["a" + text, text]


async def test_what_was_typed_before_a_start_is_saved_and_not_lost_when_the_console_closes() -> None:
    async with pane_desk() as (pane, pilot, app):
        await pilot.press("a")
        await proposed(pane, pilot)
        assert app.edited == ["a" + PLAN]
        assert pane.unsaved == "a" + PLAN
        pane.saved(parse("a" + PLAN))
        await pilot.pause()
        assert not pane.unsaved
        assert state(pane) == "a draft, not saved"
        assert "✓ Title    Fog" in screen(pane)


async def test_an_outside_change_does_not_take_the_draft_away() -> None:
    async with pane_desk() as (pane, pilot, app):
        text = await proposed(pane, pilot)
        pane.reloaded("theirs", parse("theirs"))
        await pilot.pause()
        assert editor(pane).text == text
        assert "! changed outside; ctrl+r takes the file's version" in screen(pane)
        await pilot.press("ctrl+r")
        assert (editor(pane).text, app.edited, state(pane)) == ("theirs", [], "saved")


async def test_the_keys_of_the_pane_work_in_the_editor_and_say_what_is_wanted() -> None:
    async with pane_desk() as (pane, pilot, app):
        await pilot.press("end", "ctrl+t", "ctrl+o", "ctrl+e")
        assert app.wanted == ["template", "earlier", "editor"]
        assert editor(pane).cursor_location[0] == 0
        assert editor(pane).text == PLAN


# What the style guard says


def test_hype_shouting_and_links_are_warned_of_and_the_templates_rules_said_once() -> None:
    told = remarked(parse("### 1. Stream Title\n\nINSANE EPIC WIN!!! you won't believe it https://x.example\n"))
    assert len(told.warnings) >= 2
    assert all(warning.startswith("The stream title: ") for warning in told.warnings)
    rules = parse("### 4. Session Goals\n- one\n").warnings
    assert remarked(parse("### 4. Session Goals\n- one\n")).warnings == rules


# Earlier dashboards, and the line of a moment


async def test_earlier_dashboards_are_the_different_ones_of_other_evenings_newest_first(tmp_path: Path) -> None:
    memory = await open_memory(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}", lock_folder=None)
    try:
        for number, markdown in enumerate(("old", "same", " \n", "same\n", "new", "mine")):
            session = await memory.evenings.begin(channel="harbor", source="x", title="", at=at(number))
            await memory.evenings.save_dashboard(session.id, markdown, at(number))
        queries = DashboardQueries(memory.store)
        found = await queries.earlier_dashboards(session.id)
        assert [it.markdown for it in found] == ["new", "same\n", "old"]
        assert (found[0].channel, found[0].started_at) == ("harbor", at(4))
        assert len(await queries.earlier_dashboards(session.id, limit=1)) == 1
    finally:
        await memory.close()


async def test_the_line_of_a_moment_is_the_first_at_or_after_it(tmp_path: Path) -> None:
    async with console(tmp_path, [says(second, str(second)) for second in (0, 10, 10, 20, 50, 7200)]) as (app, pilot):
        await until(pilot, lambda: app.presenter is not None and evening(app).room.count >= 5)
        memory, session = evening(app).memory, evening(app).keeping.session.id
        await memory.writer.flush()
        line = DashboardQueries(memory.store).first_line_since
        numbers = [await line(session, at(seconds)) for seconds in (-9, 0, 1, 10, 11, 20, 50)]
        assert numbers == [1, 1, 2, 2, 4, 4, 5]
        assert await line(session, START + timedelta(days=1)) is None
        assert await line(session + 1, START) is None


def test_an_earlier_dashboard_is_called_by_its_day_and_title() -> None:
    from sanctum_tui.memory.dashboards import EarlierDashboard

    told = start_of(EarlierDashboard(1, "harbor", START, "\ufeff### 1. Stream Title\n\nFog"))
    assert (told.name, told.note, told.markdown) == ("2026-03-01  Fog", "harbor", "### 1. Stream Title\n\nFog")
    assert start_of(EarlierDashboard(1, "harbor", START, "x")).name == "2026-03-01  (no title)"


# The operator's own editor


def having(*programs: str) -> Callable[[str], str | None]:
    return lambda name: f"/bin/{name}" if name in programs else None


PATH = Path("/evenings/to night's.md")


def test_an_editor_with_a_window_is_started_apart() -> None:
    outside = plan(PATH, {"EDITOR": "vi", "VISUAL": "/bin/code --wait"}, having("/bin/code", "sh", "vi"))
    assert outside.command[-3:] == ("/bin/code", "--wait", str(PATH))
    assert outside.command[0] == "sh"
    assert outside.said.startswith("code opens the dashboard")


def test_an_editor_for_terminals_gets_a_pane_of_tmux_and_never_this_terminal() -> None:
    outside = plan(PATH, {"EDITOR": "nvim -n", "TMUX": "x"}, having("nvim", "tmux", "sh"))
    assert outside.command[:2] == ("tmux", "split-window")
    assert outside.command[-1] == "nvim -n '/evenings/to night'\"'\"'s.md'"
    for environment in ({"EDITOR": "nvim -n"}, {}, {"EDITOR": "gone", "TMUX": "x"}, {"VISUAL": "'unclosed"}):
        told = plan(PATH, environment, having("nvim", "tmux", "sh"))
        assert told.command == ()
        assert str(PATH) in told.said
        assert told.said.endswith("The path is copied.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="without named pipes there is no shell to start it either")
def test_an_editor_that_is_started_goes_on_and_one_that_cannot_be_is_told(tmp_path: Path) -> None:
    # Nobody can write into this before somebody reads from it, so the editor is still there when `start` is back.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    kate = wrote(tmp_path / "kate", f"#!/bin/sh\ncp \"$1\" '{pipe}'\n")
    kate.chmod(0o755)
    start(plan(wrote(tmp_path / "a b.md", "fog"), {"VISUAL": str(kate)}))
    assert pipe.read_text("utf-8") == "fog"
    with pytest.raises(EditorError):
        start(Outside(("/nowhere/editor",), ""))


# In the console


async def papers_of(app: SanctumApp, pilot: Pilot[int]) -> DashboardPane:
    await line_waits(app, pilot)
    await until(pilot, lambda: app.query("#dashboard MarkdownEditor"))
    return app.query_one(DashboardPane)


async def test_a_streamer_starts_from_a_template_and_nothing_is_overwritten_before_they_say_so(
    tmp_path: Path,
) -> None:
    wrote(tmp_path / "config" / "templates" / "Sunday.md", "### 1. Stream Title\n\nSunday\n")
    async with console(tmp_path) as (app, pilot):
        pane = await papers_of(app, pilot)
        file = tmp_path / "data" / "dashboards" / "evening.md"
        assert app.papers is not None
        await app.papers.wanted("template")
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: state(pane) == "a draft, not saved")
        assert file.read_text("utf-8") == DASHBOARD
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "Sunday" in file.read_text("utf-8"))
        await pilot.press("ctrl+z")
        await until(pilot, lambda: file.read_text("utf-8") == DASHBOARD)


async def test_a_hype_word_in_tonights_plan_is_warned_of_from_the_start_and_as_one_types(tmp_path: Path) -> None:
    log = tmp_path / "evening" / "chat.jsonl"
    write_log(log, quiet())
    wrote(log.parent / "dashboard.md", "### 1. Stream Title\nAn INSANE evening\n")
    async with console(tmp_path, size=(240, 70)) as (app, pilot):
        pane = await papers_of(app, pilot)
        await until(pilot, lambda: "! The stream title: " in seen(app, "#dashboard"))
        pane.query_one(MarkdownEditor).replace("calm", (1, 3), (1, 9))
        pane.flush()
        await until(pilot, lambda: state(pane) == "saved" and "The stream title" not in seen(app, "#dashboard"))


async def test_a_draft_nobody_kept_is_gone_with_the_console_and_the_plan_is_not(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        pane = await papers_of(app, pilot)
        pane.propose("# Something else", parse("# Something else"), "else")
        await until(pilot, lambda: state(pane) == "a draft, not saved")
    assert (tmp_path / "data" / "dashboards" / "evening.md").read_text("utf-8") == DASHBOARD


async def test_without_an_earlier_dashboard_the_console_says_so(tmp_path: Path) -> None:
    async with console(tmp_path) as (app, pilot):
        await papers_of(app, pilot)
        assert app.papers is not None
        await app.papers.wanted("earlier")
        await until(pilot, lambda: NO_EARLIER in toasts(app))


async def test_an_earlier_evenings_dashboard_becomes_tonights_draft(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    memory = await open_memory(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'sanctum.db'}", lock_folder=None)
    session = await memory.evenings.begin(channel="harbor", source="x", title="", at=START)
    await memory.evenings.save_dashboard(session.id, "### 1. Stream Title\r\n\r\nFog\r\n", START)
    await memory.close()
    async with console(tmp_path) as (app, pilot):
        pane = await papers_of(app, pilot)
        assert app.papers is not None
        await app.papers.wanted("earlier")
        await pilot.pause()
        assert "2026-03-01  Fog  harbor" in seen(app)
        await pilot.press("enter")
        await until(pilot, lambda: state(pane) == "a draft, not saved")
        assert editor(pane).text == "### 1. Stream Title\n\nFog\n"


async def test_the_file_opens_elsewhere_with_what_was_typed_or_its_path_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with console(tmp_path) as (app, pilot):
        pane = await papers_of(app, pilot)
        pane.focus()
        pane.query_one(MarkdownEditor).insert("Fog", (0, 0))
        assert app.papers is not None
        await app.papers.wanted("editor")
        file = tmp_path / "data" / "dashboards" / "evening.md"
        assert file.read_text("utf-8") == "Fog" + DASHBOARD
        assert app.clipboard == str(file.resolve())
        await until(pilot, lambda: f"Open {file.resolve()} in any editor" in toasts(app))


async def test_a_time_in_tonights_ledger_is_a_line_of_the_chat_and_one_in_an_earlier_ledger_is_none(
    tmp_path: Path,
) -> None:
    earlier = wrote(tmp_path / "ledgers" / "2026-02-27-quietharbor-1.md", "# An earlier evening")
    async with console(tmp_path) as (app, pilot):
        await papers_of(app, pilot)
        assert app.papers is not None
        assert await app.papers.chat_line_at(START) == 1
        assert await app.papers.chat_line_at(START + timedelta(days=9)) is None
        await until(pilot, lambda: "Nobody has written since then." in toasts(app))
        await app.papers.turn_to(earlier)
        assert await app.papers.chat_line_at(START) is None
        await until(pilot, lambda: "The chat here is tonight's" in toasts(app))
