"""What an operator starts a dashboard from, and the editor of their own to write it in."""

import asyncio
import os
from typing import TYPE_CHECKING

from sanctum_tui.dashboard.markdown import parse
from sanctum_tui.dashboard.templates import templates
from sanctum_tui.ui.dialogs.templates import Start, StartDialog
from sanctum_tui.ui.paper.outside import plan, start
from sanctum_tui.ui.paper.remarks import remarked

if TYPE_CHECKING:
    from sanctum_tui.memory.dashboards import EarlierDashboard
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.panes.dashboard import DashboardPane

NO_EARLIER = "There is no earlier dashboard yet; Ctrl+T has templates."


class Starts:
    """Between the dashboard's pane and where dashboards come from. What is taken is a draft, nothing more."""

    def __init__(self, app: "SanctumApp", evening: "Evening", pane: "DashboardPane") -> None:
        self._app = app
        self._evening = evening
        self._pane = pane

    async def template(self) -> None:
        """Offer the operator's templates and ours."""
        found, failures = await asyncio.to_thread(templates, self._evening.paths.config / "templates")
        if failures:
            self._app.say(" ".join(failures), severity="warning")
        starts = [Start(it.name, "your own" if it.own else "", it.markdown) for it in found]
        self._app.push_screen(StartDialog("Start from a template", starts), self._taken)

    async def earlier(self) -> None:
        """Offer the dashboards of earlier evenings."""
        evening = self._evening
        found = await evening.memory.evenings.earlier_dashboards(evening.keeping.session.id)
        if not found:
            self._app.say(NO_EARLIER)
            return
        self._app.push_screen(StartDialog("Start from an earlier dashboard", list(map(start_of, found))), self._taken)

    async def editor(self) -> None:
        """Open the dashboard's file elsewhere, or say where it is. Raises EditorError."""
        path = self._evening.tonight.path
        outside = await asyncio.to_thread(plan, path, os.environ)
        if outside.command:
            await asyncio.to_thread(start, outside)
        else:
            self._app.copy_to_clipboard(str(path))
        self._app.say(outside.said)

    def _taken(self, chosen: Start | None) -> None:
        if chosen is not None:
            self._pane.propose(chosen.markdown, remarked(parse(chosen.markdown)), chosen.name)


def start_of(earlier: "EarlierDashboard") -> Start:
    """An earlier dashboard by its title, or by its game where it has none."""
    markdown = earlier.markdown.removeprefix("\ufeff")
    dashboard = parse(markdown)
    name = dashboard.title or dashboard.game or "(no title)"
    return Start(f"{earlier.started_at:%Y-%m-%d}  {name}", earlier.channel, markdown)
