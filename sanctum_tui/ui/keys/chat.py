"""What the chat pane asks for: somebody's card, a search, the clipboard."""

from functools import partial
from typing import TYPE_CHECKING, Final

from textual.content import Content

from sanctum_tui.errors import SanctumError
from sanctum_tui.memory.wanted import Wanted
from sanctum_tui.ui.chat.seeking import Seeking
from sanctum_tui.ui.clipboard import copy

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.panes.chat import ChatPane

HINT: Final = "name:mira shows Mira's"
"""Said before the first letter is typed."""


class ChatKeys:
    """Answers the chat pane's messages."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def person(self, message: "ChatPane.PersonWanted") -> None:
        """Open the card of whoever wrote a line, as soon as the store has told of them; keys do not wait for it."""
        self._app.run_worker(
            self._person(message), name="looking somebody up", group="person", exclusive=True, exit_on_error=False
        )

    async def _person(self, message: "ChatPane.PersonWanted") -> None:
        """A card that comes late, when somebody has gone on to something else, does not come at all."""
        from sanctum_tui.ui.dialogs.person import PersonDialog

        evening = self._app.stage.evening
        if evening is None:
            return
        people, session = evening.memory.people, evening.keeping.session.id
        pane, asked_at, screen = message.pane, message.pane.selection, self._app.screen
        try:
            tonight = await people.tonight(session, message.login)
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
            return
        if self._app.screen is not screen or not pane.has_focus or pane.selection != asked_at:
            return
        self._app.push_screen(
            PersonDialog(
                message.login,
                message.name,
                tonight,
                partial(people.before, session, message.login),
                known_bot=message.login in evening.room.bots_seen,
                private=message.pane.private,
                said=partial(people.said_before, session, message.login),
                show=partial(pane.sift, Wanted(names=(message.login,))),
            )
        )

    async def newest(self) -> None:
        """To the newest line, wherever the focus is."""
        self._app.chat.action_newest()

    async def search(self, message: "ChatPane.SearchWanted") -> None:
        """Show only lines with the words that are typed at the chat's foot; Escape brings back what was there."""
        from sanctum_tui.ui.dialogs.finding import FindBar

        seeking = Seeking(message.pane)
        bar = FindBar(lambda: message.pane.edge, seeking.look, seeking.words)
        await self._app.push_screen(bar, seeking.left)
        bar.told.update(Content(HINT))

    async def copied(self, message: "ChatPane.CopyWanted") -> None:
        """Put lines on the clipboard."""
        if not message.lines:
            self._app.say("Nothing was copied: the line is not in the store yet.", severity="warning")
            return
        told = await copy(self._app, message.text)
        many = "1 line" if message.lines == 1 else f"{message.lines:,} lines"
        self._app.say(f"{many}. {told}")
