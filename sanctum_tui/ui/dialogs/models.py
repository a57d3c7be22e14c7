"""The models that may write: how each stands, why, until when, and what it has used tonight."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.llm.breaker import Standing, State
from sanctum_tui.llm.chain import ModelState
from sanctum_tui.llm.spending import Spending, Spent
from sanctum_tui.settings import Settings
from sanctum_tui.text import one_line, shorten
from sanctum_tui.ui.dialogs.base import Paper
from sanctum_tui.ui.dialogs.rows import Rows

EXAMPLE = 'llm_provider = "ollama"\nllm_model = "qwen3:8b"\nllm_base_url = "http://127.0.0.1:11434/v1"'
"""What an operator may put into the settings file to begin with."""
NO_MODEL = "No model is set up. The offline composer writes, from tonight's dashboard; no provider is asked."
LAST = "Where no model answers, the offline composer writes, so that there is always a line."
NO_BUDGET = "No budget is set; LLM_BUDGET_TOKENS and LLM_BUDGET_COST are there for one."
_LONGEST_REASON = 240
_LEAST_COST = 0.01


class Words(Protocol):
    """What writes the lines, as far as this screen asks and tells it."""

    @property
    def spending(self) -> Spending:
        """What the models used tonight."""

    def states(self) -> tuple[ModelState, ...]:
        """All models, in the order in which they are asked; none where none is set up."""

    def reset(self, name: str) -> None:
        """Forget this model's failures."""

    def try_now(self, name: str) -> None:
        """Ask this model again from the next line on."""


class ModelsDialog(Paper[None]):
    """Counts down while it is open; one key forgets a model's failures, another ends its rest."""

    CSS_PATH = ["dialogs.tcss", "models.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "The one before", show=False, id="models.up", priority=True),
        Binding("down", "move(1)", "The next one", show=False, id="models.down", priority=True),
        Binding("r", "reset", "Forget its failures", show=False, id="models.reset"),
        Binding("t", "try_now", "Try it now", show=False, id="models.try_now"),
    ]
    title_words = "Models"

    rows = getters.query_one("#models", Rows)
    told = getters.query_one("#models-told", Static)
    spent = getters.query_one("#models-spent", Static)

    def __init__(self, words: Words, *, settings: Callable[[], Settings], settings_file: Path) -> None:
        super().__init__()
        self._words = words
        self._settings = settings
        self._settings_file = settings_file
        self._any = bool(words.states())
        self.foot = "↑↓ choose · r reset · t try now · Esc closes" if self._any else "Esc closes"

    def body(self) -> ComposeResult:
        if not self._any:
            yield Static(Content(NO_MODEL), classes="dialog-text")
            yield Static(self._where(), id="models-file")
            yield Static(Content(EXAMPLE), classes="example")
            yield Static(
                Content("They count from the next start; `sanctum-tui doctor` tells whether the model answers."),
                classes="dialog-quiet",
            )
            return
        yield Rows(id="models")
        yield Static(id="models-told", classes="dialog-text told", markup=False)
        yield Static(id="models-spent", classes="dialog-text", markup=False)
        yield Static(Content(LAST), classes="dialog-quiet")

    def veil(self) -> None:
        if self._any:
            self._show()
        else:
            self.query_one("#models-file", Static).update(self._where())

    def _where(self) -> Content:
        file = self._settings_file.name if self.private else self._settings_file
        return Content(f"To have a model write, put three lines into {file}:")

    def on_mount(self) -> None:
        if self._any:
            self._show()
            self.set_interval(1.0, self._show)

    def action_move(self, step: int) -> None:
        if self._any:
            self._say("")
            self.rows.move(step)

    def action_reset(self) -> None:
        """Forget the failures of the chosen model."""
        self._change(self._words.reset, "{} is ready; what failed is forgotten.")

    def action_try_now(self) -> None:
        """End the rest of the chosen model."""
        self._change(self._words.try_now, "{} is tried with the next line.", already="{} is ready already.")

    def _change(self, change: Callable[[str], None], done: str, already: str = "") -> None:
        """Make a change to the chosen model's breaker, and say how it stands after it."""
        before = self._chosen()
        if before is None:
            return
        if already and before.standing.state is State.CLOSED:
            self._say(already.format(before.name))
            return
        change(before.name)
        after = self._chosen()
        failed = after is None or after.standing.state is State.OPEN
        self._say(f"✕ {before.name} cannot be asked now." if failed else done.format(before.name))
        self._show()

    def _chosen(self) -> ModelState | None:
        states = self._words.states() if self._any else ()
        return states[self.rows.place] if states and self.rows.place < len(states) else None

    def _say(self, words: str) -> None:
        self.told.update(Content(words))

    def _show(self) -> None:
        self.rows.show([model_row(state, self.seemly) for state in self._words.states()])
        self.spent.update(spent_words(self._words.spending, self._settings()))


def model_row(state: ModelState, seemly: Callable[[str], str] = str) -> Content:
    """One model in two or three rows: its place and name, how it stands, why (as may be shown), and what it used."""
    standing = state.standing
    sign, word, style = standing_words(standing)
    parts: list[str | tuple[str, str]] = [
        (f"{state.place}  {one_line(state.name)}", "bold"),
        "   ",
        (f"{sign} {word}", style),
        (f"\n{_used(state.spent)} tonight", "$hearth-quiet"),
    ]
    if standing.reason:
        when = "" if standing.state is not State.CLOSED else "last time: "
        parts.append(f"\n{when}{shorten(seemly(one_line(standing.reason)), _LONGEST_REASON)}")
    return Content.assemble(*parts)


def standing_words(standing: Standing) -> tuple[str, str, str]:
    """A sign, words, and a style for how a breaker stands."""
    if standing.state is State.CLOSED:
        return "✓", "ready", "$state-active"
    if standing.state is State.OPEN:
        left = f" {countdown(standing.seconds)}" if standing.seconds > 0 else ""
        return "‖", f"resting{left}", "$warning"
    return "?", "being tried" if standing.probing else "to be tried with the next line", "$state-settling"


def countdown(seconds: float) -> str:
    """Minutes and seconds until something, the last second whole: ``0:42``, ``1:02:05``."""
    whole = math.ceil(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def spent_words(spending: Spending, settings: Settings) -> Content:
    """What all models used tonight, and how much of the operator's limit that is."""
    if reached := spending.reached():
        return Content.styled(f"✕ {reached}", "bold $warning")
    total = spending.total()
    limits = _limits(total, settings)
    budget = f"The budget is {' and '.join(limits)}." if limits else NO_BUDGET
    return Content(f"Tonight: {_used(total)}. {budget}")


def _limits(total: Spent, settings: Settings) -> Sequence[str]:
    tokens, cost = settings.llm_budget_tokens, settings.llm_budget_cost
    return [
        *([f"{tokens:,} tokens ({total.tokens / tokens:.0%} used)"] if tokens else []),
        *([f"{cost:g} in cost ({total.cost / cost:.0%} used)"] if cost else []),
    ]


def _used(spent: Spent) -> str:
    if not spent.tokens:
        return "no tokens used"
    tokens = f"{spent.tokens_in:,} tokens read, {spent.tokens_out:,} written"
    if not spent.cost:
        return tokens
    return f"{tokens}, cost {'under 0.01' if spent.cost < _LEAST_COST else f'{spent.cost:.2f}'}"
