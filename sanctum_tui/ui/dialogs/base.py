"""What all dialogs share: a frame in the middle of the screen that Escape closes."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.style import Style
from textual.widgets import Input, Static

from sanctum_tui.text import clean_line
from sanctum_tui.ui.dialogs.framing import PRESSES, Box, answer
from sanctum_tui.ui.dialogs.once import Answer, Once
from sanctum_tui.ui.look.concealing import conceal


class Dialog(Once[Answer]):
    """A titled frame; Escape closes it with no answer, and so does a click beside it."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", show=False, id="dialog.close")]
    title_words = ""
    foot = "Esc closes"
    passes_keys = False
    """Whether the console's keys work as if it were not there."""
    _veiled: bool | None = None
    """Whether things were hidden when it was last looked."""

    @property
    def private(self) -> bool:
        """Whether what should not be on stream is hidden."""
        return bool(getattr(self.app, "private", False))

    @property
    def waited_seconds(self) -> float:
        """How long the key that is answered at this moment has waited for that."""
        return float(getattr(self.app, "waited_seconds", 0.0))

    @property
    def easily_left(self) -> bool:
        """Whether a click beside the frame closes it: not where something typed would be lost."""
        return not any(field.value for field in self.query(LineInput) if field.display and not field.narrows)

    def seemly(self, words: str) -> str:
        """The words as they may be shown: in private mode without places, addresses and secrets."""
        return conceal(words) if self.private else words

    def action_close(self) -> None:
        self.dismiss(None)

    def compose(self) -> ComposeResult:
        with Box(self.title_words, self.foot):
            yield from self.body()

    def show_foot(self, foot: str) -> None:
        """Show these keys at the foot of the frame."""
        self.query_one(Box).show_foot(foot)

    def on_click(self, event: Click) -> None:
        """Press the key that was clicked; beside the frame, close."""
        if key := event.style.meta.get(PRESSES):
            event.stop()
            # From the app: a key that a screen sends is not handed on beyond the screen.
            self.app.call_later(self.app.simulate_key, key)
        elif self.get_widget_at(event.screen_x, event.screen_y)[0] is self and self.easily_left:
            event.stop()
            self.action_close()

    def notify_style_update(self) -> None:
        """Private mode is a class of the console's, so that whoever turns it restyles whatever is open."""
        super().notify_style_update()
        self._look_whether_private()

    def on_screen_resume(self) -> None:
        self._look_whether_private()

    def _look_whether_private(self) -> None:
        if not self.is_mounted:
            return
        before, self._veiled = self._veiled, self.private
        if before is not None and before is not self._veiled:
            self.veil()

    def veil(self) -> None:
        """Private mode was turned on or off: show what may be seen now, and no more."""

    async def compose_again(self) -> None:
        """Make what is inside the frame anew, and leave the keys with the frame."""
        await self.recompose()
        self.query_one(Box).focus()

    def body(self) -> ComposeResult:
        """The widgets inside the frame."""
        yield from ()


class Paper(Dialog[Answer]):
    """A dialog to read: lines of text under small headings. Muting works from here too."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("m", "mute", "Mute", show=False, id="paper.mute")]

    async def action_mute(self) -> None:
        await self.app.run_action("do('agent.mute')", self.app)

    def body(self) -> ComposeResult:
        for heading, text in self.parts():
            key, words = answer(heading)
            style = Style.from_meta({PRESSES: key}) if key else ""
            if heading:
                face = Content.styled(heading[: -len(words)] if key else "", "bold $footer-key-foreground")
                yield Static(Content.assemble(face, words).stylize(style), classes="dialog-heading")
            yield Static(Content(text).stylize(style), classes="dialog-text")

    def parts(self) -> list[tuple[str, str]]:
        """Headings, each with its text."""
        return []


class LineInput(Input):
    """An input that keeps nothing a terminal would obey, and does not blink."""

    narrows = False
    """Whether what is typed only narrows a list."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, placeholder=placeholder, id=id)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Clean whatever is typed or pasted."""
        return clean_line(value)


class SearchInput(LineInput):
    """Words that narrow a list; nothing is lost with them. One row, the same in every dialog."""

    narrows = True
