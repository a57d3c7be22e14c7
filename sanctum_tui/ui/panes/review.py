"""The review card: the waiting line, large; why now; exactly what would be posted; and where it is edited."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from sanctum_tui.ui.cards import Card, Check

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from sanctum_tui.ui.lineeditor import LineEditor

_STYLES = ("-ready", "-active", "-settling", "-wrong")


class ReviewPane(VerticalScroll, can_focus=True):
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
        super().__init__(id=id)
        self.border_title = Content("3 Review")
        self._card: Card | None = None
        self._keys: Content | None = None
        self._editing: int | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="card-heading", markup=False)
        yield Static(id="card-line", markup=False)
        yield Static(id="card-check", classes="-empty", markup=False)
        yield Static(id="card-exact-label", markup=False)
        yield Static(id="card-exact", markup=False)
        yield Static(id="card-keys", markup=False)
        yield Static(id="card-why", markup=False)
        yield Static(id="card-from", markup=False)
        yield Static(id="card-earlier", markup=False)

    def on_mount(self) -> None:
        self.show(Card())

    @property
    def number(self) -> int | None:
        """Number of the line whose card is on the screen: what keys are about."""
        return self._editing if self._editing is not None else self._card.number if self._card is not None else None

    @property
    def editing(self) -> int | None:
        """Number of the line that is being edited."""
        return self._editing

    def show(self, card: Card) -> None:
        """Show a card; while a line is edited only its heading changes, and the rest when that is over."""
        if card == self._card:
            return
        turned = self._card is None or self._card.number != card.number
        self._card = card
        for style in _STYLES:
            self.set_class(card.style == style, style)
        self.set_class(card.number is None, "-idle")
        self._put("card-heading", card.heading)
        self._put("card-earlier", "\n".join(card.earlier))
        self._put("card-why", card.why, "Why now  ")
        self._put("card-from", card.sources, "From     ")
        if self._editing is None:
            self._put("card-line", card.line)
            self._put("card-exact-label", card.exact_label)
            self._put("card-exact", card.exact)
            if turned:
                self.scroll_home(animate=False)

    def show_keys(self, keys: Iterable[tuple[str, str]]) -> None:
        """Show the keys that fit the card, each with what it does."""
        parts = [Content.assemble((key, "bold $footer-key-foreground"), f" {label}") for key, label in keys]
        content = Content("   ").join(parts)
        if self._keys is None or content.plain != self._keys.plain:
            self._keys = content
            place = self.query_one("#card-keys", Static)
            place.update(content)
            place.set_class(not parts, "-empty")

    async def begin_edit(self, number: int, text: str) -> None:
        """Put the editor in place of the line."""
        if self._editing is not None:
            return
        # Here, for an editor costs much to import and the first paint does not need one.
        from sanctum_tui.ui.lineeditor import LineEditor

        self._editing = number
        self.add_class("-editing")
        editor = LineEditor(text)
        await self.mount(editor, after="#card-heading")
        editor.focus()
        self.post_message(self.EditingChanged(True))

    async def end_edit(self) -> None:
        """Take the editor away again and show the card as it is by now."""
        if self._editing is None:
            return
        self._editing = None
        self.remove_class("-editing")
        await self.query("#line-editor").remove()
        if not self.is_running:
            # The console closed while the editor went away.
            return
        card, self._card = self._card, None
        self.show(card or Card())
        self._put("card-check", "")
        self.focus()
        self.post_message(self.EditingChanged(False))

    def show_check(self, check: Check) -> None:
        """Show what the words come to: their length, the guard's verdict, and exactly what would be posted."""
        self._put("card-exact-label", "Will be posted exactly as:" if check.exact else "")
        self._put("card-exact", check.exact)
        sign, style = (("✓", "$state-active"), ("✕", "$error"))[not check.passed]
        words = Content.assemble(check.count, "\n", (f"{sign} {check.verdict}", style))
        place = self.query_one("#card-check", Static)
        place.update(words)
        place.remove_class("-empty")

    def on_text_area_changed(self, event: "TextArea.Changed") -> None:
        event.stop()
        self._tell(self.Edited, event.text_area.text)

    def on_line_editor_submitted(self, event: "LineEditor.Submitted") -> None:
        event.stop()
        self._tell(self.Submitted, event.editor.text)

    def on_line_editor_left(self, event: "LineEditor.Left") -> None:
        event.stop()
        self._tell(self.Left, event.editor.text)

    def _tell(self, kind: "type[ReviewPane.Edited]", text: str) -> None:
        if self._editing is not None:
            self.post_message(kind(self._editing, text.strip()))

    def _put(self, place: str, text: str, label: str = "") -> None:
        widget = self.query_one(f"#{place}", Static)
        widget.update(Content.assemble((label, "$hearth-quiet"), text) if label else Content(text))
        widget.set_class(not text, "-empty")
