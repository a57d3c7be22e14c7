"""Shows the screen to the pages: what each has not seen yet, when it is ready for it, and no more.

A page that joins late or reads slowly is sent the screen as it is now; what was in between is never kept, so no page
can make the console wait or the memory grow.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from sanctum_tui.serving.cells import Run
from sanctum_tui.serving.screen import Screen

LEAST_SIZE, MOST_SIZE = (40, 12), (400, 200)
"""Columns and rows that a page may ask for."""


class Frame(msgspec.Struct, omit_defaults=True):
    """What a page is sent: the rows that changed since its last, and what else it shows."""

    columns: int
    rows: int
    lines: dict[int, list[Run]]
    title: str
    ground: str
    keys: bool
    copied: str = ""
    ended: str = ""


class Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a page says: keys as a terminal would send them, pasted text, its size, and that a hand is on it."""

    keys: str = ""
    paste: str = ""
    size: tuple[int, int] | None = None
    touched: bool = False


@dataclass(eq=False, slots=True)
class Page:
    """One page that looks on."""

    size: tuple[int, int] | None = None
    seen: int = -1
    shown: tuple[object, ...] = ()
    """What it shows besides rows."""
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Mirror:
    """One screen, and the pages that show it."""

    def __init__(self, screen: Screen, *, keys: bool, fixed: bool) -> None:
        self.screen = screen
        self.resized: Callable[[tuple[int, int]], None] = lambda size: None
        """Called with the size that the console is to have."""
        self.ended = ""
        self._keys = keys
        self._fixed = fixed
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
        """A page has said its size, or that somebody uses it: the console takes the size of the one in use."""
        if said.size is not None:
            page.size = _within(said.size)
        if page is self._leading or said.touched or self._leading is None:
            self._lead(page)

    def show(self) -> None:
        """The screen has changed."""
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
            # The clipboard is that of the hand on the keys, and of nobody who comes later.
            copied=copied if self._keys and page is self._leading and 0 <= page.seen < version else "",
            ended=self.ended,
        )
        page.seen = screen.version
        before, page.shown = page.shown, (frame.columns, frame.rows, frame.title, frame.ground, frame.ended)
        return frame, bool(frame.lines or frame.copied or page.shown != before)

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
