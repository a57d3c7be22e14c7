"""How large the card shows its line: measured by what else has to be seen, as it is drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.widgets import Static

from sanctum_tui.ui.card.cards import Card
from sanctum_tui.ui.card.decided import Decided
from sanctum_tui.ui.card.exact import ExactText
from sanctum_tui.ui.card.measuring import SIDES, cells_of, needed
from sanctum_tui.ui.card.parts import LineText
from sanctum_tui.ui.card.sharing import Sharing
from sanctum_tui.ui.look.bigtype import HUGE, NARROW, TALL, WIDE, Cut

if TYPE_CHECKING:
    from sanctum_tui.ui.panes.review import ReviewPane

SHORT_ROWS, TIGHT_ROWS = 18, 5
"""A card with fewer rows is sparing of them; one with still fewer shows hardly more than what would be posted."""
_GENEROUS_ROWS = 24
"""From which on there is a blank row above and below what stands there as the line."""
_ROOMY_CELLS, _ROOMY_ROWS = 48, 30
"""From which on letters are set unasked, where all else on the card is seen as well."""
_ASKED, _UNASKED = (HUGE, TALL, WIDE, NARROW), (WIDE, NARROW)
"""How they may be cut, the largest first."""
_ABOUT_LETTERS = 3
"""Rows around a line's letters, for padding and for the distance to what follows."""
_AROUND = ("card-heading", "card-status", "card-exact-label", "card-keys", "card-lapses")
_AROUND_LOW = ("card-heading", "card-status", "card-lapses")
"""What has to be seen with the line; a low screen has no room for the others."""
_OVER_EARLIER = ("card-heading", "card-status", "card-keys")
_ORIGINS = ("card-why", "card-from")
_LEAST = {"card-keys": 2, "card-lapses": 3}
"""Rows kept for what comes and goes while a line stands there."""
_WRITTEN_OTHERS = 12
"""Rows kept for what will stand around a line that is being written, when it waits."""


class Fitting:
    """Fits a card into its pane; while one line stands there, the room for it is never taken to have grown.

    It would change its size under the operator's eyes.
    """

    def __init__(self, pane: "ReviewPane") -> None:
        self._pane = pane
        self._sharing = Sharing(pane)
        self._measured: object = None
        """What the room was measured for."""
        self._rows = self._rows_with_all = 0
        """Rows for the line and what is posted: with what has to be seen, and with all else on the card."""

    def forget(self) -> None:
        """Measure anew: distances may be others."""
        self._measured = None
        self._sharing.forget()

    def fold(self, folded: bool) -> bool:
        """Fold what an edit comes to, or show all of it; whether that shows more or less."""
        return self._sharing.fold(folded)

    def fit(self, card: Card, written: str) -> None:
        """Set the line as large as there is room for; or what is being written, where nothing waits."""
        pane = self._pane
        rows, cells = pane.size.height, cells_of(self._pane)
        pane.set_class(rows < SHORT_ROWS, "-short")
        pane.set_class(rows < TIGHT_ROWS, "-tight")
        pane.set_class(rows >= _GENEROUS_ROWS and not self._low, "-roomy")
        own = card.number is None
        wide = cells - SIDES
        left = rows - _WRITTEN_OTHERS - _ABOUT_LETTERS
        pane.query_one("#card-written", LineText).show(written if own else "", wide, left, self._cuts(), grows=True)
        if pane.editing is None:
            self._sharing.forget()
            self._fit_line(card, wide)
        else:
            pane.query_one(ExactText).space(False)
            self._sharing.fit()
        over = rows - needed(self._there(_OVER_EARLIER), cells) - 1
        pane.query_one(Decided).show(card.earlier, cells, over if own and not written else 0)

    def _fit_line(self, card: Card, wide: int) -> None:
        pane = self._pane
        exact = pane.query_one(ExactText)
        self._measure(card)
        plain = exact.rows_in(wide)
        asked, rows = pane.big, self._rows if pane.big else self._rows_with_all
        lettered = pane.query_one("#card-line", LineText).show(
            card.line, wide, rows - plain - _ABOUT_LETTERS, self._cuts()
        )
        once = bool(card.exact) and (card.exact.startswith(card.line) or pane.has_class("-short"))
        pane.set_class(lettered, "-lettered")
        pane.set_class(once and not lettered, "-once")
        spaced = exact.rows_in(wide, spaced=True) + exact.styles.gutter.height + exact.styles.margin.height
        exact.space(asked and not lettered and spaced <= rows)

    def _cuts(self) -> Sequence[Cut]:
        if self._low:
            return ()
        if self._pane.big:
            return _ASKED
        roomy = self._pane.size.height >= _ROOMY_ROWS and cells_of(self._pane) - SIDES >= _ROOMY_CELLS
        return _UNASKED if roomy else ()

    def _measure(self, card: Card) -> None:
        pane = self._pane
        around = _AROUND_LOW if self._low else _AROUND
        rows = pane.size.height - self._needed(around)
        with_all = pane.size.height - self._needed((*around, *_ORIGINS))
        measured = pane.size, pane.big, card.number, card.line, card.exact
        if measured == self._measured:
            rows, with_all = min(rows, self._rows), min(with_all, self._rows_with_all)
        self._measured, self._rows, self._rows_with_all = measured, rows, with_all

    def _needed(self, ids: Sequence[str]) -> int:
        there = self._there(ids)
        gone = set(ids) - {part.id for part in there}
        return needed(there, cells_of(self._pane)) + sum(_LEAST.get(id, 0) for id in gone)

    def _there(self, ids: Sequence[str]) -> list[Static]:
        parts = (self._pane.query_one(f"#{id}", Static) for id in ids)
        return [part for part in parts if not part.has_class("-empty")]

    @property
    def _low(self) -> bool:
        """Whether the screen is a low one, where what is posted is the line."""
        return self._pane.screen.has_class("-low")
