"""The keys for the waiting line: approve, edit, skip, draft anew, hold, undo, settle."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError, StorageError
from sanctum_tui.review.prompt import Outcome
from sanctum_tui.ui.keys.editing import EditingKeys

if TYPE_CHECKING:
    from textual.worker import Worker

    from sanctum_tui.llm.standing import StandingNote
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.presenter import Presenter

log = logging.getLogger(__name__)

DRAFTING = "Drafting anew…"
BEING_REPLACED = "Another line is being written in its place; a again posts this one."
REASON_GOES = "The reason goes into the ledger, and becomes a standing note that later lines keep to."
NOTE_GONE = "The standing note it had left is gone with it."
ANOTHER_EVENING = "The evening of that line has ended; nothing was done."
DRAFTING_ALREADY = "A line is being drafted anew already; it comes by itself."


class ReviewKeys(EditingKeys):
    """Acts on the line whose card is on the screen, by its number, and tells what came of it."""

    def __init__(self, app: "SanctumApp") -> None:
        super().__init__(app)
        self._drafting: Worker[None] | None = None
        """Drafts anew, which with a model takes seconds; the keys go on meanwhile."""
        self._redrafted: int | None = None
        """The line that it is to take the place of; None once the operator was told that a yes would go first."""

    async def approve(self) -> None:
        if (number := self._number()) is None:
            return
        prompt = self._presenter.evening.queue.get(number)
        if self._hidden("" if prompt is None else prompt.text):
            return
        if self._redrafted == number and self._in_work:
            # It was asked to be replaced a moment ago; whoever means it all the same says so.
            self._redrafted = None
            self._app.say(BEING_REPLACED, severity="warning")
            return
        # The other keys, and first of all the one that mutes, wait for no answer from Twitch.
        self._tell(await self._presenter.evening.desk.approve(number, wait=False))

    async def skip(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.skip(number))

    async def skip_because(self) -> None:
        if (number := self._number()) is None:
            return

        presenter = self._presenter

        async def skip(reason: str | None) -> None:
            if reason is not None and self._goes_on(presenter):
                self._tell(await presenter.evening.desk.skip(number, reason=reason))

        self._app.ask(f"Why skip line {number}? {REASON_GOES}", skip, title=f"Skip line {number}")

    async def redraft(self) -> None:
        if (number := self._redraftable()) is not None:
            self._redraft(number)

    async def redraft_with(self) -> None:
        if (number := self._redraftable()) is None:
            return
        presenter = self._presenter

        async def redraft(note: str | None) -> None:
            if note is not None and self._goes_on(presenter) and not self._busy():
                self._redraft(number, note)

        self._app.ask("What would you like the next draft to be about?", redraft, title="Draft anew")

    async def hold(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.hold(number))

    async def undo(self) -> None:
        self._tell(await self._undo())

    async def lines(self) -> None:
        from sanctum_tui.ui.dialogs.lines import LinesDialog
        from sanctum_tui.ui.keys.lines import TonightsLines

        presenter, stage = self._presenter, self._app.stage
        evening = presenter.evening
        lines = TonightsLines(evening, self._undo, lambda: stage.playing and stage.evening is evening)
        self._app.push_screen(LinesDialog(lines, self._app.monotonic))

    async def _undo(self) -> Outcome:
        evening, notes = self._presenter.evening, self._standing_notes()
        outcome = await evening.desk.undo()
        if outcome.done and outcome.prompt is not None and await evening.orchestrator.undone(outcome.prompt.number):
            outcome = Outcome(True, "Taken back; but people have talked since, so it went stale. Nothing was posted.")
        if notes - self._standing_notes():
            outcome = replace(outcome, words=f"{outcome.words} {NOTE_GONE}")
        return outcome

    async def settle_posted(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.settle(number, posted=True))

    async def settle_lost(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.settle(number, posted=False))

    def _goes_on(self, presenter: "Presenter") -> bool:
        """Whether its evening is still the one on the screen; another's lines have the same numbers. Says so."""
        if self._app.presenter is not presenter:
            self._app.say(ANOTHER_EVENING, severity="warning")
        return self._app.presenter is presenter

    def _standing_notes(self) -> "frozenset[StandingNote]":
        try:
            return frozenset(self._presenter.evening.words.notes.read())
        except StorageError:
            return frozenset()  # the log tells of it, and whoever writes the next line

    def _redraftable(self) -> int | None:
        return None if self._busy() else self._number()

    def _busy(self) -> bool:
        """Whether a line is being drafted anew; says so."""
        if self._in_work:
            self._app.say(DRAFTING_ALREADY, severity="warning")
        return self._in_work

    @property
    def _in_work(self) -> bool:
        return self._drafting is not None and not self._drafting.is_finished

    def _redraft(self, number: int, note: str = "") -> None:
        self._app.say(DRAFTING)
        self._redrafted = number
        work = self._draft_anew(self._presenter, number, note)
        self._drafting = self._app.run_worker(work, name="drafting anew", group="drafts", exit_on_error=False)

    async def _draft_anew(self, presenter: "Presenter", number: int, note: str) -> None:
        """Its evening may end meanwhile; then there is nobody to tell."""
        try:
            outcome = await presenter.evening.orchestrator.redraft(number, note)
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
        except Exception:
            if self._app.presenter is presenter:
                raise
            log.info("line %d was not drafted anew: its evening has ended", number, exc_info=True)
        else:
            if self._app.presenter is presenter:
                self._tell(outcome)
        finally:
            self._app.review.show_writing("")
