"""A reader in which words can be looked for; they are marked as they are typed."""

from typing import Final

from rich.style import Style
from textual.geometry import Region

from sanctum_tui.text import shorten
from sanctum_tui.ui.paper.finding import Finder, Found
from sanctum_tui.ui.paper.reader import Reader
from sanctum_tui.ui.paper.rows import Document
from sanctum_tui.ui.paper.strips import Mark

HERE: Final = Style(reverse=True, bold=True, underline=True)
"""The place that is gone to."""
_FOUND: Final = Style(reverse=True)
_LONGEST_SEARCH: Final = 20
"""Characters of a search that the frame quotes."""


class SearchedReader(Reader):
    """One document with a search, which goes on when the document grows."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._finder: Finder | None = None
        self._found = Found()
        self._here = 0
        """Which of the places that were found is gone to."""

    def tell_where(self) -> None:
        """Called when something else was found, or nothing any more."""

    @property
    def searching(self) -> bool:
        """Whether something is looked for."""
        return bool(self._found.query)

    @property
    def found_in_words(self) -> str:
        """What is looked for, and which of how many places this is."""
        return f"“{shorten(self._found.query, _LONGEST_SEARCH)}” {self._found.counted(self._here)}"

    def end_search(self) -> None:
        """Look for nothing any more."""
        self._found = Found()

    def action_find(self) -> None:
        """Look for words, which are marked as they are typed; leaving with Escape goes back."""
        from sanctum_tui.ui.dialogs.finding import FindBar

        before, origin, top = self._found.query, round(self.scroll_y), self.top

        def look(query: str) -> str:
            self._look_for(query, top, origin)
            return self._found.counted(self._here) if query else ""

        def left(kept: bool | None) -> None:
            if not kept:
                self._look_for(before, top, origin)
                self.go(origin)

        self.app.push_screen(FindBar(self._foot, look, before), left)

    def action_found(self, step: int) -> None:
        """Go to the next place that was found, or to the one before; round the ends."""
        if matches := self._found.matches:
            self._here = (self._here + step) % len(matches)
            self._show_here()

    def _look_for(self, query: str, line: int, row: int) -> None:
        """Find words, and go to the first at or below this line; with none, back to this row."""
        if self.document is None:
            return
        self._finder = self._finder or Finder(self.document)
        self._found = self._finder.find(query)
        self._here = self._found.after(line)
        if not self._found.matches:
            self.go(row)
        self._show_here()

    def _show_here(self) -> None:
        if self._here < len(self._found.matches):
            match = self._found.matches[self._here]
            self.show_words(match.line, match.start)
        self.tell_where()
        self.refresh()

    def _foot(self) -> Region:
        """The last row of the pane inside its frame, where the search is typed."""
        return Region(self.region.x + 1, self.region.bottom - 2, self.region.width - 2, 1)

    def laid_out(self, before: Document | None) -> None:
        """Find anew what was looked for."""
        document, was = self.document, self._found
        self._finder = None
        if document is not None and before is not None and was.matches:
            row = before.same_place(before.start(was.matches[self._here].line), document)
            self._finder = Finder(document)
            self._found = self._finder.find(was.query)
            self._here = self._found.again(was, self._here, document.at(row)[0])

    def marks(self, number: int) -> list[Mark]:
        """What was found on a line."""
        here = self._found.matches[self._here] if self._here < len(self._found.matches) else None
        return [Mark(it.start, it.end, HERE if it == here else _FOUND) for it in self._found.on(number)]
