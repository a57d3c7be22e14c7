"""Which rows of the card go to what while a line is edited: those that matter most get theirs first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.card.exact import ExactText
from sanctum_tui.ui.card.measuring import SIDES, cells_of, needed
from sanctum_tui.ui.card.parts import Changes, CheckText

if TYPE_CHECKING:
    from sanctum_tui.ui.card.lineeditor import LineEditor
    from sanctum_tui.ui.panes.review import ReviewPane

_EDITOR_LEAST, _EDITOR_MOST = 3, 11
"""Rows of the editor: with three, those above and below the cursor's are seen; what is more scrolls in it."""
_EDITOR_EMPTY = 2
"""Rows of an editor with hardly a word in it."""
_CURSOR = 1
"""Cells for the cursor behind the last word of a row."""
_BLANKS = 4
"""Rows that are left blank between the parts, where there is room for all of them."""
_TO_COME = 2
"""Rows kept for a first rule that is broken, so that nothing above it moves then."""


@dataclass(frozen=True, slots=True)
class Wants:
    """The rows that each part of the card takes; for those that can be had shorter, all the ways."""

    heading: int
    editor: int
    exact: int
    checks: Sequence[int]
    """What the words come to: with one broken rule told, with two, and so on; one entry where none is broken."""
    changes: tuple[int, int]
    """The difference from the draft: in full, and in short."""
    changed: bool = True
    """Whether there is a difference yet; where not, its rows are those that it will take."""
    label: bool = True
    ruled: bool = False
    """Whether a rule is broken already."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What is shown, and how much of it."""

    editor: int = _EDITOR_MOST
    told: int = 1
    """Which of the `checks`, counted from one."""
    brief: bool = False
    """Whether the difference is told in short."""
    label: bool = True
    status: bool = True
    blanks: bool = True


def share(rows: int, wants: Wants) -> Shares:
    """Share out so many rows. A difference that has no room in short either is behind the card's lower edge."""
    others = wants.heading + wants.exact
    editor = min(wants.editor, max(_EDITOR_LEAST, min(_EDITOR_MOST, rows - others - wants.checks[0])))
    left = rows - others - editor
    told = max((many for many, check in enumerate(wants.checks, 1) if check <= left), default=1)
    left -= wants.checks[told - 1]
    label = int(wants.label)
    changes = wants.changes if wants.changed else (0, 0)
    ways = ((False, label), (True, label), (False, 0), (True, 0))
    brief, label = next((way for way in ways if changes[way[0]] + way[1] <= left), (True, min(label, max(0, left))))
    left -= changes[brief] + label
    left -= 0 if wants.changed else wants.changes[0]
    left -= 0 if wants.ruled else _TO_COME
    return Shares(editor, told, brief, bool(label), status=left >= 1 and not brief, blanks=left >= 1 + _BLANKS)


class Sharing:
    """Shares out the card's rows; while one line is edited, what is above its words goes and does not come back.

    They would move under the operator's eyes.
    """

    def __init__(self, pane: "ReviewPane") -> None:
        self._pane = pane
        self._before = Shares()
        self._unfolded = False

    def forget(self) -> None:
        """The next words are others, or have another room."""
        self._before = Shares()
        self._unfolded = False

    def fold(self, folded: bool) -> bool:
        """Fold the rules where there is no room for them, or show all of them; whether that shows more or less."""
        told, self._unfolded = self._before.told, not folded
        self.fit()
        return told != self._before.told

    def fit(self) -> None:
        """Show what there is room for."""
        pane = self._pane
        cells = cells_of(pane)
        check, changes = pane.query_one(CheckText), pane.query_one(Changes)
        wants = self._wants(cells, check, changes)
        shares = share(pane.size.height, wants)
        shares = replace(
            shares,
            told=len(wants.checks) if self._unfolded else shares.told,
            status=shares.status and self._before.status,
            blanks=shares.blanks and self._before.blanks,
        )
        self._before = shares
        check.tell(shares.told)
        changes.shorten(shares.brief)
        pane.set_class(shares.blanks, "-airy")
        pane.set_class(not shares.label, "-unlabelled")
        pane.set_class(not shares.status, "-unstated")
        if (editor := self._editor) is not None:
            editor.styles.max_height = shares.editor + int(shares.blanks)

    def _wants(self, cells: int, check: CheckText, changes: Changes) -> Wants:
        pane = self._pane
        inner = max(1, cells - SIDES)
        exact = pane.query_one(ExactText)
        editor = self._editor
        if editor is None:
            words = 0
        elif editor.wrap_width:
            words = editor.wrapped_document.height
        else:
            # It was not laid out yet.
            words = Content(editor.text).get_height({}, max(1, inner - _CURSOR))
        return Wants(
            heading=needed([pane.query_one("#card-heading", Static)], cells),
            editor=max(_EDITOR_EMPTY, words),
            exact=exact.rows_in(inner) if exact.text else 0,
            checks=[check.rows_in(cells, many) for many in range(1, max(1, check.rules) + 1)],
            changes=(changes.rows_in(cells), changes.rows_in(cells, brief=True)),
            changed=changes.differs,
            label=bool(exact.text),
            ruled=check.rules > 0,
        )

    @property
    def _editor(self) -> "LineEditor | None":
        from sanctum_tui.ui.card.lineeditor import LineEditor

        return next(iter(self._pane.query(LineEditor)), None)
