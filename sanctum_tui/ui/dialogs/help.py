"""Every key, in groups, with a search."""

from textwrap import wrap

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from sanctum_tui.ui.actions import Group, matching
from sanctum_tui.ui.dialogs.base import Dialog, LineInput

_KEY_CELLS = 6
_LABEL_CELLS = 19
_HANG = _KEY_CELLS + _LABEL_CELLS + 4


class HelpDialog(Dialog[None]):
    """Typing narrows the list; arrows scroll it."""

    title_words = "Keys"
    foot = "type to search · ↑↓ scroll · Esc closes"

    def body(self) -> ComposeResult:
        yield LineInput(placeholder="Search", id="search")
        yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(LineInput).focus()
        self.call_after_refresh(self._list)

    def on_resize(self) -> None:
        self.call_after_refresh(self._list)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._list()

    def key_down(self) -> None:
        self.query_one("#dialog").scroll_down(animate=False)

    def key_up(self) -> None:
        self.query_one("#dialog").scroll_up(animate=False)

    def key_pagedown(self) -> None:
        self.query_one("#dialog").scroll_page_down(animate=False)

    def key_pageup(self) -> None:
        self.query_one("#dialog").scroll_page_up(animate=False)

    def _list(self) -> None:
        place = self.query_one("#keys", Static)
        place.update(listed(self.query_one(LineInput).value, place.size.width))


def listed(query: str, width: int) -> Content:
    """The keys that a search finds, in groups, wrapped to a width in cells with the words hanging."""
    found = matching(query)
    if not found:
        return Content("No key is called like that.")
    rows: list[Content] = []
    for group in Group:
        own = [action for action in found if action.group is group]
        if not own:
            continue
        rows += [Content(""), Content.assemble((group.value, "bold $accent"))]
        for action in own:
            key = (f"{action.shown_key:>{_KEY_CELLS}}  ", "bold $footer-key-foreground")
            label = (f"{action.label:<{_LABEL_CELLS}}  ", "bold")
            first, *more = wrap(action.help, max(20, width - _HANG))
            rows.append(Content.assemble(key, label, (first, "$hearth-quiet")))
            rows += [Content.assemble((" " * _HANG + line, "$hearth-quiet")) for line in more]
    return Content("\n").join(rows[1:])
