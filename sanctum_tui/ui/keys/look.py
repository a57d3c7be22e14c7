"""Keys that change how the console looks: layout, theme, large type, private mode."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp


class LookKeys:
    """Changes what is seen, and nothing of the evening."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def layout(self) -> None:
        raise NotImplementedError

    async def theme(self) -> None:
        raise NotImplementedError

    async def big_text(self) -> None:
        raise NotImplementedError

    async def private(self) -> None:
        raise NotImplementedError
