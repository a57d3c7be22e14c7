"""The keys under the line that waits, which the mouse can press as well."""

from collections.abc import Iterable

from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widgets import Static

_DOES = "does"
"""In the style of a key: the id of the action it stands for."""


class CardKeys(Static):
    """Keys, each with what it does; no row where there are none."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="-empty", markup=False)
        self._keys: tuple[tuple[str, str, str], ...] = ()

    def show(self, keys: Iterable[tuple[str, str, str]]) -> bool:
        """Show these: key, what it does, id of the action. Whether they are others than before."""
        if (keys := tuple(keys)) == self._keys:
            return False
        self._keys = keys
        parts = [
            Content.assemble((key, "bold $footer-key-foreground"), f" {label}").stylize(Style.from_meta({_DOES: id}))
            for key, label, id in keys
        ]
        self.update(Content("   ").join(parts))
        self.set_class(not parts, "-empty")
        return True

    async def on_click(self, event: Click) -> None:
        if (action := event.style.meta.get(_DOES)) is not None:
            event.stop()
            await self.run_action(f"app.do({action!r})")
