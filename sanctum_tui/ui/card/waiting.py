"""The line that the keys are about, on its card: shown as it is by now, and called for when it begins to wait."""

import math
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sanctum_tui.agent.modes.steward import NAME as STEWARD
from sanctum_tui.agent.modes.steward import TOO_LATE_SECONDS
from sanctum_tui.evening import Prompt, PromptState
from sanctum_tui.review.prompt import OPEN, may_step
from sanctum_tui.ui.actions.line import EDITABLE
from sanctum_tui.ui.card.calling import Caller
from sanctum_tui.ui.card.cards import SETTLE_SECONDS, Card, card_of, lapse_of
from sanctum_tui.ui.card.edits import Edits
from sanctum_tui.ui.look.concealing import conceal

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp

CALLED = "◆ waits for you"
"""In the card's border, where it is a heavy one."""


class WaitingLine:
    """Between the queue and the card."""

    def __init__(self, app: "SanctumApp", evening: "Evening", edits: Edits, monotonic: Callable[[], float]) -> None:
        self._app = app
        self._evening = evening
        self._edits = edits
        self._monotonic = monotonic
        self._shown: int | None = None
        self._moved_on = False
        """The line under the editor was decided meanwhile."""
        self._turned_at: float | None = -math.inf
        """When the operator first had this card before them; None while something stands in front of it."""
        self._approved_at: tuple[int, float] | None = None
        self._caller = Caller(self._write, app.bell, os.environ)

    @property
    def prompt(self) -> Prompt | None:
        """The line itself, while something may still be done about it."""
        current = self._evening.queue.current
        return current if current is not None and current.state in OPEN else None

    @property
    def just_turned(self) -> bool:
        """Whether the card turned to another line so lately that a key may have been meant for the one before.

        What counts is when the key was pressed, not when its turn came, and when the line could first be seen.
        """
        if self._turned_at is None:
            return True
        return self._monotonic() - self._app.waited_seconds - self._turned_at < SETTLE_SECONDS

    def stepped(self, prompt: Prompt) -> None:
        """A line took a step."""
        if prompt.state is PromptState.APPROVED:
            self._approved_at = prompt.number, self._monotonic()
        if prompt.state not in OPEN and not may_step(prompt.state, PromptState.PENDING):
            self._edits.drop(prompt.number)
            self._app.keys.review.save_edits_soon(self._edits)
        self._caller.arrived(prompt, self._evening.settings)

    def show(self, *, playing: bool) -> None:
        """Show the card as it is at this moment."""
        queue, review, now = self._evening.queue, self._app.review, self._evening.now()
        leaves_in, muted = self._leaves_in(), self._evening.orchestrator.muted
        card = card_of(queue.prompts, queue.current, now, leaves_in=leaves_in, lapses=self._lapses(), muted=muted)
        edited = review.editing
        if edited is not None and edited != card.number:
            # The line under the editor is done with; its heading says so, and the words stay.
            own = queue.get(edited)
            card = _edited_card(card, edited, own.state.value if own is not None else "gone")
            self._app.keys.review.check_again()
            self._moved_on = True
        elif edited is not None and self._moved_on:
            # It was taken back: the words can be posted again.
            self._moved_on = False
            self._app.keys.review.check_again()
        elif edited is None and card.state in EDITABLE and self._edits.get(card.number or 0) is not None:
            card = replace(card, heading=f"{card.heading}; your edit is kept, e goes on with it")
        elif card.number is None and self._app.stage.ended:
            told = self._app.host.last_words
            card = replace(card, heading=conceal(told) if self._app.private else told)
        review.show(card)
        settings = self._evening.settings
        waits = self._caller.stands(queue.current, settings, playing=playing)
        review.call(CALLED if waits and settings.notify_border else "")
        if review.number != self._shown:
            self._shown = review.number
            self._turned_at = None
        # A dialog covers the card; and a terminal that does not read shows what was there before.
        if self._turned_at is None and len(self._app.screen_stack) == 1 and not self._app.behind:
            self._turned_at = self._monotonic()

    def close(self) -> None:
        """Call for nothing more."""
        self._caller.close()

    def _lapses(self) -> str:
        prompt = self.prompt
        if prompt is None:
            return ""
        until = prompt.drafted_at + timedelta(seconds=TOO_LATE_SECONDS) if prompt.mode == STEWARD else None
        live = self._evening.broadcasting
        ends_in = None if live is None else live.question.ends_in
        seconds = None if ends_in is None else ends_in.total_seconds()
        return lapse_of(prompt, self._evening.now(), answer_until=until, ends_in=seconds)

    def _leaves_in(self) -> int | None:
        current = self._evening.queue.current
        if current is None or self._approved_at is None or self._approved_at[0] != current.number:
            return None
        left = self._approved_at[1] + self._evening.settings.review_undo_seconds - self._monotonic()
        return max(0, math.ceil(left))

    def _write(self, sequence: str) -> None:
        """To the terminal, beside what Textual draws there."""
        if (driver := self._app._driver) is not None:
            driver.write(sequence)


def _edited_card(card: Card, number: int, state: str) -> Card:
    return Card(
        number=number,
        heading=f"Line {number} is {state} by now; copy what you want to keep of your words, Esc leaves",
        style="-wrong",
        earlier=card.earlier,
    )
