"""What holds for the console whatever it shows: its themes, its toasts, and one sentence in place of a traceback."""

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from rich.text import Text
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.worker import Worker, WorkerState

from sanctum_tui.errors import ExitCode
from sanctum_tui.paths import Paths
from sanctum_tui.text import clean
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.look.themefiles import ThemeFiles
from sanctum_tui.ui.look.theming import OurTheme, variable_defaults
from sanctum_tui.ui.unhurried import Unhurried

log = logging.getLogger(__name__)

CRASHED = "sanctum-tui: something unforeseen happened and the console closed; what was said is stored, {} says more."
UNFORESEEN = "Something unforeseen happened; the log file says what. The evening goes on."
DEFAULT_THEME = "hearth"
_THEMES_SECONDS = 2.0
"""How often the user's folder of themes is looked at: one that is being written shows as it is saved."""


class Shell(Unhurried[int]):
    """An app that wears our themes, shows words as they are, and never prints what was in its variables."""

    def __init__(self, paths: Paths, theme: str, *, animations: bool = False) -> None:
        """`theme` is put on; where there is none of that name, that is told and the default is."""
        super().__init__()
        self._paths = paths
        self.private = False
        """What should not be on stream is hidden."""
        self.big = False
        """Type is large."""
        if not animations:
            self.animation_level = "none"
        if self.no_color:
            # Textual would show shades of grey, which are colours to a terminal.
            self._filters[:] = [*(each for each in self._filters if not isinstance(each, Monochrome)), NoColor()]
        self._theme_files = ThemeFiles(paths.config / "themes")
        self._themes: dict[str, OurTheme] = {}
        self._theme_failures: tuple[str, ...] = ()
        failures = self._load_themes()
        if theme not in self.available_themes:
            failures = (*failures, f"There is no theme “{theme}”; {DEFAULT_THEME} is on instead.")
            theme = DEFAULT_THEME
        self.theme = theme
        self._to_tell = failures

    @property
    def themes(self) -> tuple[OurTheme, ...]:
        """The themes from files, ours and the user's."""
        return tuple(self._themes.values())

    @property
    def settings_file(self) -> Path:
        """Where a setting is kept for good."""
        return self._paths.settings_file

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_load(self) -> None:
        # Until the first paint everything that is made stays: looking for garbage would only delay it.
        gc.disable()

    def on_mount(self) -> None:
        # Textual would leave the terminal broken. Where a platform has no such signal, nobody can send it.
        with suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        if self._to_tell:
            self.say(" ".join(self._to_tell), severity="warning")
        self.set_interval(_THEMES_SECONDS, self.look_for_themes)
        self.call_after_refresh(self._settle)

    @staticmethod
    def _settle() -> None:
        # What is there by now stays to the end; walking it at each collection would make keys wait.
        gc.freeze()
        gc.enable()

    def look_for_themes(self) -> None:
        """Read themes that were saved meanwhile; one that is broken is told, and what is worn stays as it was."""
        if not self._theme_files.changed():
            return
        worn = self._themes.get(self.theme)
        failures = self._load_themes()
        if failures:
            self.say(" ".join(failures), severity="warning")
        if self._themes.get(self.theme, worn) != worn:
            self.mutate_reactive(App.theme)

    def _load_themes(self) -> tuple[str, ...]:
        """Take the themes from their files; gives a sentence for each file that went wrong since the last time."""
        themes, failures = self._theme_files.load()
        for gone in self._themes.keys() - {theme.name for theme in themes} - {self.theme}:
            self.unregister_theme(gone)
        self._themes = {theme.name: theme for theme in themes}
        for theme in themes:
            self.register_theme(theme)
        new = tuple(failure for failure in failures if failure not in self._theme_failures)
        self._theme_failures = failures
        return new

    def look(self, *, private: bool, big: bool) -> None:
        """Hide what should not be on stream, or show it; put everything in large type, or in the usual one.

        The classes ``-private`` and ``-big`` are for every style sheet, the two attributes for every dialog.
        """
        if private and not self.private:
            self.clear_notifications()
        self.private, self.big = private, big
        for node in (self, *self.screen_stack[:1]):
            node.set_class(private, "-private")
            node.set_class(big, "-big")

    def say(self, words: str, *, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Show words for a few seconds, as they are, in place of those before: a pile would cover the card.

        A file's name in them may hold anything, and in private mode is left out.
        """
        self.clear_notifications()
        self.notify(conceal(clean(words)) if self.private else clean(words), severity=severity, markup=False)

    def ask(
        self,
        question: str,
        then: Callable[[str | None], Awaitable[None]],
        wrong: Callable[[str], str] = lambda answer: "",
    ) -> None:
        """Ask for a line of words; `then` gets None where the operator leaves.

        `wrong` says in words what is the matter with an answer, or "": the question stays until it is right.
        """
        from sanctum_tui.ui.dialogs.asking import AskLine

        self.push_screen(AskLine(question, wrong), then)

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual answers in words of its own."""
        self.say("q quits, and asks what becomes of the evening.")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Work in the background that fails is told, and does not end the console."""
        if event.state is WorkerState.ERROR:
            log.error("%s failed", event.worker.name, exc_info=event.worker.error)
            self.say(UNFORESEEN, severity="error")

    def _terminated(self) -> None:
        self.exit(return_code=int(ExitCode.INTERRUPTED))

    def close_after(self, error: Exception) -> None:
        """Something unforeseen happened that the console cannot go on after."""
        self._handle_exception(error)

    def _handle_exception(self, error: Exception) -> None:
        log.critical("the console crashed", exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Say one sentence: Textual's own words would show every local variable, secrets too."""
        if not self._exit_renderables:
            self._exit_renderables.append(Text(CRASHED.format(self._paths.log_file)))
        self._close_messages_no_wait()
