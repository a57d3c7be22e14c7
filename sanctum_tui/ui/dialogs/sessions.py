"""The stored evenings, newest first: to look through, to read their ledgers, and to write those into their folder."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.errors import SanctumError
from sanctum_tui.evening import LIVE_SOURCE
from sanctum_tui.text import in_minutes, one_line
from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.dialogs.listing import Listing
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.panes.ledger import LedgerPane
from sanctum_tui.ui.sheet import Sheet

if TYPE_CHECKING:
    from sanctum_tui.memory.shelf import Shelved

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST = 1000
"""Evenings that are listed, the latest."""
LOOKING = "Looking for the stored evenings…"
NONE_STORED = "No evening is stored yet; one that is played or live is."
NOTHING = "No evening is called like that."
TELLING = "Telling the ledger…"
WRITING = "Writing the ledger…"
UNFORESEEN = "Something unforeseen happened; the log file says what."
_ONE_ROW_CELLS = 80
"""On a narrower screen an evening has two rows."""
_ROOMY_CELLS = 100
"""From this width on there is a column for the lines posted and for the state in words."""


class Shelf(Protocol):
    """The stored evenings; each question may take a while, and raises a SanctumError where it fails."""

    async def newest(self, limit: int) -> "tuple[Shelved, ...]": ...

    async def read(self, session_id: int) -> str: ...

    async def write(self, session_id: int) -> Path: ...


class Errands:
    """Questions to the shelf, one after the other; none is cut off, for a database would not forgive it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self, ask: Awaitable[T], then: Callable[[T], None], failed: Callable[[str], None]) -> None:
        """Ask in the background; what comes of it is handed over, or told in a sentence."""
        before = self._task

        async def run() -> None:
            if before is not None:
                await before
            try:
                answer = await ask
            except SanctumError as error:
                failed(error.sentence)
            except Exception:
                log.exception("a stored evening could not be told")
                failed(UNFORESEEN)
            else:
                then(answer)

        self._task = asyncio.create_task(run(), name="asking the shelf")

    async def close(self) -> None:
        """Let what is under way come to its end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)


class SessionsDialog(Listing["Shelved"]):
    """Enter reads an evening's ledger, w writes it to EXPORT_PATH."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write its ledger", show=False, id="sessions.write"),
    ]
    title_words = "Earlier evenings"
    foot = "Enter reads its ledger · w writes it to EXPORT_PATH · / search · Esc closes"
    brief_foot = "Enter read · w write · / search · Esc closes"

    def __init__(self, shelf: Shelf, errands: Errands, tonight: int | None = None) -> None:
        """`errands` outlive the screen: their owner waits for them. `tonight` is the session that goes on."""
        super().__init__()
        self._tonight = tonight
        self._shelf = shelf
        self._errands = errands
        self._all: tuple[Shelved, ...] | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.about.update(Content.styled(LOOKING, "$hearth-quiet"))
        self._errands.start(self._shelf.newest(MOST), self._took, self._failed)

    def on_resize(self) -> None:
        self.sheet.high = 1 if self.size.width >= _ONE_ROW_CELLS else 2

    def searched(self) -> None:
        found = self._all or ()
        words = self.query_words
        fitting = [one for one in found if all(word in self._searched(one) for word in words)]
        self.say_count(len(fitting), len(found), "stored")
        self.sheet.show(fitting, 0)
        self.sheet.choose(0)

    def row(self, item: "Shelved", width: int) -> Content:
        session = item.session
        roomy = width >= _ROOMY_CELLS
        state = f"{self._state(item):<12}" if roomy else f"{self._sign(item)} "
        posted = f"{item.posted:>4} posted  " if roomy else ""
        # What tells the evenings apart has a row of its own where it would be cut.
        below = "\n" if self.sheet.high > 1 else ""
        return Content.assemble(
            (f"{session.started_at.astimezone():%Y-%m-%d %H:%M}  ", "bold"),
            (f"{in_minutes(item.lasted):>8}  {session.messages:>8,} lines  {posted}{state}", "$hearth-quiet"),
            f"{below}{one_line(session.channel)}",
            f" · {one_line(session.title)}" if session.title else "",
        )

    def tell(self, item: "Shelved | None") -> Content:
        if item is None:
            words = LOOKING if self._all is None else NOTHING if self._all else NONE_STORED
            return Content.styled(words, "$hearth-quiet")
        session = item.session
        posted = "1 line" if item.posted == 1 else f"{item.posted:,} lines"
        kind = "live on Twitch" if session.source == LIVE_SOURCE else "from a log"
        return Content.assemble(
            (one_line(session.title) or "(no title)", "bold"),
            f"\n#{one_line(session.channel)}, {kind}, {session.started_at.astimezone():%A %d %B %Y, %H:%M}",
            f"\n{session.messages:,} lines of chat in {in_minutes(item.lasted)}, {posted} of the agent posted.",
            (f"\nSession {session.id}: {self._sign(item)} {self._state(item)}.", "$hearth-quiet"),
        )

    def on_sheet_pressed(self, event: Sheet.Pressed) -> None:
        event.stop()
        chosen = self.sheet.chosen
        if chosen is not None:
            self.app.push_screen(LedgerDialog(self._shelf, self._errands, chosen))

    def veil(self) -> None:
        self.say("")

    def action_write(self) -> None:
        chosen = self.sheet.chosen
        if chosen is not None:
            self.say(WRITING)
            self._errands.start(self._shelf.write(chosen.session.id), self._wrote, self._failed)

    def _took(self, found: "tuple[Shelved, ...]") -> None:
        self._all = found
        if self.is_attached:
            self.searched()

    def _wrote(self, path: Path) -> None:
        if self.is_attached:
            self.say(written_words(path, private=self.private))

    def _failed(self, sentence: str) -> None:
        if self.is_attached:
            self.say(self.seemly(sentence), trouble=True)

    def _state(self, shelved: "Shelved") -> str:
        if shelved.session.ended_at:
            return "ended"
        return "tonight" if shelved.session.id == self._tonight else "unfinished"

    def _sign(self, shelved: "Shelved") -> str:
        if shelved.session.ended_at:
            return "✓"
        return "●" if shelved.session.id == self._tonight else "…"

    def _searched(self, shelved: "Shelved") -> str:
        session = shelved.session
        day = f"{session.started_at.astimezone():%Y-%m-%d %A %B}"
        return f"{day} {session.channel} {session.title} {self._state(shelved)}".lower()


