"""Why the agent speaks or stays quiet: the decision, every number it used, and what would change it, as of now."""

from collections.abc import Callable

from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.moods import Account


class WhyDialog(Paper[None]):
    """Tells a decision as it is, and once a second what became of it."""

    title_words = "Why?"

    def __init__(self, look: Callable[[], Account]) -> None:
        """`look` gives the account of the moment."""
        super().__init__()
        self._look = look
        self._told: list[tuple[str, str]] = []

    def on_mount(self) -> None:
        self.set_interval(1.0, self._tell)

    def parts(self) -> list[tuple[str, str]]:
        self._told = self._parts()
        return self._told

    def _parts(self) -> list[tuple[str, str]]:
        account = self._look()
        widest = max(len(name) for name, _ in account.numbers)
        table = "\n".join(f"{name:<{widest}}  {value}" for name, value in account.numbers)
        return [("Now", account.words), ("What it looks at", table), ("What would change it", account.change)]

    def _tell(self) -> None:
        before, self._told = self._told, self._parts()
        for place, was, now in zip(self.query(".dialog-text").results(Static), before, self._told, strict=True):
            if was != now:
                place.update(Content(now[1]))
