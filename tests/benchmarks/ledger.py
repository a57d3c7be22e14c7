"""A ledger of a megabyte in the reader, to the rows on the screen, against Textual's Markdown with ten kilobytes.

Textual's own widget makes a widget of each paragraph: a hundredth of the text is what it can be asked for in a
benchmark. How long our reader needs to find a word in all of it is told beside.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from textual.app import App, ComposeResult
from textual.widgets import Markdown

from sanctum_tui.ui.look.theming import variable_defaults
from sanctum_tui.ui.panes import ledger
from sanctum_tui.ui.panes.ledger import LedgerPane
from sanctum_tui.ui.paper.finding import Finder
from tests.benchmarks.measuring import Figures, Ratio, Workbench, in_turns, seconds

_SIZE = (120, 40)
_LEDGER_BYTES = 1 << 20
_MARKDOWN_BYTES = 10 << 10
_WORDS = ("lighthouse", "keeper", "\\*soon\\*", "**bold**", "fog", "“quote”", "wrote,", "Ferry\\_Tam", "20:47")


def run(bench: Workbench) -> Iterator[Ratio]:
    long, short = ledger_of(bench.size(_LEDGER_BYTES)), ledger_of(_MARKDOWN_BYTES)
    taken = in_turns(
        3 if bench.quick else 7,
        ours=lambda: asyncio.run(_opened(long)),
        theirs=lambda: asyncio.run(_rendered(short)),
    )
    ours, theirs = taken["ours"], taken["theirs"]
    size = f"{len(long.encode()) / 1e6:.1f} MB"
    yield Ratio(
        f"open {size} / Markdown with 10 KB",
        ours["open"] / theirs["open"],
        0.1,
        seconds(ours["open"], theirs["open"]),
    )
    yield Ratio(
        f"find in {size} / Markdown with 10 KB",
        ours["find"] / theirs["open"],
        0.3,
        seconds(ours["find"], theirs["open"]),
    )


def ledger_of(size: int) -> str:
    """So many bytes of lines as ledgers have them, no two alike."""
    random = Random(1)
    lines = ["# Sanctum Ledger — 2026-03-01", "", "**Time:** 20:00 to 23:00 (3 hours; hours are UTC)"]
    written = 0
    while written < size:
        start = random.choice(("", "- ", "> ", "**Line 3**, ", "## "))
        lines.append(start + " ".join(random.choices(_WORDS, k=random.choice((6, 12, 30)))) + f" {written}")
        written += len(lines[-1].encode()) + 1
    return "\n".join(lines)


class _Reading(App[None]):
    CSS_PATH = Path(ledger.__file__).with_suffix(".tcss")

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield LedgerPane(id="ledger")


class _Markdown(App[None]):
    def compose(self) -> ComposeResult:
        yield Markdown()


async def _opened(text: str) -> Figures:
    app = _Reading()
    async with app.run_test(size=_SIZE) as pilot:
        pane = app.query_one(LedgerPane)
        await pilot.pause()
        begun = time.perf_counter()
        pane.show(text, "long")
        for y in range(pane.size.height):
            pane.render_line(y)
        opened = time.perf_counter() - begun
        assert pane.document is not None
        begun = time.perf_counter()
        Finder(pane.document).find("keeper fog")
        return {"open": opened, "find": time.perf_counter() - begun}


async def _rendered(text: str) -> Figures:
    app = _Markdown()
    async with app.run_test(size=_SIZE) as pilot:
        await pilot.pause()
        begun = time.perf_counter()
        await app.query_one(Markdown).update(text)
        await pilot.pause()
        return {"open": time.perf_counter() - begun}
