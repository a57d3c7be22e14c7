"""The keys for the agent: mute, let it be, preview, why, keep a moment, write the ledger."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sanctum_tui.agent.policies import decide
from sanctum_tui.errors import NotReadyError, SanctumError
from sanctum_tui.review.prompt import Outcome
from sanctum_tui.ui.actions.line import OPENING

if TYPE_CHECKING:
    from textual.worker import Worker

    from sanctum_tui.evening import Draft
    from sanctum_tui.llm.guard import Verdict
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.twitch.studio import Studio
    from sanctum_tui.ui.app import SanctumApp

log = logging.getLogger(__name__)

PREVIEWING = "Drafting a preview…"
PREVIEWING_ALREADY = "A preview is being drafted already; it comes by itself."
NOTHING_LEFT = "There is nothing left to say that was not said tonight."


class AgentKeys:
    """Asks the orchestrator, and tells what it answers."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._previewing: Worker[None] | None = None
        """Drafts a preview, which with a model takes seconds; the keys go on meanwhile."""

    async def mute(self) -> None:
        orchestrator = self._evening.orchestrator
        self._tell(await orchestrator.set_muted(not orchestrator.muted))

    async def let_it_be(self) -> None:
        presenter = self._app.presenter
        ending = presenter is not None and presenter.moment().letting_be
        self._tell(self._evening.orchestrator.let_it_be(0 if ending else self._evening.settings.let_it_be_minutes))

    async def let_it_be_for(self) -> None:
        async def let_be(answer: str | None) -> None:
            if answer is not None and (minutes := _minutes(answer)) is not None:
                self._tell(self._evening.orchestrator.let_it_be(minutes))

        def wrong(answer: str) -> str:
            return f"“{answer}” is no number of minutes between 0 and 1440." if _minutes(answer) is None else ""

        self._app.ask("For how many minutes shall the room be left alone?", let_be, wrong, title="Let it be")

    async def preview(self) -> None:
        if self._previewing is not None and not self._previewing.is_finished:
            self._app.say(PREVIEWING_ALREADY, severity="warning")
            return
        self._app.say(PREVIEWING)
        work = self._preview(self._evening)
        self._previewing = self._app.run_worker(work, name="a preview", group="drafts", exit_on_error=False)

    async def why(self) -> None:
        from sanctum_tui.ui.dialogs.why import WhyDialog
        from sanctum_tui.ui.moods import Account, account_of

        evening, stage = self._evening, self._app.stage

        def look() -> Account:
            ended = not (stage.playing and stage.evening is evening)
            decision = decide(evening.orchestrator.situation(evening.now()))
            return account_of(decision, ended=ended, live=evening.broadcasting is not None)

        self._app.push_screen(WhyDialog(look))

    async def keep(self) -> None:
        await self._mark(self._evening, "")

    async def keep_with(self) -> None:
        evening = self._evening

        async def keep(note: str | None) -> None:
            if note is None:
                return
            if self._app.stage.evening is evening and self._app.stage.playing:
                await self._mark(evening, note)
            else:
                self._app.say("The evening of that moment has ended; nothing was marked.", severity="warning")

        goes = "It goes into the ledger."
        if evening.broadcasting is not None:
            goes = "It goes into the ledger, and marks the stream."
        self._app.ask(f"What is this moment? {goes}", keep, title="Keep this moment")

    async def _preview(self, evening: "Evening") -> None:
        """Its evening may end meanwhile; then nobody wants to see it any more."""
        try:
            written = await evening.orchestrator.preview()
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
        except Exception:
            if self._app.stage.evening is evening:
                raise
            log.info("there is no preview: its evening has ended", exc_info=True)
        else:
            if self._app.stage.evening is evening:
                self._show_preview(written)
        finally:
            self._app.review.show_writing("")

    def _show_preview(self, written: "tuple[Draft, Verdict] | None") -> None:
        app = self._app
        if len(app.screen_stack) > 1 or app.frame.typing:
            # The operator is at something else by now, and keeps the keys.
            app.say(_preview_words(written))
            return
        from sanctum_tui.ui.dialogs.preview import PreviewDialog

        app.clear_notifications()
        app.push_screen(PreviewDialog(written))

    async def _mark(self, evening: "Evening", note: str) -> None:
        """Into the ledger first, which is ours; then into the stream, in its own time."""
        outcome = await evening.orchestrator.mark(note)
        self._tell(outcome)
        live = evening.broadcasting
        if outcome.done and live is not None:
            self._app.run_worker(
                self._mark_stream(live.on_air.studio, note),
                name="marking the stream",
                group="stream marks",
                exit_on_error=False,
            )

    async def _mark_stream(self, studio: "Studio", note: str) -> None:
        try:
            marker = await studio.mark(note)
        except SanctumError as error:
            self._app.say(f"Marked for the ledger. {error.sentence}", severity="warning")
        else:
            position = timedelta(seconds=marker.position_seconds)
            self._app.say(f"Marked for the ledger, and in the stream at {position}.")

    async def ledger(self) -> None:
        path = await self._evening.write_ledger()
        self._app.say(f"The ledger was written to {path}")

    async def setting(self) -> None:
        async def change(answer: str | None) -> None:
            if not answer:
                return
            name, value = _setting(answer)
            changed = self._evening.change(name, value)
            if name == "THEME" and value in self._app.available_themes:
                self._app.theme = value
            self._tell(Outcome(True, changed))

        def wrong(answer: str) -> str:
            name, value = _setting(answer)
            if not answer:
                return ""
            key = self._app.keyboard.by_id["look.theme"].shown_key
            if name == "THEME" and (why := self._app.no_theme(value, key)):
                return why
            try:
                self._evening.changed(name, value)
            except SanctumError as error:
                return error.sentence
            return ""

        question = "Which setting, for this evening? Write NAME=VALUE, as in LET_IT_BE_MINUTES=20."
        self._app.ask(question, change, wrong, title="A setting")

    @property
    def _evening(self) -> "Evening":
        evening = self._app.stage.evening
        if evening is None:
            raise NotReadyError(OPENING)
        return evening

    def _tell(self, outcome: Outcome) -> None:
        self._app.say(outcome.words, severity="information" if outcome.done else "warning")
        if (presenter := self._app.presenter) is not None:
            presenter.tick()


def _preview_words(written: "tuple[Draft, Verdict] | None") -> str:
    """A preview in a sentence."""
    if written is None:
        return NOTHING_LEFT
    draft, verdict = written
    return f"It would say: {draft.text}{'' if verdict.passed else ' (The guard says no.)'}"


def _minutes(answer: str) -> float | None:
    """So many minutes, up to a day; None where it is no such number."""
    try:
        minutes = float(answer.replace(",", "."))
    except ValueError:
        return None
    return minutes if 0 < minutes <= 24 * 60 else None


def _setting(answer: str) -> tuple[str, str]:
    """The name and the value of NAME=VALUE."""
    name, _, value = answer.partition("=")
    return name.strip().upper(), value.strip()
