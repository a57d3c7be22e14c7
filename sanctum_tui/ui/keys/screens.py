"""Keys that open a screen of its own: the log, the settings, earlier evenings, and what this is."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp


class ScreensKeys:
    """Opens screens that lie over the console; the evening goes on behind them."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def log(self) -> None:
        raise NotImplementedError

    async def settings(self) -> None:
        raise NotImplementedError

    async def sessions(self) -> None:
        raise NotImplementedError

    async def about(self) -> None:
        raise NotImplementedError
