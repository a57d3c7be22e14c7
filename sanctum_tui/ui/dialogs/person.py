"""Who somebody is: what they said tonight, and since when they have been coming."""

import logging
from collections.abc import Awaitable, Callable
from datetime import tzinfo

from textual import getters
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from sanctum_tui.chat import ChatLine, Voice
from sanctum_tui.errors import SanctumError
from sanctum_tui.memory.people import Before, Tonight
from sanctum_tui.ui.chat.lines import badge_words
from sanctum_tui.ui.dialogs.base import Dialog

log = logging.getLogger(__name__)

UNFORESEEN = "Something unforeseen happened; the log file says what."
_LOOKING = "Looking through earlier evenings…"


class PersonDialog(Dialog[None]):
    """A card. Earlier evenings are looked through while it is open already."""

    title_words = "Who is it?"

    earlier = getters.query_one("#person-earlier", Static)

    def __init__(
        self,
        login: str,
        name: str,
        tonight: Tonight,
        before: Callable[[], Awaitable[Before]],
        *,
        known_bot: bool,
        private: bool,
        zone: tzinfo | None = None,
    ) -> None:
        """`private` leaves flags and flagged lines out; `zone` is the clock's (None: the operator's)."""
        super().__init__()
        self._login = login
        self._shown_name = name
        self._tonight = tonight
        self._before = before
        self._known_bot = known_bot
        self._private = private
        self._zone = zone
        self._earlier = _LOOKING

    def body(self) -> ComposeResult:
        yield Static(who(self._login, self._shown_name, self._tonight, known_bot=self._known_bot))
        yield Static(Content(self._earlier), id="person-earlier", classes="dialog-text", markup=False)
        yield Static(Content("Tonight"), classes="dialog-heading")
        yield Static(Content(tonight_words(self._tonight, self._zone)), classes="dialog-text")
        if self._tonight.flags and not self._private:
            yield Static(Content("⚑ Flagged by the Warden"), classes="dialog-heading")
            yield Static(Content("\n".join(self._tonight.flags)), classes="dialog-text")
        latest = [line for line in self._tonight.latest if not (self._private and line.voice is Voice.SPAM)]
        if latest:
            yield Static(Content("Last lines"), classes="dialog-heading")
            yield Static(Content("\n").join(_said(line, self._zone) for line in latest))

    def on_mount(self) -> None:
        self.run_worker(self._look(), name="the search for somebody", exit_on_error=False)

    def veil(self) -> None:
        self._private = self.private
        self._earlier = self.seemly(self._earlier)
        self.call_later(self.compose_again)

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
