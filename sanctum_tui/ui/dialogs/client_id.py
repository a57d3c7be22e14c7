"""The way to a client id, and a field to put it into, so that nobody has to leave the console for an editor."""

import re
from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.errors import SanctumError
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.registering import RegisteringDialog

_CLIENT_ID = re.compile(r"[a-z0-9]{20,64}")
NO_ID = "That is no client id: one is about thirty small letters and digits."


class ClientIdDialog(RegisteringDialog):
    """Enter keeps the id, and the login goes on."""

    CSS_PATH = ["dialogs.tcss", "setup.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    foot = "Enter keeps the id, and goes on to the login · Esc leaves"

    def __init__(self, settings_file: Path, keep: Callable[[str], None], then: Callable[[], None]) -> None:
        """`keep` writes the id down, or raises a SanctumError; `then` is what follows."""
        super().__init__(settings_file)
        self._keep = keep
        self._then = then

    def body(self) -> ComposeResult:
        yield from super().body()
        yield LineInput(placeholder="or put the Client ID here", id="client-id")
        yield Static(id="client-id-wrong", markup=False)

    def on_mount(self) -> None:
        self.query_one(LineInput).focus(scroll_visible=False)

    def key_down(self) -> None:
        self.query_one("#dialog").scroll_down(animate=False)

    def key_up(self) -> None:
        self.query_one("#dialog").scroll_up(animate=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        id = event.value.strip().strip('"')
        try:
            if not _CLIENT_ID.fullmatch(id):
                self._wrong(NO_ID)
                return
            self._keep(id)
        except SanctumError as error:
            self._wrong(error.sentence)
            return
        self.dismiss(None)
        self._then()

    def _wrong(self, sentence: str) -> None:
        place = self.query_one("#client-id-wrong", Static)
        place.update(Content.styled(f"✕ {self.seemly(sentence)}", "bold $warning"))
        place.scroll_visible(animate=False)
