"""What to do tonight: go live or play a sample evening; and what a newcomer may set up before it, or skip."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.choices import ChoiceList
from sanctum_tui.ui.dialogs.entries import described, go_on, title
from sanctum_tui.ui.firstrun import OFFERED, Step
from sanctum_tui.ui.look.hanging import Hanging

if TYPE_CHECKING:
    from sanctum_tui.runtime.left import Left

_PACE = "faster than life until a line waits for you"
NOTHING_YET = (
    f"Nothing is set up yet, and nothing needs to be: choose an evening, and it plays before you, {_PACE}. What you "
    "approve goes to this screen only."
)
CONNECTED = (
    "Live, the console reads the chat of your channel, and posts what you approve while the stream is on. A sample "
    f"evening plays {_PACE}, and what you approve there goes to this screen only."
)
LOOKING = "Looking for an evening that was left unfinished…"
OWN_LOG = "A log of your own plays with `sanctum-tui replay FILE`."
QUITS = "q quits; Enter or a number chooses."
_LIVE = "reads your channel's chat, posts only what you approve"
_ROOMY_ROWS = 30
"""On a lower screen the entries stand close together, so that all are seen."""
_ROWS_A_STEP = 3
_FOOT = "Enter or its number chooses · ? help · q quits"
_FOOT_LEFT = "g goes on · Enter or its number chooses · ? help · q quits"
_FOOT_STEP = "Enter or its number chooses · n not again · q quits"
_NOT_AGAIN = "not offered again from the next start on; n takes it back"
_SET = "✓ set up"
_REGISTER = "first needs a client id; how to get one, in five steps"


class ChoiceKind(Enum):
    """What was chosen on the first screen."""

    SAMPLE = "sample"
    GO_ON = "go on"
    LIVE = "live"
    LOGIN = "login"
    SET_UP = "set up"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, for a sample the folder of its evening, and for something to be set up what that is."""

    kind: ChoiceKind
    folder: Path | None = None
    step: Step | None = None
    fresh: bool = False
    """Begin the sample anew, though one of it was left unfinished."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What may be set up before the evening; the same from the first welcome to the console's end."""

    offered: Sequence[Step] = ()
    set_up: Callable[[Step], bool] = lambda step: False
    declined: Callable[[Step], bool] = lambda step: False
    """Whether it is not offered again from the next start on."""
    decline: Callable[[Step], None] = lambda step: None
    """Do not offer it again, or take that back."""


