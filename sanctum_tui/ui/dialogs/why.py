"""Why the agent speaks or stays quiet: the decision, every number it used, and what would change it."""

from collections.abc import Sequence

from sanctum_tui.ui.dialogs.base import Paper


class WhyDialog(Paper[None]):
    """Tells a decision as it was when the key was pressed."""

    title_words = "Why?"

    def __init__(self, words: str, numbers: Sequence[tuple[str, str]], change: str) -> None:
        super().__init__()
        self._words = words
        self._numbers = numbers
        self._change = change

    def parts(self) -> list[tuple[str, str]]:
        widest = max(len(name) for name, _ in self._numbers)
        table = "\n".join(f"{name:<{widest}}  {value}" for name, value in self._numbers)
        return [("Now", self._words), ("What it looks at", table), ("What would change it", self._change)]
