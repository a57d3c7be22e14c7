"""The command palette: every action that fits the moment, themes, layouts, and settings that can change now."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content

from sanctum_tui.errors import BadInputError
from sanctum_tui.ui.actions import Action
from sanctum_tui.ui.tuning import Tuning, question_of, tunings

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.ui.app import SanctumApp

_BY_HELP = 0.2
"""How well an entry is found whose help alone has the words: less well than any by its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the palette offers."""

    title: str
    help: str
    do: Callable[[], Awaitable[None]]
    key: str = ""

    def told(self, title: Content) -> Content:
        """The title as the search has marked it, and the key."""
        return Content.assemble(title, "   ", (self.key, "bold $footer-key-foreground")) if self.key else title


class Actions(Provider):
    """Finds entries by their names, or by words of their help."""

    async def startup(self) -> None:
        # The sign of every search here; Textual's own is a picture of two cells, which not every font has.
        for icon in self.app.screen.query(SearchIcon):
            icon.icon = "/"

    async def discover(self) -> Hits:
        for entry in self._actions():
            yield DiscoveryHit(entry.told(Content(entry.title)), entry.do, text=entry.title, help=entry.help)

    async def search(self, query: str) -> Hits:
        matcher, words = self.matcher(query), query.lower().split()
        for entry in (*self._actions(), *self._themes(), *self._tunings()):
            score = matcher.match(entry.title)
            if score <= 0 and all(f" {word}" in f" {entry.help.lower()}" for word in words):
                score = _BY_HELP
            if score > 0:
                told = entry.told(matcher.highlight(entry.title))
                yield Hit(score, told, entry.do, text=entry.title, help=entry.help)

    def _actions(self) -> Iterator[Entry]:
        console = self._console
        moment = console.moment()
        for action in console.keyboard.actions:
            if action.when(moment) and action.id != "screen.palette":
                label = action.label_at(moment)
                title = f"{label[:1].upper()}{label[1:]}"
                yield Entry(title, action.help, partial(self._do, action), action.shown_key)

    def _themes(self) -> Iterator[Entry]:
        for theme in sorted(self.app.available_themes):
            yield Entry(f"Theme: {theme}", "Change the colours.", partial(self._wear, theme))

    def _tunings(self) -> Iterator[Entry]:
        evening = self._console.stage.evening
        if evening is None:
            return
        for tuning in tunings(evening.settings):
            now = tuning.seemly if self._console.private else tuning.now
            help = f"{tuning.help} Now: {now or 'empty'}."
            yield Entry(tuning.title, help, partial(self._tune, evening, tuning))

    @property
    def _console(self) -> "SanctumApp":
        return cast("SanctumApp", self.app)

    async def _do(self, action: Action) -> None:
        await self._console.action_do(action.id)

    async def _wear(self, theme: str) -> None:
        self._console.theme = theme

    async def _tune(self, evening: "Evening", tuning: Tuning) -> None:
        """Change a setting at once, or ask for its value, with the one it has to begin with."""
        if tuning.value is not None:
            self._change(evening, tuning.name, tuning.value)
            return

        async def change(answer: str | None) -> None:
            if answer is not None:
                self._change(evening, tuning.name, answer)

        def wrong(answer: str) -> str:
            try:
                evening.changed(tuning.name, answer)
            except BadInputError as error:
                return error.sentence
            return ""

        from sanctum_tui.ui.dialogs.asking import AskLine
        from sanctum_tui.ui.dialogs.base import LineInput

        dialog = AskLine(question_of(tuning), wrong, title="A setting")
        await self._console.push_screen(dialog, change)
        dialog.query_one(LineInput).value = tuning.now

    def _change(self, evening: "Evening", name: str, value: str) -> None:
        console = self._console
        console.say(evening.change(name, value))
        if console.presenter is not None:
            console.presenter.tick()
