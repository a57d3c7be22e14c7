"""Every setting with its value, where that comes from and what it is for; what can change now, changes here."""

from collections.abc import Callable
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.content import Content

from sanctum_tui.errors import SanctumError
from sanctum_tui.settings import SettingInfo, describe
from sanctum_tui.settings.writing import TABLES
from sanctum_tui.text import one_line, shorten
from sanctum_tui.ui.dialogs.listing import Listing
from sanctum_tui.ui.look.concealing import HIDDEN
from sanctum_tui.ui.settingrows import TONIGHT, SettingRow, Way
from sanctum_tui.ui.sheet import Sheet

NOTHING = "No setting is called like that."
LEGEND = "◆ changes now"
_NAME_CELLS = 36
_TIGHT_NAME_CELLS = 31
"""Room for all names but the longest, which pushes its value on."""
_VALUE_CELLS = 14
"""Room for a number with its unit; a longer value pushes its source on."""
_ROOMY_CELLS = 72
"""From this width on there is room for the source of every value."""
_LONGEST_VALUE = 400


class Desk(Protocol):
    """Where settings are looked up, changed and kept."""

    @property
    def themes(self) -> tuple[str, ...]: ...

    def rows(self, query: list[str]) -> tuple[SettingRow, ...]: ...

    def wrong(self, name: str, value: str) -> str: ...

    def change(self, name: str, value: str) -> str: ...

    def keep(self, name: str) -> str: ...


