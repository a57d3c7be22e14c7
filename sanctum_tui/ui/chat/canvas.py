"""A pane that draws entries by Textual's line API (pinned, see pyproject), and wraps only what is in sight.

What changed is drawn by one timer, 15 times a second in a flood and 4 to 5 times in a calm room.
"""

from dataclasses import replace
from time import monotonic
from typing import ClassVar

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from sanctum_tui.ui.chat.lines import Look
from sanctum_tui.ui.chat.pace import FRAME_SECONDS, Pace
from sanctum_tui.ui.chat.picture import Picture
from sanctum_tui.ui.chat.rows import Row
from sanctum_tui.ui.chat.scrollback import FetchBefore, FetchRemoved, Key, Scrollback
from sanctum_tui.ui.chat.viewport import Viewport

_TOLD_SECONDS = 1.0


class ChatCanvas(Widget, can_focus=True):
    """Shows what is in the window over the scrollback."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"chat--{part}"
        for part in (
            "quiet", "badge", "agent", "flag", "remark", "rule", "mark", "emote", "removed", "chosen", "marker",
        )
    }  # fmt: skip
    ALLOW_SELECT = False

    def __init__(
        self, fetch_before: FetchBefore | None, fetch_removed: FetchRemoved | None, look: Look, id: str | None
    ) -> None:
        super().__init__(id=id)
        self._title = "Chat"
        self._beyond = ""
        self._scrollback = Scrollback(fetch_before, fetch_removed=fetch_removed)
        self._picture = Picture(self, self.bare_row, self._scrollback)
        self._picture.look = look
        self._window = Viewport(self._scrollback, self._picture.rows_at)
        self._view: list[Strip] | None = None
        self._fitted = Size(0, 0)
        self._pace = Pace()
        self._timer: Timer | None = None
        self._marked = 0
        self._told_at = 0.0

    @property
    def following(self) -> bool:
        """Whether the newest line is always in sight."""
        return self._window.following

    @property
    def unseen(self) -> int:
        """How many lines came since the end was in sight and have not been in sight since; 0 while following."""
        return self._window.unseen

    @property
    def title(self) -> str:
        """What stands in the frame: plain text."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        self._title = title
        self.tell_frame()

    @property
    def beyond(self) -> str:
        """What is not in sight and how one gets there; said in the frame where nothing else is."""
        return self._beyond

    @beyond.setter
    def beyond(self, words: str) -> None:
        if words != self._beyond:
            self._beyond = words
            self.tell_frame()

    @property
    def show_time(self) -> bool:
        return self._picture.look.show_time

    @show_time.setter
    def show_time(self, show: bool) -> None:
        self._wear(replace(self._picture.look, show_time=show))

    @property
    def private(self) -> bool:
        """Whether flagged lines are hidden, and the words of removed ones cannot be asked for."""
        return self._picture.look.private

    @private.setter
    def private(self, private: bool) -> None:
        self._picture.asked = frozenset()
        self._wear(replace(self._picture.look, private=private))

    @property
    def big(self) -> bool:
        """Whether names have rows of their own, with room between the lines."""
        return self._picture.look.big

    @big.setter
    def big(self, big: bool) -> None:
        self._wear(replace(self._picture.look, big=big))

    def _wear(self, look: Look) -> None:
        if look != self._picture.look:
            self._picture.look = look
            self.redraw()

    def hint(self) -> str:
        """What is said where there is nothing to show."""
        return ""

    def tell_frame(self) -> None:
        """Say in the frame what has changed; called before each drawing."""

    def key_at(self, y: int) -> Key | None:
        """The entry that stands in a row of the pane; none where the marker does."""
        rows = [key for key, _ in self._in_sight()]
        blank_above = 0 if self._marked_below else self._window.height - len(rows)
        row = y - self.styles.gutter.top - blank_above
        return rows[row] if 0 <= row < len(rows) else None

    def marker_at(self, y: int) -> bool:
        """Whether a row of the pane is the one that tells what is further down."""
        return self._marked_below and y - self.styles.gutter.top == self._window.height - 1

    def rows_beyond(self, y: int) -> int:
        """How many rows above (negative) or below what is inside the frame a place is; 0 inside."""
        row, last = y - self.styles.gutter.top, self._window.height - 1
        return min(row, 0) or max(row - last, 0)

    def wake(self, lines: int = 0) -> None:
        """Something has changed, or so many lines came: draw them soon."""
        self._pace.changed(lines)
        if self._timer is not None:
            self._timer.resume()

    def redraw(self) -> None:
        """Something that is in sight may look different now."""
        self._picture.forget_rows()
        self._view = None
        self.wake()

    def show(self) -> None:
        """Draw now."""
        self._pace.drawn(monotonic())
        self._view = None
        self.tell_frame()
        self.refresh(self._rows_region(0, self._window.height))

    def on_mount(self) -> None:
        self._timer = self.set_interval(FRAME_SECONDS, self._tick, pause=not self._pace.waits)

    def _tick(self) -> None:
        if not self._pace.waits:
            if self._timer is not None:
                self._timer.pause()
            return
        now = monotonic()
        if not self._pace.due(now):
            return
        if self._window.following or self._view is None:
            self.show()
        elif self._window.unseen != self._marked and self._view:
            if self._window.pinned and now - self._told_at < _TOLD_SECONDS:
                # Textual paints the whole pane for a word in its frame.
                self._pace.changed(0)
                return
            self._pace.drawn(now)
            if self._window.pinned:
                self._marked, self._told_at = self._window.unseen, now
                self.tell_frame()
            else:
                self._view[-1] = self._marker()
                self.refresh(self._rows_region(self._window.height - 1, 1))

    def _rows_region(self, y: int, height: int) -> Region:
        return Region(-self.styles.gutter.left, y, self.outer_size.width, height)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._picture.forget_styles()
        self._view = None

    def render_line(self, y: int) -> Strip:
        """A row without anything on it: what Textual draws the frame around."""
        return Strip.blank(self.content_size.width, self._picture.palette.text)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The frame as Textual draws it, and our rows past its cache, which would build each of them anew."""
        self.fit()
        if self._view is None:
            self._view = self._compose_view()
        top = self.styles.gutter.top
        strips = [
            self._view[y - top] if 0 <= y - top < len(self._view) else self._frame_row(y) for y in crop.line_range
        ]
        left, right = crop.column_span
        return (
            strips if (left, right) == (0, self.outer_size.width) else [strip.crop(left, right) for strip in strips]
        )

    def fit(self) -> None:
        """Have rows for the size the pane has now; the screen may be composed before the pane hears of it."""
        if self._fitted != self.content_size:
            self._fitted = self.content_size
            self._window.height = self.content_size.height
            self._picture.forget_frame()
            self._view = None

    def bare_row(self) -> Strip:
        """A row with the frame's sides, and nothing between them."""
        return self._frame_row(self.styles.gutter.top)

    def _frame_row(self, y: int) -> Strip:
        return super().render_lines(Region(0, y, self.outer_size.width, 1))[0]

    def _compose_view(self) -> list[Strip]:
        height, picture = self._window.height, self._picture
        rows: list[Strip] = [row for _, row in self._in_sight()]
        if not rows and height:
            rows = [picture.hint(self.hint()), *[picture.blank()] * (height // 2)]
        blank: list[Strip] = [picture.blank()] * (height - len(rows))
        if self._marked_below:
            return [*[*rows, *blank][: height - 1], self._marker()]
        return blank + rows

    @property
    def _marked_below(self) -> bool:
        """Whether the last row tells what is further down."""
        return not (self._window.following or self._window.pinned)

    def _in_sight(self) -> list[tuple[Key, Row]]:
        """The rows in sight, each with its entry's key, without the one that the marker stands on."""
        rows = self._window.visible()
        return rows[: self._window.height - 1] if self._marked_below else rows

    def below(self) -> int:
        """How many lines there are behind those in sight; 0 where that is not known."""
        rows = self._in_sight()
        return self._picture.entries.behind(rows[-1][0]) if rows else 0

    def _marker(self) -> Row:
        self._marked = self._window.unseen
        return self._picture.marker(self._marked, 0 if self._marked else self.below())
