"""The review card: the waiting line, large; why now; exactly what would be posted; and where it is edited.

A line that is being written shows in the place where it will wait, without keys until it does.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from sanctum_tui.ui.card.cardkeys import CardKeys
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW, HIDDEN, Card, Check
from sanctum_tui.ui.card.decided import Decided
from sanctum_tui.ui.card.exact import UNREAD, UNREAD_EDIT, ExactText
from sanctum_tui.ui.card.fitting import Fitting
from sanctum_tui.ui.card.parts import Changes, CheckText, LineText, end_of
from sanctum_tui.ui.card.written import BEAT_SECONDS, Written
from sanctum_tui.ui.look.hanging import Hanging
from sanctum_tui.ui.look.veiled import Veiled

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from sanctum_tui.ui.card.lineeditor import LineEditor

WRITING = "A line is being written; none waits yet."
ANEW = "Anew: "
_STYLES = ("-ready", "-active", "-settling", "-wrong")


class ReviewPane(Veiled, VerticalScroll, can_focus=True):
    """Shows a `Card`, and the editor while the operator edits its line."""

    class Edited(Message):
        """The words changed while they were edited."""

        def __init__(self, number: int, line: str) -> None:
            super().__init__()
            self.number = number
            self.line = line

    class Submitted(Edited):
        """Enter: the operator wants these words posted."""

    class EditingChanged(Message):
        """The editor was put in place of the line, or taken away."""

        def __init__(self, editing: bool) -> None:
            super().__init__()
            self.editing = editing

    class Left(Edited):
        """Escape: the operator leaves the editor; these were the words."""

    def __init__(self, *, id: str | None = None) -> None:
        # Styled at once as it will be when it shows that nothing waits.
        super().__init__(id=id, classes="-idle")
        self.border_title = Content("3 Review")
        self._card: Card | None = None
        self._editing: int | None = None
        self._big = False
        self._written = Written()
        self._beats: Timer | None = None
        self._fitting = Fitting(self)
        self._stands: dict[str, tuple[str, str]] = {}
        """What stands in which place, so that nothing is laid out anew that is as it was."""

    def compose(self) -> ComposeResult:
        # What begins empty is styled so at once: to change a class costs as much as to mount.
        yield Static(id="card-heading", markup=False)
        yield Static(id="card-status", classes="-empty", markup=False)
        yield LineText(id="card-written", classes="-empty")
        yield LineText(id="card-line")
        yield Static(id="card-exact-label", classes="-empty", markup=False)
        yield ExactText(id="card-exact")
        yield CheckText(id="card-check")
        yield Changes(id="card-changes")
        yield CardKeys(id="card-keys")
        yield Static(id="card-lapses", classes="-empty", markup=False)
        yield Static(id="card-why", classes="-empty", markup=False)
        yield Static(id="card-from", classes="-empty", markup=False)
        yield Decided(id="card-earlier")

    def on_mount(self) -> None:
        self._beats = self.set_interval(BEAT_SECONDS, self._beat, pause=True)
        self.show(Card())

    @property
    def number(self) -> int | None:
        """Number of the line whose card is on the screen: what keys are about."""
        return self._editing if self._editing is not None else self._card.number if self._card is not None else None

    @property
    def editing(self) -> int | None:
        """Number of the line that is being edited."""
        return self._editing

    @property
    def unread(self) -> str:
        """Why nobody can have read what would be posted, and what helps; "" where the card shows all of it."""
        return "" if self.query_one(ExactText).whole else UNREAD if self._editing is None else UNREAD_EDIT

    def shows(self, text: str) -> bool:
        """Whether all of this text stands on the screen as that which would be posted."""
        return self.query_one(ExactText).text == text and not self.unread

    def hides(self, text: str) -> str:
        """Why nobody can have read all of this text here, and brings it up; "" where it stands on the screen."""
        if (exact := self.query_one(ExactText)).text != text:
            return CHANGED_JUST_NOW
        if unread := self.unread:
            self.scroll_to_widget(exact, animate=False)
        return unread

    def veil(self) -> None:
        """Notes, reasons and sources are hidden; the line itself stays."""
        self._show_anew()

    @property
    def big(self) -> bool:
        """Whether everything is in large type."""
        return self._big

    @big.setter
    def big(self, big: bool) -> None:
        if big != self._big:
            self._big = big
            self._show_anew()

    def on_resize(self, event: Resize) -> None:
        """The card has more room, or less."""
        self._fit()
        # Distances hang on the card's size as well, and are known once it is drawn.
        self.call_after_refresh(self._fit_anew)

    def _fit_anew(self) -> None:
        self._fitting.forget()
        self._fit()

    def _fit(self) -> None:
        if self._card is not None and self.is_attached and self.is_mounted:
            self._fitting.fit(self._card, self._written.shown)

    def call(self, words: str) -> None:
        """Draw a heavy border with these words in it, so that the card is seen from afar; "" draws the usual one."""
        if words != (self.border_subtitle or ""):
            self.set_class(bool(words), "-calling")
            self.border_subtitle = Content(words) if words else None

    def show(self, card: Card) -> None:
        """Show a card; while a line is edited only its heading changes, and the rest when that is over."""
        if card == self._card:
            return
        turned = self._card is None or self._card.number != card.number
        self._card = card
        self.update_classes({**{style: card.style == style for style in _STYLES}, "-idle": card.number is None})
        if turned and card.number is not None:
            # What was being written waits now, or gave way to another line.
            self._written.line = ""
        self._put("card-lapses", card.lapses, "How long  ")
        self._put("card-why", self._veiled(card.why), "Why now   ")
        self._put("card-from", self._veiled(card.sources), "From      ")
        if self._editing is None:
            self._put("card-exact-label", card.exact_label)
            self.query_one(ExactText).show(card.exact, card.line)
        self._paint()
        if turned and self._editing is None:
            self.scroll_home(animate=False)

    def show_status(self, words: str) -> None:
        """Say under the heading what goes on, in a few words; none where nothing does any more."""
        if self._written.say(words) and self.is_attached and self.is_mounted:
            self._put_status()

    def show_writing(self, line: str) -> None:
        """Show a line as far as it is written; "" takes it away.

        While another line waits it runs through the status's row: that line, its words and its keys stay.
        """
        if self._written.grow(line) and self.is_attached and self.is_mounted:
            self._paint()

    def show_keys(self, keys: Iterable[tuple[str, str, str]]) -> None:
        """Show the keys that fit the card: each with what it does, and the id of the action."""
        if self.query_one(CardKeys).show(keys):
            self._fit()

    async def begin_edit(self, number: int, text: str) -> None:
        """Put the editor in place of the line."""
        if self._editing is not None:
            return
        # Here, for an editor costs much to import and the first paint does not need one.
        from sanctum_tui.ui.card.lineeditor import LineEditor

        self._editing = number
        changes = self.query_one(Changes)
        changes.before = self._card.line if self._card is not None else text
        changes.show(text)
        self.add_class("-editing")
        self._fit()
        editor = LineEditor(text)
        await self.mount(editor, after="#card-status")
        # Whoever comes back to the card comes back to the words, not to keys that act on a line.
        self.can_focus = False
        editor.focus()
        # How many rows its words take is known once it is laid out.
        self.call_after_refresh(self._fit)
        self.post_message(self.EditingChanged(True))

    async def end_edit(self) -> None:
        """Take the editor away again and show the card as it is by now."""
        if self._editing is None:
            return
        self._editing = None
        self.remove_class("-editing")
        self.can_focus = True
        await self.query("#line-editor").remove()
        if not self.is_running:
            # The console closed while the editor went away.
            return
        self._show_anew()
        self.query_one(CheckText).show(None)
        self.query_one(Changes).add_class("-empty")
        self.focus()
        self.post_message(self.EditingChanged(False))

    def show_check(self, check: Check) -> None:
        """Show what the words come to: their length, the guard's verdict, and exactly what would be posted."""
        self._put("card-exact-label", "Will be posted exactly as:" if check.exact else "")
        self.query_one(ExactText).show(check.exact, check.line)
        self.query_one(CheckText).show(check)
        self._fit()

    def on_text_area_changed(self, event: "TextArea.Changed") -> None:
        event.stop()
        editor = event.text_area
        self.query_one(Changes).show(editor.text, undoable=bool(editor.history.undo_stack))
        self._fitting.fold(True)
        self._tell(self.Edited, editor.text)

    def on_text_area_selection_changed(self, event: "TextArea.SelectionChanged") -> None:
        event.stop()
        # Whoever looked further down is back at the words.
        self.scroll_home(animate=False)

    def on_line_editor_paged(self, event: "LineEditor.Paged") -> None:
        event.stop()
        unfolded = event.pages > 0 and self._fitting.fold(False)
        if unfolded or self.max_scroll_y:
            self.call_after_refresh(self.scroll_relative, y=event.pages * self.size.height, animate=False)
        else:
            event.editor.page(event.pages)

    def on_line_editor_submitted(self, event: "LineEditor.Submitted") -> None:
        event.stop()
        self._tell(self.Submitted, event.editor.text)

    def on_line_editor_left(self, event: "LineEditor.Left") -> None:
        event.stop()
        self._tell(self.Left, event.editor.text)

    def _beat(self) -> None:
        if self._written.beat():
            self._paint()

    def _paint(self) -> None:
        """Put on the screen what is being written: in the card's place, or below the line that has it."""
        self._written.paint()
        own = self._card is None or self._card.number is None
        heading = self._card.heading if self._card is not None else ""
        if self._card is not None and self._card.reason:
            heading = f"{heading} ({self._veiled(self._card.reason)})"
        grown = bool(self._written.line)
        self._put("card-heading", WRITING if grown and own else heading)
        self._put_status()
        self._fit()
        if self._beats is not None:
            (self._beats.resume if grown else self._beats.pause)()

    def _put_status(self) -> None:
        # With a line it keeps its row when it is empty, so that nothing moves when it comes or goes.
        idle = self._card is None or self._card.number is None
        place = self.query_one("#card-status", Static)
        line, words = self._written.line, self._written.status
        empty = idle and not (words or line)
        if line and not idle and self._editing is None:
            words = f"{ANEW}{end_of(line, place.content_size.width - len(ANEW) - 1)}▌"
        self._put("card-status", words)
        place.set_class(empty, "-empty")

    def _show_anew(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            self.show(card)

    def _veiled(self, words: str) -> str:
        return HIDDEN if words and self._private else words

    def _tell(self, kind: "type[ReviewPane.Edited]", text: str) -> None:
        if self._editing is not None:
            self.post_message(kind(self._editing, text.strip()))

    def _put(self, place: str, text: str, label: str = "") -> None:
        if self._stands.get(place) == (text, label):
            return
        self._stands[place] = text, label
        widget = self.query_one(f"#{place}", Static)
        widget.update(Hanging(Content.styled(label, "$hearth-quiet"), Content(text)) if label else Content(text))
        widget.set_class(not text, "-empty")