class SettingsDialog(Listing[SettingRow]):
    """Enter changes the chosen setting for this evening, k keeps its value for good."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "keep", "Keep it in the settings file", show=False, id="settings.keep"),
    ]
    title_words = "Settings"
    foot = f"{LEGEND} · Enter change · k keep for good · / search · Esc closes"
    brief_foot = "Enter change · k keep · / search · Esc closes"

    def __init__(self, desk: Desk, *, settings_file: str) -> None:
        """`settings_file` is where the others are changed, as it may be shown."""
        super().__init__()
        self._desk = desk
        self._settings_file = settings_file
        self._told_of = ""
        """The setting that the words under the list are about."""

    def on_mount(self) -> None:
        super().on_mount()
        self.call_after_refresh(self.searched)

    def veil(self) -> None:
        self.say("")
        self._list(self._desk.rows(self.query_words), self.sheet.place)
        self.show_detail()

    def searched(self) -> None:
        """Show what fits, and choose what is called like it; where nothing is looked for, what can change now."""
        words = self.query_words
        rows = self._desk.rows(words)
        wanted = (at for at, row in enumerate(rows) if row.info and _called(row, words))
        self._list(rows, next(wanted, 0))

    def _list(self, rows: tuple[SettingRow, ...], place: int) -> None:
        self.say_count(sum(row.info is not None for row in rows), len(describe()), "in all")
        self.sheet.show(rows, place)
        self.sheet.choose(place)

    def is_heading(self, item: SettingRow) -> bool:
        return item.info is None

    def row(self, item: SettingRow, width: int) -> Content:
        if item.info is None:
            return Content.styled(item.name, "bold $accent")
        value = _value(item, item.info)
        words = Content(f"{value or '(empty)':<{_VALUE_CELLS}}")
        sign = "◆ " if item.way is not Way.ELSEWHERE else "  "
        name = f"{item.name:<{_NAME_CELLS if width >= _ROOMY_CELLS else _TIGHT_NAME_CELLS}}  "
        room, source = max(_VALUE_CELLS, width - len(sign) - len(name)), f"  {item.source}"
        if words.cell_length + len(source) > room and width < _ROOMY_CELLS:
            # The source is told below the list, too.
            source = ""
        words = (
            words.truncate(room - len(source), ellipsis=True)
            if source
            else words.rstrip().truncate(room, ellipsis=True)
        )
        return Content.assemble(
            (sign, "$accent"),
            (name, "bold" if item.own else ""),
            words if value else words.stylize("$hearth-quiet"),
            (source, "$accent" if item.own else "$hearth-quiet"),
        )

    def tell(self, item: SettingRow | None) -> Content:
        if item is None or item.info is None:
            return Content.styled(NOTHING, "$hearth-quiet")
        info = item.info
        value = shorten(_value(item, info), _LONGEST_VALUE) or "(empty)"
        default = "" if not item.own else f" The default is {shorten(one_line(info.default), 60) or 'empty'}."
        several = info.choices if item.way is not Way.TOGGLED else ()
        kind = f" It is one of {', '.join(word or '(empty)' for word in several)}." if several else ""
        return Content.assemble(
            info.description,
            (f"{kind}{default}", "$hearth-quiet"),
            "\n",
            (value, "bold"),
            (f"  {_origin(item)}", "$hearth-quiet"),
            "\n",
            (self._way(item), "$accent"),
        )

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        super().on_sheet_chosen(event)
        if self.sheet.chosen is not None and self.sheet.chosen.name != self._told_of:
            self.say("")

    def on_sheet_pressed(self, event: Sheet.Pressed) -> None:
        event.stop()
        row = self.sheet.chosen
        if row is None or row.info is None:
            return
        if row.way is Way.TOGGLED:
            self._change(row.name, "off" if row.value == "on" else "on")
        elif row.way is Way.CHOSEN:
            self._choose(row, row.info)
        elif row.way is Way.ASKED:
            self._ask(row, row.info)
        else:
            self._say(row.name, self._way(row))

    def action_keep(self) -> None:
        row = self.sheet.chosen
        if row is not None:
            self._try(row.name, lambda: self._desk.keep(row.name))

    def _choose(self, row: SettingRow, info: SettingInfo) -> None:
        from sanctum_tui.ui.dialogs.choosing import ChooseDialog

        def chosen(word: str | None) -> None:
            if word is not None:
                self._change(row.name, word)

        choices = info.choices or self._desk.themes
        self.app.push_screen(ChooseDialog(row.name, info.description, choices, row.value), chosen)

    def _ask(self, row: SettingRow, info: SettingInfo) -> None:
        from sanctum_tui.ui.dialogs.asking import AskLine
        from sanctum_tui.ui.dialogs.base import LineInput

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._change(row.name, answer)

        unit = f" ({info.unit})" if info.unit else ""
        dialog = AskLine(
            f"{row.name}{unit}, for this evening? {info.description}",
            lambda word: self._desk.wrong(row.name, word),
            title="A setting",
        )
        dialog.call_after_refresh(
            lambda: setattr(dialog.query_one(LineInput), "value", "" if row.hidden else row.value)
        )
        self.app.push_screen(dialog, answered)

    def _change(self, name: str, value: str) -> None:
        self._try(name, lambda: f"{self._desk.change(name, value)} k keeps it for good.")

    def _try(self, name: str, do: Callable[[], str]) -> None:
        try:
            told = do()
        except SanctumError as error:
            self._say(name, error.sentence, trouble=True)
        else:
            rows = self._rows_with(name)
            self._list(rows, next((at for at, row in enumerate(rows) if row.name == name), self.sheet.place))
            self._say(name, told)

    def _rows_with(self, name: str) -> tuple[SettingRow, ...]:
        """What the search finds, and this setting, which may be found no longer as it is by now."""
        found = {row.name for row in self._desk.rows(self.query_words)}
        every = self._desk.rows([])
        found |= {word for row in every if row.name == name and row.info for word in (name, row.info.group)}
        return tuple(row for row in every if row.name in found)

    def _say(self, name: str, words: str, *, trouble: bool = False) -> None:
        self._told_of = name
        self.say(self.seemly(words), trouble=trouble)

    def _way(self, row: SettingRow) -> str:
        if row.way is not Way.ELSEWHERE:
            turned = f" {'off' if row.value == 'on' else 'on'}" if row.way is Way.TOGGLED else ""
            return f"{row.way.value}{turned}, for this evening."
        how = "as a table" if row.name in TABLES else f"as {row.name.lower()} ="
        return f"{row.way.value}: write it into {self.seemly(self._settings_file)} {how} …, for the next one."


def _called(row: SettingRow, words: list[str]) -> bool:
    """Whether a row is what somebody looks for; without words, one that can change now."""
    return all(word in row.name.lower() for word in words) if words else row.way is not Way.ELSEWHERE


def _origin(row: SettingRow) -> str:
    if not row.own:
        return "the default"
    return "changed tonight" if row.source == TONIGHT else f"from {row.where}"


def _value(row: SettingRow, info: SettingInfo) -> str:
    unit = f" {info.unit}" if info.unit and row.value and row.value != HIDDEN else ""
    return f"{one_line(row.value)}{unit}"
