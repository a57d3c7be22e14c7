"""Shows the screen to the pages: what each has not seen yet, when it is ready for it, and no more.

A page that joins late or reads slowly is sent the screen as it is now; what was in between is never kept, so no page
can make the console wait or the memory grow.
"""

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from sanctum_tui.serving.cells import Run
from sanctum_tui.serving.lag import LOOK_SECONDS, Due
from sanctum_tui.serving.screen import Screen

LEAST_SIZE, MOST_SIZE = (40, 12), (400, 200)
"""Columns and rows that a page may ask for."""
MOST_PASTED = 60_000
"""Characters that may be pasted at once; the page knows the same number, and says it."""
Dropped = Literal["", "behind", "long", "busy"]
"""Why the console has not been given what a page sent: the page says it in words."""


class Frame(msgspec.Struct, omit_defaults=True):
    """What a page is sent: the rows that changed since its last, and what else it shows."""

    columns: int
    rows: int
    lines: dict[int, list[Run]]
    title: str
    ground: str
    keys: bool
    number: int
    """Of this picture: the page says it back when it shows it. It never falls, and is the same on all pages."""
    copied: str = ""
    dropped: Dropped = ""
    ended: str = ""


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a page says: keys as a terminal would send them, pasted text, its size, and that a hand is on it."""

    painted: int = -1
    """The number of the picture that was on the page when it said so."""

    keys: str = ""
    paste: str = ""
    size: tuple[int, int] | None = None
    touched: bool = False


@dataclass(eq=False, slots=True)
class Page:
    """One page that looks on."""

    size: tuple[int, int] | None = None
    seen: int = -1
    """Up to where it has been sent the screen."""
    painted: int = -1
    """Up to where it has said that it shows it."""
    caught_up_at: float = -math.inf
    """When it was late with a picture last."""
    dropped: Dropped = ""
    """What it has yet to be told."""
    shown: tuple[object, ...] = ()
    """What it shows besides rows."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Mirror:
    """One screen, and the pages that show it."""

    def __init__(
        self, screen: Screen, *, keys: bool, fixed: bool, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.screen = screen
        self.resized: Callable[[tuple[int, int]], None] = lambda size: None
        """Called with the size that the console is to have."""
        self.ended = ""
        self._keys = keys
        self._fixed = fixed
        self._monotonic = monotonic
        self._due = Due()
        self._pages: list[Page] = []
        self._leading: Page | None = None

    def join(self) -> Page:
        """A page is opened: the whole screen is new to it."""
        page = Page()
        page.wake.set()
        self._pages.append(page)
        return page

    def leave(self, page: Page) -> None:
        """A page is gone; the size is that of the one that has been there longest."""
        self._pages.remove(page)
        if page is self._leading:
            self._leading = None
            self._lead(next((other for other in self._pages if other.size), None))

    def heard(self, page: Page, said: Said) -> None:
        """A page has said what it shows, its size, or that somebody uses it, whose size the console takes then."""
        if said.painted > page.painted:
            now = self._monotonic()
            if page.painted < self._due.by(now):
                page.caught_up_at = now
            page.painted = min(said.painted, page.seen)
        if said.size is not None:
            page.size = _within(said.size)
        if page is self._leading or said.touched or self._leading is None:
            self._lead(page)

    def is_behind(self, page: Page) -> bool:
        """Whether a hand on this page may mean something else than what is on the console by now."""
        now = self._monotonic()
        return page.painted < self._due.by(now) or now - page.caught_up_at < LOOK_SECONDS

    def drop(self, page: Page, why: Dropped) -> None:
        """The console was not given what `page` sent, and the page is told so."""
        page.dropped = why
        page.wake.set()

    def show(self) -> None:
        """The screen has changed."""
        self._due.changed(self.screen.changed, self._monotonic())
        if self.screen.in_pieces and not self.ended:
            return
        for page in self._pages:
            page.wake.set()

    def end(self, sentence: str) -> None:
        """The console has ended: the last thing a page is told."""
        self.ended = sentence
        self.show()

    def frame(self, page: Page) -> tuple[Frame, bool]:
        """What `page` has not seen yet, and whether that is anything; it has seen it then."""
        screen = self.screen
        version, copied = screen.copied
        frame = Frame(
            screen.columns,
            screen.rows,
            screen.since(page.seen),
            screen.title,
            screen.ground,
            self._keys,
            screen.version,
            # The clipboard is that of the hand on the keys, and of nobody who comes later.
            copied=copied if self._keys and page is self._leading and 0 <= page.seen < version else "",
            dropped=page.dropped,
            ended=self.ended,
        )
        page.seen, page.dropped = screen.version, ""
        before, page.shown = page.shown, (frame.columns, frame.rows, frame.title, frame.ground, frame.ended)
        return frame, bool(frame.lines or frame.copied or frame.dropped or page.shown != before)

    def _lead(self, page: Page | None) -> None:
        if page is None or page.size is None:
            return
        self._leading = page
        if not self._fixed and page.size != (self.screen.columns, self.screen.rows):
            self.screen.resize(*page.size)
            self.resized(page.size)
            self.show()


def _within(size: tuple[int, int]) -> tuple[int, int]:
    columns, rows = (
        max(least, min(most, asked)) for asked, least, most in zip(size, LEAST_SIZE, MOST_SIZE, strict=True)
    )
    return columns, rows


def typed(said: Said) -> bytes:
    """What the console reads of what a page said. Pasted text is text: nothing in it is a key."""
    paste = "".join(sign for sign in said.paste if (sign >= " " and not "\x7f" <= sign <= "\x9f") or sign in "\n\t")
    pasted = f"\x1b[200~{paste}\x1b[201~" if paste else ""
    return (said.keys + pasted).encode("utf-8", "replace")
