"""Where settings are changed for tonight and kept for good, on behalf of the settings screen."""

from typing import TYPE_CHECKING

from sanctum_tui.errors import BadInputError
from sanctum_tui.settings import Settings, describe, shown
from sanctum_tui.settings.writing import keep
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.settingrows import SettingRow, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sanctum_tui.ui.app import SanctumApp

NO_EVENING = "No evening is open, so nothing can change for it; k keeps a value for the next start."
_BEFORE_FILE = ("--set", "environment")
"""Sources that win over every file."""


class SettingDesk:
    """Changes what can change while the evening runs, and writes what is to be kept into the settings file."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    @property
    def settings(self) -> Settings:
        """As they are now."""
        evening = self._app.stage.evening
        return self._app.host.settings if evening is None else evening.settings

    @property
    def themes(self) -> tuple[str, ...]:
        """Ours first, as in the list of themes."""
        return self._app.theme_names

    def rows(self, query: "Sequence[str]" = ()) -> tuple[SettingRow, ...]:
        host = self._app.host
        return rows_of(self.settings, host.settings, host.sources, query=query, private=self._app.private)

    def wrong(self, name: str, value: str) -> str:
        """Why the setting cannot take this value, or ""."""
        evening = self._app.stage.evening
        if why := self._no_theme(name, value):
            return why
        try:
            if evening is None:
                raise BadInputError(NO_EVENING)
            evening.changed(name, value)
        except BadInputError as error:
            return error.sentence
        return ""

    def change(self, name: str, value: str) -> str:
        """Change a setting for this evening; says what it is by now. Raises BadInputError."""
        if why := self.wrong(name, value):
            raise BadInputError(why)
        evening = self._app.stage.evening
        if evening is None:
            raise BadInputError(NO_EVENING)
        told = evening.change(name, value)
        if name == "THEME":
            self._app.theme = value
        self._app.keys.look.wear(evening.settings)
        if self._app.presenter is not None:
            self._app.presenter.tick()
        return told

    def keep(self, name: str) -> str:
        """Write a setting's value into the settings file; says what that will do. Raises a SanctumError."""
        host, settings = self._app.host, self.settings
        source = host.sources.get(name, "")
        if any(info.name == name and info.secret for info in describe()):
            raise BadInputError(f"{name} is a secret; write it into the settings file by hand.")
        if why := self._no_theme(name, settings.theme):
            raise BadInputError(why)
        file = host.paths.settings_file
        keep(file, settings, name)
        host.kept(name, settings)
        value = shown(settings, name) or "empty"
        told = f"{name} = {value} is kept in {file}."
        if source in _BEFORE_FILE or source.endswith(".env"):
            told = f"{name} = {value} is kept, but {source} has it too, and wins at the next start."
        return conceal(told) if self._app.private else told

    def _no_theme(self, name: str, value: str) -> str:
        """Why this theme cannot be worn, where the setting is that."""
        return self._app.no_theme(value, self._app.keyboard.by_id["look.theme"].shown_key) if name == "THEME" else ""
