"""Where the five panes stand: as the layout says, in sizes that the operator may change, or one in front of all."""

from collections.abc import Iterable
from functools import partial

from textual.app import ComposeResult
from textual.events import MouseDown, MouseMove, MouseUp
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, WidgetPlacement
from textual.layout import Layout as Arranger
from textual.timer import Timer
from textual.widget import AwaitMount, Widget

from sanctum_tui.ui.look import layouts
from sanctum_tui.ui.look.layouts import AUTO, PANES, Layout, Place, Seam, Shape, Sizes
from sanctum_tui.ui.look.remembering import Remembered
from sanctum_tui.ui.panes.review import ReviewPane

_STEP_COLUMNS, _STEP_ROWS = 3, 1
"""How far a key moves a seam."""
_KEEP_SECONDS = 0.5
"""How long after the last move of a seam the sizes are written to disk."""
_ROOMY_TIMER_ROWS = 12
"""What a silence timer gets that takes whatever it is given."""


class _Panes(Arranger):
    """Puts each pane where the frame says."""

    name = "panes"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        places: dict[str, Place] = {}
        if isinstance(parent, Frame):
            parent.hold(size)
            places = parent.places(size)
        return [
            WidgetPlacement(Region(*place), NULL_OFFSET, NULL_SPACING, child)
            for child in children
            if child.id is not None and (place := places.get(child.id)) is not None
        ]


