"""Tonight's plan, drafted from a short form: shown with what is odd in it, and used only if the streamer says so."""

from enum import Enum
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static
from textual.worker import Worker

from sanctum_tui.dashboard.names import KEYS, human_name
from sanctum_tui.dashboard.value import Dashboard
from sanctum_tui.errors import SanctumError
from sanctum_tui.llm.planning import PlanAuthor, PlanDraft, PlanForm
from sanctum_tui.text import clean, clean_line
from sanctum_tui.ui.dialogs.base import Dialog, LineInput

FIELDS = (
    ("game", "game", "what is played"),
    ("mood", "mood", "two or three words; may stay empty"),
    ("familiarity", "known", "first time, some hours, by heart"),
    ("experience", "lately", "what you did in it last"),
    ("start", "begins", "20:00, 8 pm, late"),
)
"""Each field of the form, its label, and an example of what goes there."""
NO_GAME = "A plan needs a game; type its name, or what the evening is about."
STOPPED = "Stopped. Nothing was changed; Enter drafts again."
HINT = "Enter drafts a plan from this. It opens in the editor as a draft; nothing is saved or sent."
_ROOMY_ROWS = 30
"""On a lower screen the parts of a plan stand close together."""
UNFORESEEN = "Something unforeseen happened; the log file says what."


class _Stage(Enum):
    """Where it stands; the value is what its keys are, at the foot of the frame."""

    FORM = "Enter drafts · Tab next field · Esc leaves"
    DRAFTING = "Esc stops drafting"
    DRAFT = "Enter or u uses it · r another · Tab to the form · Esc leaves"


