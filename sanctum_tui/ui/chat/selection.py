"""Which lines of the chat the operator has chosen: one, or all from one to another. Pure."""

from dataclasses import dataclass

from sanctum_tui.ui.chat.scrollback import Key


@dataclass(frozen=True, slots=True)
class Selection:
    """Lines between two keys, both of which belong to it."""

    start: Key
    """Where it was begun."""
    cursor: Key
    """The line that the arrows move."""
    extending: bool = False
    """Whether the start stays where it is when the cursor moves."""

    @classmethod
    def at(cls, key: Key) -> "Selection":
        return cls(key, key)

    @property
    def first(self) -> Key:
        return min(self.start, self.cursor)

    @property
    def last(self) -> Key:
        return max(self.start, self.cursor)

    def __contains__(self, key: Key) -> bool:
        return self.first <= key <= self.last

    def moved(self, key: Key, *, extend: bool = False) -> "Selection":
        """The cursor is on another line; `extend` keeps the start where it is."""
        extending = self.extending or extend
        return Selection(self.start if extending else key, key, extending)

    def turned(self) -> "Selection":
        """Begin to extend from the cursor's line, or have that one line only."""
        return Selection(self.cursor, self.cursor, not self.extending)
