"""The keys for the waiting line: approve, edit, skip, draft anew, hold, undo, settle."""

from typing import TYPE_CHECKING

from sanctum_tui.errors import StorageError
from sanctum_tui.review.prompt import Outcome
from sanctum_tui.ui.cards import CHANGED_JUST_NOW, Check
from sanctum_tui.ui.panes.review import ReviewPane

if TYPE_CHECKING:
    from sanctum_tui.llm.guard import Verdict
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.presenter import Presenter

OVERRIDE = "operator overrode the guard: "


class ReviewKeys:
    """Acts on the line whose card is on the screen, by its number, and tells what came of it."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._refused_words = ""
        """Words that the guard refused and the operator was told so; Enter again posts them all the same."""

    async def approve(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.approve(number))

    async def edit(self) -> None:
        number = self._number()
        prompt = None if number is None else self._presenter.evening.queue.get(number)
        if prompt is None or self._app.review.editing is not None:
            return
        self._refused_words = ""
        kept = self._presenter.edits.get(prompt.number)
        await self._app.review.begin_edit(prompt.number, prompt.line if kept is None else kept)
        self.check(prompt.number, prompt.line if kept is None else kept)

    async def skip(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.skip(number))

    async def skip_because(self) -> None:
        if (number := self._number()) is None:
            return

        async def skip(reason: str | None) -> None:
            if reason is not None:
                self._tell(await self._presenter.evening.desk.skip(number, reason=reason))

        self._app.ask(f"Why skip line {number}? It goes into the ledger.", skip)

    async def redraft(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.orchestrator.redraft(number))

    async def redraft_with(self) -> None:
        if (number := self._number()) is None:
            return

        async def redraft(note: str | None) -> None:
            if note is not None:
                self._tell(await self._presenter.evening.orchestrator.redraft(number, note))

        self._app.ask("What would you like the next draft to be about?", redraft)

    async def hold(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.hold(number))

    async def undo(self) -> None:
        evening = self._presenter.evening
        outcome = await evening.desk.undo()
        if outcome.done and outcome.prompt is not None and await evening.orchestrator.undone(outcome.prompt.number):
            outcome = Outcome(True, "Taken back; but people have talked since, so it went stale. Nothing was posted.")
        self._tell(outcome)

    async def settle_posted(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.settle(number, posted=True))

    async def settle_lost(self) -> None:
        if (number := self._number()) is not None:
            self._tell(await self._presenter.evening.desk.settle(number, posted=False))

    # While a line is edited

    def check(self, number: int, line: str) -> None:
        """Show what the words come to."""
        from sanctum_tui.llm.author import sign

        settings = self._presenter.evening.settings
        exact = sign(line, settings.agent_signature)
        verdict = self._verdict(number, line)
        said = "The guard lets it stand. Enter approves exactly this; Esc leaves."
        if not verdict.passed:
            again = self._refused_words == line
            then = "Enter again posts it all the same." if again else "Enter asks once more; Esc leaves."
            said = f"The guard says no: {' '.join(finding.reason for finding in verdict.findings)} {then}"
        count = f"{len(line)} of {settings.style_max_characters} characters, {len(exact)} with the signature"
        self._app.review.show_check(Check(exact, count, said, verdict.passed))

    def typed(self, message: ReviewPane.Edited) -> None:
        """The words changed: keep them, and look at them."""
        self._presenter.edits.keep(message.number, message.line)
        self._app.save_edits_soon()
        self.check(message.number, message.line)

    async def submit(self, message: ReviewPane.Submitted) -> None:
        """Approve exactly these words; where the guard says no, only when Enter is pressed twice."""
        verdict, line = self._verdict(message.number, message.line), message.line
        reason = ""
        if not verdict.passed:
            if self._refused_words != line:
                self._refused_words = line
                self.check(message.number, line)
                return
            reason = OVERRIDE + ", ".join(finding.rule for finding in verdict.findings)
        outcome = await self._presenter.evening.desk.approve(message.number, line=line, reason=reason)
        if outcome.done:
            self._presenter.edits.drop(message.number)
            self._app.save_edits_soon()
            await self._app.review.end_edit()
        self._tell(outcome)

    async def leave(self, message: ReviewPane.Left) -> None:
        """Leave the editor; the words are kept for this line until it is decided."""
        presenter = self._presenter
        prompt = presenter.evening.queue.get(message.number)
        if prompt is not None and message.line == prompt.line:
            presenter.edits.drop(message.number)
        await self._app.review.end_edit()
        self._app.save_edits_soon()
        presenter.tick()

    async def save_edits(self) -> None:
        """Write half-edited lines to disk; a failure is told, and tried again with the next one."""
        try:
            await self._presenter.edits.flush()
        except StorageError as error:
            self._app.say(error.sentence, severity="error")

    @property
    def _presenter(self) -> "Presenter":
        presenter = self._app.presenter
        if presenter is None:
            raise RuntimeError("keys for a line, and no evening")
        return presenter

    def _number(self) -> int | None:
        """The line that the operator sees, unless it has only just come."""
        if self._presenter.card_just_changed:
            self._app.say(CHANGED_JUST_NOW, severity="warning")
            return None
        return self._app.review.number

    def _verdict(self, number: int, line: str) -> "Verdict":
        from sanctum_tui.llm.guard import Style, inspect

        evening = self._presenter.evening
        said = [prompt.line for prompt in evening.queue.prompts if prompt.number != number]
        names = {name for message in evening.room.recent for name in (message.name, message.login)}
        style = Style(max_characters=evening.settings.style_max_characters)
        return inspect(line, style, said=said, names=names)

    def _tell(self, outcome: Outcome) -> None:
        self._app.say(outcome.words, severity="information" if outcome.done else "warning")
        self._presenter.tick()
