"""The keys for the words: which models write and how they stand, and the operator's standing notes."""

from typing import TYPE_CHECKING

from sanctum_tui.errors import NotReadyError
from sanctum_tui.ui.actions.line import OPENING

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.status.turns import Turn
    from sanctum_tui.ui.app import SanctumApp

NO_EDITOR = "The evening is closed, and its editor with it; the plan was not kept. Draft it anew next time."


class WordsKeys:
    """Opens the dialogs for the models and the notes."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app

    async def models(self) -> None:
        from sanctum_tui.ui.dialogs.models import ModelsDialog

        evening = self._evening
        settings_file = evening.paths.settings_file
        self._app.push_screen(
            ModelsDialog(evening.words, settings=lambda: evening.settings, settings_file=settings_file)
        )

    async def notes(self) -> None:
        from sanctum_tui.ui.dialogs.notes import NotesDialog

        evening = self._evening
        self._app.push_screen(NotesDialog(evening.words.notes, today=lambda: evening.now().date()))

    async def plan(self) -> None:
        """Draft tonight's dashboard from a short form; what the operator takes is put into the editor."""
        from sanctum_tui.dashboard.markdown import TEMPLATE
        from sanctum_tui.llm.plan_composer import OfflinePlanner
        from sanctum_tui.llm.planning import STATUS_SOURCE, ModelPlanner, PlanForm
        from sanctum_tui.ui.dialogs.planning import PlanningDialog

        evening = self._evening

        def template() -> str:
            return evening.tonight.text if evening.dashboard.title or evening.dashboard.goals else TEMPLATE

        async def taken(markdown: str | None) -> None:
            papers = self._app.papers
            if markdown is None:
                return
            if papers is None:
                self._app.say(NO_EDITOR, severity="warning")
            elif papers.take_draft(markdown):
                self._app.say("The plan is in the editor, and saved; Ctrl+Z there takes it back.")
            else:
                self._app.say("The plan goes into the editor as soon as that is on the screen.")

        begin = evening.words.turn

        def turn() -> "Turn":
            assert begin is not None
            turn = begin(STATUS_SOURCE)
            turn.watch(lambda status: dialog.show_status("" if status is None else status.text))
            return turn

        author = ModelPlanner(
            evening.words.singly,
            OfflinePlanner(template=template),
            template=template,
            turn=None if begin is None else turn,
        )
        dialog = PlanningDialog(author, PlanForm(evening.dashboard.game, evening.dashboard.mood))
        await self._app.push_screen(dialog, taken)

    @property
    def _evening(self) -> "Evening":
        evening = self._app.stage.evening
        if evening is None:
            raise NotReadyError(OPENING)
        return evening
