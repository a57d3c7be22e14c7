"""What to do tonight: go live or play a sample evening; and what a newcomer may set up before it, or skip."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.firstrun import OFFERED, Step

NOTHING_YET = (
    "Nothing is set up yet, and nothing needs to be: choose an evening, and it plays before you at thirty times its "
    "pace; while a line waits for you, as slowly as it was. What you approve goes to this screen only."
)
CONNECTED = (
    "Live, the console reads the chat of your channel, and posts what you approve while the stream is on. A sample "
    "evening plays at thirty times its pace, and what you approve there goes to this screen only."
)
OWN_LOG = "A log of your own plays with `sanctum-tui replay FILE`."
_LIVE = "reads your channel's chat, posts only what you approve"
_ROOMY_ROWS = 30
"""On a lower screen the entries stand close together, so that all are seen."""
_ROWS_A_STEP = 3
_REGISTER = "first needs a client id; how to get one, in five steps"


class ChoiceKind(Enum):
    """What was chosen on the first screen."""

    SAMPLE = "sample"
    LIVE = "live"
    LOGIN = "login"
    SET_UP = "set up"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, for a sample the folder of its evening, and for something to be set up what that is."""

    kind: ChoiceKind
    folder: Path | None = None
    step: Step | None = None


class WelcomeDialog(Dialog[Choice]):
    """Gives back what was chosen; None quits."""

    CSS = "WelcomeDialog.-low #dialog { padding: 0 3; max-height: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"choose({number})", "Choose it", show=False, id=f"welcome.{number}")
            for number in range(1, 10)
        ),
        Binding("q", "close", "Quit", show=False, id="welcome.quit"),
    ]
    title_words = "Sanctum"
    foot = "Enter or its number chooses · q quits"

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        known: str = "",
        id_goes_to: Path | None = None,
        keep_id: Callable[[str], None] | None = None,
        steps: Sequence[Step] = (),
    ) -> None:
        """`known` is the channel or account that is logged in, "" where none is.

        Where there is no client id yet, nobody can log in: `id_goes_to` is the settings file it belongs into, and
        the way to one is told instead; `keep_id` writes it there, or raises a SanctumError. `steps` may be set up
        before the evening, and need not.
        """
        super().__init__()
        samples = [Choice(ChoiceKind.SAMPLE, folder) for folder in folders]
        self._known = known
        self._id_goes_to = id_goes_to
        self._keep_id = keep_id
        self._steps = len(steps)
        twitch = Choice(ChoiceKind.LIVE if known else ChoiceKind.LOGIN)
        evenings = (twitch, *samples) if known else (*samples, twitch)
        self._choices = (*evenings, *(Choice(ChoiceKind.SET_UP, step=step) for step in steps))
        self._words = ["…"] * len(self._choices)

    def body(self) -> ComposeResult:
        yield Static(Content("An evening by the fire"), classes="dialog-heading")
        yield Static(Content(CONNECTED if self._known else NOTHING_YET), classes="dialog-text")
        yield OptionList(*(self._option(number, words) for number, words in enumerate(self._words)), markup=False)
        yield Static(Content(OWN_LOG), classes="dialog-quiet")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.run_worker(self._describe(), name="read the samples", group="welcome", exit_on_error=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose(event.option_index + 1)

    def action_choose(self, number: int) -> None:
        if number > len(self._choices):
            return
        choice = self._choices[number - 1]
        if choice.kind is ChoiceKind.LOGIN and self._id_goes_to is not None:
            self._tell_the_way(self._id_goes_to)
            return
        self.dismiss(choice)

    def _tell_the_way(self, settings_file: Path) -> None:
        if self._keep_id is None:
            from sanctum_tui.ui.dialogs.registering import RegisteringDialog

            self.app.push_screen(RegisteringDialog(settings_file))
            return
        from sanctum_tui.ui.dialogs.client_id import ClientIdDialog

        def connect() -> None:
            self.dismiss(Choice(ChoiceKind.LOGIN))

        self.app.push_screen(ClientIdDialog(settings_file, self._keep_id, connect))

    def on_resize(self) -> None:
        self._list()

    async def _describe(self) -> None:
        folders = [choice.folder for choice in self._choices]
        self._words = await asyncio.to_thread(lambda: [_described(folder) if folder else "" for folder in folders])
        self._list()

    def _list(self) -> None:
        options = self.query_one(OptionList)
        for number, words in enumerate(self._words):
            options.replace_option_prompt_at_index(number, self._option(number, words))

    def _option(self, number: int, words: str) -> Content:
        choice = self._choices[number]
        height = self.app.size.height
        low = height < _ROOMY_ROWS
        match choice.kind:
            case ChoiceKind.LIVE:
                title, words = f"Live on Twitch, as {self._known}", _LIVE
            case ChoiceKind.LOGIN:
                twitch = OFFERED[Step.TWITCH]
                title, words = twitch.title, _REGISTER if self._id_goes_to else twitch.words
            case ChoiceKind.SET_UP if choice.step is not None:
                offered = OFFERED[choice.step]
                title, words = offered.title, offered.brief if low else offered.words
            case _:
                name = choice.folder.name if choice.folder else ""
                title = (name.partition("-")[2] or name).replace("-", " ").capitalize()
        below = "\n" if height >= _ROOMY_ROWS + _ROWS_A_STEP * self._steps else ""
        # What need not be done takes one row of a low screen.
        above = "  " if choice.step is not None and low else "\n   "
        more = (f"{above}{words}{below}", "$hearth-quiet")
        return Content.assemble((f"{number + 1}  ", "bold $accent"), (title, "bold"), more)


def _described(folder: Path) -> str:
    """Game and mood, from the evening's dashboard, or nothing where it cannot be read."""
    from sanctum_tui.dashboard.markdown import parse

    try:
        dashboard = parse((folder / "dashboard.md").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return " · ".join(filter(None, (dashboard.game, dashboard.mood)))
