"""A letter on everything one can go to; pressing the letter, or clicking it, goes there."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Key
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from sanctum_tui.ui.dialogs.framing import BETWEEN, PRESSES, keyed, rows_of
from sanctum_tui.ui.dialogs.once import Once
from sanctum_tui.ui.keynames import face_of

_PANES = {"chat": "c", "silence": "s", "review": "r", "dashboard": "d", "ledger": "l"}
_ROUND_CELLS = 2
"""Room on both sides of the words."""
_FOOT_CELLS = 4
"""What stands on both sides of the foot."""
_IN_CELLS = 2
"""How far from a pane's corner its letter stands, where its title does."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to go to, and the letter that goes there."""

    letter: str
    name: str
    widget: Widget
    pane: str = ""
    """Its id, where it is a pane of the console."""

    @property
    def region(self) -> Region:
        """Where it is on the screen; empty where it is not in sight."""
        return self.widget.region if self.widget.is_on_screen else Region()


def targets_of(screen: Screen[object]) -> tuple[Target, ...]:
    """The panes of the console, those that are not in sight too; in a dialog, whatever takes the keys."""
    if not screen.is_modal:
        panes = {pane.id: pane for pane in screen.query(", ".join(f"#{pane}" for pane in _PANES))}
        return tuple(Target(letter, id, panes[id], id) for id, letter in _PANES.items() if id in panes)
    return tuple(
        Target(letter, "", widget) for letter, widget in zip(ascii_lowercase, screen.focus_chain, strict=False)
    )


class Letter(Static):
    """A target's letter, on its title; on what has no frame at the end of its first row."""

    class Pressed(Message):
        """The letter was clicked."""

        def __init__(self, letter: "Letter") -> None:
            super().__init__()
            self.letter = letter

        @property
        def control(self) -> "Letter":
            return self.letter

    def __init__(self, target: Target) -> None:
        super().__init__(Content(f"{target.letter}  {target.name}".strip()))
        self.target = target

    def on_mount(self) -> None:
        self.place()

    def place(self) -> None:
        """Stand where the target is by now."""
        region = self.target.region
        self.display = bool(region)
        left = max(0, region.width - len(str(self.content)) - _ROUND_CELLS)
        framed = self.target.widget.styles.border_top[0]
        self.styles.offset = region.x + (min(_IN_CELLS, left) if framed else left), region.y

    def on_click(self, event: Click) -> None:
        event.stop()
        self.post_message(self.Pressed(self))


class JumpDialog(Once[Target]):
    """Lies over the screen until a key is pressed; one that is no letter there leaves everything as it is."""

    CSS_PATH = "jump.tcss"

    def __init__(self, targets: Sequence[Target]) -> None:
        super().__init__()
        self._targets = tuple(targets)

    def compose(self) -> ComposeResult:
        for target in self._targets:
            yield Letter(target)
        yield Static(id="jump-foot")

    def on_click(self, event: Click) -> None:
        """A key at the foot was clicked; a click elsewhere leaves everything as it is."""
        event.stop()
        pressed = event.style.meta.get(PRESSES)
        self.dismiss(next((target for target in self._targets if target.letter == pressed), None))

    def on_key(self, event: Key) -> None:
        event.stop()
        found = next((target for target in self._targets if target.letter == event.key), None)
        if found is None and event.key != "escape":
            self.notify(f"Nothing has the letter {face_of(event.key)}; you are where you were.", markup=False)
        self.dismiss(found)

    def on_letter_pressed(self, message: Letter.Pressed) -> None:
        self.dismiss(message.letter.target)

    def on_resize(self) -> None:
        """What lies below may have moved."""
        named = [f"{target.letter} {target.name}" for target in self._targets if target.name]
        rows = rows_of(BETWEEN.join([*named, "Esc stays"]), self.app.size.width - _FOOT_CELLS)
        told = [keyed(row, "bold $footer-key-foreground", "$hearth-quiet") for row in rows]
        self.query_one("#jump-foot", Static).update(Content("\n").join(told))
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        for letter in self.query(Letter):
            letter.place()
