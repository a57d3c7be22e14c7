"""Keys that open a screen of its own: the log, the settings, earlier evenings, what this is, and the setting up."""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanctum_tui.settings import Settings
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.sessions import Errands

_HELPING = (
    ("screen.help", "every key, searchable"),
    ("screen.palette", "every action, by its name"),
    ("screens.log", "troubles, from LOG_LEVEL on; secrets in it are dots"),
)
"""Keys that help, by their ids."""


class ScreensKeys:
    """Opens screens that lie over the console; the evening goes on behind them."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._errands: Errands | None = None
        """What was asked of the shelf of evenings and is not answered yet."""

    async def close(self) -> None:
        """Let what is under way come to its end."""
        if self._errands is not None:
            await self._errands.close()

    async def log(self) -> None:
        from sanctum_tui.logs import LogReader
        from sanctum_tui.ui.dialogs.log import LogDialog

        self._app.push_screen(LogDialog(LogReader(self._app.host.paths.log_file)))

    async def settings(self) -> None:
        from sanctum_tui.ui.dialogs.settings import SettingsDialog
        from sanctum_tui.ui.settingdesk import SettingDesk

        file = self._app.host.paths.settings_file
        shown = file.name if self._app.private else str(file)
        self._app.push_screen(SettingsDialog(SettingDesk(self._app), settings_file=shown))

    async def sessions(self) -> None:
        # What reads a database takes a moment to import, which the screen need not wait for.
        await asyncio.to_thread(_import_shelf)
        from sanctum_tui.runtime.shelf import Shelf
        from sanctum_tui.ui.dialogs.sessions import Errands, SessionsDialog

        self._errands = self._errands or Errands()
        evening = self._app.stage.evening if self._app.stage.playing else None
        tonight = evening.keeping.session.id if evening is not None else None
        self._app.push_screen(SessionsDialog(Shelf(self._settings, self._app.host.paths), self._errands, tonight))

    async def about(self) -> None:
        from sanctum_tui.runtime.whereabouts import whereabouts
        from sanctum_tui.ui.dialogs.about import AboutDialog, Facts, libraries

        keys = self._app.keyboard.by_id
        facts = Facts(
            help=[(keys[id].shown_key, told) for id, told in _HELPING],
            places=whereabouts(self._settings, self._app.host.paths),
            libraries=await asyncio.to_thread(libraries),
        )
        self._app.push_screen(AboutDialog(facts, private=self._app.private))

    async def setup(self) -> None:
        self._app.host.set_up()

    @property
    def _settings(self) -> "Settings":
        """As they are now."""
        evening = self._app.stage.evening
        return self._app.host.settings if evening is None else evening.settings


def _import_shelf() -> None:
    import sanctum_tui.runtime.shelf
    import sanctum_tui.ui.dialogs.sessions  # noqa: F401
