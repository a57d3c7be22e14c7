"""What holds for the console whatever it shows: its themes, its message line, one sentence for a traceback."""

import asyncio
import errno
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from rich.text import Text
from textual._time import get_time
from textual.app import App
from textual.events import Event, Key
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from sanctum_tui.errors import ExitCode, SanctumError
from sanctum_tui.paths import Paths
from sanctum_tui.settings.nearest import nearest
from sanctum_tui.text import clean
from sanctum_tui.ui.look.concealing import conceal
from sanctum_tui.ui.look.themefiles import ThemeFiles
from sanctum_tui.ui.look.theming import OurTheme, check_grounds, variable_defaults
from sanctum_tui.ui.sparing import SparingScreen
from sanctum_tui.ui.unhurried import Unhurried

log = logging.getLogger(__name__)

CRASHED = "sanctum-tui: something unforeseen happened and the console closed; what was said is stored, {} says more."
UNFORESEEN = "Something unforeseen happened; the log file says what. The evening goes on."
DEFAULT_THEME = "hearth"
_SIGNS = {"warning": "! ", "error": "✕ "}
"""What a message begins with that is more than a word of what was done."""
_LOOK_SECONDS = 2.0
"""How often it is looked whether the terminal is still there, and at the user's folder of themes: one that is being
written shows as it is saved."""


def terminal_gone() -> bool:
    """Whether what was a terminal at the start is one no more; no where there is none to ask."""
    try:
        import termios
    except ImportError:
        return False
    try:
        termios.tcgetattr(sys.__stdin__ or sys.stdin)
    except termios.error as error:
        return bool(error.args and error.args[0] == errno.EIO)
    except (OSError, ValueError):
        return False
    return False