class WelcomeDialog(Dialog[Choice]):
    """Gives back what was chosen; None quits."""

    CSS = "WelcomeDialog.-low #dialog { padding: 0 3; max-height: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"choose({number})", "Choose it", show=False, id=f"welcome.{number}")
            for number in range(1, 10)
        ),
        Binding("g", "go_on", "Go on with the evening that was left", show=False, id="welcome.go_on"),
        Binding("n", "decline", "Do not offer it again", show=False, id="welcome.decline"),
        Binding("q", "quit", "Quit", show=False, id="welcome.quit"),
    ]
    title_words = "Sanctum"
    foot = _FOOT
    passes_keys = True

    def __init__(
        self,
        folders: Sequence[Path],
        *,
        known: str = "",
        id_goes_to: Path | None = None,
        keep_id: Callable[[str], None] | None = None,
        steps: Steps | None = None,
        left: "Callable[[], Awaitable[tuple[Left, ...]]] | None" = None,
    ) -> None:
        """`known` is the channel or account that is logged in, "" where none is.

        Where there is no client id yet, nobody can log in: `id_goes_to` is the settings file it belongs into, and
        the way to one is told instead; `keep_id` writes it there, or raises a SanctumError. `steps` may be set up
        before the evening, and need not. `left` tells which evenings were left unfinished; nothing is chosen
        before it has answered.
        """
        super().__init__()
        samples = [Choice(ChoiceKind.SAMPLE, folder) for folder in folders]
        self._known = known
        self._id_goes_to = id_goes_to
        self._keep_id = keep_id
        self._steps = steps or Steps()
        self._look_back = left
        self._left: tuple[Left, ...] | None = None if left is not None else ()
        """None: it is not known yet whether one was left."""
        self._wanted: Callable[[], None] | None = None
        """What was pressed before that was known."""
        twitch = Choice(ChoiceKind.LIVE if known else ChoiceKind.LOGIN)
        evenings = (twitch, *samples) if known else (*samples, twitch)
        self._choices = (*evenings, *(Choice(ChoiceKind.SET_UP, step=step) for step in self._steps.offered))
        self._words = ["…"] * len(self._choices)

    def body(self) -> ComposeResult:
        yield Static(Content("An evening by the fire"), classes="dialog-heading")
        yield Static(Content(CONNECTED if self._known else NOTHING_YET), classes="dialog-text", id="welcome-about")
        yield ChoiceList(*(self._entries() if self._left is not None else ()), markup=False)
        own = LOOKING if self._left is None else OWN_LOG
        yield Static(Content(own), classes="dialog-quiet", id="welcome-own")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()
        self.run_worker(self._describe(), name="read the samples", group="welcome", exit_on_error=False)
        if self._look_back is not None:
            self.run_worker(self._ask_back(self._look_back), name="look back", group="looking", exit_on_error=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._tell_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        number = event.option_index + 1 - self._above
        if number:
            self.action_choose(number)
        else:
            self.action_go_on()

    def action_close(self) -> None:
        """Escape leads nowhere from the first screen; to quit is a key of its own."""
        self.query_one("#welcome-own", Static).update(Content.styled(QUITS, "bold $accent"))

    def action_quit(self) -> None:
        self.dismiss(None)

    def action_choose(self, number: int) -> None:
        if self._left is None:
            self._wanted = lambda: self.action_choose(number)
            return
        if number > len(self._choices):
            return
        choice = self._choices[number - 1]
        if choice.kind is ChoiceKind.LOGIN and self._id_goes_to is not None:
            self._tell_the_way(self._id_goes_to)
        elif choice.folder is not None and (left := self._lost_by(choice.folder)) is not None:
            self._ask_before(left, choice.folder)
        else:
            self.dismiss(choice)

    def action_go_on(self) -> None:
        if self._left is None:
            self._wanted = self.action_go_on
        elif (left := self._playable) is not None and left.log is not None:
            self.dismiss(Choice(ChoiceKind.GO_ON, left.log.parent))

    def action_decline(self) -> None:
        """Do not offer what is chosen again, or do; its row stays where it is."""
        step = self._chosen_step
        if step is not None and not self._steps.set_up(step):
            self._steps.decline(step)
            self._list()

    @property
    def _playable(self) -> "Left | None":
        """The evening that g goes on with."""
        return next((one for one in self._left or () if one.log is not None), None)

    @property
    def _above(self) -> int:
        """Entries above the first one with a number."""
        return int(self._playable is not None)

    @property
    def _chosen_step(self) -> Step | None:
        highlighted = self.query_one(OptionList).highlighted
        place = -1 if highlighted is None else highlighted - self._above
        return self._choices[place].step if 0 <= place < len(self._choices) else None

    def _lost_by(self, folder: Path) -> "Left | None":
        """The evening that beginning this one would put an end to."""
        log = folder / "chat.jsonl"
        return next((one for one in self._left or () if log == one.log or log in one.ends_with), None)

    def _ask_before(self, left: "Left", folder: Path) -> None:
        from sanctum_tui.ui.dialogs.left import Instead, LeftDialog

        anew = left.log == folder / "chat.jsonl"

        def decided(instead: Instead | None) -> None:
            if instead is Instead.BEGIN:
                self.dismiss(Choice(ChoiceKind.SAMPLE, folder, fresh=anew))
            elif instead is Instead.GO_ON and left.log is not None:
                self.dismiss(Choice(ChoiceKind.GO_ON, left.log.parent))

        self.app.push_screen(LeftDialog(left, "it anew" if anew else f"“{title(folder)}”"), decided)

    async def _ask_back(self, look_back: "Callable[[], Awaitable[tuple[Left, ...]]]") -> None:
        """Show the entries once it is known what was left; then do what was pressed meanwhile."""
        self._left = await look_back()
        options = self.query_one(OptionList)
        options.add_options(self._entries())
        options.highlighted = 0
        self.query_one("#welcome-own", Static).update(Content(OWN_LOG))
        self._tell_keys()
        self._make_room()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            wanted()

    def _tell_keys(self) -> None:
        foot = _FOOT_STEP if self._chosen_step is not None else _FOOT_LEFT if self._above else _FOOT
        self.show_foot(foot)

    def _tell_the_way(self, settings_file: Path) -> None:
        settings_file = Path(settings_file.name) if self.private else settings_file
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

    def veil(self) -> None:
        self._list()

    async def _describe(self) -> None:
        folders = [choice.folder for choice in self._choices]
        self._words = await asyncio.to_thread(lambda: [described(folder) if folder else "" for folder in folders])
        self._list()

    def _list(self) -> None:
        self._make_room()
        options = self.query_one(OptionList)
        if options.option_count:
            for place, entry in enumerate(self._entries()):
                options.replace_option_prompt_at_index(place, entry)

    def _make_room(self) -> None:
        """On a low screen what goes on has the room of the words for newcomers."""
        self.query_one("#welcome-about", Static).display = self._playable is None or not self._low

    @property
    def _low(self) -> bool:
        return self.app.size.height < _ROOMY_ROWS

    def _entries(self) -> list[Hanging]:
        entries = [self._option(number, words) for number, words in enumerate(self._words)]
        # The one that was left has a letter, so that all numbers stay as they are.
        if (left := self._playable) is not None and left.log is not None:
            entries.insert(0, go_on(left, left.log.parent, low=self._low))
        return entries

    def _option(self, number: int, words: str) -> Hanging:
        choice = self._choices[number]
        height = self.app.size.height
        low = self._low
        match choice.kind:
            case ChoiceKind.LIVE:
                called, words = "Live on Twitch" if self.private else f"Live on Twitch, as {self._known}", _LIVE
            case ChoiceKind.LOGIN:
                twitch = OFFERED[Step.TWITCH]
                called, words = twitch.title, _REGISTER if self._id_goes_to else twitch.words
            case ChoiceKind.SET_UP if choice.step is not None:
                offered = OFFERED[choice.step]
                called, words = offered.title, offered.brief if low else offered.words
                if self._steps.set_up(choice.step):
                    words = _SET
                elif self._steps.declined(choice.step):
                    words = _NOT_AGAIN
            case _:
                called = title(choice.folder) if choice.folder else ""
        rows = _ROOMY_ROWS + _ROWS_A_STEP * (len(self._steps.offered) + self._above)
        below = "\n" if height >= rows else ""
        # What need not be done takes one row of a low screen.
        above = "  " if choice.step is not None and low else "\n"
        more = (f"{above}{words}{below}", "$hearth-quiet")
        return Hanging(Content.styled(f"{number + 1}  ", "bold $accent"), Content.assemble((called, "bold"), more))
