"""The keys for the waiting line: approve, edit, skip, draft anew, hold, undo, settle."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from sanctum_tui.errors import NotReadyError, SanctumError, StorageError
from sanctum_tui.evening import PromptState
from sanctum_tui.review.prompt import OVERRIDE, Outcome, may_step, unsendable
from sanctum_tui.text import single_spaced
from sanctum_tui.ui.actions.line import OPENING
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW, Check
from sanctum_tui.ui.panes.review import ReviewPane
from sanctum_tui.ui.papers import TRY_AGAIN_SECONDS

if TYPE_CHECKING:
    from textual.timer import Timer
    from textual.worker import Worker

    from sanctum_tui.llm.standing import StandingNote
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.card.edits import Edits
    from sanctum_tui.ui.presenter import Presenter

log = logging.getLogger(__name__)

DRAFTING = "Drafting anew…"
BEING_REPLACED = "Another line is being written in its place; a again posts this one."
INSISTS = "The guard says no. Enter again posts it all the same; Esc leaves."
REASON_GOES = "The reason goes into the ledger, and becomes a standing note that later lines keep to."
NOTE_GONE = "The standing note it had left is gone with it."
ANOTHER_EVENING = "The evening of that line has ended; nothing was done."
DRAFTING_ALREADY = "A line is being drafted anew already; it comes by itself."

_LAYOUTS = 3
"""How often the card is laid out anew for words that were typed: with them, with their difference, and as it fits."""
_EDIT_SECONDS = 0.25
"""How long after the last key a half-edited line is written to disk."""


class ReviewKeys:
    """Acts on the line whose card is on the screen, by its number, and tells what came of it."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._checked: tuple[int, str] | None = None
        self._saving: Timer | None = None
        self._to_save: set[Edits] = set()
        """Half-edited lines that the disk may not have as they are; an evening's may outlast it."""
        self.unsaved = ""
        """Why the disk refused them, which was told; "" where it has them."""
        self._drafting: Worker[None] | None = None
        """Drafts anew, which with a model takes seconds; the keys go on meanwhile."""
        self._redrafted: int | None = None
        """The line that it is to take the place of; None once the operator was told that a yes would go first."""
        self._refused_words: str | None = None
        """Words that the guard refused and the operator was told so; Enter again posts them all the same."""

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

    async def edit(self) -> None:
        number = self._number()
        prompt = None if number is None else self._presenter.evening.queue.get(number)
        if self._app.review.editing is not None:
            self._app.frame.go_to("review")
            return
        if prompt is None:
            return
        self._refused_words = None
        kept = self._presenter.edits.get(prompt.number)
        await self._app.review.begin_edit(prompt.number, prompt.line if kept is None else kept)
        self.check(prompt.number, prompt.line if kept is None else kept)
        self._presenter.tick()

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

    # While a line is edited

    def check(self, number: int, line: str) -> None:
        """Show what the words come to."""
        self._checked = number, line
        settings = self._presenter.evening.settings
        exact = self._signed(line)
        count = f"{len(line)} of {settings.style_max_characters} characters, {len(exact)} with the signature"
        if why := self._impossible(number, line):
            self._app.review.show_check(Check("", count, why, False))
            return
        verdict = self._presenter.evening.orchestrator.verdict(line, editing=number)
        check = Check(exact, count, "The guard lets it stand. Enter approves exactly this; Esc leaves.", True, line)
        if not verdict.passed:
            insists = self._refused_words == line
            check = replace(
                check,
                verdict="The guard says no:",
                passed=False,
                rules=tuple(finding.reason for finding in verdict.findings),
                then="Enter again posts it all the same." if insists else "Enter asks once more; Esc leaves.",
                insists=insists,
            )
        self._app.review.show_check(check)

    def check_again(self) -> None:
        """The line under the editor may have moved on: say so beside the words."""
        if self._checked is not None and self._checked[0] == self._app.review.editing:
            self.check(*self._checked)

    def _impossible(self, number: int, line: str) -> str:
        """Why these words cannot be posted at all, whatever the operator wants; empty where they can."""
        prompt = self._presenter.evening.queue.get(number)
        if prompt is None or not may_step(prompt.state, PromptState.APPROVED):
            return "This line has moved on; nothing can be posted from here. Esc leaves."
        why = unsendable(line) or unsendable(self._signed(line))
        return f"{why} It cannot be posted so; change it, or Esc leaves." if why else ""

    def _signed(self, line: str) -> str:
        from sanctum_tui.llm.author import sign

        return single_spaced(sign(line, self._presenter.evening.settings.agent_signature))

    def typed(self, message: ReviewPane.Edited) -> None:
        """The words changed: keep them, and look at them."""
        self._presenter.edits.keep(message.number, message.line)
        self.save_edits_soon(self._presenter.edits)
        self.check(message.number, message.line)

    async def submit(self, message: ReviewPane.Submitted, patience: int = _LAYOUTS) -> None:
        """Approve exactly these words; where the guard says no, only when Enter is pressed twice.

        For words that were typed a moment ago the card may be making room still: so many times that is waited for.
        """
        line = message.line
        if patience and not self._app.review.shows(self._signed(line)):
            self._app.call_after_refresh(self._submit_again, message, patience - 1)
            return
        if self._impossible(message.number, line):
            self.check(message.number, line)
            return
        if self._hidden(self._signed(line)):
            return
        verdict = self._presenter.evening.orchestrator.verdict(line, editing=message.number)
        reason = ""
        if not verdict.passed:
            if self._refused_words != line:
                self._refused_words = line
                self.check(message.number, line)
                # On a small card the verdict may stand below what is seen.
                self._app.say(INSISTS, severity="warning")
                return
            reason = OVERRIDE + ", ".join(finding.rule for finding in verdict.findings)
        desk = self._presenter.evening.desk
        outcome = await desk.approve(message.number, line=line, reason=reason, wait=False)
        if outcome.done:
            self._presenter.edits.drop(message.number)
            self.save_edits_soon(self._presenter.edits)
            await self._app.review.end_edit()
        self._tell(outcome)

    async def _submit_again(self, message: ReviewPane.Submitted, patience: int) -> None:
        if self._app.review.editing == message.number:
            await self.submit(message, patience)

    async def leave(self, message: ReviewPane.Left) -> None:
        """Leave the editor; the words are kept for this line until it is decided."""
        presenter = self._presenter
        prompt = presenter.evening.queue.get(message.number)
        if prompt is not None and message.line == prompt.line:
            presenter.edits.drop(message.number)
        await self._app.review.end_edit()
        self.save_edits_soon(presenter.edits)
        presenter.tick()

    def save_edits_soon(self, edits: "Edits") -> None:
        """Write half-edited lines a moment after the last key; their evening may have ended by then."""
        self._to_save.add(edits)
        self._save_in(_EDIT_SECONDS)

    async def save_edits(self) -> None:
        """Write half-edited lines to disk; a failure is told once, and it is tried again until it works."""
        try:
            for edits in tuple(self._to_save):
                await edits.flush()
                self._to_save.discard(edits)
        except StorageError as error:
            if not self.unsaved:
                self._app.say(error.sentence, severity="error")
            self.unsaved = error.sentence
            self._save_in(TRY_AGAIN_SECONDS)
        else:
            self.unsaved = ""

    def _save_in(self, seconds: float) -> None:
        if self._saving is not None:
            self._saving.stop()
        self._saving = self._app.set_timer(seconds, self.save_edits)

    @property
    def _presenter(self) -> "Presenter":
        presenter = self._app.presenter
        if presenter is None:
            raise NotReadyError(OPENING)
        return presenter

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

    def _hidden(self, text: str) -> bool:
        """Whether the operator cannot have read all of what would be posted; says so."""
        hidden = self._app.review.hides(text)
        if hidden:
            self._app.say(hidden, severity="warning")
        return bool(hidden)

    def _number(self) -> int | None:
        """The line that the operator sees, unless it has only just come."""
        if self._presenter.card_just_changed:
            self._app.say(CHANGED_JUST_NOW, severity="warning")
            return None
        return self._app.review.number

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

    def _tell(self, outcome: Outcome) -> None:
        self._app.say(outcome.words, severity="information" if outcome.done else "warning")
        if (presenter := self._app.presenter) is not None:
            presenter.tick()
