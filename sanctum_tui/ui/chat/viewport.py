"""Which rows of the chat are in sight: those at its end, or those from where somebody reads."""

from collections.abc import Callable, Sequence
from typing import Protocol

from sanctum_tui.ui.chat.rows import Row
from sanctum_tui.ui.chat.scrollback import Key

Anchor = tuple[Key, int]
"""An entry, and which of its rows."""


Place = tuple[Anchor, int]
"""Where somebody reads: the row on top, and the number of the newest line that was in sight."""


class Entries(Protocol):
    """What a viewport looks at: entries by key, in order, some in memory and others to be fetched."""

    @property
    def newest(self) -> Key | None: ...

    @property
    def newest_number(self) -> int: ...

    def newer_than(self, number: int) -> int:
        """How many lines there are behind the one of this number."""

    def behind(self, key: Key) -> int:
        """How many lines there are behind this one; 0 where that is not known."""

    def get(self, key: Key) -> object | None: ...

    def before(self, key: Key) -> Key | None: ...

    def after(self, key: Key) -> Key | None: ...

    async def first(self) -> Key | None: ...

    async def back(self, key: Key) -> Key | None: ...

    async def on(self, key: Key) -> Key | None: ...

    async def ensure(self, key: Key) -> None: ...

    def within_live(self, key: Key) -> bool: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...

    def ask_again(self) -> None: ...


class Viewport:
    """A window over entries. Its place is the row at its top, or none while it follows the newest."""

    def __init__(self, entries: Entries, rows_at: Callable[[Key], Sequence[Row]]) -> None:
        """`rows_at` gives an entry's rows, never none of them, whether or not the entry is in memory."""
        self.height = 0
        self._entries = entries
        self._rows_at = rows_at
        self._anchor: Anchor | None = None
        self._seen = 0
        self._floor: Key | None = None

    @property
    def following(self) -> bool:
        return self._anchor is None

    @property
    def place(self) -> Place | None:
        """Where somebody reads, to come back to it; None while following."""
        return None if self._anchor is None else (self._anchor, self._seen)

    @property
    def pinned(self) -> bool:
        """Whether it stands still, come what may, because something in it is being chosen."""
        return self._floor is not None

    @property
    def unseen(self) -> int:
        """How many lines came since the end was in sight and have not been in sight since; 0 while following."""
        return 0 if self._anchor is None else self._entries.newer_than(self._seen)

    def look_at(self, entries: Entries) -> None:
        """Look at other entries, at their end."""
        self.follow()
        self._entries = entries

    def follow(self) -> None:
        """Keep the newest row in sight from now on."""
        self._anchor = self._floor = None
        self._entries.release()

    def pin(self) -> bool:
        """Stand still with what is in sight, however the room goes on; False where there is nothing in sight."""
        newest = self._entries.newest
        if newest is None:
            return False
        if self._anchor is None:
            self._stand(self._top_above(newest), newest)
        self._floor = max((key for key, _ in self.visible()), default=newest)
        return True

    def unpin(self) -> None:
        """Nothing is being chosen any more; it goes on standing where it stands."""
        self._floor = None

    async def oldest(self) -> None:
        """Go to the first row there is."""
        self._entries.ask_again()
        oldest = await self._entries.first()
        if oldest is not None:
            await self._read_from((oldest, 0))

    async def stay(self) -> None:
        """Keep the entry at the top where it is, in a window that has another size."""
        self._entries.ask_again()
        if self._anchor is not None:
            await self._read_from(self._anchor)

    async def read_at(self, key: Key) -> None:
        """Go to an entry, with a few rows before it."""
        self._entries.ask_again()
        await self._entries.ensure(key)
        if self._anchor is None:
            self._seen = self._entries.newest_number
        self._anchor, self._floor = (key, 0), None
        await self.move(-(self.height // 3))

    async def come_back(self, place: Place) -> None:
        """Read on where somebody read before."""
        self._anchor, self._seen = place
        self._floor = None
        await self.stay()

    async def move(self, rows: int) -> None:
        """Go by rows, back where negative; entries are fetched as they come into sight."""
        self._entries.ask_again()
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
            earlier = await self._entries.back(key)
            if earlier is None:
                break
            key, row, rows = earlier, len(self._rows_at(earlier)) - 1, rows + 1
        while rows > 0:
            step = min(len(self._rows_at(key)) - 1 - row, rows)
            row, rows = row + step, rows - step
            later = await self._entries.on(key) if rows else None
            if later is None:
                break
            key, row, rows = later, 0, rows - 1
        await self._read_from((key, row))

    async def bring(self, key: Key) -> None:
        """Move no further than it takes to have an entry in sight."""
        inside = [shown for shown, _ in self.visible()]
        self._floor = max(self._floor or key, key)
        if inside and inside.count(key) == len(self._rows_at(key)):
            return
        if self._anchor is not None and key <= self._anchor[0]:
            self._stand((key, 0), key)
            return
        room = self.height
        above: Key | None = key
        while above is not None and (room := room - len(self._rows_at(above))) > 0:
            above = await self._entries.back(above)
        self._stand(self._top_above(key), key)

    def visible(self) -> list[tuple[Key, Row]]:
        """The rows in sight from the top, each with its entry's key; fewer than `height` where there are no more."""
        rows: list[tuple[Key, Row]] = []
        key: Key | None
        if self._anchor is None:
            key = self._entries.newest
            while key is not None and len(rows) < self.height and self._entries.get(key) is not None:
                rows.extend((key, row) for row in reversed(self._rows_at(key)))
                key = self._entries.before(key)
            return rows[: self.height][::-1]
        key, skip = self._anchor
        while key is not None and len(rows) < self.height and (self._floor is None or key <= self._floor):
            rows.extend((key, row) for row in self._rows_at(key)[skip:])
            key, skip = self._entries.after(key), 0
        return rows[: self.height]

    async def _read_from(self, anchor: Anchor) -> None:
        """Stand still with this row on top; follow instead where the newest row would be in sight."""
        key, row = anchor
        await self._entries.ensure(key)
        row = min(row, len(self._rows_at(key)) - 1)
        room = self.height + row - len(self._rows_at(key))
        last = key
        while room > 0 and (later := await self._entries.on(last)) is not None:
            last = later
            room -= len(self._rows_at(later))
        if room >= 0 and self._entries.after(last) is None:
            if self._floor is None:
                self.follow()
                return
            key, row = self._top_above(last)
        self._stand((key, row), last)
        if self._floor is not None:
            self._floor = max(self._floor, last)

    def _stand(self, anchor: Anchor, last: Key) -> None:
        """Have this row on top; `last` is the last entry that is in sight then."""
        first_time = self._anchor is None
        self._seen = self._entries.newest_number if first_time else max(self._seen, last[0])
        self._anchor = anchor
        if self._entries.within_live(anchor[0]):
            self._entries.hold()

    def _top_above(self, last: Key) -> Anchor:
        """The row that is on top where this entry's last row is at the bottom, as far as entries are in memory."""
        key, room = last, self.height
        while True:
            room -= len(self._rows_at(key))
            earlier = self._entries.before(key)
            if room <= 0 or earlier is None or self._entries.get(earlier) is None:
                return key, max(0, -room)
            key = earlier

    def _top_while_following(self) -> Anchor | None:
        newest = self._entries.newest
        return None if newest is None else self._top_above(newest)
