"""The operator's standing notes: what the agent keeps to, since when, and where each came from."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.standing import LONGEST_NOTE, StandingNote, StandingNotes
from sanctum_tui.text import shorten
from sanctum_tui.ui.dialogs.base import LineInput, Paper
from sanctum_tui.ui.dialogs.rows import Rows
from sanctum_tui.ui.look.concealing import HIDDEN

EXPLICIT = (
    "Only your own words are here: reasons you gave for a skip, and notes you wrote. Nothing is inferred. "
    "A model is told them before each line; the offline composer writes without them."
)
NO_NOTES = "There are no standing notes. a adds one; S, skip with a reason, makes one too."
HIDES = "Private mode hides the words of the notes, also while you write one, and where they are kept."
_FOOT = "a add · e edit · d remove · ↑↓ choose · Esc closes"
_FOOT_WRITING = "Enter keeps it · Esc leaves it as it was"
_ADDED_HERE = "written here"
_MOST_SHOWN = 60


class NotesDialog(Paper[None]):
    """Each change is written to the notes' file at once."""

    CSS_PATH = ["dialogs.tcss", "models.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The one before", show=False, id="notes.up", priority=True),
        Binding("down", "move(1)", "The next one", show=False, id="notes.down", priority=True),
        Binding("a", "add", "Add a note", show=False, id="notes.add"),
        Binding("e,enter", "edit", "Edit it", show=False, id="notes.edit"),
        Binding("d", "remove", "Remove it", show=False, id="notes.remove"),
    ]
    title_words = "Standing notes"
    foot = _FOOT

    rows = getters.query_one("#notes", Rows)
    told = getters.query_one("#notes-told", Static)
    field = getters.query_one("#note", LineInput)

    def __init__(self, notes: StandingNotes, *, today: Callable[[], date]) -> None:
        super().__init__()
        self._notes = notes
        self._today = today
        self._shown: tuple[StandingNote, ...] = ()
        self._writing = False
        self._edited: StandingNote | None = None
        """The note whose words are in the field; None while one is added."""
        self._removing: StandingNote | None = None
        """The note that the operator was asked about."""

    def body(self) -> ComposeResult:
        yield Static(Content(EXPLICIT), classes="dialog-text dialog-quiet")
        yield Rows(id="notes")
        yield LineInput(id="note", placeholder="what the agent shall keep to, in a few words")
        yield Static(id="notes-told", classes="dialog-text told", markup=False)
        yield Static(self._kept(), id="notes-kept", classes="dialog-quiet")

    def on_mount(self) -> None:
        self.field.max_length = LONGEST_NOTE
        self.field.select_on_focus = False
        self.field.can_focus = False
        self.field.password = self.private
        self._show()

    def veil(self) -> None:
        self.field.password = self.private
        self.query_one("#notes-kept", Static).update(self._kept())
        self._ask_nothing()
        self._show()

    def _kept(self) -> Content:
        return Content(HIDES if self.private else f"They are in {self._notes.path}")

    def action_close(self) -> None:
        """Leave what is under way first, then the dialog."""
        if self._writing:
            self._end_writing()
        elif self._removing is not None:
            self._ask_nothing()
        else:
            self.dismiss(None)

    async def action_mute(self) -> None:
        if not self._writing:
            await super().action_mute()

    def action_move(self, step: int) -> None:
        if not self._writing:
            self._ask_nothing()
            self.rows.move(step)

    def action_add(self) -> None:
        self._write(None)

    def action_edit(self) -> None:
        if (note := self._chosen()) is not None:
            self._write(note)

    def action_remove(self) -> None:
        """Ask once; the same key again removes the note."""
        note = self._chosen()
        if note is None or self._writing:
            return
        if note != self._removing:
            self._removing = note
            words = HIDDEN if self.private else shorten(note.text, _MOST_SHOWN)
            self._say(f"Remove “{words}”? d again removes it, Esc keeps it.")
            return
        self._ask_nothing()
        if self._tried(lambda: self._notes.remove(note)):
            self._say("Removed.")
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._writing:
            return
        text, edited = event.value, self._edited
        if edited is None:
            self._keep_new(text)
        elif self._tried(lambda: self._notes.edit(edited, text)):
            self._end_writing()
            self._say("Changed.")
        self._show()

    def _keep_new(self, text: str) -> None:
        added: list[StandingNote | None] = []
        if not self._tried(lambda: added.append(self._notes.add(text, on=self._today(), origin=_ADDED_HERE))):
            return
        if added[0] is None:
            self._say("✕ It needs words." if not text.strip() else "✕ That note is there already.")
            return
        self._end_writing()
        self._say("Added; it counts from the next line on.")
        self._show()
        self.rows.choose(len(self._shown) - 1)

    def _write(self, note: StandingNote | None) -> None:
        """Open the field, with the words of this note or empty."""
        if self._writing:
            return
        self._ask_nothing()
        self._writing, self._edited = True, note
        self.field.value = "" if note is None else note.text
        self.field.cursor_position = len(self.field.value)
        self.field.can_focus = True
        self.add_class("-writing")
        self.show_foot(_FOOT_WRITING)
        self.field.focus()
        self.call_after_refresh(self.field.scroll_visible, animate=False)

    def _end_writing(self) -> None:
        self._writing, self._edited = False, None
        self.remove_class("-writing")
        self.show_foot(_FOOT)
        self.field.can_focus = False
        self.set_focus(None)
        self._say("")

    def _ask_nothing(self) -> None:
        self._removing = None
        self._say("")

    def _tried(self, change: Callable[[], object]) -> bool:
        """Whether the change could be made; says why where it could not."""
        try:
            change()
        except SanctumError as error:
            self._say(f"✕ {self.seemly(error.sentence)}")
            return False
        return True

    def _chosen(self) -> StandingNote | None:
        return self._shown[self.rows.place] if self.rows.place < len(self._shown) else None

    def _say(self, words: str) -> None:
        self.told.update(Content(words))

    def _show(self) -> None:
        try:
            self._shown = self._notes.read()
        except SanctumError as error:
            self._shown = ()
            self.rows.show([Content.styled(f"✕ {self.seemly(error.sentence)}", "$warning")])
            return
        self.rows.show([note_row(note, private=self.private) for note in self._shown] or [Content(NO_NOTES)])


def note_row(note: StandingNote, *, private: bool) -> Content:
    """A note, which in private mode is hidden, and in a row of its own when it was made and from what."""
    since = note.on.isoformat() if note.on is not None else "no date: written into the file"
    origin = f" · {note.origin}" if note.origin else ""
    return Content.assemble(HIDDEN if private else note.text, (f"\n{since}{origin}", "$hearth-quiet"))
