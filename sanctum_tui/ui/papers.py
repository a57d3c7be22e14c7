"""Feeds the two panes of paper, tonight's dashboard and the ledger; both are mounted after the first paint."""

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError
from sanctum_tui.paths import reason
from sanctum_tui.text import clean
from sanctum_tui.ui.paper.remarks import remarked

if TYPE_CHECKING:
    from sanctum_tui.dashboard.value import Dashboard
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.panes.dashboard import DashboardPane, Want
    from sanctum_tui.ui.panes.ledger import LedgerPane

log = logging.getLogger(__name__)

LEDGER_SECONDS = 10.0
"""How often the ledger on the screen is told anew while people talk."""
QUIET_LEDGER_SECONDS = 60.0
"""And while nothing happens: how long it has been quiet is in it."""
TRY_AGAIN_SECONDS = 5.0
"""After which a text that the disk refused, a dashboard or a half-edited line, is tried again."""
_STYLES = Path(__file__).parent / "panes"
TYPED_BEFORE = "The plan has what you typed between the evenings, as an edit; Ctrl+Z takes it back."
TONIGHT = "5 Ledger · tonight, so far"


class Papers:
    """Between one evening and its dashboard and ledger panes."""

    def __init__(self, app: "SanctumApp", evening: "Evening", monotonic: Callable[[], float]) -> None:
        self._app = app
        self._evening = evening
        self._monotonic = monotonic
        self.stale = False
        """Something was decided that the ledger on the screen does not tell yet."""
        self.outgrown = False
        """Something happened at all since it was told."""
        self._told_at = -math.inf
        self._reading: Path | None = None
        """An earlier evening's ledger that is in the pane instead of tonight's."""
        self._turn = asyncio.Lock()
        self._telling: asyncio.Task[None] | None = None
        self._ledger: LedgerPane | None = None
        self._dashboard: DashboardPane | None = None
        self._refused = ""
        """Why the disk refused the dashboard as it stands here, which was told."""
        self._try_again_at: float | None = None
        self._ready = False
        """The editor has the evening's plan, and takes a drafted one."""
        self._drafted: str | None = None
        """A drafted plan that came before that."""

    async def mount(self, ledger: Path | None = None) -> None:
        """Put both panes in their places, where they are not there yet, and fill them.

        `ledger` is that of the evening before, to be read first where there was one.
        """
        await asyncio.to_thread(_import_panes)
        from sanctum_tui.ui.panes.dashboard import DashboardPane
        from sanctum_tui.ui.panes.ledger import LedgerPane

        dashboards, ledgers = self._app.query(DashboardPane), self._app.query(LedgerPane)
        if dashboards and ledgers:
            self._dashboard, self._ledger = dashboards.first(), ledgers.first()
        else:
            for name in ("dashboard", "ledger"):
                self._app.stylesheet.read(_STYLES / f"{name}.tcss")
            self._app.refresh_css(animate=False)
            self._dashboard, self._ledger = DashboardPane(id="dashboard"), LedgerPane(id="ledger")
            await self._app.frame.hang(self._dashboard, self._ledger)
        self.dress()
        evening = self._evening
        # Typed where no evening was open, or refused by the disk to the end of the one before.
        typed = self._dashboard.unsaved
        self._dashboard.show(evening.tonight.text, evening.dashboard)
        self._ready = True
        if typed is not None:
            self._dashboard.put(typed)
            self._app.say(TYPED_BEFORE, severity="warning")
        if (drafted := self._drafted) is not None:
            self._drafted = None
            self._dashboard.put(drafted)
        await self._offer()
        await self.turn_to(ledger)
        # The guard's rules take a moment to load; the panes are filled by then.
        remarks = await asyncio.to_thread(remarked, evening.dashboard)
        if remarks.markdown == evening.dashboard.markdown:
            self._dashboard.remarked(remarks)

    def dress(self) -> None:
        """Look as the rest of the console does; the ledger is mounted late."""
        if self._ledger is not None:
            self._ledger.private, self._ledger.big = self._app.private, self._app.big
        if self._dashboard is not None:
            self._dashboard.private = self._app.private

    def tick(self) -> None:
        """Once a second: tell the ledger anew where it is in sight and something happened, or some time passed.

        When the evening is over, its ledger is the result: it gets the room, and is told to its end at once. On a
        live channel another evening follows in the same moment.
        """
        if self._try_again_at is not None and self._monotonic() >= self._try_again_at:
            self._try_again_at = None
            if self._dashboard is not None:
                self._dashboard.flush()
        after = self._app.stage.ended and self._evening.broadcasting is None
        if self._app.frame.come_after(after) and after:
            self.stale = True
        pane = self._ledger
        if pane is None or self._reading is not None or not pane.is_on_screen:
            return
        wait = LEDGER_SECONDS if self.outgrown else QUIET_LEDGER_SECONDS
        if self.stale or self._monotonic() - self._told_at >= wait:
            self._start_telling()

    async def close(self) -> None:
        """Let the ledger that is being told be told, and save what the editor has and the file has not."""
        if self._telling is not None:
            await asyncio.gather(self._telling, return_exceptions=True)
        await self.save()
        if self._drafted is not None:
            try:
                await self._evening.tonight.save(self._drafted)
            except SanctumError as error:
                log.error("the drafted plan was not saved: %s", error.sentence)

    def take_draft(self, markdown: str) -> bool:
        """Put a drafted plan into the editor, as an edit that can be taken back; it is saved as any other.

        False where the editor is not on the screen yet: the plan is put into it as soon as it is.
        """
        if self._dashboard is None or not self._ready:
            self._drafted = markdown
            return False
        self._dashboard.put(markdown)
        return True

    def dashboard_changed(self, text: str, dashboard: "Dashboard") -> None:
        """The dashboard's file changed outside."""
        if self._dashboard is not None:
            self._dashboard.reloaded(text, remarked(dashboard))

    async def save_dashboard(self, text: str) -> None:
        """Save what was typed, and say in the pane whether that worked; what a disk refused is tried again."""
        if self._dashboard is None:
            return
        try:
            await self._evening.tonight.save(text)
        except SanctumError as error:
            if not self._refused:
                # Whoever is in another pane has to know as well.
                self._app.say(error.sentence, severity="error")
            # Where something else changed the file, the operator decides what becomes of it.
            self._refused = error.sentence if isinstance(error.__cause__, OSError) else ""
            self._try_again_at = self._monotonic() + TRY_AGAIN_SECONDS if self._refused else None
            self._dashboard.failed(error.sentence)
        except Exception:
            log.exception("the dashboard could not be saved")
            self._dashboard.failed("Something unforeseen happened; the log file says what.")
        else:
            self._refused = ""
            self._dashboard.saved(await asyncio.to_thread(remarked, self._evening.dashboard))

    async def save(self) -> str:
        """Save what the editor has and the file has not; why the disk refused it, or ""."""
        if self._dashboard is None or (text := self._dashboard.unsaved) is None:
            return ""
        await self.save_dashboard(text)
        return self._refused

    async def wanted(self, what: "Want") -> None:
        """The operator wants to start from a template or an earlier dashboard, or to write in another editor."""
        from sanctum_tui.ui.paper.starts import Starts

        if (pane := self._dashboard) is None:
            return
        starts = Starts(self._app, self._evening, pane)
        try:
            if what == "template":
                await starts.template()
            elif what == "earlier":
                await starts.earlier()
            else:
                await self.save()
                await starts.editor()
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")

    async def chat_line_at(self, at: datetime) -> int | None:
        """The number of the chat line that the chat should go to for a time in the ledger; says why not."""
        if self._reading is not None:
            self._app.say("The chat here is tonight's; → brings tonight's ledger back.", severity="warning")
            return None
        memory = self._evening.memory
        try:
            await memory.writer.flush()
            number = await memory.evenings.first_line_since(self._evening.keeping.session.id, at)
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
            return None
        if number is None:
            self._app.say("Nobody has written since then.")
        return number

    def _start_telling(self) -> "asyncio.Task[None]":
        """Tell the ledger in a task of our own, which `close` waits for.

        A worker would be cancelled as the app ends; cut off in the middle of a query, a connection to the
        database may never come to its end.
        """
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell_ledger(), name="telling the ledger")
        return self._telling

    async def _tell_ledger(self) -> None:
        pane = self._ledger
        if pane is None:
            return
        self.stale = self.outgrown = False
        self._told_at = self._monotonic()
        async with self._turn:
            from sanctum_tui.exports.markdown import render

            try:
                ledger = await self._evening.current_ledger()
                markdown = await asyncio.to_thread(render, ledger)
            except SanctumError as error:
                self._app.say(error.sentence, severity="error")
                return
            if self._reading is None:
                pane.show(markdown, "5 Ledger · tonight" if self._app.stage.ended else TONIGHT)

    async def turn_to(self, path: Path | None) -> None:
        """Put an earlier evening's ledger into the pane, or tonight's again."""
        self._reading = path
        if path is None:
            await asyncio.shield(self._start_telling())
            return
        try:
            markdown = await asyncio.to_thread(path.read_text, "utf-8", "replace")
        except OSError as error:
            self._app.say(f"{path} cannot be read ({reason(error)}).", severity="error")
            if self._reading == path and self._ledger is not None:
                self._ledger.want_tonight()
                await self._offer()
                await self.turn_to(None)
            return
        if self._ledger is not None:
            self._ledger.show(clean(markdown), f"5 Ledger · {path.stem}")

    async def _offer(self) -> None:
        from sanctum_tui.runtime.places import ledger_folder

        folder = ledger_folder(self._evening.settings, self._evening.paths)
        files = await asyncio.to_thread(lambda: sorted(folder.glob("*.md"), reverse=True))
        if self._ledger is not None:
            self._ledger.offer([(file.stem, file) for file in files])


def _import_panes() -> None:
    import sanctum_tui.exports.markdown
    import sanctum_tui.ui.panes.dashboard
    import sanctum_tui.ui.panes.ledger  # noqa: F401
