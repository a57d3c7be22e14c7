"""The steps of the first run, to be come back to at any time: Twitch, a model, a folder for ledgers."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from sanctum_tui.text import clean_line
from sanctum_tui.ui.dialogs.base import Dialog, LineInput
from sanctum_tui.ui.dialogs.choices import ChoiceList
from sanctum_tui.ui.dialogs.once import Answer
from sanctum_tui.ui.firstrun import OFFERED, Step
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.look.hanging import Hanging

AFTER = "Nothing here changes the evening that goes on; it counts from the next one."
ANOTHER = "A sample evening: `sanctum-tui` without a command offers one."


class SetupDialog(Dialog[Step]):
    """Gives back the step that was chosen."""

    CSS_PATH = ["dialogs.tcss", "setup.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"choose({number})", "Choose it", show=False) for number in range(1, len(Step) + 1)
    ]
    title_words = "Set up"
    foot = "Enter or its number chooses · Esc closes"

    def __init__(self, standing: Mapping[Step, str]) -> None:
        """`standing` says of each step how it stands, as it may be shown."""
        super().__init__()
        self._standing = standing
        self._veiled_since = False
        """Whether things are hidden that need not have been when it opened."""

    def body(self) -> ComposeResult:
        yield ChoiceList(*(self._option(number, step) for number, step in enumerate(Step, 1)), markup=False)
        yield Static(Content(AFTER), classes="dialog-quiet")
        yield Static(Content(ANOTHER), classes="dialog-quiet")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def veil(self) -> None:
        self._veiled_since = self.private
        options = self.query_one(OptionList)
        for place, step in enumerate(Step):
            options.replace_option_prompt_at_index(place, self._option(place + 1, step))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose(event.option_index + 1)

    def action_choose(self, number: int) -> None:
        self.dismiss(tuple(Step)[number - 1])

    def _option(self, number: int, step: Step) -> Hanging:
        hidden = self._veiled_since and step in (Step.TWITCH, Step.LEDGERS)
        standing = HIDDEN if hidden else self.seemly(clean_line(self._standing[step]))
        now = (f"\nnow: {standing}", "$hearth-quiet")
        words = Content.assemble((OFFERED[step].title, "bold"), now)
        return Hanging(Content.styled(f"{number}  ", "bold $accent"), words)


class SetupForm(Dialog[Answer]):
    """A few fields under a few words, and a place to say how it goes."""

    CSS_PATH = ["dialogs.tcss", "setup.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)

    told = getters.query_one("#setup-told", Static)

    def say(self, words: str, style: str = "bold $accent") -> None:
        if self.is_mounted:
            self.told.update(Content.styled(self.seemly(clean_line(words)), style))

    def wrong(self, words: str) -> None:
        self.say(f"✕ {words}", "bold $warning")


class FolderDialog(SetupForm[str]):
    """Gives back a folder that is there and may be written to, as it is to be kept."""

    title_words = "A folder for ledgers"
    foot = "Enter keeps it · Esc goes back"

    def __init__(self, now: Path) -> None:
        super().__init__()
        self._now = now
        self._would_make = ""
        """The folder that the next Enter makes."""

    def body(self) -> ComposeResult:
        words = "After each evening its ledger is written there, one markdown file each. The files are yours."
        yield Static(Content(words), classes="dialog-text")
        yield LineInput(str(self._now), id="folder")
        yield Static(id="setup-told", markup=False)

    def on_mount(self) -> None:
        field = self.query_one(LineInput)
        field.select_on_focus = False
        field.password = bool(getattr(self.app, "private", False))
        field.focus()

    def veil(self) -> None:
        self.query_one(LineInput).password = self.private
        self.say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if not text:
            self.wrong("Name a folder, or leave with Esc.")
            return
        folder = Path(text).expanduser().absolute()
        try:
            if not folder.exists() and self._would_make != text:
                self._would_make = text
                self.say("There is no such folder yet; Enter again makes it.")
                return
            folder.mkdir(parents=True, exist_ok=True)
            trial = folder / ".sanctum-tui-trial"
            trial.touch()
            trial.unlink()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.wrong(f"Nothing can be written there ({reason}); name another folder.")
            return
        self.dismiss(str(folder))
