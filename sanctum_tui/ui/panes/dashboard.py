"""Tonight's dashboard: its markdown to edit, and beside it what was read from it."""

from collections.abc import Callable
from typing import ClassVar, Final, Literal, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur, Resize
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean, clean_line
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.paper.editor import MarkdownEditor
from sanctum_tui.ui.paper.fields import in_full, in_rows, in_short

PAUSE_SECONDS: Final = 0.25
"""Without a key for so long, what was typed is told to the owner."""
Want: TypeAlias = Literal["template", "earlier", "editor"]
"""A list of templates, one of earlier dashboards, or the operator's own editor."""
_BESIDE_CELLS: Final = 68
"""A pane at least this wide has the fields beside the text, a narrower one below it."""
_ROWS_HEIGHT: Final = 18
"""A narrow pane at least this high has a row for each field, a lower one a summary."""


class DashboardFields(VerticalScroll):
    """The fields; a stop for the keyboard only where they do not fit."""

    def __init__(self, fit: Callable[[], None]) -> None:
        """`fit` is called where there is another width for them."""
        super().__init__()
        self._fit = fit
        self._width = 0

    def on_resize(self, event: Resize) -> None:
        if event.size.width != self._width:
            self._width = event.size.width
            self._fit()

    def allow_focus(self) -> bool:
        return super().allow_focus() and self.max_scroll_y > 0