class LedgerDialog(Paper[None]):
    """One stored evening's ledger, to read; nothing of tonight is touched."""

    CSS_PATH = ["dialogs.tcss", "listing.tcss", "../panes/ledger.tcss"]  # type: ignore[assignment]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "write", "Write it", show=False, id="reading.write"),
    ]
    foot = "↑↓ scroll · , . headings · w writes it to EXPORT_PATH · Esc goes back"

    pane = getters.query_one("#archived", LedgerPane)
    told = getters.query_one("#listing-told", Static)

    def __init__(self, shelf: Shelf, errands: Errands, shelved: "Shelved") -> None:
        super().__init__()
        session = shelved.session
        self.title_words = f"Ledger of {session.started_at.astimezone():%Y-%m-%d}"
        self._shelf = shelf
        self._session = session.id
        self._errands = errands

    def body(self) -> ComposeResult:
        yield LedgerPane(id="archived")
        yield Static(id="listing-told", markup=False)

    def on_mount(self) -> None:
        self.query_one("#dialog").can_focus = False
        self.pane.private, self.pane.big = self.private, getattr(self.app, "big", False)
        self.pane.focus()
        self.told.update(Content.styled(TELLING, "bold $accent"))
        self._errands.start(self._shelf.read(self._session), self._read, self._failed)

    def veil(self) -> None:
        self.pane.private = self.private
        self.told.update("")

    def action_write(self) -> None:
        self.told.update(Content.styled(WRITING, "bold $accent"))
        self._errands.start(self._shelf.write(self._session), self._wrote, self._failed)

    def _read(self, markdown: str) -> None:
        if self.is_attached:
            self.pane.show(markdown, f"Session {self._session}")
            self.told.update("")

    def _wrote(self, path: Path) -> None:
        if self.is_attached:
            words = written_words(path, private=self.private)
            self.told.update(Content.styled(words, "bold $accent"))

    def _failed(self, sentence: str) -> None:
        if self.is_attached:
            self.told.update(Content.styled(f"✕ {self.seemly(sentence)}", "bold $warning"))


def written_words(path: Path, *, private: bool) -> str:
    """Where a ledger was written."""
    return f"✓ The ledger was written to {conceal(str(path)) if private else path}"