class Frame(Widget):
    """The panes, side by side or below each other."""

    def __init__(self, panes: Iterable[Widget], *, remembered: Remembered | None = None) -> None:
        """`remembered` keeps the sizes; without it they hold as long as the console runs."""
        super().__init__(id="panes")
        self._first = tuple(panes)
        self._arranger = _Panes()
        self._remembered = remembered
        self._sizes: dict[Layout, Sizes] = {}
        self._keeping: Timer | None = None
        self._chosen = AUTO
        self._front: str | None = None
        self._stood = Size()
        """How large it was when it was arranged last."""
        self._editing = False
        self._after = False
        """The evening is over, and no other one follows by itself."""
        self._sizes_after: dict[Layout, Sizes] = {}
        """What the operator made of the layouts since then; the next evening is not to begin with it."""
        self._seam: tuple[Seam, MouseDown, dict[str, Place], Sizes] | None = None
        """The seam that the mouse has hold of, and how everything stood when it took it."""

    @property
    def layout(self) -> Arranger:
        return self._arranger

    def compose(self) -> ComposeResult:
        yield from self._first

    def on_mount(self) -> None:
        if self._remembered is not None:
            self._sizes = self._remembered.read()

    def on_unmount(self) -> None:
        if self._keeping is not None:
            self._keep()

    def hang(self, *panes: Widget) -> AwaitMount:
        """Put more panes into their places."""
        for pane in panes:
            pane.display = pane.id in self.shown_panes
        return self.mount(*panes)

    # Where everything is

    @property
    def front(self) -> str | None:
        """The pane that has the whole screen."""
        return self._front

    @property
    def focused(self) -> str:
        """The pane that the operator is in; the review where none has the focus."""
        inside = self.screen.focused
        ids = () if inside is None else (node.id for node in inside.ancestors_with_self)
        return next((id for id in ids if id in PANES), "review")

    @property
    def standing_panes(self) -> frozenset[str]:
        """The panes that have a place in the layout, whether or not another one is in front of them."""
        return _panes(self.standing, self.size.height, editing=self._editing)

    @property
    def typing(self) -> bool:
        """Whether letters go into an editor."""
        inside = self.screen.focused
        return inside is not None and inside.check_consume_key("a", "a")

    @property
    def chosen(self) -> str:
        """The layout that was chosen by hand, or ``auto``."""
        return self._chosen

    @property
    def standing(self) -> Layout:
        """The layout that the panes stand in."""
        return layouts.layout_for(*self.size, self._chosen)[0]

    def hold(self, size: Size) -> None:
        """Bring the pane that has the focus to the front, where another size leaves no place for it.

        Letters that are typed in it would fall on the card, where they are keys. After the panes are arranged it
        would be too late: Textual moves the focus as soon as nothing of the pane is drawn.
        """
        if self._front is not None or size == self._stood:
            return
        layout = layouts.layout_for(*size, self._chosen)[0]
        if (held := self.focused) not in _panes(layout, size.height, editing=self._editing):
            self._front = held
            self.call_later(self.bring, held)

    def places(self, size: Size) -> dict[str, Place]:
        """Where each pane stands in a frame of this size."""
        if self._front is not None:
            return {self._front: Place(0, 0, *size)}
        layout = layouts.layout_for(*size, self._chosen)[0]
        arrange = partial(layouts.arrange, layout, *size, self._own(layout), editing=self._editing, after=self._after)
        return arrange(silence_rows=self._timer_rows(arrange()["silence"].width, size))

    def _own(self, layout: Layout) -> Sizes:
        """What the operator made of a layout."""
        during = self._sizes.get(layout, Sizes())
        return self._sizes_after.get(layout, during) if self._after else during

    def _timer_rows(self, width: int, size: Size) -> int:
        """The rows that the silence timer would like to have at this width."""
        timer = self.get_child_by_id("silence")
        height = timer.styles.height
        if height is None or not height.is_auto:
            return _ROOMY_TIMER_ROWS
        gutter = timer.gutter
        return timer.get_content_height(size, self.app.size, width - gutter.width) + gutter.height

    # What is in front

    def bring(self, pane: str | None) -> None:
        """Give one pane the whole screen, or give it back."""
        self._front = pane
        self.set_class(pane is not None, "-zoomed")
        self._rearrange()

    def go_to(self, pane: str) -> None:
        """Put the focus on a pane; one that the layout has no place for comes to the front."""
        found = next(iter(self.query(f"#{pane}")), None)
        if found is None:
            return
        if self._tucked(pane):
            self.bring(pane)
        elif self._front is not None and self._front != pane:
            self.bring(None if self._tucked(self._front) else pane)
        self.call_after_refresh(_focus, found)

    def _tucked(self, pane: str) -> bool:
        return pane not in self.standing_panes

    # How they stand

    def choose(self, layout: str) -> str:
        """Stand in this layout, or in the one that the size asks for; says why where it cannot be had."""
        self._chosen = layout
        self._rearrange()
        return layouts.layout_for(*self.size, layout)[1]

    def grow(self, columns: int, rows: int) -> str:
        """Make the pane that has the focus wider or higher by so many steps; says why where that cannot be."""
        if self._front is not None:
            return "The pane has the whole screen; z gives it back."
        upright = columns != 0
        seam, direction = layouts.seam_beside(self.standing, self.size.height, self.focused, upright=upright)
        if seam is None:
            return f"Nothing stands {'beside' if upright else 'above or below'} this pane that could give way."
        cells = direction * (columns * _STEP_COLUMNS if upright else rows * _STEP_ROWS)
        return self._shift(seam, cells, self.places(self.size), self._own(self.standing))

    def forget_sizes(self) -> None:
        """Give the panes of this layout their usual sizes again."""
        after = self._sizes_after.pop(self.standing, None)
        if self._sizes.pop(self.standing, None) is not None:
            self._keep_soon()
        elif after is None:
            return
        self._rearrange()

    def come_after(self, after: bool) -> bool:
        """Give the ledger the room after an evening, and take it back before another one; not under a hand.

        Asked again and again; whether it changed something now.
        """
        if after == self._after or self._editing or self._seam is not None:
            return False
        self._after = after
        self._sizes_after.clear()
        self._rearrange()
        return True

    def on_resize(self) -> None:
        self._stood = self.size
        self._rearrange()

    def on_review_pane_editing_changed(self, message: ReviewPane.EditingChanged) -> None:
        """A low screen gives the card all its room while a line is edited."""
        self._editing = message.editing
        self._rearrange()

    def _shape(self) -> Shape:
        return layouts.shape_of(self.standing, self.size.height, editing=self._editing)

    @property
    def shown_panes(self) -> frozenset[str]:
        """The panes that are on the screen."""
        return self.standing_panes if self._front is None else frozenset({self._front})

    def _rearrange(self) -> None:
        """What has no place is not reached by Tab either."""
        shown = self.shown_panes
        for pane in self.children:
            pane.display = pane.id in shown
        self._stand()

    def _stand(self) -> None:
        # A widget's own arrangement is made anew when a child of it asks for that (Textual 8.2.8).
        for pane in self.children:
            pane.refresh(layout=True)

    # By mouse: the frames of two panes that touch can be dragged

    def on_mouse_down(self, event: MouseDown) -> None:
        if self._front is not None:
            return
        places = self.places(self.size)
        x, y = event.screen_offset - self.region.offset
        seam = layouts.seam_at(places, self._shape(), x, y)
        if seam is not None:
            event.stop()
            self._seam = seam, event, places, self._own(self.standing)
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self._seam is not None:
            seam, start, places, sizes = self._seam
            moved = event.screen_offset - start.screen_offset
            self._shift(seam, moved.x if seam.upright else moved.y, places, sizes)

    def on_mouse_up(self, _: MouseUp) -> None:
        if self._seam is not None:
            self._seam = None
            self.release_mouse()

    def _shift(self, seam: Seam, cells: int, places: dict[str, Place], sizes: Sizes) -> str:
        sizes, why = layouts.shifted(places, self._shape(), seam, cells, sizes)
        if not why:
            if self._after:
                self._sizes_after[self.standing] = sizes
            else:
                self._sizes[self.standing] = sizes
                self._keep_soon()
            self._stand()
        return why

    def _keep_soon(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(_KEEP_SECONDS, self._keep)

    def _keep(self) -> None:
        self._keeping = None
        if self._remembered is not None:
            self._remembered.write(self._sizes)


def _panes(layout: Layout, rows: int, *, editing: bool) -> frozenset[str]:
    """The panes that have a place."""
    return frozenset(pane for column in layouts.shape_of(layout, rows, editing=editing) for pane in column)


def _focus(pane: Widget) -> None:
    # A pane that only frames an editor passes the focus on to it.
    target = pane if pane.focusable else next((child for child in pane.query("*") if child.focusable), pane)
    target.focus()
