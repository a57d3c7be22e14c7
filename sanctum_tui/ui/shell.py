"""What holds for the console whatever it shows: its themes, its toasts, and one sentence in place of a traceback."""

import asyncio
import gc
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal

from rich.text import Text
from textual.app import App
from textual.worker import Worker, WorkerState

from sanctum_tui.errors import ExitCode
from sanctum_tui.paths import Paths, shipped
from sanctum_tui.text import clean
from sanctum_tui.ui.theming import load_themes, variable_defaults

log = logging.getLogger(__name__)

CRASHED = "sanctum-tui: something unforeseen happened and the console closed; what was said is stored, {} says more."
UNFORESEEN = "Something unforeseen happened; the log file says what. The evening goes on."
_DEFAULT_THEME = "hearth"


class Shell(App[int]):
    """An app that wears our themes, shows words as they are, and never prints what was in its variables."""

    def __init__(self, paths: Paths, theme: str) -> None:
        """`theme` is put on; where there is none of that name, that is told and the default is."""
        super().__init__()
        self._paths = paths
        themes, failures = load_themes([shipped("themes"), paths.config / "themes"])
        for loaded in themes:
            self.register_theme(loaded)
        if theme not in self.available_themes:
            failures = (*failures, f"There is no theme “{theme}”; {_DEFAULT_THEME} is on instead.")
            theme = _DEFAULT_THEME
        self.theme = theme
        self._theme_failures = failures

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_load(self) -> None:
        # Until the first paint everything that is made stays: looking for garbage would only delay it.
        gc.disable()

    def on_mount(self) -> None:
        # Textual would leave the terminal broken. Where a platform has no such signal, nobody can send it.
        with suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        for sentence in self._theme_failures:
            self.say(sentence, severity="warning")
        self.call_after_refresh(self._settle)

    @staticmethod
    def _settle() -> None:
        # What is there by now stays to the end; walking it at each collection would make keys wait.
        gc.freeze()
        gc.enable()

    def say(self, words: str, *, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Show words for a few seconds, as they are, in place of those before: a pile would cover the card.

        A file's name in them may hold anything.
        """
        self.clear_notifications()
        self.notify(clean(words), severity=severity, markup=False)

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
