"""The keys for the words: which models write and how they stand, and the operator's standing notes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp


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

    @property
    def _evening(self) -> "Evening":
        evening = self._app.stage.evening
        if evening is None:
            raise RuntimeError("keys for the words, and no evening")
        return evening
