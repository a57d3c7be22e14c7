"""The lines a chat pane can show: the newest in memory, older ones in pages that are fetched when wanted."""

import logging
from bisect import bisect_left, bisect_right
from collections import OrderedDict, defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from sanctum_tui.chat import ChatEvent, ChatLine
from sanctum_tui.evening import Mark
from sanctum_tui.memory.removed import NOTHING, Removed

log = logging.getLogger(__name__)

Key: TypeAlias = tuple[int, int]
"""Where an entry stands: a line's number and 0, or the number of the line before a remark and 1, 2, ..."""

FetchBefore: TypeAlias = Callable[[int, int], Awaitable[tuple[ChatLine, ...]]]
"""``fetch_before(number, limit)``: up to `limit` lines with numbers below `number`, ascending, the nearest ones."""

FetchRemoved: TypeAlias = Callable[[int, int], Awaitable[Removed]]
"""``fetch_removed(first, last)``: what moderators removed, from one line to the other."""

LIVE_LINES = 2000
PAGE_LINES = 256
PAGES = 16


class Remark(Struct, frozen=True):
    """Something that happened in the room between two lines."""

    line: int
    """Number of the line it came after."""
    order: int
    """Counted from 1 among the remarks after that line."""
    event: ChatEvent | Mark


Entry: TypeAlias = ChatLine | Remark


class Page(Struct):
    """Lines from the store, and what happened between them."""

    lines: dict[int, ChatLine]
    remarks: dict[int, list[Remark]]
    """By the line that they came after."""


def key_of(entry: Entry) -> Key:
    """Where an entry stands among the others."""
    if isinstance(entry, ChatLine):
        return entry.number, 0
    return entry.line, entry.order


def moment_of(entry: Entry) -> datetime:
    """When it was said, or happened."""
    return entry.message.at if isinstance(entry, ChatLine) else entry.event.at


