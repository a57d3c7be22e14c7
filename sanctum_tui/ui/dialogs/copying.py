"""Shows a text of the dashboard as it is, to be copied."""

from collections.abc import Callable
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.ui.dialogs.base import Dialog

COPIED = "✓ Copied, if your terminal allows it (OSC 52)."


class CopyDialog(Dialog[None]):
    """Enter or c copies; what is copied is what is shown, character for character."""

    CSS_PATH = ["dialogs.tcss", "stream.tcss"]  # type: ignore[assignment]  # noqa: RUF012  (as Textual declares it)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,c", "copy", "Copy", show=False, id="copying.copy"),
    ]

    told = getters.query_one("#copy-told", Static)

    def __init__(
        self,
        title: str,
        text: str,
        *,
        heading: str,
        most: int | None = None,
        taker: str = "Twitch",
        length: Callable[[str], int] = len,
    ) -> None:
        """`heading` is where the text would be on the dashboard; `most` is how long `taker` takes it to be.

        `length` counts as `taker` does.
        """
        super().__init__()
        self.title_words = title
        self.foot = "Enter or c copies · Esc closes" if text else "Esc closes"
        self._text = text
        self._heading = heading
        self._most = most
        self._taker = taker
        self._length = length

    def body(self) -> ComposeResult:
        if not self._text:
            yield Static(Content("The dashboard has no such text tonight."), classes="dialog-text")
            yield Static(Content(f"It would be under the heading “{self._heading}”."), classes="dialog-text")
            return
        yield Static(Content(self._text), id="copy-text")
        yield Static(self._measure(), id="copy-length")
        yield Static(id="copy-told", markup=False)

    def action_copy(self) -> None:
        if self._text:
            self.app.copy_to_clipboard(self._text)
            self.told.update(Content(COPIED))
            self.told.scroll_visible(animate=False)

    def _measure(self) -> Content:
        length = self._length(self._text)
        words = f"{length:,} character{'' if length == 1 else 's'}"
        if self._length is not len:
            words += f" as {self._taker} counts them"
        if self._most is None:
            return Content.styled(words, "$hearth-quiet")
        if length <= self._most:
            return Content.styled(f"{words}; {self._taker} takes {self._most}", "$hearth-quiet")
        over = length - self._most
        return Content.styled(
            f"✕ {words}, {over:,} more than the {self._most} that {self._taker} takes", "bold $warning"
        )