class DashboardPane(Vertical):
    """An editor for the dashboard. What is typed is never overwritten, and is told as soon as the keys rest."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("dashboard")

    class Edited(Message):
        """The operator changed the text: save it, then answer with `saved` or `failed`."""

        def __init__(self, pane: "DashboardPane", text: str) -> None:
            super().__init__()
            self.pane = pane
            self.text = text

        @property
        def control(self) -> "DashboardPane":
            return self.pane

    class Wanted(Message):
        """The operator wants to start from something, or to write elsewhere."""

        def __init__(self, pane: "DashboardPane", what: "Want") -> None:
            super().__init__()
            self.pane = pane
            self.what = what

        @property
        def control(self) -> "DashboardPane":
            return self.pane

    def __init__(self, *, pause_seconds: float = PAUSE_SECONDS, id: str | None = None) -> None:
        super().__init__(id=id)
        self.border_title = Content("4 Dashboard")
        self._pause_seconds = pause_seconds
        self._editor = MarkdownEditor()
        self._fields = DashboardFields(self._show_fields)
        self._words = Static()
        self._note = Static(classes="dashboard--note")
        self._dashboard = Dashboard()
        self._in_file = ""
        """The text that the file has, as far as we were told."""
        self._sent: str | None = None
        """The text that the owner has, and has not answered yet."""
        self._outside: tuple[str, Dashboard] | None = None
        """What something else wrote into the file while there were edits here."""
        self._filed = Dashboard()
        """What was read from the file last."""
        self._draft: str | None = None
        """A text that was put here to start from, until it is kept or changed."""
        self._drafted = Dashboard()
        """What was read from it."""
        self._draft_name = ""
        self._failure = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Container():
            yield self._editor
            with self._fields:
                yield self._words
        yield self._note

    # What the owner calls

    def show(self, text: str, dashboard: Dashboard) -> None:
        """Show a dashboard in place of the one before. Save what is `unsaved` first: it belongs to that one."""
        self._in_file, self._sent, self._outside, self._failure = clean(text), None, None, ""
        self._draft = None
        self._editor.load_text(text)
        self._tell(dashboard)

    def reloaded(self, text: str, dashboard: Dashboard) -> None:
        """The file was changed by something else. Edits that are not saved stay, and the file's text is offered."""
        text = clean(text)
        edited, proposed = self.unsaved is not None, self._proposed
        self._in_file, self._sent = text, None
        if self._editor.text == text:
            self._outside, self._failure = None, ""
        elif edited or proposed:
            self._outside, self._filed = (text, dashboard), dashboard
            if not proposed:
                self._wait()
            self._tell_state()
            return
        else:
            self._outside = None
            self._editor.put(text)
        self._tell(dashboard)

    def put(self, text: str) -> None:
        """Change the text, as if it had been typed."""
        self._editor.put(text)

    def propose(self, text: str, dashboard: Dashboard, name: str) -> None:
        """Put a dashboard here to start from, as an edit. It is not saved before it is changed, or kept."""
        self.flush()
        self._draft, self._drafted, self._draft_name = clean(text), dashboard, clean_line(name)
        self._editor.put(text)
        self._editor.focus()

    def remarked(self, dashboard: Dashboard) -> None:
        """The dashboard that was read from the file, with more said of it."""
        self._tell(dashboard)

    def saved(self, dashboard: Dashboard) -> None:
        """The text told last is in the file; `dashboard` was read from it."""
        if self._sent is not None:
            self._in_file, self._sent = self._sent, None
        self._failure = ""
        self._tell(dashboard)

    def failed(self, sentence: str) -> None:
        """The text told last could not be saved. It stays, and is told again with the next edit or on leaving."""
        self._sent = None
        self._failure = clean_line(sentence)
        self._tell_state()

    @property
    def unsaved(self) -> str | None:
        """The text as it stands here, where the file is not known to have it; None where it has."""
        text = self._editor.text
        if self._proposed:
            return self._sent
        return text if self._sent is not None or text != self._in_file else None

    def flush(self) -> None:
        """Tell the owner now what has changed, without waiting for the keys to rest."""
        if (message := self._news()) is not None:
            self.post_message(message)

    # What the operator does

    def focus(self, scroll_visible: bool = True) -> "DashboardPane":
        """Put the cursor into the text."""
        self._editor.focus(scroll_visible)
        return self

    def action_want(self, what: Want) -> None:
        self.post_message(self.Wanted(self, what))

    def action_keep(self) -> None:
        """Save the draft that was started from."""
        if self._proposed:
            self._draft = None
            self.flush()
            self._tell_state()

    def action_undo(self) -> None:
        self._editor.undo()

    def action_redo(self) -> None:
        self._editor.redo()

    def action_take_file(self) -> None:
        """Take what something else wrote in place of what was typed here; undo brings it back."""
        if self._outside is None:
            return
        text, dashboard = self._outside
        self._outside = None
        self._editor.put(text)
        self._tell(dashboard)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "keep":
            return self._proposed
        return self._outside is not None if action == "take_file" else True

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._proposed:
            self._dashboard = self._drafted
            self._show_fields()
            self._tell_state()
        elif self._editor.text != self._told:
            # From here on it is the operator's own text.
            self._draft = None
            self._wait()
            self._tell_state()
        else:
            self._tell(self._filed)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        self.flush()

    def on_unmount(self) -> None:
        # The pane's own queue is closed by now.
        if (message := self._news()) is not None:
            self.app.post_message(message)

    @property
    def _told(self) -> str:
        """The text that the owner has, whether or not it is in the file."""
        return self._in_file if self._sent is None else self._sent

    @property
    def _proposed(self) -> bool:
        """Whether what stands here is a draft that nobody has kept or changed."""
        return self._draft is not None and self._editor.text == self._draft != self._told

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(self._pause_seconds, self.flush)

    def _news(self) -> Edited | None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        text = self._editor.text
        if text == self._told or self._proposed:
            return None
        self._sent = text
        return self.Edited(self, text)

    # What is to be seen

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < _BESIDE_CELLS, "-under")
        self.call_after_refresh(self._show_fields)

    def on_mount(self) -> None:
        self._tell(self._dashboard)

    def _tell(self, dashboard: Dashboard) -> None:
        """Tell what was read from the file, where it is the file's text that stands here."""
        self._filed = dashboard
        if not self._proposed:
            self._dashboard = dashboard
        self._show_fields()
        self._tell_state()

    def _show_fields(self) -> None:
        # A cell stays free beside the scrollbar.
        width = self._fields.scrollable_content_region.width - 1
        if not self.is_mounted or width <= 0:
            return
        if not self.has_class("-under"):
            words = in_full(self._dashboard, width)
        elif self.size.height >= _ROWS_HEIGHT:
            words = in_rows(self._dashboard, width)
        else:
            words = in_short(self._dashboard)
        self._words.update(words)

    def _tell_state(self) -> None:
        state: Literal["saved", "saving…", "not saved", "a draft, not saved"] = "saved"
        if self._failure:
            state = "not saved"
        elif self._proposed:
            state = "a draft, not saved"
        elif self.unsaved is not None:
            state = "saving…"
        self.border_subtitle = Content(state)
        self.set_class(bool(self._failure) or self._proposed, "-not-saved")
        notes = [f"✗ Not saved: {self._failure}"] if self._failure else []
        if self._proposed:
            notes.append(f"◇ Draft “{self._draft_name}”: write on or Ctrl+G saves it, Ctrl+Z takes it back")
        if self._outside is not None:
            notes.append("! changed outside; ctrl+r takes the file's version")
        self._note.update(Content("\n".join(notes)))
        self._note.display = bool(notes)
