"""The ledger as a book: found by its words, gone through by its headings, and back to the chat by its times."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot

from sanctum_tui.text import clean
from sanctum_tui.ui.dialogs.finding import FindBar
from sanctum_tui.ui.dialogs.outline import OutlineDialog
from sanctum_tui.ui.dialogs.picking import MOST_SHOWN
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import ledger
from sanctum_tui.ui.panes.ledger import LedgerPane
from sanctum_tui.ui.paper.discretion import HIDDEN, discreet
from sanctum_tui.ui.paper.finding import MOST, Finder
from sanctum_tui.ui.paper.moments import Moments, span_of
from sanctum_tui.ui.paper.outline import Heading, outline, place_of
from sanctum_tui.ui.paper.rows import Document
from tests.test_ledger_pane import LEDGER, MARKDOWN, on_screen, rows

HOSTILE = "[/][@click=app.quit]free subs[/] \x1b[2J\u202egnirts 漢字🇳🇴 "
EVENING = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)


class Desk(App[None]):
    CSS_PATH = Path(ledger.__file__).with_suffix(".tcss")

    def __init__(self) -> None:
        super().__init__()
        self.pane = LedgerPane(id="ledger")
        self.chats: list[datetime] = []
        self.left = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_ledger_pane_chat_wanted(self, message: LedgerPane.ChatWanted) -> None:
        self.chats.append(message.at)

    def key_escape(self) -> None:
        self.left += 1


@asynccontextmanager
async def reading(
    markdown: str = LEDGER, size: tuple[int, int] = (80, 14)
) -> AsyncIterator[tuple[LedgerPane, Pilot[None], Desk]]:
    app = Desk()
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        app.pane.show(markdown, "tonight")
        await pilot.pause()
        yield app.pane, pilot, app


def foot(pane: LedgerPane) -> str:
    return str(pane.border_subtitle)


def reversed_words(pane: LedgerPane) -> list[str]:
    """What stands out of the rows in sight, not by its colour alone."""
    strips = [pane.render_line(y) for y in range(pane.scrollable_content_region.height)]
    return [segment.text for strip in strips for segment in strip if segment.style and segment.style.reverse]


# In a wide pane


async def test_a_wide_pane_has_the_text_in_its_middle_and_the_outline_beside_it() -> None:
    async with reading(size=(200, 30)) as (pane, pilot, _):
        drawn = on_screen(pane)
        title = "Sanctum Ledger — 2026-03-01"
        # 92 cells of text in 196, the frame, its padding and the scrollbar aside.
        assert drawn[1].index(title, 40) == 2 + pane.margin == 2 + (pane.scrollable_content_region.width - 92) // 2
        assert drawn[1].startswith(f"│ ▸ {title}")
        assert drawn[2].startswith("│     Stream Theme")
        await pilot.press("full_stop")
        assert on_screen(pane)[2].startswith("│ ▸   Stream Theme")
        place = next(at for at, row in enumerate(on_screen(pane)) if "Agent Actions" in row[:40])
        await pilot.click(LedgerPane, Offset(8, place))
        assert pane.document is not None
        assert pane.document.line(pane.top).text == "Agent Actions"


async def test_a_narrow_pane_is_the_texts_alone() -> None:
    async with reading(size=(130, 20)) as (pane, _, _):
        assert "▸" not in "".join(on_screen(pane))
        assert on_screen(pane)[1].strip("│ ").startswith("Sanctum Ledger")


async def test_a_time_in_a_wide_pane_is_clicked_where_it_stands() -> None:
    async with reading(size=(200, 60)) as (pane, pilot, app):
        row = next(at for at, row in enumerate(on_screen(pane)) if "20:00 to 20:08" in row[50:])
        await pilot.click(LedgerPane, Offset(on_screen(pane)[row].index("20:00 to 20:08", 50), row))
        assert app.chats == [EVENING]


# Search


async def test_words_are_marked_and_counted_while_they_are_typed_and_two_keys_go_through_them() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("slash", *"second")
        assert isinstance(app.screen, FindBar)
        assert "1 of 4" in "".join(strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("enter")
        assert foot(pane) == "“second” 1 of 4 · f F · Esc ends"
        assert "second" in reversed_words(pane)
        await pilot.press("f")
        assert any("Reach the second lighthouse" in row for row in rows(pane))
        await pilot.press("F", "F")
        assert foot(pane).startswith("“second” 4 of 4")
        assert any("The second light is lit" in row for row in rows(pane))
        await pilot.press("f")
        assert foot(pane).startswith("“second” 1 of 4")


async def test_leaving_a_search_with_escape_brings_back_the_page_that_was_read() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("pagedown")
        before = rows(pane)
        await pilot.press("slash", *"rope", "escape")
        await pilot.pause()
        assert (rows(pane), reversed_words(pane), app.left) == (before, [], 0)


async def test_leaving_a_second_search_brings_back_the_first_and_the_page() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press("slash", *"fog", "enter", "end")
        before = rows(pane)
        await pilot.press("slash", *"gy", "escape")
        await pilot.pause()
        assert rows(pane) == before
        assert foot(pane).startswith("“fog” ")


async def test_escape_ends_the_search_first_and_then_leaves() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("slash", *"fog", "enter", "escape")
        assert (foot(pane), reversed_words(pane), app.left) == ("", [], 0)
        await pilot.press("escape")
        assert app.left == 1


async def test_what_is_not_there_is_said_and_moves_nothing() -> None:
    async with reading() as (pane, pilot, _):
        before = rows(pane)
        await pilot.press("slash", *"zebra", "enter", "f", "F")
        assert foot(pane).startswith("“zebra” not found")
        assert rows(pane) == before


async def test_a_place_that_was_found_stays_when_the_ledger_grows_above_it() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press("slash", *"rope", "enter", "f")
        assert foot(pane).startswith("“rope” 2 of 2")
        pane.show(LEDGER.replace("## Agent Actions", "### Rope\n\na rope\n\n## Agent Actions"), "tonight")
        await pilot.pause()
        assert foot(pane).startswith("“rope” 4 of 4")
        assert "rope" in reversed_words(pane)


@given(MARKDOWN, st.text(alphabet="ab *_~`漢é", min_size=1, max_size=3))
def test_every_place_where_the_words_are_shown_is_found_and_no_other(markdown: str, query: str) -> None:
    document = Document(clean(markdown), 40)
    found = Finder(document).find(query)
    shown = [document.line(number).text for number in range(len(document.lines))]
    if not query.strip():
        assert found.matches == ()
        return
    assert sorted({match.line for match in found.matches}) == [
        number for number, text in enumerate(shown) if query.lower() in text.lower()
    ]
    assert all(shown[it.line][it.start : it.end].lower() == query.lower() for it in found.matches)
    assert [match for number in range(len(shown)) for match in found.on(number)] == list(found.matches)


def test_a_letter_that_is_everywhere_is_not_told_apart_without_end() -> None:
    found = Finder(Document("fog\n" * 5_000, 40)).find("o")
    assert (len(found.matches), found.counted(0)) == (MOST, "1 of 2,000+")


# Outline


@pytest.mark.parametrize("size", [(80, 24), (240, 70)])
async def test_a_heading_is_found_by_its_words_and_gone_to(size: tuple[int, int]) -> None:
    async with reading(size=size) as (pane, pilot, app):
        await pilot.press("d")
        await pilot.pause()
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "▸ Sanctum Ledger" in shown
        assert "type to search · ↑↓ choose · Enter goes · Esc closes" in shown
        await pilot.press(*"not", "down", "enter")
        await pilot.pause()
        assert rows(pane)[0] == "Not said"


async def test_the_outline_begins_where_one_reads_and_leaving_it_moves_nothing() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("full_stop", "full_stop")
        before = pane.scroll_y
        await pilot.press("d")
        await pilot.pause()
        assert any("▸   Notable Discussion" in strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("escape")
        await pilot.pause()
        assert pane.scroll_y == before


async def test_hostile_headings_are_words_and_very_many_can_still_be_reached() -> None:
    many = "\n\n".join(f"## {HOSTILE}{number}" for number in range(3 * MOST_SHOWN))
    async with reading(many, (80, 24)) as (pane, pilot, app):
        await pilot.press("d")
        await pilot.pause()
        shown = "".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "[/][@click=app.quit]free subs[/]" in shown
        assert f"{MOST_SHOWN} of {3 * MOST_SHOWN} are shown" in shown
        await pilot.press(*"777", "enter")
        await pilot.pause()
        assert pane.top == 2 * 777
        assert not isinstance(app.screen, OutlineDialog)


def test_a_line_stands_under_the_heading_before_it() -> None:
    headings = outline(Document("intro\n# One\n\ntext\n## Two *b*\n```\n# no\n```\n#### Deep", 40))
    assert headings == (Heading(1, 1, "One"), Heading(4, 2, "Two b"), Heading(8, 3, "Deep"))
    assert [place_of(headings, line) for line in (0, 1, 3, 4, 99)] == [0, 0, 0, 1, 2]


# Times


async def test_enter_shows_the_chat_at_the_chosen_time() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("v", "v", "v", "v")
        assert foot(pane) == "20:08:00 · Enter shows the chat · v V · Esc ends"
        assert reversed_words(pane) == ["20:08"]
        await pilot.press("enter", "V", "enter")
        assert app.chats == [EVENING + timedelta(minutes=8), EVENING]
        await pilot.press("escape")
        assert (foot(pane), app.left) == ("", 0)


async def test_enter_alone_shows_the_chat_at_the_first_time_in_sight() -> None:
    async with reading() as (pane, pilot, app):
        await pilot.press("slash", *"posted at", "enter", "escape")
        pane.go(pane.document.start(41) if pane.document else 0)
        await pilot.press("enter")
        assert app.chats == [EVENING + timedelta(minutes=25, seconds=24)]


async def test_a_time_that_is_clicked_shows_the_chat_then() -> None:
    async with reading() as (pane, pilot, app):
        row = next(y for y, text in enumerate(on_screen(pane)) if "20:00 to 21:00" in text)
        column = on_screen(pane)[row].index("21:00")
        await pilot.click(offset=Offset(column + 2, row))
        await pilot.click(offset=Offset(column + 9, row))
        assert app.chats == [EVENING + timedelta(hours=1)]


def test_times_are_of_the_evenings_own_clock_and_of_the_next_day_after_midnight() -> None:
    head = (
        "# Sanctum Ledger — 2026-03-01",
        "**Time:** 22:30 to 01:10 on 2026-03-02 (2 hours 40 minutes; hours are UTC+01:30)",
    )
    span = span_of(head)
    zone = timezone(timedelta(hours=1, minutes=30))
    assert span is not None
    assert span.at(23, 0, 5) == datetime(2026, 3, 1, 23, 0, 5, tzinfo=zone)
    assert span.at(0, 59, 0) == datetime(2026, 3, 2, 0, 59, tzinfo=zone)
    assert span.at(5, 0, 0) is None
    assert span_of(["# Something else", "**Time:** 1:00"]) is None
    assert span_of(["# Sanctum Ledger — 2026-99-01", head[1]]) is None


def test_a_clips_time_counts_from_the_start_and_other_numbers_are_no_times() -> None:
    document = Document(LEDGER.replace("28 lines", "1:30, 12:99, 20:10:11:12 and 28 lines"), 80)
    moments = Moments(document)
    clip = next(number for number, line in enumerate(document.lines) if line.startswith("- **00:07:20**"))
    assert [moment.at for moment in moments.on(clip)] == [EVENING + timedelta(minutes=7, seconds=20)]
    assert moments.on(6) == ()
    first = moments.first(0)
    assert first is not None
    assert moments.beside(first, -1) is None


@given(MARKDOWN)
def test_any_text_may_be_looked_through_for_times(markdown: str) -> None:
    document = Document(
        f"# Sanctum Ledger — 2026-03-01\n\n**Time:** 20:00 to 21:00 (hours are UTC)\n{clean(markdown)}", 40
    )
    for number in range(len(document.lines)):
        Moments(document).on(number)


# Private, and large


async def test_private_mode_hides_flags_and_the_operators_notes_and_nothing_else() -> None:
    async with reading(size=(110, 150)) as (pane, pilot, _):
        flagged = LEDGER.partition("## Flags\n\n")[2].partition("\n\n## ")[0].split("\n")[0]
        for words in ("too *soon*", "less whimsy", flagged):
            assert words in " ".join(rows(pane))
        pane.private = True
        await pilot.pause()
        shown = " ".join(rows(pane))
        assert "Hidden in private mode." in shown
        for words in ("too *soon*", "less whimsy", "Marked by the operator: “the geese”", flagged):
            assert words not in shown
        for words in ("Flags", "Silences", "Five people called out at once.", "A log of wind is still a log."):
            assert words in shown
        pane.private = False
        await pilot.pause()
        assert "less whimsy" in " ".join(rows(pane))


def test_a_note_with_any_sign_in_it_is_hidden_whole() -> None:
    for told in (
        "- **00:07:20** Marked by the operator: “a ” b” mira: “secret”",
        "- 20:43:30 skipped, by the operator (secret) ): “secret”",
        "**Line 2**, drafted at 20:43. Held back by the operator: “se”cret”",
    ):
        assert HIDDEN in discreet(told)
        assert "cret" not in discreet(told)
    assert discreet("## Flags") == "## Flags\n\nHidden in private mode.\n"
    assert discreet("# L\n\nplain\n") == "# L\n\nplain\n"


async def test_large_type_is_bold_and_in_a_narrow_column_and_keeps_the_place() -> None:
    async with reading(size=(120, 14)) as (pane, pilot, _):
        await pilot.press("full_stop", "full_stop")
        pane.big = True
        await pilot.pause()
        assert rows(pane)[0] == "Notable Discussion"
        assert max(map(len, rows(pane))) <= 60
        drawn = [segment for segment in pane.render_line(4) if segment.text.strip()]
        assert drawn
        assert all(segment.style and segment.style.bold for segment in drawn)
