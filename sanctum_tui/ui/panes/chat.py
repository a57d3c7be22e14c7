"""The live chat: follows the room, stands still for a reader, and costs next to nothing under a flood.

Lines pushed to it touch a deque and one timer; how they are drawn is the canvas's matter.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from sys import maxsize
from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from sanctum_tui.chat import ChatCleared, ChatLine, ChatNotice, MessageDeleted
from sanctum_tui.evening import Mark
from sanctum_tui.memory.removed import NOTHING, Removed
from sanctum_tui.memory.wanted import EVERYTHING, Wanted
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.chat.foot import SIFTED, Part, chosen, foot_of, ways
from sanctum_tui.ui.chat.lines import Look
from sanctum_tui.ui.chat.reading import ChatReading
from sanctum_tui.ui.chat.scrollback import FetchBefore, FetchRemoved, Key
from sanctum_tui.ui.chat.sifted import Finder, Sifted

log = logging.getLogger(__name__)

CHOOSE_FIRST = "No line is chosen: v chooses one; then Enter tells who wrote it, and d copies it."


class ChatPane(ChatReading):
    """Chat lines as they come, and all earlier ones by scrolling back."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of("chat")

    class _Told(Message):
        """Something that the pane tells its owner."""

        def __init__(self, pane: "ChatPane") -> None:
            super().__init__()
            self.pane = pane

    class FollowChanged(_Told):
        """The pane began to follow the room, or stopped because somebody reads."""

        def __init__(self, pane: "ChatPane", following: bool) -> None:
            super().__init__(pane)
            self.following = following

    class PersonWanted(_Told):
        """The operator asked who wrote a line."""

        def __init__(self, pane: "ChatPane", login: str, name: str) -> None:
            super().__init__(pane)
            self.login = login
            self.name = name

    class CopyWanted(_Told):
        """The operator copied lines: so many of them, as they are to be pasted."""

        def __init__(self, pane: "ChatPane", text: str, lines: int) -> None:
            super().__init__(pane)
            self.text = text
            self.lines = lines

    class SearchWanted(_Told):
        """The operator wants to look for something."""

    def __init__(
        self,
        *,
        fetch_before: FetchBefore | None = None,
        fetch_removed: FetchRemoved | None = None,
        finder: Finder | None = None,
        zone: tzinfo | None = None,
        show_time: bool = True,
        id: str | None = None,
    ) -> None:
        """`fetch_before` gives lines older than those in memory, `fetch_removed` which of them were taken away,
        `finder` those of the whole evening that are wanted; `zone` is the clock's (None: the operator's).
        """
        super().__init__(fetch_before, fetch_removed, Look(zone, show_time), id)
        self._finder = finder
        self._sifted: Sifted | None = None
        self._looking = False
        self._told: tuple[str, Sequence[Part]] | None = None
        self._told_following = True
        self.tell_frame()

    # What the owner calls

    def append(self, lines: Sequence[ChatLine]) -> None:
        """Show more lines. Cheap: they are drawn with the next frame."""
        self._scrollback.extend(lines)
        more = len(lines) if self._sifted is None else self._sifted.extend(lines)
        if more:
            self.wake(more)

    def notice(self, event: ChatNotice | MessageDeleted | ChatCleared | Mark) -> None:
        """Show that something other than a line happened in the room, or that the operator kept the moment."""
        match event:
            case MessageDeleted(id=id):
                self.mark_deleted(id)
                return
            case ChatCleared(login=login):
                self._scrollback.clear_person(login)
                self.redraw()
        self._scrollback.remark(event)
        self.wake(1)

    def mark_deleted(self, id: str) -> None:
        """A moderator removed one line: its words are no longer shown."""
        self._scrollback.removals.delete(id)
        self.redraw()

    def replace_history(
        self, lines: Sequence[ChatLine], marks: Sequence[Mark] = (), removed: Removed = NOTHING
    ) -> None:
        """Show these lines, with the marks among them, and no others: another session, or one restored. Follow it.

        `removed` is what moderators took away of them.
        """
        self._scrollback.replace(lines, marks, removed)
        self._picture.asked = frozenset()
        self.sift(EVERYTHING)

    def clear(self) -> None:
        """Show nothing."""
        self.replace_history(())

    def sift(self, wanted: Wanted) -> None:
        """Show only the lines of the evening that are wanted, old and new, and follow."""
        self._sifted = None
        if not wanted.everything:
            self._sifted = Sifted(wanted, self._scrollback.live_lines, self._finder)
        self._looking = self._sifted is not None and self.is_attached
        self._picture.entries = self._sifted or self._scrollback
        self._picture.selection = None
        self._window.look_at(self._picture.entries)
        self.redraw()
        self.moved()
        if self._sifted is not None and self._looking:
            # In the background, for a search may go through the whole evening.
            self.run_worker(
                self._fill(self._sifted),
                group="chat",
                exclusive=True,
                name="the search in the chat",
                exit_on_error=False,
            )

    async def go_to(self, number: int) -> None:
        """Show the line of this number among all others, and choose it."""
        if self._sifted is not None:
            self.sift(EVERYTHING)
        self._picture.selection = None
        await self._window.read_at((number, 0))
        if self._scrollback.get((number, 0)) is not None and self._choosing.begin((number, 0)):
            await self._choosing.move(0)
        self.moved()

    async def show_all(self) -> None:
        """Show all lines again: among them the one that was chosen, or where somebody read; else follow."""
        chosen, place = self.selection, self.place
        if chosen is not None:
            await self.go_to(chosen.cursor[0])
            return
        self.sift(EVERYTHING)
        if place is not None:
            await self.stand_at(place)

    @property
    def wanted(self) -> Wanted:
        """Which lines are shown."""
        return EVERYTHING if self._sifted is None else self._sifted.wanted

    # Keys

    def action_person(self) -> None:
        if self._choosing.selection is None:
            self.notify(CHOOSE_FIRST, markup=False)
        else:
            self.ask_who(self._choosing.selection.cursor)

    def ask_who(self, key: Key) -> None:
        if (person := self._choosing.person(key)) is None:
            self.notify("Nobody can be looked up from this line.", markup=False)
        else:
            self.post_message(self.PersonWanted(self, *person))

    async def action_copy(self) -> None:
        if self._choosing.selection is None:
            raise SkipAction
        lines = await self._choosing.copied()
        self.post_message(self.CopyWanted(self, "\n".join(lines), len(lines)))
        self.end_choice()

    async def action_leave(self) -> None:
        if self._sifted is not None:
            await self.show_all()
        elif self._choosing.selection is not None:
            self.end_choice()
        else:
            raise SkipAction

    async def action_filter(self) -> None:
        wanted = replace(self.wanted, whose=self.wanted.whose.next)
        if wanted.everything:
            await self.show_all()
        else:
            self.sift(wanted)

    def action_search(self) -> None:
        self.post_message(self.SearchWanted(self))

    def action_removed(self) -> None:
        in_sight = {key for key, _ in self._window.visible() if self._picture.removed(key)}
        if self.private:
            self.notify("Private mode is on: removed words stay hidden.", markup=False)
        elif not in_sight:
            self.notify("No line in sight was removed by a moderator.", markup=False)
        else:
            self._picture.asked = frozenset() if in_sight <= self._picture.asked else frozenset(in_sight)
            self.redraw()

    # What the frame says

    def hint(self) -> str:
        if self._sifted is None:
            return "Nothing said yet."
        if self._looking:
            return "Looking through the evening…"
        return (
            "The store could not be searched." if self._sifted.unreadable else "No line of the evening is like that."
        )

    def tell_frame(self) -> None:
        title = " · ".join([self._title, str(self.wanted)] if self._sifted is not None else [self._title])
        foot = self._foot()
        if (title, foot) != self._told:
            self._told = title, foot
            self.border_title, self.border_subtitle = Content(title), foot_of(foot)

    def _foot(self) -> Sequence[Part]:
        """The keys that help on, where something is chosen or left out."""
        if self._choosing.selection is not None:
            below = 0 if self.unseen else self.below()
            return chosen(self.unseen, below, sifted=self._sifted is not None, room=self.edge.width)
        return SIFTED if self._sifted is not None else ways(self._beyond)

    async def _fill(self, sifted: Sifted) -> None:
        """Find as many lines as there is room for."""
        try:
            key, room = await sifted.back((maxsize, 0)), self._window.height
            while key is not None and (room := room - len(self._picture.rows_at(key))) > 0:
                key = await sifted.back(key)
        except Exception:
            log.exception("the search in the chat failed")
            sifted.unreadable = True
        self._looking = False
        self.show()

    def moved(self) -> None:
        """Draw, and tell the owner where it changed whether the pane follows."""
        self.show()
        if self.following != self._told_following:
            self._told_following = self.following
            self.post_message(self.FollowChanged(self, self.following))
