"""Tonight's dashboard: the plan to look at, and its markdown to write, with what was read from it beside it."""

from typing import ClassVar, Final, Literal, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import DescendantBlur, DescendantFocus, Resize
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static, TextArea

from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.text import clean
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.look.veiled import Veiled
from sanctum_tui.ui.paper.beside import DashboardFields
from sanctum_tui.ui.paper.editor import MarkdownEditor
from sanctum_tui.ui.paper.manuscript import Manuscript
from sanctum_tui.ui.paper.plan import PlanPage
from sanctum_tui.ui.paper.rest import front_matter_end

PAUSE_SECONDS: Final = 0.25
"""Without a key for so long, what was typed is told to the owner."""
Want: TypeAlias = Literal["template", "earlier", "editor"]
"""A list of templates, one of earlier dashboards, or the operator's own editor."""
_BESIDE_CELLS: Final = 68
"""A pane at least this wide has the fields beside the text, a narrower one below it."""
_ROWS_HEIGHT: Final = 18
"""A narrow pane at least this high has a row for each field, a lower one a summary."""
_TITLE: Final = "4 Dashboard"


class DashboardPane(Veiled, Vertical):
    """The plan to read until somebody asks to write, and then an editor.

    What is typed is never overwritten, and is told as soon as the keys rest.
    """

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
        self.border_title = Content(_TITLE)
        self._pause_seconds = pause_seconds
        self._page = PlanPage(self._show_plan)
        self._editor = MarkdownEditor()
        self._fields = DashboardFields(self._show_plan)
        self._note = Static(classes="dashboard--note")
        self._dashboard = Dashboard()
        self._script = Manuscript()
        self._writing = False
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield self._page
        with Container():
            yield self._editor
            yield self._fields
        yield self._note

    # What the owner calls

    def show(self, text: str, dashboard: Dashboard) -> None:
        """Show a dashboard in place of the one before. Save what is `unsaved` first: it belongs to that one."""
        self._script.begin(clean(text))
        self._editor.load_text(text)
        self._page.scroll_home(animate=False)
        self._tell(dashboard)

    def reloaded(self, text: str, dashboard: Dashboard) -> None:
        """The file was changed by something else. Edits that are not saved stay, and the file's text is offered."""
        text = clean(text)
        proposed = self._proposed
        if self._script.reload(text, dashboard, self._editor.text):
            self._editor.put(text)
            self._tell(dashboard)
            return
        if not proposed:
            self._wait()
        self._tell_state()

    def put(self, text: str) -> None:
        """Change the text, as if it had been typed."""
        self._editor.put(text)

    def propose(self, text: str, dashboard: Dashboard, name: str) -> None:
        """Put a dashboard here to start from, as an edit. It is not saved before it is changed, or kept."""
        self.flush()
        self._script.propose(text, dashboard, name)
        self._editor.put(text)
        self.focus()

    def remarked(self, dashboard: Dashboard) -> None:
        """The dashboard that was read from the file, with more said of it."""
        self._tell(dashboard)

    def saved(self, dashboard: Dashboard) -> None:
        """The text told last is in the file; `dashboard` was read from it."""
        self._script.saved()
        self._tell(dashboard)

    def failed(self, sentence: str) -> None:
        """The text told last could not be saved. It stays, and is told again with the next edit or on leaving."""
        self._script.failed(sentence)
        self._tell_state()

    @property
    def unsaved(self) -> str | None:
        """The text as it stands here, where the file is not known to have it; None where it has."""
        return self._script.unsaved(self._editor.text)

    def veil(self) -> None:
        """Places on this machine are hidden."""
        self._tell_state()

    @property
    def writing(self) -> bool:
        """Whether the editor is there in place of the plan."""
        return self._writing

    def flush(self) -> None:
        """Tell the owner now what has changed, without waiting for the keys to rest."""
        if (message := self._news()) is not None:
            self.post_message(message)

    # What the operator does

    def focus(self, scroll_visible: bool = True) -> "DashboardPane":
        """Go to the plan, or to the editor while it is written."""
        (self._editor if self._writing else self._page).focus(scroll_visible)
        return self

    @on(PlanPage.WriteWanted)
    def action_write(self) -> None:
        """Open the editor, at the page's words: what stands before them is for programs."""
        if self._writing:
            return
        if self._editor.cursor_location == (0, 0):
            row = self._editor.text[: front_matter_end(self._editor.text)].count("\n")
            self._editor.move_cursor((row, 0))
            self.call_after_refresh(self._editor.scroll_to, y=row, animate=False)
        self._turn(writing=True)
        self.focus()

    def action_read(self) -> None:
        """Close the editor; what was typed is told."""
        self._turn(writing=False)
        self.focus()

    def action_want(self, what: Want) -> None:
        self.post_message(self.Wanted(self, what))

    def action_keep(self) -> None:
        """Save the draft that was started from."""
        if self._proposed:
            self._script.adopt()
            self.flush()
            self._tell_state()

    def action_undo(self) -> None:
        self._editor.undo()

    def action_redo(self) -> None:
        self._editor.redo()

    def action_take_file(self) -> None:
        """Take what something else wrote in place of what was typed here; undo brings it back."""
        if (taken := self._script.take_outside()) is not None:
            text, dashboard = taken
            self._editor.put(text)
            self._tell(dashboard)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        match action:
            case "keep":
                return self._proposed
            case "take_file":
                return self._script.outside is not None
            case "write":
                return not self._writing
            case "read":
                # Otherwise Escape leaves the pane, as everywhere.
                return self._writing
            case _:
                return True

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._proposed:
            self._dashboard = self._script.drafted
            self._show_plan()
            self._tell_state()
        elif self._editor.text != self._script.told:
            # From here on it is the operator's own text.
            self._script.adopt()
            self._wait()
            if not self._writing:
                self._show_plan()
            self._tell_state()
        else:
            self._tell(self._script.filed)

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        self.flush()
        if not self.is_attached:
            return
        # Where nothing at all has the focus, it is another window's, and will be the editor's again.
        focused = self.screen.focused
        if focused is not None and self not in focused.ancestors:
            self._turn(writing=False)
        self._tell_state()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Whoever comes from elsewhere comes to the plan."""
        if event.widget is self._page:
            self._turn(writing=False)
        self._tell_state()

    def on_unmount(self) -> None:
        # The pane's own queue is closed by now.
        if (message := self._news()) is not None:
            self.app.post_message(message)

    @property
    def _proposed(self) -> bool:
        """Whether what stands here is a draft that nobody has kept or changed."""
        return self._script.proposed(self._editor.text)

    def _turn(self, *, writing: bool) -> None:
        if writing != self._writing:
            self._writing = writing
            self.set_class(writing, "-writing")
            self.call_after_refresh(self._show_plan)
            self._tell_state()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(self._pause_seconds, self.flush)

    def _news(self) -> Edited | None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        text = self._script.news(self._editor.text)
        return None if text is None else self.Edited(self, text)

    # What is to be seen

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.width < _BESIDE_CELLS, "-under")
        self.call_after_refresh(self._show_plan)

    def on_mount(self) -> None:
        self._tell(self._dashboard)

    def _tell(self, dashboard: Dashboard) -> None:
        """Tell what was read from the file, where it is the file's text that stands here."""
        self._script.filed = dashboard
        if not self._proposed:
            self._dashboard = dashboard
        self._show_plan()
        self._tell_state()

    def _show_plan(self) -> None:
        if not self.is_mounted:
            return
        if self._writing:
            beside, high = not self.has_class("-under"), self.size.height >= _ROWS_HEIGHT
            self._fields.show(self._dashboard, beside=beside, high=high)
        else:
            self._page.show(self._dashboard, self._editor.text)

    def _tell_state(self) -> None:
        text = self._editor.text
        way = "Esc ends writing" if self._writing else "Enter writes" if self._page.has_focus else ""
        self.border_title = Content(" · ".join([_TITLE, *([way] * bool(way))]))
        self.border_subtitle = Content(self._script.state(text))
        self.set_class(bool(self._script.failure) or self._proposed, "-not-saved")
        notes = [conceal(note) if self._private else note for note in self._script.notes(text)]
        self._note.update(Content("\n".join(notes)))
        self._note.display = bool(notes)
