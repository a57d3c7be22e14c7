"""Where nothing is set up: the sample evenings to choose from, and what connecting Twitch will need."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from sanctum_tui.ui.dialogs.base import Dialog

ABOUT = (
    "Nothing is set up yet, and nothing needs to be: choose an evening, and it plays before you at thirty times its "
    "pace; while a line waits for you, as slowly as it was. What you approve goes to this screen only."
)
TWITCH = (
    "A live channel will need TWITCH_CHANNEL_NAME and TWITCH_CLIENT_ID. Connecting is not in this version yet; "
    "`sanctum-tui doctor` says what is ready. A log of your own plays with `sanctum-tui replay FILE`."
)


class WelcomeDialog(Dialog[Path]):
    """Gives back the folder of the evening that was chosen; None quits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"choose({number})", "Play it", show=False, id=f"welcome.{number}")
            for number in range(1, 10)
        ),
        Binding("q", "close", "Quit", show=False, id="welcome.quit"),
    ]
    title_words = "Sanctum"
    foot = "Enter or its number plays it · q quits"

    def __init__(self, folders: Sequence[Path]) -> None:
        super().__init__()
        self._folders = tuple(folders)

    def body(self) -> ComposeResult:
        yield Static(Content("An evening by the fire"), classes="dialog-heading")
        yield Static(Content(ABOUT), classes="dialog-text")
        yield OptionList(*(self._option(number, "") for number in range(len(self._folders))), markup=False)
        yield Static(Content(TWITCH), classes="dialog-quiet")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.run_worker(self._describe(), name="read the samples", group="welcome", exit_on_error=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._folders[event.option_index])

    def action_choose(self, number: int) -> None:
        if number <= len(self._folders):
            self.dismiss(self._folders[number - 1])

    async def _describe(self) -> None:
        told = await asyncio.to_thread(lambda: [_described(folder) for folder in self._folders])
        options = self.query_one(OptionList)
        for number, words in enumerate(told):
            options.replace_option_prompt_at_index(number, self._option(number, words))

    def _option(self, number: int, words: str) -> Content:
        name = self._folders[number].name.partition("-")[2] or self._folders[number].name
        title = name.replace("-", " ").capitalize()
        more = (f"\n   {words or '…'}\n", "$hearth-quiet")
        return Content.assemble((f"{number + 1}  ", "bold $accent"), (title, "bold"), more)


def _described(folder: Path) -> str:
    """Game and mood, from the evening's dashboard, or nothing where it cannot be read."""
    from sanctum_tui.dashboard.markdown import parse

    try:
        dashboard = parse((folder / "dashboard.md").read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return ""
    return " · ".join(filter(None, (dashboard.game, dashboard.mood)))
