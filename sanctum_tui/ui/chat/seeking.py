"""A search in the chat that shows what is found as the words are typed; left without a word, all is as it was."""

from typing import TYPE_CHECKING, Final

from textual.timer import Timer

from sanctum_tui.memory.wanted import Wanted, wanted_of

if TYPE_CHECKING:
    from sanctum_tui.ui.panes.chat import ChatPane

_PAUSE_SECONDS: Final = 0.15
"""Without a key for so long, what was typed is looked for; who types on does not ask the store for each letter."""


class Seeking:
    """One search, from the first letter until it is left."""

    def __init__(self, pane: "ChatPane") -> None:
        self._pane = pane
        self._before = self._wanted = pane.wanted
        self._place = pane.place
        self._pause: Timer | None = None

    @property
    def words(self) -> str:
        """What was looked for before, as it is typed."""
        return " ".join([*(f"name:{name}" for name in self._before.names), *self._before.words])

    def look(self, query: str) -> str:
        """These words stand there now; the pane itself tells what came of them."""
        self._wanted = wanted_of(query, self._before.whose)
        self._rest()
        self._pause = self._pane.set_timer(_PAUSE_SECONDS, self._sift)
        return ""

    async def left(self, kept: bool | None) -> None:
        """The operator is done. Where words that stood there were taken out, what is shown then is meant to stay."""
        self._rest()
        if kept or _wordless(self._wanted):
            self._sift()
        elif self._pane.wanted != self._before:
            self._pane.sift(self._before)
        if self._place is None:
            return
        if self._pane.wanted == self._before:
            await self._pane.come_back(self._place)
        elif self._pane.wanted.everything:
            await self._pane.stand_at(self._place)

    def _sift(self) -> None:
        if self._pane.wanted != self._wanted:
            self._pane.sift(self._wanted)

    def _rest(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None


def _wordless(wanted: Wanted) -> bool:
    return not (wanted.words or wanted.names)
