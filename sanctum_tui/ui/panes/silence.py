"""The silence timer: how long nobody has written, in large digits, and the decision in words."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from sanctum_tui.ui.moods import Mood, Timer

_FULL, _EMPTY = "━", "╌"


class Bar(Widget):
    """How much of the threshold has passed, in text cells."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"bar--full", "bar--empty"}

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0

    def show(self, share: float) -> None:
        """Show a share from 0 to 1; repaints only where a cell changes."""
        before = self._cells()
        self._share = share
        if self._cells() != before:
            self.refresh()

    def render(self) -> Content:
        width, filled = self.size.width, self._cells()
        return Content.assemble(
            (_FULL * filled, self.get_visual_style("bar--full")),
            (_EMPTY * (width - filled), self.get_visual_style("bar--empty")),
        )

    def _cells(self) -> int:
        return int(self._share * self.size.width)


class SilencePane(Vertical, can_focus=True):
    """Shows a `Timer`, and changes only what looks different from the one before."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content("2 Silence")
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Digits("0:00", id="digits")
        with Horizontal():
            yield Static(id="mood", markup=False)
            yield Bar()
        yield Static(id="decision", markup=False)

    def on_mount(self) -> None:
        self.show(Timer())

    def show(self, timer: Timer) -> None:
        """Show how the room is at this moment."""
        before, self._timer = self._timer, timer
        if before == timer:
            return
        if before is None or before.mood is not timer.mood:
            for mood in Mood:
                self.set_class(mood.style == timer.mood.style, mood.style)
        mood = timer.mood
        if before is None or before.mood is not mood:
            self.query_one("#mood", Static).update(Content(f"{mood.sign} {mood.word}"))
        if before is None or before.time != timer.time:
            self.query_one("#digits", Digits).update(timer.time)
        if before is None or before.words != timer.words:
            # Every second of the evening: a layout of the whole screen only where the words' room may change.
            resized = before is None or len(before.words) != len(timer.words)
            self.query_one("#decision", Static).update(Content(timer.words), layout=resized)
        if before is None or before.threshold != timer.threshold:
            self.border_subtitle = Content(f"may draft after {timer.threshold}" if timer.threshold else "")
        self.query_one(Bar).show(timer.share)
