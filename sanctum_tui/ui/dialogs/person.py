"""Who somebody is: what they said tonight, and since when they have been coming."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.errors import SanctumError
from sanctum_tui.memory.people import Before, Tonight
from sanctum_tui.ui.chat.lines import badge_words
from sanctum_tui.ui.dialogs.base import Dialog
from sanctum_tui.ui.dialogs.framing import Box

log = logging.getLogger(__name__)

UNFORESEEN = "Something unforeseen happened; the log file says what."
_LOOKING = "Looking through earlier evenings…"


class PersonDialog(Dialog[None]):
    """A card. Earlier evenings are looked through while it is open already, and earlier lines as one scrolls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "Their lines in the chat", show=False, id="person.filter")
    ]
    title_words = "Who is it?"

    earlier = getters.query_one("#person-earlier", Static)
    box = getters.query_one(Box)

    def __init__(
        self,
        login: str,
        name: str,
        tonight: Tonight,
        before: Callable[[], Awaitable[Before]],
        *,
        known_bot: bool,
        private: bool,
        said: Callable[[int], Awaitable[Sequence[ChatLine]]] | None = None,
        show: Callable[[], object] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        """`private` leaves flags and flagged lines out; `zone` is the clock's (None: the operator's).

        `said` gives the last of their lines with smaller numbers, oldest first, and none where there are no more;
        `show` has the chat show their lines only.
        """
        super().__init__()
        if show is not None:
            self.foot = "↑↓ scroll · f their lines in the chat · Esc closes"
        self._login = login
        self._shown_name = name
        self._tonight = tonight
        self._before = before
        self._known_bot = known_bot
        self._private = private
        self._zone = zone
        self._earlier = _LOOKING
        self._said = said
        self._show = show
        self._lines = list(tonight.latest[::-1])
        self._asking = False
        self._told_all = said is None or not tonight.latest
        self._trouble = ""

    def body(self) -> ComposeResult:
        yield Static(who(self._login, self._shown_name, self._tonight, known_bot=self._known_bot))
        yield Static(Content(self._earlier), id="person-earlier", classes="dialog-text", markup=False)
        yield Static(Content("Tonight"), classes="dialog-heading")
        yield Static(Content(tonight_words(self._tonight, self._zone)), classes="dialog-text")
        if self._tonight.flags and not self._private:
            yield Static(Content("⚑ Flagged by the Warden"), classes="dialog-heading")
            yield Static(Content("\n".join(self._tonight.flags)), classes="dialog-text")
        if self._lines:
            yield Static(Content("What they said, the latest first"), classes="dialog-heading")
            yield Static(self._words_of(self._lines))
        if self._trouble:
            yield Static(Content(self._trouble))

    def on_mount(self) -> None:
        self.run_worker(self._look(), name="the search for somebody", exit_on_error=False)
        self._heed()

    def on_resize(self) -> None:
        self.call_after_refresh(self._read_on)

    def veil(self) -> None:
        self._private = self.private
        self._earlier, self._trouble = self.seemly(self._earlier), self.seemly(self._trouble)
        self.call_later(self.compose_again)

    async def compose_again(self) -> None:
        await super().compose_again()
        self._heed()

    def action_filter(self) -> None:
        if self._show is not None:
            self.dismiss()
            self._show()

    def _words_of(self, lines: Sequence[ChatLine]) -> Content:
        shown = [line for line in lines if not (self._private and line.voice is Voice.SPAM)]
        return Content("\n").join(_said(line, self._zone) for line in shown)

    def _heed(self) -> None:
        self.watch(self.box, "scroll_y", self._read_on, init=False)
        self.call_after_refresh(self._read_on)

    def _read_on(self) -> None:
        """Ask for earlier lines where the end of those that are there is nearly in sight."""
        near = self.box.max_scroll_y - self.box.scroll_y <= self.box.size.height
        if near and not self._asking and not self._told_all:
            self._asking = True
            self.run_worker(self._ask(), name="somebody's earlier lines", exit_on_error=False)

    async def _ask(self) -> None:
        page: Sequence[ChatLine] = ()
        trouble = ""
        try:
            if self._said is not None:
                page = await self._said(self._lines[-1].number)
        except SanctumError as error:
            trouble = error.sentence
        except Exception:
            log.exception("nobody's earlier lines could be read")
            trouble = UNFORESEEN
        # After whatever makes the card anew.
        self.call_later(self._add, page[::-1], trouble)

    async def _add(self, page: Sequence[ChatLine], trouble: str) -> None:
        self._asking, self._told_all = False, not page
        self._lines += page
        self._trouble = self.seemly(trouble)
        if words := Content(self._trouble) if trouble else self._words_of(page):
            await self.box.mount(Static(words))
        self.call_after_refresh(self._read_on)

    async def _look(self) -> None:
        try:
            words = before_words(await self._before(), self._zone)
        except SanctumError as error:
            words = self.seemly(error.sentence)
        except Exception:
            log.exception("nobody could be looked for in earlier evenings")
            words = UNFORESEEN
        self._earlier = words
        self.earlier.update(Content(words))


def who(login: str, name: str, tonight: Tonight, *, known_bot: bool) -> Content:
    """Shown name, login where it is another, badges, and whether it is a bot."""
    badges = badge_words(tonight.latest[-1].message.badges) if tonight.latest else ""
    more = [f"({login})" if login != name.lower() else "", badges, "a known bot" if known_bot else ""]
    return Content.assemble((name, "bold"), *(Content.styled(f"  {part}", "$hearth-quiet") for part in more if part))


def before_words(before: Before, zone: tzinfo | None = None) -> str:
    """Since when somebody has been coming, in a sentence."""
    if not before.of:
        return "There is no earlier evening to compare with."
    if before.first_seen is None:
        others = "the evening before" if before.of == 1 else f"any of the last {before.of} evenings"
        return f"New here: not in {others}."
    first = before.first_seen.astimezone(zone)
    return (
        f"First seen on {first:%A}, {first.day} {first:%B %Y}; in {before.evenings} of the last {before.of} evenings."
    )


def tonight_words(tonight: Tonight, zone: tzinfo | None = None) -> str:
    """How much somebody said tonight, in a sentence."""
    if tonight.first_at is None:
        return "Nothing of theirs is stored yet."
    many = "1 line" if tonight.lines == 1 else f"{tonight.lines:,} lines"
    removed = f", {tonight.removed:,} removed by moderators" if tonight.removed else ""
    return f"{many} since {tonight.first_at.astimezone(zone):%H:%M}{removed}."


def _said(line: ChatLine, zone: tzinfo | None) -> Content:
    flagged = "⚑ " if line.voice is Voice.SPAM else ""
    time = Content.styled(f"{line.message.at.astimezone(zone):%H:%M} ", "$hearth-quiet")
    return Content.assemble(time, Content(f"{flagged}{line.message.text}"))
