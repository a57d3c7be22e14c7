"""The chat as a picture: the rows of each entry, dressed for a theme and a width; those drawn last are remembered."""

from collections.abc import Callable

from textual.strip import Strip
from textual.widget import Widget

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.ui.chat.foot import behind
from sanctum_tui.ui.chat.lines import GUTTER, Chosen, Look, Palette, compose, palette_of, plain, render
from sanctum_tui.ui.chat.quoting import may_quote
from sanctum_tui.ui.chat.rows import Frame, Row, frame_of
from sanctum_tui.ui.chat.rules import rule_between
from sanctum_tui.ui.chat.scrollback import Entry, Key, Scrollback, moment_of
from sanctum_tui.ui.chat.selection import Selection
from sanctum_tui.ui.chat.sifted import Sifted

_CACHED_ENTRIES = 400


class Picture:
    """Draws entries. What is chosen is drawn anew each time, everything else once."""

    def __init__(self, pane: Widget, bare_row: Callable[[], Strip], scrollback: Scrollback) -> None:
        """`bare_row` is a row of the pane with its sides and nothing between them."""
        self.entries: Scrollback | Sifted = scrollback
        self.look = Look()
        self.selection: Selection | None = None
        self.asked: frozenset[Key] = frozenset()
        """Removed lines whose words the operator asked for."""
        self._pane = pane
        self._bare_row = bare_row
        self._scrollback = scrollback
        self._removals = scrollback.removals
        self._cache: dict[Key, tuple[Row, ...]] = {}
        self._palette: Palette | None = None
        self._frame: Frame | None = None

    @property
    def palette(self) -> Palette:
        if self._palette is None:
            self._palette = palette_of(self._pane)
        return self._palette

    @property
    def frame(self) -> Frame:
        if self._frame is None:
            self._frame = frame_of(self._pane, self._bare_row())
        return self._frame

    def forget_rows(self) -> None:
        """What entries look like has changed."""
        self._cache.clear()

    def forget_frame(self) -> None:
        """The pane has another size."""
        self._cache.clear()
        self._frame = None

    def forget_styles(self) -> None:
        """The theme is another one."""
        self.forget_frame()
        self._palette = None

    def rows_at(self, key: Key) -> tuple[Row, ...]:
        """The rows of an entry at the pane's width; never empty."""
        chosen = None
        if self.selection is not None and key in self.selection:
            chosen = Chosen(cursor=key == self.selection.cursor)
        elif (rows := self._cache.get(key)) is not None:
            return rows
        entry = self.entries.get(key)
        if entry is None:
            words = "could not be read" if self.entries.unreadable else "not in the store yet"
            return (self.frame.words(f"  ⋯ line {key[0]:,} {words}", self.palette.remark),)
        rows = self._drawn(key, entry, chosen)
        if chosen is None:
            self._cache[key] = rows
            if len(self._cache) > _CACHED_ENTRIES:
                del self._cache[next(iter(self._cache))]
        return rows

    def blank(self) -> Row:
        return self.frame.words("", self.palette.text)

    def hint(self, words: str) -> Row:
        return self.frame.words(words, self.palette.remark, centred=True)

    def marker(self, unseen: int, below: int) -> Row:
        """What stands below for somebody who reads: how much came meanwhile, or else how much is further down."""
        words = f"{behind(unseen, below) or 'reading back'} ↓ End"
        return self.frame.words(f" {words} ", self.palette.marker, centred=True)

    def removed(self, key: Key) -> bool:
        """Whether the entry is a line that a moderator took away."""
        return self.entries.get(key) in self._removals

    def plain(self, key: Key) -> str:
        """The entry as it is copied; "" where it is not in memory."""
        entry = self.entries.get(key)
        if entry is None:
            return ""
        hidden = entry in self._removals and key not in self.asked
        return plain(entry, self.look, removed=hidden, bare=self._bare(entry))

    def _drawn(self, key: Key, entry: Entry, chosen: Chosen | None) -> tuple[Row, ...]:
        rows = []
        if rule := self._rule(key, entry):
            rows.append(self.frame.ruled(rule, self.palette.rule, GUTTER))
        removed, asked, bare = entry in self._removals, key in self.asked, self._bare(entry)
        for runs in compose(entry, self.palette, self.look, removed=removed, asked=asked, bare=bare):
            rows += render(runs, self.palette, self.frame, chosen)
        if self.look.big:
            rows.append(self.blank())
        return tuple(rows)

    def _bare(self, entry: Entry) -> bool:
        """Whether nothing may be told of the line that this one answers."""
        if not self.look.private or not isinstance(entry, ChatLine) or not entry.message.reply_to:
            return False
        return not may_quote(entry.message, self._scrollback.kept_lines(), self._removals)

    def _rule(self, key: Key, entry: Entry) -> str:
        # Between lines that were picked out others may have been said, and a notice may tell of a gap.
        said = isinstance(entry, ChatLine) and entry.voice is not Voice.NOTICE
        pauses = said and isinstance(self.entries, Scrollback)
        return rule_between(self.entries.moment_before(key), moment_of(entry), self.look.zone, pauses=pauses)
