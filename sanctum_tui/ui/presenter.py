"""Shows the evening: hears the broadcast, looks at the clock once a second, and feeds the panes."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sanctum_tui.agent.policies import decide
from sanctum_tui.chat import ChatCleared, ChatLine, ChatNotice, MessageDeleted
from sanctum_tui.evening import PromptState
from sanctum_tui.events import (
    AgentMuted,
    AirChanged,
    DashboardChanged,
    DecisionChanged,
    Event,
    LinesHeard,
    MomentMarked,
    PromptStepped,
    RoomChanged,
    StorageFailed,
    StorageRecovered,
)
from sanctum_tui.memory.removed import NOTHING
from sanctum_tui.review.prompt import kept_out_by, last_decided, may_step
from sanctum_tui.twitch.values import LinkState
from sanctum_tui.ui.actions import Group, Moment
from sanctum_tui.ui.card.edits import Edits
from sanctum_tui.ui.card.waiting import WaitingLine
from sanctum_tui.ui.halfhour import HalfHour
from sanctum_tui.ui.moods import timer_of
from sanctum_tui.ui.papers import Papers
from sanctum_tui.ui.standing import standing

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp

HISTORY_LINES = 500
"""Lines of a restored evening that the chat pane starts with; older ones come by scrolling back."""


def _nobody(_: object) -> None:
    """Nobody looks any more."""


class Presenter:
    """Between one evening and the panes; what it shows is always read from the evening anew."""

    def __init__(self, app: "SanctumApp", evening: "Evening", papers: Papers, monotonic: Callable[[], float]) -> None:
        self.evening = evening
        self.edits = Edits(evening.paths.state / "edits", evening.keeping.session.id)
        self.trouble = ""
        self._app = app
        self._papers = papers
        self._unsubscribe: Callable[[], None] = lambda: None
        self._line = WaitingLine(app, evening, self.edits, monotonic)
        self._half_hour = HalfHour(evening)
        self._told_of_air: tuple[str, ...] = ()

    async def begin(self) -> None:
        """Show what is there already, and follow the evening from now on."""
        evening, chat = self.evening, self._app.chat
        chat.title = f"1 Chat · #{evening.keeping.session.channel}"
        if evening.restored:
            await self._half_hour.restore()
            await self._show_history()
        elif evening.numbered_after:
            chat.notice(ChatNotice(self.now(), "here another evening begins"))
        self.edits.restore()
        self._unsubscribe = evening.broadcast.subscribe(self.hear)
        review, words = self._app.review, evening.words
        words.on_status = lambda status: review.show_status("" if status is None else status.text)
        words.on_writing = review.show_writing
        words.on_notice = lambda sentence: self._app.say(sentence, severity="warning")
        self.tick()

    def close(self) -> None:
        """Show nothing more."""
        self._unsubscribe()
        self._line.close()
        words = self.evening.words
        words.on_status = words.on_writing = words.on_notice = _nobody

    def hear(self, event: Event) -> None:
        """Take in one event; quick, for whoever tells it waits."""
        self._half_hour.hear(event)
        self._papers.outgrown = True
        match event:
            case LinesHeard(lines):
                self._app.chat.append(lines)
            case MomentMarked(mark):
                self._app.chat.notice(mark)
            case RoomChanged(MessageDeleted() | ChatCleared() as what):
                self._app.chat.notice(what)
            case PromptStepped(prompt):
                self._line.stepped(prompt)
                self._papers.stale = True
                self.tick()
            case DecisionChanged() | AgentMuted():
                self.tick()
            case AirChanged():
                self._tell_of_the_air()
                self.tick()
            case DashboardChanged(text, "file"):
                self._papers.dashboard_changed(text, self.evening.dashboard)
            case StorageFailed(sentence):
                if sentence != self.trouble:
                    self._app.say(sentence, severity="error")
                self.trouble = sentence
                self.tick()
            case StorageRecovered():
                self.trouble = ""
                self.tick()
            case _:
                pass

    def _tell_of_the_air(self) -> None:
        """Say once what the line at the top has no room for: why Twitch refuses, what the console goes without."""
        live = self.evening.broadcasting
        if live is None:
            return
        link = live.on_air.link
        refused = (link.why,) if link.state is LinkState.REFUSED else ()
        told = (*refused, *live.on_air.notes)
        if news := [sentence for sentence in told if sentence not in self._told_of_air]:
            self._app.say(" ".join(news), severity="warning")
        self._told_of_air = told

    def moment(self) -> Moment:
        """What decides which keys fit."""
        evening, orchestrator = self.evening, self.evening.orchestrator
        until = orchestrator.let_it_be_until
        last = last_decided(evening.queue.prompts)
        card, settings, frame = self._line.prompt, evening.settings, self._app.frame
        return Moment(
            open=True,
            playing=self._app.stage.playing,
            card=card.state if card is not None else None,
            undoable=last is not None
            and may_step(last.state, PromptState.PENDING)
            and kept_out_by(last, evening.queue.waiting) is None,
            muted=orchestrator.muted,
            letting_be=until is not None and self.now() < until,
            live=evening.broadcasting is not None,
            testing=settings.twitch_offline_chat_test_mode,
            paused=evening.broadcasting is None and evening.player.paused,
            zoomed=frame.front is not None,
            typing=frame.typing,
            private=settings.private_mode,
            big=settings.big_text,
            pane=frame.focused,
        )

    def now(self) -> datetime:
        return self.evening.now()

    @property
    def card_just_changed(self) -> bool:
        """Whether the card turned to another line so lately that a key may have been meant for the one before."""
        return self._line.just_turned

    def tick(self) -> None:
        """Show everything as it is at this moment; panes change only what looks different."""
        if not (self._app.is_running and self._app.review.children):
            # The console is closing, and its widgets have gone first.
            return
        evening, moment = self.evening, self.moment()
        busy = self._app.review.editing is not None or moment.typing or len(self._app.screen_stack) > 1
        evening.keep_to_real_time(busy=busy, now=self._app.monotonic())
        self._app.keys.look.wear(evening.settings)
        decision = decide(evening.orchestrator.situation(self.now()))
        self._app.silence.show(timer_of(decision, ended=not moment.playing, live=moment.live, card=moment.card))
        self._app.silence.show_pulse(self._half_hour.trace())
        self._line.show(playing=moment.playing)
        fitting = self._app.keyboard.fitting(moment, Group.LINE)
        self._app.review.show_keys((action.shown_key, action.label_at(moment), action.id) for action in fitting)
        self._app.status.show(standing(evening, moment, self.trouble, self._app.keyboard))
        self._app.show_keys(moment)
        self._papers.tick()

    async def _show_history(self) -> None:
        evenings, session = self.evening.memory.evenings, self.evening.keeping.session.id
        lines: tuple[ChatLine, ...] = await evenings.lines_before(session, self.evening.room.count + 1, HISTORY_LINES)
        removed = await evenings.removed(session, lines[0].number, lines[-1].number) if lines else NOTHING
        self._app.chat.replace_history(lines, await evenings.marks(session), removed)
