"""What the keys do while a line is edited: look at the words, keep them, approve exactly them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sanctum_tui.errors import NotReadyError, StorageError
from sanctum_tui.evening import PromptState
from sanctum_tui.review.prompt import OVERRIDE, Outcome, may_step, unsendable
from sanctum_tui.text import single_spaced
from sanctum_tui.ui.actions.line import OPENING
from sanctum_tui.ui.card.cards import CHANGED_JUST_NOW, Check
from sanctum_tui.ui.panes.review import ReviewPane
from sanctum_tui.ui.papers import TRY_AGAIN_SECONDS

if TYPE_CHECKING:
    from textual.timer import Timer

    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.card.edits import Edits
    from sanctum_tui.ui.presenter import Presenter

INSISTS = "The guard says no. Enter again posts it all the same; Esc leaves."
_LAYOUTS = 3
"""How often the card is laid out anew for words that were typed: with them, with their difference, and as it fits."""
_EDIT_SECONDS = 0.25
"""How long after the last key a half-edited line is written to disk."""


class EditingKeys:
    """Acts on the words in the editor on the card."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._checked: tuple[int, str] | None = None
        self._saving: Timer | None = None
        self._to_save: set[Edits] = set()
        """Half-edited lines that the disk may not have as they are; an evening's may outlast it."""
        self.unsaved = ""
        """Why the disk refused them, which was told; "" where it has them."""
        self._refused_words: str | None = None
        """Words that the guard refused and the operator was told so; Enter again posts them all the same."""

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

    def _tell(self, outcome: Outcome) -> None:
        self._app.say(outcome.words, severity="information" if outcome.done else "warning")
        if (presenter := self._app.presenter) is not None:
            presenter.tick()
