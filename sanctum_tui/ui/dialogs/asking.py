"""Asks for one line of words: a reason, a note, a number."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.ui.dialogs.base import Dialog, LineInput

ANSWER = "Your answer"
"""What stands over a question that nobody gave a title."""


class AskLine(Dialog[str]):
    """Gives back what was typed, or None where the operator left with Escape. Private mode hides it meanwhile."""

    foot = "Enter confirms · Esc leaves everything as it is"

    def __init__(self, question: str, wrong: Callable[[str], str], *, title: str = ANSWER) -> None:
        """`wrong` says what is the matter with an answer, or ""; with a wrong one the dialog stays."""
        super().__init__()
        self.title_words = title
        self._question = question
        self._wrong = wrong

    def body(self) -> ComposeResult:
        yield Static(Content(self._question), classes="dialog-text")
        yield LineInput(id="answer")
        yield Static(id="answer-wrong", classes="dialog-text", markup=False)

    def on_mount(self) -> None:
        field = self.query_one(LineInput)
        field.password = self.private
        field.focus()

    def veil(self) -> None:
        self.query_one(LineInput).password = self.private
        self.query_one("#answer-wrong", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        answer = event.value.strip()
        if why := self._wrong(answer):
            self.query_one("#answer-wrong", Static).update(Content(f"✕ {self.seemly(why)}"))
            return
        self.dismiss(answer)
