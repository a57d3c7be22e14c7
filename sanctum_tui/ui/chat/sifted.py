"""The chat lines that are wanted, of the whole evening: those in memory, and stored ones as one scrolls to them."""

import asyncio
import logging
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from sanctum_tui.chat import ChatLine
from sanctum_tui.memory.wanted import Wanted
from sanctum_tui.ui.chat.scrollback import LIVE_LINES, PAGE_LINES, PAGES, Entry, Key, key_of

log = logging.getLogger(__name__)

Find: TypeAlias = Callable[[Wanted, int, int], Awaitable[Sequence[ChatLine]]]
"""``find(wanted, number, limit)``: up to `limit` wanted lines beyond `number`, the nearest ones, ascending."""

_MOST = PAGES * PAGE_LINES


class Finder(Protocol):
    """Where stored lines that are wanted come from."""

    async def wanted_before(self, wanted: Wanted, number: int, limit: int) -> Sequence[ChatLine]: ...

    async def wanted_after(self, wanted: Wanted, number: int, limit: int) -> Sequence[ChatLine]: ...


class Sifted:
    """Wanted lines by key, in order.

    Two stretches answer for a key: the newest lines, which grow as the room talks, and an older stretch around
    where somebody reads. Where more is read than is kept, the stretch lets go at its other end, and so may no
    longer reach the newest lines; then it is read on from the store.
    """

    def __init__(self, wanted: Wanted, live: Iterable[ChatLine], finder: Finder | None) -> None:
        """`live` are the newest lines in memory, wanted or not."""
        self.wanted = wanted
        self.unreadable = False
        """Whether the last search in the store failed."""
        lines = list(live)
        self._finder = finder
        self._turn = asyncio.Lock()
        """One asks the store at a time, so that nothing comes twice."""
        self._stored_to = lines[0].number if lines else 1
        self._older: list[ChatLine] = []
        self._joined = True
        """Whether the older stretch reaches the newest one."""
        self._from_first = finder is None
        """Whether the older stretch begins with the first wanted line there is."""
        self._newest: deque[ChatLine] = deque(filter(wanted.fits, lines), maxlen=LIVE_LINES)

    # What a viewport asks

    @property
    def newest(self) -> Key | None:
        last = self._newest[-1] if self._newest else self._older[-1] if self._older and self._joined else None
        return None if last is None else key_of(last)

    @property
    def newest_number(self) -> int:
        return self.newest[0] if self.newest is not None else 0

    def newer_than(self, number: int) -> int:
        """How many wanted lines there are behind the one of this number."""
        older = len(self._older) - bisect_right(self._older, number, key=_number) if self._joined else 0
        return older + len(self._newest) - bisect_right(self._newest, number, key=_number)

    def behind(self, key: Key) -> int:
        """How many wanted lines there are behind this one; 0 where there are more than were read."""
        known = self._joined or (self._newest and key >= key_of(self._newest[0]))
        return self.newer_than(key[0]) if known else 0

    def get(self, key: Key) -> Entry | None:
        """The line at a key, or None where it is not in memory."""
        for lines in (self._newest, self._older):
            at = bisect_left(lines, key[0], key=_number)
            if at < len(lines) and lines[at].number == key[0]:
                return lines[at]
        return None

    def before(self, key: Key) -> Key | None:
        """The wanted line before this one, where that is in memory."""
        at = bisect_left(self._newest, key[0], key=_number)
        if at:
            return key_of(self._newest[at - 1])
        if self._newest and key[0] == self._newest[0].number and not self._joined:
            return None
        at = bisect_left(self._older, key[0], key=_number)
        return key_of(self._older[at - 1]) if at else None

    def after(self, key: Key) -> Key | None:
        """The wanted line after this one, where that is in memory."""
        at = bisect_right(self._older, key[0], key=_number)
        if at < len(self._older):
            return key_of(self._older[at])
        if self._older and key[0] <= self._older[-1].number and not self._joined:
            return None
        at = bisect_right(self._newest, key[0], key=_number)
        return key_of(self._newest[at]) if at < len(self._newest) else None

    def moment_before(self, key: Key) -> datetime | None:
        """When the line before this one was said, where that is in memory."""
        earlier = self.before(key)
        entry = None if earlier is None else self.get(earlier)
        return entry.message.at if isinstance(entry, ChatLine) else None

    def within_live(self, key: Key) -> bool:
        return False

    def hold(self) -> None:
        """Nothing is let go that somebody reads."""

    def release(self) -> None:
        """The newest lines are in sight."""

    def ask_again(self) -> None:
        """What could not be read may be asked for again."""
        self.unreadable = False

    # What the pane does

    def extend(self, lines: Iterable[ChatLine]) -> int:
        """The room said more; how many of the lines are wanted."""
        wanted = list(filter(self.wanted.fits, lines))
        for line in wanted:
            if len(self._newest) == LIVE_LINES:
                # The one that goes joins the older stretch, or that no longer reaches the newest.
                if self._joined and len(self._older) < _MOST:
                    self._older.append(self._newest[0])
                else:
                    self._joined = False
            self._newest.append(line)
        return len(wanted)

    async def ensure(self, key: Key) -> None:
        """All that has a key was fetched on the way to it."""

    async def first(self) -> Key | None:
        """The first wanted line there is."""
        async with self._turn:
            if not self._from_first and self._finder is not None:
                lines = await self._asked(self._finder.wanted_after, 0)
                if lines is not None:
                    self._older, self._from_first, self._joined = [], True, False
                    self._read_on(lines)
        there = self._older or self._newest
        return key_of(there[0]) if there else None

    async def back(self, key: Key) -> Key | None:
        """The wanted line before this one, fetched where it must be."""
        if (earlier := self.before(key)) is not None:
            return earlier
        async with self._turn:
            await self._read_back(key)
        return self.before(key)

    async def on(self, key: Key) -> Key | None:
        """The wanted line after this one, fetched where it must be."""
        if (later := self.after(key)) is not None:
            return later
        async with self._turn:
            if not self._joined and self._finder is not None and self._older and self.after(key) is None:
                lines = await self._asked(self._finder.wanted_after, self._older[-1].number)
                if lines is not None:
                    self._read_on(lines)
        return self.after(key)

    async def _read_back(self, key: Key) -> None:
        if self._finder is None or self.before(key) is not None:
            return
        if not self._joined and self._newest and key[0] >= self._newest[0].number:
            # The older stretch is elsewhere; it begins anew before the newest lines.
            self._older, self._joined, self._from_first = [], True, False
            self._stored_to = self._newest[0].number
        if self._from_first:
            return
        start = self._older[0].number if self._older else self._stored_to
        lines = await self._asked(self._finder.wanted_before, start)
        if lines is None:
            return
        self._older[:0] = lines
        self._from_first = len(lines) < PAGE_LINES
        if len(self._older) > _MOST:
            del self._older[_MOST:]
            self._joined = False

    def _read_on(self, lines: Sequence[ChatLine]) -> None:
        """The older stretch goes on with these."""
        end = self._newest[0].number if self._newest else None
        self._older += [line for line in lines if end is None or line.number < end]
        self._joined = len(lines) < PAGE_LINES or (end is not None and lines[-1].number >= end)
        if len(self._older) > _MOST:
            del self._older[:-_MOST]
            self._from_first = False

    async def _asked(self, find: Find, number: int) -> Sequence[ChatLine] | None:
        if self.unreadable:
            return None
        try:
            return await find(self.wanted, number, PAGE_LINES)
        except Exception:
            # Whatever the store's trouble, the lines in memory can be read; the pane says that others cannot.
            log.exception("chat lines could not be searched")
            self.unreadable = True
            return None


def _number(line: ChatLine) -> int:
    return line.number
