"""The categories that Twitch found for a name, and the one that is chosen of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from sanctum_tui.text import shorten
from sanctum_tui.twitch.studio import same_name

if TYPE_CHECKING:
    from sanctum_tui.twitch.values import Category

LEAVE = "leave the category as it is"
_ROWS = 4
"""Categories to be seen at a time."""
_NAME_CHARACTERS = 44


class Choices:
    """What was found for `wanted`, best first, and after it the choice to leave the category alone."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.pending = bool(wanted)
        """Twitch has not answered yet."""
        self._found: tuple[Category, ...] = ()
        self._trouble = ""
        self._place = 0

    @property
    def chosen(self) -> "Category | None":
        """None leaves the category as it is."""
        return self._found[self._place] if self._place < len(self._found) else None

    def take(self, found: "Sequence[Category]") -> None:
        """Twitch answered; the best is chosen."""
        self.pending, self._trouble = False, ""
        self._found, self._place = tuple(found), 0

    def fail(self, sentence: str) -> None:
        self.pending, self._trouble = False, sentence

    def move(self, step: int) -> None:
        """Choose the next one, or the one before; it stops at the ends."""
        self._place = max(0, min(self._place + step, len(self._found)))

    def rows(self, now: "Category | None") -> Content:
        """As they are shown; `now` is the category as it is, where that is known."""
        if self.pending:
            return Content("asking Twitch…")
        if self._trouble:
            return Content.styled(f"✕ {self._trouble} The category is left as it is.", "$warning")
        if not self.wanted:
            return Content.styled("nothing to look for; the category is left as it is", "$hearth-quiet")
        if not self._found:
            return Content.styled("✕ Twitch knows no category of such a name; try another one.", "$warning")
        first = max(0, min(self._place - 1, len(self._found) + 1 - _ROWS))
        places = range(first, min(first + _ROWS, len(self._found) + 1))
        where = f"  {self._place + 1} of {len(self._found) + 1}, ↑↓ choose"
        return Content("\n").join(
            [*(self._row(place, now) for place in places), Content.styled(where, "$hearth-quiet")]
        )

    def _row(self, place: int, now: "Category | None") -> Content:
        here = place == self._place
        sign, style = ("▸ ", "bold $accent") if here else ("  ", "")
        if place == len(self._found):
            return Content.assemble((sign, style), (LEAVE, "bold" if here else "$hearth-quiet"))
        category = self._found[place]
        notes = []
        if now is not None and category.id == now.id:
            notes.append("= as it is now")
        elif now is not None and here:
            notes.append("≠ not as it is now")
        if not same_name(category.name, self.wanted):
            notes.append("~ not quite that name")
        name = (shorten(category.name, _NAME_CHARACTERS), "bold" if here else "")
        return Content.assemble((sign, style), name, (f"  {' · '.join(notes)}", "$hearth-quiet"))
