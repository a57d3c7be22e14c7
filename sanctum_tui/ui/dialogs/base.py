"""What all dialogs share: a frame in the middle of the screen that Escape closes."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from sanctum_tui.text import clean_line
from sanctum_tui.ui.look.concealing import conceal

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer | None]):
    """A titled frame; Escape closes it with no answer."""

    CSS_PATH = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", show=False, id="dialog.close")]
    title_words = ""
    foot = "Esc closes"

    @property
    def private(self) -> bool:
        """Whether what should not be on stream is hidden."""
        return bool(getattr(self.app, "private", False))

    def seemly(self, words: str) -> str:
        """The words as they may be shown: in private mode without places, addresses and secrets."""
        return conceal(words) if self.private else words

    def action_close(self) -> None:
        self.dismiss(None)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="dialog") as frame:
            frame.border_title = Content(self.title_words)
            frame.border_subtitle = Content(self.foot)
            yield from self.body()

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
            if heading:
                yield Static(Content(heading), classes="dialog-heading")
            yield Static(Content(text), classes="dialog-text")

    def parts(self) -> list[tuple[str, str]]:
        """Headings, each with its text."""
        return []


class LineInput(Input):
    """An input that keeps nothing a terminal would obey, and does not blink."""

    def __init__(self, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, placeholder=placeholder, id=id)
        self.cursor_blink = False

    def validate_value(self, value: str) -> str:
        """Clean whatever is typed or pasted."""
        return clean_line(value)
