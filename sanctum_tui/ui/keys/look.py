"""Keys that change how the console looks: layout, sizes, theme, large type, private mode."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sanctum_tui.errors import SanctumError
from sanctum_tui.ui.look.layouts import ABOUT, AUTO

if TYPE_CHECKING:
    from sanctum_tui.runtime.evening import Evening
    from sanctum_tui.settings import Settings
    from sanctum_tui.ui.app import SanctumApp
    from sanctum_tui.ui.dialogs.look import Chosen, Offer

_LISTS = {"LAYOUT": "look.layout", "THEME": "look.theme"}
"""The keys that list what a setting may be, by their ids."""
_TEXTUALS = "One of Textual's own; its contrast is not looked after here."


@dataclass(frozen=True, slots=True)
class _Looks:
    """As much of the settings as is seen at once."""

    layout: str = AUTO
    big_text: bool = False
    private_mode: bool = False


class LookKeys:
    """Changes what is seen, and nothing of the evening."""

    def __init__(self, app: "SanctumApp") -> None:
        self._app = app
        self._looks = _Looks()
        self._early: dict[str, str] = {}
        """What was changed while no evening was open, for the one that will be."""

    def wear(self, settings: "Settings") -> None:
        """Look as the settings say; does something only where they say something new."""
        self._wear(_Looks(settings.layout, settings.big_text, settings.private_mode))

    def carry(self, evening: "Evening") -> None:
        """Let what was changed before this evening was open hold for it."""
        for name, value in self._early.items():
            evening.change(name, value)
        self._early.clear()

    async def layout(self) -> None:
        from sanctum_tui.ui.dialogs.look import LookDialog, Offer

        frame = self._app.frame
        offers = [Offer(name, name, f"{about[:1].upper()}{about[1:]}.") for name, about in ABOUT.items()]

        def chosen(choice: "Chosen | None") -> None:
            frame.choose(self._looks.layout)
            if choice is not None:
                self._take("LAYOUT", choice)

        self._app.push_screen(LookDialog("Layout", offers, self._looks.layout, frame.choose), chosen)

    async def theme(self) -> None:
        from sanctum_tui.ui.dialogs.look import LookDialog

        before, key = self._app.theme, self._app.keyboard.by_id["look.theme"].shown_key

        def put_on(name: str) -> str:
            if not (why := self._app.no_theme(name, key)):
                self._app.theme = name
            return why

        def chosen(choice: "Chosen | None") -> None:
            why = "" if choice is None else self._app.no_theme(choice.value, key)
            self._app.theme = before if choice is None or why else choice.value
            if why:
                self._app.say(why, severity="warning")
            elif choice is not None:
                self._take("THEME", choice)

        self._app.push_screen(LookDialog("Theme", self._themes(), before, put_on, colours=True), chosen)

    async def big_text(self) -> None:
        big = not self._looks.big_text
        self._change("BIG_TEXT", "on" if big else "off")
        self._app.say("Large type is on." if big else "Large type is off.")

    async def private(self) -> None:
        private = not self._looks.private_mode
        self._change("PRIVATE_MODE", "on" if private else "off")
        hidden = "Private mode: notes, flagged names, accounts and places on this machine are hidden."
        self._app.say(hidden if private else "Private mode is off; everything is shown again.")

    async def wider(self) -> None:
        self._grow(1, 0)

    async def narrower(self) -> None:
        self._grow(-1, 0)

    async def higher(self) -> None:
        self._grow(0, 1)

    async def lower(self) -> None:
        self._grow(0, -1)

    async def usual_sizes(self) -> None:
        self._app.frame.forget_sizes()
        self._app.say(f"The panes of the {self._app.frame.standing} layout have their usual sizes.")

    def _grow(self, columns: int, rows: int) -> None:
        if why := self._app.frame.grow(columns, rows):
            self._app.say(why, severity="warning")

    def _themes(self) -> "list[Offer]":
        """Those from files first, then Textual's own."""
        from sanctum_tui.ui.dialogs.look import Offer

        about = {theme.name: theme.about for theme in self._app.themes}
        themes = [(name, self._app.available_themes[name]) for name in self._app.theme_names]
        return [
            Offer(name, name, about.get(name, _TEXTUALS), _sort(theme.dark, theme.ansi)) for name, theme in themes
        ]

    def _take(self, name: str, choice: "Chosen") -> None:
        self._change(name, choice.value)
        file = self._app.settings_file
        why_not_yet = self._app.frame.choose(choice.value) if name == "LAYOUT" else ""
        if not choice.keep:
            key = self._app.keyboard.by_id[_LISTS[name]].shown_key
            told = f"{name} is {choice.value} for tonight; {key} again and then k keeps it for good. {why_not_yet}"
            self._app.say(told.rstrip())
            return
        from sanctum_tui.settings import Settings, changed
        from sanctum_tui.settings.writing import keep

        kept = changed(Settings(), name, choice.value)
        try:
            keep(file, kept, name)
        except SanctumError as error:
            self._app.say(error.sentence, severity="error")
        else:
            self._app.host.kept(name, kept)
            self._app.say(f"{name} = {choice.value} is kept in {file}. {why_not_yet}".rstrip())

    def _change(self, name: str, value: str) -> None:
        """For this evening where one is open, and for the first one where none is."""
        evening = self._app.stage.evening
        if evening is not None:
            evening.change(name, value)
            self.wear(evening.settings)
        else:
            self._early[name] = value
            match name:
                case "LAYOUT":
                    self._wear(replace(self._looks, layout=value))
                case "BIG_TEXT":
                    self._wear(replace(self._looks, big_text=value == "on"))
                case "PRIVATE_MODE":
                    self._wear(replace(self._looks, private_mode=value == "on"))
        if self._app.presenter is not None:
            self._app.presenter.tick()

    def _wear(self, looks: _Looks) -> None:
        if looks == self._looks:
            return
        self._looks = looks
        self._app.frame.choose(looks.layout)
        self._app.look(private=looks.private_mode, big=looks.big_text)
        for pane in (self._app.chat, self._app.silence, self._app.review):
            pane.private, pane.big = looks.private_mode, looks.big_text
        if self._app.papers is not None:
            self._app.papers.dress()


def _sort(dark: bool, ansi: bool) -> str:
    return "terminal" if ansi else "dark" if dark else "light"
