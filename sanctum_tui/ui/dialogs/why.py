"""Why the agent speaks or stays quiet: the decision, every number it used, and what would change it, as of now."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.look.table import Table
from sanctum_tui.ui.moods import Account


class WhyDialog(Paper[None]):
    """Tells a decision as it is, and once a second what became of it."""

    title_words = "Why?"

    def __init__(self, look: Callable[[], Account]) -> None:
        """`look` gives the account of the moment."""
        super().__init__()
        self._look = look
        self._told = look()

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tell)

    def body(self) -> ComposeResult:
        account = self._told = self._look()
        for heading, told, id in (
            ("Now", Content(account.words), "why-now"),
            ("What it looks at", Table(account.numbers), "why-numbers"),
            ("What would change it", Content(account.change), "why-change"),
        ):
            yield Static(Content(heading), classes="dialog-heading")
            yield Static(told, classes="dialog-text", id=id)

    def _tell(self) -> None:
        before, now = self._told, self._look()
        self._told = now
        if now.words != before.words:
            self.query_one("#why-now", Static).update(Content(now.words))
        if now.numbers != before.numbers:
            self.query_one("#why-numbers", Static).update(Table(now.numbers))
        if now.change != before.change:
            self.query_one("#why-change", Static).update(Content(now.change))