class Shell(Unhurried[int]):
    """An app that wears our themes, shows words as they are, and never prints what was in its variables."""

    SUSPENDED_SCREEN_CLASS = "-behind"

    def __init__(self, paths: Paths, theme: str, *, animations: bool = False, warnings: Sequence[str] = ()) -> None:
        """`theme` is put on; where there is none of that name, that is told behind the `warnings`."""
        super().__init__()
        self._paths = paths
        self.private = False
        """What should not be on stream is hidden."""
        self.big = False
        """Type is large."""
        self._came_at = get_time()
        """When that came to be which is answered at this moment, by the clock that Textual stamps events with."""
        if not animations:
            self.animation_level = "none"
        if self.no_color:
            # Textual would show shades of grey, which are colours to a terminal.
            self._filters[:] = [*(each for each in self._filters if not isinstance(each, Monochrome)), NoColor()]
        self._theme_files = ThemeFiles(paths.config / "themes")
        self._themes: dict[str, OurTheme] = {}
        self._theme_failures: tuple[str, ...] = ()
        self._worn: Theme | None = None
        """The theme that everything was shown in last."""
        self._unfit: tuple[Theme, ...] = ()
        """Themes that were put on, and in which nothing could be shown."""
        failures = self._load_themes()
        if theme not in self.available_themes:
            failures = (*failures, f"There is no theme “{theme}”; {DEFAULT_THEME} is on instead.")
            theme = DEFAULT_THEME
        self.theme = theme
        self._to_tell = (*warnings, *failures)

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

    def get_default_screen(self) -> Screen[None]:
        return SparingScreen(id="_default")

    def on_mount(self) -> None:
        # Textual would leave the terminal broken. Where a platform has no such signal, nobody can send it.
        with suppress(NotImplementedError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        if self._to_tell:
            self.say(" ".join(self._to_tell), severity="warning")
        self.set_interval(_LOOK_SECONDS, self._look_around)
        self.call_after_refresh(self._settle)

    @staticmethod
    def _settle() -> None:
        # What is there by now stays to the end; walking it at each collection would make keys wait. Until here
        # whoever opened the console keeps them off.
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

    def refresh_css(self, animate: bool = True) -> None:
        """Take off again a theme in which nothing can be shown: a file may hold what no check thought of."""
        theme, before = self.current_theme, self._worn
        if not self.screen_stack:
            # Nothing is there to be styled; the sheets are read when something is, and once is enough.
            self.stylesheet.set_variables(self.get_css_variables())
            self._worn = theme
            return
        try:
            super().refresh_css(animate)
            if before is not None and theme != before:
                # What is painted later would fail later, where nothing could take the theme off again.
                check_grounds(theme)
                for screen in self.screen_stack:
                    screen._compositor.render_strips()
        except Exception:
            if before is None or theme == before:
                raise
            log.exception("the theme %s cannot be shown", theme.name)
            self._unfit = (*self._unfit, theme)
            self.register_theme(before)
            self.theme = before.name
            super().refresh_css(animate=False)
            self.say(f"The theme “{theme.name}” cannot be shown; {before.name} is on again.", severity="error")
        else:
            self._worn = theme

    @property
    def theme_names(self) -> tuple[str, ...]:
        """Every theme there is, in the order of a list to choose from: the default, those from files, Textual's."""
        own = sorted(self._themes, key=lambda name: name != DEFAULT_THEME)
        return (*own, *sorted(self.available_themes.keys() - set(own)))

    def no_theme(self, name: str, key: str) -> str:
        """Why a theme cannot be worn, and what helps: the nearest name, or the `key` of the list; "" where it can."""
        theme = self.get_theme(name)
        if theme is not None:
            return f"The theme “{name}” cannot be shown; {key} lists the others." if theme in self._unfit else ""
        near = nearest(name, self.theme_names)
        helps = f"did you mean {near}? {key} lists them all." if near else f"{key} lists them all."
        return f"There is no theme “{name}”; {helps}"

    def look(self, *, private: bool, big: bool) -> None:
        """Hide what should not be on stream, or show it; put everything in large type, or in the usual one.

        The classes ``-private`` and ``-big`` are for every style sheet, the two attributes for every dialog.
        """
        if private and not self.private:
            self.clear_notifications()
            # Textual takes them off the screen in front alone; those behind would show theirs once more.
            for screen in self.screen_stack:
                screen.query("Toast").remove()
        self.private, self.big = private, big
        for node in (self, *self.screen_stack[:1]):
            node.set_class(private, "-private")
            node.set_class(big, "-big")

    def say(self, words: str, *, severity: SeverityLevel = "information") -> None:
        """Show words on the message line for a few seconds, as they are.

        A file's name in them may hold anything, and in private mode is left out.
        """
        told = f"{_SIGNS.get(severity, '')}{clean(words)}"
        self.notify(conceal(told) if self.private else told, severity=severity, markup=False)

    def on_notify(self) -> None:
        """A message takes the place of the one before, whoever sent it: a pile would cover the card."""
        # Keys may be read faster than messages; so it is here, not where they are sent, that there is only one.
        self.clear_notifications()

    async def _dispatch_message(self, message: Message) -> None:
        """A trouble that has a sentence is said, whatever it came of, and the console goes on."""
        self._came_at = message.time
        try:
            await super()._dispatch_message(message)
        except SanctumError as error:
            log.warning("%s", error.sentence)
            self.say(error.sentence, severity="error")

    @property
    def waited_seconds(self) -> float:
        """How long what is answered at this moment, a key for instance, has waited for that."""
        return get_time() - self._came_at

    async def on_event(self, event: Event) -> None:
        """The next key clears the message line; what is typed into an editor leaves it, for nobody looked up yet."""
        if isinstance(event, Key) and not event.is_forwarded and self._notifications and not self._types(event):
            self.clear_notifications()
        await super().on_event(event)

    def _types(self, event: Key) -> bool:
        return self.focused is not None and self.focused.check_consume_key(event.key, event.character)

    def ask(
        self,
        question: str,
        then: Callable[[str | None], Awaitable[None]],
        wrong: Callable[[str], str] = lambda answer: "",
        *,
        title: str = "",
    ) -> None:
        """Ask for a line of words, under a `title` of few words; `then` gets None where the operator leaves.

        `wrong` says in words what is the matter with an answer, or "": the question stays until it is right.
        """
        from sanctum_tui.ui.dialogs.asking import ANSWER, AskLine

        self.push_screen(AskLine(question, wrong, title=title or ANSWER), then)

    def action_help_quit(self) -> None:
        """Ctrl+C, which Textual answers in words of its own."""
        self.say("q quits, and asks what becomes of the evening.")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Work in the background that fails is told, and does not end the console."""
        if event.state is WorkerState.ERROR:
            log.error("%s failed", event.worker.name, exc_info=event.worker.error)
            self.say(UNFORESEEN, severity="error")

    def _look_around(self) -> None:
        self.look_for_themes()
        self._look_for_terminal()

    def _look_for_terminal(self) -> None:
        """End where the terminal has gone without a word: Textual would read from it without a pause for ever."""
        if not self.is_headless and terminal_gone():
            log.warning("the terminal has gone; the console ends, and the evening can be gone on with")
            self._terminated()

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
            file = self._paths.log_file.name if self.private else self._paths.log_file
            self._exit_renderables.append(Text(CRASHED.format(file)))
        self._close_messages_no_wait()
