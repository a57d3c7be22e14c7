"""One of a few words to choose from, with the arrows or by its number."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.choices import ChoiceList

_MOST_NUMBERS = 9


class ChooseDialog(Dialog[str]):
    """Gives back the chosen word, or None where the operator left with Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(str(number), f"choose({number})", "Choose it", show=False) for number in range(1, _MOST_NUMBERS + 1)
    ]
    # The list scrolls, not the frame: the choice that is on stays in sight however many there are.
    CSS = "ChooseDialog OptionList { max-height: 50vh; }"
    foot = "Enter or its number chooses · Esc leaves it as it is"

    def __init__(self, title: str, question: str, words: Sequence[str], now: str) -> None:
        super().__init__()
        self.title_words = title
        self._question = question
        self._words = tuple(words)
        self._now = now

    def body(self) -> ComposeResult:
        yield Static(Content(self._question), classes="dialog-text")
        yield ChoiceList(*(self._option(number, word) for number, word in enumerate(self._words, 1)), markup=False)

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = self._words.index(self._now) if self._now in self._words else 0
        options.focus()
        self.call_after_refresh(options.scroll_to_highlight)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_choose(event.option_index + 1)

    def action_choose(self, number: int) -> None:
        if number <= len(self._words):
            self.dismiss(self._words[number - 1])

    def _option(self, number: int, word: str) -> Content:
        face = f"{number}  " if number <= _MOST_NUMBERS else "   "
        now = ("  = as it is now", "$hearth-quiet") if word == self._now else ""
        return Content.assemble((face, "bold $accent"), word or "(empty)", now)
