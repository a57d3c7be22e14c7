"""The live chat: follows the room, stands still for a reader, and costs next to nothing under a flood.

It draws by Textual's line API (pinned, see pyproject) and wraps only what is on screen. Lines pushed to it
touch a deque and one timer; the timer draws, 15 times a second in a flood and 4 to 5 times in a calm room.
"""

from collections.abc import Awaitable, Sequence
from datetime import tzinfo
from time import monotonic
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.events import MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from sanctum_tui.chat import ChatCleared, ChatLine, ChatNotice, MessageDeleted
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.chatlines import Frame, Palette, Row, compose, frame_of, palette_of, render
from sanctum_tui.ui.scrollback import FetchBefore, Key, Scrollback
from sanctum_tui.ui.viewport import Viewport

_FRAME_SECONDS = 1 / 15
_CALM_FRAME_SECONDS = 0.22
_FLOOD_LINES_PER_SECOND = 20
_CACHED_ENTRIES = 400
_WHEEL_ROWS = 3


class ChatPane(Widget, can_focus=True):
    """Chat lines as they come, and all earlier ones by scrolling back."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "chat--quiet",
        "chat--badge",
        "chat--agent",
        "chat--flag",
        "chat--remark",
        "chat--marker",
    }
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat")
    ALLOW_SELECT = False

    class FollowChanged(Message):
        """The pane began to follow the room, or stopped because somebody reads."""

        def __init__(self, pane: "ChatPane", following: bool) -> None:
            super().__init__()
            self.pane = pane
            self.following = following

        @property
        def control(self) -> "ChatPane":
            return self.pane

    def __init__(
        self,
        *,
        fetch_before: FetchBefore | None = None,
        zone: tzinfo | None = None,
        show_time: bool = True,
        id: str | None = None,
    ) -> None:
        """`fetch_before` gives lines older than those in memory; `zone` is the clock's (None: the operator's)."""
        super().__init__(id=id)
        self.title = "Chat"
        self._scrollback = Scrollback(fetch_before)
        self._zone = zone
        self._show_time = show_time
        self._window = Viewport(self._scrollback, self._rows_at)
        self._cache: dict[Key, tuple[Row, ...]] = {}
        self._view: list[Strip] | None = None
        self._palette: Palette | None = None
        self._frame: Frame | None = None
        self._fitted = Size(0, 0)
        self._timer: Timer | None = None
        self._waiting = 0
        self._changed = False
        self._painted_at = 0.0
        self._marked = 0

    # What the owner calls

    def append(self, lines: Sequence[ChatLine]) -> None:
        """Show more lines. Cheap: they are drawn with the next frame."""
        self._scrollback.extend(lines)
        self._wake(len(lines))

    def notice(self, event: ChatNotice | MessageDeleted | ChatCleared) -> None:
        """Show that something other than a line happened in the room."""
        match event:
            case MessageDeleted():
                self.mark_deleted(event.id)
                return
            case ChatCleared():
                self.mark_cleared(event.login)
        self._scrollback.remark(event)
        self._wake(1)

    def mark_deleted(self, id: str) -> None:
        """A moderator removed one line: its words are no longer shown."""
        self._scrollback.delete(id)
        self._redraw()

    def mark_cleared(self, login: str) -> None:
        """A moderator removed a person's lines so far, or everybody's where the login is empty."""
        self._scrollback.clear_person(login)
        self._redraw()

    def replace_history(self, lines: Sequence[ChatLine]) -> None:
        """Show these lines and no others, and follow: another session, or one restored."""
        self._scrollback.replace(lines)
        self._follow()
        self._redraw()

    def clear(self) -> None:
        """Show nothing."""
        self.replace_history(())

    @property
    def following(self) -> bool:
        """Whether the newest line is always in sight."""
        return self._window.following

    @property
    def unseen(self) -> int:
        """How many lines came after the last one that was in sight; 0 while following."""
        return self._window.unseen

    @property
    def title(self) -> str:
        """What stands in the frame: plain text."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        self._title = title
        self.border_title = Content(title)

    @property
    def show_time(self) -> bool:
        return self._show_time

    @show_time.setter
    def show_time(self, show: bool) -> None:
        self._show_time = show
        self._redraw()

    # Scrolling

    async def action_older(self, rows: int) -> None:
        await self._go(self._window.move(-rows))

    async def action_newer(self, rows: int) -> None:
        await self._go(self._window.move(rows))

    async def action_page(self, pages: int) -> None:
        await self._go(self._window.move(pages * max(1, self._window.height - 2)))

    async def action_oldest(self) -> None:
        await self._go(self._window.oldest())

    def action_newest(self) -> None:
        self._follow()

    async def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        await self._go(self._window.move(-_WHEEL_ROWS))

    async def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        await self._go(self._window.move(_WHEEL_ROWS))

    async def on_resize(self, event: Resize) -> None:
        self._fit()
        await self._go(self._window.stay())

    def _follow(self) -> None:
        if self.following:
            return
        self._window.follow()
        self._show()
        self.post_message(self.FollowChanged(self, True))

    async def _go(self, going: Awaitable[None]) -> None:
        """Let the window go somewhere, and tell the owner where that changed whether it follows."""
        followed = self.following
        await going
        self._show()
        if self.following != followed:
            self.post_message(self.FollowChanged(self, self.following))

    # Drawing

    def on_mount(self) -> None:
        self._timer = self.set_interval(_FRAME_SECONDS, self._tick, pause=not self._changed)

    def _wake(self, lines: int = 0) -> None:
        self._waiting += lines
        self._changed = True
        if self._timer is not None:
            self._timer.resume()

    def _redraw(self) -> None:
        """Something that is in sight may look different now."""
        self._cache.clear()
        self._view = None
        self._wake()

    def _tick(self) -> None:
        if not self._changed:
            if self._timer is not None:
                self._timer.pause()
            return
        elapsed = monotonic() - self._painted_at
        if elapsed < _CALM_FRAME_SECONDS and self._waiting < _FLOOD_LINES_PER_SECOND * elapsed:
            return
        self._changed = False
        self._waiting = 0
        if self.following or self._view is None:
            self._show()
        elif self.unseen != self._marked and self._view:
            self._painted_at = monotonic()
            self._view[-1] = self._marker()
            self.refresh(self._rows_region(self._window.height - 1, 1))

    def _show(self) -> None:
        self._painted_at = monotonic()
        self._view = None
        self.refresh(self._rows_region(0, self._window.height))

    def _rows_region(self, y: int, height: int) -> Region:
        return Region(-self.styles.gutter.left, y, self.outer_size.width, height)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._cache.clear()
        self._view = self._palette = self._frame = None

    def render_line(self, y: int) -> Strip:
        """A row without anything on it: what Textual draws the frame around."""
        return Strip.blank(self.content_size.width, self._colours().text)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The frame as Textual draws it, and our rows past its cache, which would build each of them anew."""
        self._fit()
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

    def _fit(self) -> None:
        """Have rows for the size the pane has now; the screen may be composed before the pane hears of it."""
        if self._fitted != self.content_size:
            self._fitted = self.content_size
            self._window.height = self.content_size.height
            self._cache.clear()
            self._view = self._frame = None

    def _frame_row(self, y: int) -> Strip:
        return super().render_lines(Region(0, y, self.outer_size.width, 1))[0]

    def _compose_view(self) -> list[Strip]:
        height = self._window.height
        rows: list[Strip] = list(self._window.visible())
        if not rows and height:
            hint = self._dressing().words("Nothing said yet.", self._colours().remark, centred=True)
            rows = [hint, *[self._dressing().words("", self._colours().text)] * (height // 2)]
        blank: list[Strip] = [self._dressing().words("", self._colours().text)] * (height - len(rows))
        if self.following:
            return blank + rows
        return [*[*rows, *blank][: height - 1], self._marker()]

    def _rows_at(self, key: Key) -> tuple[Row, ...]:
        """The rows of an entry at the pane's width; never empty."""
        rows = self._cache.get(key)
        if rows is not None:
            return rows
        palette, frame = self._colours(), self._dressing()
        entry = self._scrollback.get(key)
        if entry is None:
            words = "could not be read" if self._scrollback.unreadable else "not in the store yet"
            return (frame.words(f"  ⋯ line {key[0]:,} {words}", palette.remark),)
        removed = isinstance(entry, ChatLine) and self._scrollback.removed(entry)
        runs = compose(entry, palette, show_time=self._show_time, removed=removed, zone=self._zone)
        rows = render(runs, palette, frame)
        self._cache[key] = rows
        if len(self._cache) > _CACHED_ENTRIES:
            del self._cache[next(iter(self._cache))]
        return rows

    def _marker(self) -> Row:
        self._marked = self.unseen
        words = f"{self._marked:,} new ↓ End" if self._marked else "reading back ↓ End"
        return self._dressing().words(f" {words} ", self._colours().marker, centred=True)

    def _dressing(self) -> Frame:
        if self._frame is None:
            self._frame = frame_of(self, self._frame_row(self.styles.gutter.top))
        return self._frame

    def _colours(self) -> Palette:
        if self._palette is None:
            self._palette = palette_of(self)
        return self._palette
