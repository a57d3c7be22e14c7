"""What the agent would say now, and what the guard thinks of it."""

from typing import TYPE_CHECKING

from sanctum_tui.ui.card.cards import HIDDEN
from sanctum_tui.ui.dialogs.base import Paper

if TYPE_CHECKING:
    from sanctum_tui.evening import Draft
    from sanctum_tui.llm.guard import Verdict

NOTHING_HAPPENED = "Nothing was sent, recorded or moved by asking."


class PreviewDialog(Paper[None]):
    """Shows a draft that exists nowhere else."""

    title_words = "Preview"

    def __init__(self, written: "tuple[Draft, Verdict] | None") -> None:
        super().__init__()
        self._written = written

    def veil(self) -> None:
        self.call_later(self.compose_again)

    def parts(self) -> list[tuple[str, str]]:
        if self._written is None:
            return [("", "There is nothing left to say that was not said tonight."), ("", NOTHING_HAPPENED)]
        draft, verdict = self._written
        judged = "✓ The guard lets it stand."
        if not verdict.passed:
            judged = "\n".join(f"✕ {finding.reason}" for finding in verdict.findings)
        return [
            ("It would say", draft.text),
            ("From", HIDDEN if self.private else ", ".join(draft.sources) or "nothing in particular"),
            ("The style guard", judged),
            ("", NOTHING_HAPPENED),
        ]
