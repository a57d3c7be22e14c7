"""How to register an application with Twitch, where there is no client id yet."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.twitch.registering import Registering, registering
from sanctum_tui.ui.dialogs.base import Paper


class RegisteringDialog(Paper[None]):
    """The steps, numbered; what is to be copied stands alone in its line."""

    title_words = "First, an application of your own"

    def __init__(self, settings_file: Path) -> None:
        super().__init__()
        self._settings_file = settings_file

    def body(self) -> ComposeResult:
        told = self._told()
        yield Static(Content(told.why), classes="dialog-text")
        for number, step in enumerate(told.steps, 1):
            with Horizontal(classes="dialog-step"):
                yield Static(Content(str(number)), classes="dialog-number")
                yield Static(Content(step), classes="dialog-what")
        yield Static(Content(told.line), id="registering-line", classes="dialog-heading")

    def veil(self) -> None:
        for place, step in zip(self.query(".dialog-what").results(Static), self._told().steps, strict=True):
            place.update(Content(step))

    def _told(self) -> Registering:
        return registering(Path(self._settings_file.name) if self.private else self._settings_file)
