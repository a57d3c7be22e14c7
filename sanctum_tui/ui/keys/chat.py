"""What the chat pane asks for: somebody's card, a search, the clipboard."""

from functools import partial
from typing import TYPE_CHECKING

from sanctum_tui.memory.wanted import wanted_of
from sanctum_tui.ui.clipboard import copy

if TYPE_CHECKING:
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.panes.chat import ChatPane


class ChatKeys:
    """Answers the chat pane's messages."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def person(self, message: "ChatPane.PersonWanted") -> None:
        """Open the card of whoever wrote a line."""
        from sanctum_tui.ui.dialogs.person import PersonDialog

        evening = self._app.stage.evening
        if evening is None:
            return
        people, session = evening.memory.people, evening.keeping.session.id
        tonight = await people.tonight(session, message.login)
        self._app.push_screen(
            PersonDialog(
                message.login,
                message.name,
                tonight,
                partial(people.before, session, message.login),
                known_bot=message.login in evening.room.bots_seen,
                private=message.pane.private,
            )
        )

    async def search(self, message: "ChatPane.SearchWanted") -> None:
        """Ask for words, and show only lines with them; no words show all again."""

        async def answered(query: str | None) -> None:
            if query is not None:
                message.pane.sift(wanted_of(query, message.wanted.whose))

        self._app.ask("Show only lines with these words; name:mira shows Mira's. Nothing shows all again.", answered)

    async def copied(self, message: "ChatPane.CopyWanted") -> None:
        """Put lines on the clipboard."""
        if not message.lines:
            self._app.say("Nothing was copied: the line is not in the store yet.", severity="warning")
            return
        told = await copy(self._app, message.text)
        many = "1 line" if message.lines == 1 else f"{message.lines:,} lines"
        self._app.say(f"{many}. {told}")
