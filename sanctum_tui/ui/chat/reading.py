"""Going back and forth over the chat, and choosing lines of it, by keys and by mouse."""

from collections.abc import Awaitable
from typing import Final

from textual.events import Click, MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, Resize
from textual.geometry import Region

from sanctum_tui.ui.chat.canvas import ChatCanvas
from sanctum_tui.ui.chat.choosing import Choosing
from sanctum_tui.ui.chat.lines import Look
from sanctum_tui.ui.chat.pointing import Pointing
from sanctum_tui.ui.chat.scrollback import FetchBefore, FetchRemoved, Key
from sanctum_tui.ui.chat.selection import Selection
from sanctum_tui.ui.chat.viewport import Place

_WHEEL_ROWS: Final = 3


class ChatReading(ChatCanvas):
    """A canvas whose reader moves through it and chooses lines."""

    def __init__(
        self, fetch_before: FetchBefore | None, fetch_removed: FetchRemoved | None, look: Look, id: str | None
    ) -> None:
        super().__init__(fetch_before, fetch_removed, look, id)
        self._choosing = Choosing(self._picture, self._window)
        self._pointing = Pointing(self, self._choosing, self.moved)
        self._clicked: Key | None = None
        """The line that was clicked last: where the room moves between two clicks, the second means it too."""

    @property
    def selection(self) -> Selection | None:
        """Which lines are chosen, and which of them the cursor is on."""
        return self._choosing.selection

    @property
    def place(self) -> Place | None:
        """Where somebody reads; None while the room is followed."""
        return self._window.place

    async def come_back(self, place: Place) -> None:
        """Read on at a place among the same lines."""
        self._picture.selection = None
        await self._go(self._window.come_back(place))

    async def stand_at(self, place: Place) -> None:
        """Read on among other lines at the one that was on top, with a few before it; nothing is new there."""
        (key, _), _ = place
        await self._go(self._window.read_at(key))

    @property
    def edge(self) -> Region:
        """The lower edge of the frame between its corners, where no line stands."""
        return Region(self.region.x + 1, self.region.bottom - 1, self.region.width - 2, 1)

    def moved(self) -> None:
        """Draw what is in sight and what is chosen now."""
        self.show()

    def ask_who(self, key: Key) -> None:
        """Somebody wants to know who wrote a line."""

    def end_choice(self) -> None:
        """Nothing is chosen; the room is followed again where it was before."""
        self._choosing.end()
        self.moved()

    # By keys

    async def action_older(self, rows: int) -> None:
        await self._go(self._choosing.move(-rows) if self._choosing.selection else self._window.move(-rows))

    async def action_newer(self, rows: int) -> None:
        await self.action_older(-rows)

    async def action_page(self, pages: int) -> None:
        await self.action_newer(pages * max(1, self._window.height - 2))

    async def action_half(self, halves: int) -> None:
        await self.action_newer(halves * max(1, self._window.height // 2))

    async def action_oldest(self) -> None:
        self._choosing.end()
        await self._go(self._window.oldest())

    def action_newest(self) -> None:
        self._choosing.end()
        self._window.follow()
        self.moved()

    async def action_extend(self, lines: int) -> None:
        if self._choosing.selection is not None or self._choosing.begin():
            await self._go(self._choosing.move(lines, extend=True))

    def action_select(self) -> None:
        if self._choosing.selection is None:
            self._choosing.begin()
        else:
            self._choosing.turn()
        self.moved()

    async def _go(self, going: Awaitable[None]) -> None:
        """Let the window go somewhere."""
        await going
        self.moved()

    # By mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        self._pointing.press(event)

    def on_mouse_move(self, event: MouseMove) -> None:
        self._pointing.draw(event)

    def on_mouse_up(self) -> None:
        self._pointing.let_go()

    def on_click(self, event: Click) -> None:
        """A click chooses nothing, and ends what was chosen: whoever only comes here shall not stop the room."""
        if self._pointing.drew:
            # It went up, perhaps over words in the frame that can be pressed.
            event.prevent_default()
            return
        if event.get_content_offset(self) is None:
            return
        key = self.key_at(event.y)
        if self.marker_at(event.y):
            self.action_newest()
        elif event.shift:
            self._extend_to(key)
        elif event.chain == 2 and self._clicked is not None:
            self.ask_who(self._clicked)
        elif self._choosing.selection is not None:
            self.end_choice()
        if event.chain == 1:
            self._clicked = key

    def _extend_to(self, key: Key | None) -> None:
        if key is None:
            return
        if self._choosing.selection is None:
            self._choosing.begin(key)
        else:
            self._choosing.extend_to(key)
        self.moved()

    async def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        await self._go(self._window.move(-_WHEEL_ROWS))

    async def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        await self._go(self._window.move(_WHEEL_ROWS))

    # By the screen

    def on_blur(self) -> None:
        """In another pane no key would end the choice; but the terminal's own focus may go and come back."""
        self._pointing.let_go()
        if self._choosing.selection is not None and self.screen.focused is not None:
            self.end_choice()

    async def on_resize(self, event: Resize) -> None:
        self.fit()
        await self._go(self._window.stay())
