"""How to register an application with Twitch, where there is no client id yet."""

from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.twitch.registering import registering
from sanctum_tui.ui.dialogs.base import Paper


class RegisteringDialog(Paper[None]):
    """The steps, numbered; what is to be copied stands alone in its line."""

    title_words = "First, an application of your own"

    def __init__(self, settings_file: Path) -> None:
        super().__init__()
        self._told = registering(settings_file)

    def body(self) -> ComposeResult:
        yield Static(Content(self._told.why), classes="dialog-text")
        for number, step in enumerate(self._told.steps, 1):
            with Horizontal(classes="dialog-step"):
                yield Static(Content(str(number)), classes="dialog-number")
                yield Static(Content(step))
        yield Static(Content(self._told.line), id="registering-line", classes="dialog-heading")
