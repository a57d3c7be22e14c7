"""Which rows of a scrollback are in sight: those at its end, or those from where somebody reads."""

from collections.abc import Callable

from sanctum_tui.ui.chatlines import Row
from sanctum_tui.ui.scrollback import Key, Scrollback

Anchor = tuple[Key, int]
"""An entry, and which of its rows."""


class Viewport:
    """A window over the scrollback. Its place is the row at its top, or none while it follows the newest."""

    def __init__(self, scrollback: Scrollback, rows_at: Callable[[Key], tuple[Row, ...]]) -> None:
        """`rows_at` gives an entry's rows, never none of them, whether or not the entry is in memory."""
        self.height = 0
        self._scrollback = scrollback
        self._rows_at = rows_at
        self._anchor: Anchor | None = None
        self._seen = 0

    @property
    def following(self) -> bool:
        return self._anchor is None

    @property
    def unseen(self) -> int:
        """How many lines there are after the last one that was in sight; 0 while following."""
        return 0 if self._anchor is None else max(0, self._scrollback.newest_number - self._seen)

    def follow(self) -> None:
        """Keep the newest row in sight from now on."""
        self._anchor = None
        self._scrollback.release()

    async def oldest(self) -> None:
        """Go to the first row there is."""
        self._scrollback.ask_again()
        oldest = self._scrollback.oldest
        if oldest is not None:
            await self._read_from((oldest, 0))

    async def stay(self) -> None:
        """Keep the entry at the top where it is, in a window that has another size."""
        self._scrollback.ask_again()
        if self._anchor is not None:
            await self._read_from(self._anchor)

    async def move(self, rows: int) -> None:
        """Go by rows, back where negative; entries are fetched as they come into sight."""
        self._scrollback.ask_again()
        anchor = self._anchor or (self._top_while_following() if rows < 0 else None)
        if anchor is None:
            return
        key, row = anchor
        row = min(row, len(self._rows_at(key)) - 1)
        while rows < 0:
            if row > 0:
                step = min(row, -rows)
                row, rows = row - step, rows + step
                continue
            earlier = self._scrollback.before(key)
            if earlier is None:
                break
            await self._scrollback.ensure(earlier)
            key, row, rows = earlier, len(self._rows_at(earlier)) - 1, rows + 1
        while rows > 0:
            step = min(len(self._rows_at(key)) - 1 - row, rows)
            row, rows = row + step, rows - step
            later = self._scrollback.after(key) if rows else None
            if later is None:
                break
            await self._scrollback.ensure(later)
            key, row, rows = later, 0, rows - 1
        await self._read_from((key, row))

    def visible(self) -> list[Row]:
        """The rows in sight from the top, at most `height`; fewer where there are no more."""
        rows: list[Row] = []
        key: Key | None
        if self._anchor is None:
            key = self._scrollback.newest
            while key is not None and len(rows) < self.height and self._scrollback.get(key) is not None:
                rows.extend(reversed(self._rows_at(key)))
                key = self._scrollback.before(key)
            return rows[: self.height][::-1]
        key, skip = self._anchor
        while key is not None and len(rows) < self.height:
            rows.extend(self._rows_at(key)[skip:])
            key, skip = self._scrollback.after(key), 0
        return rows[: self.height]

    async def _read_from(self, anchor: Anchor) -> None:
        """Stand still with this row on top; follow instead where the newest row would be in sight."""
        key, row = anchor
        await self._scrollback.ensure(key)
        row = min(row, len(self._rows_at(key)) - 1)
        room = self.height + row - len(self._rows_at(key))
        last = key
        while room > 0 and (later := self._scrollback.after(last)) is not None:
            await self._scrollback.ensure(later)
            last = later
            room -= len(self._rows_at(later))
        if room >= 0 and self._scrollback.after(last) is None:
            self.follow()
            return
        self._seen = self._scrollback.newest_number if self._anchor is None else max(self._seen, last[0])
        self._anchor = (key, row)
        if self._scrollback.within_live(key):
            self._scrollback.hold()

    def _top_while_following(self) -> Anchor | None:
        key, room = self._scrollback.newest, self.height
        while key is not None:
            room -= len(self._rows_at(key))
            earlier = self._scrollback.before(key)
            if room <= 0 or earlier is None or self._scrollback.get(earlier) is None:
                return key, max(0, -room)
            key = earlier
        return None
