"""The ledger is shown as the words it is, keeps the reader's place, and opens at once however long it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Size
from textual.pilot import Pilot
from textual.strip import Strip

from sanctum_tui.exports.escaping import escape
from sanctum_tui.text import clean, one_line
from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import ledger
from sanctum_tui.ui.panes.ledger import EMPTY, LedgerPane
from sanctum_tui.ui.paper.lines import Kind, Look, in_fences, plain, read
from sanctum_tui.ui.paper.rows import Document

LEDGER = (Path(__file__).parent / "fixtures" / "ledgers" / "evening.md").read_text("utf-8")
HOSTILE = (
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07",
    "[/]",
    "[@click=app.quit]free subs[/]",
    "[bold red]shouting[/]",
    "\u202egnirts desrever\u202c \u2066isolated\u2069",
    "tags\U000e0041\U000e0042\U000e007f hidden",
    "nul\x00 bell\x07 csi\x9b31m del\x7f nel\x85line",
    "<script>alert(1)</script> ![x](javascript:alert)",
    "e\u0301" * 40 + "\u200d\ufe0f👩‍👩‍👧",
    "🇳🇴" * 30,
    "漢" * 80,
)
MARKDOWN = st.lists(
    st.one_of(
        st.text(alphabet=st.sampled_from("ab *_~`\\>#-+1.) 漢é👍\ufe0f\u200d\x1b\u202e"), max_size=40),
        st.sampled_from(["# Title", "## Section", "```", "~~~", "---", "", "> > quoted", "- item", "12. item"]),
        st.text(max_size=30),
    ),
    max_size=25,
).map("\n".join)


class Reader(App[None]):
    CSS_PATH = Path(ledger.__file__).with_suffix(".tcss")

    def __init__(self) -> None:
        super().__init__()
        self.pane = LedgerPane(id="ledger")
        self.wanted: list[Path | None] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_ledger_pane_wanted(self, message: LedgerPane.Wanted) -> None:
        self.wanted.append(message.path)


@asynccontextmanager
async def reading(
    markdown: str = LEDGER, title: str = "tonight", size: tuple[int, int] = (60, 14)
) -> AsyncIterator[tuple[LedgerPane, Pilot[None], Reader]]:
    app = Reader()
    async with app.run_test(size=size) as pilot:
        app.pane.focus()
        app.pane.show(markdown, title)
        await pilot.pause()
        yield app.pane, pilot, app


def on_screen(pane: LedgerPane) -> list[str]:
    """What is drawn, row by row, the frame included."""
    return ["".join(segment.text for segment in strip) for strip in pane.screen._compositor.render_strips()]


def rows(pane: LedgerPane) -> list[str]:
    """What stands in the frame, without the margin and the scrollbar."""
    return [row[2 + pane.margin : -3].rstrip() for row in on_screen(pane)[1:-1]]


# A line


@pytest.mark.parametrize(
    ("line", "kind", "lead", "text"),
    [
        ("# Sanctum Ledger — 2026-03-01", Kind.TITLE, "", "Sanctum Ledger — 2026-03-01"),
        ("## Stream Theme ##", Kind.SECTION, "", "Stream Theme"),
        ("#### deeper", Kind.PART, "", "deeper"),
        ("#no heading", Kind.TEXT, "", "#no heading"),
        ("> \\@mossgate did he?", Kind.QUOTE, "▎ ", "@mossgate did he?"),
        (">", Kind.QUOTE, "▎ ", ""),
        ("> > - deep", Kind.QUOTE, "▎ ▎ • ", "deep"),
        ("- 20:25:23 sending", Kind.TEXT, "• ", "20:25:23 sending"),
        ("  * nested", Kind.TEXT, "  • ", "nested"),
        ("12. twelfth", Kind.TEXT, "12. ", "twelfth"),
        ("2026. A year", Kind.TEXT, "2026. ", "A year"),
        ("2026\\. A year", Kind.TEXT, "", "2026. A year"),
        ("* * *", Kind.RULE, "", ""),
        ("Ferry\\_Tam \\*soon\\* \\<b\\>", Kind.TEXT, "", "Ferry_Tam *soon* <b>"),
        ("a back\\slash", Kind.TEXT, "", "a back\\slash"),
        ("`` a`b `` c", Kind.TEXT, "", "a`b c"),
        ("2*3 and a_b_c and ** alone", Kind.TEXT, "", "2*3 and a_b_c and ** alone"),
        ("[x](https://evil.example) <b>", Kind.TEXT, "", "[x](https://evil.example) <b>"),
    ],
)
def test_a_line_is_shown_without_its_signs(line: str, kind: Kind, lead: str, text: str) -> None:
    shown = read(line)
    assert (shown.kind, shown.lead, shown.text) == (kind, lead, text)


def test_words_stand_out_as_they_are_marked() -> None:
    shown = read("~~very empty?~~ **bold *both*** `*code*` \\*\\*not\\*\\*")
    looks = []
    start = 0
    for end, look in shown.runs:
        looks.append((shown.text[start:end], look))
        start = end
    assert looks == [
        ("very empty?", Look.STRUCK),
        (" ", Look.PLAIN),
        ("bold ", Look.BOLD),
        ("both", Look.BOLD | Look.ITALIC),
        (" ", Look.PLAIN),
        ("*code*", Look.CODE),
        (" **not**", Look.PLAIN),
    ]


def test_what_is_in_a_fence_is_shown_as_it_is_written() -> None:
    lines = ["```markdown", "# not a heading", "~~~", "```", "# a heading", "~~~", "never closed"]
    assert in_fences(lines) == {0, 1, 2, 3, 5, 6}
    assert read("# not **a** heading", code=True).text == "# not **a** heading"


@given(st.text())
def test_chat_that_was_escaped_is_shown_as_it_was_written(text: str) -> None:
    shown = read(escape(text))
    assert (shown.kind, shown.lead, shown.text) == (Kind.TEXT, "", one_line(text))
    assert [look for _, look in shown.runs] == [Look.PLAIN]


@given(st.text(alphabet=st.sampled_from("ab *_~`\\>#-+1.) "), max_size=40))
def test_every_line_can_be_read_and_its_looks_cover_it(line: str) -> None:
    shown = read(line)
    ends = [end for end, _ in shown.runs]
    assert ends == sorted(ends)
    assert ends[-1] == len(shown.text)
    if plain(line):
        assert (shown.kind, shown.lead, shown.text) == (Kind.TEXT, "", line.strip())


def test_a_hostile_line_is_read_in_a_moment() -> None:
    began = perf_counter()
    for signs in ("`a``b```c", "*a ", "> ", "**", "- ", " ", "#", " #", "* ", "_a*b~~", "\\"):
        read(signs * 20_000)
    # Some 0.3 s; what is quadratic in the length takes minutes.
    assert perf_counter() - began < 10


# The rows of a document


@given(MARKDOWN, st.integers(8, 40))
def test_rows_that_are_counted_are_those_that_are_drawn(markdown: str, width: int) -> None:
    document = Document(clean(markdown), width)
    document.count(len(document.lines))
    drawn = [len(list(document.pieces(document.line(number)))) for number in range(len(document.lines))]
    assert document.counted
    assert document.rows == sum(drawn)
    places = [(number, row) for number, many in enumerate(drawn) for row in range(many)]
    assert [document.at(row) for row in range(document.rows)] == places


@given(MARKDOWN, MARKDOWN, st.integers(8, 40))
def test_another_version_is_counted_as_if_it_were_the_first(old: str, new: str, width: int) -> None:
    before = Document(clean(old), width)
    before.count(len(before.lines))
    after, fresh = Document(clean(new), width, before), Document(clean(new), width)
    for document in (after, fresh):
        document.count(len(document.lines))
    assert after.rows == fresh.rows


def test_a_quote_grows_by_its_bar_and_is_counted_so() -> None:
    document = Document(">>>abcdefghi", 14)
    document.count(1)
    assert document.rows == 2


def test_a_place_is_found_again_below_its_heading() -> None:
    old = Document("# L\n\n## Talk\n\none\n\n## Queue\n\na\nb\nc", 40)
    new = Document("# L\n\n## Talk\n\none\ntwo\nthree\n\n## Queue\n\na\nb\nc\nd", 40)
    assert old.at(9) == (9, 0)
    assert new.line(new.at(old.same_place(9, new))[0]).text == "b"


# The pane


async def test_the_ledger_is_read_without_its_signs() -> None:
    async with reading(size=(70, 20)) as (pane, _, _):
        assert rows(pane)[:3] == ["Sanctum Ledger — 2026-03-01", "", "Channel: quietharbor — Windrose, slowly"]
        assert "• Title: Fog over the second light" in rows(pane)


async def test_a_long_line_goes_on_below_its_beginning() -> None:
    async with reading("> - some words that are longer than a row is wide here", size=(30, 8)) as (pane, _, _):
        assert rows(pane)[:3] == ["▎ • some words that are", "▎   longer than a row is", "▎   wide here"]


async def test_no_text_is_lost_where_rows_break() -> None:
    words = " ".join(f"word{number}" for number in range(200))
    async with reading(f"- **{words}**", size=(50, 60)) as (pane, _, _):
        assert " ".join(" ".join(rows(pane)).split()) == f"• {words}"


async def test_hostile_text_is_words_and_nothing_else() -> None:
    async with reading() as (pane, pilot, _):
        for text in HOSTILE:
            pane.show(f"# {text}\n\n{text}\n\n> {text}\n\n- **{text}**\n", text)
            pane.offer([(text, Path("earlier.md"))])
            await pilot.pause()
            drawn = on_screen(pane)
            assert all(clean(row) == row for row in drawn)
            assert {cell_len(row) for row in drawn} == {60}
            assert "".join(clean(text).split())[:8] in "".join("".join(rows(pane)).split())
            assert not any(segment.style and segment.style.meta for strip in _strips(pane) for segment in strip)


def _strips(pane: LedgerPane) -> list[Strip]:
    return [pane.render_line(y) for y in range(pane.size.height)]


async def test_keys_go_through_the_ledger() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press("down", "down", "up")
        assert pane.scroll_y == 1
        await pilot.press("pagedown")
        assert pane.scroll_y == 1 + 11
        await pilot.press("end")
        assert "After 20:47 nobody wrote" in "\n".join(rows(pane))
        await pilot.press("pageup", "home")
        assert pane.scroll_y == 0


async def test_headings_are_one_key_apart() -> None:
    async with reading() as (pane, pilot, _):
        seen = []
        for key in (*["full_stop"] * 3, "comma", "down", *["comma"] * 4):
            await pilot.press(key)
            seen.append(rows(pane)[0])
        assert seen == [
            "Stream Theme",
            "Notable Discussion",
            "20:00 to 20:08: Geese, lighthouse, wind and keeper",
            "Notable Discussion",
            "",
            "Notable Discussion",
            "Stream Theme",
            "Sanctum Ledger — 2026-03-01",
            "Sanctum Ledger — 2026-03-01",
        ]


async def test_what_is_read_stays_when_the_ledger_grows_above_it() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press(*"nnnnn", "down", "down")
        before = rows(pane)
        grown = LEDGER.replace("## Agent Actions", "### 20:30 to 20:40: Fog\n\nmore\n\nand more\n\n## Agent Actions")
        pane.show(grown, "tonight")
        await pilot.pause()
        assert rows(pane) == before
        pane.show(LEDGER, "tonight")
        await pilot.pause()
        assert rows(pane) == before


async def test_what_is_read_stays_when_the_window_changes_its_width() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press(*"nnnnnn")
        before = rows(pane)[0]
        await pilot.resize_terminal(40, 14)
        await pilot.pause()
        assert rows(pane)[0] == before
        await pilot.resize_terminal(90, 14)
        await pilot.pause()
        assert rows(pane)[0] == before


async def test_another_ledger_begins_at_its_top_and_the_first_is_found_where_it_was_left() -> None:
    async with reading() as (pane, pilot, _):
        pane.offer([("an earlier one", Path("earlier.md"))])
        await pilot.press("pagedown")
        before = rows(pane)
        await pilot.press("left")
        pane.show(LEDGER + "\nmore", "tonight")
        await pilot.pause()
        assert rows(pane) == before
        pane.show("# Earlier\n\n" + LEDGER, "an earlier one")
        await pilot.pause()
        assert rows(pane)[0] == "Earlier"
        await pilot.press("right")
        pane.show(LEDGER, "tonight")
        await pilot.pause()
        assert rows(pane) == before


async def test_what_is_read_stays_when_the_evening_ends_and_the_title_says_so() -> None:
    async with reading() as (pane, pilot, _):
        await pilot.press("pagedown")
        before = rows(pane)
        pane.show(LEDGER + "\nThe end.", "tonight, over")
        await pilot.pause()
        assert rows(pane) == before
        assert str(pane.border_title) == "tonight, over"


async def test_arrows_ask_for_earlier_ledgers_and_come_back_to_tonights() -> None:
    earlier = [("2026-02-08", Path("b.md")), ("2026-01-18", Path("a.md"))]
    async with reading() as (pane, pilot, app):
        await pilot.press("left")
        assert app.wanted == []
        pane.offer(earlier)
        assert str(pane.border_subtitle) == "tonight · ← earlier"
        await pilot.press("right", "left", "left", "left", "right", "right")
        assert app.wanted == [Path("b.md"), Path("a.md"), Path("b.md"), None]
        await pilot.press("left")
        assert str(pane.border_subtitle) == "1 of 2 earlier · ← earlier · → later"


async def test_the_ledger_that_is_read_stays_so_when_a_newer_one_is_offered() -> None:
    async with reading() as (pane, pilot, app):
        pane.offer([("one", Path("one.md"))])
        await pilot.press("left")
        pane.offer([("two", Path("two.md")), ("one", Path("one.md"))])
        assert pane.wanted == Path("one.md")
        assert str(pane.border_subtitle) == "2 of 2 earlier · → later"
        await pilot.press("right")
        assert app.wanted == [Path("one.md"), Path("two.md")]


async def test_an_evening_without_a_ledger_says_so() -> None:
    async with reading("", size=(80, 10)) as (pane, pilot, _):
        assert rows(pane)[0] == EMPTY
        await pilot.press("full_stop", "comma", "end", "pageup", "down")
        pane.show(LEDGER, "tonight")
        await pilot.pause()
        assert rows(pane)[0].startswith("Sanctum Ledger")


async def test_a_ledger_shown_before_there_is_a_screen_is_there_when_there_is_one() -> None:
    app = Reader()
    app.pane.show(LEDGER, "tonight")
    async with app.run_test(size=(60, 14)) as pilot:
        await pilot.pause()
        assert rows(app.pane)[0] == "Sanctum Ledger — 2026-03-01"


def long_ledger() -> str:
    """A megabyte of lines as ledgers have them, no two alike."""
    random = Random(1)
    words = ["lighthouse", "keeper", "\\*soon\\*", "**bold**", "fog", "“quote”", "wrote,", "Ferry\\_Tam"]
    lines: list[str] = []
    size = 0
    while size < 1 << 20:
        start = random.choice(("", "- ", "> ", "**Line 3**, ", "## "))
        lines.append(start + " ".join(random.choices(words, k=random.choice((6, 12, 30)))) + f" {size}")
        size += len(lines[-1]) + 1
    return "\n".join(lines)


async def test_a_megabyte_opens_at_once_and_is_all_there() -> None:
    markdown = long_ledger()
    async with reading("# One line", "short") as (pane, pilot, _):
        pane.action_first()
        began = perf_counter()
        pane.show(markdown, "long")
        for y in range(pane.size.height):
            pane.render_line(y)
        opened = perf_counter() - began
        began = perf_counter()
        whole = Document(markdown, pane.virtual_size.width)
        whole.count(len(whole.lines))
        counted = perf_counter() - began
        # 0.02 s here; the whole takes eight times as long, and Textual's Markdown widget three minutes.
        assert opened < counted / 2
        async with asyncio.timeout(20):
            while pane.virtual_size != Size(whole.width, whole.rows):
                await pilot.pause()
        await pilot.press("end")
        assert rows(pane)[-1].split()[-1] == markdown.split()[-1]
