"""The operator's console: five panes on one screen, fed by one evening, driven by single keys."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import Key

from sanctum_tui.errors import SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings import Settings
from sanctum_tui.ui.actions import Moment
from sanctum_tui.ui.actions.line import OPENING, unfit
from sanctum_tui.ui.bindings import bindings_of
from sanctum_tui.ui.chat.history import History
from sanctum_tui.ui.footer import Footer, KeyPiece, beyond, footer_pieces
from sanctum_tui.ui.frame import Frame
from sanctum_tui.ui.hosting import Host
from sanctum_tui.ui.keyboard import keyboard_of
from sanctum_tui.ui.look.remembering import FILE_NAME, Remembered
from sanctum_tui.ui.panes.chat import ChatPane
from sanctum_tui.ui.panes.review import ReviewPane
from sanctum_tui.ui.panes.silence import SilencePane
from sanctum_tui.ui.panes.status import StatusLine
from sanctum_tui.ui.shell import UNFORESEEN, Shell
from sanctum_tui.ui.stage import Stage

if TYPE_CHECKING:
    from textual.command import Provider

    from sanctum_tui.runtime.plan import AnyPlan
    from sanctum_tui.ui.keys import Keys
    from sanctum_tui.ui.panes.dashboard import DashboardPane
    from sanctum_tui.ui.panes.ledger import LedgerPane
    from sanctum_tui.ui.papers import Papers
    from sanctum_tui.ui.presenter import Presenter

log = logging.getLogger(__name__)


def _actions() -> "type[Provider]":
    from sanctum_tui.ui.palette import Actions

    return Actions


class SanctumApp(Shell):
    """The console. The evening lives behind it; here is what is on the screen and who answers a key."""

    TITLE = "Sanctum"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "app.tcss",
        *(f"panes/{pane}.tcss" for pane in ("chat", "silence", "review", "status")),
    ]
    BINDINGS: ClassVar[list[BindingType]] = bindings_of()
    COMMANDS: ClassVar = {_actions}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal")]  # noqa: RUF012  (as Textual declares it)
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-middling"), (60, "-high")]  # noqa: RUF012

    chat = getters.query_one("#chat", ChatPane)
    silence = getters.query_one("#silence", SilencePane)
    review = getters.query_one("#review", ReviewPane)
    frame = getters.query_one("#panes", Frame)
    status = getters.query_one("#status", StatusLine)
    footer = getters.query_one("#footer", Footer)

    def __init__(
        self,
        settings: Settings,
        paths: Paths,
        plan: "AnyPlan | None",
        *,
        sources: Mapping[str, str] | None = None,
        warnings: Sequence[str] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without a `plan` the operator chooses; `sources` tell where settings come from, `warnings` what is odd.

        Raises BadInputError for a key map that cannot be used.
        """
        self.keyboard = keyboard_of(settings.keymap, vim_keys=settings.vim_keys)
        super().__init__(paths, settings.theme, animations=settings.animations, warnings=warnings)
        self.set_keymap(self.keyboard.keymap)
        self.presenter: Presenter | None = None
        self.papers: Papers | None = None
        self._fitting: tuple[object, ...] | None = None
        """What the footer was filled for."""
        self.host = Host(self, settings, paths, plan, sources)
        self.stage = Stage(settings, paths, self.host)
        self.monotonic = monotonic
        """The operator's own time, in seconds."""

    def compose(self) -> ComposeResult:
        history = History(lambda: self.stage.memory, lambda: self.stage.sessions)
        chat = ChatPane(
            fetch_before=self.stage.lines_before, fetch_removed=history.removed, finder=history, id="chat"
        )
        yield StatusLine(id="status")
        yield Frame(
            [chat, SilencePane(id="silence"), ReviewPane(id="review")],
            remembered=Remembered(self._paths.state / FILE_NAME),
        )
        yield Footer(id="footer")

    def on_mount(self) -> None:
        self.show_keys(self.moment())
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(lambda: self.keys.look.wear(self.host.settings))
        self.call_after_refresh(self.host.begin)

    async def on_unmount(self) -> None:
        """Whatever the way out was: write half-edited lines, and close the evening."""
        if self.presenter is not None and self.papers is not None:
            self.presenter.close()
            await self.keys.review.save_edits()
            await self.papers.close()
        await self.keys.screens.close()
        await self.stage.leave()

    @cached_property
    def keys(self) -> "Keys":
        """What the keys do; not needed before the first paint."""
        from sanctum_tui.ui.keys import Keys

        return Keys(self)

    def moment(self) -> Moment:
        """What decides which keys fit."""
        return self.presenter.moment() if self.presenter is not None else Moment()

    def show_keys(self, moment: Moment) -> None:
        """Show in the footer which keys fit; it is asked to each second, and most of the time nothing is new."""
        editing, frame = self.review.editing is not None, self.frame
        bar = getattr(self.screen, "told_keys", ())
        fitting = self.keyboard, moment, editing, frame.standing_panes, frame.shown_panes, bar
        if fitting != self._fitting:
            self._fitting = fitting
            unseen = "review" not in frame.shown_panes
            pieces = footer_pieces(self.keyboard, moment, editing=editing, unseen=unseen)
            self.footer.show([KeyPiece(f"{face} {does}", key=key) for key, face, does in bar] or pieces)
            self.chat.beyond = beyond(self.keyboard, moment, frame.standing_panes)

    async def action_do(self, name: str) -> None:
        """Do what a key stands for, or say why it does not fit and what would."""
        action = self.keyboard.by_id[name]
        moment = self.moment()
        if not action.when(moment):
            self.say(OPENING if self.stage.opening else unfit(action, moment), severity="warning")
            return
        try:
            if action.pane:
                await self.run_action(action.handler, self.query_one(f"#{action.pane}"))
            else:
                await attrgetter(action.handler)(self.keys)()
        except SanctumError as error:
            self.say(error.sentence, severity="error")
        except Exception:
            log.exception("the key for %s failed", name)
            self.say(UNFORESEEN, severity="error")
        self.show_keys(self.moment())

    async def on_key(self, event: Key) -> None:
        """Keys that work over a dialog, and keys of one's own beside an editor, which Textual loses on the way.

        It takes the letters that the editor types out of our keys before it puts the key map over them.
        """
        covered = self.screen.is_modal and not getattr(self.screen, "passes_keys", False)
        action = self.keyboard.anywhere(event.key, dialog=covered)
        if event.key in self.screen.active_bindings:
            return
        if action is not None:
            event.stop()
            await self.action_do(action.id)
        elif event.is_printable and not self.screen.is_modal:
            await self.keys.screen.elsewhere(event.key)

    async def action_quit(self) -> None:
        """Close the console; asks first while an evening goes on."""
        await self.keys.screen.quit()

    def on_review_pane_edited(self, message: ReviewPane.Edited) -> None:
        self.keys.review.typed(message)

    async def on_review_pane_submitted(self, message: ReviewPane.Submitted) -> None:
        await self.keys.review.submit(message)

    async def on_review_pane_left(self, message: ReviewPane.Left) -> None:
        await self.keys.review.leave(message)

    async def on_chat_pane_person_wanted(self, message: ChatPane.PersonWanted) -> None:
        await self.keys.chat.person(message)

    async def on_chat_pane_search_wanted(self, message: ChatPane.SearchWanted) -> None:
        await self.keys.chat.search(message)

    async def on_chat_pane_copy_wanted(self, message: ChatPane.CopyWanted) -> None:
        await self.keys.chat.copied(message)

    async def on_dashboard_pane_wanted(self, message: "DashboardPane.Wanted") -> None:
        if self.papers is not None:
            await self.papers.wanted(message.what)

    async def on_dashboard_pane_edited(self, message: "DashboardPane.Edited") -> None:
        if self.papers is not None:
            await self.papers.save_dashboard(message.text)

    async def on_ledger_pane_wanted(self, message: "LedgerPane.Wanted") -> None:
        if self.papers is not None:
            await self.papers.turn_to(message.path)

    async def on_ledger_pane_chat_wanted(self, message: "LedgerPane.ChatWanted") -> None:
        if self.papers is not None and (number := await self.papers.chat_line_at(message.at)) is not None:
            self.frame.go_to("chat")
            await self.chat.go_to(number)

    async def on_footer_pressed(self, message: Footer.Pressed) -> None:
        if message.action:
            await self.action_do(message.action)
        elif message.key:
            self.simulate_key(message.key)

    def on_descendant_focus(self) -> None:
        """The keys that fit depend on whether letters go into an editor."""
        # Not there yet when the first pane gets the focus, nor any more at the end.
        if self.screen_stack and self.screen_stack[0].query(Footer):
            self.show_keys(self.moment())

    def on_sparing_screen_in_front(self) -> None:
        # From now on whatever came while it was covered can be seen.
        self._tick()

    def _tick(self) -> None:
        if self.presenter is not None:
            self.presenter.tick()
