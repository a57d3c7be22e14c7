"""The command palette: every action by its name, and every theme."""

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from sanctum_tui.ui.actions import ACTIONS, Action

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp


class Actions(Provider):
    """Finds actions from the registry, and themes to put on."""

    async def discover(self) -> Hits:
        for action in self._that_fit():
            yield DiscoveryHit(_title(action), partial(self._do, action), help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._that_fit():
            title = _title(action)
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(self._do, action), help=action.help)
        for theme in sorted(self.app.available_themes):
            title = f"Theme: {theme}"
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(self._wear, theme), help="Change the colours.")

    def _that_fit(self) -> list[Action]:
        moment = self._console.moment()
        return [action for action in ACTIONS if action.when(moment) and action.id != "screen.palette"]

    @property
    def _console(self) -> "SanctumApp":
        return cast("SanctumApp", self.app)

    async def _do(self, action: Action) -> None:
        await self._console.action_do(action.id)

    def _wear(self, theme: str) -> None:
        self._console.theme = theme


def _title(action: Action) -> str:
    return f"{action.label[:1].upper()}{action.label[1:]} ({action.shown_key})"