class Removals:
    """Which lines a moderator took away, as far as anybody has told."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._numbers: set[int] = set()
        self._cleared: dict[str, int] = {}

    def delete(self, id: str) -> None:
        """One line was removed."""
        self._ids.add(id)

    def add(self, numbers: Collection[int]) -> None:
        """Lines that were removed before anybody looked here."""
        self._numbers.update(numbers)

    def clear_person(self, login: str, upto: int) -> None:
        """A person's lines up to that number were removed, or everybody's where the login is empty."""
        self._cleared[login] = upto

    def forget(self) -> None:
        """Other lines are coming."""
        self._ids.clear()
        self._numbers.clear()
        self._cleared.clear()

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, ChatLine):
            return False
        message = line.message
        if (message.id and message.id in self._ids) or line.number in self._numbers:
            return True
        return line.number <= max(self._cleared.get(message.login, 0), self._cleared.get("", 0))


class Scrollback:
    """Entries by key, in order; adding to it costs a push on a deque and nothing else.

    Three places answer for a key: the live deque, a copy of it held while somebody reads (the deque moves
    on under a flood), and pages of stored lines. Pages are aligned: page 0 is lines 1 to 256.
    """

    def __init__(
        self,
        fetch_before: FetchBefore | None = None,
        live_lines: int = LIVE_LINES,
        fetch_removed: FetchRemoved | None = None,
    ) -> None:
        self.fetch_before = fetch_before
        self.fetch_removed = fetch_removed
        self.removals = Removals()
        self.unreadable = False
        """Whether the last fetch failed."""
        self._live: deque[Entry] = deque(maxlen=live_lines)
        self._held: tuple[Entry, ...] = ()
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._asked: set[int] = set()

    @property
    def newest(self) -> Key | None:
        return key_of(self._live[-1]) if self._live else None

    @property
    def newest_number(self) -> int:
        """Number of the newest line, 0 before the first."""
        return key_of(self._live[-1])[0] if self._live else 0

    @property
    def oldest(self) -> Key | None:
        """The first entry there is: line 1 where older lines can be fetched."""
        if not self._live:
            return None
        first = key_of(self._held[0] if self._held else self._live[0])
        return min(first, (1, 0)) if self.fetch_before is not None else first

    def extend(self, lines: Sequence[ChatLine]) -> None:
        self._live.extend(lines)

    @property
    def live_lines(self) -> list[ChatLine]:
        """The newest lines, as many as are kept in memory whether or not anybody reads."""
        return [entry for entry in self._live if isinstance(entry, ChatLine)]

    def kept_lines(self) -> Iterator[ChatLine]:
        """Every line in memory, in no order; one that is kept in two places comes twice."""
        pages = chain.from_iterable(page.lines.values() for page in self._pages.values())
        return (entry for entry in chain(self._live, self._held, pages) if isinstance(entry, ChatLine))

    def newer_than(self, number: int) -> int:
        """How many lines there are behind the one of this number."""
        return max(0, self.newest_number - number)

    def behind(self, key: Key) -> int:
        """How many lines there are behind this one."""
        return self.newer_than(key[0])

    def remark(self, event: ChatEvent | Mark) -> None:
        """Put an event after the newest entry."""
        line, order = self.newest or (0, 0)
        self._live.append(Remark(line, order + 1, event))

    def replace(self, lines: Sequence[ChatLine], marks: Sequence[Mark] = (), removed: Removed = NOTHING) -> None:
        """Forget everything, and begin with these lines, with the marks among them, and with what was removed."""
        self._live.clear()
        self._held = ()
        self._pages = OrderedDict()  # a new one: a page still on its way belongs to the old
        self.removals.forget()
        self.removals.add(removed.numbers)
        between: list[tuple[int, Mark | ChatEvent]] = [
            (bisect_right(lines, mark.at, key=moment_of), mark)
            for mark in marks
            if lines and mark.at >= lines[0].message.at
        ]
        between += [(bisect_right(lines, line, key=_number), event) for line, event in removed.clearings]
        at = 0
        for behind, event in sorted(between, key=lambda one: (one[0], one[1].at)):
            self._live.extend(lines[at:behind])
            self.remark(event)
            at = behind
        self._live.extend(lines[at:])

    def clear_person(self, login: str) -> None:
        """A moderator removed a person's lines so far, or everybody's where the login is empty."""
        self.removals.clear_person(login, self.newest_number)

    def moment_before(self, key: Key) -> datetime | None:
        """When the entry before this one was said, where that is in memory."""
        earlier = self.before(key)
        entry = None if earlier is None else self.get(earlier)
        if entry is None and not key[1]:
            page = self._pages.get(_page_of(key[0]))
            entry = None if page is None else page.lines.get(key[0] - 1)
        return None if entry is None else moment_of(entry)

    def hold(self) -> None:
        """Keep the live entries as they are, for somebody who reads them."""
        self._held = tuple(self._live)

    def release(self) -> None:
        """Nobody reads any more: let held entries go."""
        self._held = ()

    def within_live(self, key: Key) -> bool:
        return bool(self._live) and key >= key_of(self._live[0])

    def get(self, key: Key) -> Entry | None:
        """The entry at a key, or None where it is not in memory."""
        for entries in (self._live, self._held):
            if entries and key_of(entries[0]) <= key <= key_of(entries[-1]):
                entry = entries[bisect_left(entries, key, key=key_of)]
                return entry if key_of(entry) == key else None
        number, order = key
        page = self._pages.get(_page_of(number))
        if page is None or not order:
            return None if page is None else page.lines.get(number)
        remarks = page.remarks.get(number, [])
        return remarks[order - 1] if order <= len(remarks) else None

    def before(self, key: Key) -> Key | None:
        """The key before this one, whether or not its entry is in memory; None before the first."""
        for entries in (self._live, self._held):
            if entries and key_of(entries[0]) < key <= key_of(entries[-1]):
                return key_of(entries[bisect_left(entries, key, key=key_of) - 1])
        if self.fetch_before is None:
            return key_of(self._held[-1]) if self._held and key > key_of(self._held[-1]) else None
        number, order = key
        if order:
            return (number, min(order - 1, self._remarks_after(number))) if number else None
        return (number - 1, self._remarks_after(number - 1)) if number > 1 else None

    def after(self, key: Key) -> Key | None:
        """The key after this one, whether or not its entry is in memory; None after the newest."""
        for entries in (self._live, self._held):
            if entries and key_of(entries[0]) <= key < key_of(entries[-1]):
                return key_of(entries[bisect_left(entries, (key[0], key[1] + 1), key=key_of)])
        newest = self.newest
        if newest is None or key >= newest:
            return None
        first_live = key_of(self._live[0])
        number, order = key
        later = (number, order + 1) if order < self._remarks_after(number) else (number + 1, 0)
        return first_live if self.fetch_before is None else min(later, first_live)

    def _remarks_after(self, number: int) -> int:
        """How many stored remarks there are behind a line; none where those in memory tell of what was there."""
        if any(entries and key_of(entries[0])[0] == number for entries in (self._live, self._held)):
            return 0
        page = self._pages.get(_page_of(number))
        return 0 if page is None else len(page.remarks.get(number, ()))

    async def first(self) -> Key | None:
        """The key of the first entry there is; it is fetched."""
        if (oldest := self.oldest) is not None:
            await self.ensure(oldest)
        return oldest

    async def back(self, key: Key) -> Key | None:
        """The key before this one; its entry is fetched."""
        if (earlier := self.before(key)) is None:
            return None
        await self.ensure(earlier)
        # What was fetched may tell of something between the two.
        return self.before(key)

    async def on(self, key: Key) -> Key | None:
        """The key after this one; its entry is fetched."""
        if (later := self.after(key)) is not None:
            await self.ensure(later)
        return later

    def ask_again(self) -> None:
        """Pages that came incomplete (their lines are not stored yet, or could not be read) may be fetched again."""
        self._asked.clear()

    async def ensure(self, key: Key) -> None:
        """Fetch the page that a key's line is on, unless the line is in memory or was asked for in vain."""
        number, _ = key
        page, pages = _page_of(number), self._pages
        if self.fetch_before is None or number < 1 or page in self._asked or self.get(key) is not None:
            return
        self._asked.add(page)
        first, last = page * PAGE_LINES + 1, (page + 1) * PAGE_LINES
        try:
            # One more, for the time that passed between a page's first line and the one before it.
            lines = await self.fetch_before(last + 1, PAGE_LINES + 1)
            removed = await self.fetch_removed(first, last) if self.fetch_removed is not None else NOTHING
        except Exception:
            # Whatever the store's trouble, the lines in memory can be read; the pane says that these cannot.
            if not self.unreadable:
                log.exception("older chat lines could not be read")
            self.unreadable = True
            return
        if self.unreadable:
            log.info("older chat lines can be read again")
        self.unreadable = False
        if pages is self._pages:
            self.removals.add(removed.numbers)
        remarks: dict[int, list[Remark]] = defaultdict(list)
        for after, event in removed.clearings:
            remarks[after].append(Remark(after, len(remarks[after]) + 1, event))
        pages[page] = Page({line.number: line for line in lines if line.number >= first - 1}, remarks)
        pages.move_to_end(page)
        while len(pages) > PAGES:
            pages.popitem(last=False)


def _number(line: ChatLine) -> int:
    return line.number


def _page_of(number: int) -> int:
    return (number - 1) // PAGE_LINES
