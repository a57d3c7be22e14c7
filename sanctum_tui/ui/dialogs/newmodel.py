"""Sets a language model up: whose, where, its key and its name; it is asked for one word before it is kept."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.worker import Worker

from sanctum_tui.errors import SanctumError
from sanctum_tui.settings import ModelChoice, Secret
from sanctum_tui.settings.models import BASE_URLS, Provider, plain_model
from sanctum_tui.ui.dialogs.base import LineInput
from sanctum_tui.ui.dialogs.choices import ChoiceList
from sanctum_tui.ui.dialogs.setup import SetupForm

if TYPE_CHECKING:
    from sanctum_tui.runtime.trying import Answered

PROVIDERS: tuple[tuple[Provider, str, str], ...] = (
    ("ollama", "Ollama", "on this machine"),
    ("lmstudio", "LM Studio", "on this machine"),
    ("openai", "OpenAI", "with a key"),
    ("compatible", "Another", "any server that speaks as OpenAI's does"),
)
"""Each provider, its name, and what is to be known of it."""
FIELDS = (
    ("address", "address", "http://127.0.0.1:11434/v1"),
    ("key", "key", "none is needed on this machine; it is never shown"),
    ("model", "model", "qwen3:8b, gpt-5-mini, …"),
)
NEEDED = {
    "address": "An address is needed: where the model's server answers.",
    "key": "A key is needed: the provider gives you one.",
    "model": "A model is needed: its name, as the provider writes it.",
}
UNFORESEEN = "Something unforeseen happened; the log file says what."
STOPPED = "Stopped. Nothing was kept; Enter tries again."
_HINT = "The model is asked for one word, then kept in your settings file. Nothing of the chat is sent."
_FOOT = "Enter tries it · Tab next field · Esc goes back"
_FOOT_LIST = "Enter or its number chooses · Tab to the fields · Esc goes back"
_FOOT_TRYING = "Esc stops trying"
_FOOT_FAILED = "Enter tries again · Ctrl+G keeps it all the same · Esc leaves"
_NAME_CELLS = 10


class NewModelDialog(SetupForm[ModelChoice]):
    """Gives back the model that answered, or that the operator wants all the same."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"provider({number})", "Choose it", show=False)
            for number in range(1, len(PROVIDERS) + 1)
        ),
        Binding("ctrl+g", "insist", "Keep it all the same", show=False, id="newmodel.insist", priority=True),
    ]
    title_words = "A language model"
    foot = _FOOT_LIST

    def __init__(self, ask: "Callable[[ModelChoice], Awaitable[Answered]]") -> None:
        """`ask` asks a model for one word; raises a SanctumError where it does not answer."""
        super().__init__()
        self._ask = ask
        self._failed: ModelChoice | None = None
        """The model that did not answer; the operator may keep it all the same."""
        self._trying: Worker[None] | None = None

    def body(self) -> ComposeResult:
        yield ChoiceList(*(_option(number) for number in range(len(PROVIDERS))), markup=False)
        for name, label, example in FIELDS:
            field = LineInput(placeholder=example, id=f"model-{name}")
            yield Horizontal(Static(Content(label), classes="setup-label"), field, classes="setup-row")
        yield Static(Content.styled(_HINT, "$hearth-quiet"), id="setup-told", markup=False)

    def on_mount(self) -> None:
        for field in self.query(LineInput):
            field.select_on_focus = False
        self.query_one("#model-key", LineInput).password = True
        self.query_one("#model-address", LineInput).password = bool(getattr(self.app, "private", False))
        self.query_one(OptionList).focus()

    @property
    def easily_left(self) -> bool:
        return self._trying is None and super().easily_left

    def veil(self) -> None:
        self.query_one("#model-address", LineInput).password = self.private
        self.say("")

    @property
    def provider(self) -> Provider:
        return PROVIDERS[self.query_one(OptionList).highlighted or 0][0]

    def action_provider(self, number: int) -> None:
        self.query_one(OptionList).highlighted = number - 1
        self._to_fields()

    @on(OptionList.OptionHighlighted)
    def _offer_address(self, event: OptionList.OptionHighlighted) -> None:
        """Each provider has a usual address; one that was typed stays."""
        event.stop()
        field = self.query_one("#model-address", LineInput)
        if field.value in ("", *BASE_URLS.values()):
            field.value = BASE_URLS.get(self.provider, "")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._to_fields()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._forget_failure()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._trying is not None:
            return
        empty = self._first_empty()
        if empty is not None and empty is not event.input:
            self.say(_needed(empty))
            empty.focus()
        elif empty is not None:
            self.wrong(_needed(empty))
        else:
            self._start()

    def on_descendant_focus(self) -> None:
        """Numbers choose in the list alone; in a field they are typed, and so they are not shown."""
        options = self.query_one(OptionList)
        for place in range(len(PROVIDERS)):
            options.replace_option_prompt_at_index(place, _option(place, numbered=options.has_focus))
        self._tell_keys()

    def action_insist(self) -> None:
        if self._failed is not None and self._trying is None:
            self.dismiss(self._failed)

    def action_close(self) -> None:
        """Stop what is being tried; where nothing is, leave."""
        if self._trying is None:
            self.dismiss(None)
            return
        self._trying.cancel()
        self._trying = None
        self.say(STOPPED)
        self._tell_keys()

    def _to_fields(self) -> None:
        """To the first field that needs something."""
        (self._first_empty() or self.query_one("#model-model", LineInput)).focus()

    def _first_empty(self) -> LineInput | None:
        """The first field without which nothing can be asked."""
        needed = ("address", "key", "model") if self.provider == "openai" else ("address", "model")
        fields = (self.query_one(f"#model-{name}", LineInput) for name in needed)
        return next((field for field in fields if not field.value.strip()), None)

    def _start(self) -> None:
        self._forget_failure()
        values = [self.query_one(f"#model-{name}", LineInput).value.strip() for name, _, _ in FIELDS]
        address, key, model = values
        try:
            choice = plain_model(self.provider, address, Secret(key), model)
        except SanctumError as error:
            self.wrong(error.sentence)
            return
        if choice is None:
            return
        self.say(f"Asking {choice.name} for one word…")
        self._trying = self.run_worker(
            self._try(choice), name="trying the model", group="newmodel", exclusive=True, exit_on_error=False
        )
        self._tell_keys()

    async def _try(self, choice: ModelChoice) -> None:
        try:
            answered = await self._ask(choice)
        except SanctumError as error:
            self._failed = choice
            self.wrong(error.sentence)
        except Exception:
            self.wrong(UNFORESEEN)
            raise
        else:
            self.app.notify(f"✓ {choice.name} answered “{answered.word}” in {answered.seconds:.1f} s.", markup=False)
            self.dismiss(choice)
        finally:
            self._trying = None
            self._tell_keys()

    def _forget_failure(self) -> None:
        if self._failed is not None:
            self._failed = None
            self._tell_keys()

    def _tell_keys(self) -> None:
        if self.is_mounted:
            foot = _FOOT_LIST if self.query_one(OptionList).has_focus else _FOOT
            foot = _FOOT_TRYING if self._trying is not None else _FOOT_FAILED if self._failed is not None else foot
            self.show_foot(foot)


def values_of(choice: ModelChoice) -> dict[str, object]:
    """The settings that say this model; a provider's usual address need not be written down."""
    usual = choice.base_url == BASE_URLS.get(choice.provider, "")
    return {
        "LLM_PROVIDER": choice.provider,
        "LLM_BASE_URL": "" if usual else choice.base_url,
        "LLM_API_KEY": choice.api_key,
        "LLM_MODEL": choice.model,
    }


def _needed(field: LineInput) -> str:
    """What to put into an empty field."""
    return NEEDED[(field.id or "").removeprefix("model-")]


def _option(place: int, *, numbered: bool = True) -> Content:
    _, name, about = PROVIDERS[place]
    number = f"{place + 1 if numbered else ' '}  "
    return Content.assemble((number, "bold $accent"), f"{name:<{_NAME_CELLS}}", (about, "$hearth-quiet"))