class _DraftView(VerticalScroll):
    """The draft; a stop for the keyboard once there is one, so that letters are keys there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,u", "screen.use", "Use it", show=False, id="planning.use"),
        Binding("r", "screen.anew", "Another", show=False, id="planning.anew"),
    ]
    has_draft = False

    def allow_focus(self) -> bool:
        return self.has_draft


class PlanningDialog(Dialog[str]):
    """Gives back the draft's markdown, to be opened in the editor; None where the operator left."""

    CSS_PATH = ["dialogs.tcss", "planning.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    title_words = "Tonight's plan"
    foot = _Stage.FORM.value

    told = getters.query_one("#plan-told", Static)
    status = getters.query_one("#plan-status", Static)
    view = getters.query_one("#plan-draft", _DraftView)
    words = getters.query_one("#plan-words", Static)

    def __init__(self, author: PlanAuthor, form: PlanForm | None = None) -> None:
        """`form` is what the fields begin with: the dashboard's game and mood, or what was typed the last time."""
        super().__init__()
        self._author = author
        self._begin_with = form or PlanForm("")
        self._draft: PlanDraft | None = None
        self._before: list[Dashboard] = []
        """The drafts of this form so far, so that the next one is another."""
        self._form = PlanForm("")
        """What they were drafted from."""
        self._drafting: Worker[None] | None = None

    def body(self) -> ComposeResult:
        for name, label, example in FIELDS:
            value = getattr(self._begin_with, name)
            field = LineInput(value, placeholder=example, id=f"plan-{name}")
            yield Horizontal(Static(Content(label), classes="plan-label"), field, classes="plan-row")
        yield Static(Content.styled(HINT, "$hearth-quiet"), id="plan-told", markup=False)
        yield Static(id="plan-status", markup=False)
        with _DraftView(id="plan-draft"):
            yield Static(id="plan-words", markup=False)

    def on_mount(self) -> None:
        for field in self.query(LineInput):
            # A letter pressed by chance shall not wipe out what stands there.
            field.select_on_focus = False
        self.view.display = False
        self.query(LineInput).first().focus()

    @property
    def easily_left(self) -> bool:
        return self._drafting is None and self._draft is None and super().easily_left

    @property
    def form(self) -> PlanForm:
        """What stands in the fields now."""
        return PlanForm(*(self.query_one(f"#plan-{name}", LineInput).value for name, _, _ in FIELDS)).tidy()

    def show_status(self, words: str) -> None:
        """Say in a few words what goes on while a plan is written; none where nothing does any more."""
        if self.is_attached and self.is_mounted:
            self.status.update(Content(clean_line(words)))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._start()

    def on_descendant_focus(self) -> None:
        self._tell_keys()

    def action_close(self) -> None:
        """Stop what is being drafted; where nothing is, leave."""
        if self._drafting is None:
            self.dismiss(None)
            return
        self._drafting.cancel()
        self._drafting = None
        self._tell(STOPPED)
        self._tell_keys()

    def action_use(self) -> None:
        if self._draft is not None and self._drafting is None:
            self.dismiss(self._draft.markdown)

    def action_anew(self) -> None:
        self._start()

    def _start(self) -> None:
        if self._drafting is not None:
            return
        form = self.form
        if not form.game:
            self._tell(NO_GAME, "bold $warning")
            self.query_one("#plan-game", LineInput).focus()
            return
        if form != self._form:
            self._form, self._before = form, []
        self._tell("Drafting…", "bold $accent")
        self._drafting = self.run_worker(
            self._write(form), name="drafting the plan", group="plan", exclusive=True, exit_on_error=False
        )
        self._tell_keys()

    async def _write(self, form: PlanForm) -> None:
        try:
            draft = await self._author.draft(form, before=tuple(self._before), told=self._progress)
        except SanctumError as error:
            self._drafting = None
            self._tell(f"✕ {error.sentence}", "bold $warning")
        except Exception:
            self._drafting = None
            self._tell(f"✕ {UNFORESEEN}", "bold $warning")
            raise
        else:
            self._drafting = None
            self._show(draft)
        finally:
            if self._drafting is None:
                self._tell_keys()

    def _progress(self, words: str) -> None:
        if self._drafting is not None:
            self._tell(words, "bold $accent")

    def _show(self, draft: PlanDraft) -> None:
        self._draft = draft
        self._before.append(draft.dashboard)
        self.words.update(_words(draft.dashboard, roomy=self.app.size.height >= _ROOMY_ROWS))
        self.view.has_draft = self.view.display = True
        self.add_class("-drafted")
        self.view.scroll_home(animate=False)
        writer = f"the {draft.writer}" if draft.writer.startswith("offline") else draft.writer
        if draft.findings:
            reasons = " ".join(finding.reason for finding in draft.findings)
            self._tell(f"✕ Written by {writer}; to mend in the editor: {reasons}", "bold $warning")
        else:
            self._tell(f"✓ Written by {writer}. All of the template's rules are kept.", "bold $accent")
        # Where somebody is typing meanwhile, their next letter shall not become a key.
        if self.form == self._form:
            self.view.focus()

    def _tell(self, words: str, style: str = "") -> None:
        if self.is_mounted:
            self.told.update(Content.styled(clean_line(words), style) if style else Content(clean_line(words)))

    def _tell_keys(self) -> None:
        if not self.is_mounted:
            return
        stage = _Stage.DRAFT if self.focused is self.view else _Stage.FORM
        if self._drafting is not None:
            stage = _Stage.DRAFTING
        self.show_foot(stage.value)


def _words(dashboard: Dashboard, *, roomy: bool) -> Content:
    """The plan, field by field, as it would be read."""
    parts = [Content.styled(" · ".join(filter(None, (dashboard.game, dashboard.mood))), "bold")]
    for key in KEYS:
        if key in ("game", "mood"):
            continue
        value = getattr(dashboard, key)
        text = "\n".join(f"· {goal}" for goal in value) if isinstance(value, tuple) else value
        if not roomy:
            text = text.replace("\n\n", "\n")
        name = human_name(key)
        parts.append(Content.assemble((name[0].upper() + name[1:], "$accent"), "\n", clean(text) or "—"))
    return Content("\n\n" if roomy else "\n").join(parts)
