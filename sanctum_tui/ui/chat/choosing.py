"""Choosing lines of the chat: a cursor that moves from line to line, while everything else stands still."""

from collections.abc import Sequence
from typing import Final

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.ui.chat.picture import Picture
from sanctum_tui.ui.chat.scrollback import Key
from sanctum_tui.ui.chat.selection import Selection
from sanctum_tui.ui.chat.viewport import Viewport

MOST_COPIED: Final = 2_000
"""Lines that are copied at once; what is beyond them is told."""


class Choosing:
    """What the keys and the mouse do to the selection."""

    def __init__(self, picture: Picture, window: Viewport) -> None:
        self._picture = picture
        self._window = window
        self._followed = False

    @property
    def selection(self) -> Selection | None:
        return self._picture.selection

    def begin(self, key: Key | None = None) -> bool:
        """Choose a line, or the last one in sight; False where there is none."""
        if not self._window.pinned:
            self._followed = self._window.following
            in_sight = self._window.visible()
            if not self._followed:
                # The marker stands on the last row.
                in_sight = in_sight[: self._window.height - 1]
            if not in_sight or not self._window.pin():
                return False
            key = key or in_sight[-1][0]
        if key is not None:
            self._picture.selection = Selection.at(key)
        return True

    def turn(self) -> None:
        """From now on the arrows choose more lines, or one line again."""
        if self.selection is not None:
            self._picture.selection = self.selection.turned()

    def extend_to(self, key: Key) -> None:
        """Choose all lines up to this one."""
        if self.selection is not None:
            self._picture.selection = self.selection.moved(key, extend=True)

    async def move(self, steps: int, *, extend: bool = False) -> None:
        """Go on by so many lines, back where negative."""
        if self.selection is None:
            return
        key = self.selection.cursor
        entries = self._picture.entries
        for _ in range(abs(steps)):
            beside = await (entries.back(key) if steps < 0 else entries.on(key))
            if beside is None:
                break
            key = beside
        if self.selection is not None:
            self._picture.selection = self.selection.moved(key, extend=extend)
            await self._window.bring(key)

    def end(self) -> None:
        """Nothing is chosen; the room goes on where it was followed before."""
        self._picture.selection = None
        self._window.unpin()
        if self._followed:
            self._window.follow()

    def person(self, key: Key) -> tuple[str, str] | None:
        """Login and name of the person whose line this is; None where it is nobody's, or hidden."""
        entry = self._picture.entries.get(key)
        if not isinstance(entry, ChatLine) or not entry.message.login or entry.voice is Voice.NOTICE:
            return None
        if self._picture.look.private and entry.voice is Voice.SPAM:
            return None
        return entry.message.login, entry.message.name

    async def copied(self) -> Sequence[str]:
        """The chosen lines as they are copied, oldest first, at most `MOST_COPIED`."""
        found: list[str] = []
        key = None if self.selection is None else self.selection.first
        while key is not None and self.selection is not None and key in self.selection and len(found) < MOST_COPIED:
            if words := self._picture.plain(key):
                found.append(words)
            key = await self._picture.entries.on(key)
        return found
