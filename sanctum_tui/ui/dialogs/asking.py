"""Asks for one line of words: a reason, a note, a number."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.ui.dialogs.base import Dialog, LineInput


class AskLine(Dialog[str]):
    """Gives back what was typed, or None where the operator left with Escape."""

    title_words = "A word"
    foot = "Enter confirms · Esc leaves everything as it is"

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def body(self) -> ComposeResult:
        yield Static(Content(self._question), classes="dialog-text")
        yield LineInput(id="answer")

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip())
